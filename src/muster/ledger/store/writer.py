"""The writing door: one transaction per writer block, all of it stamped with one instant.

Invariants: a writer holds the ledger's write lock from its first line to its commit, so stamps rise in the order of
commits, and nothing of a block is seen before all of it.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from muster.base.document import Document
from muster.base.errors import InputError, NotFoundError
from muster.base.statement import Statement
from muster.ledger.store import schema
from muster.ledger.store.copies import Copies, load_copies
from muster.ledger.store.instants import to_micros
from muster.ledger.store.rulings import append_ruling
from muster.ledger.store.transaction import Transaction, parts
from muster.ledger.store.vintages import append_vintage

_LETTERS = frozenset("ABCDEF")
KEPT_TEXTS = 20_000
"""Texts a writer keeps to check quotes without asking the store; about 60 MB of news articles."""


class Writer(Transaction):
    """Appends to a ledger inside one transaction; made by `Ledger.writer()`."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._read: dict[str, tuple[str, str | None, str]] = {}  # document id -> text, published, origin

    # -- documents ------------------------------------------------------------------------------------------------

    def add_document(self, document: Document, *, origin: str = "", letter: str = "F", reason: str = "") -> bool:
        """Append a document with its origin and grade; return False if it is already there.

        A document that is there with another origin or letter gets a new grade version. Without an origin a new
        document is its own.
        """
        return self.add_documents([(document, origin, letter, reason)]) == 1

    def add_documents(self, rows: Iterable[tuple[Document, str, str, str]]) -> int:
        """Append (document, origin, letter, reason) rows; return how many documents were new."""
        self.check_open()
        batch = {row[0].id: row for row in rows}
        for document, _origin, letter, _reason in batch.values():
            _check_document(document, letter)
        live = self._live_grades(batch)
        # By day, because the search index appends fastest in the order of its places.
        by_day = sorted(batch.items(), key=lambda item: item[1][0].published or date.min)
        fresh = {key: row for key, row in by_day if key not in live}
        n_new = self.append(schema.document, [_document_row(key, row[0], self.stamp) for key, row in fresh.items()])
        grades = [(key, row[1] or key, row[2], row[3], self.stamp, None) for key, row in fresh.items()]
        self.append(schema.grade, grades)
        for key, row in fresh.items():
            day = row[0].published
            self._read[key] = (row[0].text, day.isoformat() if day else None, row[1] or key)
        for key, (origin, letter) in live.items():
            _document, wanted, wanted_letter, reason = batch[key]
            if (wanted or origin, wanted_letter) != (origin, letter):
                self._regrade(key, origin, wanted or origin, wanted_letter, reason)
        self.n_documents += n_new
        return n_new

    def _live_grades(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        grade = schema.grade.c
        found: dict[str, tuple[str, str]] = {}
        for part in parts(list(ids)):
            query = sa.select(grade.document_id, grade.origin, grade.letter).where(
                grade.document_id.in_(part), grade.superseded_at.is_(None)
            )
            found |= {row[0]: (row[1], row[2]) for row in self.connection.execute(query)}
        return found

    def _regrade(self, document_id: str, before: str, origin: str, letter: str, reason: str) -> None:
        """Append a new grade version; with another origin also new versions of the document's statements."""
        grade = schema.grade
        live = sa.select(grade.c.seq).where(grade.c.document_id == document_id, grade.c.superseded_at.is_(None))
        self.supersede(grade, list(self.connection.execute(live).scalars()))
        self.append(grade, [(document_id, origin, letter, reason, self.stamp, None)])
        self._read.pop(document_id, None)
        self.n_other += 1
        if before != origin:
            self.append_versions(schema.statement.c.document_id == document_id, {"origin": origin})
            self._part_witnesses(document_id)

    def _part_witnesses(self, document_id: str) -> None:
        """Make the document's witness rows statements of their own: it is an independent source now."""
        table, witness = schema.statement, schema.witness
        rows = self.connection.execute(
            sa.select(witness).where(witness.c.document_id == document_id, witness.c.superseded_at.is_(None))
        ).all()
        self._load_texts([document_id] if rows else [])
        for row in rows:
            first = self.connection.execute(
                sa.select(table).where(table.c.id == row.statement_id, table.c.review == "unreviewed").limit(1)
            ).one()
            values = dict(first._mapping) | {name: getattr(row, name) for name in _OF_DOCUMENT}
            day = self._read[document_id][1]
            if not first.is_dated and day:
                values["valid_from"] = date.fromisoformat(day)
            values |= {"id": row.id, "document_id": document_id, "origin": self._read[document_id][2]}
            values |= {"recorded_at": self.stamp, "superseded_at": None}
            self.supersede(witness, [row.seq])
            self.append(table, [tuple(_json_value(values[c.name]) for c in table.columns if c.name != "seq")])

    # -- statements -----------------------------------------------------------------------------------------------

    def add_statements(self, document_id: str, statements: Iterable[Statement], *, replaces: bool = False) -> int:
        """Append the statements of a document; return how many were new.

        A statement that another document of the same origin already gave in the same words becomes a witness of that
        one, and is not counted as new.

        Parameters
        ----------
        replaces : bool
            These are all that the reader finds in the document: live statements that an earlier version of the same
            reader gave, that are not among them and that nobody reviewed, are superseded.

        Raises
        ------
        QuoteError
            A quote is not verbatim in the stored text; nothing of this call is kept.
        NotFoundError
            The document is not in the ledger.
        """
        return self.add_readings([(document_id, tuple(statements))], replaces=replaces)

    def add_readings(
        self, readings: Sequence[tuple[str, Sequence[Statement]]], *, replaces: bool = False, reader: str = ""
    ) -> int:
        """Append the statements of many documents at once; see `add_statements`.

        `reader` names the reader where `replaces` is set and a document may have no statement left.
        """
        self.check_open()
        self._load_texts([document_id for document_id, _ in readings])
        copies = load_copies(self.connection, {self._read[document_id][2] for document_id, _ in readings})
        rows: list[tuple[Any, ...]] = []
        witnesses: list[tuple[Any, ...]] = []
        today = self.recorded_at.date().isoformat()
        for document_id, statements in readings:
            text, published, origin = self._read[document_id]
            shared: Copies | None = copies.get(origin)
            for statement in statements:
                statement.check_quote(text, place=f"document {document_id[:12]}, {statement.kind}")
                key = statement.id_in(document_id)
                first = shared.first_of(statement, key, document_id) if shared is not None else key
                if first == key:
                    rows.append(self._statement_row(key, document_id, statement, origin, published or today))
                else:
                    span = (statement.start, statement.end, statement.rule, statement.reader, statement.confidence)
                    witnesses.append((key, first, document_id, *span, self.stamp, None))
        if replaces:
            self._supersede_unfound(readings, reader)
        n_new = self.append(schema.statement, rows)
        self.n_other += self.append(schema.witness, witnesses)
        self.n_statements += n_new
        return n_new

    def _supersede_unfound(self, readings: Sequence[tuple[str, Sequence[Statement]]], reader: str) -> None:
        """Close what an earlier version of the same reader gave and this one does not."""
        found = {document_id: {item.id_in(document_id) for item in items} for document_id, items in readings}
        families = {item.reader.partition("/")[0] for _, items in readings for item in items}
        families |= {reader.partition("/")[0]} if reader else set()
        for table in (schema.statement, schema.witness):
            for part in parts(list(found)):
                query = sa.select(table.c.seq, table.c.id, table.c.document_id, table.c.reader).where(
                    table.c.document_id.in_(part), table.c.superseded_at.is_(None)
                )
                if table is schema.statement:
                    query = query.where(table.c.review == "unreviewed")
                stale = [
                    row.seq
                    for row in self.connection.execute(query)
                    if row.id not in found[row.document_id] and row.reader.partition("/")[0] in families
                ]
                self.supersede(table, stale)
                self.n_other += len(stale)

    def _statement_row(self, key: str, document_id: str, item: Statement, origin: str, day: str) -> tuple[Any, ...]:
        return (
            key, document_id, item.kind, item.actor, item.target, item.what, item.status,
            item.type, item.quantifier, item.population, item.polarity, item.action, item.realis, item.quote,
            item.start, item.end, item.rule, item.reader, item.confidence, item.event, item.mode,
            json.dumps(item.assets, ensure_ascii=False) if item.assets else "[]", item.valid_from is not None,
            item.valid_from.isoformat() if item.valid_from else day,
            item.valid_to.isoformat() if item.valid_to else None, origin, "unreviewed", self.stamp, None,
        )  # fmt: skip

    def is_empty(self) -> bool:
        """Return whether the ledger holds nothing but the journal of its own making."""
        query = sa.select(schema.recording.c.recorded_at).where(schema.recording.c.what != "created")
        return self.connection.execute(query.limit(1)).first() is None

    def has_document(self, document_id: str) -> bool:
        """Return whether a document is in the ledger."""
        if document_id in self._read:
            return True
        query = sa.select(schema.document.c.id).where(schema.document.c.id == document_id)
        return self.connection.execute(query).first() is not None

    def text_of(self, document_id: str, *, place: str = "") -> str:
        """Return the stored text of a document; InputError at `place` if it is not there."""
        try:
            self._load_texts([document_id])
        except NotFoundError:
            raise InputError(
                f"{place}: document {document_id!r} is neither in the file nor in the ledger",
                rule="a quote is checked against its document", next_step="Add the document's text first",
            ) from None  # fmt: skip
        return self._read[document_id][0]

    def _load_texts(self, ids: Sequence[str]) -> None:
        if len(self._read) > KEPT_TEXTS:
            self._read.clear()
        missing = [key for key in dict.fromkeys(ids) if key not in self._read]
        document, grade = schema.document.c, schema.grade.c
        for part in parts(missing):
            query = sa.select(document.id, document.text, document.published, grade.origin).where(
                document.id.in_(part), grade.document_id == document.id, grade.superseded_at.is_(None)
            )
            for key, text, day, origin in self.connection.execute(query):
                self._read[key] = (text, day.isoformat() if day else None, origin)
        for key in missing:
            if key not in self._read:
                raise NotFoundError(f"document {key!r} is not in the ledger", next_step="Add the document first")

    # -- rulings and vintages -------------------------------------------------------------------------------------

    def add_ruling(
        self, statement_id: str, action: str, *, reviewer: str, reason: str = "", field: str = "", value: str = ""
    ) -> str:
        """Append a reviewer's decision and the statement's next version; return the ruling's id.

        Parameters
        ----------
        action : "accept", "reject" (needs a reason), "correct" (needs field and value) or "undo"
            Undo takes back the newest ruling on the statement that is not undone yet.
        reviewer : str
            Who decides.
        field, value : str
            One of the fields of the statement's kind, and a code the scheme allows there.

        Raises
        ------
        InputError
            The action, reason, field or value breaks its rule, or there is nothing to undo.
        NotFoundError
            No live statement has this id.
        """
        self.check_open()
        return append_ruling(self, statement_id, action, reviewer=reviewer, reason=reason, field=field, value=value)

    def add_vintage(self, series: str, vintage: str, source: str, rows: Iterable[tuple[date, float]]) -> int:
        """Append the figures (day, value) of one edition of a series; return how many were new.

        Raises
        ------
        InputError
            The edition already has another figure for a day: a restated figure is another vintage.
        """
        self.check_open()
        return append_vintage(self, series, vintage, source, rows)


_OF_DOCUMENT = ("quote_start", "quote_end", "rule", "reader", "confidence")


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _check_document(document: Document, letter: str) -> None:
    """Refuse what no engine can store (NUL, lone surrogates), empty texts and unknown letters."""
    if letter not in _LETTERS:
        raise InputError(f"document {document.source_id}: letter {letter!r}", rule="one of A B C D E F")
    if "\x00" in document.text or not document.text:
        raise InputError(f"document {document.source_id}: the text is empty or binary", rule="documents are texts")
    for name in ("text", "source_id", "url", "publisher", "title", "language"):
        value: str = getattr(document, name)
        try:
            value.encode()
        except UnicodeEncodeError:
            rule = "texts are Unicode without lone surrogates"
            raise InputError(f"document {document.source_id!r}: {name} holds broken characters", rule=rule) from None
        if "\x00" in value:
            raise InputError(f"document {document.source_id!r}: {name} holds a NUL character")


def _document_row(key: str, item: Document, stamp: int) -> tuple[Any, ...]:
    return (
        key, item.source_id, item.text, item.url, item.publisher, item.title,
        item.published.isoformat() if item.published else None, item.language,
        to_micros(item.retrieved_at) if item.retrieved_at else None, item.is_digest, stamp,
    )  # fmt: skip
