"""The API: JSON and CSV of what the pages show, with stable ids and pages of rows."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from muster.assessment.claim import check_claim
from muster.assessment.tension import find_tensions
from muster.base.errors import InputError
from muster.base.scheme import KINDS
from muster.ledger.entry import Entry
from muster.surfaces.brief.compose import claim_cards
from muster.surfaces.cards.claims import claim_card
from muster.surfaces.cards.roll import roll_rows
from muster.surfaces.cards.tensions import tension_rows
from muster.surfaces.web.site import Site

MOST_ROWS = 500
MOST_OFFSET = 10_000_000


def roll_json(site: Site, request: Request) -> Response:
    """Every cell of the roll with its sentence and the ids of its statements."""
    view = site.view(request)
    return JSONResponse(_clocks(view) | {"cells": _cells(site, request)})


def roll_csv(site: Site, request: Request) -> Response:
    """The same as CSV."""
    return _csv(_cells(site, request))


def _cells(site: Site, request: Request) -> list[dict[str, Any]]:
    view = site.view(request)
    return [
        {
            "member": cell.member_code, "name": cell.member, "ask": cell.ask_id, "status": cell.status,
            "is_contested": cell.is_contested, "is_asked": cell.is_asked, "sentence": cell.sentence,
            "statement_ids": " ".join(quote.statement_id for quote in cell.quotes),
        }
        for row in roll_rows(site.roll(view))
        for cell in row.cells
    ]  # fmt: skip


def statements_json(site: Site, request: Request) -> Response:
    """Statements that hold, by kind and actor, a page at a time."""
    view = site.view(request)
    entries, following = _page_of_statements(site, request)
    return JSONResponse(_clocks(view) | {"statements": [statement_row(e) for e in entries], "next": following})


def statements_csv(site: Site, request: Request) -> Response:
    """The same as CSV."""
    return _csv([statement_row(entry) for entry in _page_of_statements(site, request)[0]])


def _page_of_statements(site: Site, request: Request) -> tuple[Sequence[Entry], int | None]:
    view = site.view(request)
    offset, limit = _whole(request, "offset", 0, MOST_OFFSET), _whole(request, "limit", 100, MOST_ROWS)
    actor = request.query_params.get("actor")
    kind = request.query_params.get("kind") or None
    if kind is not None and kind not in KINDS:
        raise InputError(f"kind {kind!r}", rule=f"one of {', '.join(KINDS)}")
    rows = view.statements(kind, actors=[actor] if actor else None, limit=limit + 1, offset=offset)
    return rows[:limit], offset + limit if len(rows) > limit else None


def claims_json(site: Site, request: Request) -> Response:
    """The case's claims with their verdicts."""
    view = site.view(request)
    cards = claim_cards(site.case, view, site.roll(view))
    return JSONResponse(_clocks(view) | {"claims": [asdict(card) for card in cards]})


def check_json(site: Site, request: Request) -> Response:
    """The verdict on a sentence."""
    sentence = request.query_params.get("sentence", "").strip()
    if not 1 <= len(sentence) <= 400:
        raise InputError(f"sentence of {len(sentence)} characters", rule="a sentence has 1 to 400 characters")
    view = site.view(request)
    return JSONResponse(_clocks(view) | asdict(claim_card(check_claim(sentence, view, site.case), site.case)))


def tensions_json(site: Site, request: Request) -> Response:
    """Tensions, newest first."""
    view = site.view(request)
    rows = tension_rows(find_tensions(view, site.case, site.roll(view)))
    return JSONResponse(_clocks(view) | {"tensions": [asdict(row) for row in rows]})


def documents_json(site: Site, request: Request) -> Response:
    """Documents known by the view, a page at a time, without their texts."""
    view = site.view(request)
    offset, limit = _whole(request, "offset", 0, MOST_OFFSET), _whole(request, "limit", 100, MOST_ROWS)
    rows = view.documents(limit=limit + 1, offset=offset)
    following = offset + limit if len(rows) > limit else None
    listed = [asdict(info) | {"published": info.published and info.published.isoformat()} for info in rows[:limit]]
    return JSONResponse(_clocks(view) | {"documents": listed, "next": following})


def statement_row(entry: Entry) -> dict[str, Any]:
    """Return a statement as a flat row with its document."""
    return {
        "id": entry.id, "document_id": entry.document.id, **entry.statement.to_row(),
        "valid_from": entry.valid_from.isoformat(), "recorded_at": entry.recorded_at.isoformat(),
        "review": entry.review, "publisher": entry.document.publisher, "url": entry.document.url,
        "letter": entry.document.letter,
    }  # fmt: skip


def _clocks(view: Any) -> dict[str, Any]:
    return {"as_of": view.as_of.isoformat(), "known_at": view.known_at.isoformat()}


def _whole(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > most:
        raise InputError(f"{name} {text!r}", rule=f"{name} is a whole number from 0 to {most}")
    return int(text)


def _csv(rows: Sequence[Mapping[str, Any]]) -> Response:
    names = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe_cell(value) for name, value in row.items()} for row in rows)
    return Response(buffer.getvalue(), media_type="text/csv; charset=utf-8")


def _safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return value
