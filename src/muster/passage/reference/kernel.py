"""The compiled reference model: arrivals of a run once, then one dispatch per pool of escorts.

Arrivals are integer microseconds from the start. Ship j of a stream has its own 64-bit word (`plain.ship_word` says
which), so a run's ships are the same under every pool. Four passes keep the cost near 3 ns a ship: words in
bulk, ziggurat rectangles without a branch (a miss is marked -1), running sum with the 2.3 % misses redrawn, and
dispatch, which touches a ship once. `muster.passage.reference.plain` is the same in plain Python.
"""

import math

import numpy as np
from numba import njit

from muster.passage import streams
from muster.passage.philox import (
    MAX_DRAW,
    ZIG_ACCEPT,
    ZIG_DENSITY,
    ZIG_WIDTH,
    draw_block,
    exponential,
    exponential_retry,
    fill_entities,
    natural_exp,
    triangular,
    unit,
)

CHUNK = 256  # ships per bulk fill; two words of one block belong to ships CHUNK / 2 apart
HALF = 128

ARRIVALS, SAILED_CONVOY, SAILED_ALONE, WAIT_TICKS, COMPLETED, INCIDENTS, BUSY_TICKS, BACKLOG, QUEUE_TICKS, CONVOYS = (
    range(10)
)
N_COLUMNS = 10

_U64 = np.uint64
_BYTE = np.uint64(255)
_S11 = np.uint64(11)
# Typed, because numba compiles a function anew for each literal integer that it is called with.
_ZERO = np.int64(0)
_ARRIVAL = np.int64(streams.REFERENCE_ARRIVAL)
_ARRIVAL_RETRY = np.int64(streams.REFERENCE_ARRIVAL_RETRY)
_TRANSIT = np.int64(streams.REFERENCE_TRANSIT)
_INCIDENT = np.int64(streams.REFERENCE_INCIDENT)
_ALONE = np.int64(streams.REFERENCE_ALONE)
_ALONE_RETRY = np.int64(streams.REFERENCE_ALONE_RETRY)
_ALONE_TRANSIT = np.int64(streams.REFERENCE_ALONE_TRANSIT)
_ALONE_INCIDENT = np.int64(streams.REFERENCE_ALONE_INCIDENT)


@njit(nogil=True)
def _rectangles(words, mean_ticks, gaps):  # type: ignore[no-untyped-def]
    """Write the exponential gaps of words in their strip's rectangle; -1 where the draw needs more words."""
    for i in range(words.shape[0]):
        word = words[i]
        strip = word & _BYTE
        mantissa = np.int64(word >> _S11)
        gap = np.int64(np.float64(mantissa) * ZIG_WIDTH[strip] * mean_ticks)
        gaps[i] = gap if mantissa < ZIG_ACCEPT[strip] else -1


@njit(nogil=True)
def _redraw_misses(seed, run, retry_stream, mean_ticks, first_ship, first, second, misses, gaps):  # type: ignore[no-untyped-def]
    """Replace the -1 gaps of a chunk; the places are gathered without a branch, then drawn again one by one."""
    n = 0
    for i in range(gaps.shape[0]):
        misses[n] = i
        n += gaps[i] < 0
    for k in range(n):
        i = misses[k]
        word = first[i] if i < HALF else second[i - HALF]
        strip = word & _BYTE
        z = np.float64(np.int64(word >> _S11)) * ZIG_WIDTH[strip]
        next_word, wedge = draw_block(seed, run, retry_stream, first_ship + i, MAX_DRAW)
        low = ZIG_DENSITY[strip]
        if strip == _U64(0) or low + (ZIG_DENSITY[strip + _U64(1)] - low) * unit(wedge) >= natural_exp(-z):
            next_strip = next_word & _BYTE
            mantissa = np.int64(next_word >> _S11)
            if strip != _U64(0) and mantissa < ZIG_ACCEPT[next_strip]:
                z = np.float64(mantissa) * ZIG_WIDTH[next_strip]
            else:
                z = exponential_retry(word, seed, run, retry_stream, first_ship + i, _ZERO)
        gaps[i] = np.int64(z * mean_ticks)


@njit(nogil=True)
def arrival_times(seed, run, stream, retry_stream, mean_ticks, horizon, first, second, misses, gaps, times):  # type: ignore[no-untyped-def]
    """Write the arrival times of one stream into `times` and return how many are at or before the horizon.

    Needs room for one chunk past the last; returns -1 when `times` is too short.
    """
    t = _ZERO
    n = _ZERO
    while t <= horizon:
        if n + CHUNK > times.shape[0]:
            return -1
        fill_entities(seed, run, stream, n >> 1, _ZERO, first, second)
        _rectangles(first, mean_ticks, gaps[:HALF])
        _rectangles(second, mean_ticks, gaps[HALF:])
        _redraw_misses(seed, run, retry_stream, mean_ticks, n, first, second, misses, gaps)
        for i in range(CHUNK):
            t += gaps[i]
            times[n + i] = t
        n += CHUNK
    while n > 0 and times[n - 1] > horizon:
        n -= 1
    return n


@njit(nogil=True)
def _transit_times(seed, run, stream, low, mode, high, first, second, transits):  # type: ignore[no-untyped-def]
    """Write the transit ticks of convoys 0, 1, ... of one direction: block k >> 1, word k & 1."""
    n = transits.shape[0]
    done = _ZERO
    while done < n:
        fill_entities(seed, run, stream, done >> 1, _ZERO, first, second)
        for i in range(min(HALF, (n - done) >> 1)):
            transits[done + 2 * i] = np.int64(triangular(unit(first[i]), low, mode, high))
            transits[done + 2 * i + 1] = np.int64(triangular(unit(second[i]), low, mode, high))
        done += CHUNK


@njit(nogil=True)
def _count_incidents(seed, run, stream, p, n_ships):  # type: ignore[no-untyped-def]
    """Return how many of ships 0..n_ships-1 have an incident; geometric gaps, so ship j's luck is its own."""
    if p <= 0.0:
        return _ZERO
    per_gap = -1.0 / math.log1p(-p)
    n = _ZERO
    at = np.int64(-1)
    while True:
        at += 1 + np.int64(exponential(seed, run, stream, n, _ZERO) * per_gap)
        if at >= n_ships:
            return n
        n += 1


@njit(nogil=True)
def _dispatch(times, n_ships, transits, interval, horizon, turnaround, size, needed, pool, requests, releases, out):  # type: ignore[no-untyped-def]
    """Run the convoys of one pool of escorts over given arrivals; write the columns that depend on the pool."""
    free = pool
    head = 0
    tail = 0
    n_out = 0
    board0 = 0
    board1 = 0
    convoy0 = 0
    convoy1 = 0
    wait = 0
    busy = 0
    completed = 0
    epoch = interval
    never = horizon + horizon + 1
    while True:
        release = releases[n_out - 1] if n_out > 0 else never
        if epoch < horizon and epoch <= release:
            t = epoch
            requests[tail] = 0
            requests[tail + 1] = 1
            tail += 2
            epoch += interval
        elif release <= horizon:
            t = release
            n_out -= 1
            free += needed
        else:
            break
        while head < tail and free >= needed:
            d = requests[head]
            head += 1
            board = board1 if d else board0
            end = min(board + size, n_ships[d])
            if end > board and times[d, end - 1] > t:
                end = board
                while times[d, end] <= t:
                    end += 1
            m = end - board
            if m == 0:
                continue
            free -= needed
            total = 0
            for i in range(board, end):
                total += times[d, i]
            wait += m * t - total
            if d:
                arrive = t + transits[1, convoy1]
                convoy1 += 1
                board1 = end
            else:
                arrive = t + transits[0, convoy0]
                convoy0 += 1
                board0 = end
            if arrive <= horizon:
                completed += m
            back = arrive + turnaround
            busy += needed * (min(back, horizon) - t)
            i = n_out
            n_out += 1
            while i > 0 and releases[i - 1] < back:
                releases[i] = releases[i - 1]
                i -= 1
            releases[i] = back
    queue = wait
    for i in range(board0, n_ships[0]):
        queue += horizon - times[0, i]
    for i in range(board1, n_ships[1]):
        queue += horizon - times[1, i]
    out[SAILED_CONVOY] = board0 + board1
    out[WAIT_TICKS] = wait
    out[COMPLETED] = completed
    out[BUSY_TICKS] = busy
    out[BACKLOG] = n_ships[0] - board0 + n_ships[1] - board1
    out[QUEUE_TICKS] = queue
    out[CONVOYS] = convoy0 + convoy1
    return board0, board1


@njit(nogil=True)
def _lone_completed(seed, run, times, n, low, mode, high, horizon):  # type: ignore[no-untyped-def]
    """Return how many lone ships complete by the horizon; only those that might not need their transit drawn."""
    surely = n
    while surely > 0 and times[surely - 1] + np.int64(high) > horizon:
        surely -= 1
    done = surely
    for j in range(surely, n):
        word = draw_block(seed, run, _ALONE_TRANSIT, j, 0)[0]
        if times[j] + np.int64(triangular(unit(word), low, mode, high)) <= horizon:
            done += 1
    return done


@njit(nogil=True, cache=True)
def reference_kernel(seed, first_run, n_runs, rates, ticks, counts, pools, capacity, out):  # type: ignore[no-untyped-def]
    """Simulate runs first_run.. into out (n_runs, n_pools, N_COLUMNS), int64.

    rates = (mean gap of convoy ships in one direction, mean gap of lone ships over both or 0, transit low, mode, high,
    in ticks; p incident escorted, p incident alone); ticks = (interval, turnaround, horizon); counts = (convoy size,
    escorts needed). Returns False when `capacity` ships per stream did not suffice; nothing is then to be used.
    """
    gap_ticks, alone_gap_ticks, low, mode, high, p_escorted, p_alone = rates
    interval, turnaround, horizon = ticks
    size, needed = counts
    n_epochs = (horizon - 1) // interval
    first = np.empty(HALF, np.uint64)
    second = np.empty(HALF, np.uint64)
    misses = np.empty(CHUNK + 1, np.int64)
    gaps = np.empty(CHUNK, np.int64)
    times = np.empty((2, capacity), np.int64)
    alone = np.empty(capacity if alone_gap_ticks > 0 else 1, np.int64)
    transits = np.empty((2, 2 * ((n_epochs + 2) // 2)), np.int64)
    requests = np.empty(2 * n_epochs + 2, np.int64)
    releases = np.empty(2 * n_epochs + 2, np.int64)
    n_ships = np.zeros(2, np.int64)
    for i in range(n_runs):
        run = first_run + i
        for d in range(2):
            n_ships[d] = arrival_times(
                seed, run, _ARRIVAL + d, _ARRIVAL_RETRY + d, gap_ticks, horizon, first, second, misses, gaps, times[d]
            )
            if n_ships[d] < 0:
                return False
            _transit_times(seed, run, _TRANSIT + d, low, mode, high, first, second, transits[d])
        n_alone = 0
        alone_done = 0
        alone_incidents = 0
        if alone_gap_ticks > 0:
            n_alone = arrival_times(
                seed, run, _ALONE, _ALONE_RETRY, alone_gap_ticks, horizon, first, second, misses, gaps, alone
            )
            if n_alone < 0:
                return False
            alone_done = _lone_completed(seed, run, alone, n_alone, low, mode, high, horizon)
            alone_incidents = _count_incidents(seed, run, _ALONE_INCIDENT, p_alone, n_alone)
        for k in range(pools.shape[0]):
            row = out[i, k]
            boarded = _dispatch(
                times, n_ships, transits, interval, horizon, turnaround, size, needed, pools[k], requests, releases, row
            )
            row[ARRIVALS] = n_ships[0] + n_ships[1] + n_alone
            row[SAILED_ALONE] = n_alone
            row[COMPLETED] += alone_done
            row[INCIDENTS] = alone_incidents
            for d in range(2):
                row[INCIDENTS] += _count_incidents(seed, run, _INCIDENT + d, p_escorted, boarded[d])
    return True
