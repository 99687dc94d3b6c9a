"""One run, event by event: the kernel plays it again, and its ships' records become a story to read and draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from muster.passage.chart.movement import ActMark, Movement, RegimeSpell
from muster.passage.forces import ForceUnit
from muster.passage.layout import (
    BLOCK_RUNS,
    DAY_S,
    LEFT,
    R_ACTS,
    R_ARRIVAL,
    R_CONVOY,
    R_KIND,
    R_LEAVE,
    R_ROW,
    R_SAIL,
    R_STATE,
    SAILED,
    SCALARS,
)  # fmt: skip
from muster.passage.outcomes import run_measures
from muster.passage.policy import Policy
from muster.passage.scenario import Scenario, force_units
from muster.passage.simulate import (
    Compiled,
    compile_scenario,
    make_space,
    play_runs,
)
from muster.passage.space import Space, empty_histograms, empty_series
from muster.passage.tables import unit_table
from muster.passage.words import ACTS, CLASSES, DIRECTIONS, PROTECTIONS, REGIMES, ROUTES

_TRACE_ROWS = 4096  # regimes, convoys and unit changes kept at first; doubled until they suffice
KINDS = ("regime", "unit", "arrive", "convoy", "sail", "act", "leave")
CAUSES = ("start", "clock", "confrontation")


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that happened in a run.

    Attributes
    ----------
    t_s : int
        Seconds since the start.
    kind : str
        `regime` (values: regime, cause), `unit` (entity = place in the pool's order; values: 1 on station, 0 gone),
        `arrive` (entity = ship; values: kind code), `convoy` (entity = direction << 20 | number; values: duration in
        seconds, ships, bit mask of units), `sail` (entity = ship; values: route, protection, duration, convoy or -1),
        `act` (entity = ship; values: act), `leave` (entity = ship).
    """

    t_s: int
    kind: str
    entity: int
    values: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RunStory:
    """A run's events in order of time, with what is needed to tell them."""

    scenario: Scenario
    policy: str
    seed: int
    run: int
    n_days: int
    unit_ids: tuple[str, ...]
    events: tuple[Event, ...]
    measures: dict[str, float]

    def sentences(self) -> list[str]:
        """Return one plain sentence an event."""
        return [f"day {e.t_s / DAY_S:8.3f}  {self._tell(e)}" for e in self.events]

    def _tell(self, event: Event) -> str:
        v = event.values
        if event.kind == "regime":
            return f"the coast is {REGIMES[v[0]]} ({CAUSES[v[1]]})"
        if event.kind == "unit":
            return f"{self.unit_ids[event.entity]} {'is on station' if v[0] else 'leaves the station'}"
        if event.kind == "convoy":
            units = ", ".join(name for k, name in enumerate(self.unit_ids[:62]) if v[2] >> k & 1)
            direction = DIRECTIONS[event.entity >> 20]
            return f"convoy {event.entity & 0xFFFFF} {direction} leaves with {v[1]} ships under {units}"
        if event.kind == "arrive":
            return f"ship {event.entity} arrives: {self.describe(v[0])}"
        if event.kind == "sail":
            return f"ship {event.entity} sails on the {ROUTES[v[0]]} lane, {PROTECTIONS[v[1]].replace('_', ' ')}"
        if event.kind == "act":
            return f"ship {event.entity}: {ACTS[v[0]]}"
        return f"ship {event.entity} gives up and leaves"

    def describe(self, kind: int) -> str:
        """Return direction, class and flag group of a kind code."""
        direction, ship_class, flag = kind >> 8, (kind >> 4) & 15, kind & 15
        return f"{CLASSES[ship_class]}, flag {self.scenario.flag_names[flag]}, bound {DIRECTIONS[direction]}"

    def movements(self) -> list[Movement]:
        """Return what the chart draws: lone ships and convoys as wholes, and ships that wait or left."""
        sails = {e.entity: e for e in self.events if e.kind == "sail"}
        leaves = {e.entity: e.t_s for e in self.events if e.kind == "leave"}
        found = []
        for e in self.events:
            if e.kind == "arrive":
                sail = sails.get(e.entity)
                is_alone = sail is None or sail.values[3] < 0
                # A ship that sails in a convoy shows as waiting until then; the convoy carries on for it.
                end = None if sail is None else sail.t_s + (sail.values[2] if is_alone else 0)
                leave = leaves.get(e.entity)
                found.append(
                    Movement(
                        arrive_h=e.t_s / 3600,
                        sail_h=None if sail is None else sail.t_s / 3600,
                        end_h=None if end is None else end / 3600,
                        direction=DIRECTIONS[e.values[0] >> 8],
                        route="" if sail is None else ROUTES[sail.values[0]],
                        leave_h=None if leave is None else leave / 3600,
                    )
                )
            elif e.kind == "convoy":
                found.append(
                    Movement(
                        arrive_h=e.t_s / 3600,
                        sail_h=e.t_s / 3600,
                        end_h=(e.t_s + e.values[0]) / 3600,
                        direction=DIRECTIONS[e.entity >> 20],
                        route="facilitated",
                        n_ships=e.values[1],
                        n_escorts=e.values[2].bit_count(),
                    )
                )
        return found

    def act_marks(self) -> list[ActMark]:
        """Return the acts that do harm, in the middle of the passage."""
        sails = {e.entity: e for e in self.events if e.kind == "sail"}
        return [
            ActMark(e.t_s / 3600, ROUTES[sails[e.entity].values[0]], 0.5, ACTS[e.values[0]])
            for e in self.events
            if e.kind == "act" and ACTS[e.values[0]] in {"inspection", "boarding", "attack", "mine"}
        ]

    def regime_spells(self) -> list[RegimeSpell]:
        """Return the regime's spells."""
        return [RegimeSpell(e.t_s / 3600, REGIMES[e.values[0]]) for e in self.events if e.kind == "regime"]


def replay_run(
    scenario: Scenario,
    *,
    seed: int,
    run: int = 0,
    n_days: int | None = None,
    policy: Policy | str | None = None,
    forces: Sequence[ForceUnit] | None = None,
) -> RunStory:
    """Return the story of one run of `simulate_passages` with the same arguments.

    Raises
    ------
    ScenarioError
        As `simulate_passages`.
    """
    compiled = compile_scenario(scenario, seed=seed, n_days=n_days, policy=policy)
    units = force_units(scenario, None if forces is None else tuple(forces))
    space, scalars, ordered = _play_one(compiled, units, run)
    measures = run_measures(scalars, n_days=compiled.n_days, normal_per_day=scenario.normal_per_day)
    return RunStory(
        scenario, str(compiled.policy), seed, run, compiled.n_days, tuple(unit.id for unit in ordered),
        kernel_events(compiled, space, int(scalars[0, 0])), {name: float(v[0]) for name, v in measures.items()},
    )  # fmt: skip


def _play_one(
    compiled: Compiled, units: tuple[ForceUnit, ...], run: int
) -> tuple[Space, np.ndarray, tuple[ForceUnit, ...]]:
    """Play one run with a trace; the ships' records stay in the returned space."""
    first_run = run - run % BLOCK_RUNS
    block = compiled.block(first_run)
    table, ordered = unit_table(compiled.scenario, units, seed=compiled.seed, first_run=first_run)
    days = compiled.n_days
    sums, histograms = empty_series(days), empty_histograms(days)
    capacity, n_trace = 8192, _TRACE_ROWS
    while True:
        space = make_space(compiled, capacity=capacity, n_trace=n_trace)
        scalars = np.zeros((1, len(SCALARS)))
        played = play_runs(
            np.uint64(compiled.seed), run, run - first_run, compiled.fixed, block.arrays, table, space.ships,
            space.series, space.wait_h, scalars, space.trace, space.multiplier, sums, histograms, False,
        )  # fmt: skip
        if played == 1 and space.trace.used.max() < n_trace:
            return space, scalars, ordered
        capacity, n_trace = 2 * capacity, 2 * n_trace


def kernel_events(compiled: Compiled, space: Space, n_ships: int) -> tuple[Event, ...]:
    """Return the events of the run that `space` holds, in order of (time, kind, entity)."""
    fx, trace = compiled.fixed, space.trace
    n_regimes, n_convoys, n_changes = (int(x) for x in trace.used)
    events = [Event(int(t), "regime", 0, (int(r), int(c))) for t, r, c in trace.regimes[:n_regimes]]
    events += [Event(int(t), "unit", int(u), (int(on),)) for t, u, on in trace.units[:n_changes]]
    transit_of = {}
    for t, direction, number, transit, n, members in trace.convoys[:n_convoys].tolist():
        transit_of[direction << 20 | number] = transit
        events.append(Event(t, "convoy", direction << 20 | number, (transit, n, members)))
    words = space.ships.word[2, :n_ships].tolist()
    for s, ship in enumerate(space.ships.record[:n_ships].tolist()):
        events.append(Event(ship[R_ARRIVAL], "arrive", s, (ship[R_KIND],)))
        if ship[R_STATE] == LEFT:
            events.append(Event(ship[R_LEAVE], "leave", s))
        if ship[R_STATE] != SAILED:
            continue
        route, protection = divmod(ship[R_ROW] // fx.n_flags, 3)
        convoy = ship[R_CONVOY]
        transit = transit_of[convoy] if convoy >= 0 else int(fx.transit_s[route, (words[s] >> 16 & 0xFFFF) >> 4])
        events.append(Event(ship[R_SAIL], "sail", s, (route, protection, transit, convoy)))
        events += [Event(ship[R_SAIL] + transit // 2, "act", s, (act,)) for act in range(6) if ship[R_ACTS] >> act & 1]
    return tuple(sorted(events, key=_order))


def _order(event: Event) -> tuple[int, int, int, tuple[int, ...]]:
    return event.t_s, KINDS.index(event.kind), event.entity, event.values
