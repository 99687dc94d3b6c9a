# mypy: disable-error-code="no-untyped-def"
"""A quick good roster for the solver to begin from: remove a few units, put each back on its best path, keep if better.

A unit's best path against what the others cover is exact (dynamic programming over day, days used and stints), so each
step is cheap. Found rosters prove nothing: the bound comes from HiGHS.
"""

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from numba import njit

from muster.contribution.roster_candidates import Candidates
from muster.contribution.roster_network import Arc

PRICE_BELOW_LEVEL = 40.0
"""A unit-day below the wanted level costs like so many below the need: the level comes first."""

SHAKE = 0.05
"""Gains are shaken by up to this share, so that equal paths take turns."""

MOST_OUT = 4
"""Units taken out in one step: 1 to 4."""

FIRST_HEAT = 3.0
"""A step that costs so many unit-days more is kept with probability 1/e at the start, never at the end."""

LOW_HEAT = 1.0
"""The same where the search begins from a good roster."""

SLICE_STEPS = 200
"""Steps between looks at the clock: some hundredths of a second."""

PRICE_STATION_DAY = 1e-4
"""Days on station that cover nothing cost a little, so that units are not away for nothing."""


@njit(cache=True, nogil=True)
def _penalty(n_there: int, needed: int, level: int, weight: float) -> float:
    missing = needed - n_there if needed > n_there else 0
    below = level - n_there if level > n_there else 0
    return weight * missing + PRICE_BELOW_LEVEL * weight * below


@njit(cache=True, nogil=True)
def _best_path(lo, hi, role, first, last, onward, length, limit, stints, gain, value):
    """Fill value[j - lo, used, k] by dynamic programming over one unit's arcs from the last to the first."""
    value[hi - lo, : limit + 1, : stints + 1] = 0.0
    for j in range(hi - 1, lo - 1, -1):
        here, then = value[j - lo], value[onward[j] - lo]
        here[: limit + 1, : stints + 1] = value[j - lo + 1, : limit + 1, : stints + 1]
        earned = gain[role[j], last[j]] - gain[role[j], first[j]]
        for used in range(limit - length[j] + 1):
            for k in range(stints):
                here[used, k] = max(here[used, k], earned + then[used + length[j], k + 1])


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
def _take_path(u, lo, hi, role, first, last, onward, length, limit, stints, value, picked, there):
    """Put a unit on its best path: take an arc where doing without it earns less."""
    j, used, k = lo, 0, 0
    while j < hi and k < stints:
        if used + length[j] <= limit and value[j - lo, used, k] > value[j - lo + 1, used, k]:
            picked[u, k] = j
            _change_cover(there, j, role, first, last, 1)
            used, k, j = used + length[j], k + 1, onward[j]
        else:
            j += 1


@njit(cache=True, nogil=True)
def _search(
    pointer, role, first, last, onward, length, limits, stints, needed, level, weights, picked, best_picked, best,
    n_steps, heat, rng,
):  # fmt: skip
    """Change `picked` (n_units, n_stints; -1 empty) step by step, at one heat; return the least penalty so far."""
    n_units, n_roles, n_days = len(limits), needed.shape[0], needed.shape[1]
    there = np.zeros((n_roles, n_days), np.int64)
    for a in picked.ravel():
        if a >= 0:
            _change_cover(there, a, role, first, last, 1)
    value = np.zeros((np.diff(pointer).max() + 1, limits.max() + 1, stints.max() + 1))
    gain = np.zeros((n_roles, n_days + 1))
    now = _total_penalty(there, needed, level, weights)
    if now < best:
        best = now
        best_picked[:] = picked
    for _ in range(n_steps):
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
            lo, hi = pointer[u], pointer[u + 1]
            if lo < hi and picked[u, 0] < 0:
                _fill_gains(there, needed, level, weights, rng, gain)
                _best_path(lo, hi, role, first, last, onward, length, limits[u], stints[u], gain, value)
                _take_path(u, lo, hi, role, first, last, onward, length, limits[u], stints[u], value, picked, there)
        after = _total_penalty(there, needed, level, weights)
        if after <= now or rng.random() < np.exp((now - after) / max(heat, 1e-9)):
            now = after
            if now < best:
                best = now
                best_picked[:] = picked
        else:
            picked[:] = before_picked
            there[:] = before_there
    return best


def search_roster(
    candidates: Candidates, *, until: float, start: Sequence[Arc] = (), seed: int = 1, enough: float = 0.0
) -> tuple[tuple[Arc, ...], float, bool]:
    """Return a good roster, its weighted missing unit-days, and whether it keeps the level and the floors.

    Parameters
    ----------
    candidates : Candidates
        The stints to choose from, and the level to keep.
    until : float
        When to end (`time.perf_counter`), seconds; the search cools down towards it and ends within a slice of it.
    start : sequence of Arc
        A roster to begin from; stints that are no candidates are dropped.
    seed : int
    enough : float
        End at once when no more unit-days than this are missing.
    """
    c = candidates
    picked = np.full((len(c.limits), int(c.stints.max(initial=0)) + 1), -1, np.int64)
    index = {arc: j for j, arc in enumerate(c.arcs)}
    for arc in sorted(start, key=lambda arc: (arc.unit_i, arc.sail_day)):
        if arc in index:
            picked[arc.unit_i, int((picked[arc.unit_i] >= 0).sum())] = index[arc]
    best_picked, best, rng = picked.copy(), np.inf, np.random.default_rng(seed)
    hot, began = (LOW_HEAT if start else FIRST_HEAT), perf_counter()
    while (left := until - perf_counter()) > 0 or not np.isfinite(best):
        heat = hot * max(0.0, left) / max(1e-9, until - began)
        best = _search(
            c.pointer, c.role, c.first, c.last, c.onward, c.length, c.limits, c.stints, c.needed, c.floor, c.weights,
            picked, best_picked, best, SLICE_STEPS, heat, rng,
        )  # fmt: skip
        if best <= enough:
            break
    chosen = tuple(sorted(c.arcs[a] for a in best_picked.ravel() if a >= 0))
    return chosen, c.missing(chosen), c.keeps_floor(chosen)
