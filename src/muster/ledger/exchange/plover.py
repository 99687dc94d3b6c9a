"""PLOVER event JSON: one object per statement, with the keys of the PLOVER gold standard records.

`source` and `target` are lists of {actorText, code}; `event` and `mode` are empty where the reader coded none; `text`
is the quote. What PLOVER has no key for stands under `muster`, documents' texts in the first event of each.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from muster import __version__
from muster.base.actors import display_name
from muster.base.errors import InputError
from muster.ledger.exchange.records import Record, parse_record


def write_events(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield PLOVER events of flat rows; a document without statements becomes an event DOCUMENT."""
    for row in rows:
        more = {name: value for name, value in row.items() if value != ""}
        yield {
            "id": f"muster-{row['statement_id'] or row['document_id']}",
            "date": row["holds_from"] or row["published"],
            "source": _actors(row["actor"]),
            "target": _actors(row["target"] or row["population"]),
            "event": row["event"] if row["kind"] else "DOCUMENT",
            "mode": row["mode"],
            "context": row["what"],
            "text": row["quote"],
            "language": row["language"],
            "publication": row["publisher"],
            "url": row["url"],
            "coder": row["reader"],
            "version": f"muster {__version__}",
            "muster": more,
        }


def _actors(code: str) -> list[dict[str, str]]:
    return [{"actorText": display_name(code), "code": code}] if code else []


def read_events(rows: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[Record]:
    """Yield records of (place, event) pairs; events of other programs hold no offsets and are an error."""
    for place, event in rows:
        more = event.get("muster")
        if not isinstance(more, dict):
            raise InputError(
                f"{place}: event {event.get('id')!r} has no muster part",
                rule="only events that muster wrote hold quotes with offsets",
            )
        yield parse_record(more, place=place)
