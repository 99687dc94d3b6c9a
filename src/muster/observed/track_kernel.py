"""One pass over position reports, in the order heard, with one small state a vessel: crossings, dark periods, dwell.

Rules (docs/observed.md says them in words):

- A report earlier than the vessel's last one is late: counted, not used.
- A report that would need more than the speed limit is a jump. It is held aside; a second report that fits the held
  one moves the track there (nothing is counted over the jump), a report that fits the old track drops it. A vessel that
  keeps changing between two places is a suspected duplicate identity.
- A step across a gate is a crossing. If the silence before it was longer than the dark limit, it is inferred: the ship
  was heard on one side and next on the other.
- A step over a silence from one side's box to the other's that misses every gate line is an inferred crossing of the
  first gate.
"""

import numpy as np
from numba import njit

# State of a vessel: 16 words of 8 bytes, seen through an int64 array and a float64 view of the same memory. What every
# report needs fills the first 64 bytes, one cache line: with thousands of ships interleaved that is what costs.
MMSI, LAST_T, LAST_LON, LAST_LAT, SIDE, SIDE_T, HELD_T, ZONE = range(8)
ZONE_T, HELD_LON, HELD_LAT, JUMPS, SWITCHES = range(8, 13)
N_STATE = 16
# Counters.
ROWS, UNUSABLE, LATE, JUMPED, N_COUNTERS = range(5)
COUNTER_NAMES = ("positions", "unusable", "late", "jumps")

OBSERVED, INFERRED = 0, 1
NM_PER_DEGREE = 60.0  # a minute of latitude is a nautical mile
SLOW_KN = 2.0  # at anchor a ship swings and drifts; below two knots made good it is not under way
_EMPTY = 0
_HASH = 0x9E3779B97F4A7C15  # 2**64 / golden ratio, Knuth's multiplicative hashing
_MIN_STEP_S = 30  # shorter steps exaggerate speed: reports are stamped to the second and positions to 0.01 nm


@njit(inline="always")
def _slot_of(keys: np.ndarray, mask: int, mmsi: int) -> np.int64:
    slot = (np.uint64(mmsi) * np.uint64(_HASH) >> np.uint64(32)) & np.uint64(mask)
    while keys[slot, MMSI] != _EMPTY and keys[slot, MMSI] != mmsi:
        slot = (slot + np.uint64(1)) & np.uint64(mask)
    return np.int64(slot)


@njit(inline="always")
def _speed_kn(dx: float, dy: float, y: float, y0: float, step_s: int) -> float:
    # On the plane of the mean latitude: within 0.3 % of the great circle for steps up to 100 nm.
    return np.hypot(dx * np.cos(np.radians(0.5 * (y + y0))), dy) * NM_PER_DEGREE * 3600.0 / max(step_s, 1)


@njit(cache=True, nogil=True)
def time_span(t_s: np.ndarray) -> tuple[int, int, int]:
    """Return (n without a time, earliest, latest time); -1 where there is none."""
    n_untimed = 0
    first = np.int64(-1)
    last = np.int64(-1)
    for t in t_s:
        if t < 0:
            n_untimed += 1
        else:
            if first < 0 or t < first:
                first = t
            last = max(last, t)
    return n_untimed, int(first), int(last)


@njit(cache=True, nogil=True)
def rehash(old_ints: np.ndarray, ints: np.ndarray) -> None:
    """Move all vessels' states into a larger table."""
    mask = ints.shape[0] - 1
    for row in range(old_ints.shape[0]):
        if old_ints[row, MMSI] != _EMPTY:
            slot = _slot_of(ints, mask, old_ints[row, MMSI])
            ints[slot, :] = old_ints[row, :]


@njit(cache=True, nogil=True)
def follow_tracks(
    mmsi: np.ndarray, t_s: np.ndarray, lat: np.ndarray, lon: np.ndarray, first: int,
    gates: np.ndarray, boxes: np.ndarray, anchorages: np.ndarray, dark_s: int, limit_kn: float, dwell_s: int,
    ints: np.ndarray, floats: np.ndarray, n_vessels: int,
    cross_i: np.ndarray, cross_f: np.ndarray, dark_i: np.ndarray, dark_f: np.ndarray, dwell_i: np.ndarray,
    counters: np.ndarray,
) -> tuple[int, int, int, int, int]:  # fmt: skip
    """Follow all tracks from row `first`; return (next row, n vessels, n crossings, n dark periods, n dwells).

    Stops early, to be called again, when the vessel table is half full or an output could overflow.

    Outputs: `cross_i` (mmsi, time, gate, direction +1 inbound / -1 outbound, kind, silence in s), `cross_f` (longitude,
    latitude, fraction along the gate, speed made good in kn), `dark_i` (mmsi, from, to), `dark_f` (lon, lat before,
    lon, lat after), `dwell_i` (mmsi, anchorage, from, to).
    """
    mask = ints.shape[0] - 1
    n_gates = gates.shape[0]
    n_zones = anchorages.shape[0]
    n_cross = 0
    n_dark = 0
    n_dwell = 0
    row = first
    slot = np.int64(0)
    while row < mmsi.shape[0]:
        if (
            2 * n_vessels > mask
            or n_cross + n_gates + 1 > cross_i.shape[0]
            or n_dark >= dark_i.shape[0]
            or n_dwell >= dwell_i.shape[0]
        ):
            break
        ship = mmsi[row]
        now = t_s[row]
        x = lon[row]
        y = lat[row]
        row += 1
        if ship <= 0 or now < 0 or not (abs(x) <= 180.0 and abs(y) <= 90.0):
            counters[UNUSABLE] += 1
            continue
        if ints[slot, MMSI] != ship:  # tables sorted by ship find the same slot again and again
            slot = _slot_of(ints, mask, ship)

        side = 0
        if boxes[0, 0] <= x <= boxes[0, 2] and boxes[0, 1] <= y <= boxes[0, 3]:
            side = 1
        elif boxes[1, 0] <= x <= boxes[1, 2] and boxes[1, 1] <= y <= boxes[1, 3]:
            side = 2

        if ints[slot, MMSI] == _EMPTY:
            n_vessels += 1
            ints[slot, MMSI] = ship
            ints[slot, LAST_T] = now
            ints[slot, SIDE] = side
            ints[slot, SIDE_T] = now
            ints[slot, HELD_T] = -1
            ints[slot, ZONE] = -1
            floats[slot, LAST_LON] = x
            floats[slot, LAST_LAT] = y
            continue

        before = ints[slot, LAST_T]
        step_s = now - before
        if step_s < 0:
            counters[LATE] += 1
            continue
        x0 = floats[slot, LAST_LON]
        y0 = floats[slot, LAST_LAT]
        dx = x - x0
        dy = y - y0
        # The sum of both legs bounds the distance from above: most reports need no cosine.
        reach_nm = limit_kn * max(step_s, _MIN_STEP_S) / 3600.0
        legs_nm = (abs(dx) + abs(dy)) * NM_PER_DEGREE
        shrink = 1.0
        is_jump = False
        if legs_nm > reach_nm:
            shrink = np.cos(np.radians(0.5 * (y + y0)))
            is_jump = np.hypot(dx * shrink, dy) * NM_PER_DEGREE > reach_nm
        if is_jump:
            counters[JUMPED] += 1
            ints[slot, JUMPS] += 1
            held_t = ints[slot, HELD_T]
            is_confirmed = False
            if held_t >= 0:
                hx = (x - floats[slot, HELD_LON]) * shrink
                hy = y - floats[slot, HELD_LAT]
                held_reach = limit_kn * max(now - held_t, _MIN_STEP_S) / 3600.0
                is_confirmed = (hx * hx + hy * hy) * NM_PER_DEGREE * NM_PER_DEGREE <= held_reach * held_reach
            if is_confirmed:
                ints[slot, SWITCHES] += 1
                ints[slot, LAST_T] = now
                floats[slot, LAST_LON] = x
                floats[slot, LAST_LAT] = y
                ints[slot, HELD_T] = -1
                ints[slot, SIDE] = side
                ints[slot, SIDE_T] = now
                ints[slot, ZONE] = -1
            else:
                ints[slot, HELD_T] = now
                floats[slot, HELD_LON] = x
                floats[slot, HELD_LAT] = y
            continue

        is_dark = step_s > dark_s
        if is_dark:
            dark_i[n_dark, 0] = ship
            dark_i[n_dark, 1] = before
            dark_i[n_dark, 2] = now
            dark_f[n_dark, 0] = x0
            dark_f[n_dark, 1] = y0
            dark_f[n_dark, 2] = x
            dark_f[n_dark, 3] = y
            n_dark += 1

        has_crossed = False
        for g in range(n_gates):
            ax = gates[g, 0]
            ay = gates[g, 1]
            bx = gates[g, 2] - ax
            by = gates[g, 3] - ay
            s0 = bx * (y0 - ay) - by * (x0 - ax)
            s1 = bx * (y - ay) - by * (x - ax)
            if (s0 > 0.0) == (s1 > 0.0):
                continue
            f = s0 / (s0 - s1)
            cx = x0 + f * dx
            cy = y0 + f * dy
            along = ((cx - ax) * bx + (cy - ay) * by) / (bx * bx + by * by)
            if along < 0.0 or along > 1.0:
                continue
            has_crossed = True
            cross_i[n_cross, 0] = ship
            cross_i[n_cross, 1] = before + np.int64(f * step_s)
            cross_i[n_cross, 2] = g
            cross_i[n_cross, 3] = 1 if (s1 > 0.0) == (gates[g, 4] > 0.0) else -1
            cross_i[n_cross, 4] = INFERRED if is_dark else OBSERVED
            cross_i[n_cross, 5] = step_s
            cross_f[n_cross, 0] = cx
            cross_f[n_cross, 1] = cy
            cross_f[n_cross, 2] = along
            cross_f[n_cross, 3] = _speed_kn(dx, dy, y, y0, step_s)
            n_cross += 1
        if is_dark and not has_crossed and n_gates > 0 and side > 0:
            last_side = ints[slot, SIDE]
            if last_side > 0 and last_side != side and ints[slot, SIDE_T] == before:
                cross_i[n_cross, 0] = ship
                cross_i[n_cross, 1] = before + step_s // 2
                cross_i[n_cross, 2] = 0
                cross_i[n_cross, 3] = 1 if side == 1 else -1
                cross_i[n_cross, 4] = INFERRED
                cross_i[n_cross, 5] = step_s
                cross_f[n_cross, 0] = np.nan
                cross_f[n_cross, 1] = np.nan
                cross_f[n_cross, 2] = np.nan
                cross_f[n_cross, 3] = _speed_kn(dx, dy, y, y0, step_s)
                n_cross += 1

        zone = -1
        # Only a ship that hardly moves can be waiting: the anchorages are not searched for the others.
        is_slow = legs_nm * 3600.0 <= SLOW_KN * max(step_s, _MIN_STEP_S)
        for z in range(n_zones if is_slow else 0):
            zx = (x - anchorages[z, 0]) * anchorages[z, 3]
            zy = y - anchorages[z, 1]
            if zx * zx + zy * zy <= anchorages[z, 2] * anchorages[z, 2]:
                zone = z
                break
        if zone != ints[slot, ZONE] or is_dark:
            if ints[slot, ZONE] >= 0 and before - ints[slot, ZONE_T] >= dwell_s:
                dwell_i[n_dwell, 0] = ship
                dwell_i[n_dwell, 1] = ints[slot, ZONE]
                dwell_i[n_dwell, 2] = ints[slot, ZONE_T]
                dwell_i[n_dwell, 3] = before
                n_dwell += 1
            ints[slot, ZONE] = zone
            ints[slot, ZONE_T] = now

        ints[slot, LAST_T] = now
        floats[slot, LAST_LON] = x
        floats[slot, LAST_LAT] = y
        ints[slot, HELD_T] = -1
        ints[slot, SIDE] = side
        ints[slot, SIDE_T] = now
    counters[ROWS] += row - first
    return row, n_vessels, n_cross, n_dark, n_dwell
