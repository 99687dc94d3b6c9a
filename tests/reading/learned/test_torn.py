"""Words left out in training."""

import numpy as np

from muster.reading.learned.encoding import encode, rows_of
from muster.reading.learned.labels import NOT_QUOTED
from muster.reading.learned.network import QUOTED_KINDS, load_network
from muster.reading.learned.pairs import find_pairs
from muster.reading.learned.torn import lose_words, needed_words
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import read_with
from muster.reading.views import SentenceView

TEXT = "The talks went on all day. After a long night of talks Italy will send two frigates, officials in Rome said."


def test_actors_and_quotes_stay_and_other_words_go() -> None:
    """Over many draws every other word is left out now and then, and the sentence's own are still counted."""
    views: list[SentenceView] = []
    ruled = read_with(load_lexicon("en"), TEXT, None, views=views)
    rows = [row for row in rows_of(views, find_pairs(views, ruled)) if row.n_before]
    quoted = np.full((sum(len(row.pairs) for row in rows), len(QUOTED_KINDS), 2), NOT_QUOTED, np.int32)
    first = rows[0].words[rows[0].n_before :].index("will")
    quoted[0, 0] = first, first + 3
    needed = needed_words(rows, quoted)
    start = rows[0].n_before + 1 + first
    assert needed[0, start : start + 4].all()
    assert needed.sum() == 4 + sum(role > 0 for role in rows[0].roles)

    batch = encode(rows, load_network().vocabulary)
    rng = np.random.default_rng(3)
    n_kept = np.zeros_like(batch["is_word"])
    for _ in range(200):
        part = dict(batch)
        lose_words(part, needed, rng)
        n_kept += part["is_word"]
        assert (part["was_own"] == batch["is_own"]).all()
        assert (part["is_own"] == batch["is_own"] * part["is_word"]).all()
    is_word = batch["is_word"] > 0
    assert (n_kept[is_word & needed] == 200).all()
    assert ((n_kept[is_word & ~needed] > 0) & (n_kept[is_word & ~needed] < 200)).all()
    assert (n_kept[~is_word] == 0).all()
