# mypy: disable-error-code="no-untyped-def"
"""A quick good roster for the solver to begin from: remove a few units, put each back on its best path, keep if better.

A unit's best path against what the others cover is exact (dynamic programming over day, days used and stints), so each
step is cheap. Found rosters prove nothing: the bound comes from HiGHS.
"""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from muster.contribution.roster_network import Arc, Network, station_days
from muster.contribution.roster_units import RosterUnit

PRICE_BELOW_LEVEL = 40.0
"""A unit-day below the wanted level costs like so many below the need: the level comes first."""

SHAKE = 0.05
"""Gains are shaken by up to this share, so that equal paths take turns."""

MOST_OUT = 4
"""Units taken out in one step: 1 to 4."""

FIRST_HEAT = 3.0
"""A step that costs so many unit-days more is kept with probability 1/e at the start, never at the end."""

PRICE_STATION_DAY = 1e-4
"""Days on station that cover nothing cost a little, so that units are not away for nothing."""


@njit(cache=True, nogil=True)
def _penalty(n_there: int, needed: int, level: int, weight: float) -> float:
    missing = needed - n_there if needed > n_there else 0
    below = level - n_there if level > n_there else 0
    return weight * missing + PRICE_BELOW_LEVEL * weight * below


@njit(cache=True, nogil=True)
def _best_path(lo, hi, sail, role, first, last, ready, length, limit, max_stints, n_days, gain, value, choice):
    """Fill value and choice by dynamic programming over the arcs [lo, hi) of one unit, sorted by sailing day."""
    for used in range(limit + 1):
        for k in range(max_stints + 1):
            value[n_days, used, k] = 0.0
    j = hi - 1
    for day in range(n_days - 1, -1, -1):
        begin = j
        while begin >= lo and sail[begin] == day:
            begin -= 1
        for used in range(limit + 1):
            for k in range(max_stints + 1):
                best, pick = value[day + 1, used, k], -1
                if k < max_stints:
                    for a in range(begin + 1, j + 1):
                        if used + length[a] > limit:
                            continue
                        then = min(n_days, ready[a])
                        got = gain[role[a], last[a]] - gain[role[a], first[a]] + value[then, used + length[a], k + 1]
                        if got > best:
                            best, pick = got, a
                value[day, used, k] = best
                choice[day, used, k] = pick
        j = begin


@njit(cache=True, nogil=True)
def _change_cover(there, arc, role, first, last, by):
    """Add `by` units to the cover of the days of an arc."""
    for t in range(first[arc], last[arc]):
        there[role[arc], t] += by


@njit(cache=True, nogil=True)
def _total_penalty(there, needed, level, weights):
    """Return the penalty of a roster."""
    total = 0.0
    for r in range(there.shape[0]):
        for t in range(there.shape[1]):
            total += _penalty(there[r, t], needed[r, t], level[r, t], weights[r])
    return total


@njit(cache=True, nogil=True)
def _fill_gains(there, needed, level, weights, rng, gain):
    """Fill gain[r, t]: what one more unit on the days before t would save, slightly shaken."""
    for r in range(there.shape[0]):
        total = 0.0
        for t in range(there.shape[1]):
            had = _penalty(there[r, t], needed[r, t], level[r, t], weights[r])
            new = _penalty(there[r, t] + 1, needed[r, t], level[r, t], weights[r])
            total += (had - new) * (1.0 + SHAKE * rng.random()) - PRICE_STATION_DAY
            gain[r, t + 1] = total


@njit(cache=True, nogil=True)
def _take_path(u, choice, role, first, last, ready, length, n_days, picked, there):
    """Put a unit on the path that was chosen for it."""
    day, used, k = 0, 0, 0
    while day < n_days:
        a = choice[day, used, k]
        if a < 0:
            day += 1
            continue
        picked[u, k] = a
        _change_cover(there, a, role, first, last, 1)
        day, used, k = min(ready[a], n_days), used + length[a], k + 1


@njit(cache=True, nogil=True)
def _search(
    pointer, sail, role, first, last, ready, length, limits, stints, needed, level, weights, n_days, picked, n_steps,
    rng,
):  # fmt: skip
    """Improve `picked` (n_units, n_stints; -1 empty) in place."""
    n_units, n_roles = len(limits), len(weights)
    there = np.zeros((n_roles, n_days), np.int64)
    for a in picked.ravel():
        if a >= 0:
            _change_cover(there, a, role, first, last, 1)
    value = np.zeros((n_days + 1, limits.max() + 1, stints.max() + 1))
    choice = np.zeros((n_days + 1, limits.max() + 1, stints.max() + 1), np.int64)
    gain = np.zeros((n_roles, n_days + 1))
    now = _total_penalty(there, needed, level, weights)
    best, best_picked = now, picked.copy()
    for step in range(n_steps):
        heat = FIRST_HEAT * (1.0 - step / n_steps)
        before_picked, before_there = picked.copy(), there.copy()
        out = np.empty(1 + int(rng.random() * MOST_OUT), np.int64)
        for i in range(len(out)):
            out[i] = int(rng.random() * n_units)
            for s in range(picked.shape[1]):
                if picked[out[i], s] >= 0:
                    _change_cover(there, picked[out[i], s], role, first, last, -1)
                    picked[out[i], s] = -1
        for i in range(len(out)):
            u = out[i]
            if pointer[u] < pointer[u + 1] and picked[u, 0] < 0:
                _fill_gains(there, needed, level, weights, rng, gain)
                _best_path(
                    pointer[u], pointer[u + 1], sail, role, first, last, ready, length, limits[u], stints[u], n_days,
                    gain, value, choice,
                )  # fmt: skip
                _take_path(u, choice, role, first, last, ready, length, n_days, picked, there)
        after = _total_penalty(there, needed, level, weights)
        if after <= now or rng.random() < np.exp((now - after) / max(heat, 1e-9)):
            now = after
            if now < best:
                best, best_picked = now, picked.copy()
        else:
            picked[:] = before_picked
            there[:] = before_there
    picked[:] = best_picked


def search_roster(
    units: Sequence[RosterUnit],
    network: Network,
    level: float,
    *,
    n_steps: int,
    start: Sequence[Arc] = (),
    seed: int = 1,
) -> tuple[tuple[Arc, ...], float, bool]:
    """Return a good roster at a level, its weighted missing unit-days, and whether it keeps the level and the floors.

    Parameters
    ----------
    units : sequence of RosterUnit
    network : Network
    level : float
        Share of each need to keep on every day.
    n_steps : int
        Steps of removing and putting back; the same steps and seed give the same roster.
    start : sequence of Arc
        A roster to begin from.
    seed : int
    """
    n_roles, n_days = network.on_station.shape
    order = sorted(range(len(network.arcs)), key=lambda j: (network.arcs[j].unit_i, max(network.arcs[j].sail_day, 0)))
    arcs = [network.arcs[j] for j in order]
    pointer = np.searchsorted([arc.unit_i for arc in arcs], np.arange(len(units) + 1))
    common = np.ones(len(units), np.int64)
    for u in range(len(units)):
        lengths = [arc.until_day - arc.from_day for arc in arcs[pointer[u] : pointer[u + 1]]]
        common[u] = np.gcd.reduce(lengths) if lengths else 1
    needed = np.zeros((n_roles, n_days), np.int64)
    floor = np.zeros((n_roles, n_days), np.int64)
    for r, need in enumerate(network.needs):
        since, until = network.windows[r]
        needed[r, since:until] = need.needed
        floor[r, since:until] = max(need.floor, int(np.ceil(level * need.needed - 1e-9)))

    def column(values: Sequence[int]) -> NDArray[np.int64]:
        return np.array(values, np.int64)

    picked = np.full((len(units), max(unit.max_stints for unit in units) + 1), -1, np.int64)
    index = {arc: j for j, arc in enumerate(arcs)}
    for arc in sorted(start, key=lambda arc: (arc.unit_i, arc.sail_day)):
        picked[arc.unit_i, int((picked[arc.unit_i] >= 0).sum())] = index[arc]
    _search(
        pointer.astype(np.int64), column([max(arc.sail_day, 0) for arc in arcs]), column([arc.role_i for arc in arcs]),
        column([max(arc.from_day, 0) for arc in arcs]), column([min(arc.until_day, n_days) for arc in arcs]),
        column([arc.ready_day for arc in arcs]),
        column([(arc.until_day - arc.from_day) // int(common[arc.unit_i]) for arc in arcs]),
        column([unit.max_station_days // int(common[u]) for u, unit in enumerate(units)]),
        column([unit.max_stints for unit in units]), needed, floor,
        np.array([need.weight for need in network.needs], float), n_days, picked, n_steps,
        np.random.default_rng(seed),
    )  # fmt: skip
    chosen = tuple(sorted(arcs[a] for a in picked.ravel() if a >= 0))
    there = np.zeros((n_roles, n_days), np.int64)
    for arc in chosen:
        first = max(arc.from_day, 0)
        there[arc.role_i, first : first + station_days(arc, n_days)] += 1
    weights = np.array([need.weight for need in network.needs])
    missing = float((np.maximum(needed - there, 0).sum(axis=1) * weights).sum())
    return chosen, missing, bool((there >= floor).all())
