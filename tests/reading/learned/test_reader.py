"""The reader by rules and network: what it must keep whatever it was trained on."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from muster.base.document import Document
from muster.documents import read_documents
from muster.reading import LearnedReader, RuleReader, open_reader
from muster.reading.learned import reader as learned_reader
from muster.reading.learned.pairs import find_pairs
from muster.reading.learned.weigh import MAX_QUOTE
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import read_with
from muster.reading.scoring import score_documents
from muster.reading.views import SentenceView

MIN_CONFIDENCE = 0.35  # below it a statement does not count in the roll (`muster.assessment.weight`)
HELD_OUT = Path(__file__).parents[3] / "training" / "held-out"
UNSEEN = ("digests", "digests-2", "digests-3", "articles", "articles-2", "articles-3", "articles-4")


def _documents(name: str) -> list[Document]:
    def fail(problem: Exception) -> None:
        raise problem

    return list(read_documents([HELD_OUT / f"{name}.docs.jsonl"], on_problem=fail))


def _gold(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HELD_OUT / f"{name}.gold.jsonl").read_text(encoding="utf-8").splitlines()]


def _f1(name: str, reader: LearnedReader | RuleReader, *, core: bool) -> float:
    predicted = {one.source_id: [found.to_row() for found in reader.read(one)] for one in _documents(name)}
    return score_documents(_gold(name), predicted, core=core).total.f1


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.parametrize("core", [False, True])
def test_it_reads_unseen_text_better_than_the_rules(name: str, core: bool) -> None:
    """On texts that neither was made from, by at least three points of F1."""
    assert _f1(name, LearnedReader(), core=core) > _f1(name, RuleReader(), core=core) + 0.03


def test_held_out_texts_are_not_trained_on() -> None:
    """None of them stands among the training texts."""
    held = {one.text for name in (*UNSEEN, "general") for one in _documents(name)}
    trained = {
        json.loads(line)["text"]
        for path in HELD_OUT.parent.glob("*.docs.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert trained
    assert not held & trained


def test_every_quote_is_verbatim_and_every_confidence_a_probability() -> None:
    """Whoever made the statement."""
    reader = LearnedReader()
    for document in _documents("digests")[:40]:
        for one in reader.read(document):
            one.check_quote(document.text)
            assert 0 <= one.confidence <= 1
            assert one.rule


def test_no_fact_is_stated_twice() -> None:
    """One statement for each set of codes in a document."""
    reader = LearnedReader()
    for document in _documents("articles"):
        keys = [(one.kind, *one.fields().values()) for one in reader.read(document)]
        assert len(keys) == len(set(keys))


def test_reading_again_gives_the_same() -> None:
    """No order of documents, no hidden state."""
    documents = _documents("digests")[:12]
    first = [open_reader().read(one) for one in documents]
    reader = open_reader()
    again = [reader.read(one) for one in reversed(documents)]
    assert first == again[::-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "France has deployed two frigates to the Gulf but refuses to clear mines.",
            {("FRA", "escort", "deployed"), ("FRA", "mine_clearance", "refused")},
        ),
        (
            "Japan refused to send warships but pledged 500 million dollars for the mission.",
            {("JPN", "escort", "refused"), ("JPN", "funding", "pledged")},
        ),
        (
            "Greece opened Souda Bay to the allies and is considering whether to send a frigate.",
            {("GRC", "basing", "authorised"), ("GRC", "escort", "considering")},
        ),
    ],
)
def test_two_answers_of_one_state_in_a_sentence_are_not_mixed_up(text: str, expected: set[tuple[str, ...]]) -> None:
    """What is refused and what is given goes with its own status."""
    found = {(one.actor, one.what, one.status) for one in LearnedReader().read_text(text) if one.kind == "response"}
    assert found == expected


def test_general_news_gives_few_statements() -> None:
    """Of 100 texts on trade, sport and wars elsewhere that state nothing: less that counts than the rules give."""
    documents = _documents("general")
    n_learned, n_ruled = (
        sum(one.confidence >= MIN_CONFIDENCE for document in documents for one in reader.read(document))
        for reader in (LearnedReader(), RuleReader())
    )
    assert n_learned < n_ruled


def test_time_grows_with_the_length_of_a_text() -> None:
    """Sentences are looked at a bounded number of times, however long the document."""
    calls = 0

    class Counted(tuple):  # noqa: SLOT001 - only its length of iterations matters
        def __iter__(self):
            nonlocal calls
            calls += 1
            return super().__iter__()

    views: list[SentenceView] = []
    read_with(
        load_lexicon("en"), "Spain will send frigates to the Gulf mission. " + "Rain fell. " * 400, None, views=views
    )
    find_pairs([view._replace(objects=Counted(view.objects)) for view in views], ())
    assert calls <= 12 * len(views)


def test_a_sentence_too_long_to_be_one_is_no_quote() -> None:
    """A transcript without full stops would be quoted whole."""
    text = "Spain will send frigates to the mission in the Gulf and " + "many more words were said and " * 60 + "ended."
    assert all(len(one.quote) <= MAX_QUOTE for one in LearnedReader().read_text(text) if "learned" in one.rule)


def test_half_a_character_is_read_over() -> None:
    """A lone surrogate, as broken JSON brings it."""
    assert LearnedReader().read_text("Spain \ud83d will send two frigates to the mission in the Gulf.")


def test_other_languages_are_left_to_the_rules() -> None:
    """The network has seen English only."""
    text = "Deutschland wird das Minenjagdboot Fulda entsenden."
    document = Document(text=text, source_id="de", language="de", published=date(2026, 5, 1))
    assert LearnedReader().read(document) == RuleReader().read(document) != ()


@pytest.mark.parametrize("text", ["", " ", "No state is named here.", "?!", "◆ ◇ ●", "Spain" * 50])
def test_text_with_nothing_to_read_gives_nothing(text: str) -> None:
    """Nor an error."""
    assert LearnedReader().read_text(text) == ()


def test_long_lists_of_states_are_read_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded by pairs, not only by sentences."""
    reader = LearnedReader()
    sizes: list[int] = []
    answer = type(reader.network).answer

    def noted(network: Any, batch: dict[str, Any]) -> Any:
        sizes.append(len(batch["row"]))
        return answer(network, batch)

    monkeypatch.setattr(type(reader.network), "answer", noted)
    states = "Spain, Italy, France, Germany, Greece, Poland, Norway, Japan, India, Brazil, Canada, Chile and Kenya"
    reader.read_text(" ".join(f"{states} will send {n} frigates to the Gulf." for n in range(2, 70)))
    assert sum(sizes) > 512
    assert max(sizes) <= 512


def test_how_sentences_are_put_together_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are answered by length, the answers go back to their sentences."""
    documents = _documents("articles")[:2]
    read = [LearnedReader().read(document) for document in documents]
    assert all(read)
    monkeypatch.setattr(learned_reader, "_ENOUGH_ROWS", 1)
    monkeypatch.setattr(learned_reader, "_MOST_LONGER", 1.05)
    again = [LearnedReader().read(document) for document in documents]
    for one, other in zip(read, again, strict=True):
        assert [(s.to_row() | {"confidence": 0}) for s in one] == [(s.to_row() | {"confidence": 0}) for s in other]
