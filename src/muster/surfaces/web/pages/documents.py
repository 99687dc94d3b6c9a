"""Documents: the list with search, and the reader view with its statements highlighted in place."""

import itertools
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from muster.base.actors import display_name
from muster.base.errors import InputError
from muster.ledger.entry import Entry
from muster.surfaces.cards.quotes import QuoteCard, describe, quote_card, web_url
from muster.surfaces.web.site import Site

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the text between two boundaries of quotes; `ids` of the statements that cover it."""

    text: str
    kind: str
    ids: tuple[str, ...]
    starts: tuple[str, ...]
    labels: str


def page_number(request: Request) -> int:
    """Return the asked page, from 1.

    Raises
    ------
    InputError
        It is no whole number from 1 to 100,000.
    """
    asked = request.query_params.get("page", "1")
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= 100_000:
        raise InputError(f"page {asked!r} is not a page number", rule="pages count from 1 to 100000")
    return int(asked)


def show_list(site: Site, request: Request) -> Response:
    """The documents known by the view, newest first, with full-text search."""
    view = site.view(request)
    query = request.query_params.get("q", "").strip()[:200]
    number = page_number(request)
    first = (number - 1) * PAGE_SIZE
    found = view.search_documents(query, limit=PAGE_SIZE + 1, offset=first)
    values = {
        "q": query, "documents": found[:PAGE_SIZE], "page": number, "has_more": len(found) > PAGE_SIZE,
        "n_documents": 0 if query else site.n_documents(view),
    }  # fmt: skip
    return HTMLResponse(site.render("documents.html.j2", "/documents", values, view))


def show_document(site: Site, request: Request) -> Response:
    """One document with its statements marked in the text."""
    view = site.view(request)
    document_id = request.path_params["document_id"]
    document = view.document(document_id)
    info = view.document_info(document_id)
    entries = view.statements(document_id=document_id, include_rejected=True)
    values = {
        "document": document, "info": info, "original": web_url(document.url), "copies": 0,
        "stretches": cut_text(document.text, entries),
        "cards": tuple(_named_card(entry) for entry in sorted(entries, key=lambda entry: entry.statement.start)),
    }  # fmt: skip
    return HTMLResponse(site.render("document.html.j2", "/documents", values, view))


def _named_card(entry: Entry) -> QuoteCard:
    """Return the card of an entry with its actor: one sentence may be read of several states."""
    card = quote_card(entry)
    return replace(card, label=f"{display_name(entry.statement.actor)}: {card.label}")


def cut_text(text: str, entries: tuple[Entry, ...]) -> tuple[Stretch, ...]:
    """Return the text cut at every boundary of a quote, each stretch with the statements that cover it."""
    live = [entry for entry in entries if entry.review != "rejected"]
    cuts = sorted({0, len(text), *(e.statement.start for e in live), *(e.statement.end for e in live)})
    stretches = []
    for start, end in itertools.pairwise(cuts):
        covering = [e for e in live if e.statement.start <= start and end <= e.statement.end]
        stretches.append(
            Stretch(
                text[start:end], covering[0].statement.kind if covering else "", tuple(e.id[:12] for e in covering),
                tuple(e.id[:12] for e in covering if e.statement.start == start),
                "; ".join(f"{e.statement.actor} {describe(e.statement)}" for e in covering),
            )
        )  # fmt: skip
    return tuple(stretches)
