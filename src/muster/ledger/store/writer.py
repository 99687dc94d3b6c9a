"""The writing door: one transaction per writer block, all of it stamped with one instant.

Invariants: a writer holds the ledger's write lock from its first line to its commit, so stamps rise in the order of
commits; a stamp is later than every earlier one even if the clock steps back (then by one microsecond).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from muster.base.clock import Clock
from muster.base.document import Document
from muster.base.errors import InputError, LedgerError, NotFoundError
from muster.base.ids import content_id
from muster.base.scheme import FIELDS
from muster.base.statement import Statement
from muster.ledger.store import schema
from muster.ledger.store.instants import from_micros, to_micros
from muster.ledger.store.rows import append_rows

_VERSION = [column.name for column in schema.statement.columns if column.name != "seq"]
_LETTERS = "ABCDEF"


class Writer:
    """Appends to a ledger inside one transaction; made by `Ledger.writer()`."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        head = connection.execute(sa.select(sa.func.max(schema.recording.c.recorded_at))).scalar() or 0
        self.stamp = max(to_micros(clock()), head + 1)
        self.recorded_at = from_micros(self.stamp)
        self.n_documents = self.n_statements = self.n_rulings = self.n_other = 0
        self._read: dict[str, tuple[str, str | None, str]] = {}  # document id -> text, published, origin
        self._is_open = True

    # -- documents ------------------------------------------------------------------------------------------------

    def add_document(self, document: Document, *, origin: str = "", letter: str = "F", reason: str = "") -> bool:
        """Append a document with its origin and grade; return False if it is already there.

        A document that is there with another origin or letter gets a new grade version.
        """
        return self.add_documents([(document, origin, letter, reason)]) == 1

    def add_documents(self, rows: Iterable[tuple[Document, str, str, str]]) -> int:
        """Append (document, origin, letter, reason) rows; return how many documents were new."""
        self._check_open()
        batch = {document.id: (document, origin, letter, reason) for document, origin, letter, reason in rows}
        for document, _origin, letter, _reason in batch.values():
            _check_text(document)
            if letter not in _LETTERS or len(letter) != 1:
                raise InputError(f"document {document.source_id}: letter {letter!r} is not one of A B C D E F")
        live = self._live_grades(batch)
        fresh = {key: row for key, row in batch.items() if key not in live}
        documents = [_document_row(key, row[0], self.stamp) for key, row in fresh.items()]
        n_new = append_rows(self._connection, schema.document, documents)
        grades = [(key, row[1] or key, row[2], row[3], self.stamp, None) for key, row in fresh.items()]
        append_rows(self._connection, schema.grade, grades)
        for key, row in fresh.items():
            day = row[0].published
            self._read[key] = (row[0].text, day.isoformat() if day else None, row[1] or key)
        for key, (origin, letter) in live.items():
            row = batch[key]
            if (row[1] or origin, row[2]) != (origin, letter):
                self._regrade(key, row[1] or origin, row[2], row[3])
        self.n_documents += n_new
        return n_new

    def _live_grades(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        grade = schema.grade.c
        found: dict[str, tuple[str, str]] = {}
        for part in _parts(list(ids)):
            query = sa.select(grade.document_id, grade.origin, grade.letter).where(
                grade.document_id.in_(part), grade.superseded_at.is_(None)
            )
            found |= {row[0]: (row[1], row[2]) for row in self._connection.execute(query)}
        return found

    def _regrade(self, document_id: str, origin: str, letter: str, reason: str) -> None:
        """Append a new grade version, and new versions of the statements if the origin changed."""
        grade = schema.grade
        before = self._connection.execute(
            sa.select(grade.c.origin).where(grade.c.document_id == document_id, grade.c.superseded_at.is_(None))
        ).scalar_one()
        self._connection.execute(
            sa.update(grade)
            .where(grade.c.document_id == document_id, grade.c.superseded_at.is_(None))
            .values(superseded_at=self.stamp)
        )
        append_rows(self._connection, grade, [(document_id, origin, letter, reason, self.stamp, None)])
        self._read.pop(document_id, None)
        self.n_other += 1
        if before != origin:
            self._append_versions(schema.statement.c.document_id == document_id, {"origin": origin})

    # -- statements -----------------------------------------------------------------------------------------------

    def add_statements(self, document_id: str, statements: Iterable[Statement]) -> int:
        """Append the statements of a document; return how many were new.

        Raises
        ------
        QuoteError
            A quote is not verbatim in the stored text; nothing of this call is kept.
        NotFoundError
            The document is not in the ledger.
        """
        return self.add_readings([(document_id, tuple(statements))])

    def add_readings(self, readings: Sequence[tuple[str, Sequence[Statement]]]) -> int:
        """Append the statements of many documents at once; return how many were new. Errors as `add_statements`."""
        self._check_open()
        self._load_texts([document_id for document_id, _ in readings])
        rows: list[tuple[Any, ...]] = []
        today = self.recorded_at.date().isoformat()
        for document_id, statements in readings:
            text, published, origin = self._read[document_id]
            for statement in statements:
                statement.check_quote(text, place=f"document {document_id[:12]}, {statement.kind}")
                rows.append(self._statement_row(document_id, statement, origin, published or today))
        n_new = append_rows(self._connection, schema.statement, rows)
        self.n_statements += n_new
        return n_new

    def _statement_row(self, document_id: str, item: Statement, origin: str, day: str) -> tuple[Any, ...]:
        return (
            item.id_in(document_id), document_id, item.kind, item.actor, item.target, item.what, item.status,
            item.type, item.quantifier, item.population, item.polarity, item.action, item.realis, item.quote,
            item.start, item.end, item.rule, item.reader, item.confidence, item.event, item.mode,
            json.dumps(item.assets, ensure_ascii=False) if item.assets else "[]", item.valid_from is not None,
            item.valid_from.isoformat() if item.valid_from else day,
            item.valid_to.isoformat() if item.valid_to else None, origin, "unreviewed", self.stamp, None,
        )  # fmt: skip

    def _load_texts(self, ids: Sequence[str]) -> None:
        missing = [key for key in dict.fromkeys(ids) if key not in self._read]
        document, grade = schema.document.c, schema.grade.c
        for part in _parts(missing):
            query = sa.select(document.id, document.text, document.published, grade.origin).where(
                document.id.in_(part), grade.document_id == document.id, grade.superseded_at.is_(None)
            )
            for key, text, day, origin in self._connection.execute(query):
                self._read[key] = (text, day.isoformat() if day else None, origin)
        for key in missing:
            if key not in self._read:
                raise NotFoundError(f"document {key!r} is not in the ledger", next_step="Add the document first")

    def _append_versions(self, which: sa.ColumnElement[bool], changed: dict[str, Any]) -> int:
        """Supersede the live versions that `which` selects and append their next ones with some values changed."""
        table = schema.statement
        live = sa.select(table.c.seq).where(which, table.c.superseded_at.is_(None))
        values = changed | {"recorded_at": self.stamp, "superseded_at": None}
        columns: list[sa.ColumnElement[Any]] = []
        for name in _VERSION:
            kind = table.c[name].type
            columns.append(sa.cast(sa.literal(values[name], kind), kind) if name in values else table.c[name])
        n_versions = 0
        for part in _parts(list(self._connection.execute(live).scalars())):
            mine = table.c.seq.in_(part)
            self._connection.execute(sa.update(table).where(mine).values(superseded_at=self.stamp))
            source = sa.select(*columns).where(mine)
            n_new = self._connection.execute(sa.insert(table).from_select(_VERSION, source)).rowcount
            if n_new != len(part):
                raise LedgerError(f"{len(part)} versions superseded, {n_new} appended", rule="the block was taken back")
            n_versions += n_new
        return n_versions

    # -- rulings --------------------------------------------------------------------------------------------------

    def add_ruling(
        self, statement_id: str, action: str, *, reviewer: str, reason: str = "", field: str = "", value: str = ""
    ) -> str:
        """Append a reviewer's decision and the statement's next version; return the ruling's id.

        Parameters
        ----------
        action : "accept", "reject" (needs a reason) or "correct" (needs field and value)
        reviewer : str
            Who decides.
        field, value : str
            One of the fields of the statement's kind, and a code the scheme allows there.

        Raises
        ------
        InputError
            The action, reason, field or value breaks its rule.
        NotFoundError
            No live statement has this id.
        """
        self._check_open()
        table = schema.statement
        row = self._connection.execute(
            sa.select(table.c.kind, table.c.review).where(table.c.id == statement_id, table.c.superseded_at.is_(None))
        ).one_or_none()
        if row is None:
            raise NotFoundError(f"statement {statement_id!r} is not in the ledger")
        if action == "accept":
            changed = {"review": "corrected" if row.review == "corrected" else "accepted"}
        elif action == "reject":
            if not reason.strip():
                raise InputError("a rejection needs a reason", next_step="Say why the statement is wrong")
            changed = {"review": "rejected"}
        elif action == "correct":
            if field not in FIELDS[row.kind]:
                raise InputError(f"a {row.kind} has no field {field!r}", rule=f"it has {', '.join(FIELDS[row.kind])}")
            changed = {field: value, "review": "corrected"}
        else:
            raise InputError(f"action {action!r} is not one of accept, reject, correct")
        key = content_id("ruling", [statement_id, action, reason, field, value, reviewer, str(self.stamp)])
        append_rows(
            self._connection, schema.ruling,
            [(key, statement_id, action, reason, field, value, reviewer, "", self.stamp)],
        )  # fmt: skip
        self._append_versions(table.c.id == statement_id, changed)
        self.n_rulings += 1
        return key

    # -- the transaction ------------------------------------------------------------------------------------------

    def _check_open(self) -> None:
        if not self._is_open:
            raise LedgerError("this writer is closed", rule="a writer lives as long as its `with` block")

    def _finish(self) -> bool:
        """Write the journal row; return whether anything was written."""
        self._is_open = False
        if not (self.n_documents or self.n_statements or self.n_rulings or self.n_other):
            return False
        row = (self.stamp, "write", self.n_documents, self.n_statements, self.n_rulings)
        append_rows(self._connection, schema.recording, [row])
        return True


_T = TypeVar("_T")


def _parts(ids: list[_T], size: int = 500) -> Iterable[list[_T]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _check_text(document: Document) -> None:
    """Refuse what no engine can store: NUL characters and lone surrogates."""
    text = document.text
    if "\x00" in text or not text:
        raise InputError(f"document {document.source_id}: the text is empty or binary", rule="documents are texts")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"document {document.source_id}: the text holds broken characters") from None


def _document_row(key: str, item: Document, stamp: int) -> tuple[Any, ...]:
    return (
        key, item.source_id, item.text, item.url, item.publisher, item.title,
        item.published.isoformat() if item.published else None, item.language,
        to_micros(item.retrieved_at) if item.retrieved_at else None, item.is_digest, stamp,
    )  # fmt: skip
