"""The API's routes with typed parameters and answers, so that its description (OpenAPI) is of what really runs."""

import inspect
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from muster.base.scheme import KINDS
from muster.surfaces.cards.claims import ClaimCard
from muster.surfaces.cards.tensions import TensionRow
from muster.surfaces.web.pages import api
from muster.surfaces.web.site import Site

Serve = Callable[[str], Callable[[Request], Awaitable[Response]]]


class Clocks(BaseModel):
    """The view that was answered from; ask again with both and the answer is the same for ever."""

    as_of: date
    known_at: datetime


class Cell(BaseModel):
    """One member's standing on one ask."""

    member: str
    name: str
    ask: str
    status: str
    is_contested: bool
    is_asked: bool
    sentence: str
    statement_ids: str


class RollAnswer(Clocks):
    """The roll."""

    cells: list[Cell]


class StatementRow(BaseModel, extra="allow"):
    """A statement with its verbatim quote and its document; its codes by kind are further fields."""

    id: str
    document_id: str
    kind: str
    actor: str
    quote: str
    start: int
    end: int
    valid_from: date
    recorded_at: datetime
    review: str
    publisher: str
    url: str
    letter: str


class StatementsAnswer(Clocks):
    """A page of statements; `next` is the offset of the next page."""

    statements: list[StatementRow]
    next: int | None


class DocumentRow(BaseModel):
    """A document without its text."""

    id: str
    source_id: str
    publisher: str
    title: str
    url: str
    published: date | None
    language: str
    letter: str
    origin: str
    is_digest: bool


class DocumentsAnswer(Clocks):
    """A page of documents; `next` is the offset of the next page."""

    documents: list[DocumentRow]
    next: int | None


class ClaimsAnswer(Clocks):
    """The case's claims with their verdicts."""

    claims: list[ClaimCard]


class TensionsAnswer(Clocks):
    """Tensions, newest first."""

    tensions: list[TensionRow]


class CheckAnswer(Clocks, extra="allow"):
    """The verdict on a sentence; further fields are those of a claim."""

    text: str
    verdict: str
    sentence: str
    n_population: int
    n_yes: int
    n_no: int
    n_unreported: int
    worst_pct: float
    best_pct: float
    threshold: str


class Problem(BaseModel):
    """What was wrong, in one line."""

    error: str


_ABSENT = cast("Any", None)


async def clocks(
    as_of: Annotated[date, Query(description="The day in the world; the case's last day by default.")] = _ABSENT,
    known_at: Annotated[datetime, Query(description="What was on record at this instant; now by default.")] = _ABSENT,
) -> None:
    """The two clocks that every route takes; checked here, read by the page."""


async def paging(
    offset: Annotated[int, Query(ge=0, le=api.MOST_OFFSET, description="Rows to pass over.")] = 0,
    limit: Annotated[int, Query(ge=0, le=api.MOST_ROWS, description="Rows a page.")] = 100,
) -> None:
    """A page of rows."""


async def choosing(
    kind: Annotated[str, Query(description=f"One of {', '.join(KINDS)}; all by default.")] = "",
    actor: Annotated[str, Query(description="A code such as ESP; all by default.", max_length=40)] = "",
) -> None:
    """Which statements."""


async def asking(
    sentence: Annotated[str, Query(min_length=1, max_length=400, description="A claim about how many do what.")],
) -> None:
    """The sentence to check."""


Taking = Callable[..., Awaitable[None]]
# path -> (page, answer; None for CSV, what it takes besides the clocks)
ROUTES: dict[str, tuple[Callable[[Site, Request], Response], type[BaseModel] | None, tuple[Taking, ...]]] = {
    "/api/roll.json": (api.roll_json, RollAnswer, ()),
    "/api/roll.csv": (api.roll_csv, None, ()),
    "/api/statements.json": (api.statements_json, StatementsAnswer, (choosing, paging)),
    "/api/statements.csv": (api.statements_csv, None, (choosing, paging)),
    "/api/claims.json": (api.claims_json, ClaimsAnswer, ()),
    "/api/check.json": (api.check_json, CheckAnswer, (asking,)),
    "/api/tensions.json": (api.tensions_json, TensionsAnswer, ()),
    "/api/documents.json": (api.documents_json, DocumentsAnswer, (paging,)),
}
EXAMPLES = {
    "/api/check.json": "?sentence=Most+allies+have+refused+to+send+warships",
    "/api/statements.json": "?limit=5",
}


def add_api(app: FastAPI, serve: Serve) -> None:
    """Declare every route of the API.

    The typed parameters are checked here and described in `/api/openapi.json`; the page itself reads the request, so
    that its answer is kept by address and tagged like any other page's.
    """
    for path, (page, answer, takes) in ROUTES.items():
        good: dict[str, Any] = (
            {"model": answer} if answer else {"content": {"text/csv": {"schema": {"type": "string"}}}}
        )
        app.add_api_route(
            path, serve(path), methods=["GET"], response_class=Response,
            summary=(page.__doc__ or "").splitlines()[0], operation_id=page.__name__,
            dependencies=[Depends(given) for given in (clocks, *takes)],
            responses={
                200: good, 304: {"description": "Not changed since the ETag sent"},
                400: {"model": Problem, "description": "A parameter breaks its rule; the error says which"},
            },
        )  # fmt: skip
    app.add_exception_handler(RequestValidationError, _refuse)
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        """Describe what really is answered: 400 for a wrong parameter, never 422."""
        found = describe()
        for path in found["paths"].values():
            path["get"]["responses"].pop("422", None)
        return found

    app.openapi = openapi  # type: ignore[method-assign]


async def _refuse(_: Request, error: Exception) -> Response:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": ("request",), "msg": "wrong"}
    return JSONResponse({"error": f"{first['loc'][-1]}: {first['msg']}"}, status_code=400)


def show_api(site: Site, _: Request) -> Response:
    """The page that lists the routes, their parameters and an example of each."""
    rows = []
    for path, (page, _answer, takes) in ROUTES.items():
        names = [name for taken in (*takes, clocks) for name in inspect.signature(taken).parameters]
        rows.append((path, (page.__doc__ or "").splitlines()[0], names, EXAMPLES.get(path, "")))
    return HTMLResponse(site.render("api.html.j2", "", {"routes": rows}))
