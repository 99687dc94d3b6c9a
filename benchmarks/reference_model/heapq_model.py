"""The reference model on the standard library's heap, without a simulation package."""

from collections import deque
from heapq import heappop, heappush
from math import log
from random import Random

_ARRIVE, _EPOCH, _RETURN, _DONE = range(4)


def run(p, seed):
    """Return (ships sailed, mean wait in hours, throughput a day) of one run of `ReferenceParameters`."""
    generator = Random(seed)
    draw = generator.random
    events = []
    serial = 0
    queues = (deque(), deque())
    requests = deque()
    free = p.n_escorts
    n_convoy = n_alone = done = incidents = 0
    wait_h = 0.0
    for direction in (0, 1):
        heappush(events, (-log(1 - draw()) / p.arrivals_per_h, serial, _ARRIVE, direction))
        serial += 1
    heappush(events, (p.interval_h, serial, _EPOCH, 0))
    while events:
        t, _, kind, x = heappop(events)
        if t > p.horizon_h:
            break
        serial += 1
        if kind == _ARRIVE:
            if draw() < p.p_alone:
                n_alone += 1
                incidents += draw() < p.p_incident_alone
                hours = generator.triangular(p.transit_low_h, p.transit_high_h, p.transit_mode_h)
                heappush(events, (t + hours, serial, _DONE, 1))
            else:
                queues[x].append(t)
            serial += 1
            heappush(events, (t - log(1 - draw()) / p.arrivals_per_h, serial, _ARRIVE, x))
            continue
        if kind == _DONE:
            done += x
            continue
        if kind == _EPOCH:
            if t >= p.horizon_h:
                continue
            requests.extend((0, 1))
            heappush(events, (t + p.interval_h, serial, _EPOCH, 0))
        else:
            free += p.n_escorts_needed
        while requests and free >= p.n_escorts_needed:
            queue = queues[requests.popleft()]
            n = min(p.convoy_size, len(queue))
            if not n:
                continue
            free -= p.n_escorts_needed
            for _ in range(n):
                wait_h += t - queue.popleft()
                incidents += draw() < p.p_incident_escorted
            n_convoy += n
            hours = generator.triangular(p.transit_low_h, p.transit_high_h, p.transit_mode_h)
            heappush(events, (t + hours, serial + 1, _DONE, n))
            heappush(events, (t + hours + p.turnaround_h, serial + 2, _RETURN, 0))
            serial += 2
    return n_convoy + n_alone, wait_h / max(n_convoy, 1), done / (p.horizon_h / 24)
