"""Levels: the smallest coverage as a share of the need, and how much of it one task could keep if it came first."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from muster.contribution.roster_network import Network, Rows
from muster.contribution.roster_solver import solve_linear
from muster.contribution.roster_units import Requirement

WHOLE_TOLERANCE = 1e-3
"""Units: a relaxation that ends this close below a whole number does not exclude it."""


def levels_of(needs: Sequence[Requirement]) -> list[float]:
    """Return the values the smallest coverage can take, falling."""
    return sorted({k / need.needed for need in needs for k in range(need.needed + 1)}, reverse=True)


def most_alone(network: Network, role_i: int, *, until: float) -> float:
    """Return the most that a task could keep on its worst day if the others got their hard floors only.

    A bound by the linear relaxation, rounded down to whole units; as a share of the need.

    Parameters
    ----------
    network : Network
    role_i : int
        Index of the task.
    until : float
        When to end (`time.perf_counter`), seconds; 1.0, which excludes nothing, is returned if it is too soon.
    """
    need, problem = network.needs[role_i], network.with_level(0.0)
    days = network.on_station[role_i, slice(*network.windows[role_i])]
    rows, worst = Rows(), len(problem.cost)
    rows.column(-1.0, 0.0, float(need.needed))
    for column in days:
        rows.row(0.0, np.inf, [int(column), worst], [1.0, -1.0])
    solved = solve_linear(problem.joined(rows), time_limit_s=max(0.5, until - perf_counter()))
    if solved.status == "infeasible":
        return 0.0
    units = -solved.objective if np.isfinite(solved.objective) else float(need.needed)
    return float(min(need.needed, np.floor(units + WHOLE_TOLERANCE)) / need.needed)
