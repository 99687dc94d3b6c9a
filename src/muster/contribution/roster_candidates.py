"""The possible stints of a roster as arrays, sorted by unit and sailing day: what search and bound run over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from muster.contribution.roster_network import Arc, Network
from muster.contribution.roster_units import RosterUnit


@dataclass(frozen=True, slots=True)
class Candidates:
    """Arcs of a network at a level, as arrays.

    Attributes
    ----------
    arcs : tuple of Arc, by unit and sailing day (a unit under way sails on day 0)
    pointer : int array, shape (n_units + 1,)
        The arcs of unit u are [pointer[u], pointer[u + 1]).
    role, first, last : int arrays, shape (n_arcs,)
        Task and days; [first, last) is what lies within the horizon.
    onward : int array, shape (n_arcs,)
        The first arc that the unit may sail after this one (its last + 1 if none).
    length : int array, shape (n_arcs,)
        Days on station over the common divisor of its unit's stints.
    limits, stints : int arrays, shape (n_units,)
        Most days on station (over that divisor) and stints.
    needed, floor : int arrays, shape (n_tasks, n_days)
        Units needed, and units that must be there.
    weights : float array, shape (n_tasks,)
    """

    arcs: tuple[Arc, ...]
    pointer: NDArray[np.int64]
    role: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    onward: NDArray[np.int64]
    length: NDArray[np.int64]
    limits: NDArray[np.int64]
    stints: NDArray[np.int64]
    needed: NDArray[np.int64]
    floor: NDArray[np.int64]
    weights: NDArray[np.float64]

    @property
    def n_days(self) -> int:
        """Length of the horizon."""
        return int(self.needed.shape[1])

    def cover(self, arcs: Sequence[Arc]) -> NDArray[np.int64]:
        """Return units on station by task and day."""
        there = np.zeros_like(self.needed)
        for arc in arcs:
            there[arc.role_i, max(arc.from_day, 0) : min(arc.until_day, self.n_days)] += 1
        return there

    def missing(self, arcs: Sequence[Arc]) -> float:
        """Return the weighted unit-days short of the needs."""
        short = np.maximum(self.needed - self.cover(arcs), 0).sum(axis=1)
        return float((short * self.weights).sum())

    def keeps_floor(self, arcs: Sequence[Arc]) -> bool:
        """Whether the level is kept on every day."""
        return bool((self.cover(arcs) >= self.floor).all())

    def only(self, is_kept: NDArray[np.bool_]) -> "Candidates":
        """Return the candidates without the arcs that are not kept."""
        kept = np.flatnonzero(is_kept)
        before = np.concatenate(([0], np.cumsum(is_kept)))
        return replace(
            self, arcs=tuple(self.arcs[j] for j in kept), pointer=before[self.pointer].astype(np.int64),
            role=self.role[kept], first=self.first[kept], last=self.last[kept],
            onward=before[self.onward[kept]].astype(np.int64), length=self.length[kept],
        )  # fmt: skip


def floors_at(network: Network, level: float) -> NDArray[np.int64]:
    """Return the units that must be there at a level, by task and day."""
    floor = np.zeros(network.on_station.shape, np.int64)
    for r, need in enumerate(network.needs):
        since, until = network.windows[r]
        floor[r, since:until] = need.units_at(level)
    return floor


def _onward(arcs: Sequence[Arc], pointer: NDArray[np.int64]) -> NDArray[np.int64]:
    onward = np.zeros(len(arcs), np.int64)
    for lo, hi in pairwise(pointer):
        sails = [max(arc.sail_day, 0) for arc in arcs[lo:hi]]
        onward[lo:hi] = lo + np.searchsorted(sails, [arc.ready_day for arc in arcs[lo:hi]])
    return onward


def find_candidates(units: Sequence[RosterUnit], network: Network, level: float) -> Candidates:
    """Return the arcs of a network as arrays, with what is needed on each day at a level."""
    n_days = network.on_station.shape[1]
    arcs = sorted(network.arcs, key=lambda arc: (arc.unit_i, max(arc.sail_day, 0)))
    pointer = np.searchsorted([arc.unit_i for arc in arcs], np.arange(len(units) + 1)).astype(np.int64)
    common = np.ones(len(units), np.int64)
    for u in range(len(units)):
        lengths = [arc.until_day - arc.from_day for arc in arcs[pointer[u] : pointer[u + 1]]]
        common[u] = np.gcd.reduce(lengths) if lengths else 1
    needed = np.zeros(network.on_station.shape, np.int64)
    for r, need in enumerate(network.needs):
        needed[r, slice(*network.windows[r])] = need.needed

    def column(values: Sequence[int]) -> NDArray[np.int64]:
        return np.array(values, np.int64)

    return Candidates(
        arcs=tuple(arcs), pointer=pointer,
        role=column([arc.role_i for arc in arcs]),
        first=column([max(arc.from_day, 0) for arc in arcs]), last=column([min(arc.until_day, n_days) for arc in arcs]),
        onward=_onward(arcs, pointer),
        length=column([(arc.until_day - arc.from_day) // int(common[arc.unit_i]) for arc in arcs]),
        limits=column([unit.max_station_days // int(common[u]) for u, unit in enumerate(units)]),
        stints=column([unit.max_stints for unit in units]), needed=needed, floor=floors_at(network, level),
        weights=np.array([need.weight for need in network.needs], float),
    )  # fmt: skip
