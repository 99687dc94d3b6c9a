# mypy: disable-error-code="no-untyped-def"
"""How much any roster could cover at most: a bound from prices of days, and which stints can be in a better one.

Give each task and day a price. A roster covers at most what it would earn if every unit sailed for prices alone (its
best path, exact by dynamic programming over day, days used and stints) plus, per day, the better of meeting the need or
the floor at that price. Any prices >= 0 give a valid bound (Lagrangian relaxation, Geoffrion 1974); those of the linear
relaxation are a good beginning and subgradient steps (Polyak 1969) lower it further, below the linear bound, because a
path keeps a unit's limits in whole stints. The bound does not lean on the solver's tolerances.

The same programme gives each stint's loss: how much less its unit earns at best if it must sail it. A roster with that
stint covers at most bound - loss, so stints with a loss beyond bound - (what is covered already) can be left out.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from muster.contribution.roster_candidates import Candidates

N_STEPS = 1500
"""Subgradient steps, 0.4 ms each for 24 units on a weekly grid, 1.3 ms on a daily one."""

PATIENCE = 30
"""Steps without a lower bound after which the step is shortened."""

SHORTEN, MOMENTUM, LEAST_STEP = 0.7, 0.6, 1e-5
NO_PATH = -1e18


@njit(cache=True, nogil=True)
def _values_from(lo, hi, onward, length, limit, stints, gain, value):
    """Fill value[j - lo, used, k]: the most a unit can earn with its arcs from j on, by days used and stints sailed."""
    value[hi - lo, : limit + 1, : stints + 1] = 0.0
    for j in range(hi - 1, lo - 1, -1):
        here, then = value[j - lo], value[onward[j] - lo]
        here[: limit + 1, : stints + 1] = value[j - lo + 1, : limit + 1, : stints + 1]
        for used in range(limit - length[j] + 1):
            for k in range(stints):
                here[used, k] = max(here[used, k], gain[j] + then[used + length[j], k + 1])


@njit(cache=True, nogil=True)
def _put_path(lo, hi, role, first, last, onward, length, stints, limit, value, there):
    """Add the best path of a unit to the cover: take an arc where doing without it earns less."""
    j, used, k = lo, 0, 0
    while j < hi and k < stints:
        if used + length[j] <= limit and value[j - lo, used, k] > value[j - lo + 1, used, k]:
            there[role[j], first[j] : last[j]] += 1
            used, k, j = used + length[j], k + 1, onward[j]
        else:
            j += 1


@njit(cache=True, nogil=True)
def _gains(price, role, first, last):
    """Return what each arc earns at these prices."""
    n_roles, n_days = price.shape
    total = np.zeros((n_roles, n_days + 1))
    for r in range(n_roles):
        for t in range(n_days):
            total[r, t + 1] = total[r, t] + price[r, t]
    gain = np.empty(len(role))
    for j in range(len(role)):
        gain[j] = total[role[j], last[j]] - total[role[j], first[j]]
    return gain


@njit(cache=True, nogil=True)
def _bound_at(price, pointer, role, first, last, onward, length, limits, stints, needed, floor, weights, value, there):
    """Return the bound at these prices; `there` becomes what the units would cover for them."""
    bound = 0.0
    for r in range(price.shape[0]):
        for t in range(price.shape[1]):
            margin = weights[r] - price[r, t]
            bound += margin * (needed[r, t] if margin > 0 else floor[r, t])
    gain = _gains(price, role, first, last)
    there[:] = 0
    for u in range(len(limits)):
        lo, hi = pointer[u], pointer[u + 1]
        if lo < hi:
            _values_from(lo, hi, onward, length, limits[u], stints[u], gain, value)
            bound += value[0, 0, 0]
            _put_path(lo, hi, role, first, last, onward, length, stints[u], limits[u], value, there)
    return bound


@njit(cache=True, nogil=True)
def _descend(
    price, target, n_steps, pointer, role, first, last, onward, length, limits, stints, needed, floor, weights
):
    """Lower the bound by subgradient steps towards a target; `price` becomes the best prices."""
    value = np.zeros((np.diff(pointer).max() + 1, limits.max() + 1, stints.max() + 1))
    there = np.zeros_like(needed)
    at, way, best, step, since = price.copy(), np.zeros_like(price), np.inf, 1.0, 0
    for _ in range(n_steps):
        bound = _bound_at(
            at, pointer, role, first, last, onward, length, limits, stints, needed, floor, weights, value, there
        )
        if bound < best - 1e-6:
            best, since = bound, 0
            price[:] = at
        else:
            since += 1
        if best <= target or step < LEAST_STEP:
            break
        if since >= PATIENCE:
            step, since = step * SHORTEN, 0
            at[:] = price
            way[:] = 0.0
            continue
        size = 0.0
        for r in range(price.shape[0]):
            for t in range(price.shape[1]):
                over = there[r, t] - (needed[r, t] if at[r, t] <= weights[r] else floor[r, t])
                way[r, t] = (0.0 if at[r, t] <= 0.0 and over > 0 else over) + MOMENTUM * way[r, t]
                size += way[r, t] ** 2
        if size == 0.0:
            break
        at = np.maximum(0.0, at - step * max(1e-3, bound - target) / size * way)
    return best


@njit(cache=True, nogil=True)
def _losses(price, pointer, role, first, last, onward, length, limits, stints):
    """Return how much less each arc's unit earns at best if it must sail it."""
    gain = _gains(price, role, first, last)
    value = np.zeros((np.diff(pointer).max() + 1, limits.max() + 1, stints.max() + 1))
    reach = np.zeros_like(value)
    loss = np.full(len(role), np.inf)
    for u in range(len(limits)):
        lo, hi = pointer[u], pointer[u + 1]
        if lo == hi:
            continue
        _values_from(lo, hi, onward, length, limits[u], stints[u], gain, value)
        reach[:] = NO_PATH
        reach[0, 0, 0] = 0.0
        for j in range(lo, hi):
            for used in range(limits[u] + 1):
                for k in range(stints[u] + 1):
                    here = reach[j - lo, used, k]
                    if here < NO_PATH / 2:
                        continue
                    reach[j - lo + 1, used, k] = max(reach[j - lo + 1, used, k], here)
                    then, more = onward[j] - lo, used + length[j]
                    if k < stints[u] and more <= limits[u]:
                        got = here + gain[j]
                        loss[j] = min(loss[j], value[0, 0, 0] - got - value[then, more, k + 1])
                        reach[then, more, k + 1] = max(reach[then, more, k + 1], got)
    return loss


def lower_bound_by_prices(
    candidates: Candidates, price: NDArray[np.float64], *, target: float, n_steps: int = N_STEPS
) -> tuple[float, NDArray[np.float64]]:
    """Return an upper bound on covered unit-days, and the prices that prove it.

    Parameters
    ----------
    candidates : Candidates
    price : float64 array, shape (n_tasks, n_days), unit-days, >= 0
        Where to begin; any prices are valid.
    target : float
        Unit-days already covered: the bound cannot be lower, and steps aim at it.
    n_steps : int

    References
    ----------
    A. M. Geoffrion (1974), Lagrangean relaxation for integer programming. B. T. Polyak (1969), Minimization of
    unsmooth functionals.
    """
    best = np.maximum(price, 0.0)
    c = candidates
    bound = _descend(
        best, target, n_steps, c.pointer, c.role, c.first, c.last, c.onward, c.length, c.limits, c.stints, c.needed,
        c.floor, c.weights,
    )  # fmt: skip
    return float(bound), best


def losses_at(candidates: Candidates, price: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each arc's loss at these prices, shape (n_arcs,), unit-days, >= 0; infinite where no path has the arc."""
    c = candidates
    found: NDArray[np.float64] = _losses(
        price, c.pointer, c.role, c.first, c.last, c.onward, c.length, c.limits, c.stints
    )
    return found


def rounded_down(bound: float, weights: NDArray[np.float64]) -> float:
    """Return the largest total that whole unit-days can reach below the bound, where all weights are whole."""
    is_whole = bool((weights == np.round(weights)).all())
    return float(np.floor(bound + 1e-6)) if is_whole else bound
