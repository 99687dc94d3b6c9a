"""Documents become stored statements, batch by batch."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.rows import FakeClock, make_statement
from muster.base.case import Case, load_case_file
from muster.base.document import Document
from muster.base.errors import InputError
from muster.base.statement import Statement
from muster.ledger import intake
from muster.ledger.intake import load_documents
from muster.ledger.store import Ledger, open_ledger
from muster.surfaces.cli.ledger import add

AS_OF = date(2026, 5, 1)
CASE = """
[case]
name = "small"
title = "T"
summary = "S"
start = 2026-01-01
as_of = 2026-05-01
lead = "USA"
coalition_lead = "GBR"
[roll]
group = "NATO-MEMBERS"
[[publisher]]
match = "Agency"
letter = "B"
reason = "a wire agency"
"""


class SentenceReader:
    """Reads `refuse` sentences as refusals by Germany; its version decides what it finds."""

    def __init__(self, version: int = 1, word: str = "refuse") -> None:
        self.name = f"sentences/{version}"
        self.word = word

    def read(self, document: Document) -> tuple[Statement, ...]:
        found = [part for part in document.text.split(". ") if self.word in part]
        return tuple(make_statement(document, part, reader=self.name) for part in found)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    path = tmp_path / "case.toml"
    path.write_text(CASE, encoding="utf-8")
    return load_case_file(path)


@pytest.fixture
def small(tmp_path: Path, clock: FakeClock) -> Ledger:
    return open_ledger(str(tmp_path / "intake.sqlite"), clock=clock)


def _file(folder: Path, texts: list[str], name: str = "news.jsonl", publisher: str = "Agency") -> Path:
    path = folder / name
    rows = [
        {"id": f"{name}{n}", "text": text, "publisher": publisher, "published": f"2026-04-{n % 28 + 1:02d}"}
        for n, text in enumerate(texts)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def _texts(n: int) -> list[str]:
    return [
        f"Town {i} saw rain on {i} days. The minister of {i} will refuse ship {i}. That is all {i}" for i in range(n)
    ]


def test_documents_are_graded_read_and_stored(small: Ledger, case: Case, tmp_path: Path) -> None:
    """Each document gets its grade and its statements."""
    report = load_documents(small, case, [_file(tmp_path, _texts(3))], SentenceReader())
    assert (report.n_documents, report.n_statements, report.n_problems) == (3, 3, 0)
    assert {entry.document.letter for entry in small.view(AS_OF).statements()} == {"B"}


def test_adding_twice_adds_nothing(small: Ledger, case: Case, tmp_path: Path) -> None:
    """The second time all is already there, and the known instant does not move."""
    path = _file(tmp_path, _texts(3))
    load_documents(small, case, [path], SentenceReader())
    before = small.view(AS_OF)
    report = load_documents(small, case, [path], SentenceReader())
    assert (report.n_documents, report.n_known_documents, report.n_statements, report.n_known_statements) == (
        0,
        3,
        0,
        3,
    )
    assert small.view(AS_OF).known_at == before.known_at


def test_batches_are_separate_transactions(
    small: Ledger, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress comes batch by batch, and what was told as done is stored."""
    monkeypatch.setattr(intake, "BATCH_DOCUMENTS", 2)
    monkeypatch.setattr(intake, "LOOK_AHEAD", 4)
    stored = []

    def note(n_done: int, n_total: int | None) -> None:
        stored.append((n_done, len(small.view(AS_OF).documents()), n_total))

    load_documents(small, case, [_file(tmp_path, _texts(7))], SentenceReader(), progress=note)
    assert [row[:2] for row in stored][-1] == (7, 7)
    assert all(done == held for done, held, _ in stored)
    assert len(stored) >= 4


def test_a_newer_reader_supersedes_what_it_no_longer_finds(small: Ledger, case: Case, tmp_path: Path) -> None:
    """A mended reader closes its own old rows; a ruling by a person stays; past views keep the old rows."""
    path = _file(tmp_path, _texts(3))
    load_documents(small, case, [path], SentenceReader())
    before = small.view(AS_OF)
    first = before.statements()[0]
    with small.writer() as writer:
        writer.add_ruling(first.id, "accept", reviewer="ann")
    load_documents(small, case, [path], SentenceReader(2, word="no such word"))
    assert [entry.id for entry in small.view(AS_OF).statements()] == [first.id]
    assert len(before.statements()) == 3
    load_documents(small, case, [path], SentenceReader(3))
    assert len(small.view(AS_OF).statements()) == 3


def test_a_copy_of_a_wire_story_becomes_a_witness(small: Ledger, case: Case, tmp_path: Path) -> None:
    """The same words in a reprint are one statement with two documents, also when the reprint comes later."""
    story = " ".join(_texts(12))
    load_documents(small, case, [_file(tmp_path, [story])], SentenceReader())
    n_first = len(small.view(AS_OF).statements())
    report = load_documents(small, case, [_file(tmp_path, [story], "copy.jsonl", "Gazette")], SentenceReader())
    assert (report.n_documents, report.n_statements) == (1, 0)
    view = small.view(AS_OF)
    assert len(view.statements()) == n_first
    (witness,) = view.witnesses(view.statements()[0].id)
    assert witness.document.publisher == "Gazette"
    assert view.entry(witness.id).id == view.statements()[0].id
    assert len({info.origin for info in view.documents()}) == 1


def test_a_false_quote_is_a_problem_and_reading_goes_on(small: Ledger, case: Case, tmp_path: Path) -> None:
    """A reader that invents a quote loses that statement alone."""

    class Inventive(SentenceReader):
        def read(self, document: Document) -> tuple[Statement, ...]:
            true = super().read(document)
            other = Document("x", document.text.replace("refuse", "accept"))
            return (*true, make_statement(other, other.text, reader=self.name))

    problems: list[InputError] = []
    path = _file(tmp_path, _texts(2))
    report = load_documents(small, case, [path], Inventive(), on_problem=problems.append)
    assert report.n_statements == 2
    assert report.n_problems == len(problems) == 2
    assert "verbatim" in str(problems[0])


def test_unreadable_files_are_told_and_passed_over(small: Ledger, case: Case, tmp_path: Path) -> None:
    """A missing path is a problem; the others are read."""
    report = load_documents(small, case, [tmp_path / "missing.txt", _file(tmp_path, _texts(1))], SentenceReader())
    assert (report.n_documents, report.n_problems) == (1, 1)


def test_the_command_adds_and_says_what(tmp_path: Path) -> None:
    """muster add tells what was added, then what was already there; problems and their exit code are clear."""
    ledger = str(tmp_path / "a.sqlite")
    news = tmp_path / "news.jsonl"
    text = "Germany refused on Monday to send warships to the Strait of Hormuz."
    news.write_text(
        json.dumps({"id": "1", "text": text, "published": "2026-04-01", "language": "en"}), encoding="utf-8"
    )
    first = CliRunner().invoke(add, [str(news), "--ledger", ledger])
    assert first.exit_code == 0, first.output
    assert first.output.startswith("1 documents added, 0 already there; ")
    second = CliRunner().invoke(add, [str(news), str(tmp_path / "missing"), "--ledger", ledger])
    assert "0 documents added, 1 already there; 0 statements added" in second.output
    assert "1 could not be used" in second.output
    assert second.exit_code == 0
    nothing = CliRunner().invoke(add, [str(tmp_path / "missing"), "--ledger", ledger])
    assert nothing.exit_code == 2


def test_a_view_needs_an_instant_with_a_zone(small: Ledger) -> None:
    """A naive known_at is refused in words."""
    with pytest.raises(InputError, match="has no time zone"):
        small.view(AS_OF, known_at=datetime(2026, 1, 1))  # noqa: DTZ001


class BreakingReader(SentenceReader):
    """Breaks on documents that hold the word `boom`."""

    def read(self, document: Document) -> tuple[Statement, ...]:
        if "boom" in document.text:
            raise ZeroDivisionError("no such luck")
        return super().read(document)


def test_a_reader_that_breaks_costs_its_document_alone(small: Ledger, case: Case, tmp_path: Path) -> None:
    """The document is told and stored, what was read of it before stays, and the rest goes on."""
    good, bad = "We refuse the escort mission. Good day", "We refuse bases and boom. Bad day"
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(bad)
    load_documents(small, case, [folder], SentenceReader())
    (folder / "b.txt").write_text(good)
    problems: list[InputError] = []
    report = load_documents(small, case, [folder], BreakingReader(2), on_problem=problems.append)

    assert (report.n_documents, report.n_known_documents, report.n_problems) == (1, 1, 1)
    assert "the reader sentences/2 broke on it (ZeroDivisionError: no such luck)" in str(problems[0])
    assert len(small.view(date(2030, 1, 1)).statements()) == 2


def test_portions_of_an_import_find_each_others_copies(
    small: Ledger, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy in a later portion joins the origin of the stored first document; others keep their own."""
    monkeypatch.setattr(intake, "LOOK_AHEAD", 2)
    story = "We refuse the escort mission in the strait, said the minister after the meeting of the cabinet. " * 2
    texts = [story, "Wheat prices rose in the port again on Tuesday, traders said.", "Rain.", story.upper(), "Snow."]
    folder = tmp_path / "news"
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text)
    report = load_documents(small, case, [folder], SentenceReader())

    origins = {info.source_id: info.origin for info in small.view(date(2030, 1, 1)).documents()}
    assert report.n_documents == 5
    assert len(set(origins.values())) == 4
