"""The roll, one cell's reasons, a member, an ask."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from muster.base.actors import display_name
from muster.surfaces.cards.quotes import quote_card
from muster.surfaces.cards.roll import RollRow, roll_cell, roll_columns, roll_rows
from muster.surfaces.web.site import Site

MOST_SAID = 200
MOST_ASKED = 100
STATUS_FILTERS = (
    ("", "all members"), ("reported", "members with any answer"), ("yes", "with a yes"), ("no", "with a no"),
    ("contested", "with a contested cell"), ("silent", "nothing reported"),
)  # fmt: skip


def clocks_query(request: Request) -> str:
    """Return `?as_of=...&known_at=...` as the request gave them, for links that keep the view; empty by default."""
    from urllib.parse import urlencode

    kept = {name: value for name in ("as_of", "known_at") if (value := request.query_params.get(name))}
    return f"?{urlencode(kept)}" if kept else ""


def _keeps(row: RollRow, status: str) -> bool:
    match status:
        case "reported":
            return row.n_reported > 0
        case "silent":
            return row.n_reported == 0
        case "yes" | "no":
            return any(cell.css == f"s-{status}" for cell in row.cells)
        case "contested":
            return any(cell.is_contested for cell in row.cells)
        case _:
            return True


def show_roll(site: Site, request: Request) -> Response:
    """The matrix members x asks."""
    view = site.view(request)
    roll = site.roll(view)
    status = request.query_params.get("status", "")
    rows = tuple(row for row in roll_rows(roll) if _keeps(row, status))
    page = site.render(
        "roll.html.j2", "/roll",
        {
            "columns": roll_columns(roll), "rows": rows, "status": status, "statuses": STATUS_FILTERS,
            "known_at_asked": request.query_params.get("known_at", ""), "query": clocks_query(request),
            "first_day": site.case.start.isoformat(), "last_day": site.case.as_of.isoformat(),
        },
        view,
    )  # fmt: skip
    return HTMLResponse(page)


def show_cell(site: Site, request: Request) -> Response:
    """One member's standing on one ask, with the whole chain of quotes."""
    view = site.view(request)
    ask = site.case.ask(request.path_params["ask"])
    standing = site.roll(view).cell(request.path_params["member"], ask.id)
    values = {"cell": roll_cell(standing, ask), "reasons": standing.reasons, "query": clocks_query(request)}
    return HTMLResponse(site.render("cell.html.j2", "/roll", values, view))


def show_member(site: Site, request: Request) -> Response:
    """A member: its answers, caveats and everything it is recorded as saying, newest first."""
    view = site.view(request)
    roll = site.roll(view)
    code = request.path_params["member"]
    cells = tuple(roll_cell(standing, ask) for standing, ask in zip(roll.row(code), roll.asks, strict=True))
    timeline = view.newest_statements(actors=[code], limit=MOST_SAID)
    joined = site.case.groups.groups_of(code, view.as_of)
    # A list that has no name of its own is a help of the case file.
    groups = [display_name(group) for group in joined if display_name(group) != group]
    values = {
        "name": display_name(code), "code": code, "cells": cells, "groups": groups, "query": clocks_query(request),
        "caveats": tuple(quote_card(entry) for entry in roll.caveats.get(code, ())),
        "given": tuple(quote_card(entry) for entry in roll.given.get(code, ())),
        "timeline": tuple((entry.valid_from.isoformat(), quote_card(entry)) for entry in timeline),
        "n_timeline": view.count_statements(actors=[code]),
    }  # fmt: skip
    return HTMLResponse(site.render("member.html.j2", "/roll", values, view))


def show_ask(site: Site, request: Request) -> Response:
    """An ask: the sentence, when, to whom, and every member's answer."""
    view = site.view(request)
    roll = site.roll(view)
    ask = site.case.ask(request.path_params["ask"])
    cells = tuple(roll_cell(roll.cell(member, ask.id), ask) for member in roll.members) if ask in roll.asks else ()
    asked = view.newest_statements(kinds=["ask"], whats=[ask.what], limit=MOST_ASKED)
    values = {
        "n_asked": view.count_statements(kinds=["ask"], whats=[ask.what]),
        "ask": ask, "asker": display_name(ask.asker), "target": display_name(ask.target), "cells": cells,
        "asked": tuple(quote_card(entry) for entry in asked), "query": clocks_query(request),
    }  # fmt: skip
    return HTMLResponse(site.render("ask.html.j2", "/roll", values, view))
