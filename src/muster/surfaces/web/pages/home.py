"""The case at a glance: the first claim and its verdict, the roll in miniature, what is new, the strait."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from muster.base.actors import display_name
from muster.ledger.entry import Entry
from muster.surfaces.brief.compose import claim_cards
from muster.surfaces.cards.limits import method_limits
from muster.surfaces.cards.observed import observed_sentence
from muster.surfaces.cards.quotes import QuoteCard, quote_card
from muster.surfaces.cards.roll import roll_columns, roll_rows
from muster.surfaces.web.site import Site
from muster.surfaces.web.traffic import traffic_chart

NEW_DAYS = 7
MOST_NEWS = 8
MOST_READ = 40


def show_home(site: Site, request: Request) -> Response:
    """The front page."""
    view = site.view(request)
    roll = site.roll(view)
    cards = claim_cards(site.case, view, roll)
    since = view.as_of - timedelta(days=NEW_DAYS)
    counts, fresh = view.counts(), view.counts(since=since)
    rows = roll_rows(roll)
    values = {
        "title": site.case.title, "summary": site.case.summary, "claim": cards[0] if cards else None,
        "columns": roll_columns(roll), "rows": rows, "n_fresh": _n_statements(fresh), "new_days": NEW_DAYS,
        "news": _news(view.newest_statements(limit=MOST_READ)),
        "observed": observed_sentence(site.case, view.as_of),
        "traffic": traffic_chart(site.strait, view) if site.strait else None,
        "n_documents": counts.get("document", 0), "n_reported": sum(row.n_reported > 0 for row in rows),
        "n_statements": _n_statements(counts),
    }  # fmt: skip
    return HTMLResponse(site.render("home.html.j2", "/", values, view))


def _n_statements(counts: Mapping[str, int]) -> int:
    return sum(n for kind, n in counts.items() if kind != "document")


def _news(entries: Iterable[Entry]) -> list[tuple[str, QuoteCard]]:
    """Return the newest quotes, each once, with everybody of whom it was read."""
    actors: dict[tuple[str, str], list[str]] = {}
    cards: dict[tuple[str, str], QuoteCard] = {}
    for entry in entries:
        key = (entry.document.id, entry.statement.quote)
        cards.setdefault(key, quote_card(entry))
        name = display_name(entry.statement.actor)
        if name not in actors.setdefault(key, []):
            actors[key].append(name)
    return [(", ".join(actors[key]), card) for key, card in cards.items()][:MOST_NEWS]


def show_method(site: Site, request: Request) -> Response:
    """Method and limits."""
    return HTMLResponse(site.render("method.html.j2", "", {"limits": method_limits()}, site.view(request)))
