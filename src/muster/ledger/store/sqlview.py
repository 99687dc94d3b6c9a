"""The view of `muster.ledger.view`, answered by SQL on both engines."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from muster.base.document import Document
from muster.base.errors import NotFoundError
from muster.base.statement import Statement
from muster.ledger.entry import DocumentInfo, Entry, Ruling, StandingEntry
from muster.ledger.store import schema
from muster.ledger.store.engine import clear_errors
from muster.ledger.store.instants import from_micros, to_micros

_DOCUMENT = (
    "id", "source_id", "publisher", "title", "url", "published", "language", "is_digest",
)  # fmt: skip
NEWEST_ROWS = 64
"""Rows of a cell that are looked at for distinct origins; a standing's weight has long levelled off there."""


class SqlView:
    """Implements `View`; holds two instants and an engine, no rows."""

    def __init__(self, engine: sa.Engine, name: str, as_of: date, known_at: int) -> None:
        self._engine = engine
        self._name = name
        self._as_of = as_of
        self._known = known_at

    @property
    def as_of(self) -> date:
        """The day in the world."""
        return self._as_of

    @property
    def known_at(self) -> datetime:
        """The instant of knowledge."""
        return from_micros(self._known)

    # -- documents ------------------------------------------------------------------------------------------------

    def document(self, document_id: str) -> Document:
        """Return a document with its text."""
        table = schema.document.c
        rows = self._rows(sa.select(schema.document).where(table.id == document_id, table.recorded_at <= self._known))
        if not rows:
            raise NotFoundError(f"document {document_id!r} is not in the ledger as known at {self.known_at}")
        row = rows[0]
        retrieved_at = from_micros(row.retrieved_at) if row.retrieved_at is not None else None
        return Document(
            source_id=row.source_id, text=row.text, url=row.url, publisher=row.publisher, title=row.title,
            published=row.published, language=row.language, retrieved_at=retrieved_at, is_digest=bool(row.is_digest),
        )  # fmt: skip

    def document_info(self, document_id: str) -> DocumentInfo:
        """Return a document without its text."""
        rows = self._rows(self._document_query().where(schema.document.c.id == document_id))
        if not rows:
            raise NotFoundError(f"document {document_id!r} is not in the ledger as known at {self.known_at}")
        return _document_info(rows[0])

    def documents(self, *, limit: int | None = None) -> tuple[DocumentInfo, ...]:
        """Return the documents known then and published by `as_of`."""
        table = schema.document.c
        query = self._document_query().where(sa.or_(table.published.is_(None), table.published <= self._as_of))
        rows = self._rows(query.order_by(sa.nulls_first(table.published), table.id).limit(limit))
        return tuple(_document_info(row) for row in rows)

    def _document_query(self) -> sa.Select[Any]:
        table, grade = schema.document.c, schema.grade.c
        return sa.select(*[table[name] for name in _DOCUMENT], grade.letter, grade.origin).where(
            table.recorded_at <= self._known, grade.document_id == table.id, *self._known_rows(schema.grade)
        )

    # -- statements -----------------------------------------------------------------------------------------------

    def entry(self, statement_id: str) -> Entry:
        """Return one statement by its id or an unambiguous start of it."""
        table = schema.statement.c
        match = (
            table.id.startswith(statement_id, autoescape=True) if len(statement_id) < 32 else table.id == statement_id
        )
        rows = self._rows(self._entry_query().where(match, *self._known_rows(schema.statement)).limit(2))
        if len(rows) != 1 or not statement_id:
            rule = "more than one statement starts so" if rows else f"as known at {self.known_at}"
            raise NotFoundError(f"statement {statement_id!r} is not in the ledger", rule=rule)
        return _entry(rows[0])

    def statements(
        self,
        kind: str | None = None,
        actors: Collection[str] | None = None,
        whats: Collection[str] | None = None,
        include_rejected: bool = False,
        limit: int | None = None,
        *,
        document_id: str | None = None,
    ) -> tuple[Entry, ...]:
        """Return the statements that hold, ordered by (valid_from, id)."""
        table = schema.statement.c
        query = self._entry_query().where(*self._holding())
        if kind is not None:
            query = query.where(table.kind == kind)
        if actors is not None:
            query = query.where(table.actor.in_(sorted(actors)))
        if whats is not None:
            query = query.where(table.what.in_(sorted(whats)))
        if document_id is not None:
            query = query.where(table.document_id == document_id)
        if not include_rejected:
            query = query.where(table.review != "rejected")
        return _entries(self._rows(query.order_by(table.valid_from, table.id).limit(limit)))

    def standing_entries(
        self,
        whats: Collection[str] | None = None,
        actors: Collection[str] | None = None,
        *,
        kinds: Collection[str] = ("response",),
        per_cell: int = 8,
    ) -> tuple[StandingEntry, ...]:
        """Return the few entries that decide standings; see the protocol."""
        table = schema.statement.c
        cell = (table.kind, table.actor, table.what, table.status, table.type)
        inner = sa.select(
            table.seq, *cell, table.origin, table.valid_from,
            sa.func.row_number().over(
                partition_by=cell, order_by=(table.valid_from.desc(), table.id)
            ).label("place"),
        ).where(*self._holding(), table.review != "rejected", table.kind.in_(sorted(kinds)))  # fmt: skip
        if actors is not None:
            inner = inner.where(table.actor.in_(sorted(actors)))
        if whats is not None:
            inner = inner.where(table.what.in_(sorted(whats)))
        newest = inner.subquery()
        of_cell = [newest.c[column.name] for column in cell]
        of_origin = sa.select(
            newest.c.seq, *of_cell,
            newest.c.place,
            sa.func.row_number().over(partition_by=(*of_cell, newest.c.origin), order_by=newest.c.place).label("nth"),
        ).where(newest.c.place <= NEWEST_ROWS).subquery()  # fmt: skip
        firsts = sa.select(
            of_origin.c.seq,
            sa.func.row_number().over(
                partition_by=[of_origin.c[column.name] for column in cell], order_by=of_origin.c.place
            ).label("rank"),
            sa.func.count().over(partition_by=[of_origin.c[column.name] for column in cell]).label("n_origins"),
        ).where(of_origin.c.nth == 1).subquery()  # fmt: skip
        query = (
            self._entry_query()
            .add_columns(firsts.c.n_origins)
            .where(firsts.c.seq == table.seq, firsts.c.rank <= per_cell)
            .order_by(table.valid_from, table.id)
        )
        return _standing_entries(self._rows(query))

    def _entry_query(self) -> sa.Select[Any]:
        """Select statements with their document and the grade as known then."""
        table, document, grade = schema.statement, schema.document.c, schema.grade.c
        joined = [document[name].label(f"d_{name}") for name in _DOCUMENT if name != "id"]
        return sa.select(table, *joined, grade.letter.label("d_letter"), grade.origin.label("d_origin")).where(
            document.id == table.c.document_id, grade.document_id == document.id, *self._known_rows(schema.grade)
        )

    def _known_rows(self, table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
        until = table.c.superseded_at
        return (table.c.recorded_at <= self._known, sa.or_(until.is_(None), until > self._known))

    def _holding(self) -> tuple[sa.ColumnElement[bool], ...]:
        table = schema.statement
        ends = table.c.valid_to
        return (
            table.c.valid_from <= self._as_of,
            sa.or_(ends.is_(None), ends >= self._as_of),
            *self._known_rows(table),
        )

    # -- rulings and counts ---------------------------------------------------------------------------------------

    def rulings(self, statement_id: str | None = None) -> tuple[Ruling, ...]:
        """Return the rulings on one statement (or all), oldest first."""
        table = schema.ruling
        query = sa.select(table).where(table.c.recorded_at <= self._known).order_by(table.c.recorded_at, table.c.seq)
        if statement_id is not None:
            query = query.where(table.c.statement_id == statement_id)
        return tuple(
            Ruling(
                id=row.id, statement_id=row.statement_id, action=row.action, reason=row.reason, field=row.field,
                value=row.value, reviewer=row.reviewer, recorded_at=from_micros(row.recorded_at), undoes=row.undoes,
            )
            for row in self._rows(query)
        )  # fmt: skip

    def counts(self) -> Mapping[str, int]:
        """Return the number of documents and of statements that hold, by kind."""
        table, document = schema.statement.c, schema.document
        n_documents = self._rows(
            sa.select(sa.func.count()).select_from(document).where(document.c.recorded_at <= self._known)
        )
        query = sa.select(table.kind, sa.func.count()).where(*self._holding(), table.review != "rejected")
        by_kind = {row[0]: row[1] for row in self._rows(query.group_by(table.kind).order_by(table.kind))}
        return {"document": n_documents[0][0], **by_kind}

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        with clear_errors(self._name), self._engine.connect() as connection:
            return list(connection.execute(query).all())


def _document_info(row: Any) -> DocumentInfo:
    return DocumentInfo(
        row.id, row.source_id, row.publisher, row.title, row.url, row.published, row.language, row.letter, row.origin,
        bool(row.is_digest),
    )  # fmt: skip


def _statement(row: Any) -> Statement:
    return Statement(
        kind=row.kind, actor=row.actor, quote=row.quote, start=row.quote_start, end=row.quote_end, target=row.target,
        what=row.what, status=row.status, type=row.type, quantifier=row.quantifier, population=row.population,
        polarity=row.polarity, action=row.action, realis=row.realis, rule=row.rule, reader=row.reader,
        confidence=row.confidence, event=row.event, mode=row.mode,
        assets=tuple(json.loads(row.assets)) if row.assets != "[]" else (),
        valid_from=row.valid_from if row.is_dated else None, valid_to=row.valid_to,
    )  # fmt: skip


def _entry_values(row: Any, documents: dict[str, DocumentInfo]) -> dict[str, Any]:
    info = documents.get(row.document_id)
    if info is None:
        info = documents[row.document_id] = DocumentInfo(
            row.document_id, row.d_source_id, row.d_publisher, row.d_title, row.d_url, row.d_published, row.d_language,
            row.d_letter, row.d_origin, bool(row.d_is_digest),
        )  # fmt: skip
    return {
        "id": row.id, "statement": _statement(row), "document": info, "valid_from": row.valid_from,
        "valid_to": row.valid_to, "recorded_at": from_micros(row.recorded_at), "review": row.review,
    }  # fmt: skip


def _entry(row: Any) -> Entry:
    return Entry(**_entry_values(row, {}))


def _entries(rows: Iterable[Any]) -> tuple[Entry, ...]:
    documents: dict[str, DocumentInfo] = {}
    return tuple(Entry(**_entry_values(row, documents)) for row in rows)


def _standing_entries(rows: Iterable[Any]) -> tuple[StandingEntry, ...]:
    documents: dict[str, DocumentInfo] = {}
    return tuple(StandingEntry(**_entry_values(row, documents), n_origins=row.n_origins) for row in rows)


def instant_bound(known_at: datetime | None, head: int) -> int:
    """Return the microseconds at which a view knows: what was asked for, but never later than the head."""
    return head if known_at is None else min(to_micros(known_at), head)
