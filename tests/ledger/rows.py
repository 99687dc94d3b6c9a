"""Builders of documents and statements for ledger tests."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from muster.base.document import Document
from muster.base.scheme import FIELDS
from muster.base.statement import Statement

START = datetime(2026, 4, 1, 12, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is set or moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        """Move by a timedelta's arguments, also backwards; return the new instant."""
        self.now += timedelta(**by)
        return self.now


def make_document(text: str = "Germany refuses to send ships.", *, number: int = 1, **values: Any) -> Document:
    """Return a document of some publisher, dated 2026-04-01 unless told."""
    given = {"publisher": f"Paper {number}", "published": date(2026, 4, 1), "language": "en"} | values
    return Document(source_id=f"d{number}", text=text, **given)


_CODES = {
    "actor": "DEU", "target": "USA", "what": "escort", "status": "refused", "type": "legal", "quantifier": "most",
    "population": "EUROPE", "polarity": "fail", "action": "toll", "realis": "done",
}  # fmt: skip


def make_statement(document: Document, quote: str = "", kind: str = "response", **values: Any) -> Statement:
    """Return a statement quoting `quote` (the whole text without it) in the document."""
    quote = quote or document.text
    start = document.text.index(quote)
    codes = {name: _CODES[name] for name in FIELDS[kind]}
    if kind == "tension":
        codes["type"] = "criticism"
    row = {"kind": kind, **codes, "quote": quote, "start": start, "end": start + len(quote), "rule": "r1"}
    return Statement.of(row | {"reader": "rules/1"} | values)
