"""The ships of one run: when each arrives, what it is, what it bears. The same under every policy and force pool.

Arrivals are a doubly stochastic Poisson process: unit exponentials in operational time, run through the piecewise
constant rate `segment_rate_s` times a gamma multiplier per modulation period.
"""

import math

import numpy as np
from numba import njit

from muster.passage.layout import FUTURE, NEVER, R_ACTS, R_ARRIVAL, R_CONVOY, R_KIND, R_LEAVE, R_SAIL, R_STATE
from muster.passage.philox import exponential_from, fill_entities, gamma
from muster.passage.streams import MODULATION, SHIP

_S32 = np.uint64(32)


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
    _fill(seed, run, ships.word, 0, n_filled)
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
    return i


@njit(nogil=True, cache=True)
def _fill(seed, run, word, first, last):  # type: ignore[no-untyped-def]
    """Write the six words of ships first .. last - 1."""
    for draw in range(3):
        fill_entities(seed, run, SHIP, first, draw, word[2 * draw, first:last], word[2 * draw + 1, first:last])


@njit(nogil=True, cache=True)
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
