"""Checked rows into a ledger: view records merged, whole dumps restored or merged, each in one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from muster.base.errors import InputError
from muster.base.statement import Statement
from muster.ledger.exchange.records import Record
from muster.ledger.store import Ledger, Writer
from muster.ledger.store.dumping import parse_row, quote_of
from muster.ledger.store.restoring import MergePlan, restore

BATCH_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What an import read, and what of it was new."""

    n_rows: int
    n_documents: int
    n_statements: int
    n_rulings: int
    is_restore: bool = False


def store_records(ledger: Ledger, records: Iterable[Record]) -> ImportCounts:
    """Append the documents and statements of view records; see `import_file`."""
    source = iter(records)
    n_rows = 0
    with ledger.writer() as writer:
        while batch := list(islice(source, BATCH_ROWS)):
            n_rows += len(batch)
            writer.add_documents(
                (record.document, record.origin, record.letter, "imported")
                for record in batch
                if record.document is not None and not writer.has_document(record.document_id)
            )
            readings: dict[str, list[Statement]] = {}
            for record in batch:
                if record.statement is not None:
                    text = writer.text_of(record.document_id, place=record.place)
                    record.statement.check_quote(text, place=record.place)
                    readings.setdefault(record.document_id, []).append(record.statement)
            writer.add_readings(list(readings.items()))
        return ImportCounts(n_rows, writer.n_documents, writer.n_statements, 0)


def merge_rows(ledger: Ledger, rows: Iterable[tuple[str, dict[str, Any]]]) -> ImportCounts:
    """Restore a dump into an empty ledger with both clocks, or merge it into one that holds something."""
    with ledger.writer() as writer:
        if writer.is_empty():
            writer.what = "restored"
            n_rows = 0
            source = iter(_checked(rows))
            while batch := list(islice(source, BATCH_ROWS)):
                n_rows += len(batch)
                restore(writer, [row for _, row in batch])
                _check_quotes(writer, batch)
            return ImportCounts(n_rows, writer.n_documents, writer.n_statements, writer.n_rulings, is_restore=True)
        plan = MergePlan()
        batch_places = 0
        for place, (table, values) in _checked(rows):
            plan.take(table, values, place)
            batch_places += 1
        plan.write(writer)
        return ImportCounts(batch_places, writer.n_documents, writer.n_statements, writer.n_rulings)


def _checked(rows: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, Any]]:
    for place, row in rows:
        yield place, parse_row(row, place=place)


def _check_quotes(writer: Writer, batch: list[tuple[str, Any]]) -> None:
    for place, (table, values) in batch:
        found = quote_of(table, values)
        if found is not None:
            document_id, start, quote = found
            text = writer.text_of(document_id, place=place)
            if text[start : start + len(quote)] != quote:
                raise InputError(
                    f"{place}: quote not at {start} of document {document_id[:12]}", rule="quotes are verbatim"
                )
