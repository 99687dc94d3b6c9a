"""Shapley values: the four axioms as properties, the closed forms, and what sampling may do."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.base.errors import InputError
from muster.contribution import shapley


def games(n_min: int = 1, n_max: int = 5):
    """Set functions of a few members over one to three runs."""
    return st.integers(n_min, n_max).flatmap(
        lambda n: st.integers(1, 3).flatmap(
            lambda runs: st.lists(
                st.floats(-100, 100, allow_nan=False), min_size=(1 << n) * runs, max_size=(1 << n) * runs
            ).map(lambda flat: np.array(flat).reshape(1 << n, runs))
        )
    )


def by_definition(values: np.ndarray) -> np.ndarray:
    """Return Shapley values from all orders, written independently of the product's weights."""
    from itertools import permutations

    n = (len(values) - 1).bit_length()
    total = np.zeros((n, values.shape[1]))
    for order in permutations(range(n)):
        mask = 0
        for member in order:
            total[member] += values[mask | 1 << member] - values[mask]
            mask |= 1 << member
    return total / math.factorial(n)


@given(games())
def test_efficiency(values):
    """Shares sum to the value of all minus that of none, in every run."""
    shares = shapley.exact_shares(values)
    assert np.allclose(shares.sum(axis=0), values[-1] - values[0], atol=1e-9)


@given(games(2, 4))
def test_equals_the_mean_over_all_orders(values):
    """The weights give what the definition by orders of arrival gives."""
    assert np.allclose(shapley.exact_shares(values), by_definition(values), atol=1e-9)


@given(games(2, 5), st.data())
def test_symmetry(values, data):
    """Two members that add the same to every coalition have the same share."""
    n = (len(values) - 1).bit_length()
    i, j = data.draw(st.permutations(range(n)))[:2]
    swapped = values.copy()
    for mask in range(1 << n):
        bit_i, bit_j = mask >> i & 1, mask >> j & 1
        other = mask & ~(1 << i | 1 << j) | bit_j << i | bit_i << j
        swapped[mask] = (values[mask] + values[other]) / 2
    shares = shapley.exact_shares(swapped)
    assert np.allclose(shares[i], shares[j], atol=1e-9)


@given(games(1, 5), st.data())
def test_null_player(values, data):
    """A member that adds nothing to any coalition has no share, and the others share as without it."""
    n = (len(values) - 1).bit_length()
    i = data.draw(st.integers(0, n - 1))
    idle = np.array([values[mask & ~(1 << i)] for mask in range(1 << n)])
    assert np.allclose(shapley.exact_shares(idle)[i], 0, atol=1e-9)


@given(games(3, 3), games(3, 3), st.floats(-3, 3))
def test_additivity(first, second, factor):
    """The share in a weighted sum of games is the weighted sum of the shares."""
    first, second = first[:, :1], second[:, :1]
    together = shapley.exact_shares(first + factor * second)
    assert np.allclose(together, shapley.exact_shares(first) + factor * shapley.exact_shares(second), atol=1e-8)


def test_glove_game():
    """One left and two right gloves: the left hand's owner gets two thirds."""
    values = np.array([float((mask & 1) and bool(mask & 6)) for mask in range(8)])
    assert np.allclose(shapley.exact_shares(values), [2 / 3, 1 / 6, 1 / 6])


def test_interaction_of_a_pair_that_needs_each_other_is_positive_and_of_substitutes_negative():
    """Interaction index: 1 for the pure pair game, -1 for `either is enough`, 0 between independent members."""
    both = np.array([0.0, 0.0, 0.0, 1.0])
    either = np.array([0.0, 1.0, 1.0, 1.0])
    apart = np.array([0.0, 1.0, 2.0, 3.0])
    assert [shapley.interaction_index(v)[0, 1] for v in (both, either, apart)] == [1.0, -1.0, 0.0]


def test_leave_one_out_and_add_one_in():
    """Leave-one-out is measured from all, add-one-in from none."""
    values = np.array([0.0, 1.0, 2.0, 10.0])
    assert shapley.leave_one_out(values).tolist() == [8.0, 9.0]
    assert shapley.add_one_in(values).tolist() == [1.0, 2.0]


def test_a_game_that_is_not_monotone_is_noted():
    """Every single addition that lowers the value is counted."""
    assert shapley.falling_steps(np.array([0.0, 1.0, 2.0, 1.5])) == (1, 4)
    assert shapley.falling_steps(np.array([0.0, 1.0, 2.0, 3.0])) == (0, 4)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=3), st.integers(0, 2**31))
@settings(max_examples=40)
def test_interchangeable_members_give_the_exact_shares_from_few_pools(counts, seed):
    """Collapsing coalitions to numbers by type changes no share."""
    table = np.random.default_rng(seed).normal(size=[count + 1 for count in counts])
    types = [t for t, count in enumerate(counts) for _ in range(count)]
    values = np.zeros(1 << len(types))
    for mask in range(len(values)):
        pool = [0] * len(counts)
        for bit, t in enumerate(types):
            pool[t] += mask >> bit & 1
        values[mask] = table[tuple(pool)]
    exact = shapley.exact_shares(values)
    collapsed = shapley.shares_by_type(counts, lambda pool: table[pool])
    assert np.allclose([collapsed[t] for t in types], exact, atol=1e-9)


def test_sampled_shares_are_efficient_and_within_their_stated_error():
    """Sampled shares sum exactly; the error bars hold at 5 standard errors (false alarm about 6e-6 over 10 members)."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(1 << 10, 4)).cumsum(axis=0) / 30
    found = shapley.sampled_shares(10, lambda mask: values[mask], n_pairs=300, seed=1)
    assert np.allclose(found.shares.sum(axis=0), values[-1] - values[0])
    off = found.shares.mean(axis=1) - shapley.exact_shares(values).mean(axis=1)
    assert np.all(np.abs(off) < 5 * found.error)


def test_antithetic_orders_are_exact_for_games_of_pairs():
    """In a game of pairwise terms each order and its reverse together give the exact shares."""
    pairs = {(0, 1): 2.0, (1, 3): -1.0, (2, 3): 0.5}
    values = np.array([sum(x for (i, j), x in pairs.items() if m >> i & 1 and m >> j & 1) for m in range(16)])
    found = shapley.sampled_shares(4, lambda mask: values[mask : mask + 1], n_pairs=1, seed=9)
    assert np.allclose(found.shares[:, 0], shapley.exact_shares(values))


def test_a_wrong_number_of_coalitions_is_refused():
    """Values of coalitions come in powers of two; too many members are refused with the way out."""
    with pytest.raises(InputError, match=r"2\*\*n coalitions"):
        shapley.exact_shares(np.zeros(5))
    with pytest.raises(InputError, match="sample permutations"):
        shapley.share_weights(17)
