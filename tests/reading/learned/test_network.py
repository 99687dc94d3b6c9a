"""The network's arithmetic."""

import numpy as np
import pytest

from muster.base.scheme import STATUSES, WHATS
from muster.reading.learned.encoding import encode, rows_of
from muster.reading.learned.network import (
    HEADS,
    ONE_OF,
    P_SETTLED,
    Network,
    _likeliest,
    _loop,
    forward_all,
    load_network,
)
from muster.reading.learned.pairs import find_pairs
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import read_with
from muster.reading.views import SentenceView

TEXT = "Spain waits. Italy will send two frigates, but only once parliament has agreed, Rome said."


def _encoded(text: str) -> dict[str, np.ndarray]:
    views: list[SentenceView] = []
    ruled = read_with(load_lexicon("en"), text, None, views=views)
    return encode(list(rows_of(views, find_pairs(views, ruled))), load_network().vocabulary)


@pytest.fixture(name="batch")
def _batch() -> dict[str, np.ndarray]:
    return _encoded(TEXT)


def test_every_head_answers_every_pair_with_probabilities(batch: dict[str, np.ndarray]) -> None:
    """One-of heads add up to one, the others are each within 0 and 1."""
    answers = load_network().answer(batch)
    n = len(batch["features"])
    for name, size in HEADS.items():
        by_what = (n, len(WHATS), len(STATUSES))
        assert answers[name].shape == (by_what if name == "status_of_what" else (n, size))
        assert ((answers[name] >= 0) & (answers[name] <= 1)).all()
        if name in ONE_OF:
            assert answers[name].sum(axis=-1) == pytest.approx(np.ones(answers[name].shape[:-1]), abs=1e-5)


def test_words_worked_out_once_give_what_they_give_in_training(batch: dict[str, np.ndarray]) -> None:
    """Reading works out each distinct word once, training every word with something dropped: here nothing is."""
    weights = load_network().weights
    once = forward_all(np, weights, batch)
    each = forward_all(np, weights, batch, _loop, lambda _, array: array)
    for one, other in zip(once, each, strict=True):
        for name in HEADS:
            assert one[name] == pytest.approx(other[name], abs=1e-4)


def test_a_sentence_is_answered_alike_alone_and_among_others(batch: dict[str, np.ndarray]) -> None:
    """How documents are cut into batches changes nothing beyond rounding (and what rounding settles or leaves open)."""
    network = load_network()
    together = network.answer(batch)
    last = len(batch["own"]) - 1
    is_last = batch["row"] == last
    alone = network.answer({
        name: value[is_last] * (name != "row") if len(value) == len(batch["row"]) else value[-1:]
        for name, value in batch.items()
    })  # fmt: skip
    for name in HEADS:
        assert alone[name] == pytest.approx(together[name][is_last], abs=1e-5)


def test_only_what_the_first_network_leaves_open_is_asked_of_the_others() -> None:
    """A settled pair keeps the first network's answers whatever another says, an open one has the mean."""
    batch = _encoded("The weather was fine in Brussels. " + TEXT)
    network = load_network()
    first = network.weights[0]
    other = {**first, "heads_0": first["heads_0"] + 2.0}
    alone = Network((first,), network.vocabulary, "").answer(batch)
    second = Network((other,), network.vocabulary, "").answer(batch)
    both = Network((first, other), network.vocabulary, "").answer(batch)
    is_open = _likeliest(alone) >= P_SETTLED
    assert 0 < is_open.sum() < len(is_open)
    assert batch["row"][is_open].min() > 0  # so that rows are numbered anew
    for name in HEADS:
        assert both[name][~is_open] == pytest.approx(alone[name][~is_open], abs=1e-6)
        mean = (alone[name] + second[name])[is_open] / 2
        assert both[name][is_open] == pytest.approx(mean, abs=1e-5)


def test_no_score_is_too_large(batch: dict[str, np.ndarray]) -> None:
    """Probabilities, not warnings, whatever the scores."""
    network = load_network()
    for sign in (-1000.0, 1000.0):
        extreme = {**network.weights[0], "heads_0": np.full_like(network.weights[0]["heads_0"], sign)}
        answers = Network((extreme,), network.vocabulary, "").answer(batch)
        assert all(np.isfinite(value).all() for value in answers.values())


def test_words_change_the_answers(batch: dict[str, np.ndarray]) -> None:
    """The network looks at the words, not only at what the rules told it."""
    network = load_network()
    blank = {**batch, "own": np.ones_like(batch["own"]), "vector": np.zeros_like(batch["vector"])}
    assert not np.allclose(network.answer(batch)["response"], network.answer(blank)["response"], atol=0.01)
