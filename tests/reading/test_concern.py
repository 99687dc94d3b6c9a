"""Which texts are read at all: short ones, and longer ones with words of the field."""

import json
from datetime import date
from pathlib import Path

import pytest

from muster.reading.lexicon import languages, load_lexicon
from muster.reading.rules import UNGATED_CHARACTERS, concerns_coalition, read_text
from shared_data import shared_path

ROOT = Path(__file__).parents[2]
DAY = date(2026, 5, 1)
TENNIS = "The Australian offered a handshake and Canada refused to give up the second set. "


def test_text_without_words_of_the_field_is_not_read() -> None:
    """A long report of a match gives no statement, though its cues alone would."""
    assert read_text(TENNIS * 20, DAY) == ()


@pytest.mark.parametrize("words", ["the navy of the coalition", "a blockade and the truce"])
def test_two_different_words_make_a_text_worth_reading(words: str) -> None:
    """Two different words of the field are enough, one said twice is not."""
    lexicon = load_lexicon()
    assert concerns_coalition(lexicon, TENNIS * 20 + words)
    assert not concerns_coalition(lexicon, TENNIS * 20 + "navy, navy")


def test_short_text_is_always_read() -> None:
    """A short text is read whatever its words."""
    assert concerns_coalition(load_lexicon(), "x" * UNGATED_CHARACTERS)


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_language_without_the_list_asks_for_one_word_of_the_field(language: str) -> None:
    """Where no list of the concern stands, one word of the field is enough."""
    lexicon = load_lexicon(language)
    assert concerns_coalition(lexicon, "x " * UNGATED_CHARACTERS + {"de": "Fregatte", "es": "fragata", "fr": "frégate",
                                                                    "it": "fregata"}[language])  # fmt: skip
    assert not concerns_coalition(lexicon, "x " * UNGATED_CHARACTERS)


def test_every_bundled_document_is_read() -> None:
    """No document of the cases or of the tests is dismissed."""
    files = (*ROOT.glob("cases/*/documents/*.jsonl"), *(Path(__file__).parent / "data").glob("*.docs.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    read = [row for row in rows if (row.get("language") or "en")[:2] in languages()]
    assert len(read) > 100
    for row in read:
        assert concerns_coalition(load_lexicon((row.get("language") or "en")[:2]), row["text"]), row["id"]


@pytest.mark.parametrize(("name", "n_words"), [("dev", 3), ("dev-long", 8), ("founding", 8)])
def test_development_texts_have_words_to_spare(name: str, n_words: int) -> None:
    """The longer texts of the development data have more words of the field than are asked for."""
    lexicon = load_lexicon()
    for line in shared_path(f"gold/{name}.docs.jsonl").read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        if len(text) > UNGATED_CHARACTERS:
            assert len({match.group().lower() for match in lexicon.words["concern"].finditer(text)}) >= n_words
