# mypy: disable-error-code="no-untyped-def"
"""Many force pools played in the same run: the paired runs behind shares, the next ask and what-if.

Which units are there is drawn once by unit and run, the same for every pool; pools that hold the same units in a run
are played once. All draws of a run (ships, regimes, luck) are the same for every pool.
"""

import hashlib
import pickle
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray

from muster.base.errors import InputError
from muster.passage.forces import ForceUnit
from muster.passage.layout import BLOCK_RUNS, DAY_S, NEVER, SCALARS
from muster.passage.outcomes import run_measures
from muster.passage.scenario import Scenario
from muster.passage.simulate import Compiled, Space, compile_scenario, make_space, play_runs
from muster.passage.tables import unit_table

OUTCOMES = {
    "passages": "passages",
    "oil": "oil_mbbl",
    "risk": "risk",
    "confrontations": "confrontations",
    "cost": "cost_usd",
    "waiting": "waiting",
}
"""Outcome word -> measure of the passage model."""

OUTCOME_UNITS = {
    "passages": "passages a day",
    "oil": "Mbbl a day",
    "risk": "boardings, attacks and mine strikes per passage",
    "confrontations": "expected challenges of escorted ships in the whole time",
    "cost": "USD in the whole time",
    "waiting": "ships waiting, mean over time",
}
LESS_IS_BETTER = frozenset({"risk", "confrontations", "cost", "waiting"})

KEPT_SCENARIOS = 8
"""Compiled scenarios a process keeps."""


@dataclass(frozen=True, slots=True)
class Waters:
    """A scenario under one policy, for so many days, with a seed: all that does not depend on the pool.

    `token` identifies it among processes.
    """

    scenario: Scenario
    policy: str | None
    n_days: int
    seed: int
    token: str = field(default="", compare=False)

    @classmethod
    def of(cls, scenario: Scenario, *, n_days: int, seed: int, policy: str | None = None) -> "Waters":
        """Return the waters with their token; ScenarioError or InputError if a value breaks its rule."""
        token = hashlib.sha256(pickle.dumps((scenario, policy, n_days, seed))).hexdigest()
        waters = cls(scenario, policy, n_days, seed, token)
        compiled_waters(waters)
        return waters


_compiled: dict[str, Compiled] = {}
_compiled_lock = threading.Lock()
_local = threading.local()


def compiled_waters(waters: Waters) -> Compiled:
    """Return the compiled scenario; a process keeps the last few."""
    with _compiled_lock:
        found = _compiled.get(waters.token)
        if found is None:
            found = compile_scenario(waters.scenario, seed=waters.seed, n_days=waters.n_days, policy=waters.policy)
            while len(_compiled) >= KEPT_SCENARIOS:
                _compiled.pop(next(iter(_compiled)))
            _compiled[waters.token] = found
    return found


@njit(nogil=True, cache=True)
def _play_pools(
    seed, run, j, fx, dr, un, arrival_s, is_in, ships, series, wait_h, scalars, trace, multiplier, sums, histograms
):
    """Play one run once for each pool; return how many were played before the ships' arrays were full."""
    for i in range(is_in.shape[0]):
        for u in range(is_in.shape[1]):
            un.arrival_s[j, u] = arrival_s[u] if is_in[i, u] else NEVER
        played = play_runs(
            seed, run, j, fx, dr, un, ships, series, wait_h, scalars[i : i + 1], trace, multiplier, sums, histograms,
            False,
        )  # fmt: skip
        if played < 1:
            return i
    return is_in.shape[0]


def _space(compiled: Compiled) -> Space:
    spaces: dict[int, Space] = getattr(_local, "spaces", None) or {}
    _local.spaces = spaces
    key = compiled.n_days
    if key not in spaces or len(spaces[key].multiplier) < compiled.fixed.n_modulations:
        rate = min(compiled.scenario.traffic.arrivals_per_day.bounds()[1], 1e4)
        spaces[key] = make_space(compiled, capacity=4096 + int(1.5 * rate * compiled.n_days))
    return spaces[key]


class PairedRuns:
    """The runs of one block, played with any choice among a universe of units.

    Parameters
    ----------
    waters : Waters
    units : sequence of ForceUnit
        The universe. Two variants of a unit may share an id: they then share its draws.
    run : int
        Any run of the block.
    """

    def __init__(self, waters: Waters, units: Sequence[ForceUnit], run: int) -> None:
        self.waters = waters
        self.compiled = compiled_waters(waters)
        self.first = run - run % BLOCK_RUNS
        self._block = self.compiled.block(self.first)
        names = {name for unit in units for name in unit.flags or ()} - set(waters.scenario.flag_names)
        if names:
            raise InputError(f"flag groups {sorted(names)}", rule="units protect flag groups of the scenario")
        table, ordered = unit_table(waters.scenario, tuple(units), seed=waters.seed, first_run=self.first)
        self.units = ordered
        self._arrival_s = table.arrival_s
        self._table = table._replace(arrival_s=table.arrival_s.copy())
        self.n_simulations = 0

    def arrives(self, run: int) -> NDArray[np.bool_]:
        """Return which units arrive in this run before its end, in the order of `units`."""
        if not self.compiled.policy.uses_forces:
            return np.zeros(len(self.units), bool)
        found: NDArray[np.bool_] = self._arrival_s[run - self.first] < min(self.waters.n_days * DAY_S, NEVER)
        return found

    def play(self, run: int, is_in: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the outcomes of pools in one run, shape (n_pools, K); `is_in` (n_pools, n_units).

        Pools that hold the same arriving units are played once.
        """
        pools, where = np.unique(is_in & self.arrives(run), axis=0, return_inverse=True)
        scalars = np.zeros((len(pools), len(SCALARS)))
        space, j, done = _space(self.compiled), run - self.first, 0
        while done < len(pools):
            done += _play_pools(
                np.uint64(self.waters.seed), run, j, self.compiled.fixed, self._block.arrays, self._table,
                self._arrival_s[j], pools[done:], space.ships, space.series, space.wait_h, scalars[done:],
                space.trace, space.multiplier, space.sums, space.histograms,
            )  # fmt: skip
            if done < len(pools):
                capacity = 2 * len(space.ships.record)
                _local.spaces[self.compiled.n_days] = space = make_space(self.compiled, capacity=capacity)
        self.n_simulations += len(pools)
        n_days, normal = self.waters.n_days, self.waters.scenario.normal_per_day
        measures = run_measures(scalars, n_days=n_days, normal_per_day=normal)
        return np.stack([measures[name] for name in OUTCOMES.values()], axis=1)[where.ravel()]
