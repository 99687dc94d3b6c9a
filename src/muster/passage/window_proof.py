"""Whether the window level may stand in for the ship level: each condition proven or refuted, with its numbers.

Two things must hold. *Escorts never bind*: a convoy leaves at every epoch at which somebody waits, whatever the draws.
*Ships are exchangeable*: given a run's rates and regime, which ship of a kind it is changes nothing. All bounds are
the hard ends of the priors, so a scenario that passes passes in every run.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from muster.passage.forces import ForceUnit
from muster.passage.layout import DAY_S, P_CONVOY, P_CORRIDOR, P_DEMAND, P_NONE
from muster.passage.priors import Number
from muster.passage.scenario import force_units
from muster.passage.simulate import Compiled
from muster.passage.words import CLASSES, OPTIONS, REGIMES, ROUTES


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the window level: does it hold, and the sentence that says why."""

    name: str
    holds: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class WindowProof:
    """All conditions; the window level is admitted only if every one holds."""

    conditions: tuple[Condition, ...]

    @property
    def is_admitted(self) -> bool:
        """Whether every condition holds."""
        return all(condition.holds for condition in self.conditions)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """The sentences of the conditions that do not hold."""
        return tuple(condition.sentence for condition in self.conditions if not condition.holds)


def prove_windows(compiled: Compiled, forces: "tuple[ForceUnit, ...] | list[ForceUnit] | None" = None) -> WindowProof:
    """Return the proof, condition by condition, that windows may stand in for ships.

    Parameters
    ----------
    compiled : Compiled
        Scenario, policy and length.
    forces : sequence of ForceUnit, optional
        The scenario's own if None.

    Raises
    ------
    ScenarioError
        A unit breaks a rule of the scenario.

    Notes
    -----
    The bound on escorts: a convoy is away at most longest transit + turnaround, and a unit that is free in the second
    of an epoch can leave with it; so of each direction at most ceil(away / interval) convoys are out at once.
    """
    units = force_units(compiled.scenario, None if forces is None else tuple(forces))
    used = units if compiled.fixed.policy != P_NONE else ()
    return WindowProof(tuple(_conditions(compiled, used)))


def _conditions(compiled: Compiled, units: tuple[ForceUnit, ...]) -> Iterator[Condition]:
    code = compiled.fixed.policy
    known = code != P_DEMAND
    yield Condition(
        "departures", known,
        f"departures: {compiled.policy} " + ("does not depend on who waits" if known else "leaves when ships call"),
    )  # fmt: skip
    reached = [k for k, share in enumerate(compiled.scenario.regime.start) if share > 0]
    yield _regime_lasts(compiled, reached)
    yield _nobody_at_start(compiled)
    yield _lanes_are_free(compiled)
    yield _mines_stay(compiled, units)
    yield _units_stay(compiled, units)
    escorts = [u for u in units if u.type == "escort" and (u.routes is None or "facilitated" in u.routes)]
    if code == P_CONVOY and escorts:
        yield _escorts_alike(escorts, units, reached)
        yield _pool_suffices(compiled, escorts)
        yield _queue_is_patient(compiled)
    elif code == P_CORRIDOR:
        yield Condition("corridor", True, "corridor: nobody waits for an escort")


def _bounds(number: Number) -> tuple[float, float]:
    """Return hard bounds: a lognormal has none."""
    return (0.0, math.inf) if number.shape == "lognormal" else number.bounds()


def _regime_lasts(compiled: Compiled, reached: list[int]) -> Condition:
    chain = compiled.scenario.regime
    for a in reached:
        for b, number in enumerate(chain.rates_per_day[a]):
            if b != a and number is not None and _bounds(number)[1] > 0:
                sentence = f"regime: {REGIMES[a]} may turn {REGIMES[b]}, and waiting ships then choose again"
                return Condition("regime", False, sentence)
        jumps = chain.escalates_to[a] != REGIMES[a] and _bounds(chain.p_escalates[a])[1] > 0
        if jumps and compiled.fixed.policy == P_CONVOY:
            sentence = f"regime: a confrontation may turn {REGIMES[a]} into {chain.escalates_to[a]}"
            return Condition("regime", False, sentence)
    names = " or ".join(REGIMES[a] for a in reached)
    return Condition("regime", True, f"regime: {names} from the start to the end of a run")


def _nobody_at_start(compiled: Compiled) -> Condition:
    most = _bounds(compiled.scenario.traffic.initial_ships)[1]
    holds = most < 0.5  # rounded to whole ships
    return Condition("start", holds, f"start: up to {most:g} ships wait at the start, not alike those that arrive"
                     if not holds else "start: no ship waits at the start")  # fmt: skip


def _lanes_are_free(compiled: Compiled) -> Condition:
    fixed = compiled.fixed
    for r, route in enumerate(ROUTES):
        is_chosen = bool((fixed.choices == OPTIONS.index(route)).any()) and bool(fixed.lane_operates[r].any())
        longest_min = _bounds(compiled.scenario.lanes[r].headway_min)[1]
        if is_chosen and longest_min * 60 >= 0.5:
            sentence = f"lanes: a ship may wait up to {longest_min:g} min for a slot of the {route} lane"
            return Condition("lanes", False, sentence)
    return Condition("lanes", True, "lanes: no lane makes a ship wait for a slot")


def _mines_stay(compiled: Compiled, units: tuple[ForceUnit, ...]) -> Condition:
    most = _bounds(compiled.scenario.mines.count[compiled.fixed.cleared_route])[1]
    holds = most == 0 or not any(unit.type == "mcm" for unit in units)
    return Condition("mines", holds, "mines: their number stays" if holds else "mines: clearance changes the risk")


def _units_stay(compiled: Compiled, units: tuple[ForceUnit, ...]) -> Condition:
    for unit in units:
        certain = unit.p_available in (1.0, (1.0, 1.0, 1.0)) and unit.arrival_day in (0.0, (0.0, 0.0, 0.0))
        stays = unit.off_station_days == 0 and (unit.until_day is None or unit.until_day >= compiled.n_days)
        if not (certain and stays):
            why = "may be absent or late" if not certain else "leaves the station"
            return Condition("units", False, f"units: {unit.id} {why}")
    return Condition("units", True, f"units: all {len(units)} are on station from the first second to the last")


def _escorts_alike(escorts: list[ForceUnit], units: tuple[ForceUnit, ...], reached: list[int]) -> Condition:
    for unit in escorts:
        narrow = (unit.flags is not None) or (unit.classes is not None and unit.classes != frozenset(CLASSES))
        closed = unit.regimes is not None and not {REGIMES[a] for a in reached} <= unit.regimes
        if narrow or closed:
            return Condition("escorts", False, f"escorts: {unit.id} may not protect every ship in every regime reached")
    if len({(unit.may_answer_boarding, unit.turnaround_h) for unit in escorts}) > 1:
        return Condition("escorts", False, "escorts: they differ in turnaround or in what they may answer")
    if any(unit.type == "support" for unit in units):
        return Condition("escorts", False, "escorts: a support unit changes their turnaround")
    return Condition("escorts", True, f"escorts: all {len(escorts)} are alike and may protect every ship")


def _pool_suffices(compiled: Compiled, escorts: list[ForceUnit]) -> Condition:
    policy = compiled.policy
    away_h = compiled.scenario.convoy_transit_h[2] + escorts[0].turnaround_h
    n_out = math.ceil(max(away_h * 3600, 1) / compiled.fixed.interval_s)
    needed = 2 * n_out * policy.need_escorts
    return Condition(
        "pool", len(escorts) >= needed,
        f"escorts: a convoy is away at most {away_h:g} h, so up to {n_out} a direction at once need {needed} escorts; "
        f"the pool has {len(escorts)}",
    )  # fmt: skip


def _queue_is_patient(compiled: Compiled) -> Condition:
    fixed = compiled.fixed
    if not (fixed.choices == OPTIONS.index("escort")).any():
        return Condition("patience", True, "patience: nobody asks for an escort")
    least_s = float(np.min(fixed.patience_s)) * _bounds(compiled.scenario.tolerance.patience_factor)[0]
    holds = least_s >= fixed.n_days * DAY_S
    return Condition(
        "patience", holds,
        f"patience: who waits for an escort gives up after {least_s / DAY_S:.3g} days at the earliest"
        + (", beyond the end" if holds else f", within the {fixed.n_days} days"),
    )  # fmt: skip
