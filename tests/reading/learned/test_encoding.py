"""Sentences and pairs as arrays."""

import numpy as np

from muster.reading.learned.encoding import (
    BEFORE_SENTENCE,
    NEAR,
    NO_MENTION,
    WIDTH,
    encode,
    rows_of,
)
from muster.reading.learned.pairs import find_pairs
from muster.reading.learned.words import Vocabulary
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import read_with
from muster.reading.views import SentenceView

VOCABULARY = Vocabulary(["will", "send"])


def _rows(text: str) -> list:
    views: list[SentenceView] = []
    ruled = read_with(load_lexicon("en"), text, None, views=views)
    return list(rows_of(views, find_pairs(views, ruled)))


def test_a_sentence_stands_behind_the_one_before_it_and_a_gap() -> None:
    """The gap tells the two apart."""
    rows = _rows("Spain waits. Italy will send frigates.")
    batch = encode(rows[-1:], VOCABULARY)
    is_word = batch["is_word"][0]
    assert is_word[:10].tolist() == [1, 1, 1, 0, 1, 1, 1, 1, 1, 0]
    assert batch["is_own"][0, :10].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1, 0]
    assert batch["own"][0, 5] == VOCABULARY.ids("will")[0]


def test_places_count_from_the_nearest_mention() -> None:
    """Left and right differ, far away is one class, the sentence before has its own, no mention too."""
    rows = _rows("Spain waits. Italy will send frigates.")
    row = rows[-1]
    batch = encode([row], VOCABULARY)
    at = [pair.code for pair in row.pairs].index("ITA")
    place = batch["place"][at]
    gap = row.n_before
    assert (place[:gap] == BEFORE_SENTENCE).all()
    mention = gap + 1
    assert len({int(one) for one in place[mention : mention + 5]}) == 5
    assert NEAR[0] <= place[mention] <= NEAR[1]
    spain = [pair.code for pair in row.pairs].index("ESP")
    assert (batch["place"][spain, gap:] == NO_MENTION).all()
    assert batch["is_target"][spain, :gap].sum() == 1


def test_every_pair_stands_with_its_sentence() -> None:
    """None is lost, none stands twice, and each knows its row."""
    rows = _rows("Spain waits. Italy, France, Germany, Greece, Poland, Norway and Japan will send frigates to Britain.")
    numbers = [number for row in rows for number in row.numbers]
    assert sorted(numbers) == list(range(len(numbers)))
    batch = encode(rows, VOCABULARY)
    assert batch["row"].tolist() == [i for i, row in enumerate(rows) for _ in row.pairs]
    assert len(batch["place"]) == len(batch["features"]) == len(numbers)


def test_a_narrower_array_holds_the_same() -> None:
    """Reading uses only the width a document needs; training uses all of it."""
    rows = _rows("Spain waits. Italy will send frigates.")
    wide, narrow = encode(rows, VOCABULARY), encode(rows, VOCABULARY, 12)
    assert wide["own"].shape[1] == WIDTH
    for name in ("own", "is_word", "role"):
        assert np.array_equal(wide[name][:, :12], narrow[name])
    assert np.array_equal(wide["place"][:, :12], narrow["place"])


def test_a_long_sentence_is_cut() -> None:
    """The arrays have a fixed width; what stands behind it is not seen by the network."""
    rows = _rows("Spain will send " + "very " * 100 + "many frigates.")
    assert encode(rows, VOCABULARY)["own"].shape == (len(rows), WIDTH)
