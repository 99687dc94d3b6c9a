"""The rule reader: quotes, coreference, enumerations, negation, vetoes, development scores."""

import json
from datetime import date
from pathlib import Path

import pytest

from muster.base.document import Document
from muster.base.errors import InputError
from muster.base.statement import Statement
from muster.reading import RuleReader, read_document, read_text
from muster.reading.scoring import score_documents
from shared_data import shared_path

DATA = Path(__file__).parent / "data"
DAY = date(2026, 5, 1)


def _codes(statement: Statement) -> str:
    return " ".join([statement.kind, *statement.fields().values()])


def _read(text: str, day: date = DAY) -> set[str]:
    return {_codes(statement) for statement in read_text(text, day)}


def test_every_quote_is_verbatim_at_its_offsets() -> None:
    """text[start:end] is the quote, whatever marks and accents the text holds."""
    text = "“Türkiye won’t send frigates,” Erdoğan said — naïvely.\nLatvia, Estonia and Kenya pledged two minehunters."
    statements = read_text(text, DAY)
    assert statements
    for statement in statements:
        assert text[statement.start : statement.end] == statement.quote


def test_six_countries_in_one_sentence_give_six_statements() -> None:
    """An enumeration gives one statement each, all with the same quote."""
    text = "Peru, Chile, Kenya, Ghana, Nepal and Fiji pledged frigates for the mission."
    statements = [s for s in read_text(text, DAY) if s.kind == "response"]
    assert {s.actor for s in statements} == {"PER", "CHL", "KEN", "GHA", "NPL", "FJI"}
    assert len({s.quote for s in statements}) == 1


def test_unseen_leader_is_known_by_title_then_by_surname() -> None:
    """A minister introduced by nationality stands for the state later by surname alone after a title."""
    text = "Lithuanian defence minister Jonas Vardauskas spoke first. Minister Vardauskas offered two minehunters."
    assert "response LTU mine_clearance pledged" in _read(text)


def test_pronoun_takes_the_subject_before() -> None:
    """`It` in the next sentence is the state spoken of."""
    assert "response KEN escort refused" in _read("Kenya was asked about the strait. It will not send a frigate.")


def test_office_holder_counts_for_the_office_of_the_day() -> None:
    """Rutte is NATO in 2026 and the Netherlands in 2019."""
    text = "Rutte offered a frigate for the mission in the strait."
    assert "response NATO escort pledged" in _read(text, date(2026, 5, 1))
    assert "response NLD escort pledged" in _read(text, date(2019, 7, 1))


def test_condition_turns_a_pledge_conditional_and_adds_the_caveat() -> None:
    """A conditional response comes with its caveat."""
    read = _read("Chile will send a frigate, but only if parliament approves.")
    assert {"response CHL escort conditional", "caveat CHL parliamentary escort"} <= read


def test_negated_pledge_is_no_pledge() -> None:
    """`will not send` is a refusal and nothing else."""
    read = _read("Chile will not send a frigate to the strait.")
    assert "response CHL escort refused" in read
    assert not any("pledged" in codes for codes in read)


def test_list_of_assets_gives_one_statement_each() -> None:
    """Two minehunters, a supply ship and three jets are three kinds of help."""
    read = _read("Chile has sent two minehunters, a supply ship and three fighter jets to the Gulf.")
    wanted = {f"response CHL {what} deployed" for what in ("mine_clearance", "logistics", "air_defence")}
    assert wanted <= read


def test_assets_are_read_into_responses() -> None:
    """Counts and names of forces stand in `assets`."""
    (statement,) = [s for s in read_text("Britain pledged HMS Dragon for the mission.", DAY) if s.kind == "response"]
    assert statement.assets == ("HMS Dragon",)


def test_history_of_earlier_years_is_not_read() -> None:
    """What happened in a year before the document's own is history."""
    assert _read("In 1987 Chile sent two frigates to the Gulf.") == set()
    assert "response CHL escort deployed" in _read("In 1987 Chile sent two frigates to the Gulf.", date(1987, 9, 1))


def test_history_goes_on_until_the_present_or_the_paragraph_returns() -> None:
    """What follows an earlier year in the past tense is history too; the present tense or a new paragraph ends it."""
    past = "In 1987 the allies hesitated. Chile refused a frigate in July and Peru sent two minehunters."
    assert _read(past) == set()
    assert "response PER escort refused" in _read(past + " Today Peru refuses to send a frigate.")
    assert "response PER escort refused" in _read(past + "\n\nPeru refused to send a frigate.")


def test_a_past_clause_does_not_hide_the_present_one() -> None:
    """Only the clause of the earlier year is history where the sentence goes on in the present."""
    read = _read("Chile, which left the mission in 2009, will not send a frigate.")
    assert read == {"response CHL escort refused"}


def test_questions_and_speculation_are_not_read() -> None:
    """A question asserts nothing; nor do analysts without an actor."""
    assert _read("Will Chile send a frigate to the strait?") == set()
    assert _read("Analysts think Chile will send a frigate to the strait.") == set()


def test_same_fact_twice_counts_once() -> None:
    """The same codes are stated once in a document."""
    text = "Chile will send a frigate to the Gulf. As promised, Chile will send a frigate."
    assert len([s for s in read_text(text, DAY) if s.status == "pledged"]) == 1


def test_reading_twice_is_the_same() -> None:
    """No state is carried from one document to the next."""
    text = "Chile was asked by Washington for a frigate. It refused."
    assert read_text(text, DAY) == read_text(text, DAY)


def test_unknown_language_is_unread_not_read_badly() -> None:
    """A language without a lexicon gives nothing, and `can_read` says so."""
    document = Document(source_id="x", text="Chile sendet eine Fregatte.", language="xx")
    assert not RuleReader().can_read(document)
    assert read_document(document) == ()
    with pytest.raises(InputError, match="no lexicon"):
        read_text("Chile", language="xx")


@pytest.mark.parametrize("text", ["", " \n\n ", "\x00" * 50, "◆ ◇ ● ◆ said ◆ will send frigates", "a" * 20_000])
def test_odd_texts_do_not_stop_the_reader(text: str) -> None:
    """Empty, binary-like and marked-up texts give a result, not an error."""
    assert isinstance(read_text(text, DAY), tuple)


def _scores(folder: Path, name: str) -> tuple[float, float]:
    documents = [json.loads(line) for line in (folder / f"{name}.docs.jsonl").read_text("utf-8").splitlines()]
    gold = [json.loads(line) for line in (folder / f"{name}.gold.jsonl").read_text("utf-8").splitlines()]
    predicted = {}
    for row in documents:
        day = row["published"] if len(row["published"]) == 10 else f"{row['published']}-15"
        predicted[row["id"]] = [s.to_row() for s in read_text(row["text"], date.fromisoformat(day))]
    return tuple(score_documents(gold, predicted, core=core).total.f1 for core in (False, True))


# A floor under each set, a little below what is reached (docs/reading.md): a change that loses accuracy is noticed.
@pytest.mark.parametrize(
    ("name", "strict", "core"),
    [
        ("own", 0.75, 0.75),
        ("heldout", 0.70, 0.80),
        ("blind", 0.68, 0.85),
        ("blind2", 0.75, 0.8),
        ("blind3", 0.75, 0.85),
        ("blind4", 0.72, 0.83),
        ("blind5", 0.58, 0.70),
        ("blind6", 0.68, 0.85),
        ("blind_article", 0.60, 0.70),
        ("blind7", 0.65, 0.80),
        ("blind8", 0.73, 0.79),
        ("blind9", 0.68, 0.77),
        ("blind10", 0.60, 0.68),
        ("restraint1", 0.62, 0.76),
        ("restraint2", 0.5, 0.66),
        ("restraint3", 0.57, 0.64),
        ("restraint4", 0.75, 0.8),
        ("apart1", 0.62, 0.68),
        ("apart2", 0.67, 0.79),
        ("apart3", 0.55, 0.63),
    ],
)
def test_own_digests_keep_their_score(name: str, strict: float, core: float) -> None:
    """The repository's own annotated digests are read at least this well."""
    reached = _scores(DATA, name)
    assert reached[0] >= strict
    assert reached[1] >= core


@pytest.mark.parametrize(
    ("name", "strict", "core"), [("dev", 0.75, 0.85), ("dev-long", 0.60, 0.70), ("founding", 0.6, 0.6)]
)
def test_development_data_keep_their_score(name: str, strict: float, core: float) -> None:
    """The development data are read at the level the goals name."""
    folder = shared_path(f"gold/{name}.docs.jsonl").parent
    reached = _scores(folder, name)
    assert reached[0] >= strict
    assert reached[1] >= core


def test_own_sentences_of_other_wording() -> None:
    """Of 100 single sentences written to vary the wording, at least 82 are read exactly as annotated."""
    rows = [line.split("\t") for line in (DATA / "sentences.tsv").read_text("utf-8").splitlines() if line[0] != "#"]
    exact = 0
    for text, wanted in rows:
        read = {_codes(statement).removeprefix("response ") for statement in read_text(text, date(2026, 6, 1))}
        exact += read == {codes for codes in wanted.split("; ") if codes}
    assert len(rows) == 100
    assert exact >= 82
