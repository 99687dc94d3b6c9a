"""The reference model in plain Python: an event list, one object per thing, the same draws, the same integers.

It defines the semantics that the compiled kernel must reproduce bit for bit. Ties in time are settled by kind: ships
arrive, then a convoy epoch, then escorts return; requests are served first come first served, direction 0 before 1.
"""

import math
from collections import deque
from heapq import heappop, heappush

from muster.passage import philox_reference as philox
from muster.passage import streams
from muster.passage.reference import kernel
from muster.passage.reference.parameters import TICKS_PER_H, ReferenceParameters

_ARRIVE, _EPOCH, _RETURN = range(3)
_Event = tuple[int, int, int, int]  # time, kind, direction (0 and 1 in convoy, 2 alone) or serial number, ship number


def ship_word(seed: int, run: int, stream: int, ship: int) -> int:
    """Return the word of ship j of a stream: chunks of 256 ships, two words of a block 128 ships apart."""
    chunk, place = divmod(ship, kernel.CHUNK)
    half, block = divmod(place, kernel.HALF)
    return philox.draw_block(seed, run, stream, chunk * kernel.HALF + block, 0)[half]


def _gap_ticks(seed: int, run: int, stream: int, retry_stream: int, ship: int, mean_ticks: float) -> int:
    """Return the time from the ship before to this one."""
    word = ship_word(seed, run, stream, ship)
    return int(philox.exponential_from(word, seed, run, retry_stream, ship, 0) * mean_ticks)


def _convoy_transit(seed: int, run: int, direction: int, convoy: int, p: ReferenceParameters) -> int:
    word = philox.draw_block(seed, run, streams.REFERENCE_TRANSIT + direction, convoy >> 1, 0)[convoy & 1]
    return _transit_ticks(word, p)


def _transit_ticks(word: int, p: ReferenceParameters) -> int:
    low, mode, high = (hours * TICKS_PER_H for hours in (p.transit_low_h, p.transit_mode_h, p.transit_high_h))
    return int(philox.triangular(philox.unit(word), low, mode, high))


def _incident_ships(seed: int, run: int, stream: int, p: float, n_ships: int) -> list[int]:
    """Return which of ships 0..n_ships-1 of a stream have an incident."""
    if p <= 0:
        return []
    per_gap = -1.0 / math.log1p(-p)
    ships: list[int] = []
    at = int(philox.exponential(seed, run, stream, 0, 0) * per_gap)
    while at < n_ships:
        ships.append(at)
        at += 1 + int(philox.exponential(seed, run, stream, len(ships), 0) * per_gap)
    return ships


def simulate_plain(p: ReferenceParameters, *, seed: int, run: int, n_escorts: int | None = None) -> list[int]:
    """Return the columns of one run, as `kernel.reference_kernel` writes them."""
    horizon, interval, turnaround = (round(h * TICKS_PER_H) for h in (p.horizon_h, p.interval_h, p.turnaround_h))
    pool = p.n_escorts if n_escorts is None else n_escorts
    demand_gap = TICKS_PER_H / p.convoy_demand_per_h
    lone_rate = 2 * p.arrivals_per_h * p.p_alone
    sources = [(streams.REFERENCE_ARRIVAL + d, streams.REFERENCE_ARRIVAL_RETRY + d, demand_gap) for d in (0, 1)]
    if lone_rate > 0:
        sources.append((streams.REFERENCE_ALONE, streams.REFERENCE_ALONE_RETRY, TICKS_PER_H / lone_rate))
    events: list[_Event] = [(interval, _EPOCH, 0, 0)]
    for d, (stream, retry, gap) in enumerate(sources):
        events.append((_gap_ticks(seed, run, stream, retry, 0, gap), _ARRIVE, d, 0))
    events.sort()
    queues: tuple[deque[int], deque[int]] = (deque(), deque())
    requests: deque[int] = deque()
    free, serial = pool, 0
    boarded, convoys = [0, 0], [0, 0]
    out = [0] * kernel.N_COLUMNS
    while events:
        t, kind, which, ship = heappop(events)
        if t > horizon:
            break
        if kind == _ARRIVE:
            out[kernel.ARRIVALS] += 1
            stream, retry, gap = sources[which]
            heappush(events, (t + _gap_ticks(seed, run, stream, retry, ship + 1, gap), _ARRIVE, which, ship + 1))
            if which < 2:
                queues[which].append(t)
            else:
                out[kernel.SAILED_ALONE] += 1
                word = philox.draw_block(seed, run, streams.REFERENCE_ALONE_TRANSIT, ship, 0)[0]
                out[kernel.COMPLETED] += t + _transit_ticks(word, p) <= horizon
            continue
        if kind == _EPOCH:
            if t >= horizon:
                continue
            requests.extend((0, 1))
            heappush(events, (t + interval, _EPOCH, 0, 0))
        else:
            free += p.n_escorts_needed
        while requests and free >= p.n_escorts_needed:
            d = requests.popleft()
            m = min(p.convoy_size, len(queues[d]))
            if m == 0:
                continue
            free -= p.n_escorts_needed
            out[kernel.WAIT_TICKS] += sum(t - queues[d].popleft() for _ in range(m))
            arrive = t + _convoy_transit(seed, run, d, convoys[d], p)
            out[kernel.COMPLETED] += m * (arrive <= horizon)
            out[kernel.BUSY_TICKS] += p.n_escorts_needed * (min(arrive + turnaround, horizon) - t)
            boarded[d] += m
            convoys[d] += 1
            serial += 1
            heappush(events, (arrive + turnaround, _RETURN, serial, 0))
    waiting = [horizon - t for queue in queues for t in queue]
    out[kernel.SAILED_CONVOY] = sum(boarded)
    out[kernel.BACKLOG] = len(waiting)
    out[kernel.QUEUE_TICKS] = out[kernel.WAIT_TICKS] + sum(waiting)
    out[kernel.CONVOYS] = sum(convoys)
    out[kernel.INCIDENTS] = len(
        _incident_ships(seed, run, streams.REFERENCE_ALONE_INCIDENT, p.p_incident_alone, out[kernel.SAILED_ALONE])
    ) + sum(
        len(_incident_ships(seed, run, streams.REFERENCE_INCIDENT + d, p.p_incident_escorted, boarded[d]))
        for d in (0, 1)
    )
    return out
