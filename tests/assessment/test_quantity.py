"""Quantifiers are sets of counts; thresholds are published and can be set by a case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.assessment.quantity import THRESHOLDS, Quantity, counted_quantity, named_quantity, thresholds_of
from muster.base.errors import CaseError


@pytest.mark.parametrize(
    ("name", "n", "allowed"),
    [
        ("all", 31, (31, 31)), ("nearly_all", 31, (28, 31)), ("nearly_all", 10, (9, 10)), ("most", 30, (16, 30)),
        ("most", 31, (16, 31)), ("half", 30, (15, 30)), ("many", 30, (10, 30)), ("some", 31, (1, 31)),
        ("few", 31, (0, 6)), ("few", 10, (0, 2)), ("hardly_any", 31, (0, 3)), ("none", 31, (0, 0)),
        ("large_majority", 30, (20, 30)), ("several", 31, (3, 31)),
    ],
)  # fmt: skip
def test_named_quantifiers_are_counts(name: str, n: int, allowed: tuple[int, int]) -> None:
    """Shares become heads without rounding in anybody's favour: 28 of 31 is 0.903, 27 is 0.871."""
    assert named_quantity(name).allowed(n) == allowed


@pytest.mark.parametrize(
    ("name", "number", "allowed"),
    [
        ("at_least", 22, (22, 31)), ("more_than", 22, (23, 31)), ("exactly", 22, (22, 22)), ("all_but", 2, (29, 29)),
        ("only", 3, (3, 3)), ("at_most", 3, (0, 3)), ("fewer_than", 3, (0, 2)), ("percent", 0.9, (28, 31)),
    ],
)  # fmt: skip
def test_numbers_are_counts(name: str, number: float, allowed: tuple[int, int]) -> None:
    """N of M, at least N, all but N."""
    assert counted_quantity(name, number).allowed(31) == allowed


def test_denial_turns_a_floor_into_a_ceiling() -> None:
    """Not all: at most all but one; not few: more than the ceiling of few."""
    assert named_quantity("all").negated().allowed(31) == (0, 30)
    assert named_quantity("few").negated().allowed(31) == (7, 31)
    assert named_quantity("all").negated().is_upper
    assert not named_quantity("few").negated().is_upper


@given(st.sampled_from(sorted(THRESHOLDS)), st.integers(1, 200), st.integers(0, 200))
def test_a_sentence_and_its_denial_never_both_hold(name: str, n: int, count: int) -> None:
    """Every count of 0..n belongs to exactly one of the two."""
    count = min(count, n)
    quantity = named_quantity(name)

    def holds(which: Quantity) -> bool:
        low, high = which.allowed(n)
        return low <= count <= high

    assert holds(quantity) != holds(quantity.negated())


def test_a_case_sets_its_own_thresholds() -> None:
    """Only known names, only shares."""
    assert thresholds_of({"thresholds": {"nearly_all": 0.95}})["nearly_all"] == 0.95
    assert thresholds_of({})["most"] == 0.5
    with pytest.raises(CaseError, match="loads is not known"):
        thresholds_of({"thresholds": {"loads": 0.4}})
    with pytest.raises(CaseError, match="most = 60; a share from 0 to 1"):
        thresholds_of({"thresholds": {"most": 60}})
