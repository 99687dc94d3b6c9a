"""The plain twin of the kernel: SimPy processes and readable Python, the same draws, the same events.

It defines what the kernel must do. Ships, units, the coastal state, midnights and convoys are processes; whatever
happens at one second happens in the order of (type, entity), which the priorities of the SimPy events say. Some 500
times slower than the kernel: for tests and reading, not for use. Needs SimPy (extra `test`).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np

from muster.base.errors import InputError
from muster.passage import philox_reference as draws
from muster.passage.layout import (
    ARRIVAL,
    BLOCK_RUNS,
    CONFRONTATION,
    DAY,
    DAY_S,
    EPOCH,
    FUTURE,
    HOLDING,
    IN_LANE,
    LEAVE,
    LEFT,
    NEVER,
    P_CONVOY,
    P_CORRIDOR,
    P_DEMAND,
    P_NONE,
    QUEUED,
    REGIME,
    RELEASE,
    SAILED,
    SLOT,
    TIMER,
    UNIT,
)  # fmt: skip
from muster.passage.ships import draw_ships
from muster.passage.story import Event, _order
from muster.passage.streams import CONVOY, ESCALATION, REGIME_CLOCK, REGIME_START, SHIP
from muster.passage.tables import unit_table

if TYPE_CHECKING:
    from muster.passage.forces import ForceUnit
    from muster.passage.simulate import Compiled, Space

_CLOSED = 1 << 17
Process = Generator[Any, Any, None]


class Ship:
    """A ship: what it is, what it bears, what became of it."""

    def __init__(self, number: int, arrival: int, kind: int, words: list[int]) -> None:
        self.number = number
        self.arrival = arrival
        self.direction, self.ship_class, self.flag = kind >> 8, (kind >> 4) & 15, kind & 15
        self.tolerance = words[1] >> 16 & 0xFFFF
        self.patience = words[1] & 0xFFFF
        self.permission, self.reflag = words[2] >> 48, words[2] >> 32 & 0xFFFF
        self.transit_rank = (words[2] >> 16 & 0xFFFF) >> 4
        # one 32-bit number an act: hail, toll, inspection, boarding, attack, mine
        self.luck = (words[3] >> 32, words[4] >> 32, words[4] & 0xFFFFFFFF, words[5] >> 32, words[5] & 0xFFFFFFFF,
                     words[3] & 0xFFFFFFFF)  # fmt: skip
        self.state = FUTURE
        self.go: Any = None

    @property
    def kind(self) -> int:
        """The kind code: direction, class, flag."""
        return self.direction << 8 | self.ship_class << 4 | self.flag


class Lane:
    """A lane in one direction: ships that wait for a slot, and when the next one is free."""

    def __init__(self) -> None:
        self.ships: list[Ship] = []
        self.free = 0
        self.version = 0  # a slot that was called before the lane changed is void


class Unit:
    """A unit of the force pool."""

    def __init__(self, number: int, arrival: int) -> None:
        self.number = number
        self.arrival = arrival
        self.on = False
        self.arrived = False
        self.busy = False


class Twin:
    """One run: `play` returns its events; `expected` holds the expected acts."""

    def __init__(self, compiled: Compiled, units: tuple[ForceUnit, ...], run: int, space: Space) -> None:
        try:
            import simpy
        except ImportError:
            raise InputError("the plain twin needs SimPy", next_step="Install musterroll[test]") from None
        self.simpy = simpy
        self.env = simpy.Environment()
        self.fx = compiled.fixed
        first_run = run - run % BLOCK_RUNS
        self.j = run - first_run
        self.dr = compiled.block(first_run).arrays
        self.un, _ = unit_table(compiled.scenario, units, seed=compiled.seed, first_run=first_run)
        self.seed, self.run = compiled.seed, run
        self.horizon = self.fx.n_days * DAY_S
        n = draw_ships(np.uint64(self.seed), run, self.j, self.fx, self.dr, space.ships, space.multiplier)
        if n < 0:
            raise InputError("more ships than the working arrays hold", next_step="Give a larger space")
        words = space.ships.word[:, :n].T.tolist()
        record = space.ships.record[:n].tolist()
        self.ships = [Ship(s, record[s][0], record[s][1], words[s]) for s in range(n)]
        self.regime = self.first_regime()
        self.mines = [float(x) for x in self.dr.mines[self.j]]
        for ship in self.ships[: int(self.dr.n_initial[self.j])]:
            self.strand(ship)
        self.n_arrived = 0
        self.units = [Unit(u, int(self.un.arrival_s[self.j, u])) for u in range(len(self.un.type))]
        self.lanes = [Lane() for _ in range(6)]
        self.queue: list[list[Ship]] = [[], []]
        self.requests: list[int] = []
        self.pending, self.blocked = [False, False], [False, False]
        self.timer_version = 0
        self.n_convoys = [0, 0]
        self.mcm_s, self.mcm_since = 0, 0
        self.offer = [0] * 8
        self.cover = [0.0] * self.fx.n_flags
        self.n_mcm = self.n_support = 0
        self.expects = 2
        self.events: list[Event] = []
        self.expected = [[0.0] * 6, [0.0] * 6]

    # --- time

    def at(self, t: int, kind: int, entity: int = 0) -> Any:
        """Return a SimPy event at second t; at one second, events happen in order of (kind, entity)."""
        event = self.simpy.Event(self.env)
        event._ok, event._value = True, None
        self.env.schedule(event, priority=10 + (kind << 40) + entity, delay=t - self.env.now)
        return event

    def note(self, kind: str, entity: int, *values: int, t: int | None = None) -> None:
        """Keep an event of the story."""
        self.events.append(Event(self.env.now if t is None else t, kind, entity, values))

    def play(self) -> tuple[Event, ...]:
        """Play the run; return its events in order."""
        self.note("regime", 0, self.regime, 0)
        self.refresh_units()
        self.refresh_risks()
        processes = [self.arrivals(), self.midnights(), self.coast()]
        if self.fx.policy != P_NONE:
            processes += [self.unit_life(unit) for unit in self.units if unit.arrival < NEVER]
        if self.fx.policy == P_CONVOY:
            processes.append(self.timetable())
        for process in processes:
            self.env.process(process)
        self.env.run(until=self.at(self.horizon, LEAVE - 1))
        return tuple(sorted(self.events, key=_order))

    # --- processes

    def arrivals(self) -> Process:
        """Ships arrive one after another."""
        for ship in self.ships:
            yield self.at(ship.arrival, ARRIVAL, ship.number)
            self.n_arrived += 1
            self.env.process(self.ship_life(ship))

    def ship_life(self, ship: Ship) -> Process:
        """A ship chooses; if it cannot go at once it waits until it may, or its patience ends."""
        if ship.reflag < self.fx.reflag_below[ship.flag]:
            ship.flag = self.fx.protecting_flag
        self.note("arrive", ship.number, ship.kind)
        option = self.choose(ship)
        if option < 3:
            lane = self.lanes[ship.direction * 3 + option]
            if not lane.ships and lane.free <= self.env.now:
                self.sail(ship, option, 0, int(self.fx.transit_s[option, ship.transit_rank]), -1)
                lane.free = self.env.now + int(self.dr.headway_s[self.j, option])
                return
        ship.go = self.env.event()
        self.place(ship, option)
        if option == 3:
            self.blocked[ship.direction] = False
            self.serve()
        patience = self.fx.patience_s[ship.patience >> 4] * self.dr.patience_factor[self.j]
        out_of_patience = self.at(ship.arrival + max(1, int(patience)), LEAVE, ship.number)
        yield ship.go | out_of_patience
        if not ship.go.triggered:
            self.remove(ship)
            ship.state = LEFT
            self.note("leave", ship.number)

    def slot(self, number: int, version: int, t: int) -> Process:
        """A lane's next slot: the first ship that waits takes it."""
        lane = self.lanes[number]
        yield self.at(t, SLOT, number)
        if lane.version != version:
            return
        if lane.ships:
            ship = lane.ships.pop(0)
            route = number % 3
            self.sail(ship, route, 0, int(self.fx.transit_s[route, ship.transit_rank]), -1)
            lane.free = self.env.now + int(self.dr.headway_s[self.j, route])
        self.call_slot(number)

    def coast(self) -> Process:
        """The coastal regime jumps by its own clock."""
        rate = self.dr.regime_rate_s[self.j]
        tick, t = 0, 0
        while rate > 0:
            word, word_to = draws.draw_block(self.seed, self.run, REGIME_CLOCK, tick, 0)
            gap = draws.exponential_from(word, self.seed, self.run, REGIME_CLOCK, tick, 0) / rate
            t += 1 + int(min(gap, 1e15))
            yield self.at(t, REGIME)
            new, x = 0, draws.unit(word_to)
            while new < 3 and x >= self.dr.regime_cumulative[self.j, self.regime, new]:
                new += 1
            self.change_regime(new, 1)
            tick += 1

    def confrontation(self, ship: Ship, t: int) -> Process:
        """In the middle of its passage a challenged ship's escort stands in the way; the regime may jump."""
        yield self.at(t, CONFRONTATION, ship.number)
        u = draws.draw_unit(self.seed, self.run, ESCALATION, ship.number, 0)
        if u < self.dr.p_escalates[self.j, self.regime]:
            self.change_regime(int(self.fx.escalates_to[self.regime]), 2)

    def unit_life(self, unit: Unit) -> Process:
        """A unit arrives, stays, rests, comes back, and goes home."""
        u = unit.number
        on_s, off_s, until = int(self.un.on_s[u]), int(self.un.off_s[u]), int(self.un.until_s[u])
        t = unit.arrival
        while t < NEVER:
            yield self.at(t, UNIT, u)
            if unit.on:
                unit.on = False
                t = t + off_s if t + off_s < until else NEVER
                unit.arrived = t < NEVER
            elif t >= until:
                t = NEVER
            else:
                stint = on_s if unit.arrived else int(self.un.first_s[self.j, u])
                unit.on = unit.arrived = True
                t = min(NEVER if off_s == 0 else t + stint, until)
            self.note("unit", u, int(unit.on))
            self.book_clearance()
            if self.refresh_units():
                if self.fx.policy == P_CORRIDOR:
                    self.refresh_risks()
                self.all_choose_again()
            self.blocked = [False, False]
            self.serve()

    def task(self, unit: Unit, t: int) -> Process:
        """A unit is free again."""
        yield self.at(t, RELEASE, unit.number)
        unit.busy = False
        self.blocked = [False, False]
        self.serve()

    def midnights(self) -> Process:
        """At midnight the day's mine clearance is announced."""
        route = self.fx.cleared_route
        for day in range(1, self.fx.n_days):
            yield self.at(day * DAY_S, DAY)
            self.book_clearance()
            if self.mcm_s > 0 and self.mines[route] > 0:
                self.mines[route] = max(0.0, self.mines[route] - self.dr.cleared_per_unit_s[self.j] * self.mcm_s)
                self.refresh_risks()
                self.all_choose_again()
                self.serve()
            self.mcm_s = 0

    def timetable(self) -> Process:
        """Convoys at fixed intervals: one a direction, if anyone waits."""
        t = self.fx.interval_s
        while True:
            yield self.at(t, EPOCH)
            self.requests += [direction for direction in (0, 1) if self.queue[direction]]
            self.serve()
            t += self.fx.interval_s

    def timer(self, version: int, t: int) -> Process:
        """Someone has waited long enough for an escort."""
        yield self.at(t, TIMER)
        if version == self.timer_version:
            self.serve()

    # --- rules

    def first_regime(self) -> int:
        """Return the coastal regime of the start."""
        u, regime = draws.draw_unit(self.seed, self.run, REGIME_START, 0, 0), 0
        while regime < 3 and u >= self.fx.start_cumulative[regime]:
            regime += 1
        return regime

    def strand(self, ship: Ship) -> None:
        """Give a ship that waits at the start ranks with which it would not have sailed alone.

        It replaces what the words said: drawn anew from the addresses, so that the kernel's version is checked.
        """
        willing = int(self.dr.permission_below[self.j, ship.flag])
        routes = [r for r in self.fx.choices[ship.flag].tolist() if 0 <= r < 3]
        below = {r: self.staying_below(r, ship.flag) for r in routes}
        other = min([65536, *[below[r] for r in routes if r != 1]])
        asks = min([65536, *below.values()])
        tolerance = draws.draw_block(self.seed, self.run, SHIP, ship.number, 0)[1] >> 16 & 0xFFFF
        rank = draws.draw_block(self.seed, self.run, SHIP, ship.number, 1)[0] >> 48
        n_ask, n_other = willing * asks, (65536 - willing) * other
        cut = other
        if n_ask + n_other:
            place = rank * (n_ask + n_other) // 65536
            cut = asks if place < n_ask else other
            rank = place // asks if place < n_ask else willing + (place - n_ask) // other
        ship.permission, ship.tolerance = rank, tolerance * cut // 65536

    def staying_below(self, route: int, flag: int) -> int:
        """Return the tolerance rank from which a flag's ships sail alone on a lane at the start."""
        if not self.fx.stands_alone[route, self.regime]:
            return 65536
        p = self.dr.p_act[self.j, self.regime, route * 3 * self.fx.n_flags + flag].tolist()
        risk = 1.0 - (1.0 - p[3]) * (1.0 - p[4]) * (1.0 - min(p[5] * self.mines[route], 1.0))
        return int(self.share_below(risk * float(self.dr.risk_scale[self.j, flag])) * 65536.0)

    def choose(self, ship: Ship) -> int:
        """Return 0..2: sail on that lane; 3: wait for an escort; 4: hold."""
        n = self.fx.n_flags
        for option in self.fx.choices[ship.flag].tolist():
            if option < 0:
                break
            if option == 3:
                is_offered = self.offer[ship.ship_class] >> ship.flag & 1
                if is_offered and ship.tolerance >= self.accept[(6 + self.expects) * n + ship.flag]:
                    return 3
            elif ship.tolerance >= self.accept[option * 3 * n + ship.flag] and (
                option != 1 or ship.permission < self.dr.permission_below[self.j, ship.flag]
            ):
                return int(option)
        return 4

    def place(self, ship: Ship, option: int) -> None:
        """Put a ship among those that wait for a slot, an escort or better times."""
        if option < 3:
            number = ship.direction * 3 + option
            ship.state = IN_LANE
            self.lanes[number].ships.append(ship)
            if len(self.lanes[number].ships) == 1:
                self.call_slot(number)
        elif option == 3:
            ship.state = QUEUED
            self.queue[ship.direction].append(ship)
        else:
            ship.state = HOLDING

    def remove(self, ship: Ship) -> None:
        """Take a ship from where it waits."""
        if ship.state == IN_LANE:
            next(lane for lane in self.lanes if ship in lane.ships).ships.remove(ship)
        elif ship.state == QUEUED:
            self.queue[ship.direction].remove(ship)

    def call_slot(self, number: int) -> None:
        """Schedule a lane's next slot, if anyone waits for it."""
        lane = self.lanes[number]
        lane.version += 1
        if lane.ships:
            self.env.process(self.slot(number, lane.version, max(lane.free, self.env.now)))

    def all_choose_again(self) -> None:
        """All waiting ships choose again, in order of arrival."""
        self.queue = [[], []]
        for lane in self.lanes:
            lane.ships = []
            lane.version += 1
        for ship in self.ships[: self.n_arrived]:
            if ship.state in {HOLDING, QUEUED, IN_LANE}:
                self.place(ship, self.choose(ship))

    def sail(self, ship: Ship, route: int, protection: int, transit: int, convoy: int) -> int:
        """A ship starts its passage; return the bit mask of what befalls it."""
        ship.state = SAILED
        if ship.go is not None:
            ship.go.succeed()
        self.note("sail", ship.number, route, protection, transit, convoy)
        row = (route * 3 + protection) * self.fx.n_flags + ship.flag
        acts = 0
        for act in range(6):
            self.expected[protection > 0][act] += self.p_now[row][act]
            if ship.luck[act] < int(self.p_now[row][act] * 4294967296.0):
                acts |= 1 << act
                self.note("act", ship.number, act, t=self.env.now + transit // 2)
        return acts

    def change_regime(self, new: int, cause: int) -> None:
        """The coastal state changes its ways, and everyone takes note."""
        if new == self.regime:
            return
        self.book_clearance()
        self.regime = new
        self.note("regime", 0, new, cause)
        self.refresh_units()
        self.refresh_risks()
        self.all_choose_again()
        self.blocked = [False, False]
        self.serve()

    def book_clearance(self) -> None:
        """Count the unit-seconds of mine clearance so far today."""
        self.mcm_s += self.n_mcm_before * (self.env.now - self.mcm_since)
        self.mcm_since = self.env.now

    def works(self, u: int) -> bool:
        """Whether a unit's caveats let it work in this regime."""
        return bool(self.un.regimes[u] >> self.regime & 1)

    def refresh_units(self) -> bool:
        """Take stock of what the units offer; return whether ships see a change."""
        at_work = [unit for unit in self.units if self.fx.policy != P_NONE and self.works(unit.number)]
        on_lane = [unit for unit in at_work if self.un.on_facilitated[unit.number]]
        kind = self.un.type
        self.n_mcm_before = sum(unit.on for unit in at_work if kind[unit.number] == 1)
        self.n_support = sum(unit.on for unit in at_work if kind[unit.number] == 3)
        offer, cover = [0] * 8, [0.0] * self.fx.n_flags
        self.expects = 2
        if self.fx.policy == P_CORRIDOR:
            patrols = [unit.number for unit in on_lane if unit.on and kind[unit.number] in {0, 2}]
            for flag in range(self.fx.n_flags):
                n = float(sum(int(self.un.flags[u]) >> flag & 1 for u in patrols))
                cover[flag] = min(1.0, n / self.fx.full_cover)
        else:
            for unit in on_lane:
                u = unit.number
                if kind[u] != 0 or not unit.arrived:
                    continue
                for ship_class in range(8):
                    if int(self.un.classes[u]) >> ship_class & 1:
                        offer[ship_class] |= int(self.un.flags[u])
                if self.un.answers[u]:
                    self.expects = 1
        has_changed = offer != self.offer or cover != self.cover
        self.offer, self.cover = offer, cover
        return has_changed

    def refresh_risks(self) -> None:
        """Work out every probability now, and which tolerance accepts which lane."""
        n = self.fx.n_flags
        self.p_now = [[0.0] * 6 for _ in range(9 * n)]
        self.accept = [_CLOSED] * (9 * n)
        for row in range(9 * n):
            route, protection, flag = row // (3 * n), row // n % 3, row % n
            p = [float(x) for x in self.dr.p_act[self.j, self.regime, row]]
            p[5] *= self.mines[route]
            if self.fx.policy == P_CORRIDOR and route == 2 and protection == 0:
                p = [
                    x * (1.0 - self.cover[flag] * (1.0 - float(self.dr.corridor_factor[self.j, act])))
                    for act, x in enumerate(p)
                ]
            self.p_now[row] = p = [min(x, 1.0) for x in p]
            operates = self.fx.lane_operates[route, self.regime] == 1
            if route == self.fx.cleared_route and self.fx.clear_first:
                operates = operates and self.mines[route] <= self.fx.clear_below
            if operates:
                risk = 1.0 - (1.0 - p[3]) * (1.0 - p[4]) * (1.0 - p[5])
                self.accept[row] = int(self.share_below(risk * float(self.dr.risk_scale[self.j, flag])) * 65536.0)

    def share_below(self, risk: float) -> float:
        """Return the share of ships that tolerate less than `risk`."""
        values, shares = self.fx.risk_value.tolist(), self.fx.risk_share.tolist()
        if risk > values[-1]:
            return 1.0
        if risk <= values[0]:
            return 0.0 if risk < values[0] else float(shares[0])
        for k in range(1, len(values)):
            if risk < values[k]:
                rise = (risk - values[k - 1]) / (values[k] - values[k - 1])
                return float(shares[k - 1] + (shares[k] - shares[k - 1]) * rise)
        return float(shares[-1])

    # --- escorts

    def serve(self) -> None:
        """Escorts are called and convoys leave, until nothing more can."""
        while True:
            if self.fx.policy == P_DEMAND:
                self.call_escorts()
            if not self.dispatch():
                return

    def call_escorts(self) -> None:
        """Under `demand` and `accompany`: ask where enough ships wait or one has waited long enough."""
        self.timer_version += 1
        for direction, waiting in enumerate(self.queue):
            if self.pending[direction] or self.blocked[direction] or not waiting:
                continue
            due = waiting[0].arrival + self.fx.longest_wait_s
            if len(waiting) >= self.fx.batch_ships or due <= self.env.now:
                self.requests.append(direction)
                self.pending[direction] = True
            else:
                self.env.process(self.timer(self.timer_version, due))

    def dispatch(self) -> bool:
        """Serve requests in order; return whether anyone sailed."""
        has_sailed = False
        while self.requests and self.accept[7 * self.fx.n_flags] < _CLOSED:
            direction = self.requests[0]
            ready = [
                unit for unit in self.units
                if unit.on and not unit.busy and self.un.type[unit.number] == 0
                and self.un.on_facilitated[unit.number] and self.works(unit.number)
            ][: self.fx.need_escorts]  # fmt: skip
            if len(ready) < self.fx.need_escorts:
                break
            self.requests.pop(0)
            self.pending[direction] = False
            waiting = self.queue[direction]
            taken = [ship for ship in waiting if any(self.may_protect(unit, ship) for unit in ready)]
            taken = taken[: self.fx.cap_ships]
            if taken:
                self.send_convoy(direction, ready, taken)
                has_sailed = True
            else:
                self.blocked[direction] = bool(waiting)
        return has_sailed

    def may_protect(self, unit: Unit, ship: Ship) -> bool:
        """Whether a unit's caveats let it protect this ship."""
        u = unit.number
        return bool(int(self.un.flags[u]) >> ship.flag & 1 and int(self.un.classes[u]) >> ship.ship_class & 1)

    def send_convoy(self, direction: int, ready: list[Unit], taken: list[Ship]) -> None:
        """A convoy leaves: ships, escorts and lane are bound."""
        now = self.env.now
        number = direction << 20 | self.n_convoys[direction]
        self.n_convoys[direction] += 1
        x = draws.draw_unit(self.seed, self.run, CONVOY, number, 0)
        transit = int(draws.triangular(x, self.fx.convoy_low_s, self.fx.convoy_mode_s, self.fx.convoy_high_s))
        factor = 1.0
        for _ in range(self.n_support):
            factor *= float(self.dr.support_factor[self.j])
        for unit in ready:
            unit.busy = True
            turnaround = max(1, int(self.un.turnaround_s[unit.number] * factor))
            self.env.process(self.task(unit, now + transit + turnaround))
        members = sum(1 << unit.number for unit in ready if unit.number < 62)
        self.note("convoy", number, transit, len(taken), members)
        lane = self.lanes[direction * 3 + 2]
        lane.free = max(lane.free, now) + int(self.dr.headway_s[self.j, 2])
        self.call_slot(direction * 3 + 2)
        protection = 1 if any(self.un.answers[unit.number] for unit in ready) else 2
        for ship in taken:
            self.queue[direction].remove(ship)
            acts = self.sail(ship, 2, protection, transit, number)
            if protection == 1 and acts & self.fx.confrontation_mask and now + transit // 2 < self.horizon:
                self.env.process(self.confrontation(ship, now + transit // 2))


def simulate_reference(compiled: Compiled, units: tuple[ForceUnit, ...], run: int, space: Space) -> Twin:
    """Play one run with the plain twin; `space` lends its arrays for the ships' draws.

    Returns
    -------
    Twin
        With `events` in order and `expected` acts.
    """
    twin = Twin(compiled, units, run, space)
    twin.events = list(twin.play())
    return twin
