"""The reference model as a SimPy user would write it: one process per ship, one per convoy."""

from collections import deque
from random import Random

import simpy


def run(p, seed):
    """Return (ships sailed, mean wait in hours, throughput a day) of one run of `ReferenceParameters`."""
    draw = Random(seed)
    env = simpy.Environment()
    escorts = simpy.Container(env, capacity=max(p.n_escorts, 1), init=p.n_escorts)
    queues = (deque(), deque())
    sailed = {"convoy": 0, "alone": 0}
    count = {"done": 0, "incidents": 0, "wait_h": 0.0}

    def transit_h():
        return draw.triangular(p.transit_low_h, p.transit_high_h, p.transit_mode_h)

    def ship(direction):
        arrived = env.now
        if draw.random() < p.p_alone:
            sailed["alone"] += 1
            count["incidents"] += draw.random() < p.p_incident_alone
            yield env.timeout(transit_h())
        else:
            boarding = env.event()
            queues[direction].append(boarding)
            hours = yield boarding
            count["wait_h"] += env.now - arrived
            sailed["convoy"] += 1
            count["incidents"] += draw.random() < p.p_incident_escorted
            yield env.timeout(hours)
        count["done"] += 1

    def arrivals(direction):
        while True:
            yield env.timeout(draw.expovariate(p.arrivals_per_h))
            env.process(ship(direction))

    def convoy(direction):
        yield escorts.get(p.n_escorts_needed)
        n = min(p.convoy_size, len(queues[direction]))
        if n:
            hours = transit_h()
            for _ in range(n):
                queues[direction].popleft().succeed(hours)
            yield env.timeout(hours + p.turnaround_h)
        yield escorts.put(p.n_escorts_needed)

    def schedule():
        while True:
            yield env.timeout(p.interval_h)
            env.process(convoy(0))
            env.process(convoy(1))

    for direction in (0, 1):
        env.process(arrivals(direction))
    env.process(schedule())
    env.run(until=p.horizon_h)
    mean_wait_h = count["wait_h"] / max(sailed["convoy"], 1)
    return sum(sailed.values()), mean_wait_h, count["done"] / (p.horizon_h / 24)
