"""Claims: the case's own, checked on the day they were made and on the view's day; a sentence of one's own; JSON-LD."""

import json
from dataclasses import replace
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from muster.assessment.claim import check_claim
from muster.base.errors import InputError, NotFoundError
from muster.surfaces.brief.compose import claim_cards
from muster.surfaces.cards.claims import ClaimCard, claim_card
from muster.surfaces.web.pages.roll import clocks_query
from muster.surfaces.web.site import Site

MOST_CHARACTERS = 400
RATINGS = {"contradicted": 1, "undetermined": 3, "supported": 5}
"""ClaimReview ratings: 1 worst, 5 best, 3 where the record does not decide."""


def show_claims(site: Site, request: Request) -> Response:
    """All claims of the case and a box for one's own."""
    view = site.view(request)
    cards = claim_cards(site.case, view, site.roll(view))
    values = {"claims": cards, "query": clocks_query(request), "sentence": ""}
    return HTMLResponse(site.render("claims.html.j2", "/claims", values, view))


def show_claim(site: Site, request: Request) -> Response:
    """One claim: as checked on the view's day, and on the day it was made."""
    view = site.view(request)
    claim_id = request.path_params["claim"]
    now = next((card for card in claim_cards(site.case, view, site.roll(view)) if card.id == claim_id), None)
    claim = next((claim for claim in site.case.claims if claim.id == claim_id), None)
    if now is None or claim is None:
        raise NotFoundError(f"claim {claim_id!r} is not in this case by {view.as_of}", next_step="See /claims")
    then_view = site.ledger.view(as_of=claim.on, known_at=view.known_at)
    then = next((card for card in claim_cards(site.case, then_view, site.roll(then_view)) if card.id == claim_id), None)
    values = {"now": now, "then": then, "query": clocks_query(request), "ld": review_ld(now)}
    return HTMLResponse(site.render("claim.html.j2", "/claims", values, view))


def check_sentence(site: Site, request: Request) -> Response:
    """A sentence of the reader's own; the address is the shareable link."""
    sentence = request.query_params.get("sentence", "").strip()
    if len(sentence) > MOST_CHARACTERS:
        raise InputError(f"the sentence has {len(sentence)} characters", rule=f"at most {MOST_CHARACTERS}")
    view = site.view(request)
    card: ClaimCard | None = None
    problem = ""
    if sentence:
        try:
            card = claim_card(check_claim(sentence, view, site.case), site.case)
        except InputError as error:
            problem = str(error)
    link = f"{site.root}/check?{urlencode({'sentence': sentence, 'as_of': view.as_of.isoformat()})}"
    values = {"sentence": sentence, "card": card, "problem": problem, "link": link, "query": clocks_query(request)}
    return HTMLResponse(site.render("check.html.j2", "/claims", values, view))


def review_ld(card: ClaimCard) -> Markup:
    """Return ClaimReview JSON-LD (schema.org) of a card, safe inside a script element."""
    data = {
        "@context": "https://schema.org", "@type": "ClaimReview", "claimReviewed": card.text,
        "datePublished": card.checked_on, "author": {"@type": "Organization", "name": "muster"},
        "itemReviewed": {
            "@type": "Claim", "author": {"@type": "Organization", "name": card.speaker},
            "datePublished": card.made_on, "appearance": card.source_url or None,
        },
        "reviewRating": {
            "@type": "Rating", "ratingValue": RATINGS.get(card.verdict, 3), "bestRating": 5, "worstRating": 1,
            "alternateName": card.verdict,
        },
        "reviewBody": card.sentence,
    }  # fmt: skip
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704  every character that could end the element is escaped above


def without_exceptions(card: ClaimCard) -> ClaimCard:
    """Return a card for lists: the exceptions' quotes are left to its own page."""
    return replace(card, exceptions=tuple(replace(row, quotes=row.quotes[:1]) for row in card.exceptions))
