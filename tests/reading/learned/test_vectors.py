"""Vectors of common words."""

import numpy as np
import pytest

from muster.reading.learned.vectors import LENGTH, N_COMPONENTS, condense, vector_rows, vector_table


def test_words_of_like_use_have_like_vectors() -> None:
    """Which is why a word unknown to the network can be read."""
    rows, table = vector_rows(), vector_table()

    def likeness(a: str, b: str) -> float:
        return float(table[rows[a]] @ table[rows[b]]) / LENGTH**2

    assert likeness("frigate", "destroyer") > 0.6
    assert likeness("frigate", "cheese") < 0.3


def test_row_zero_is_for_words_without_a_vector() -> None:
    """All others have one length."""
    table = vector_table()
    assert table.shape == (1 + len(vector_rows()), N_COMPONENTS)
    assert not table[0].any()
    assert np.linalg.norm(table[1:], axis=1) == pytest.approx(np.full(len(table) - 1, LENGTH), rel=1e-4)


def test_only_words_and_signs_are_taken_the_most_frequent_first() -> None:
    """Numbers, upper case and other scripts have no place; what is behind the components is cut."""
    vector = [1.0] + [0.0] * N_COMPONENTS
    told = {
        "words": ["the", "1990", ",", "Être", "ship"],
        "vectors": dict.fromkeys(("the", "1990", ",", "Être", "ship"), vector),
    }
    words, table = condense(told)
    assert words == ["the", ",", "ship"]
    assert table.shape == (3, N_COMPONENTS)
    assert table[0, 0] == 127
