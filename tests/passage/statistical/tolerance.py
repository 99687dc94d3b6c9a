"""One rule for all statistical tests: a fixed seed, a tolerance from the standard error, the detectable effect named.

False alarm 1e-6 a comparison, two-sided: 4.892 standard errors of a mean of independent runs, taken as normal (each
run is itself a sum over thousands of ships). An effect of twice the tolerance is missed less than once in a million.
"""

import math

import numpy as np

Z_FALSE_ALARM = 4.8916  # normal quantile of 1 - 5e-7


def tolerance(values):
    """Return the tolerance for the mean of independent values."""
    return Z_FALSE_ALARM * float(np.std(values, ddof=1)) / math.sqrt(len(values))


def assert_mean(values, expected, *, detects, slack=0.0):
    """Assert that independent values have this mean, and that the test would have seen an effect of `detects`."""
    allowed = tolerance(values) + slack
    assert 2 * allowed <= detects, f"n is too small: tolerance {allowed:.3g} cannot show an effect of {detects:.3g}"
    found = float(np.mean(values))
    assert abs(found - expected) <= allowed, f"mean {found:.6g}, expected {expected:.6g} +- {allowed:.3g}"
