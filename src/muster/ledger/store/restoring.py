"""A dump back into the store: verbatim into an empty ledger, by the ordinary writer into another."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from muster.base.document import Document
from muster.base.statement import Statement
from muster.ledger.store import schema
from muster.ledger.store.instants import from_micros
from muster.ledger.store.rulings import append_ruling
from muster.ledger.store.writer import Writer

_COUNTED = {"document": "n_documents", "statement": "n_statements", "ruling": "n_rulings"}


def restore(writer: Writer, rows: list[tuple[sa.Table, tuple[Any, ...]]]) -> None:
    """Append rows as they are, with the stamps they had."""
    groups: dict[str, list[tuple[Any, ...]]] = {}
    tables = {}
    for table, values in rows:
        tables[table.name] = table
        groups.setdefault(table.name, []).append(values)
    for name, group in groups.items():
        n_new = writer.append(tables[name], group)
        counter = _COUNTED.get(name, "n_other")
        setattr(writer, counter, getattr(writer, counter) + n_new)


@dataclass
class MergePlan:
    """What a dump says now, gathered row by row, to be written through the ordinary doors."""

    documents: dict[str, Document] = field(default_factory=dict)
    grades: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    first: dict[str, dict[str, Any]] = field(default_factory=dict)  # statement id -> the reader's version
    live: set[str] = field(default_factory=set)
    witnesses: list[dict[str, Any]] = field(default_factory=list)
    rulings: list[dict[str, Any]] = field(default_factory=list)
    vintages: dict[tuple[str, str, str], list[tuple[date, float]]] = field(default_factory=dict)

    def take(self, table: sa.Table, values: tuple[Any, ...], place: str) -> None:
        """Take one row of a dump."""
        names = [column.name for column in table.columns if column.name != "seq"]
        row = dict(zip(names, values, strict=True)) | {"place": place}
        is_live = row.get("superseded_at") is None
        if table is schema.document:
            self.documents[row["id"]] = _document(row)
        elif table is schema.grade and is_live:
            self.grades[row["document_id"]] = (row["origin"], row["letter"], row["reason"])
        elif table is schema.statement:
            if row["review"] == "unreviewed":
                self.first.setdefault(row["id"], row)
            if is_live:
                self.live.add(row["id"])
        elif table is schema.witness and is_live:
            self.witnesses.append(row)
        elif table is schema.ruling:
            self.rulings.append(row)
        elif table is schema.vintage:
            key = (row["series"], row["vintage"], row["source"])
            self.vintages.setdefault(key, []).append((date.fromisoformat(row["day"]), row["value"]))

    def write(self, writer: Writer) -> None:
        """Append what is not there yet."""
        fresh = [key for key in self.documents if not writer.has_document(key)]
        writer.add_documents((self.documents[key], *self.grades.get(key, ("", "F", ""))) for key in fresh)
        for key, row in self.first.items():
            if key in self.live:
                statement = _statement(row)
                statement.check_quote(writer.text_of(row["document_id"], place=row["place"]), place=row["place"])
                writer.add_statements(row["document_id"], [statement])
        for row in self.witnesses:
            first = self.first.get(row["statement_id"])
            if first is not None and first["id"] in self.live:
                span = {name: row[name] for name in ("quote_start", "quote_end", "rule", "reader", "confidence")}
                writer.add_statements(row["document_id"], [_statement(first | span)])
        self._write_rulings(writer)
        for (series, vintage, source), figures in self.vintages.items():
            writer.add_vintage(series, vintage, source, figures)

    def _write_rulings(self, writer: Writer) -> None:
        known = set(writer.connection.execute(sa.select(schema.ruling.c.id)).scalars())
        live = schema.statement.c.superseded_at.is_(None)
        for row in self.rulings:
            exists = sa.select(schema.statement.c.seq).where(schema.statement.c.id == row["statement_id"], live)
            if row["id"] in known or writer.connection.execute(exists).first() is None:
                continue
            decided_at = row["recorded_at"] if row["decided_at"] is None else row["decided_at"]
            append_ruling(
                writer, row["statement_id"], row["action"], reviewer=row["reviewer"], reason=row["reason"],
                field=row["field"], value=row["value"], decided_at=decided_at, key=row["id"], undoes=row["undoes"],
            )  # fmt: skip


def _document(row: dict[str, Any]) -> Document:
    return Document(
        row["source_id"], row["text"], url=row["url"], publisher=row["publisher"], title=row["title"],
        published=date.fromisoformat(row["published"]) if row["published"] else None, language=row["language"],
        retrieved_at=from_micros(row["retrieved_at"]) if row["retrieved_at"] is not None else None,
        is_digest=bool(row["is_digest"]),
    )  # fmt: skip


def _statement(row: dict[str, Any]) -> Statement:
    codes = {name: row[name] for name in schema.CODES}
    return Statement(
        kind=row["kind"], quote=row["quote"], start=row["quote_start"], end=row["quote_end"], **codes,
        rule=row["rule"], reader=row["reader"], confidence=row["confidence"], event=row["event"], mode=row["mode"],
        assets=tuple(json.loads(row["assets"])),
        valid_from=date.fromisoformat(row["valid_from"]) if row["is_dated"] else None,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )  # fmt: skip
