"""The store on both engines: what goes in comes out, twice adds nothing, nothing is overwritten."""

import os
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.rows import FakeClock, make_document, make_statement
from muster.base.errors import InputError, LedgerError, NotFoundError, QuoteError
from muster.ledger.store import Ledger, engine, open_ledger
from muster.ledger.store.rows import MANY_ROWS

AS_OF = date(2026, 5, 1)


def test_what_is_written_is_read_back(ledger: Ledger) -> None:
    """A document and its statements come back equal."""
    document = make_document("Germany refuses to send ships. Spain offers bases.", url="https://x.example/1", title="T")
    statements = (
        make_statement(document, "Germany refuses to send ships"),
        make_statement(
            document, "Spain offers bases", actor="ESP", what="basing", status="pledged", assets=["2 ships"]
        ),
    )
    with ledger.writer() as writer:
        assert writer.add_document(document, origin="wire", letter="B")
        assert writer.add_statements(document.id, statements) == 2
    view = ledger.view(AS_OF)
    assert view.document(document.id) == document
    assert {entry.statement for entry in view.statements()} == set(statements)
    assert view.documents()[0].letter == "B"
    assert view.documents()[0].origin == "wire"


def test_reading_twice_adds_nothing(ledger: Ledger) -> None:
    """The same document and statements again are no new rows."""
    document = make_document()
    with ledger.writer() as writer:
        writer.add_document(document)
        writer.add_statements(document.id, [make_statement(document)])
    before = ledger.view(AS_OF)
    with ledger.writer() as writer:
        assert not writer.add_document(document)
        assert writer.add_statements(document.id, [make_statement(document)]) == 0
    assert ledger.view(AS_OF).known_at == before.known_at


def test_a_false_quote_is_refused_and_nothing_is_kept(ledger: Ledger) -> None:
    """One false quote takes the whole block back."""
    document = make_document()
    other = make_document("Germany agrees to send ships..", number=2)

    def write() -> None:
        with ledger.writer() as writer:
            writer.add_document(document)
            writer.add_statements(document.id, [make_statement(other)])

    with pytest.raises(QuoteError, match="quotes must be verbatim"):
        write()
    assert ledger.view(AS_OF).documents() == ()


def test_a_statement_needs_its_document(ledger: Ledger) -> None:
    """Statements of an unknown document are refused."""
    document = make_document()
    with pytest.raises(NotFoundError, match="not in the ledger"), ledger.writer() as writer:
        writer.add_statements(document.id, [make_statement(document)])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE statement SET actor = 'XXX'",
        "UPDATE statement SET superseded_at = NULL WHERE superseded_at IS NOT NULL",
        "UPDATE statement SET superseded_at = 1 WHERE superseded_at IS NOT NULL",
        "UPDATE statement SET superseded_at = 1, actor = 'XXX' WHERE superseded_at IS NULL",
        "DELETE FROM statement",
        "UPDATE document SET text = 'other'",
        "DELETE FROM document",
        "UPDATE grade SET letter = 'A'",
        "DELETE FROM grade",
        "UPDATE ruling SET reason = 'other'",
        "DELETE FROM ruling",
        "DELETE FROM recording",
        "UPDATE recording SET recorded_at = 1",
    ],
)
def test_the_database_refuses_updates_and_deletes(ledger: Ledger, sql: str) -> None:
    """Triggers refuse every change of content, on both engines."""
    document = make_document()
    with ledger.writer() as writer:
        writer.add_document(document)
        writer.add_statements(document.id, [make_statement(document)])
    with ledger.writer() as writer:
        writer.add_ruling(make_statement(document).id_in(document.id), "accept", reviewer="ann")
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        ledger._engine.connect() as connection,
        connection.begin(),
    ):
        connection.exec_driver_sql(sql)


def test_a_past_view_keeps_the_grade_and_ruling_of_its_time(ledger: Ledger, clock: FakeClock) -> None:
    """Grades, origins and rulings are those known at the view's instant."""
    document = make_document()
    statement = make_statement(document)
    with ledger.writer() as writer:
        writer.add_document(document, letter="D")
        writer.add_statements(document.id, [statement])
    before = ledger.view(AS_OF)
    answer = before.statements()
    clock.move(days=1)
    with ledger.writer() as writer:
        writer.add_document(document, letter="B", origin="wire")
        writer.add_ruling(statement.id_in(document.id), "reject", reviewer="ann", reason="irony")
    assert ledger.view(AS_OF, known_at=before.known_at).statements() == answer == before.statements()
    after = ledger.view(AS_OF)
    assert after.statements() == ()
    (rejected,) = after.statements(include_rejected=True)
    assert (rejected.review, rejected.document.letter, rejected.document.origin) == ("rejected", "B", "wire")


def test_stamps_rise_even_if_the_clock_steps_back(ledger: Ledger, clock: FakeClock) -> None:
    """A clock that steps back gives the next stamp one microsecond after the last."""
    with ledger.writer() as writer:
        writer.add_document(make_document())
        first = writer.recorded_at
    clock.move(days=-3)
    with ledger.writer() as writer:
        writer.add_document(make_document(number=2))
        assert writer.recorded_at > first
    assert ledger.view(AS_OF).known_at > first


def test_a_rejection_needs_a_reason(ledger: Ledger) -> None:
    """Without a reason a rejection is refused."""
    document = make_document()
    with ledger.writer() as writer:
        writer.add_document(document)
        writer.add_statements(document.id, [make_statement(document)])
    with pytest.raises(InputError, match="needs a reason"), ledger.writer() as writer:
        writer.add_ruling(make_statement(document).id_in(document.id), "reject", reviewer="ann")


def test_a_closed_writer_refuses(ledger: Ledger) -> None:
    """A writer is of no use after its block."""
    with ledger.writer() as writer:
        pass
    with pytest.raises(LedgerError, match="closed"):
        writer.add_document(make_document())


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_passing_ledger_can_be_read_while_it_is_written(url: str) -> None:
    """A view inside a writer block sees the state before, and takes nothing of the block back; then all is gone."""
    with open_ledger(url) as ledger:
        folder = Path(str(ledger._engine.url.database)).parent
        with ledger.writer() as writer:
            writer.add_document(make_document())
            assert ledger.view(AS_OF).documents() == ()
            writer.add_document(make_document(number=2))
        assert len(ledger.view(AS_OF).documents()) == 2
        assert folder.is_dir()
    assert not folder.exists()


@pytest.mark.parametrize(
    "odd", ['a "quoted" part', "line\nbreak", "tab\tand, comma", "back\\slash \\N", "end \\.\n\\.\nmark"]
)
def test_many_rows_at_once_keep_every_character(ledger: Ledger, odd: str) -> None:
    """A large batch (PostgreSQL: by COPY) stores the same texts as a small one; what is there already is not new."""
    n_rows = MANY_ROWS + 5
    text = " | ".join(f"{odd} no. {number} é" for number in range(n_rows))
    document = make_document(text)
    statements = [make_statement(document, part) for part in text.split(" | ")]
    with ledger.writer() as writer:
        writer.add_document(document)
        assert writer.add_statements(document.id, statements) == n_rows
    with ledger.writer() as writer:
        assert writer.add_statements(document.id, statements) == 0
    found = ledger.view(date(2030, 1, 1)).statements()
    assert {entry.statement.quote for entry in found} == {item.quote for item in statements}
    assert ledger.verify() == []


@pytest.mark.parametrize("is_folder_writable", [True, False])
def test_a_file_that_cannot_be_written_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_folder_writable: bool
) -> None:
    """A read-only file, in a folder that may be read-only too, gives its views; a writer is refused in one line."""
    path = tmp_path / "ledger.sqlite"
    document = make_document()
    with open_ledger(str(path)) as ledger, ledger.writer() as writer:
        writer.add_document(document)
        writer.add_statements(document.id, [make_statement(document)])

    def access(asked: Path, mode: int) -> bool:
        """Deny as the system would another user (root may write everything)."""
        return mode != os.W_OK or (is_folder_writable and Path(asked) == tmp_path)

    monkeypatch.setattr(engine.os, "access", access)
    before = path.read_bytes()
    with open_ledger(str(path)) as ledger:
        assert ledger.is_read_only
        assert len(ledger.view(AS_OF).statements()) == 1
        with pytest.raises(LedgerError, match="the file is read-only"), ledger.writer() as writer:
            writer.add_document(make_document("More words."))
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir() if not is_folder_writable] in ([], [path.name])
