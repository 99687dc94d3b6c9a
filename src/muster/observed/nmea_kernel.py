"""The compiled path over raw NMEA 0183 bytes: lines -> positions and ship types, no Python object a line.

What is decoded: position reports 1, 2, 3, 18, 19, 27 and static data 5 (two fragments), 24 B. Every other valid
message is counted and left alone. Layout of the fields: ITU-R M.1371-5, annex 8, tables 45-72; sentence layout and
checksum: IEC 61162-1 as described in "AIVDM/AIVDO protocol decoding" (E. S. Raymond, gpsd.gitlab.io/gpsd/AIVDM.html).
"""

import numpy as np
from numba import njit

from muster.observed.sixbit import armour_value, read_signed, read_unsigned

# Counters, by index.
LINES, POSITIONS, STATICS, OTHER, BAD_SHAPE, BAD_CHECKSUM, BAD_PAYLOAD, ORPHANS, NOT_AIS = range(9)
N_COUNTERS = 9
COUNTER_NAMES = (
    "lines", "positions", "static", "other_messages", "malformed", "bad_checksum", "bad_payload", "orphan_fragments",
    "not_ais",
)  # fmt: skip

N_SLOTS = 64  # open multi-part messages: 10 sequence ids x channels; older ones are overwritten and counted as orphans
SLOT_GROUPS = 6 * 82  # five sentences of at most 82 characters, with room
_STAR, _COMMA, _BANG, _NEWLINE, _RETURN, _BACKSLASH, _COLON = 42, 44, 33, 10, 13, 92, 58
_ZERO, _NINE, _C, _DOT = 48, 57, 99, 46
_MIN_EPOCH, _MAX_EPOCH = 631_152_000, 4_102_444_800  # 1990 to 2100: digits outside are no receiver time


@njit(inline="always")
def _hex(char: int) -> int:
    if 48 <= char <= 57:
        return char - 48
    if 65 <= char <= 70:
        return char - 55
    if 97 <= char <= 102:
        return char - 87
    return -1


@njit(cache=True, nogil=True)
def decode_lines(
    data: np.ndarray, length: int, is_last: bool, six: np.ndarray, slots: np.ndarray, slot_meta: np.ndarray,
    mmsi: np.ndarray, t_s: np.ndarray, lat: np.ndarray, lon: np.ndarray, sog: np.ndarray, cog: np.ndarray,
    status: np.ndarray, static_mmsi: np.ndarray, static_type: np.ndarray, static_imo: np.ndarray, counters: np.ndarray,
) -> tuple[int, int, int]:  # fmt: skip
    """Decode whole lines of `data[:length]`; return (bytes consumed, n positions, n statics).

    `slots` (N_SLOTS, SLOT_GROUPS) and `slot_meta` (N_SLOTS, 5: key + 1, fragments wanted, next fragment, groups so far,
    time) carry multi-part messages from one call to the next. A last line without a line end is read only if `is_last`.
    """
    n_positions = 0
    n_statics = 0
    cursor = 0
    while cursor < length:
        end = cursor
        while end < length and data[end] != _NEWLINE:
            end += 1
        if end == length and not is_last:
            break
        line_start = cursor
        line_end = end
        cursor = end + 1
        if line_end > line_start and data[line_end - 1] == _RETURN:
            line_end -= 1
        if line_end == line_start:
            continue
        counters[LINES] += 1

        # Time: a tag block's `c:` or digits before the sentence, else digits at the end of the line.
        bang = line_start
        stamp = -1
        while bang < line_end and data[bang] != _BANG:
            if data[bang] == _C and bang + 1 < line_end and data[bang + 1] == _COLON:
                value = 0
                k = bang + 2
                while k < line_end and _ZERO <= data[k] <= _NINE and value < 1 << 50:
                    value = value * 10 + (data[k] - _ZERO)
                    k += 1
                if value > _MAX_EPOCH:
                    value //= 1000
                if _MIN_EPOCH <= value <= _MAX_EPOCH:
                    stamp = value
            bang += 1
        if bang + 14 > line_end or not (
            data[bang + 3] == 86 and data[bang + 4] == 68 and (data[bang + 5] == 77 or data[bang + 5] == 79)
        ):
            if bang >= line_end:
                counters[NOT_AIS] += 1
            else:
                counters[BAD_SHAPE] += 1
            continue
        if stamp < 0 and bang > line_start:
            value = 0
            k = line_start
            while k < bang and _ZERO <= data[k] <= _NINE and value < 1 << 50:
                value = value * 10 + (data[k] - _ZERO)
                k += 1
            if value > _MAX_EPOCH:
                value //= 1000
            if _MIN_EPOCH <= value <= _MAX_EPOCH:
                stamp = value

        star = bang + 1
        checksum = 0
        while star < line_end and data[star] != _STAR:
            checksum ^= data[star]
            star += 1
        if star + 2 >= line_end:
            counters[BAD_SHAPE] += 1
            continue
        high = _hex(data[star + 1])
        low = _hex(data[star + 2])
        if high < 0 or low < 0:
            counters[BAD_SHAPE] += 1
            continue
        if high * 16 + low != checksum:
            counters[BAD_CHECKSUM] += 1
            continue
        if stamp < 0:
            k = line_end - 1
            while k > star + 2 and _ZERO <= data[k] <= _NINE:
                k -= 1
            if data[k] == _COMMA and line_end - k > 9:
                value = 0
                for j in range(k + 1, line_end):
                    if value < 1 << 50:
                        value = value * 10 + (data[j] - _ZERO)
                if value > _MAX_EPOCH:
                    value //= 1000
                if _MIN_EPOCH <= value <= _MAX_EPOCH:
                    stamp = value

        # !AIVDM,total,number,sequence,channel,payload,fill*hh
        k = bang + 6
        if data[k] != _COMMA or data[k + 2] != _COMMA or data[k + 4] != _COMMA:
            counters[BAD_SHAPE] += 1
            continue
        total = int(data[k + 1]) - _ZERO
        number = int(data[k + 3]) - _ZERO
        k += 5
        sequence = 10
        if data[k] != _COMMA:
            sequence = int(data[k]) - _ZERO
            k += 1
        if (
            k >= star
            or data[k] != _COMMA
            or total < 1
            or total > 9
            or number < 1
            or number > total
            or sequence < 0
            or sequence > 10
        ):
            counters[BAD_SHAPE] += 1
            continue
        k += 1
        channel = 0
        if k < star and data[k] != _COMMA:
            channel = int(data[k]) & 7
            k += 1
        if k >= star or data[k] != _COMMA:
            counters[BAD_SHAPE] += 1
            continue
        k += 1
        payload_start = k
        while k < star and data[k] != _COMMA:
            k += 1
        payload_end = k
        if k >= star or payload_end - payload_start > 82:
            counters[BAD_SHAPE] += 1
            continue
        if payload_end == payload_start:
            counters[BAD_PAYLOAD] += 1
            continue

        n_groups = 0
        is_good = True
        if total == 1:
            for j in range(payload_start, payload_end):
                value = armour_value(int(data[j]))
                if value < 0:
                    is_good = False
                    break
                six[n_groups] = value
                n_groups += 1
            if not is_good:
                counters[BAD_PAYLOAD] += 1
                continue
        else:
            slot = (sequence * 8 + channel) % N_SLOTS
            key = sequence * 8 + channel + 1
            if number == 1:
                if slot_meta[slot, 0] != 0:
                    counters[ORPHANS] += 1
                slot_meta[slot, 0] = key
                slot_meta[slot, 1] = total
                slot_meta[slot, 2] = 1
                slot_meta[slot, 3] = 0
                slot_meta[slot, 4] = stamp
            if slot_meta[slot, 0] != key or slot_meta[slot, 1] != total or slot_meta[slot, 2] != number:
                counters[ORPHANS] += 1
                slot_meta[slot, 0] = 0
                continue
            filled = slot_meta[slot, 3]
            for j in range(payload_start, payload_end):
                value = armour_value(int(data[j]))
                if value < 0 or filled >= SLOT_GROUPS:
                    is_good = False
                    break
                slots[slot, filled] = value
                filled += 1
            if not is_good:
                counters[BAD_PAYLOAD] += 1
                slot_meta[slot, 0] = 0
                continue
            slot_meta[slot, 3] = filled
            slot_meta[slot, 2] = number + 1
            if number < total:
                continue
            n_groups = filled
            for j in range(filled):
                six[j] = slots[slot, j]
            if stamp < 0:
                stamp = slot_meta[slot, 4]
            slot_meta[slot, 0] = 0

        kind = six[0]
        n_bits = n_groups * 6
        if kind == 1 or kind == 2 or kind == 3:
            if n_bits < 168:
                counters[BAD_PAYLOAD] += 1
                continue
            speed = read_unsigned(six, 50, 10)
            x = read_signed(six, 61, 28)
            y = read_signed(six, 89, 27)
            course = read_unsigned(six, 116, 12)
            state = read_unsigned(six, 38, 4)
        elif kind == 18 or kind == 19:
            if n_bits < 168:
                counters[BAD_PAYLOAD] += 1
                continue
            speed = read_unsigned(six, 46, 10)
            x = read_signed(six, 57, 28)
            y = read_signed(six, 85, 27)
            course = read_unsigned(six, 112, 12)
            state = -1
            if kind == 19 and n_bits >= 271:
                static_mmsi[n_statics] = read_unsigned(six, 8, 30)
                static_type[n_statics] = read_unsigned(six, 263, 8)
                static_imo[n_statics] = 0
                n_statics += 1
        elif kind == 27:
            if n_bits < 96:
                counters[BAD_PAYLOAD] += 1
                continue
            state = read_unsigned(six, 40, 4)
            x = read_signed(six, 44, 18) * 1000
            y = read_signed(six, 62, 17) * 1000
            speed = read_unsigned(six, 79, 6)
            speed = 1023 if speed == 63 else speed * 10
            course = read_unsigned(six, 85, 9)
            course = 3600 if course == 511 else course * 10
        elif kind == 5:
            if n_bits < 240:
                counters[BAD_PAYLOAD] += 1
                continue
            static_mmsi[n_statics] = read_unsigned(six, 8, 30)
            static_imo[n_statics] = read_unsigned(six, 40, 30)
            static_type[n_statics] = read_unsigned(six, 232, 8)
            n_statics += 1
            counters[STATICS] += 1
            continue
        elif kind == 24 and n_bits >= 48 and read_unsigned(six, 38, 2) == 1:
            static_mmsi[n_statics] = read_unsigned(six, 8, 30)
            static_imo[n_statics] = 0
            static_type[n_statics] = read_unsigned(six, 40, 8)
            n_statics += 1
            counters[STATICS] += 1
            continue
        else:
            counters[OTHER] += 1
            continue

        mmsi[n_positions] = read_unsigned(six, 8, 30)
        t_s[n_positions] = stamp
        lon[n_positions] = x / 600000.0
        lat[n_positions] = y / 600000.0
        if abs(x) > 108_000_000 or abs(y) > 54_000_000:  # 181 and 91 degrees mean "not available"
            lon[n_positions] = np.nan
            lat[n_positions] = np.nan
        sog[n_positions] = speed / 10.0 if speed < 1023 else np.nan
        cog[n_positions] = course / 10.0 if course < 3600 else np.nan
        status[n_positions] = state
        n_positions += 1
        counters[POSITIONS] += 1
    return min(cursor, length), n_positions, n_statics
