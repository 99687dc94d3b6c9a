"""The view of `muster.ledger.view`, answered by SQL on both engines."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from muster.base.document import Document
from muster.base.errors import NotFoundError
from muster.base.statement import Statement
from muster.ledger.entry import REVIEWS, DocumentInfo, Entry, Ruling, StandingEntry, Witness
from muster.ledger.store import schema
from muster.ledger.store.earliest import earliest_rows
from muster.ledger.store.engine import clear_errors
from muster.ledger.store.instants import from_micros, to_micros
from muster.ledger.store.newest import MOST_MERGED, count_rows, newest_numbers, page_numbers
from muster.ledger.store.rulings import read_rulings
from muster.ledger.store.searching import find_documents
from muster.ledger.store.standing import choose_rows, read_chosen
from muster.ledger.store.vintages import read_vintage, read_vintages
from muster.ledger.vintage import VintageInfo

_DOCUMENT = ("id", "source_id", "publisher", "title", "url", "published", "language", "is_digest")


_STATEMENT = (
    "id", "document_id", "kind", "actor", "quote", "quote_start", "quote_end", "target", "what", "status", "type",
    "quantifier", "population", "polarity", "action", "realis", "rule", "reader", "confidence", "event", "mode",
    "assets", "is_dated", "valid_from", "valid_to", "review", "recorded_at", "seq",
)  # fmt: skip
_SEQ_PLACE = _STATEMENT.index("seq")
_DAY_PLACES = (_STATEMENT.index("valid_from"), _STATEMENT.index("valid_to"), len(_STATEMENT) + 4)  # published


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
        return _document(rows[0])

    def texts(self, since: date | None = None, until: date | None = None) -> Iterator[tuple[Document, str]]:
        """Yield (document, origin) of the documents published in a span, undated ones too, in the order recorded."""
        table, grade = schema.document, schema.grade.c
        query = (
            sa.select(table, grade.origin)
            .where(table.c.recorded_at <= self._known, grade.document_id == table.c.id, *self._known_rows(schema.grade))
            .order_by(table.c.recorded_at, table.c.id)
        )
        for bound in (table.c.published >= since if since else None, table.c.published <= until if until else None):
            if bound is not None:
                query = query.where(sa.or_(table.c.published.is_(None), bound))
        with clear_errors(self._name), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield _document(row), row.origin

    def document_info(self, document_id: str) -> DocumentInfo:
        """Return a document without its text."""
        rows = self._rows(self._document_query().where(schema.document.c.id == document_id))
        if not rows:
            raise NotFoundError(f"document {document_id!r} is not in the ledger as known at {self.known_at}")
        return _document_info(rows[0])

    def documents(self, *, limit: int | None = None, offset: int = 0) -> tuple[DocumentInfo, ...]:
        """Return the documents known then and published by `as_of`."""
        table = schema.document.c
        query = self._document_query().where(sa.or_(table.published.is_(None), table.published <= self._as_of))
        rows = self._rows(query.order_by(sa.nulls_first(table.published), table.id).limit(limit).offset(offset))
        return tuple(_document_info(row) for row in rows)

    def search_documents(self, words: str, *, limit: int, offset: int = 0) -> tuple[DocumentInfo, ...]:
        """Return the documents known then that hold all `words`, newest first; all documents without words."""
        table = schema.document.c
        query = self._document_query()
        if not words.strip():
            query = query.where(sa.or_(table.published.is_(None), table.published <= self._as_of))
            query = query.order_by(sa.nulls_last(table.published.desc()), table.id).limit(limit).offset(offset)
            return tuple(_document_info(row) for row in self._rows(query))
        with clear_errors(self._name), self._engine.connect() as connection:
            ids = find_documents(
                connection, words, as_of=self._as_of, known_at=self._known, limit=limit, offset=offset
            )  # fmt: skip
        found = {row.id: _document_info(row) for row in self._rows(query.where(table.id.in_(ids)))}
        return tuple(found[key] for key in ids)

    def documents_of_sources(self, source_ids: Collection[str]) -> tuple[DocumentInfo, ...]:
        """Return the documents known then and published by `as_of` that came under these ids of their sources."""
        table = schema.document.c
        query = self._document_query().where(table.source_id.in_(sorted(source_ids)))
        query = query.where(sa.or_(table.published.is_(None), table.published <= self._as_of))
        return tuple(_document_info(row) for row in self._rows(query.order_by(table.published, table.id)))

    def _document_query(self) -> sa.Select[Any]:
        table, grade = schema.document.c, schema.grade.c
        return sa.select(*[table[name] for name in _DOCUMENT], grade.letter, grade.origin).where(
            table.recorded_at <= self._known, grade.document_id == table.id, *self._known_rows(schema.grade)
        )

    # -- statements -----------------------------------------------------------------------------------------------

    def entry(self, statement_id: str) -> Entry:
        """Return one statement by its id or an unambiguous start of it."""
        rows = self._entries_of(statement_id)
        if not rows and statement_id:
            witness = schema.witness
            query = sa.select(witness.c.statement_id).where(*self._known_rows(witness), _starts(witness, statement_id))
            rows = [found for row in self._rows(query.limit(2)) for found in self._entries_of(row.statement_id)]
        if len(rows) != 1 or not statement_id:
            rule = "more than one statement starts so" if rows else f"as known at {self.known_at}"
            raise NotFoundError(f"statement {statement_id!r} is not in the ledger", rule=rule)
        return _entry(rows[0])

    def _entries_of(self, statement_id: str) -> list[Any]:
        table = schema.statement
        until = table.c.superseded_at
        starts = _starts(table, statement_id)
        # Two halves, because live and closed versions have an index each.
        known = sa.or_(sa.and_(starts, until.is_(None)), sa.and_(starts, until.is_not(None), until > self._known))
        return self._rows(self._entry_query().where(known, table.c.recorded_at <= self._known).limit(2))

    def statements(
        self,
        kind: str | None = None,
        actors: Collection[str] | None = None,
        whats: Collection[str] | None = None,
        include_rejected: bool = False,
        limit: int | None = None,
        *,
        document_id: str | None = None,
        offset: int = 0,
    ) -> tuple[Entry, ...]:
        """Return the statements that hold, ordered by (valid_from, id)."""
        is_whole = kind is None and actors is None and whats is None and document_id is None and not include_rejected
        if is_whole and limit is not None and offset <= MOST_MERGED:
            with clear_errors(self._name), self._engine.connect() as connection:
                numbers = page_numbers(
                    connection, as_of=self._as_of, known_at=self._known, limit=limit, offset=offset
                )  # fmt: skip
            return self._numbered(numbers)
        table = schema.statement.c
        query = self._entry_query().where(*self._holding())
        if limit is not None and document_id is None and not include_rejected:
            with clear_errors(self._name), self._engine.connect() as connection:
                early = earliest_rows(
                    connection, kind=kind, actors=actors, whats=whats, as_of=self._as_of, known_at=self._known,
                    n_rows=offset + limit,
                )  # fmt: skip
            if early is not None:
                query = query.where(_among(table.seq, early, self._engine))
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
        return _entries(self._rows(query.order_by(table.valid_from, table.id).limit(limit).offset(offset)))

    def newest_statements(
        self,
        *,
        limit: int,
        by_recording: bool = False,
        kinds: Collection[str] | None = None,
        actors: Collection[str] | None = None,
        whats: Collection[str] | None = None,
    ) -> tuple[Entry, ...]:
        """Return the newest statements that hold, newest first."""
        if by_recording:
            table = schema.statement.c
            query = self._entry_query().where(*self._holding(), table.review != "rejected")
            return _entries(self._rows(query.order_by(table.seq.desc()).limit(limit)))
        with clear_errors(self._name), self._engine.connect() as connection:
            numbers = newest_numbers(
                connection, as_of=self._as_of, known_at=self._known, kinds=kinds, actors=actors, whats=whats,
                limit=limit,
            )  # fmt: skip
        return self._numbered(numbers)

    def count_statements(
        self,
        *,
        kinds: Collection[str] | None = None,
        actors: Collection[str] | None = None,
        whats: Collection[str] | None = None,
    ) -> int:
        """Return how many statements hold, rejected ones left out."""
        with clear_errors(self._name), self._engine.connect() as connection:
            return count_rows(
                connection, as_of=self._as_of, known_at=self._known, kinds=kinds, actors=actors, whats=whats
            )

    def _numbered(self, numbers: list[int]) -> tuple[Entry, ...]:
        """Return the entries of rows by their numbers, in that order."""
        rows = self._rows(self._entry_query().where(_among(schema.statement.c.seq, numbers, self._engine)))
        place = {seq: n for n, seq in enumerate(numbers)}
        return _entries(sorted(rows, key=lambda row: place[row[_SEQ_PLACE]]))

    def standing_entries(
        self,
        whats: Collection[str] | None = None,
        actors: Collection[str] | None = None,
        *,
        kinds: Collection[str] = ("response",),
        per_cell: int = 8,
    ) -> tuple[StandingEntry, ...]:
        """Return the few entries that decide standings; see the protocol."""
        with clear_errors(self._name), self._engine.connect() as connection:
            chosen = choose_rows(
                connection, kinds=kinds, actors=actors, whats=whats, as_of=self._as_of, known_at=self._known,
                per_cell=per_cell,
            )  # fmt: skip
            n_origins = {choice.seq: choice.n_origins for choice in chosen}
            rows = read_chosen(connection, n_origins, self._known)
        documents: dict[str, DocumentInfo] = {}
        days, instants = _Days(), _Instants()
        found = []
        for row in rows:
            dated = [*row]
            for place in _DAY_PLACES:
                dated[place] = days[row[place]]
            values = _entry_values(dated, documents, instants)
            found.append(StandingEntry(*values, n_origins=n_origins[row[_SEQ_PLACE]]))
        found.sort(key=lambda entry: (entry.valid_from, entry.id))
        return tuple(found)

    def unreviewed(self, *, limit: int) -> tuple[Entry, ...]:
        """Return statements that nobody has ruled on, the least confident first."""
        table = schema.statement
        # Live rows have an index by confidence; rows closed after `known_at` are few, and were live then.
        live, closed = table.c.superseded_at.is_(None), table.c.superseded_at > self._known
        found: list[Any] = []
        for known in (live, sa.and_(table.c.superseded_at.is_not(None), closed)):
            query = self._entry_query().where(table.c.review == "unreviewed", known, table.c.recorded_at <= self._known)
            found += self._rows(query.order_by(table.c.confidence, table.c.seq).limit(limit))
        found.sort(key=lambda row: (row.confidence, row.seq))
        return _entries(found[:limit])

    def reviewed(self) -> tuple[Entry, ...]:
        """Return the statements that a ruling accepted, corrected or rejected."""
        table = schema.statement
        query = self._entry_query().where(table.c.review != "unreviewed", *self._known_rows(table))
        return _entries(self._rows(query.order_by(table.c.valid_from, table.c.id)))

    def review_counts(self) -> Mapping[str, int]:
        """Return the number of statements by review state, whatever their dates."""
        table = schema.statement
        query = sa.select(table.c.review, sa.func.count()).where(*self._known_rows(table)).group_by(table.c.review)
        found = {row[0]: row[1] for row in self._rows(query)}
        return {review: found.get(review, 0) for review in REVIEWS}

    def _entry_query(self) -> sa.Select[Any]:
        """Select statements with their document and the grade as known then."""
        table, document, grade = schema.statement, schema.document.c, schema.grade.c
        joined = [document[name].label(f"d_{name}") for name in _DOCUMENT if name != "id"]
        columns = [table.c[name] for name in _STATEMENT]
        return sa.select(*columns, *joined, grade.letter.label("d_letter"), grade.origin.label("d_origin")).where(
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
        with clear_errors(self._name), self._engine.connect() as connection:
            return tuple(read_rulings(connection, statement_id=statement_id, known_at=self._known))

    def witnesses(self, statement_id: str) -> tuple[Witness, ...]:
        """Return the further documents of the same origin that carry the statement in the same words."""
        table = schema.witness
        query = sa.select(table).where(table.c.statement_id == statement_id, *self._known_rows(table))
        return tuple(
            Witness(row.id, row.statement_id, self.document_info(row.document_id), row.quote_start, row.quote_end)
            for row in self._rows(query.order_by(table.c.recorded_at, table.c.id))
        )

    # -- vintages -------------------------------------------------------------------------------------------------

    def vintages(self, series: str | None = None) -> tuple[VintageInfo, ...]:
        """Return the vintages known then, by series and in the order in which they were recorded."""
        with clear_errors(self._name), self._engine.connect() as connection:
            return read_vintages(connection, self._known, series)

    def vintage(self, series: str, vintage: str | None = None) -> Mapping[date, float]:
        """Return the figures of one vintage up to `as_of` by day; the newest recorded one where none is named."""
        with clear_errors(self._name), self._engine.connect() as connection:
            return read_vintage(connection, self._known, self._as_of, series, vintage)

    def counts(self, *, since: date | None = None) -> Mapping[str, int]:
        """Return the number of documents and of statements that hold, by kind."""
        table, document = schema.statement.c, schema.document
        counted = sa.select(sa.func.count()).select_from(document).where(document.c.recorded_at <= self._known)
        query = sa.select(table.kind, sa.func.count()).where(*self._holding(), table.review != "rejected")
        if since is not None:
            counted = counted.where(document.c.published > since)
            query = query.where(table.valid_from > since)
        n_documents = self._rows(counted)
        by_kind = {row[0]: row[1] for row in self._rows(query.group_by(table.kind).order_by(table.kind))}
        return {"document": n_documents[0][0], **by_kind}

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        with clear_errors(self._name), self._engine.connect() as connection:
            return list(connection.execute(query).all())


def _document(row: Any) -> Document:
    return Document(
        source_id=row.source_id, text=row.text, url=row.url, publisher=row.publisher, title=row.title,
        published=row.published, language=row.language, is_digest=bool(row.is_digest),
        retrieved_at=from_micros(row.retrieved_at) if row.retrieved_at is not None else None,
    )  # fmt: skip


def _document_info(row: Any) -> DocumentInfo:
    return DocumentInfo(
        row.id, row.source_id, row.publisher, row.title, row.url, row.published, row.language, row.letter, row.origin,
        bool(row.is_digest),
    )  # fmt: skip


_Values = tuple[str, Statement, DocumentInfo, date, date | None, datetime, str]


class _Days(dict[str | None, date | None]):
    """Days by their ISO texts: a roll reads thousands of rows of a few hundred days."""

    def __missing__(self, text: str | None) -> date | None:
        day = self[text] = date.fromisoformat(text) if text else None
        return day


class _Instants(dict[int, datetime]):
    """Instants by their microseconds: rows of one transaction share theirs."""

    def __missing__(self, micros: int) -> datetime:
        instant = self[micros] = from_micros(micros)
        return instant


def _entry_values(row: Any, documents: dict[str, DocumentInfo], instants: dict[int, datetime]) -> _Values:
    """Return the arguments of Entry; `row` has the columns of `_STATEMENT`, then of the document and its grade."""
    (
        key, document_id, kind, actor, quote, start, end, target, what, status, kind_type, quantifier, population,
        polarity, action, realis, rule, reader, confidence, event, mode, assets, is_dated, valid_from, valid_to,
        review, recorded_at, _seq, source_id, publisher, title, url, published, language, is_digest, letter, origin,
    ) = row[:37]  # fmt: skip
    info = documents.get(document_id)
    if info is None:
        info = documents[document_id] = DocumentInfo(
            document_id, source_id, publisher, title, url, published, language, letter, origin, bool(is_digest)
        )
    statement = Statement(
        kind, actor, quote, start, end, target, what, status, kind_type, quantifier, population, polarity, action,
        realis, rule, reader, confidence, event, mode, tuple(json.loads(assets)) if assets != "[]" else (),
        valid_from if is_dated else None, valid_to,
    )  # fmt: skip
    return key, statement, info, valid_from, valid_to, instants[recorded_at], review


def _entry(row: Any) -> Entry:
    return Entry(*_entry_values(row, {}, _Instants()))


def _entries(rows: Iterable[Any]) -> tuple[Entry, ...]:
    documents: dict[str, DocumentInfo] = {}
    instants = _Instants()
    return tuple(Entry(*_entry_values(row, documents, instants)) for row in rows)


def _among(column: sa.Column[int], numbers: list[int], engine: sa.Engine) -> sa.ColumnElement[bool]:
    """Return the condition that a column is one of many numbers, sent as one value."""
    if engine.dialect.name == "sqlite":
        given = sa.func.json_each(json.dumps(numbers)).table_valued("value")
        return column.in_(sa.select(given.c.value))
    kind = postgresql.ARRAY(sa.BigInteger)
    return column == sa.any_(sa.cast(sa.literal(numbers, kind), kind))


def _starts(table: sa.Table, key: str) -> sa.ColumnElement[bool]:
    """Return the condition that a row's id is `key` or begins so; a range, so that the index serves it."""
    return table.c.id == key if len(key) >= 32 else sa.and_(table.c.id >= key, table.c.id < key + "g")


def instant_bound(known_at: datetime | None, head: int) -> int:
    """Return the microseconds at which a view knows: what was asked for, but never later than the head."""
    return head if known_at is None else min(to_micros(known_at), head)
