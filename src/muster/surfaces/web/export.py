"""The case as a folder of files: every page that only reads, with relative links, for any host or none.

What needs a server (review, adding, briefs, searching, running the model again) is left out, and links to it lose their
target. Scripts are plain ones, because browsers load no modules from files.
"""

import json
import posixpath
import re
from collections import deque
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from muster import __version__
from muster.base.errors import InputError
from muster.surfaces.web.app import PAGES, static_file
from muster.surfaces.web.pages.api_routes import ROUTES
from muster.surfaces.web.site import Site
from muster.surfaces.web.strait import Strait

LEFT_OUT = ("/api", "/brief", "/check", "/changes.atom", "/passage/figures")
KEPT_API = ("/api/roll.json", "/api/roll.csv", "/api/claims.json", "/api/tensions.json")
"""Answers that are whole on one page of rows."""
MARK = "muster-site.json"
_LINK = re.compile(r'\b(href|src)="((?:/(?!/)|\?)[^"]*)"')
_EXPORT = re.compile(rb"^export (?=(async )?(function|const|class) )", re.MULTILINE)
_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")

Page = Callable[[Site, Request], Response]


def export_site(site: Site, folder: Path, *, on_page: Callable[[int, int], None] | None = None) -> int:
    """Write all pages that only read into `folder` and return the number of files.

    Parameters
    ----------
    site : Site
        Its `root` must be empty; it is marked static.
    folder : Path
        New, empty, or an earlier export (which is written over).
    on_page : callable, optional
        Told (files written, files known so far).

    Raises
    ------
    InputError
        The folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise InputError(f"{folder} is not empty", rule="an export goes to a new folder", next_step="Name another")
    site.is_static, site.strait = True, site.strait or Strait.of(site)
    pages = {path: page for path, page in PAGES.items() if path not in LEFT_OUT}
    pages |= {path: page for path, (page, _, _) in ROUTES.items() if path in KEPT_API}
    routes = [(Route(path, lambda _: Response()), page) for path, page in pages.items()]
    waiting, known = deque(["/"]), {"/"}
    n_written = 0
    while waiting:
        link = waiting.popleft()
        content, found = _content(site, routes, link)
        target = folder / file_of(link)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        n_written += 1
        waiting += [other for other in found if other not in known]
        known |= set(found)
        if on_page is not None:
            on_page(n_written, len(known))
    (folder / MARK).write_text(json.dumps({"case": site.case.name, "muster": __version__}) + "\n", encoding="utf-8")
    return n_written + 1


def file_of(link: str) -> str:
    """Return the file of a local link, relative to the export's folder."""
    parts = urlsplit(link)
    path = parts.path.strip("/")
    if parts.path.startswith(("/static/", "/api/")):
        return path
    page = parse_qs(parts.query).get("page", ["1"])[0]
    return f"{path or 'index'}{'' if page == '1' else f'-{page}'}.html"


def _content(site: Site, routes: list[tuple[Route, Page]], link: str) -> tuple[bytes, list[str]]:
    """Return a link's file, and the local links in it that have a file too, each once."""
    parts = urlsplit(link)
    if parts.path.startswith("/static/"):
        found = static_file(parts.path.removeprefix("/static/"))
        content = found[0] if found else b""
        return (_EXPORT.sub(b"", content) if parts.path.endswith(".js") else content), []
    response = _page(routes, link)(site)
    if response.media_type != "text/html":
        return bytes(response.body), []
    links: dict[str, None] = {}
    here = posixpath.dirname(file_of(link))

    def relative(match: re.Match[str]) -> str:
        name, given = match[1], unescape(match[2])
        target, _, mark = (parts.path + given if given.startswith("?") else given).partition("#")
        if not _is_kept(routes, target):
            return "" if name == "href" else match[0]
        clean = target.split("?", maxsplit=1)[0] if target.startswith("/static/") else target
        links[clean] = None
        place = posixpath.relpath(file_of(clean), here or ".") + (f"#{mark}" if mark else "")
        return f'{name}="{escape(place)}"'

    text = _LINK.sub(relative, bytes(response.body).decode())
    return text.replace('<script type="module" src=', "<script defer src=").encode(), list(links)


def _page(routes: list[tuple[Route, Page]], link: str) -> Callable[[Site], Response]:
    parts = urlsplit(link)
    scope = {
        "type": "http", "method": "GET", "path": parts.path, "query_string": parts.query.encode(), "headers": [],
        "scheme": "http", "server": ("localhost", 80), "root_path": "",
    }  # fmt: skip
    for route, page in routes:
        match, found = route.matches(scope)
        if match is Match.FULL:
            request = Request({**scope, **found})
            return lambda site: page(site, request)
    raise InputError(f"no page at {link}")


def _is_kept(routes: list[tuple[Route, Page]], link: str) -> bool:
    parts = urlsplit(link)
    if not all(_SEGMENT.fullmatch(segment) for segment in parts.path.strip("/").split("/") if segment):
        return False
    if parts.path.startswith("/static/"):
        return static_file(parts.path.removeprefix("/static/")) is not None
    query = parse_qs(parts.query)
    if query and (parts.path != "/documents" or set(query) != {"page"}):
        return False
    scope = {"type": "http", "method": "GET", "path": parts.path, "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route, _ in routes)
