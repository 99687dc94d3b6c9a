"""One statement (or a document without any) on its way in or out: the flat record that all view formats share."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from muster.base.clock import parse_date, parse_instant
from muster.base.document import Document
from muster.base.errors import InputError
from muster.base.scheme import ALL_FIELDS
from muster.base.statement import Statement
from muster.ledger.entry import DocumentInfo, Entry
from muster.ledger.view import View

STATEMENT_COLUMNS = (
    "statement_id", "kind", *ALL_FIELDS, "quote", "start", "end", "rule", "reader", "confidence", "event", "mode",
    "assets", "valid_from", "valid_to", "holds_from", "review",
)  # fmt: skip
DOCUMENT_COLUMNS = (
    "document_id", "source_id", "publisher", "title", "url", "published", "language", "retrieved_at", "is_digest",
    "letter", "origin", "document_text",
)  # fmt: skip
COLUMNS = (*STATEMENT_COLUMNS, *DOCUMENT_COLUMNS)
_INFORMATION = {"statement_id", "holds_from", "review"}  # told to people, not read back


@dataclass(frozen=True, slots=True)
class Record:
    """What one row of an import holds.

    Attributes
    ----------
    place : str
        File and row, for errors.
    document_id : str
    document : Document or None
        Given where the row carries the text.
    origin, letter : str
    statement : Statement or None
    """

    place: str
    document_id: str
    document: Document | None
    origin: str
    letter: str
    statement: Statement | None


def view_records(view: View) -> Iterator[dict[str, Any]]:
    """Yield the flat rows of a view: all columns, texts empty but in the first row of each document."""
    for info in view.documents():
        entries = view.statements(document_id=info.id)
        shared = document_values(view, info)
        if not entries:
            yield dict.fromkeys(STATEMENT_COLUMNS, "") | shared
        for number, entry in enumerate(entries):
            text = shared["document_text"] if number == 0 else ""
            yield statement_values(entry) | shared | {"document_text": text}


def document_values(view: View, info: DocumentInfo) -> dict[str, Any]:
    """Return the document columns of a row, with the text."""
    document = view.document(info.id)
    return {
        "document_id": info.id, "source_id": info.source_id, "publisher": info.publisher, "title": info.title,
        "url": info.url, "published": info.published.isoformat() if info.published else "",
        "language": info.language, "is_digest": info.is_digest, "letter": info.letter, "origin": info.origin,
        "retrieved_at": document.retrieved_at.isoformat() if document.retrieved_at else "",
        "document_text": document.text,
    }  # fmt: skip


def statement_values(entry: Entry) -> dict[str, Any]:
    """Return the statement columns of a row."""
    item = entry.statement
    return {
        "statement_id": entry.id, "kind": item.kind, **{name: getattr(item, name) for name in ALL_FIELDS},
        "quote": item.quote, "start": item.start, "end": item.end, "rule": item.rule, "reader": item.reader,
        "confidence": item.confidence, "event": item.event, "mode": item.mode,
        "assets": json.dumps(item.assets, ensure_ascii=False) if item.assets else "",
        "valid_from": item.valid_from.isoformat() if item.valid_from else "",
        "valid_to": item.valid_to.isoformat() if item.valid_to else "",
        "holds_from": entry.valid_from.isoformat(), "review": entry.review,
    }  # fmt: skip


def parse_record(row: Mapping[str, Any], *, place: str) -> Record:
    """Return the record that a flat row holds.

    Raises
    ------
    InputError
        A column is unknown, missing or breaks the scheme; names place, column and value.
    """
    unknown = sorted(set(row) - set(COLUMNS))
    if unknown:
        raise InputError(f"{place}: column {unknown[0]!r} is not known", rule=f"columns are {', '.join(COLUMNS)}")
    values = {name: row.get(name) if row.get(name) is not None else "" for name in COLUMNS}
    document = _document(values, place) if values["document_text"] else None
    document_id = str(values["document_id"] or (document.id if document else ""))
    if not document_id:
        raise InputError(f"{place}: document_id is missing", rule="a row names its document or carries its text")
    if document is not None and document.id != document_id:
        raise InputError(f"{place}: document_text does not match document_id {document_id[:12]}")
    statement = _statement(values, place) if values["kind"] else None
    return Record(place, document_id, document, str(values["origin"]), str(values["letter"] or "F"), statement)


def _document(values: Mapping[str, Any], place: str) -> Document:
    texts = {name: str(values[name]) for name in ("publisher", "title", "url", "language")}
    published, retrieved = str(values["published"]), str(values["retrieved_at"])
    return Document(
        source_id=str(values["source_id"]), text=str(values["document_text"]), **texts,
        published=parse_date(published, name=f"{place}: published") if published else None,
        retrieved_at=parse_instant(retrieved, name=f"{place}: retrieved_at") if retrieved else None,
        is_digest=_flag(values["is_digest"], f"{place}: is_digest"),
    )  # fmt: skip


def _statement(values: Mapping[str, Any], place: str) -> Statement:
    row: dict[str, Any] = {name: str(values[name]) for name in ("kind", *ALL_FIELDS) if values[name]}
    row |= {name: str(values[name]) for name in ("quote", "rule", "reader", "event", "mode")}
    row |= {name: _number(values[name], f"{place}: {name}") for name in ("start", "end")}
    row["confidence"] = _share(values["confidence"], f"{place}: confidence")
    row["assets"] = _assets(values["assets"], place)
    for name in ("valid_from", "valid_to"):
        row[name] = parse_date(str(values[name]), name=f"{place}: {name}") if values[name] else None
    return Statement.of(row, place=place)


def _number(value: Any, place: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise InputError(f"{place} {value!r} is not a whole number") from None


def _share(value: Any, place: str) -> float:
    try:
        number = float(value) if value not in {"", None} else 1.0
    except (TypeError, ValueError):
        raise InputError(f"{place} {value!r} is not a number") from None
    if not 0 <= number <= 1:
        raise InputError(f"{place} {value!r} is out of bounds", rule="0 to 1")
    return number


def _flag(value: Any, place: str) -> bool:
    found = {"": False, "false": False, "0": False, "true": True, "1": True}.get(str(value).strip().lower())
    if found is None:
        raise InputError(f"{place} {value!r} is not true or false")
    return found


def _assets(value: Any, place: str) -> tuple[str, ...]:
    try:
        found = json.loads(value) if value else []
    except (TypeError, ValueError):
        found = None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise InputError(f"{place}: assets {value!r} is not a JSON list of texts")
    return tuple(found)
