"""Sentences with words left out: in training no answer may hang on one word of many.

Words that name an actor and words of a quote always stay: without them the answer might be another.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.reading.learned.encoding import WIDTH, Row

# How often a word of the sentence and one of the sentence before it is left out, and in how many of the sentences.
P_LOST, P_LOST_BEFORE, P_TORN = 0.12, 0.15, 0.7

Array = NDArray[Any]


def needed_words(rows: Sequence[Row], quoted: Array) -> Array:
    """Return which words of each row name an actor or are quoted, (S, W).

    Parameters
    ----------
    rows : sequence of Row
    quoted : array, (pairs, kinds, 2)
        The first and last quoted word of each pair of the rows and kind, below zero if there is none (`label_pairs`).
    """
    needed = np.zeros((len(rows), WIDTH), bool)
    end = 0
    for i, row in enumerate(rows):
        start, end = end, end + len(row.pairs)
        needed[i, [k + (k >= row.n_before) for k, role in enumerate(row.roles) if role]] = True
        for first, last in quoted[start:end].reshape(-1, 2):
            if first >= 0:
                needed[i, row.n_before + 1 + first : row.n_before + 2 + last] = True
    return needed


def lose_words(part: dict[str, Array], is_needed: Array, rng: np.random.Generator) -> None:
    """Leave some words of some rows out, as if they were not there; `was_own` keeps which were the sentence's."""
    own = part["was_own"] = part["is_own"]
    is_lost = rng.random(own.shape) < np.where(own > 0, P_LOST, P_LOST_BEFORE)
    is_lost &= (rng.random((len(own), 1)) < P_TORN) & ~is_needed
    part["is_word"] = part["is_word"] * ~is_lost
    part["is_own"] = own * ~is_lost
