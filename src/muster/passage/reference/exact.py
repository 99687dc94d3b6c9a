"""Exact answers for the reference model while escorts never bind: the bulk-service queue with fixed epochs.

Q[k+1] = max(Q[k] + Poisson(demand x interval) - size, 0), one direction; the law of Q is carried forward, nothing is
sampled.

References
----------
N. T. J. Bailey, On queueing processes with bulk service, J. R. Stat. Soc. B 16, 1954; F. Downton, Waiting time in bulk
service queues, J. R. Stat. Soc. B 17, 1955.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from muster.base.errors import ScenarioError
from muster.passage.reference.parameters import ReferenceParameters

_Law = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExactMoments:
    """Expected values over both directions, from an empty start to the horizon."""

    sailed_convoy: float
    backlog: float
    mean_queue: float
    utilisation: float
    convoys: float


def _poisson_law(mean: float) -> _Law:
    """Return P(N = n) for n = 0.. up to 14 standard deviations over the mean."""
    n = np.arange(int(mean + 14 * math.sqrt(mean)) + 30)
    log_factorial = np.concatenate(([0.0], np.cumsum(np.log(n[1:]))))
    law: _Law = np.exp(n * math.log(mean) - mean - log_factorial)
    return law


def transit_cdf(p: ReferenceParameters, hours: float) -> float:
    """Return the probability that a transit takes at most `hours`."""
    low, mode, high = p.transit_low_h, p.transit_mode_h, p.transit_high_h
    if hours <= low:
        return 0.0
    if hours >= high:
        return 1.0
    if hours < mode:
        return (hours - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - hours) ** 2 / ((high - low) * (high - mode))


def expected_busy_h(p: ReferenceParameters, left_h: float) -> float:
    """Return E[min(T + turnaround, left)]: how long a convoy's escorts are busy before the horizon."""
    if left_h >= p.transit_high_h + p.turnaround_h:
        return (p.transit_low_h + p.transit_mode_h + p.transit_high_h) / 3 + p.turnaround_h
    grid = np.linspace(0.0, left_h, 20_001)
    survival = np.array([1.0 - transit_cdf(p, hours - p.turnaround_h) for hours in grid])
    return float(np.sum((survival[1:] + survival[:-1]) / 2) * (grid[1] - grid[0]))


def exact_moments(p: ReferenceParameters) -> ExactMoments:
    """Return the exact finite-horizon means; only meaningful while escorts never bind (`prove_window_level`)."""
    mean, n_epochs = p.convoy_demand_per_h * p.interval_h, p.n_epochs
    growth = max(0.0, mean - p.convoy_size) * n_epochs
    top = int(1.15 * growth + 12 * math.sqrt(mean * max(n_epochs, 1)) + 800)
    arrivals = _poisson_law(mean)
    law = np.zeros(top + 1)
    law[0] = 1.0
    levels = np.arange(top + 1)
    queue_h = sailed = convoys = busy_h = 0.0
    for k in range(1, n_epochs + 1):
        queue_h += float(law @ levels) * p.interval_h + mean * p.interval_h / 2
        before = np.convolve(law, arrivals)
        sailed += float(before @ np.minimum(np.arange(len(before)), p.convoy_size))
        p_sails = float(before[1:].sum())
        convoys += p_sails
        busy_h += p_sails * expected_busy_h(p, p.horizon_h - k * p.interval_h)
        rest = before[p.convoy_size + 1 :][:top]
        law = np.zeros(top + 1)
        law[1 : len(rest) + 1] = rest
        law[0] = before[: p.convoy_size + 1].sum()
    rest_h = p.horizon_h - n_epochs * p.interval_h
    queue = float(law @ levels)
    queue_h += queue * rest_h + p.convoy_demand_per_h * rest_h**2 / 2
    pool_h = p.n_escorts * p.horizon_h
    return ExactMoments(
        sailed_convoy=2 * sailed,
        backlog=2 * (queue + p.convoy_demand_per_h * rest_h),
        mean_queue=2 * queue_h / p.horizon_h,
        utilisation=2 * busy_h * p.n_escorts_needed / pool_h if pool_h else math.nan,
        convoys=2 * convoys,
    )


def stationary_wait_h(p: ReferenceParameters) -> float:
    """Return the mean wait of a convoy ship in the long run, by Little's law from the stationary queue.

    Raises
    ------
    ScenarioError
        The queue has no stationary law: demand is at or over capacity.
    """
    if p.load >= 1:
        raise ScenarioError(
            f"reference model: load {p.load:.3f}", rule="a stationary wait needs convoy demand under capacity"
        )
    mean = p.convoy_demand_per_h * p.interval_h
    arrivals = _poisson_law(mean)
    top = 3000
    law = np.zeros(top + 1)
    law[0] = 1.0
    for _ in range(20_000):
        before = np.convolve(law, arrivals)
        after = np.zeros(top + 1)
        rest = before[p.convoy_size + 1 :][:top]
        after[1 : len(rest) + 1] = rest
        after[0] = before[: p.convoy_size + 1].sum()
        moved = float(np.abs(after - law).sum())
        law = after
        if moved < 1e-13:
            break
    return float(law @ np.arange(top + 1)) / p.convoy_demand_per_h + p.interval_h / 2
