"""Search finds words, beginnings and phrases on both engines; what is typed is never syntax."""

import sqlite3
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ledger.rows import FakeClock
from muster.base.document import Document
from muster.ledger.store import Ledger, open_ledger
from muster.ledger.store.engine import make_engine, parse_url
from muster.ledger.store.opening import _lock, _upgrade
from muster.ledger.store.searching import match_text, parse_terms

DAY = date(2026, 6, 1)


def _document(name: str, text: str, day: int | None = 1, **more: str) -> Document:
    return Document(name, text, published=date(2026, 5, day) if day else None, **more)


DOCUMENTS = (
    _document("a", "Spain refuses bases; air-defence crews stay.", 3, title="Madrid's answer", publisher="El Diario"),
    _document("b", "Türkiye will host mine-clearance talks for CONVOYS.", 5),
    _document("c", "The clearance of a mine takes a convoy three days.", 4),
    _document("d", "ホルムズ海峡の安全について協議した。", 2),
    _document("e", "An undated note on a convoy.", None),
)


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Return a ledger with a few documents."""
    with ledger.writer() as writer:
        writer.add_documents([(document, "", "C", "") for document in DOCUMENTS])
    return ledger


def _found(ledger: Ledger, words: str, as_of: date = DAY, limit: int = 50, offset: int = 0) -> list[str]:
    return [info.source_id for info in ledger.view(as_of).search_documents(words, limit=limit, offset=offset)]


EXPECTED = {
    "convoy": "ce", "convoy*": "bce", "CONVOY clearance": "c", "turkiye": "b", "Türkiye": "b", '"mine clearance"': "b",
    "mine clearance": "bc", "mine-clearance": "b", "air-defence": "a", "defence": "a", "madrid": "a", "diario": "a",
    "海峡": "d", "海峡 convoy": "", "nothing": "", "???": "", "": "bcade", "  ": "bcade",
}  # fmt: skip


def test_search_finds_words_beginnings_and_phrases(filled: Ledger) -> None:
    """All words must be there; the newest document first, undated ones last; the same on both engines."""
    assert {words: "".join(_found(filled, words)) for words in EXPECTED} == EXPECTED


def test_search_keeps_both_clocks(filled: Ledger, clock: FakeClock) -> None:
    """A document published later, or recorded later, is not found by the earlier view."""
    before = filled.view(DAY)
    with filled.writer() as writer:
        writer.add_document(_document("late", "Another convoy.", 9))

    assert _found(filled, "convoy", date(2026, 5, 4)) == ["c", "e"]
    assert _found(filled, "convoy") == ["late", "c", "e"]
    assert [info.source_id for info in before.search_documents("convoy", limit=9)] == ["c", "e"]
    assert _found(filled, "convoy*", limit=2, offset=1) == ["b", "c"]


HOSTILE = [
    '"', '""', "*", "a OR b", "NEAR(a b, 2)", "text: x", "{title} : x", "-convoy", "^convoy", "convoy AND", "(",
    "'; DROP TABLE document; --", "a <-> b", "!convoy", "a & | b", ":*", "\\", "%", "_", "\x00", "x" * 5000, "😀",
    "convoy* *", '"convoy', "a:b*c", "\ud800", "1e5", "3rd", "e\u0301te\u0301",
]  # fmt: skip


def test_hostile_queries_are_words_only(filled: Ledger) -> None:
    """Nothing that a reader types is an error or syntax of the index."""
    for words in HOSTILE:
        assert set(_found(filled, words)) <= {"a", "b", "c", "d", "e"}, words
    assert _found(filled, "convoy OR madrid") == []
    assert len(_found(filled, "")) == len(DOCUMENTS)


@given(st.text(max_size=60))
def test_a_query_holds_letters_and_figures_only(query: str) -> None:
    """Whatever is typed, SQLite's own parser takes the query that is made of it."""
    terms = parse_terms(query)
    assert all(word.isalnum() for term in terms for word in term.words)
    whole = [term for term in terms if not term.is_part]
    if whole:
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        connection.execute("SELECT * FROM t WHERE t MATCH ?", [match_text(whole, "sqlite")]).fetchall()
        connection.close()


def test_an_older_ledger_can_be_searched_after_its_upgrade(ledger_url: str, clock: FakeClock) -> None:
    """Documents recorded under version 0002 are found, beside those recorded after."""
    engine = make_engine(parse_url(ledger_url))
    with engine.connect() as connection:
        _lock(connection)
        _upgrade(connection, "0002")
        connection.execute(sa.text("INSERT INTO recording VALUES (1, 'write', 3, 0, 0, NULL)"))
        for number, document in enumerate(DOCUMENTS[:3], 1):
            row = {"id": document.id, "s": document.source_id, "t": document.text, "p": str(document.published)}
            connection.execute(
                sa.text(
                    "INSERT INTO document (id, source_id, text, url, publisher, title, published, language, is_digest, "
                    "recorded_at) VALUES (:id, :s, :t, '', '', '', CAST(:p AS DATE), 'en', false, 1)"
                    if engine.dialect.name == "postgresql"
                    else "INSERT INTO document VALUES (:id, :s, :t, '', '', '', :p, 'en', NULL, 0, 1)"
                ),
                row,
            )
            connection.execute(
                sa.text("INSERT INTO grade VALUES (:n, :id, 'o', 'B', '', 1, NULL)"), {"n": number, "id": document.id}
            )
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT setval('grade_seq_seq', 10)")
        connection.commit()
    engine.dispose()
    with open_ledger(ledger_url, clock=clock) as ledger:
        with ledger.writer() as writer:
            writer.add_document(_document("new", "A convoy on the same day.", 4))
        assert _found(ledger, "convoy") == ["new", "c"]
        assert _found(ledger, "turkiye") == ["b"]


def test_sources_lead_to_their_documents(filled: Ledger) -> None:
    """Documents are found by the ids that their sources gave them, within both clocks."""
    view = filled.view(date(2026, 5, 4))
    assert [info.source_id for info in view.documents_of_sources({"a", "b", "c", "zz"})] == ["a", "c"]
    assert view.documents_of_sources(()) == ()
