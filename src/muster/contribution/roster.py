"""Which unit is on station when: the roster that covers most, then shares the burden most evenly.

Three stages, each under what the one before it reached:
1. the smallest coverage (over tasks and days, as a share of the need) is as large as can be;
2. the covered unit-days are as many as can be (the proven gap is that of this stage);
3. burdens (days on station of a nation / days it offers) lie as close together as can be, then sea days are few.
Tasks that share no unit are solved apart in stages 1 and 2, side by side.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from muster.base.errors import InputError
from muster.contribution.roster_bound import losses_at, lower_bound_by_prices
from muster.contribution.roster_candidates import find_candidates
from muster.contribution.roster_network import (
    Arc,
    Network,
    build_network,
    possible_arcs,
    reach_of,
    required_days,
    sea_days,
)
from muster.contribution.roster_part import COVERAGE_GAP, Part, chosen_arcs, columns_of, solve_part
from muster.contribution.roster_relaxation import Relaxation, find_relaxations
from muster.contribution.roster_search import search_roster
from muster.contribution.roster_solver import solve_problem
from muster.contribution.roster_units import Requirement, RosterUnit, Stint, Window, check_unique

WEEK_DAYS = 7
LEAST_FAIRNESS_SHARE = 0.06
"""Stage 3 is begun only with this share of the time left: building it takes seconds on a busy machine."""

SPREAD_WEIGHT_DAYS = 1000.0
"""Stage 3 weighs one nation's full burden (100 percentage points off the common level) like this many sea days: 10 sea
days for a percentage point, so evenness comes first and sea days decide between equals."""


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster with what is proven about it.

    Attributes
    ----------
    status : {"optimal", "feasible", "infeasible", "unknown"}
        optimal: the smallest coverage is the best possible and the covered unit-days are within `COVERAGE_GAP` of it;
        feasible: time was up before that was proven.
    stints : tuple of Stint, by unit and day
    coverage : mapping of task to int array, shape (n_days,)
        Units on station.
    windows : mapping of task to (first day, day after last) on which its need counts
    smallest_coverage, smallest_bound : mapping of task to share of the need
        What the worst day has; the most that a roster could keep on it if it served this task first (a bound).
    joint_bound : mapping of task to share of the need
        The most that a roster could keep on the worst day of all tasks together that share units with this one.
    covered_unit_days, covered_bound, needed_unit_days : float
        Weighted by the requirements' weights.
    burdens : mapping of nation to days on station / days offered
    seconds : float
    relaxations : tuple of Relaxation
        Where infeasible: the least that has to give way.
    """

    status: str
    n_days: int
    step_days: int
    stints: tuple[Stint, ...]
    coverage: Mapping[str, NDArray[np.int64]]
    windows: Mapping[str, Window]
    smallest_coverage: Mapping[str, float]
    smallest_bound: Mapping[str, float]
    joint_bound: Mapping[str, float]
    covered_unit_days: float
    covered_bound: float
    needed_unit_days: float
    burdens: Mapping[str, float]
    seconds: float
    relaxations: tuple[Relaxation, ...] = ()

    @property
    def gap(self) -> float:
        """Proven distance of the covered unit-days from the best possible, as a share of them."""
        if not self.stints and self.covered_bound > 0:
            return float("inf")
        return max(0.0, self.covered_bound - self.covered_unit_days) / max(1.0, self.covered_unit_days)


def _parts(units: Sequence[RosterUnit], needs: Sequence[Requirement]) -> list[list[int]]:
    """Return the indices of needs, grouped so that no unit can serve two groups."""
    groups: list[set[str]] = []
    for need in needs:
        together = {need.role}
        for unit in units:
            if need.role in unit.roles:
                together |= {role for role in unit.roles if any(other.role == role for other in needs)}
        for group in [group for group in groups if group & together]:
            groups.remove(group)
            together |= group
        groups.append(together)
    return [[i for i, need in enumerate(needs) if need.role in group] for group in groups]


def _near(arcs: Sequence[Arc], chosen: Sequence[Arc]) -> list[Arc]:
    """Return the arcs that sail within a week of a chosen stint of the same unit, and the chosen ones."""
    sails: dict[int, list[int]] = {}
    for arc in chosen:
        sails.setdefault(arc.unit_i, []).append(arc.sail_day)
    near = [
        arc for arc in arcs if any(abs(arc.sail_day - day) < WEEK_DAYS for day in sails.get(arc.unit_i, ()))
    ]  # fmt: skip
    return sorted({*near, *chosen})


def _share_burden(
    network: Network, parts: Sequence[Part], levels: Mapping[str, float], *, until: float
) -> tuple[Arc, ...]:
    """Return the roster that keeps levels and coverage and brings the nations' burdens closest together."""
    arcs = tuple(arc for part in parts for arc in part.arcs)
    known = columns_of(network, arcs, time_limit_s=max(1.0, 0.3 * (until - perf_counter())))
    left = until - perf_counter()
    if left < 2.0 or known is None:
        return arcs
    lower, n_arcs = network.problem.lower.copy(), len(network.arcs)
    for r, need in enumerate(network.needs):
        days = network.on_station[r, network.windows[r][0] : network.windows[r][1]]
        lower[days] = need.units_at(levels[need.role])
    cost = np.zeros(len(lower))
    cost[:n_arcs] = [sea_days(arc, network.on_station.shape[1]) for arc in network.arcs]
    cost[list(network.spread)] = SPREAD_WEIGHT_DAYS
    missing = network.coverage_cost()
    kept = network.problem.with_row(missing, float(missing @ known) + 1e-6)
    solved = solve_problem(
        replace(kept, lower=lower, cost=cost), time_limit_s=left - 1.0, n_threads=2, gap=COVERAGE_GAP, start=known
    )
    return chosen_arcs(network, solved) if solved.values is not None else arcs


def solve_roster(
    units: Sequence[RosterUnit],
    needs: Sequence[Requirement],
    *,
    n_days: int = 180,
    step: str = "weekly",
    time_limit_s: float | None = None,
) -> Roster:
    """Return the roster that covers the needs best, with its proven gap.

    Units sail on the days of a weekly grid; `step="daily"` then refines that roster on a daily grid. Not modelled:
    uncertainty (a unit with a probability below 1 is rostered as if it came; the simulator draws it), ports of call,
    relief at sea.

    Parameters
    ----------
    units : sequence of RosterUnit
    needs : sequence of Requirement, one per task
    n_days : int, 1..730
    step : {"weekly", "daily"}
    time_limit_s : float, optional
        Hard wall-clock limit, seconds; 30 for weekly, 90 for daily.

    Returns
    -------
    Roster
        `status` says how much is proven; where the hard floors cannot be kept it is "infeasible" and `relaxations`
        lists the least that has to give way.

    Raises
    ------
    InputError
        No units, no needs, two needs for a task, two units with an id, or a bad horizon or step.
    """
    limit = time_limit_s if time_limit_s is not None else (30.0 if step == "weekly" else 90.0)
    _check_input(units, needs, n_days, step)
    _compile_kernels()
    began = perf_counter()
    until = began + limit
    roles = tuple(need.role for need in needs)
    weekly = possible_arcs(units, roles, n_days=n_days, step_days=WEEK_DAYS)
    windows = tuple(
        required_days(need, reach_of(weekly, r, n_days=n_days), n_days=n_days) for r, need in enumerate(needs)
    )
    groups = _parts(units, needs)
    is_daily = step == "daily"
    weekly_until = began + (0.12 * limit if is_daily else 0.9 * limit)
    parts = _solve_groups(units, needs, groups, windows, n_days, WEEK_DAYS, weekly_until, None)
    if is_daily and all(part.arcs or part.status != "infeasible" for part in parts):
        parts = _solve_groups(units, needs, groups, windows, n_days, 1, began + 0.88 * limit, parts)
    if any(part.status == "infeasible" for part in parts):
        found = find_relaxations(units, needs, windows, n_days=n_days, time_limit_s=min(30.0, limit))
        return _assemble(units, needs, (), windows, parts, groups, n_days, step, began, found)
    arcs = tuple(arc for part in parts for arc in part.arcs)
    if until - perf_counter() > LEAST_FAIRNESS_SHARE * limit:
        levels = {needs[i].role: part.level for part, group in zip(parts, groups, strict=True) for i in group}
        pool = weekly if not is_daily else _near(possible_arcs(units, roles, n_days=n_days, step_days=1), arcs)
        network = build_network(units, needs, n_days=n_days, step_days=WEEK_DAYS, arcs=list(pool), windows=windows)
        arcs = _share_burden(network, parts, levels, until=until)
    return _assemble(units, needs, arcs, windows, parts, groups, n_days, step, began, ())


@cache
def _compile_kernels() -> None:
    """Compile search and bound, or load them: about 20 s once on a machine, which is not the roster's time."""
    units, needs = [RosterUnit("a", "AAA", "escort", ("escort",), 7, -7)], [Requirement("escort", 1)]
    roles, n_days = ("escort",), 8 * WEEK_DAYS
    arcs = possible_arcs(units, roles, n_days=n_days, step_days=WEEK_DAYS)
    windows = (required_days(needs[0], reach_of(arcs, 0, n_days=n_days), n_days=n_days),)
    network = build_network(units, needs, n_days=n_days, step_days=WEEK_DAYS, windows=windows)
    candidates = find_candidates(units, network, 0.0)
    search_roster(candidates, until=perf_counter())
    price = np.zeros(candidates.needed.shape)
    losses_at(candidates, lower_bound_by_prices(candidates, price, target=0.0, n_steps=1)[1])


def _solve_groups(
    units: Sequence[RosterUnit],
    needs: Sequence[Requirement],
    groups: Sequence[Sequence[int]],
    windows: Sequence[Window],
    n_days: int,
    step_days: int,
    until: float,
    starts: Sequence[Part] | None,
) -> list[Part]:
    """Solve each group of tasks, two at a time, the largest first."""

    def solve(number: int) -> Part:
        group = groups[number]
        mine, theirs = [needs[i] for i in group], tuple(windows[i] for i in group)
        roles = [need.role for need in mine]
        start = _renumber(starts[number].arcs, needs, roles) if starts is not None else []
        network = build_network(units, mine, n_days=n_days, step_days=step_days, windows=theirs)
        part = solve_part(network, until=until, start=start, units=units)
        back = {role: i for i, role in enumerate(need.role for need in needs)}
        return replace(part, arcs=tuple(arc._replace(role_i=back[roles[arc.role_i]]) for arc in part.arcs))

    order = sorted(
        range(len(groups)), key=lambda k: -sum(len(set(u.roles)) for u in units if _serves(u, needs, groups[k]))
    )
    with ThreadPoolExecutor(2) as pool:
        solved = dict(zip(order, pool.map(solve, order), strict=True))
    return [solved[k] for k in range(len(groups))]


def _serves(unit: RosterUnit, needs: Sequence[Requirement], group: Sequence[int]) -> bool:
    return any(needs[i].role in unit.roles for i in group)


def _renumber(arcs: Sequence[Arc], needs: Sequence[Requirement], roles: Sequence[str]) -> list[Arc]:
    return [arc._replace(role_i=roles.index(needs[arc.role_i].role)) for arc in arcs]


def _check_input(units: Sequence[RosterUnit], needs: Sequence[Requirement], n_days: int, step: str) -> None:
    if not units or not needs:
        raise InputError(f"a roster of {len(units)} units for {len(needs)} needs", rule="it takes at least one of each")
    check_unique([unit.id for unit in units], "roster")
    roles = [need.role for need in needs]
    if len(set(roles)) != len(roles):
        raise InputError(f"needs {', '.join(roles)} name a task twice", rule="one requirement per task")
    if step not in {"weekly", "daily"} or not 1 <= n_days <= 730:
        raise InputError(f"step {step!r} over {n_days} days", rule="step is weekly or daily, and days 1 to 730")


def _is_proven(parts: Sequence[Part], covered: float) -> bool:
    """Whether every level is the highest there is, and the coverage of all within `COVERAGE_GAP` of the best."""
    is_highest = all(part.level_bound <= part.level for part in parts)
    return is_highest and sum(part.bound for part in parts) <= (1.0 + COVERAGE_GAP) * covered + 1e-9


def _assemble(
    units: Sequence[RosterUnit],
    needs: Sequence[Requirement],
    arcs: Sequence[Arc],
    windows: Sequence[Window],
    parts: Sequence[Part],
    groups: Sequence[Sequence[int]],
    n_days: int,
    step: str,
    began: float,
    relaxations: tuple[Relaxation, ...],
) -> Roster:
    """Return the roster that the chosen arcs make, measured from the stints themselves."""
    coverage = {need.role: np.zeros(n_days, np.int64) for need in needs}
    stints, used = [], dict.fromkeys(sorted({unit.nation for unit in units}), 0)
    for arc in sorted(arcs):
        unit, role = units[arc.unit_i], needs[arc.role_i].role
        first, last = max(arc.from_day, 0), min(arc.until_day, n_days)
        coverage[role][first:last] += 1
        used[unit.nation] += last - first
        stints.append(
            Stint(
                unit.id, unit.nation, unit.type, role, arc.sail_day, first, arc.until_day, arc.home_day, arc.ready_day
            )
        )
    smallest, covered = {}, 0.0
    for need, (since, until) in zip(needs, windows, strict=True):
        days = coverage[need.role][since:until]
        smallest[need.role] = float(min(days.min(initial=need.needed), need.needed) / need.needed)
        covered += need.weight * float(np.minimum(days, need.needed).sum())
    offered = {nation: sum(min(u.max_station_days, n_days) for u in units if u.nation == nation) for nation in used}
    statuses = {part.status for part in parts}
    status = next((word for word in ("infeasible", "unknown") if word in statuses), "")
    status = status or ("optimal" if _is_proven(parts, covered) else "feasible")
    grouped = [(part, [needs[i].role for i in group]) for part, group in zip(parts, groups, strict=True)]
    joint = {role: part.level_bound for part, roles in grouped for role in roles}
    alone = {role: share for part, roles in grouped for role, share in zip(roles, part.alone, strict=True)}
    needed = sum(n.weight * n.needed * (until - since) for n, (since, until) in zip(needs, windows, strict=True))
    return Roster(
        status=status, n_days=n_days, step_days=WEEK_DAYS if step == "weekly" else 1, stints=tuple(stints),
        coverage=coverage, windows={need.role: window for need, window in zip(needs, windows, strict=True)},
        smallest_coverage=smallest, smallest_bound=alone, joint_bound=joint, covered_unit_days=covered,
        covered_bound=sum(part.bound for part in parts), needed_unit_days=needed,
        burdens={nation: used[nation] / offered[nation] if offered[nation] else 0.0 for nation in used},
        seconds=perf_counter() - began, relaxations=relaxations,
    )  # fmt: skip
