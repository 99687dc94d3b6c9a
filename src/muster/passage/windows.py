"""Window level: counts between departures and what is expected given them; a screening path behind a proof.

About ten times fewer operations a run than one a ship, and less variance, because acts, costs and observation come as
expectations. No ship has a story, there are no days, and most scenarios are refused (`prove_windows` says why): the
ship level is the product. Each run has the same priors, regime and arrival rates as at ship level, so that the two can
be compared run by run.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from muster.base.errors import NotFoundError, ScenarioError
from muster.passage.forces import ForceUnit
from muster.passage.layout import BLOCK_RUNS, DAY_S, P_CONVOY, SCALARS, Fixed
from muster.passage.outcomes import MEASURES, Estimate, estimate, run_measures
from muster.passage.philox_reference import triangular
from muster.passage.policy import Policy
from muster.passage.scenario import Scenario, force_units
from muster.passage.simulate import Compiled, check_n_runs, compile_scenario, in_order
from muster.passage.tables import unit_table
from muster.passage.window_kernel import play_windows
from muster.passage.window_proof import WindowProof, prove_windows

_TRANSIT_QUANTILES = 4096


class WindowTables(NamedTuple):
    """What the window kernel needs beside the ship level's tables. Q windows, K pieces of constant rate in one window.

    A piece lies in one rate segment, one window and one period of observation.
    """

    mass: np.ndarray  # (2, 8, F) share of arrivals by direction, class and flag sailed under
    window_s: np.ndarray  # (Q,) int64 length; the last window ends at the horizon, without a departure
    window_period: np.ndarray  # (Q,) int64 period of observation of the departure that ends it
    busy_s: np.ndarray  # (Q,) expected escort-seconds of the convoy that ends it, as far as the horizon
    piece_segment: np.ndarray  # (K,) int64
    piece_window: np.ndarray  # (K,) int64
    piece_period: np.ndarray  # (K,) int64
    piece_s: np.ndarray  # (K,) int64 length
    piece_remaining_s: np.ndarray  # (K,) mean seconds from an arrival in the piece to the end of its window
    patience_s: np.ndarray  # (4096,) quantiles
    patience_sum: np.ndarray  # (4097,) sums of the first quantiles, and of their squares
    patience_square_sum: np.ndarray


@dataclass(frozen=True, slots=True)
class WindowOutcomes:
    """Measures of `n_runs` runs at window level; same names and units as `Outcomes`, without days and ships.

    `sampled_acts` is missing: nothing is sampled. Counts of passages, convoys and ships vary as at ship level; seen
    passages, acts, oil, tolls and premiums are expectations given the counts, so their spread over runs is narrower.
    """

    scenario: Scenario
    policy: str
    n_runs: int
    n_days: int
    seed: int
    proof: WindowProof
    scalars: np.ndarray

    def measures(self) -> dict[str, np.ndarray]:
        """Return every measure per run, shape (n_runs,)."""
        found = run_measures(self.scalars, n_days=self.n_days, normal_per_day=self.scenario.normal_per_day)
        del found["sampled_acts"]
        return found

    def measure(self, name: str) -> np.ndarray:
        """Return one measure per run, shape (n_runs,)."""
        found = self.measures()
        if name not in found:
            known = ", ".join(key for key in MEASURES if key in found)
            raise NotFoundError(f"measure {name!r} is not known at window level", rule=f"measures are {known}")
        return found[name]

    def estimates(self) -> dict[str, Estimate]:
        """Return mean, interval and spread of every measure."""
        return {name: estimate(values) for name, values in self.measures().items()}


def screen_passages(
    scenario: Scenario,
    *,
    n_runs: int,
    n_days: int | None = None,
    seed: int,
    policy: Policy | str | None = None,
    forces: Sequence[ForceUnit] | None = None,
    n_threads: int = 1,
) -> WindowOutcomes:
    """Return what `simulate_passages` would find on average, from counts per window; refused without a proof.

    Parameters
    ----------
    n_runs, n_days, seed, policy, forces, n_threads
        As in `simulate_passages`.

    Raises
    ------
    ScenarioError
        As `simulate_passages`, and where a condition of `prove_windows` does not hold: the message lists them.
    """
    compiled = compile_scenario(scenario, seed=seed, n_days=n_days, policy=policy)
    return screen_compiled(compiled, forces, n_runs=n_runs, n_threads=n_threads)


def screen_compiled(
    compiled: Compiled, forces: Sequence[ForceUnit] | None = None, *, n_runs: int, n_threads: int = 1
) -> WindowOutcomes:
    """Return the window level's outcomes of a compiled scenario; as `screen_passages`."""
    check_n_runs(n_runs)
    units = force_units(compiled.scenario, None if forces is None else tuple(forces))
    proof = prove_windows(compiled, units)
    if not proof.is_admitted:
        raise ScenarioError(
            f"window level refused ({len(proof.obstacles)} of {len(proof.conditions)} conditions): "
            + "; ".join(proof.obstacles),
            rule="windows stand in for ships only where escorts never bind and ships are exchangeable",
            next_step="Use the ship level",
        )
    tables = window_tables(compiled, units)
    scalars = np.zeros((n_runs, len(SCALARS)))
    lock = threading.Lock()

    def work(start: int) -> int:
        stop = min(start + BLOCK_RUNS, n_runs)
        with lock:
            block = compiled.block(start)
            table, _ = unit_table(compiled.scenario, units, seed=compiled.seed, first_run=start)
        play_windows(
            np.uint64(compiled.seed), start, 0, compiled.fixed, block.arrays, table, tables, scalars[start:stop]
        )
        return stop - start

    for _ in in_order(work, range(0, n_runs, BLOCK_RUNS), n_threads):
        pass
    return WindowOutcomes(
        compiled.scenario, str(compiled.policy), n_runs, compiled.n_days, compiled.seed, proof, scalars
    )


def window_tables(compiled: Compiled, units: tuple[ForceUnit, ...]) -> WindowTables:
    """Return the window kernel's tables."""
    fixed = compiled.fixed
    horizon = fixed.n_days * DAY_S
    step = fixed.interval_s if fixed.policy == P_CONVOY else horizon
    ends = np.array([*range(step, horizon, step), horizon], np.int64)
    cuts = {0, horizon, *ends.tolist(), *fixed.segment_start_s.tolist()}
    cuts |= {int(day) * DAY_S for day in fixed.seen_from_day if day < fixed.n_days}
    starts = np.array(sorted(cuts), np.int64)
    begin, length = starts[:-1], np.diff(starts)
    window = np.searchsorted(ends, begin, side="right")
    # Arrivals fall on whole seconds begin .. begin + length - 1, all alike.
    remaining = ends[window] - (begin + (length - 1) / 2)
    quantiles = np.sort(fixed.patience_s)
    return WindowTables(
        mass=_mass(fixed),
        window_s=np.diff(ends, prepend=0),
        window_period=_period(fixed, ends // DAY_S),
        busy_s=_busy_s(compiled, units, ends),
        piece_segment=np.searchsorted(fixed.segment_start_s, begin, side="right") - 1,
        piece_window=window,
        piece_period=_period(fixed, begin // DAY_S),
        piece_s=length,
        piece_remaining_s=remaining,
        patience_s=quantiles,
        patience_sum=np.concatenate([[0.0], np.cumsum(quantiles)]),
        patience_square_sum=np.concatenate([[0.0], np.cumsum(quantiles**2)]),
    )


def _period(fixed: Fixed, days: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.searchsorted(fixed.seen_from_day, days, side="right") - 1
    return found


def _mass(fixed: Fixed) -> np.ndarray:
    """Return the shares of arrivals that the alias table draws, after reflagging."""
    size = 1 << fixed.alias_bits
    share = fixed.alias_cut / (1 << (32 - fixed.alias_bits)) / size
    mass = np.zeros((2, 8, fixed.n_flags))
    for kinds, weights in ((fixed.alias_first, share), (fixed.alias_other, 1 / size - share)):
        np.add.at(mass, (kinds >> 8, (kinds >> 4) & 15, kinds & 15), weights)
    moved = mass * (fixed.reflag_below / 65_536)
    mass -= moved
    mass[:, :, fixed.protecting_flag] += moved.sum(axis=2)
    return mass


def _busy_s(compiled: Compiled, units: tuple[ForceUnit, ...], ends: np.ndarray) -> np.ndarray:
    """Return the expected escort-seconds of a convoy that leaves at the end of each window, as far as the horizon."""
    fixed = compiled.fixed
    escorts = [
        unit for unit in units if unit.type == "escort" and (unit.routes is None or "facilitated" in unit.routes)
    ]
    if not escorts:
        return np.zeros(len(ends))
    places = (np.arange(_TRANSIT_QUANTILES) + 0.5) / _TRANSIT_QUANTILES
    low, mode, high = fixed.convoy_low_s, fixed.convoy_mode_s, fixed.convoy_high_s
    transit = np.array([int(triangular(float(u), low, mode, high)) for u in places])
    away = transit + max(1, int(escorts[0].turnaround_h * 3600))
    left = fixed.n_days * DAY_S - ends
    return fixed.need_escorts * np.minimum(away, left[:, None]).mean(axis=1)


__all__ = ["WindowOutcomes", "WindowProof", "prove_windows", "screen_compiled", "screen_passages"]
