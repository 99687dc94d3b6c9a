"""Which texts are read at all: short ones, and longer ones with words of the field that may state something."""

import json
import time
from datetime import date
from pathlib import Path

import pytest

from muster.reading.concern import (
    STEP_WORDS,
    UNGATED_CHARACTERS,
    WINDOW_WORDS,
    WordWeights,
    concerns_coalition,
    has_words_of_field,
    load_weights,
    words_of,
)
from muster.reading.lexicon import languages, load_lexicon
from muster.reading.rules import read_text
from shared_data import shared_path

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "training" / "held-out"
DAY = date(2026, 5, 1)
TENNIS = "The Australian offered a handshake and Canada refused to give up the second set. "
ASKED = "Britain asked Norway and Denmark to send minehunters to the strait. Oslo promised one; Copenhagen refused. "


def rows(path: Path) -> list[dict]:
    """Return the rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def stating(stem: Path) -> list[str]:
    """Return the texts of a set that have statements."""
    gold = {row["id"]: row["statements"] for row in rows(stem.with_name(f"{stem.name}.gold.jsonl"))}
    return [row["text"] for row in rows(stem.with_name(f"{stem.name}.docs.jsonl")) if gold[row["id"]]]


def general() -> list[str]:
    """Return pieces of foreign news that state nothing of a coalition, not trained on."""
    return [row["text"] for row in rows(HELD_OUT / "general-2.docs.jsonl")]


def test_text_without_words_of_the_field_is_not_read() -> None:
    """A long report of a match gives no statement, though its cues alone would."""
    assert read_text(TENNIS * 20, DAY) == ()


@pytest.mark.parametrize("words", ["the navy of the coalition", "a blockade and the truce"])
def test_two_different_words_make_a_text_worth_a_look(words: str) -> None:
    """Two different words of the field are enough, one said twice is not."""
    lexicon = load_lexicon()
    assert has_words_of_field(lexicon, TENNIS * 20 + words)
    assert not has_words_of_field(lexicon, TENNIS * 20 + "navy, navy")


def test_short_text_is_always_read() -> None:
    """A short text is read whatever its words."""
    assert concerns_coalition(load_lexicon(), "x" * UNGATED_CHARACTERS)


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_language_without_the_list_asks_for_one_word_of_the_field(language: str) -> None:
    """Where no list of the concern stands, one word of the field is enough and no window is weighed."""
    lexicon = load_lexicon(language)
    assert concerns_coalition(lexicon, "x " * UNGATED_CHARACTERS + {"de": "Fregatte", "es": "fragata", "fr": "frégate",
                                                                    "it": "fregata"}[language])  # fmt: skip
    assert not concerns_coalition(lexicon, "x " * UNGATED_CHARACTERS)


def test_every_bundled_document_is_read() -> None:
    """No document of the cases or of the tests is dismissed."""
    files = (*ROOT.glob("cases/*/documents/*.jsonl"), *(Path(__file__).parent / "data").glob("*.docs.jsonl"))
    read = [row for file in files for row in rows(file) if (row.get("language") or "en")[:2] in languages()]
    assert len(read) > 100
    for row in read:
        assert concerns_coalition(load_lexicon((row.get("language") or "en")[:2]), row["text"]), row["id"]


@pytest.mark.parametrize(("name", "n_words"), [("dev", 3), ("dev-long", 8), ("founding", 8)])
def test_development_texts_have_words_to_spare(name: str, n_words: int) -> None:
    """The longer texts of the development data have more words of the field than are asked for, and are read."""
    lexicon = load_lexicon()
    for row in rows(shared_path(f"gold/{name}.docs.jsonl")):
        if len(row["text"]) > UNGATED_CHARACTERS:
            assert len({match.group().lower() for match in lexicon.words["concern"].finditer(row["text"])}) >= n_words
            assert concerns_coalition(lexicon, row["text"])


@pytest.mark.parametrize("stem", sorted(HELD_OUT.glob("articles*.docs.jsonl")), ids=lambda path: path.name)
def test_every_article_not_trained_on_is_read(stem: Path) -> None:
    """No article with statements is dismissed."""
    texts = stating(stem.with_name(stem.name.removesuffix(".docs.jsonl")))
    assert texts
    assert all(concerns_coalition(load_lexicon(), text) for text in texts)


@pytest.mark.parametrize("stem", sorted(HELD_OUT.glob("digests*.docs.jsonl")), ids=lambda path: path.name)
def test_one_relevant_paragraph_keeps_a_long_text(stem: Path) -> None:
    """A digest with statements between two pieces of general news is kept, as those alone seldom are."""
    lexicon, news = load_lexicon(), general()
    texts = stating(stem.with_name(stem.name.removesuffix(".docs.jsonl")))
    kept = [
        concerns_coalition(lexicon, f"{news[i % len(news)]}\n\n{text}\n\n{news[(i + 7) % len(news)]}")
        for i, text in enumerate(texts)
        if has_words_of_field(lexicon, f"{text} {news[i % len(news)]}")
    ]
    assert len(kept) >= len(texts) * 0.95
    assert sum(kept) >= len(kept) * 0.995


def test_general_news_is_mostly_dismissed() -> None:
    """Two thirds of the foreign news that states nothing are not read, though none was trained on."""
    dismissed = [text for text in general() if not concerns_coalition(load_lexicon(), text)]
    assert len(dismissed) >= len(general()) * 2 / 3
    assert all(read_text(text, DAY) == () for text in dismissed)


def test_the_paragraph_is_found_wherever_it_stands() -> None:
    """Before, in the middle of or behind a hundred sentences of general news; these alone are dismissed."""
    lexicon = load_lexicon()
    news = next(
        text for text in general() if has_words_of_field(lexicon, text) and not concerns_coalition(lexicon, text)
    )
    assert not concerns_coalition(lexicon, f"{news}\n\n" * 10)
    for n_before in range(11):
        assert concerns_coalition(lexicon, f"{news}\n\n" * n_before + ASKED * 2 + f"\n\n{news}" * (10 - n_before))


def test_a_window_holds_the_words_it_says() -> None:
    """The best sum is that of the window, the last words are in one, and words are told from accents and signs."""
    weights = WordWeights({b"ship": 1.0}, 0.5)
    assert weights.best("ship " * 200) == WINDOW_WORDS
    assert weights.best("x " * (WINDOW_WORDS + STEP_WORDS + 3) + "Ship") == 1.0
    assert weights.best("") == 0.0
    assert words_of("The SHIP's café—ship") == [b"the", b"ship", b"s", b"caf", b"ship"]


def test_weights_are_small_and_plain() -> None:
    """The data file has one weight a word."""
    weights = load_weights()
    assert 1000 < len(weights.weights) < 20_000
    assert all(word.isalpha() and word == word.lower() for word in weights.weights)


def test_time_grows_with_length_only() -> None:
    """Sixteen times the text takes sixteen times as long, not 256 times; half of that is allowed for noise."""
    weights, text = load_weights(), " ".join(general())

    def taken(n: int) -> float:
        begun = time.process_time()
        weights.best(text * n)
        return time.process_time() - begun

    assert min(taken(160) for _ in range(3)) < 128 * min(taken(10) for _ in range(3))
