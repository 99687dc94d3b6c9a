"""Scores of forecasts given as samples: continuous ranked probability score and coverage.

References
----------
T. Gneiting, A. E. Raftery, Strictly proper scoring rules, prediction, and estimation, JASA 102, 2007, eq. 21.
"""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]


def crps(samples: Samples, observed: float) -> float:
    """Return E|X - y| - E|X - X'| / 2 of samples X, in the unit of y; 0 is perfect, a point forecast scores |x - y|."""
    ordered = np.sort(np.asarray(samples, float))
    n = len(ordered)
    spread = 2.0 * float(np.sum((2 * np.arange(1, n + 1) - n - 1) * ordered)) / n**2
    return float(np.mean(np.abs(ordered - observed))) - spread / 2


def interval(samples: Samples, level: float = 0.9) -> tuple[float, float]:
    """Return the central interval of samples."""
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def covers(samples: Samples, observed: float, level: float = 0.9) -> bool:
    """Return whether the central interval holds what was observed, ends included."""
    low, high = interval(samples, level)
    return low <= observed <= high
