"""The review queue, least sure first: accept, reject with a reason, correct, undo; each decision is a new row."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from muster.base.errors import InputError
from muster.base.scheme import FIELDS, allowed_codes
from muster.ledger.entry import Entry
from muster.ledger.review import precision_by_rule
from muster.ledger.view import View
from muster.surfaces.cards.quotes import quote_card
from muster.surfaces.web.accounts import Accounts, Person, is_same_origin
from muster.surfaces.web.site import Site

QUEUE_SIZE = 20
CONTEXT_CHARACTERS = 260


def show_queue(site: Site, request: Request, person: Person | None) -> Response:
    """The queue, and the precision of each rule from the rulings so far."""
    view = site.view(request)
    items = [_item(view, entry) for entry in view.unreviewed(limit=QUEUE_SIZE)]
    values = {
        "person": person, "n_waiting": view.review_counts()["unreviewed"], "items": items,
        "precision": precision_by_rule(view.reviewed()), "rulings": list(reversed(view.rulings()))[:30],
    }  # fmt: skip
    return HTMLResponse(site.render("review.html.j2", "/review", values, view))


def show_statement(site: Site, request: Request, person: Person | None) -> Response:
    """One statement with its context, its rulings and the forms to rule on it."""
    view = site.view(request)
    entry = view.entry(request.path_params["statement"])
    values = {"person": person, "item": _item(view, entry), "rulings": view.rulings(entry.id)}
    return HTMLResponse(site.render("statement.html.j2", "/review", values, view))


async def rule(site: Site, accounts: Accounts, request: Request) -> Response:
    """Take one ruling; needs a reviewer and a form of this site (or a token)."""
    person = accounts.who(request)
    if person is None or not person.may_write:
        return HTMLResponse("A ruling needs a reviewer: log in, or send a token.", status_code=401)
    if not is_same_origin(request):
        return HTMLResponse("This form was sent from another site.", status_code=403)
    form = await request.form(max_files=0, max_fields=10)
    given = {name: str(form.get(name, ""))[:2000] for name in ("action", "reason", "field", "value", "onward")}
    statement_id = request.path_params["statement"]

    def write() -> None:
        with site.ledger.writer() as writer:
            writer.add_ruling(
                statement_id, given["action"], reviewer=person.name, reason=given["reason"],
                field=given["field"] if given["action"] == "correct" else "",
                value=given["value"] if given["action"] == "correct" else "",
            )  # fmt: skip

    if given["action"] not in {"accept", "reject", "correct", "undo"}:
        raise InputError(f"ruling {given['action']!r}", rule="accept, reject, correct or undo")
    await run_in_threadpool(write)
    await run_in_threadpool(site.note_write, person)
    onward = "/review" if given["onward"] == "queue" else f"/statements/{statement_id}"
    return RedirectResponse(site.root + onward, status_code=303)


def _item(view: View, entry: Entry) -> dict[str, object]:
    text = view.document(entry.document.id).text
    start, end = entry.statement.start, entry.statement.end
    kind = entry.statement.kind
    return {
        "entry": entry, "card": quote_card(entry), "before": text[max(0, start - CONTEXT_CHARACTERS) : start],
        "quote": text[start:end], "after": text[end : end + CONTEXT_CHARACTERS], "fields": entry.statement.fields(),
        "choices": {name: allowed_codes(kind, name) for name in FIELDS[kind]},
    }  # fmt: skip
