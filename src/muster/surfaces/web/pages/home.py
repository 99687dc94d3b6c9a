"""The case at a glance: the first claim and its verdict, the roll in miniature, what is new, the strait."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from muster.base.actors import display_name
from muster.surfaces.brief.compose import claim_cards
from muster.surfaces.cards.limits import method_limits
from muster.surfaces.cards.quotes import quote_card
from muster.surfaces.cards.roll import roll_columns, roll_rows
from muster.surfaces.web.site import Site

NEW_DAYS = 7
MOST_NEWS = 12


def show_home(site: Site, request: Request) -> Response:
    """The front page."""
    view = site.view(request)
    roll = site.roll(view)
    cards = claim_cards(site.case, view, roll)
    since = view.as_of - timedelta(days=NEW_DAYS)
    held = view.statements()
    fresh = [entry for entry in held if entry.valid_from > since]
    newest = sorted(held, key=lambda entry: (entry.valid_from, entry.id), reverse=True)[:MOST_NEWS]
    counts = view.counts()
    rows = roll_rows(roll)
    values = {
        "title": site.case.title, "summary": site.case.summary, "claim": cards[0] if cards else None,
        "columns": roll_columns(roll), "rows": rows, "n_fresh": len(fresh), "new_days": NEW_DAYS,
        "news": [(display_name(entry.statement.actor), quote_card(entry)) for entry in newest],
        "n_documents": counts.get("document", 0), "n_reported": sum(row.n_reported > 0 for row in rows),
        "n_statements": sum(n for kind, n in counts.items() if kind != "document"),
    }  # fmt: skip
    return HTMLResponse(site.render("home.html.j2", "/", values, view))


def show_method(site: Site, request: Request) -> Response:
    """Method and limits."""
    return HTMLResponse(site.render("method.html.j2", "", {"limits": method_limits()}, site.view(request)))
