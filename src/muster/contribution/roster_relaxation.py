"""Why a roster cannot be: the least that has to give way, found with every rule made elastic at a price.

The hard floors are kept; stints outside mandates, in maintenance or before the crew has rested, further stints and
further days on station are allowed at a price per day, and falling below a floor at a much higher one. What the
cheapest roster pays for is what has to be relaxed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from muster.contribution.roster_network import Arc, Rows, build_network, possible_arcs, reach_of
from muster.contribution.roster_solver import solve_problem
from muster.contribution.roster_units import Requirement, RosterUnit, Window

WEEK_DAYS = 7
PRICE_DAY = 1.0
"""A day outside a mandate, in maintenance, of rest not taken, or on station beyond the limit: all alike."""

PRICE_STINT = 14.0
"""A stint beyond the limit costs like two weeks."""

PRICE_FLOOR_DAY = 1000.0
"""A missing unit-day below a floor: only where no rule of a unit could help."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One rule that has to give way: `rule` of `subject` (a unit or a task) by `amount` of `unit`."""

    rule: str
    subject: str
    amount: float
    unit: str
    sentence: str


def find_relaxations(
    units: Sequence[RosterUnit],
    needs: Sequence[Requirement],
    windows: Sequence[Window],
    *,
    n_days: int,
    time_limit_s: float,
) -> tuple[Relaxation, ...]:
    """Return the cheapest set of relaxations under which all hard floors can be kept, on a weekly grid."""
    roles = tuple(need.role for need in needs)
    arcs = possible_arcs(units, roles, n_days=n_days, step_days=WEEK_DAYS, is_elastic=True)
    loose = [replace(unit, max_stints=unit.max_stints + 6, max_station_days=n_days) for unit in units]
    without_floor = [replace(need, floor=0) for need in needs]
    network = build_network(loose, without_floor, n_days=n_days, step_days=WEEK_DAYS, arcs=arcs, windows=tuple(windows))
    rows = Rows()
    broken = np.array([arc.over_mandate_days + arc.over_maintenance_days + arc.short_rest_days for arc in arcs], float)
    cost = np.zeros(len(network.problem.cost))
    cost[: len(arcs)] = PRICE_DAY * broken
    extra_days, extra_stints = {}, {}
    n_columns = len(cost)
    for unit_i, unit in enumerate(units):
        mine = [j for j, arc in enumerate(arcs) if arc.unit_i == unit_i]
        if mine:
            extra_days[unit_i] = n_columns + rows.column(PRICE_DAY, 0.0, float(n_days))
            extra_stints[unit_i] = n_columns + rows.column(PRICE_STINT, 0.0, 20.0)
            lengths = [float(arcs[j].until_day - arcs[j].from_day) for j in mine]
            rows.row(-np.inf, float(unit.max_station_days), [*mine, extra_days[unit_i]], [*lengths, -1.0])
            rows.row(-np.inf, float(unit.max_stints), [*mine, extra_stints[unit_i]], [*[1.0] * len(mine), -1.0])
    below: dict[tuple[int, int], int] = {}
    for r, need in enumerate(needs):
        for t in range(*windows[r]):
            if need.floor:
                below[r, t] = n_columns + rows.column(PRICE_FLOOR_DAY, 0.0, float(need.floor))
                rows.row(float(need.floor), np.inf, [int(network.on_station[r, t]), below[r, t]], [1.0, 1.0])
    problem = network.problem.with_cost(cost).joined(rows)
    solved = solve_problem(problem, time_limit_s=time_limit_s, gap=0.01)
    if solved.values is None:
        return ()
    found = _broken_rules(units, arcs, solved.values)
    found += _broken_limits(units, solved.values, extra_days, extra_stints)
    return tuple(found + _missed_floors(needs, arcs, solved.values, below, n_days=n_days))


def _broken_rules(units: Sequence[RosterUnit], arcs: Sequence[Arc], values: NDArray[np.float64]) -> list[Relaxation]:
    """Return the mandates, maintenance and rest that the chosen stints break."""
    found = []
    for j in np.flatnonzero(values[: len(arcs)] > 0.5):
        arc = arcs[int(j)]
        name = units[arc.unit_i].id
        for rule, n_broken, words in (
            ("mandate", arc.over_mandate_days, f"let its mandate hold from day {arc.from_day} to {arc.until_day - 1}"),
            ("maintenance", arc.over_maintenance_days, f"move it out of days {arc.sail_day} to {arc.home_day}"),
            ("crew rest", arc.short_rest_days, f"sail again before the rest after day {arc.home_day} is over"),
        ):
            if n_broken:
                found.append(Relaxation(rule, name, float(n_broken), "days", f"{name}: {words}"))
    return found


def _broken_limits(
    units: Sequence[RosterUnit], values: NDArray[np.float64], days: dict[int, int], stints: dict[int, int]
) -> list[Relaxation]:
    """Return the limits on days on station and on stints that are exceeded."""
    found = []
    for rule, columns, word in (("days on station", days, "days"), ("stints", stints, "stints")):
        for unit_i, column in columns.items():
            amount = float(round(values[column], 2))
            if amount > 0:
                sentence = f"{units[unit_i].id}: allow {amount:g} more {word} than its limit"
                found.append(Relaxation(rule, units[unit_i].id, amount, word, sentence))
    return found


def _missed_floors(
    needs: Sequence[Requirement],
    arcs: Sequence[Arc],
    values: NDArray[np.float64],
    below: dict[tuple[int, int], int],
    *,
    n_days: int,
) -> list[Relaxation]:
    """Return the floors that no relaxation of the units' rules can keep."""
    found = []
    for r, need in enumerate(needs):
        lacking = {t: float(values[column]) for (role_i, t), column in below.items() if role_i == r}
        days = [t for t, amount in lacking.items() if amount > 1e-6]
        if days:
            able = int(reach_of(arcs, r, n_days=n_days)[days].max())
            sentence = (
                f"{need.role}: a floor of {need.floor} cannot be kept on {len(days)} days (first {days[0]}, last "
                f"{days[-1]}); at most {able} units could be there: lower the floor or find more units"
            )
            found.append(Relaxation("floor", need.role, sum(lacking.values()), "unit-days", sentence))
    return found
