"""Exact Poisson intervals and negative binomial quantiles, without further libraries.

References
----------
F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936): limits as chi-squared (gamma)
quantiles. Incomplete gamma function: NIST Digital Library of Mathematical Functions, 8.11.4 (series), 8.9.2 (fraction).
"""

import math

_TINY = 1e-300


def gamma_cdf(x: float, shape: float) -> float:
    """Return the probability that a gamma variable of this shape and scale 1 is at most x."""
    if x <= 0.0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = total = 1.0 / shape
        k = shape
        while term > total * 1e-16:
            k += 1.0
            term *= x / k
            total += term
        return min(1.0, front * total)
    # Lentz's method for the continued fraction of the upper tail.
    b = x + 1.0 - shape
    c = 1.0 / _TINY
    d = 1.0 / b
    fraction = d
    for n in range(1, 10_000):
        a = -n * (n - shape)
        b += 2.0
        d = 1.0 / (a * d + b or _TINY)
        c = b + a / c or _TINY
        step = c * d
        fraction *= step
        if abs(step - 1.0) < 1e-15:
            break
    return max(0.0, 1.0 - front * fraction)


def gamma_quantile(p: float, shape: float) -> float:
    """Return x with `gamma_cdf(x, shape)` = p, to 12 digits, for 0 <= p < 1."""
    if p <= 0.0:
        return 0.0
    low, high = 0.0, shape + 10.0 * math.sqrt(shape) + 10.0
    while gamma_cdf(high, shape) < p:
        high *= 2.0
    while high - low > 1e-12 * high:
        middle = 0.5 * (low + high)
        if gamma_cdf(middle, shape) < p:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def poisson_interval(n_events: float, *, level: float = 0.95) -> tuple[float, float]:
    """Return Garwood's exact interval of a Poisson mean after `n_events` (>= 0) events.

    A number of events that is not whole, from dividing an over-dispersed count by its dispersion, is taken as it is.
    """
    tail = (1.0 - level) / 2.0
    low = gamma_quantile(tail, n_events) if n_events > 0 else 0.0
    return low, gamma_quantile(1.0 - tail, n_events + 1.0)


def negative_binomial_quantile(p: float, mean: float, size: float) -> int:
    """Return the smallest count whose cumulative probability reaches p; variance = mean + mean**2 / size."""
    if mean <= 0.0:
        return 0
    odds = mean / (mean + size)
    chance = math.exp(size * math.log1p(-odds))
    total, count = chance, 0
    while total < p and count < 1_000_000:
        count += 1
        chance *= odds * (size + count - 1.0) / count
        total += chance
    return count
