"""Window level: count ships between departures instead of following them; a screening path that must be proven first.

Where escorts never bind and ships are exchangeable, all boarding happens at the epochs, and only counts per window
matter. Waits, completions and escort hours then come as conditional expectations given the counts. Means agree with
the ship level; variances of waits and incidents are smaller, and no ship has a story of its own.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from muster.base.errors import ScenarioError
from muster.passage import philox_reference, streams
from muster.passage.philox import fill_entities
from muster.passage.reference.engine import check_runs
from muster.passage.reference.exact import expected_busy_h, transit_cdf
from muster.passage.reference.parameters import ReferenceParameters

_GUIDE = 4096
_S11 = np.uint64(11)
_WINDOW = streams.REFERENCE_WINDOW
_WINDOW_ALONE = streams.REFERENCE_WINDOW_ALONE
SAILED, WAIT_H, QUEUE_H, COMPLETED, BUSY_H, BACKLOG, ALONE, ARRIVED = range(8)


@dataclass(frozen=True, slots=True)
class WindowProof:
    """Whether the window level may stand in for the ship level, with the reason for each condition."""

    is_admitted: bool
    reasons: tuple[str, ...]


def prove_window_level(p: ReferenceParameters, n_escorts: int | None = None) -> WindowProof:
    """Prove or refute that escorts never bind and ships are exchangeable.

    Escorts: a convoy is away for at most transit_high_h + turnaround_h, so of one direction at most
    floor(that / interval_h) earlier convoys are still away when the next one leaves; with both directions the pool must
    hold 2 x (1 + that floor) x n_escorts_needed. The bound is reached, so the condition is exact up to ties.
    Exchangeability: all ships of a direction share one rate, one incident probability per mode and no tolerance, and
    board first come first served; this holds for every `ReferenceParameters`, and for no scenario with classes, flags,
    caveats or tolerances.
    """
    pool = p.n_escorts if n_escorts is None else n_escorts
    away_h = p.transit_high_h + p.turnaround_h
    n_away = 1 + math.floor(away_h / p.interval_h)
    needed = 2 * n_away * p.n_escorts_needed
    binds = (
        f"escorts: a convoy is away at most {away_h:g} h, so up to {n_away} per direction at once "
        f"need {needed} escorts; the pool has {pool}"
    )
    alike = "ships: one rate, one incident probability per mode, no tolerance, first come first served: exchangeable"
    return WindowProof(pool >= needed, (binds, alike))


@dataclass(frozen=True, slots=True)
class WindowOutcomes:
    """Per run, shape (n_runs,): conditional expectations given the counts, except the counts themselves."""

    sailed_convoy: npt.NDArray[np.float64]
    sailed_alone: npt.NDArray[np.float64]
    arrivals: npt.NDArray[np.float64]
    mean_wait_h: npt.NDArray[np.float64]
    mean_queue: npt.NDArray[np.float64]
    throughput_per_day: npt.NDArray[np.float64]
    utilisation: npt.NDArray[np.float64]
    backlog: npt.NDArray[np.float64]
    expected_incidents: npt.NDArray[np.float64]


def _poisson_table(mean: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], int]:
    """Return the cumulative Poisson law from its first count on, a guide into it, and that first count.

    Counts under mean - 10 SD - 30 have less than 1e-20 of the mass and are left out.
    """
    first = max(0, int(mean - 10 * math.sqrt(mean) - 30))
    log_mean = philox_reference.natural_log(mean)
    log_p = first * log_mean - mean - math.fsum(philox_reference.natural_log(k) for k in range(1, first + 1))
    total, cdf = 0.0, []
    for n in range(first, int(mean + 10 * math.sqrt(mean) + 40)):
        if n > first:
            log_p += log_mean - philox_reference.natural_log(n)
        total += philox_reference.natural_exp(max(log_p, -690.0))
        cdf.append(total)
    table = np.array(cdf)
    table[-1] = 1.0
    guide = np.searchsorted(table, np.arange(_GUIDE) / _GUIDE, side="right").astype(np.int64)
    return table, guide, first


@njit(nogil=True)
def _count(word, cdf, guide):  # type: ignore[no-untyped-def]
    """Return the place in a cumulative law that a word stands for."""
    u = np.float64(np.int64(word >> _S11)) * 2.0**-53
    n = guide[np.int64(u * _GUIDE)]
    while cdf[n] <= u:
        n += 1
    return n


@njit(nogil=True, cache=True)
def window_kernel(  # type: ignore[no-untyped-def]
    seed, first_run, n_runs, size, interval, horizon, lone_per_h, weights, convoy_law, rest_law, lone_law, out
):
    """Simulate runs first_run.. into out (n_runs, 8).

    weights[0, k], weights[1, k]: probability that convoy k completes by the horizon, escort hours it is busy for. Each
    law is (cdf, guide, first count): a full window, the rest after the last epoch, all lone ships.
    """
    n_epochs = weights.shape[1]
    n_words = n_epochs + 2
    first = np.empty((n_words + 1) // 2 + 1, np.uint64)
    second = np.empty_like(first)
    half = first.shape[0]
    size_left = np.empty(n_epochs + 1, np.int64)
    cdf, guide, base = convoy_law
    rest_h = horizon - n_epochs * interval
    for i in range(n_runs):
        sailed = 0
        wait = 0.0
        queue_h = 0.0
        completed = 0.0
        busy = 0.0
        backlog = 0
        arrived = 0
        for d in range(2):
            fill_entities(seed, first_run + i, _WINDOW + d, 0, 0, first, second)
            waiting = 0
            oldest = 0
            taken = 0
            for k in range(n_epochs):
                word = first[k] if k < half else second[k - half]
                n = base + _count(word, cdf, guide)
                queue_h += waiting * interval + n * interval * 0.5
                size_left[k] = n
                waiting += n
                arrived += n
                m = min(size, waiting)
                if m == 0:
                    continue
                waiting -= m
                sailed += m
                completed += m * weights[0, k]
                busy += weights[1, k]
                left = m
                while left > 0:
                    n_window = size_left[oldest]
                    x = min(left, n_window - taken)
                    if x > 0:
                        # Of n uniform arrivals the j-th comes at j / (n + 1) of its window, on average.
                        ranks = x * (2.0 * taken + x + 1.0) * 0.5
                        wait += (x * (k + 1 - oldest) - ranks / (n_window + 1.0)) * interval
                        taken += x
                        left -= x
                    if taken == n_window:
                        oldest += 1
                        taken = 0
            n = 0
            if rest_h > 0:
                word = first[n_epochs] if n_epochs < half else second[n_epochs - half]
                n = rest_law[2] + _count(word, rest_law[0], rest_law[1])
            queue_h += waiting * rest_h + n * rest_h * 0.5
            backlog += waiting + n
            arrived += n
        alone = 0
        if lone_per_h > 0:
            fill_entities(seed, first_run + i, _WINDOW_ALONE, 0, 0, first[:1], second[:1])
            alone = lone_law[2] + _count(first[0], lone_law[0], lone_law[1])
        out[i, 0] = sailed
        out[i, 1] = wait
        out[i, 2] = queue_h
        out[i, 3] = completed
        out[i, 4] = busy
        out[i, 5] = backlog
        out[i, 6] = alone
        out[i, 7] = arrived + alone


def screen_reference(p: ReferenceParameters, *, n_runs: int, seed: int, first_run: int = 0) -> WindowOutcomes:
    """Return window-level outcomes of the reference model.

    Raises
    ------
    ScenarioError
        The proof fails; names the numbers. Use `simulate_reference` there.
    """
    check_runs(n_runs=n_runs, seed=seed, first_run=first_run)
    proof = prove_window_level(p)
    if not proof.is_admitted:
        raise ScenarioError(
            f"window level refused: {proof.reasons[0]}",
            rule="counts stand in for ships only where escorts never bind",
            next_step="Use the ship level (simulate_reference)",
        )
    if p.n_epochs < 1 or p.horizon_h < p.transit_high_h:
        raise ScenarioError(
            f"window level: {p.n_epochs} epochs, horizon_h = {p.horizon_h:g}",
            rule="needs at least one epoch and a horizon as long as the longest transit",
        )
    left_h = [p.horizon_h - k * p.interval_h for k in range(1, p.n_epochs + 1)]
    weights = np.array(
        [[transit_cdf(p, h) for h in left_h], [p.n_escorts_needed * expected_busy_h(p, h) for h in left_h]]
    )
    rest_h = p.horizon_h - p.n_epochs * p.interval_h
    lone_per_h = 2 * p.arrivals_per_h * p.p_alone
    out = np.empty((n_runs, 8))
    window_kernel(
        np.uint64(seed), first_run, n_runs, p.convoy_size, p.interval_h, p.horizon_h, lone_per_h, weights,
        _poisson_table(p.convoy_demand_per_h * p.interval_h),
        _poisson_table(p.convoy_demand_per_h * max(rest_h, 1e-9)),
        _poisson_table(max(lone_per_h, 1e-9) * p.horizon_h),
        out,
    )  # fmt: skip
    # A lone ship arrives uniformly over the horizon and completes if its transit fits: 1 - E[T] / H where H >= max T.
    mean_transit_h = (p.transit_low_h + p.transit_mode_h + p.transit_high_h) / 3
    p_lone_completes = 1 - mean_transit_h / p.horizon_h
    sailed, alone = out[:, SAILED], out[:, ALONE]
    return WindowOutcomes(
        sailed_convoy=sailed,
        sailed_alone=alone,
        arrivals=out[:, ARRIVED],
        mean_wait_h=out[:, WAIT_H] / np.maximum(sailed, 1),
        mean_queue=out[:, QUEUE_H] / p.horizon_h,
        throughput_per_day=(out[:, COMPLETED] + alone * p_lone_completes) / (p.horizon_h / 24),
        utilisation=out[:, BUSY_H] / (p.n_escorts * p.horizon_h),
        backlog=out[:, BACKLOG],
        expected_incidents=p.p_incident_escorted * sailed + p.p_incident_alone * alone,
    )
