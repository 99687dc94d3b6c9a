"""Run the reference model: parameters in, one row of outcomes per run and pool out, on any number of threads."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from muster.base.errors import ScenarioError
from muster.passage.reference import kernel
from muster.passage.reference.parameters import TICKS_PER_H, ReferenceParameters

_MAX_RUN = 1 << 32


@dataclass(frozen=True, slots=True)
class ReferenceOutcomes:
    """What happened: integer counts and microseconds, exact; shape (n_runs, n_pools, kernel.N_COLUMNS).

    The properties give arrays of shape (n_runs, n_pools); times in hours, throughput in ships a day.
    """

    parameters: ReferenceParameters
    pools: tuple[int, ...]
    seed: int
    first_run: int
    counts: npt.NDArray[np.int64]

    def _column(self, index: int) -> npt.NDArray[np.float64]:
        return self.counts[:, :, index].astype(np.float64)

    @property
    def arrivals(self) -> npt.NDArray[np.float64]:
        """Ships of both directions that arrived by the horizon."""
        return self._column(kernel.ARRIVALS)

    @property
    def sailed_convoy(self) -> npt.NDArray[np.float64]:
        """Ships that left in a convoy."""
        return self._column(kernel.SAILED_CONVOY)

    @property
    def sailed_alone(self) -> npt.NDArray[np.float64]:
        """Ships that left alone."""
        return self._column(kernel.SAILED_ALONE)

    @property
    def sailed(self) -> npt.NDArray[np.float64]:
        """Ship transits begun: the unit of the speed figures."""
        return self.sailed_convoy + self.sailed_alone

    @property
    def mean_wait_h(self) -> npt.NDArray[np.float64]:
        """Mean wait of the ships that left in a convoy; 0 where none did."""
        return self._column(kernel.WAIT_TICKS) / TICKS_PER_H / np.maximum(self.sailed_convoy, 1)

    @property
    def throughput_per_day(self) -> npt.NDArray[np.float64]:
        """Transits completed by the horizon, per day."""
        return self._column(kernel.COMPLETED) / (self.parameters.horizon_h / 24)

    @property
    def incidents(self) -> npt.NDArray[np.float64]:
        """Sampled incidents."""
        return self._column(kernel.INCIDENTS)

    @property
    def expected_incidents(self) -> npt.NDArray[np.float64]:
        """Incidents expected given the traffic: the same mean, a 395th of the variance in case B."""
        p = self.parameters
        return p.p_incident_escorted * self.sailed_convoy + p.p_incident_alone * self.sailed_alone

    @property
    def utilisation(self) -> npt.NDArray[np.float64]:
        """Busy escort hours, turnaround included, over the pool's hours; NaN for an empty pool."""
        hours = np.array([pool or math.nan for pool in self.pools]) * self.parameters.horizon_h
        return self._column(kernel.BUSY_TICKS) / TICKS_PER_H / hours

    @property
    def backlog(self) -> npt.NDArray[np.float64]:
        """Ships still queued at the horizon: a snapshot, not an objective."""
        return self._column(kernel.BACKLOG)

    @property
    def mean_queue(self) -> npt.NDArray[np.float64]:
        """Time-averaged number of ships in both queues."""
        return self._column(kernel.QUEUE_TICKS) / TICKS_PER_H / self.parameters.horizon_h

    @property
    def convoys(self) -> npt.NDArray[np.float64]:
        """Convoys that left."""
        return self._column(kernel.CONVOYS)


def _kernel_arguments(p: ReferenceParameters) -> tuple[tuple[float, ...], tuple[int, ...], tuple[int, ...], int]:
    """Return the kernel's rates, ticks and counts, and room for the arrivals of a stream (mean + 12 SD)."""
    alone_per_h = 2 * p.arrivals_per_h * p.p_alone
    rates = (
        TICKS_PER_H / p.convoy_demand_per_h,
        TICKS_PER_H / alone_per_h if alone_per_h > 0 else 0.0,
        p.transit_low_h * TICKS_PER_H,
        p.transit_mode_h * TICKS_PER_H,
        p.transit_high_h * TICKS_PER_H,
        p.p_incident_escorted,
        p.p_incident_alone,
    )
    ticks = tuple(round(hours * TICKS_PER_H) for hours in (p.interval_h, p.turnaround_h, p.horizon_h))
    mean = max(p.convoy_demand_per_h, alone_per_h) * p.horizon_h
    capacity = int(mean + 12 * math.sqrt(mean)) + 2 * kernel.CHUNK
    return rates, ticks, (p.convoy_size, p.n_escorts_needed), capacity


def check_runs(*, n_runs: int, seed: int, first_run: int, n_threads: int = 1) -> None:
    """Raise ScenarioError unless runs, seed and threads are in their ranges."""
    for name, value, low, high in (
        ("n_runs", n_runs, 1, _MAX_RUN),
        ("seed", seed, 0, 2**64 - 1),
        ("first_run", first_run, 0, _MAX_RUN - n_runs),
        ("n_threads", n_threads, 1, 1024),
    ):
        if not low <= value <= high:
            raise ScenarioError(f"reference model: {name} = {value!r}", rule=f"{name} must be in [{low}, {high}]")


def simulate_reference(
    parameters: ReferenceParameters,
    *,
    n_runs: int,
    seed: int,
    first_run: int = 0,
    pools: Sequence[int] | None = None,
    n_threads: int = 1,
) -> ReferenceOutcomes:
    """Return the outcomes of independent runs of the reference model.

    Parameters
    ----------
    parameters : ReferenceParameters
    n_runs : int, >= 1
    seed : int, 0 <= seed < 2**64
        Same parameters and seed give the same bits on any number of threads.
    first_run : int, >= 0
        Number of the first run: runs 100..199 of a study are the same runs whoever simulates them.
    pools : sequence of int, optional
        Pools of escorts to compare on the same ships (synchronised common random numbers); default the parameters' own.
    n_threads : int, >= 1
        The kernel runs without the interpreter lock.

    Returns
    -------
    ReferenceOutcomes
        Arrays (n_runs, n_pools).

    Raises
    ------
    ScenarioError
        n_runs, seed, first_run or n_threads is out of range.

    Notes
    -----
    About 3 ns a ship on one core; 80 bytes a run and pool are kept.
    """
    check_runs(n_runs=n_runs, seed=seed, first_run=first_run, n_threads=n_threads)
    chosen = tuple(pools) if pools is not None else (parameters.n_escorts,)
    if not chosen or min(chosen) < 0:
        raise ScenarioError(f"reference model: pools = {chosen!r}", rule="pools are one or more numbers, each >= 0")
    rates, ticks, counts, capacity = _kernel_arguments(parameters)
    out = np.zeros((n_runs, len(chosen), kernel.N_COLUMNS), np.int64)
    sizes = np.array(chosen, np.int64)

    def simulate(start: int, stop: int) -> None:
        room = capacity
        while not kernel.reference_kernel(
            np.uint64(seed), first_run + start, stop - start, rates, ticks, counts, sizes, room, out[start:stop]
        ):
            room *= 2

    bounds = np.linspace(0, n_runs, min(n_threads, n_runs) + 1).astype(int).tolist()
    if len(bounds) == 2:
        simulate(0, n_runs)
    else:
        with ThreadPoolExecutor(len(bounds) - 1) as threads:
            list(threads.map(simulate, bounds[:-1], bounds[1:]))
    return ReferenceOutcomes(parameters, chosen, seed, first_run, out)
