"""Change points of a daily count against its normal level: exact optimal partitioning of a penalised likelihood.

References
----------
B. Jackson et al., "An algorithm for optimal partitioning of data on an interval", IEEE Signal Processing Letters 12
(2005): exact in O(n**2). Penalty: R. Killick et al., JASA 107 (2012), who scale it with log n.
"""

import itertools
import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

PENALTY_PER_LOG_N = 3.0  # a change adds a place and a level: BIC asks 1 log n; three times that asks for clear changes
MIN_SEGMENT_DAYS = 7  # shorter spells are weekdays, storms and outages


@dataclass(frozen=True, slots=True)
class Segment:
    """Days of one level: `share` of normal, seen and normal transits a day."""

    first: date
    last: date
    share: float
    seen_per_day: float
    normal_per_day: float


def find_segments(
    days: tuple[date, ...], seen: NDArray[np.float64], normal: NDArray[np.float64], *, dispersion: float,
    penalty_per_log_n: float = PENALTY_PER_LOG_N, min_days: int = MIN_SEGMENT_DAYS,
) -> tuple[Segment, ...]:  # fmt: skip
    """Return the segments of constant share of normal, in order, that minimise penalised deviance.

    Parameters
    ----------
    seen, normal : float64 arrays, shape (n_days,)
        Counts, and what is normal for each day (> 0).
    dispersion : float, >= 1
        Variance over mean of the counts with their autocorrelation: deviance is divided by it.

    Notes
    -----
    A segment with Y seen and M normal costs 2 (Y - Y log(Y / M)) / dispersion, twice its negative log likelihood (share
    = Y / M) up to terms that do not depend on the partition. Cost O(n_days**2) time, O(n_days) memory.
    """
    n = len(days)
    if n < 2 * min_days:
        return (_segment(days, seen, normal, 0, n),) if n else ()
    sum_seen = np.concatenate([[0.0], np.cumsum(seen)])
    sum_normal = np.concatenate([[0.0], np.cumsum(normal)])
    penalty = penalty_per_log_n * math.log(n)
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    before = np.zeros(n + 1, dtype=np.int64)
    for end in range(min_days, n + 1):
        starts = np.arange(0, end - min_days + 1)
        y = sum_seen[end] - sum_seen[starts]
        m = sum_normal[end] - sum_normal[starts]
        cost = 2.0 * (y - y * np.log(np.maximum(y, 1e-300) / m)) / dispersion
        total = best[starts] + cost + penalty
        choice = int(np.argmin(total))
        best[end], before[end] = total[choice], starts[choice]
    cuts = [n]
    while cuts[-1] > 0:
        cuts.append(int(before[cuts[-1]]))
    cuts.reverse()
    return tuple(_segment(days, seen, normal, start, end) for start, end in itertools.pairwise(cuts))


def _segment(
    days: tuple[date, ...], seen: NDArray[np.float64], normal: NDArray[np.float64], start: int, end: int
) -> Segment:
    y, m = float(seen[start:end].mean()), float(normal[start:end].mean())
    return Segment(days[start], days[end - 1], y / m, y, m)
