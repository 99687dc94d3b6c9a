"""How the gate for documents is trained."""

import json
from pathlib import Path

from muster.reading.concern import WINDOW_WORDS, WordWeights, words_of
from muster.reading.concern_training import Annotated, Window, cut, fit, load_texts, score, windows_of, write

FRIGATES = "Norway will send two frigates."


def test_a_window_states_what_stands_whole_in_it() -> None:
    """A statement in the middle of a long text is in the windows around it, with its full stop, not in the others."""
    text = "Rain fell on the hills. " * 30 + FRIGATES + " Rain fell on the hills." * 30
    start = text.index(FRIGATES)
    windows = cut(text, [(start, start + len(FRIGATES))])
    assert any(states for _, states in windows)
    for words, states in windows:
        assert len(words) <= WINDOW_WORDS
        assert not states or b" ".join(words).count(b"norway will send two frigates") == 1


def test_texts_of_the_field_that_state_nothing_are_not_trained_on() -> None:
    """Only texts with statements and general news give windows."""
    digest = Annotated("digests-01", FRIGATES, ((0, len(FRIGATES)),))
    silent = Annotated("digests-01", "Two frigates lay in port.", ())
    news = Annotated("general-02", "Rain fell on the hills. " * 40, ())
    windows = windows_of([digest, silent, news])
    assert {window.document for window in windows} == {0, 2}
    assert all(window.states == (window.document == 0) for window in windows)


def test_the_fit_tells_the_two_apart() -> None:
    """Words of statements weigh more than words of general news."""
    said, news = words_of(FRIGATES), words_of("Rain fell on the hills.")
    weights, constant = fit([Window(words, words is said, 1.0, i) for i in range(9) for words in (said, news)])
    assert score(weights, said) + constant > 0 > score(weights, news) + constant
    assert weights[b"frigates"] > 0 > weights[b"rain"]


def test_sets_are_loaded_with_their_gold(tmp_path: Path) -> None:
    """Each text comes with the places of its statements, optional ones left out."""
    (tmp_path / "a.docs.jsonl").write_text(json.dumps({"id": "1", "text": FRIGATES}) + "\n", encoding="utf-8")
    gold = {"id": "1", "statements": [{"start": 0, "end": 29}], "optional": [{"start": 0, "end": 6}]}
    (tmp_path / "a.gold.jsonl").write_text(json.dumps(gold) + "\n", encoding="utf-8")
    assert load_texts(tmp_path) == [Annotated("a", FRIGATES, ((0, 29),))]


def test_small_weights_are_not_written(tmp_path: Path) -> None:
    """A word that counts next to nothing is left out; the threshold stands first."""
    path = tmp_path / "concern.tsv"
    assert write(WordWeights({b"ship": 1.25, b"of": 0.001}, -0.5), path) == 1
    assert [line for line in path.read_text().splitlines() if line[0] != "#"] == ["threshold\t-0.50", "ship\t1.25"]
