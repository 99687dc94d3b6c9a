"""Log in and out."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from muster.surfaces.web.accounts import SESSION_COOKIE, SESSION_S, Accounts, is_same_origin
from muster.surfaces.web.site import Site


def local_path(text: str) -> str:
    """Return a path of this site to go on to; anything else becomes the review queue."""
    is_local = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if is_local else "/review"


async def log_in(site: Site, accounts: Accounts, request: Request) -> Response:
    """The form, and what it sends."""
    onward = local_path(request.query_params.get("next", "/review"))
    if request.method == "GET":
        return HTMLResponse(site.render("login.html.j2", "/review", {"problem": "", "next": onward}))
    if not is_same_origin(request):
        return HTMLResponse("This form was sent from another site.", status_code=403)
    form = await request.form(max_files=0, max_fields=10)
    name, password = str(form.get("name", ""))[:80], str(form.get("password", ""))[:1000]
    secret = await run_in_threadpool(accounts.log_in, name, password)
    if secret is None:
        values = {"problem": "Name and password do not fit, or too many tries failed.", "next": onward}
        return HTMLResponse(site.render("login.html.j2", "/review", values), status_code=401)
    response = RedirectResponse(site.root + onward, status_code=303)
    response.set_cookie(
        SESSION_COOKIE, secret, max_age=SESSION_S, httponly=True, samesite="strict",
        secure=request.url.scheme == "https", path=site.root or "/",
    )  # fmt: skip
    return response


async def log_out(site: Site, accounts: Accounts, request: Request) -> Response:
    """End the session."""
    if not is_same_origin(request):
        return HTMLResponse("This form was sent from another site.", status_code=403)
    accounts.log_out(request.cookies.get(SESSION_COOKIE, ""))
    response = RedirectResponse(f"{site.root}/", status_code=303)
    response.delete_cookie(SESSION_COOKIE, path=site.root or "/")
    return response
