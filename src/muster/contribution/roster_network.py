"""The roster as a sparse network: one path through time per unit, coverage as an inventory of what is on station.

A unit's nodes are days at home; an arc is a whole time away (sail, station, home, rest), so transit, crew rest,
maintenance and mandates are kept by construction, and an arc has four non-zeros however long it is. Coverage of a task
is n[t] = n[t-1] + arrivals - departures. (A dense model with one row per unit and day finds no solution in the time
this one needs to prove its own to 0.1 %.)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from muster.contribution.roster_units import FAR_DAY, Requirement, RosterUnit, Window


class Arc(NamedTuple):
    """One possible stint of one unit; the last three count broken days by rule, for the elastic model only."""

    unit_i: int
    role_i: int
    sail_day: int
    from_day: int
    until_day: int
    home_day: int
    ready_day: int
    over_mandate_days: int = 0
    over_maintenance_days: int = 0
    short_rest_days: int = 0


@dataclass(slots=True)
class Rows:
    """A matrix under construction: columns with cost and bounds, rows with bounds and entries."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    is_integer: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    entries: list[tuple[list[int], list[float]]] = field(default_factory=list)

    def column(self, cost: float, lower: float, upper: float, *, is_integer: bool = False) -> int:
        """Add a column and return its index."""
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.is_integer.append(is_integer)
        return len(self.cost) - 1

    def row(self, lower: float, upper: float, columns: Sequence[int] = (), values: Sequence[float] = ()) -> int:
        """Add a row and return its index."""
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        self.entries.append((list(columns), list(values)))
        return len(self.row_lower) - 1

    def put(self, row_i: int, column_i: int, value: float) -> None:
        """Add an entry."""
        self.entries[row_i][0].append(column_i)
        self.entries[row_i][1].append(value)

    def to_problem(self) -> "Problem":
        """Return the matrix as arrays, row-wise."""
        starts = np.cumsum([0, *[len(columns) for columns, _ in self.entries]]).astype(np.int32)
        return Problem(
            cost=np.array(self.cost, float),
            lower=np.array(self.lower, float),
            upper=np.array(self.upper, float),
            is_integer=np.array(self.is_integer, bool),
            row_lower=np.array(self.row_lower, float),
            row_upper=np.array(self.row_upper, float),
            starts=starts,
            columns=np.array([i for columns, _ in self.entries for i in columns], np.int32),
            values=np.array([v for _, values in self.entries for v in values], float),
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A mixed-integer linear program, to be minimised; plain arrays, so that another process can be given it."""

    cost: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    is_integer: NDArray[np.bool_]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.float64]

    def with_cost(self, cost: NDArray[np.float64]) -> "Problem":
        """Return the same rules under another objective."""
        return replace(self, cost=cost)

    def with_row(self, entries: NDArray[np.float64], upper: float) -> "Problem":
        """Return the problem with one more rule: entries @ x <= upper."""
        columns = np.flatnonzero(entries).astype(np.int32)
        return replace(
            self,
            row_lower=np.append(self.row_lower, -np.inf),
            row_upper=np.append(self.row_upper, upper),
            starts=np.append(self.starts, self.starts[-1] + len(columns)).astype(np.int32),
            columns=np.append(self.columns, columns),
            values=np.append(self.values, entries[columns]),
        )

    def joined(self, rows: Rows) -> "Problem":
        """Return the problem with further columns and rows; entries of `rows` count columns of the whole."""
        more = rows.to_problem()
        return Problem(
            cost=np.append(self.cost, more.cost),
            lower=np.append(self.lower, more.lower),
            upper=np.append(self.upper, more.upper),
            is_integer=np.append(self.is_integer, more.is_integer),
            row_lower=np.append(self.row_lower, more.row_lower),
            row_upper=np.append(self.row_upper, more.row_upper),
            starts=np.append(self.starts, self.starts[-1] + more.starts[1:]).astype(np.int32),
            columns=np.append(self.columns, more.columns),
            values=np.append(self.values, more.values),
        )


def _days_outside(start: int, end: int, windows: Sequence[Window]) -> int:
    """Return how many days of [start, end) lie in none of the windows (disjoint, sorted)."""
    return (end - start) - sum(max(0, min(end, until) - max(start, since)) for since, until in windows)


def _days_inside(start: int, end: int, windows: Sequence[Window]) -> int:
    return sum(max(0, min(end, until) - max(start, since)) for since, until in windows)


def possible_arcs(
    units: Sequence[RosterUnit],
    roles: Sequence[str],
    *,
    n_days: int,
    step_days: int,
    is_elastic: bool = False,
) -> list[Arc]:
    """Return every stint that the units' rules allow, sailing on days that are multiples of `step_days`.

    A unit whose `ready_day` is negative is already under way and may sail then; otherwise sailing days start at the
    first grid day on or after it. A stint may reach beyond the horizon: the horizon's end is no reason to go home.
    With `is_elastic` stints outside mandates or in maintenance are listed as well, with the days they break.
    """
    role_index = {role: i for i, role in enumerate(roles)}
    arcs: list[Arc] = []
    for unit_i, unit in enumerate(units):
        mandates = unit.mandates or ((-FAR_DAY, FAR_DAY),)
        mine = [role_index[role] for role in unit.roles if role in role_index]
        for sail in sailing_days(unit, n_days=n_days, step_days=step_days):
            start = sail + unit.transit_days
            if start >= n_days:
                break
            for length in unit.stint_days:
                end = start + length
                home = end + unit.transit_days
                outside = _days_outside(max(start, 0), end, mandates)
                in_refit = _days_inside(sail, home, unit.maintenance)
                if (outside or in_refit) and not is_elastic:
                    continue
                if end <= 0:
                    continue
                rest = unit.rest_days(length)
                for role_i in mine:
                    arcs.append(Arc(unit_i, role_i, sail, start, end, home, home + rest, outside, in_refit))
                    if is_elastic:
                        arcs.append(Arc(unit_i, role_i, sail, start, end, home, home, outside, in_refit, rest))
    return arcs


def sailing_days(unit: RosterUnit, *, n_days: int, step_days: int) -> list[int]:
    """Return the days on which a unit may leave home: its first ready day, then the days of the grid."""
    first = unit.ready_day
    grid = range(-(-max(first, 0) // step_days) * step_days, n_days, step_days)
    return sorted({first, *[day for day in grid if day > first]}) if first < n_days else []


def reach_of(arcs: Sequence[Arc], role_i: int, *, n_days: int) -> NDArray[np.int64]:
    """Return how many distinct units could be on station in a task, by day: an upper bound on coverage."""
    seen: dict[int, NDArray[np.bool_]] = {}
    for arc in arcs:
        if arc.role_i == role_i:
            days = seen.setdefault(arc.unit_i, np.zeros(n_days, bool))
            days[max(arc.from_day, 0) : arc.until_day] = True
    if not seen:
        return np.zeros(n_days, np.int64)
    total: NDArray[np.int64] = np.sum(list(seen.values()), axis=0, dtype=np.int64)
    return total


def required_days(need: Requirement, reach: NDArray[np.int64], *, n_days: int) -> Window:
    """Return the days on which a requirement counts: as given, else from when the needed number could be there."""
    until = n_days if need.until_day is None else min(need.until_day, n_days)
    if need.from_day is not None:
        return (min(need.from_day, until), until)
    wanted = min(need.needed, int(reach[:until].max(initial=0)))
    first = int(np.argmax(reach >= wanted)) if wanted else 0
    return (first, until)


@dataclass(frozen=True, slots=True)
class Network:
    """The problem with the meaning of its columns.

    Column j < len(arcs) is arc j; `on_station[r, t]` counts units, `missing[r, t]` what is short of the need (-1 on
    days without a need), `spread` the distances of the nations' burdens from the common level; `inventory` rows.
    """

    arcs: list[Arc]
    needs: tuple[Requirement, ...]
    problem: Problem
    on_station: NDArray[np.int64]
    missing: NDArray[np.int64]
    spread: tuple[int, ...]
    windows: tuple[Window, ...]
    inventory: NDArray[np.int64]

    @property
    def needed_unit_days(self) -> float:
        """Weighted unit-days that the needs add up to: the most that coverage can be."""
        return sum(
            need.weight * need.needed * (until - since)
            for need, (since, until) in zip(self.needs, self.windows, strict=True)
        )

    def coverage_cost(self) -> NDArray[np.float64]:
        """Return the objective that minimises weighted missing unit-days."""
        cost = np.zeros(len(self.problem.cost))
        for r, need in enumerate(self.needs):
            cost[self.missing[r][self.missing[r] >= 0]] = need.weight
        return cost

    def day_prices(self, row_prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what a unit on station is worth by task and day, from the duals of the rows; unit-days, >= 0."""
        by_day = row_prices[self.inventory]
        later = np.concatenate((by_day[:, 1:], np.zeros((len(by_day), 1))), axis=1)
        worth: NDArray[np.float64] = np.maximum(0.0, later - by_day)
        return worth

    def with_level(self, level: float) -> Problem:
        """Return the problem in which every task keeps at least the share `level` of its need (whole units, up)."""
        lower = self.problem.lower.copy()
        for r, need in enumerate(self.needs):
            days = self.on_station[r, self.windows[r][0] : self.windows[r][1]]
            lower[days] = need.units_at(level)
        return replace(self.problem, lower=lower)


def _put_paths(rows: Rows, arcs: Sequence[Arc], *, n_days: int) -> None:
    """Add one path per unit: leave from the first node, wait or be away, end at the sink."""
    by_unit: dict[int, list[int]] = {}
    for j, arc in enumerate(arcs):
        by_unit.setdefault(arc.unit_i, []).append(j)
    for mine in by_unit.values():
        days = sorted({arcs[j].sail_day for j in mine})
        sink = len(days)
        node = {day: i for i, day in enumerate(days)}
        flow = [rows.row(0.0, 0.0) for _ in range(sink + 1)]
        rows.row_lower[flow[0]] = rows.row_upper[flow[0]] = 1.0
        rows.row_lower[flow[sink]] = rows.row_upper[flow[sink]] = -1.0
        for i in range(sink):
            wait = rows.column(0.0, 0.0, 1.0)
            rows.put(flow[i], wait, 1.0)
            rows.put(flow[i + 1], wait, -1.0)
        for j in mine:
            rows.put(flow[node[arcs[j].sail_day]], j, 1.0)
            back = int(np.searchsorted(days, arcs[j].ready_day)) if arcs[j].ready_day < n_days else sink
            rows.put(flow[back], j, -1.0)


def _put_coverage(
    rows: Rows, arcs: Sequence[Arc], needs: Sequence[Requirement], windows: Sequence[Window], *, n_days: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Add the inventory of each task and what is missing of its need; return both, and its rows."""
    n_roles = len(needs)
    on_station = np.zeros((n_roles, n_days), np.int64)
    missing = np.full((n_roles, n_days), -1, np.int64)
    inventory = np.zeros((n_roles, n_days), np.int64)
    for r in range(n_roles):
        for t in range(n_days):
            on_station[r, t] = rows.column(0.0, 0.0, np.inf)
            inventory[r, t] = rows.row(0.0, 0.0, [int(on_station[r, t])], [1.0])
            if t:
                rows.put(int(inventory[r, t]), int(on_station[r, t - 1]), -1.0)
    for j, arc in enumerate(arcs):
        rows.put(int(inventory[arc.role_i, max(arc.from_day, 0)]), j, -1.0)
        if arc.until_day < n_days:
            rows.put(int(inventory[arc.role_i, arc.until_day]), j, 1.0)
    for r, need in enumerate(needs):
        for t in range(*windows[r]):
            missing[r, t] = rows.column(0.0, 0.0, float(need.needed))
            rows.row(float(need.needed), np.inf, [int(on_station[r, t]), int(missing[r, t])], [1.0, 1.0])
            rows.lower[on_station[r, t]] = float(need.floor)
    return on_station, missing, inventory


def _put_limits(rows: Rows, units: Sequence[RosterUnit], arcs: Sequence[Arc]) -> None:
    """Add each unit's limits on stints and days on station, where they can bind.

    A stint that reaches beyond the horizon counts in full, so the last one is not free; lengths and limit are divided
    by their common divisor (weeks, normally), which cuts fractional solutions off.
    """
    by_unit: dict[int, list[int]] = {}
    for j, arc in enumerate(arcs):
        by_unit.setdefault(arc.unit_i, []).append(j)
    for unit_i, mine in by_unit.items():
        unit = units[unit_i]
        if unit.max_station_days // min(unit.stint_days) > unit.max_stints:
            rows.row(-np.inf, float(unit.max_stints), mine, [1.0] * len(mine))
        lengths = [arcs[j].until_day - arcs[j].from_day for j in mine]
        common = int(np.gcd.reduce(lengths))
        limit = unit.max_station_days // common
        rows.row(-np.inf, float(limit), mine, [float(length // common) for length in lengths])


def station_days(arc: Arc, n_days: int) -> int:
    """Return the days on station of an arc that lie within the horizon."""
    return min(arc.until_day, n_days) - max(arc.from_day, 0)


def sea_days(arc: Arc, n_days: int) -> int:
    """Return the days away from home of an arc that lie within the horizon."""
    return min(arc.home_day, n_days) - max(arc.sail_day, 0)


def _put_fairness(rows: Rows, units: Sequence[RosterUnit], arcs: Sequence[Arc], *, n_days: int) -> tuple[int, ...]:
    """Add each nation's burden (share of the days it offers) and its distance from the common level."""
    nations = sorted({unit.nation for unit in units})
    common = rows.column(0.0, 0.0, 1.0)
    spread = []
    for nation in nations:
        mine = [j for j, arc in enumerate(arcs) if units[arc.unit_i].nation == nation]
        offered = sum(min(unit.max_station_days, n_days) for unit in units if unit.nation == nation)
        if not mine or not offered:
            continue
        burden = rows.column(0.0, 0.0, 1.0)
        rows.row(0.0, 0.0, [burden, *mine], [-float(offered), *[float(station_days(arcs[j], n_days)) for j in mine]])
        over, under = rows.column(0.0, 0.0, 1.0), rows.column(0.0, 0.0, 1.0)
        rows.row(0.0, 0.0, [burden, common, over, under], [1.0, -1.0, -1.0, 1.0])
        spread += [over, under]
    return tuple(spread)


def build_network(
    units: Sequence[RosterUnit],
    needs: Sequence[Requirement],
    *,
    n_days: int,
    step_days: int,
    arcs: list[Arc] | None = None,
    windows: tuple[Window, ...] | None = None,
) -> Network:
    """Return the roster problem of these units on a grid of sailing days, without an objective.

    `arcs` restricts it to a neighbourhood; `windows` fixes the days on which needs count (else see `required_days`).
    """
    roles = tuple(need.role for need in needs)
    if arcs is None:
        arcs = possible_arcs(units, roles, n_days=n_days, step_days=step_days)
    windows = windows or tuple(
        required_days(need, reach_of(arcs, r, n_days=n_days), n_days=n_days) for r, need in enumerate(needs)
    )
    rows = Rows()
    for _ in arcs:
        rows.column(0.0, 0.0, 1.0, is_integer=True)
    _put_paths(rows, arcs, n_days=n_days)
    on_station, missing, inventory = _put_coverage(rows, arcs, needs, windows, n_days=n_days)
    _put_limits(rows, units, arcs)
    spread = _put_fairness(rows, units, arcs, n_days=n_days)
    return Network(arcs, tuple(needs), rows.to_problem(), on_station, missing, spread, windows, inventory)
