"""Shapley values of any set function, exactly or by sampled permutations, with intervals.

A set function is an array of values by coalition: row S (a bit mask, bit i = member i is in) holds the value of that
coalition in each run. Shares come per run, so that the interval of a mean share is that of a plain mean; runs are
paired across coalitions (common random numbers).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import comb, factorial, prod

import numpy as np
from numpy.typing import NDArray

from muster.base.errors import InputError

MAX_EXACT = 16
"""Members up to which all coalitions are listed (65,536)."""

Z95 = 1.959963984540054
"""Normal quantile of 0.975."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeanShare:
    """A mean over runs with the half width of its 95 % interval."""

    mean: float
    half_width: float

    @property
    def ci_low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def ci_high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width


def mean_share(values: Floats) -> MeanShare:
    """Return the mean of independent values and its 95 % half width (NaN for one value)."""
    n = len(values)
    half = Z95 * float(np.std(values, ddof=1)) / np.sqrt(n) if n > 1 else float("nan")
    return MeanShare(float(np.mean(values)), float(half))


def _check_exact(n: int) -> None:
    if not 0 <= n <= MAX_EXACT:
        raise InputError(f"{n} members", rule=f"all coalitions are listed for at most {MAX_EXACT}; sample permutations")


@lru_cache(maxsize=MAX_EXACT + 1)
def share_weights(n: int) -> Floats:
    """Return the matrix that turns values by coalition into shares, shape (n, 2**n).

    Member i's share is the sum over coalitions S with i of (|S| - 1)! (n - |S|)! / n! times v(S) - v(S without i).
    """
    _check_exact(n)
    masks = np.arange(1 << n)
    size = np.array([int(mask).bit_count() for mask in masks])
    with_i = np.array([factorial(max(s, 1) - 1) * factorial(n - s) / factorial(n) for s in range(n + 1)])
    without = np.array([factorial(s) * factorial(n - min(s + 1, n)) / factorial(n) for s in range(n + 1)])
    weights = np.empty((n, 1 << n))
    for i in range(n):
        is_in = (masks >> i) & 1 == 1
        weights[i] = np.where(is_in, with_i[size], -without[size])
    weights.setflags(write=False)
    return weights


def exact_shares(values: Floats) -> Floats:
    """Return the Shapley value of each member in each run.

    Parameters
    ----------
    values : float64 array, shape (2**n,) or (2**n, n_runs)
        Value by coalition; row 0 is the empty one.

    Returns
    -------
    float64 array, shape (n,) or (n, n_runs)
        Sums to `values[-1] - values[0]` in each run.

    Raises
    ------
    InputError
        The number of rows is no power of two, or above 2**16.
    """
    n = (len(values) - 1).bit_length()
    if len(values) != 1 << n:
        raise InputError(f"{len(values)} coalitions", rule="there are 2**n coalitions of n members")
    return share_weights(n) @ values


@lru_cache(maxsize=13)
def _interaction_weights(n: int) -> Floats:
    _check_exact(n)
    masks = np.arange(1 << n)
    size = np.array([int(mask).bit_count() for mask in masks])
    weights = np.zeros((n, n, 1 << n))
    for i in range(n):
        for j in range(i + 1, n):
            both = ((masks >> i) & 1) + ((masks >> j) & 1)
            others = size - both
            weight = np.array([factorial(s) * factorial(n - 2 - s) / factorial(n - 1) for s in range(n - 1)])
            weights[i, j] = weights[j, i] = np.where(both == 1, -1.0, 1.0) * weight[others]
    weights.setflags(write=False)
    return weights


def interaction_index(values: Floats) -> Floats:
    """Return the Shapley interaction index of each pair (Grabisch and Roubens 1999), shape (n, n) or (n, n, n_runs).

    Positive: the two are worth more together than apart (complements); negative: they replace each other.
    """
    n = (len(values) - 1).bit_length()
    return _interaction_weights(n) @ values if n > 1 else np.zeros((n, n, *values.shape[1:]))


def leave_one_out(values: Floats) -> Floats:
    """Return v(all) - v(all without i) of each member, shape (n,) or (n, n_runs)."""
    n = (len(values) - 1).bit_length()
    full = (1 << n) - 1
    return values[full] - values[[full ^ (1 << i) for i in range(n)]]


def add_one_in(values: Floats) -> Floats:
    """Return v(i alone) - v(none) of each member, shape (n,) or (n, n_runs)."""
    n = (len(values) - 1).bit_length()
    return values[[1 << i for i in range(n)]] - values[0]


def falling_steps(values: Floats, *, tolerance: float = 1e-12) -> tuple[int, int]:
    """Return how many single additions lower the value, and how many there are: (0, n) if v is monotone."""
    n = (len(values) - 1).bit_length()
    masks = np.arange(1 << n)
    n_falling = n_steps = 0
    for i in range(n):
        without = masks[(masks >> i) & 1 == 0]
        step = values[without | (1 << i)] - values[without]
        n_falling += int((step < -tolerance).sum())
        n_steps += step.size
    return n_falling, n_steps


def shares_by_type(counts: Sequence[int], value: Callable[[tuple[int, ...]], Floats]) -> tuple[Floats, ...]:
    """Return the exact share of one member of each type, where members of a type are interchangeable.

    A coalition is then only its number of members of each type, so `value` is asked prod(counts + 1) times instead of
    2**sum(counts): 38 members of three types are at most a few thousand pools.

    Parameters
    ----------
    counts : sequence of int
        Members of each type.
    value : function
        Value (an array over runs, or a number) of a pool with so many of each type.

    Returns
    -------
    tuple of float64 arrays
        By type; all shares together sum to value(all) - value(none).
    """
    n = sum(counts)
    known = {pool: np.asarray(value(pool), float) for pool in product(*[range(count + 1) for count in counts])}
    shares = []
    for t, count in enumerate(counts):
        total = np.zeros_like(known[tuple(0 for _ in counts)])
        if count:
            others = [other - (k == t) for k, other in enumerate(counts)]
            for pool in product(*[range(other + 1) for other in others]):
                size = sum(pool)
                weight = factorial(size) * factorial(n - 1 - size) / factorial(n)
                ways = prod(comb(other, taken) for other, taken in zip(others, pool, strict=True))
                more = tuple(taken + (k == t) for k, taken in enumerate(pool))
                total = total + weight * ways * (known[more] - known[pool])
        shares.append(total)
    return tuple(shares)


def permutation_pairs(n: int, n_pairs: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return orders of n members, shape (2 * n_pairs, n): each random order is followed by its reverse.

    The reverse is the antithetic order: who came early comes late, so the two errors tend to cancel.
    """
    orders = np.empty((2 * n_pairs, n), np.int64)
    for k in range(n_pairs):
        orders[2 * k] = rng.permutation(n)
        orders[2 * k + 1] = orders[2 * k][::-1]
    return orders


@dataclass(frozen=True, slots=True)
class SampledShares:
    """Shares from sampled permutations.

    Attributes
    ----------
    shares : float64 array, shape (n, n_runs)
        Mean over permutations; sums to v(all) - v(none) in each run exactly.
    error : float64 array, shape (n,)
        Standard error of the mean over runs that comes from sampling permutations, from the spread of the pairs.
    n_values : int
        Different coalitions that were valued.
    """

    shares: Floats
    error: Floats
    n_values: int


def sampled_shares(n: int, value: Callable[[int], Floats], *, n_pairs: int, seed: int) -> SampledShares:
    """Return Shapley values estimated from random orders in antithetic pairs; each coalition is valued once.

    Parameters
    ----------
    n : int
        Members.
    value : function
        Value of a coalition (bit mask) in each run; the same runs for each coalition.
    n_pairs : int, >= 1
        Orders are 2 * n_pairs.
    seed : int
        Of the orders.
    """
    if n_pairs < 1:
        raise InputError(f"{n_pairs} pairs of permutations", rule="at least one pair is needed")
    known: dict[int, Floats] = {}

    def worth(mask: int) -> Floats:
        if mask not in known:
            known[mask] = np.asarray(value(mask), float)
        return known[mask]

    orders = permutation_pairs(n, n_pairs, np.random.default_rng(seed))
    total = np.zeros((n, *worth(0).shape))
    by_pair = np.zeros((n, n_pairs))
    for k, order in enumerate(orders):
        mask = 0
        for member in order:
            step = worth(mask | 1 << int(member)) - worth(mask)
            mask |= 1 << int(member)
            total[member] += step
            by_pair[member, k // 2] += float(np.mean(step)) / 2
    error = by_pair.std(axis=1, ddof=1) / np.sqrt(n_pairs) if n_pairs > 1 else np.full(n, np.nan)
    return SampledShares(total / len(orders), error, len(known))
