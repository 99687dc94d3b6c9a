"""Add a document by upload, paste or address, with a preview of what would be read before anything is stored."""

import json
import secrets
import tempfile
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from muster.base.clock import parse_date
from muster.base.document import Document
from muster.base.errors import InputError, NotFoundError
from muster.base.statement import Statement
from muster.documents import read_documents
from muster.documents.harvest import row_of
from muster.ledger.intake import load_documents
from muster.reading import open_reader
from muster.surfaces.cards.quotes import describe, web_url
from muster.surfaces.web.accounts import Accounts, is_same_origin
from muster.surfaces.web.site import Site

MOST_DRAFTS = 50
DRAFT_S = 3600.0
MOST_DOCUMENTS = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """Documents that somebody looks at before they are stored."""

    owner: str
    documents: tuple[Document, ...]
    until_s: float


class Drafts:
    """Drafts by a random key, in memory, for an hour."""

    def __init__(self) -> None:
        self._drafts: OrderedDict[str, Draft] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, owner: str, documents: tuple[Document, ...]) -> str:
        """Keep documents and return their key."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            self._drafts[key] = Draft(owner, documents, time.monotonic() + DRAFT_S)
            while len(self._drafts) > MOST_DRAFTS:
                self._drafts.popitem(last=False)
        return key

    def take(self, owner: str, key: str) -> tuple[Document, ...]:
        """Return and forget a person's draft; NotFoundError if it is gone."""
        with self._lock:
            draft = self._drafts.get(key)
            if draft is None or draft.owner != owner or draft.until_s < time.monotonic():
                raise NotFoundError("this preview is gone", rule="a preview is kept for an hour", next_step="Add again")
            del self._drafts[key]
            return draft.documents


def show_form(site: Site, accounts: Accounts, request: Request) -> Response:
    """The form."""
    return HTMLResponse(site.render("add.html.j2", "/documents", {"person": accounts.who(request)}))


async def preview(site: Site, accounts: Accounts, drafts: Drafts, request: Request) -> Response:
    """Read what was sent and show the statements; nothing is stored."""
    person = accounts.who(request)
    if person is None or not person.may_write:
        return HTMLResponse("Adding needs a reviewer: log in, or send a token.", status_code=401)
    if not is_same_origin(request):
        return HTMLResponse("This form was sent from another site.", status_code=403)
    async with request.form(max_files=1, max_fields=10) as form:
        name, data = await _bytes_of(form)
        given = {key: str(form.get(key, ""))[:2000].strip() for key in ("url", "title", "publisher", "published")}
    documents = await run_in_threadpool(_documents, name, data, given)
    reader = open_reader()
    read = [(document, await run_in_threadpool(reader.read, document)) for document in documents]
    values = {
        "key": drafts.keep(person.name, tuple(documents)), "person": person,
        "read": [(document, [_row(item) for item in statements]) for document, statements in read],
    }  # fmt: skip
    return HTMLResponse(site.render("preview.html.j2", "/documents", values))


async def confirm(site: Site, accounts: Accounts, drafts: Drafts, request: Request) -> Response:
    """Store what was previewed."""
    person = accounts.who(request)
    if person is None or not person.may_write:
        return HTMLResponse("Adding needs a reviewer: log in, or send a token.", status_code=401)
    if not is_same_origin(request):
        return HTMLResponse("This form was sent from another site.", status_code=403)
    form = await request.form(max_files=0, max_fields=4)
    documents = drafts.take(person.name, str(form.get("key", ""))[:100])

    def store() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "added.jsonl"
            path.write_text("".join(_line(document) for document in documents), encoding="utf-8")
            load_documents(site.ledger, site.case, [path], open_reader())

    await run_in_threadpool(store)
    await run_in_threadpool(site.note_write, person)
    return RedirectResponse(f"{site.root}/documents/{documents[0].id}", status_code=303)


async def _bytes_of(form: FormData) -> tuple[str, bytes]:
    upload = form.get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        return Path(upload.filename.replace("\\", "/")).name[:120] or "upload", await upload.read()
    text = str(form.get("text", ""))
    if text.strip():
        return "pasted.txt", text.encode()
    url = str(form.get("url", "")).strip()
    if url:
        return "", b""
    raise InputError("nothing was sent", rule="give a file, a text or an address")


def _documents(name: str, data: bytes, given: dict[str, str]) -> list[Document]:
    if not name:
        return [_with_given(_fetched(given["url"]), given)]
    problems: list[InputError] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (name if Path(name).suffix else f"{name}.txt")
        path.write_bytes(data)
        found = []
        for document in read_documents([path], on_problem=problems.append):
            found.append(_with_given(document, given))
            if len(found) > MOST_DOCUMENTS:
                raise InputError(f"{name} holds more than {MOST_DOCUMENTS} documents", next_step="Use `muster add`")
    if not found:
        raise problems[0] if problems else InputError(f"{name} holds no document")
    return found


def _fetched(url: str) -> Document:
    from muster.documents.feeds import Link
    from muster.documents.fetching import Fetcher
    from muster.documents.harvest import document_of

    if not web_url(url):
        raise InputError(f"address {url!r}", rule="an address begins with http:// or https://")
    with Fetcher() as fetcher:
        return document_of(fetcher.get(url), Link(url))


def _with_given(document: Document, given: dict[str, str]) -> Document:
    day = parse_date(given["published"], name="date") if given["published"] else document.published
    return replace(
        document, url=web_url(given["url"]) or document.url, title=given["title"] or document.title,
        publisher=given["publisher"] or document.publisher, published=day,
    )  # fmt: skip


def _row(statement: Statement) -> tuple[str, str, str, str]:
    return statement.kind, statement.actor, describe(statement), statement.quote


def _line(document: Document) -> str:
    row = {name: value for name, value in row_of(document).items() if value}
    return json.dumps(row | {"id": document.source_id}) + "\n"
