"""The ships of one run: when each arrives, what it is, what it bears. The same under every policy and force pool.

Arrivals are a doubly stochastic Poisson process: unit exponentials in operational time, run through the piecewise
constant rate `segment_rate_s` times a gamma multiplier per modulation period. Ships that wait at the start are drawn
given that they would not sail alone as things stand then.
"""

import math

import numpy as np
from numba import njit

from muster.passage.kernel_cache import inner
from muster.passage.layout import FUTURE, NEVER, R_ACTS, R_ARRIVAL, R_CONVOY, R_KIND, R_LEAVE, R_SAIL, R_STATE
from muster.passage.philox import draw_unit, exponential_from, fill_entities, gamma
from muster.passage.pictures import share_below
from muster.passage.streams import MODULATION, REGIME_START, SHIP

_S16 = np.uint64(16)
_S32 = np.uint64(32)
_S48 = np.uint64(48)
_LOW16 = np.uint64(0xFFFF)
_ALL = 1 << 16  # all tolerances, all ranks


@njit(nogil=True, cache=True)
def draw_ships(seed, run, j, fx, dr, ships, multiplier):  # type: ignore[no-untyped-def]
    """Fill `ships` for a run (row j of its block); return how many there are, or -1 if the arrays are too short."""
    capacity = ships.record.shape[0] - 1  # one row stays free for the sentinel
    shape = dr.modulation_shape[j]
    for m in range(fx.n_modulations):
        multiplier[m] = gamma(seed, run, MODULATION, m, 0, shape) / shape if shape > 0.0 else 1.0
    n_segments = fx.segment_modulation.shape[0]
    expected = 0.0
    for s in range(n_segments):
        length = fx.segment_start_s[s + 1] - fx.segment_start_s[s]
        expected += dr.segment_rate_s[j, s] * multiplier[fx.segment_modulation[s]] * length
    n_initial = dr.n_initial[j]
    n_filled = n_initial + np.int64(expected + 4.0 * math.sqrt(expected)) + 64
    if n_filled > capacity:
        return -1
    _fill(seed, run, ships.word, np.int64(0), n_filled)
    word = ships.word
    record = ships.record
    for i in range(n_initial):
        record[i, R_ARRIVAL] = 0
    i = n_initial
    s = 0
    x = 0.0
    rate = dr.segment_rate_s[j, 0] * multiplier[fx.segment_modulation[0]]
    begin = 0.0
    start = fx.segment_start_s[0]
    length = fx.segment_start_s[1] - start
    end = rate * length
    while True:
        if i >= n_filled:
            if n_filled + 256 > capacity:
                return -1
            _fill(seed, run, word, n_filled, n_filled + 256)
            n_filled += 256
        x += exponential_from(word[0, i], seed, run, SHIP, i, 0)
        while x >= end:
            s += 1
            if s == n_segments:
                break
            rate = dr.segment_rate_s[j, s] * multiplier[fx.segment_modulation[s]]
            begin = end
            start = fx.segment_start_s[s]
            length = fx.segment_start_s[s + 1] - start
            end = begin + rate * length
        if s == n_segments:
            break
        record[i, R_ARRIVAL] = start + min(np.int64((x - begin) / rate), length - 1)
        i += 1
    record[i, R_ARRIVAL] = NEVER
    _classify(fx.alias_bits, fx.alias_cut, fx.alias_first, fx.alias_other, word, record, i)
    if n_initial > 0:
        _strand(seed, run, j, fx, dr, n_initial, word, record)
    return i


@inner
def _strand(seed, run, j, fx, dr, n_initial, word, record):  # type: ignore[no-untyped-def]
    """Make the first `n_initial` ships such as would not sail alone as things stand at the start.

    Of the square (permission rank, tolerance) of a flag, ships that ask for permission sail from tolerance `asks` on,
    the others from `other` on. The two ranks are scaled into the part below: the ship is drawn given that it stays.
    The coalition plays no part in it, so that the same ships wait under every policy and force pool.
    """
    u0 = draw_unit(seed, run, REGIME_START, 0, 0)
    regime = 0
    while regime < 3 and u0 >= fx.start_cumulative[regime]:
        regime += 1
    n_flags = fx.n_flags
    asks = np.full(n_flags, _ALL, np.int64)
    other = np.full(n_flags, _ALL, np.int64)
    for flag in range(n_flags):
        for k in range(4):
            route = fx.choices[flag, k]
            if route < 0 or route == 3 or fx.stands_alone[route, regime] == 0:
                continue
            p = dr.p_act[j, regime, route * 3 * n_flags + flag]
            mine = min(p[5] * dr.mines[j, route], 1.0)
            risk = 1.0 - (1.0 - p[3]) * (1.0 - p[4]) * (1.0 - mine)
            cut = np.int64(share_below(risk * dr.risk_scale[j, flag], fx) * _ALL)
            asks[flag] = min(asks[flag], cut)
            if route != 1:
                other[flag] = min(other[flag], cut)
    for s in range(n_initial):
        flag = record[s, R_KIND] & 15
        willing = dr.permission_below[j, flag]
        staying = willing * asks[flag] + (_ALL - willing) * other[flag]
        rank = np.int64(word[2, s] >> _S48)
        cut = other[flag]
        if staying > 0:
            place = (rank * staying) >> 16
            if place < willing * asks[flag]:
                rank = place // asks[flag]
                cut = asks[flag]
            else:
                rank = willing + (place - willing * asks[flag]) // other[flag]
        tolerance = (np.int64((word[1, s] >> _S16) & _LOW16) * cut) >> 16
        word[1, s] = (word[1, s] & ~(_LOW16 << _S16)) | (np.uint64(tolerance) << _S16)
        word[2, s] = (word[2, s] & ~(_LOW16 << _S48)) | (np.uint64(rank) << _S48)


@inner
def _fill(seed, run, word, first, last):  # type: ignore[no-untyped-def]
    """Write the six words of ships first .. last - 1."""
    for draw in range(3):
        fill_entities(seed, run, SHIP, first, draw, word[2 * draw, first:last], word[2 * draw + 1, first:last])


@inner
def _classify(bits, cut, first, other, word, record, n):  # type: ignore[no-untyped-def]
    """Draw each ship's direction, class and flag group by Walker's alias method and reset its fate."""
    shift = np.uint64(64 - bits)
    mask = (np.uint64(1) << np.uint64(32 - bits)) - np.uint64(1)
    for i in range(n):
        w = word[1, i]
        slot = w >> shift
        fraction = np.int64((w >> _S32) & mask)
        record[i, R_KIND] = first[slot] if fraction < cut[slot] else other[slot]
        record[i, R_STATE] = FUTURE
        record[i, R_LEAVE] = NEVER
        record[i, R_SAIL] = NEVER
        record[i, R_ACTS] = 0
        record[i, R_CONVOY] = -1
