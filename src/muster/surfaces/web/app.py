"""The web application: routes, security headers, errors, static files."""

import asyncio
import gzip
import logging
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from muster import __version__
from muster.base.errors import InputError, LedgerError, MusterError, NotFoundError, RemoteError
from muster.passage.chart import player_source
from muster.surfaces.style import style_sheet
from muster.surfaces.web.accounts import Accounts
from muster.surfaces.web.findings import QUESTIONS
from muster.surfaces.web.guard import BodyLimit, RateLimit, SecurityHeaders
from muster.surfaces.web.jobs import Jobs
from muster.surfaces.web.pages import (
    add,
    api_routes,
    brief,
    claims,
    contribution,
    documents,
    feed,
    home,
    passage,
    review,
    roll,
    session,
    tensions,
)
from muster.surfaces.web.renderer import Asked, Page, ThreadRenderer
from muster.surfaces.web.shelf import Rendered, Sheet, Shelf
from muster.surfaces.web.site import Site
from muster.surfaces.web.strait import Strait

_LOG = logging.getLogger("uvicorn.error")
Serve = Callable[[str], Callable[[Request], Any]]

# path -> page. Pages are kept by address and query, and renewed when the ledger grows.
PAGES: dict[str, Page] = {
    "/roll": roll.show_roll,
    "/roll/{member}/{ask}": roll.show_cell,
    "/members/{member}": roll.show_member,
    "/asks/{ask}": roll.show_ask,
    "/": home.show_home,
    "/method": home.show_method,
    "/api": api_routes.show_api,
    "/changes.atom": feed.changes,
    "/brief": brief.show_form,
    "/claims": claims.show_claims,
    "/claims/{claim}": claims.show_claim,
    "/check": claims.check_sentence,
    "/tensions": tensions.show_tensions,
    "/passage": passage.show_passage,
    "/passage/figures": passage.show_fragment,
    "/documents": documents.show_list,
    "/documents/{document_id}": documents.show_document,
}

NAMING_THEIR_HOST = frozenset({"/changes.atom"})
"""Pages that name their own host, which comes from the request: kept by host."""
QUEUE = "/review"
OWN = frozenset({"/passage", "/passage/figures"})
"""Pages of runs that the server itself keeps: rendered in its threads (the model lets other threads run)."""
SMALL = frozenset({"/documents/{document_id}", "/api/documents.json", "/api/statements.json", "/api/statements.csv"})
"""Pages of a few milliseconds, each asked for by few: rendered in the server's threads, past the line of slow ones."""
FRONT = ("/", "/roll", "/claims", "/tensions", "/documents", QUEUE)
KEEP_S = 1.0
"""How often the front looks whether something was recorded."""


class Renderer(Protocol):
    """Renders pages somewhere."""

    async def render(self, asked: Asked) -> Rendered:
        """Return a page; raises what the page raises."""

    def close(self) -> None:
        """Stop."""


def is_own(asked: Asked) -> bool:
    """Return whether the server renders a page itself rather than in the process beside it."""
    is_search = asked.route == "/documents" and "q=" in asked.query
    return is_search or asked.route in OWN or asked.route in SMALL


def all_pages() -> dict[str, Page]:
    """Return every page that is the same for everybody, by route."""
    pages = PAGES | {path: page for path, (page, _, _) in api_routes.ROUTES.items()}
    return pages | {QUEUE: lambda site, request: review.show_queue(site, request, None)}


_STATUS_OF_ERROR: tuple[tuple[type[MusterError], int], ...] = (
    (NotFoundError, 404),
    (InputError, 400),
    (RemoteError, 502),
    (LedgerError, 503),
    (MusterError, 500),
)


def create_app(
    site: Site, accounts: Accounts, *, make_renderer: Callable[[ThreadRenderer], Renderer] | None = None,
    keeps_front: bool = False,
) -> FastAPI:  # fmt: skip
    """Return the application that serves one case from one ledger.

    Parameters
    ----------
    make_renderer : callable, optional
        Given the renderer in the server's threads, returns the one to use; that one itself if left out.
    keeps_front : bool
        Render the pages of the front at the start and whenever something is recorded, before anybody asks.
    """
    jobs, shelf = Jobs(), Shelf()
    threads = ThreadRenderer(site, all_pages())
    renderer: Renderer = make_renderer(threads) if make_renderer else threads

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async def keep(path: str) -> None:
            asked = Asked(path, path, "", {}, "http://localhost/")
            revision = site.recent_revision() or await run_in_threadpool(site.revision)
            await shelf.take((path, "", ""), revision, lambda: renderer.render(asked))

        keeper = asyncio.create_task(_keep_front(site, keep)) if keeps_front else None
        yield
        if keeper is not None:
            keeper.cancel()
        await run_in_threadpool(jobs.close)
        await run_in_threadpool(renderer.close)

    app = FastAPI(
        title="muster", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )  # fmt: skip
    site.strait = Strait.of(site)
    serve = _serving(site, accounts, shelf, renderer)
    for path in PAGES:
        app.router.routes.append(Route(path, serve(path), methods=["GET"]))
    api_routes.add_api(app, serve)
    app.router.routes += [*_personal_routes(site, accounts, serve), *_finding_routes(site, jobs)]
    app.router.routes += _job_routes(site, jobs)
    app.router.routes.append(Route("/static/{name}", _static, methods=["GET"]))
    app.router.routes.append(Route("/health", _health(site), methods=["GET"]))
    app.add_exception_handler(MusterError, _error_page(site))
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=4)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimit)
    app.add_middleware(SecurityHeaders)
    return app


def _personal_routes(site: Site, accounts: Accounts, serve: Serve) -> list[Route]:
    """Return the routes that depend on who asks: never cached."""

    public_queue = serve(QUEUE)

    async def queue(request: Request) -> Response:
        person = accounts.who(request)
        if person is None:
            return await public_queue(request)  # type: ignore[no-any-return]
        response = await run_in_threadpool(review.show_queue, site, request, person)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def statement(request: Request) -> Response:
        return await run_in_threadpool(review.show_statement, site, request, accounts.who(request))

    async def ruling(request: Request) -> Response:
        return await review.rule(site, accounts, request)

    async def log_in(request: Request) -> Response:
        return await session.log_in(site, accounts, request)

    async def log_out(request: Request) -> Response:
        return await session.log_out(site, accounts, request)

    drafts = add.Drafts()

    async def add_form(request: Request) -> Response:
        return await run_in_threadpool(add.show_form, site, accounts, request)

    async def add_preview(request: Request) -> Response:
        return await add.preview(site, accounts, drafts, request)

    async def add_confirm(request: Request) -> Response:
        return await add.confirm(site, accounts, drafts, request)

    return [
        Route("/add", add_form),
        Route("/add/preview", add_preview, methods=["POST"]),
        Route("/add/confirm", add_confirm, methods=["POST"]),
        Route(QUEUE, queue),
        Route("/statements/{statement}", statement),
        Route("/statements/{statement}/ruling", ruling, methods=["POST"]),
        Route("/login", log_in, methods=["GET", "POST"]),
        Route("/logout", log_out, methods=["POST"]),
    ]


def _finding_routes(site: Site, jobs: Jobs) -> list[Route]:
    """Return the pages of what the contribution half finds, and the forms that start finding."""
    findings = contribution.Findings()

    def endpoint(name: str) -> Callable[[Request], Any]:
        async def finding(request: Request) -> Response:
            if request.method == "POST":
                return await contribution.start_finding(site, findings, jobs, request, name)
            return await run_in_threadpool(contribution.show_finding, site, findings, name)

        return finding

    return [Route(f"/{name}", endpoint(name), methods=["GET", "POST"]) for name in QUESTIONS]


def _job_routes(site: Site, jobs: Jobs) -> list[Route]:
    """Return the routes of long work."""

    async def start(request: Request) -> Response:
        return await brief.start(site, jobs, request)

    async def job(request: Request) -> Response:
        return brief.show_job(site, jobs, request)

    async def cancel(request: Request) -> Response:
        return await brief.cancel(site, jobs, request)

    async def events(request: Request) -> Response:
        return await brief.events(jobs, request)

    async def result(request: Request) -> Response:
        return brief.result(jobs, request)

    return [
        Route("/brief", start, methods=["POST"]),
        Route("/jobs/{job}", job),
        Route("/jobs/{job}/events", events),
        Route("/jobs/{job}/cancel", cancel, methods=["POST"]),
        Route("/jobs/{job}/{name}", result),
    ]


def _serving(site: Site, accounts: Accounts, shelf: Shelf, renderer: Renderer) -> Serve:
    """Return what makes the endpoint of a page: answered from the shelf, compressed once, with 304 where it may be."""

    def serve(route: str) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            asked = Asked.of(route, request)
            address = (asked.path, asked.query, asked.base_url if route in NAMING_THEIR_HOST else "")
            revision = site.recent_revision() or await run_in_threadpool(site.revision)
            is_asked_anew = "no-cache" in request.headers.get("cache-control", "")
            at_least = revision if is_asked_anew else site.written_by(accounts.who(request))
            sheet = await shelf.take(address, revision, lambda: renderer.render(asked), at_least=at_least)
            return sheet if isinstance(sheet, Response) else _answer(sheet, request)

        return endpoint

    return serve


def _answer(sheet: Sheet, request: Request) -> Response:
    """Return a page as the client takes it."""
    # Weak, because the same page goes out plain and compressed.
    headers = {"ETag": f"W/{sheet.tag}", "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if sheet.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = sheet.kind
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(sheet.packed, headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(sheet.packed), headers=headers)


async def _keep_front(site: Site, serve: Callable[[str], Awaitable[object]]) -> None:
    """Keep the pages of the front warm: renew them when something was recorded, by whomever, until cancelled."""
    seen = revision = ""
    while True:
        try:
            revision = await run_in_threadpool(site.revision)
            if revision != seen:
                for path in FRONT:
                    await serve(path)
                seen = revision
        except MusterError as error:
            _LOG.warning("the front is not kept: %s", error)
        except Exception:  # noqa: BLE001  a fault of one page must not end the keeping of all others
            _LOG.exception("a page of the front failed")
            seen = revision
        await asyncio.sleep(KEEP_S)


def _error_page(site: Site) -> Callable[[Request, Exception], Any]:
    async def handler(request: Request, error: Exception) -> Response:
        status = next((code for kind, code in _STATUS_OF_ERROR if isinstance(error, kind)), 500)
        if request.url.path.startswith("/api/"):
            from starlette.responses import JSONResponse

            return JSONResponse({"error": str(error)}, status_code=status)
        values = {"title": "Not found" if status == 404 else "That did not work", "message": str(error)}
        return HTMLResponse(site.render("error.html.j2", "", values), status_code=status)

    return handler


@cache
def static_file(name: str) -> tuple[bytes, str] | None:
    """Return a static file and its media type; names are looked up in a fixed list, so no path can leave the folder."""
    if name == "muster.css":
        return style_sheet().encode(), "text/css"
    if name == "player.js":
        return player_source().encode(), "text/javascript"
    folder = files("muster.surfaces.web").joinpath("static")
    known = {entry.name: entry for entry in folder.iterdir() if entry.is_file()}
    if name not in known:
        return None
    kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "application/octet-stream"
    return known[name].read_bytes(), kind


def _health(site: Site) -> Callable[[Request], Any]:
    """Return the endpoint that says whether the ledger answers; 503 by the error page where it does not."""

    async def health(_: Request) -> Response:
        await run_in_threadpool(site.revision)
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    return health


async def _static(request: Request) -> Response:
    found = static_file(request.path_params["name"])
    if found is None:
        return PlainTextResponse("no such file", status_code=404)
    body, kind = found
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if request.url.query else "no-cache"}
    return Response(body, media_type=kind, headers=headers)
