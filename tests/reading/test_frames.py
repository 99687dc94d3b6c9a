"""Every frame is tested by the example sentences beside it."""

from datetime import date

import pytest

from muster.base.statement import Statement
from muster.reading.lexicon import Frame, languages, load_lexicon
from muster.reading.rules import read_text

DAY = date(2026, 5, 1)
LANGUAGES = languages()


def _codes(statement: Statement) -> str:
    kind = [] if statement.kind == "response" else [statement.kind]
    return " ".join([*kind, *statement.fields().values()])


def _cases(which: str) -> list[object]:
    return [
        pytest.param(language, frame, text, id=f"{language}-{frame.name}-{number}")
        for language in LANGUAGES
        for frame in load_lexicon(language).frames
        for number, text in enumerate(getattr(frame, which))
    ]


@pytest.mark.parametrize(("language", "frame", "example"), _cases("yes"))
def test_frame_reads_its_positive_example(language: str, frame: Frame, example: str) -> None:
    """A positive example gives the statement written behind its arrow, and the frame is its rule."""
    text, _, wanted = example.partition(" => ")
    read = [(_codes(statement), statement.rule) for statement in read_text(text, DAY, language)]
    assert (wanted, frame.name) in read


@pytest.mark.parametrize(("language", "frame", "text"), _cases("no"))
def test_frame_leaves_its_negative_example_alone(language: str, frame: Frame, text: str) -> None:
    """A negative example gives no statement by that frame."""
    assert frame.name not in {statement.rule for statement in read_text(text, DAY, language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_frame_has_examples_of_both_kinds(language: str) -> None:
    """A frame without a positive and a negative example may not be added."""
    bare = [frame.name for frame in load_lexicon(language).frames if not frame.yes or not frame.no]
    assert bare == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_claim_examples(language: str) -> None:
    """Claims are read where a speaker generalises over a group, and not from counts or things."""
    yes, no = load_lexicon(language).claim_examples
    for example in yes:
        text, _, wanted = example.partition(" => ")
        assert wanted in [_codes(statement) for statement in read_text(text, DAY, language)], text
    for text in no:
        assert not [s for s in read_text(text, DAY, language) if s.kind == "claim"], text
