"""Bare verbs: tense, modality, negation and voice give the status, the same way for every verb."""

from datetime import date

import pytest

from muster.reading import read_text

DAY = date(2026, 5, 1)


def _read(text: str) -> set[str]:
    return {" ".join(s.fields().values()) for s in read_text(text, DAY) if s.kind == "response"}


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("lends two minehunters to", "delivered"),
        ("has lent two minehunters to", "delivered"),
        ("is lending two minehunters to", "delivered"),
        ("will lend two minehunters to", "pledged"),
        ("is to lend two minehunters to", "pledged"),
        ("has promised to lend two minehunters to", "pledged"),
        ("might lend two minehunters to", "considering"),
        ("is thinking of lending two minehunters to", "considering"),
        ("would never lend two minehunters to", "refused"),
        ("refuses to lend two minehunters to", "refused"),
        ("has ruled out lending two minehunters to", "refused"),
    ],
)
def test_what_stands_before_the_verb_gives_the_status(verb: str, status: str) -> None:
    """One verb in eleven tenses and moods has the statuses of eleven sentences."""
    assert _read(f"Chile {verb} the mission.") == {f"CHL mine_clearance {status}"}


@pytest.mark.parametrize(
    "text",
    [
        "Chile should lend two minehunters.",
        "Washington asked whether Chile lends minehunters.",
        "Nobody knows how Chile could have lent two minehunters.",
        "Washington urged Chile to lend two minehunters.",
    ],
)
def test_what_is_not_asserted_of_the_actor_is_no_response(text: str) -> None:
    """Wishes, questions and requests say nothing of what the actor does."""
    assert not any(code.startswith("CHL") for code in _read(text))


def test_giver_of_a_passive_stands_behind_by() -> None:
    """Two minehunters lent by Chile are Chile's."""
    assert _read("Two minehunters have been lent to the mission by Chile.") == {"CHL mine_clearance delivered"}


def test_speaker_behind_the_sentence_is_its_subject_where_it_names_none() -> None:
    """A refusal without a subject is the speaker's, not that of whom the document told before."""
    read = _read("Peru has sent a frigate. A destroyer is not on offer, the Chilean minister said.")
    assert read == {"PER escort deployed", "CHL escort refused"}
