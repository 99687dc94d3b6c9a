# mypy: disable-error-code="no-untyped-def, assignment"
"""Running the model: blocks of runs over threads, reduced in run order: any number of threads gives the same bits."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numba import njit

from muster.base.errors import InputError, ScenarioError
from muster.passage.forces import ForceUnit
from muster.passage.kernel import run_events
from muster.passage.kernel_cache import inner
from muster.passage.layout import (
    BLOCK_RUNS,
    DAY_S,
    NEVER,
    OIL_BINS,
    OIL_STEP_MBBL,
    PASSAGE_BINS,
    QUEUE_BINS,
    QUEUE_STEP,
    SCALARS,
    WAIT_BINS,
    Fixed,
    Histograms,
    Series,
    Units,
)  # fmt: skip
from muster.passage.outcomes import Outcomes, run_measures
from muster.passage.policy import Policy, parse_policy
from muster.passage.scenario import Scenario, force_units
from muster.passage.scenario_file import MAX_DAYS
from muster.passage.ships import draw_ships
from muster.passage.space import Space, empty_histograms, empty_series, empty_ships, empty_trace
from muster.passage.tables import DrawnBlock, drawn_block, fixed_table, unit_table

MAX_RUNS = 1 << 32  # runs are a 32-bit word of the draws' address
_KEPT_BLOCKS = 64  # drawn tables kept for reuse (about 3 MB each): 16,384 runs
Progress = Callable[[int], None]
"""Called with the number of runs finished since the last call."""


class Workers(Protocol):
    """Other processes or machines: `muster.passage.workers`, or an executor of `muster.contribution`."""

    def map(self, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
        """Yield function(task) for each task, in their order."""


@dataclass(frozen=True, slots=True)
class BlockTask:
    """Everything that a worker needs to play one block of runs."""

    scenario: Scenario
    policy: Policy
    n_days: int
    seed: int
    units: tuple[ForceUnit, ...]
    first_run: int
    n_runs: int


@dataclass(slots=True)
class Compiled:
    """A scenario under one policy, ready to be run many times with different force pools.

    Holds the tables drawn so far (they depend on the seed and the runs, not on the forces).
    """

    scenario: Scenario
    policy: Policy
    n_days: int
    seed: int
    fixed: Fixed
    values: dict[str, float] | None = None
    _blocks: dict[int, DrawnBlock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def block(self, first_run: int) -> DrawnBlock:
        """Return the drawn tables of the block that starts at `first_run`."""
        found = self._blocks.get(first_run)
        if found is None:
            found = drawn_block(self.scenario, self.fixed, seed=self.seed, first_run=first_run, values=self.values)
            with self._lock:
                if len(self._blocks) < _KEPT_BLOCKS:
                    self._blocks[first_run] = found
        return found


def compile_scenario(
    scenario: Scenario,
    *,
    seed: int,
    n_days: int | None = None,
    policy: Policy | str | None = None,
    values: dict[str, float] | None = None,
) -> Compiled:
    """Return the scenario's arrays under a policy, to be run with any force pool.

    Parameters
    ----------
    scenario : Scenario
    seed : int, 0 <= seed < 2**64
    n_days : int, optional
        The scenario's own length if None.
    policy : Policy or str, optional
        The scenario's own if None; a text as in `muster.passage.policy`.
    values : mapping of a number's key to a value, optional
        Replaces draws of uncertain numbers (sensitivity analysis).

    Raises
    ------
    ScenarioError
        The policy's text is not one, or `n_days` is out of range.
    """
    if not 0 <= seed < 1 << 64:
        raise InputError(f"seed {seed}", rule="a seed is a whole number from 0 to 2**64 - 1")
    days = scenario.days if n_days is None else n_days
    if not 1 <= days <= MAX_DAYS:
        raise ScenarioError(f"{days} days", rule=f"a simulation has 1 to {MAX_DAYS} days")
    chosen = scenario.policy if policy is None else parse_policy(policy) if isinstance(policy, str) else policy
    return Compiled(scenario, chosen, days, seed, fixed_table(scenario, chosen, days), values)


def simulate_passages(
    scenario: Scenario,
    *,
    n_runs: int,
    n_days: int | None = None,
    seed: int,
    policy: Policy | str | None = None,
    forces: Sequence[ForceUnit] | None = None,
    n_threads: int = 1,
    workers: Workers | None = None,
    on_progress: Progress | None = None,
) -> Outcomes:
    """Return the outcomes of `n_runs` independent runs of a scenario.

    The same scenario, seed, policy and forces give the same bits on any number of threads or workers. Run r is the same
    run whatever `n_runs` is, and its ships are the same ships under every policy and force pool.

    Parameters
    ----------
    n_runs : int, 1 <= n_runs < 2**32
    n_days, policy, forces
        The scenario's own if None.
    n_threads : int, >= 1
        The kernel runs without the interpreter's lock.
    workers : Workers, optional
        Play the blocks there instead of in threads.

    Raises
    ------
    ScenarioError
        A number or the policy breaks its rule, or a unit's caveat names a flag group that the scenario has not.

    Notes
    -----
    Memory: a few MB a thread, plus 320 bytes a run for the per-run results.
    """
    compiled = compile_scenario(scenario, seed=seed, n_days=n_days, policy=policy)
    return run_compiled(compiled, forces, n_runs=n_runs, n_threads=n_threads, workers=workers, on_progress=on_progress)


def run_compiled(
    compiled: Compiled,
    forces: Sequence[ForceUnit] | None = None,
    *,
    n_runs: int,
    first_run: int = 0,
    n_threads: int = 1,
    workers: Workers | None = None,
    on_progress: Progress | None = None,
) -> Outcomes:
    """Return full outcomes of runs `first_run .. first_run + n_runs - 1` (`first_run` a multiple of the block)."""
    units = _checked_units(compiled, forces, n_runs)
    days = compiled.n_days
    series, histograms = empty_series(days), empty_histograms(days)
    scalars = np.zeros((n_runs, len(SCALARS)))
    scratch = threading.local()
    starts = range(0, n_runs, BLOCK_RUNS)

    def work(start: int) -> tuple[np.ndarray, Series, Histograms]:
        return _play_whole_block(
            compiled, units, first_run + start, min(BLOCK_RUNS, n_runs - start), _space(scratch, compiled)
        )

    if workers is None:
        parts = in_order(work, starts, n_threads)
    else:
        tasks = [
            BlockTask(
                compiled.scenario, compiled.policy, days, compiled.seed, units, first_run + start,
                min(BLOCK_RUNS, n_runs - start),
            )
            for start in starts
        ]  # fmt: skip
        parts = workers.map(play_block, tasks)
    for start, (rows, sums, counts) in zip(starts, parts, strict=True):
        scalars[start : start + len(rows)] = rows
        for total, part in zip((*series, *histograms), (*sums, *counts), strict=True):
            np.add(total, part, out=total)
        if on_progress is not None:
            on_progress(len(rows))
    names = tuple(unit.id for unit in units)
    return Outcomes(
        compiled.scenario, str(compiled.policy), n_runs, days, compiled.seed, scalars, series, histograms, names
    )


def simulate_compiled(
    compiled: Compiled, forces: Sequence[ForceUnit] | None = None, *, n_runs: int, n_threads: int = 1
) -> dict[str, np.ndarray]:
    """Return every measure of `outcomes.MEASURES` per run, shape (n_runs,), without day-by-day series.

    Cheap to call thousands of times (Shapley values, searches): tables are drawn once per seed and reused.
    """
    units = _checked_units(compiled, forces, n_runs)
    scalars = np.zeros((n_runs, len(SCALARS)))
    scratch = threading.local()

    def work(start: int) -> int:
        stop = min(start + BLOCK_RUNS, n_runs)
        space = _space(scratch, compiled)
        _play(compiled, units, start, scalars[start:stop], space, space.sums, space.histograms, keep=False)
        return stop - start

    for _ in in_order(work, range(0, n_runs, BLOCK_RUNS), n_threads):
        pass
    return run_measures(scalars, n_days=compiled.n_days, normal_per_day=compiled.scenario.normal_per_day)


def play_block(task: BlockTask) -> tuple[np.ndarray, Series, Histograms]:
    """Return one block's columns per run (n_runs, n_columns) and the sums of its days; what a worker is sent.

    The draws are keyed by run, so it does not matter where this runs, or how often it is tried.
    """
    compiled = _compiled_there(task.scenario, task.policy, task.n_days, task.seed)
    return _play_whole_block(
        compiled, task.units, task.first_run, task.n_runs, make_space(compiled, capacity=_capacity(compiled))
    )


@lru_cache(maxsize=2)
def _compiled_there(scenario: Scenario, policy: Policy, n_days: int, seed: int) -> Compiled:
    """Return the compiled scenario of a worker's tasks, kept from one block to the next."""
    return compile_scenario(scenario, seed=seed, n_days=n_days, policy=policy)


def _play_whole_block(
    compiled: Compiled, units: tuple[ForceUnit, ...], first_run: int, n_runs: int, space: Space
) -> tuple[np.ndarray, Series, Histograms]:
    rows = np.zeros((n_runs, len(SCALARS)))
    sums, counts = empty_series(compiled.n_days), empty_histograms(compiled.n_days)
    _play(compiled, units, first_run, rows, space, sums, counts, keep=True)
    return rows, sums, counts


def _checked_units(compiled: Compiled, forces: Sequence[ForceUnit] | None, n_runs: int) -> tuple[ForceUnit, ...]:
    check_n_runs(n_runs)
    return force_units(compiled.scenario, None if forces is None else tuple(forces))


def check_n_runs(n_runs: int) -> None:
    """Raise ScenarioError unless the number of runs is in its range."""
    if not 1 <= n_runs < MAX_RUNS:
        raise ScenarioError(f"{n_runs} runs", rule=f"a simulation has 1 to {MAX_RUNS - 1} runs")


def in_order(work: Callable[[int], object], starts: range, n_threads: int):
    """Yield the results of blocks in run order; few blocks wait at a time, so that memory stays flat."""
    if n_threads <= 1 or len(starts) <= 1:
        for start in starts:
            yield work(start)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        waiting = [pool.submit(work, start) for start in starts[: 2 * n_threads]]
        for k in range(len(starts)):
            yield waiting.pop(0).result()
            if k + 2 * n_threads < len(starts):
                waiting.append(pool.submit(work, starts[k + 2 * n_threads]))


def _space(scratch: threading.local, compiled: Compiled) -> Space:
    space: Space | None = getattr(scratch, "space", None)
    if space is None:
        space = make_space(compiled, capacity=_capacity(compiled))
        scratch.space = space
    return space


def _capacity(compiled: Compiled) -> int:
    """Return room for the ships of a run; it grows where that is too little."""
    rate = compiled.scenario.traffic.arrivals_per_day.bounds()[1]
    return 4096 + int(1.5 * min(rate, 1e4) * compiled.n_days)


def make_space(compiled: Compiled, *, capacity: int, n_trace: int = 0) -> Space:
    """Return working arrays for runs of at most `capacity` ships; `n_trace` rows are kept for replay."""
    days = compiled.n_days
    return Space(
        empty_ships(capacity), empty_series(days), empty_trace(n_trace), np.zeros(WAIT_BINS, np.int64),
        np.ones(compiled.fixed.n_modulations), empty_series(1), empty_histograms(1),
    )  # fmt: skip


def _play(
    compiled: Compiled, units: tuple[ForceUnit, ...], first_run: int, scalars: np.ndarray, space: Space, sums: Series,
    histograms: Histograms, *, keep: bool,
) -> None:  # fmt: skip
    """Run one block, growing the ships' arrays when a run has more ships than they hold."""
    block = compiled.block(first_run - first_run % BLOCK_RUNS)
    table, _ = unit_table(compiled.scenario, units, seed=compiled.seed, first_run=block.first_run)
    seed = np.uint64(compiled.seed)
    done = 0
    while done < len(scalars):
        done += play_runs(
            seed, first_run + done, first_run + done - block.first_run, compiled.fixed, block.arrays, table,
            space.ships, space.series, space.wait_h, scalars[done:], space.trace, space.multiplier, sums, histograms,
            keep,
        )  # fmt: skip
        if done < len(scalars):
            space.ships = empty_ships(2 * len(space.ships.record))


@njit(nogil=True, cache=True)
def play_runs(seed, first_run, j, fx, dr, un, ships, series, wait_h, scalars, trace, multiplier, sums, histograms,
              keep):  # fmt: skip
    """Play runs one after another and add them up; return how many were played before the ships' arrays were full."""
    for k in range(scalars.shape[0]):
        n = draw_ships(seed, first_run + k, j + k, fx, dr, ships, multiplier)
        if n < 0:
            return k
        series.passages.fill(0)
        series.counts.fill(0)
        series.acts.fill(0)
        series.expected.fill(0.0)
        series.regime_s.fill(0)
        series.queue_s.fill(0)
        wait_h.fill(0)
        scalars[k].fill(0.0)
        run_events(seed, first_run + k, j + k, n, fx, dr, un, ships, series, wait_h, scalars[k], trace)
        if keep:
            _add_run(dr.oil_mbbl[j + k], series, wait_h, sums, histograms)
    return scalars.shape[0]


@inner
def _add_run(oil_mbbl, series, wait_h, sums, histograms):
    """Add one run's days to the sums and histograms."""
    n_days = series.counts.shape[0]
    for day in range(n_days):
        passages = 0
        oil = 0.0
        for direction in range(2):
            for column in range(24):
                n = series.passages[day, direction * 24 + column]
                passages += n
                oil += n * oil_mbbl[direction, column & 7]
                sums.passages[day, direction * 24 + column] += n
        for column in range(series.counts.shape[1]):
            sums.counts[day, column] += series.counts[day, column]
        for escorted in range(2):
            for act in range(6):
                sums.acts[day, 6 * escorted + act] += series.acts[day, 6 * escorted + act]
                sums.expected[day, escorted, act] += series.expected[day, escorted, act]
        for regime in range(4):
            sums.regime_s[day, regime] += series.regime_s[day, regime]
        sums.queue_s[day] += series.queue_s[day]
        histograms.passages[day, min(passages, PASSAGE_BINS - 1)] += 1
        histograms.seen[day, min(series.counts[day, 3], PASSAGE_BINS - 1)] += 1
        histograms.queue[day, min(series.counts[day, 4] // QUEUE_STEP, QUEUE_BINS - 1)] += 1
        histograms.oil[day, min(np.int64(oil / OIL_STEP_MBBL), OIL_BINS - 1)] += 1
    for b in range(wait_h.shape[0]):
        histograms.wait_h[b] += wait_h[b]


__all__ = [
    "DAY_S", "NEVER", "Compiled", "Space", "Units", "compile_scenario", "make_space", "play_runs", "run_compiled",
    "simulate_compiled", "simulate_passages",
]  # fmt: skip
