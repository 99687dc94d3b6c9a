"""Where pages are rendered: in threads of the server, or in a process of its own so that serving never waits for it.

The process opens the same case and ledger and renders what it is told; it keeps nothing that could be lost.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from muster.base.errors import MusterError
from muster.surfaces.web.shelf import Rendered, Sheet
from muster.surfaces.web.site import Site

Page = Callable[[Site, Request], Response]
N_THREADS = 2
"""Python renders one page at a time anyway, and each thread keeps a connection with a page cache of its own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is made of: the route, and what its address says."""

    route: str
    path: str
    query: str
    path_params: Mapping[str, str]
    base_url: str

    @classmethod
    def of(cls, route: str, request: Request) -> "Asked":
        """Return what a request asks."""
        base = str(request.base_url)
        return cls(route, request.url.path, request.url.query, dict(request.path_params), base)

    def request(self) -> Request:
        """Return the request again, as a page reads it."""
        scheme, _, host = self.base_url.rstrip("/").partition("://")
        return Request(
            {
                "type": "http", "method": "GET", "path": self.path, "query_string": self.query.encode(),
                "path_params": dict(self.path_params), "headers": [(b"host", host.encode())], "scheme": scheme,
                "root_path": "",
            }
        )  # fmt: skip


def render_sheet(site: Site, page: Page, asked: Asked) -> Rendered:
    """Return a page of the newest revision, packed; answers other than 200 stay as they are."""
    begin_s = time.perf_counter()
    revision = site.revision()
    response = page(site, asked.request())
    if response.status_code != 200:
        return response
    return Sheet.of(response, revision, time.perf_counter() - begin_s)


class ThreadRenderer:
    """Renders in the server's threads, a few at a time."""

    def __init__(self, site: Site, pages: Mapping[str, Page]) -> None:
        self._site = site
        self._pages = pages
        self._limit: CapacityLimiter | None = None

    async def render(self, asked: Asked) -> Rendered:
        """Return a page; raises what the page raises."""
        if self._limit is None:
            self._limit = CapacityLimiter(N_THREADS)
        page = self._pages[asked.route]
        return await to_thread.run_sync(render_sheet, self._site, page, asked, limiter=self._limit)

    def close(self) -> None:
        """Nothing to stop."""


class ProcessRenderer:
    """Renders in one process beside the server; in the server's threads while that process cannot be had.

    Parameters
    ----------
    fallback : ThreadRenderer
        Also renders what `is_own` chooses: what lives in the server, and small pages that should not wait in line.
    case_name, ledger_url, root : str
        As `muster serve` was given them; the process opens them again.
    """

    def __init__(
        self, fallback: ThreadRenderer, case_name: str, ledger_url: str, root: str, *, is_own: Callable[[Asked], bool]
    ) -> None:
        self._fallback = fallback
        self._given = (case_name, ledger_url, root)
        self._is_own = is_own
        self._pool: ProcessPoolExecutor | None = None
        self._is_closed = False

    async def render(self, asked: Asked) -> Rendered:
        """Return a page; raises what the page raises."""
        if self._is_own(asked) or self._is_closed:
            return await self._fallback.render(asked)
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, context, initializer=_open, initargs=self._given)
        pool = self._pool
        try:
            found: Rendered | None = await asyncio.get_running_loop().run_in_executor(pool, _render, asked)
        except (BrokenProcessPool, RuntimeError):
            # It died (out of memory, killed) or is closing: the next page starts another.
            if self._pool is pool:
                self._pool = None
            found = None
        # An error is raised here, where it is answered, by asking once more.
        return found if found is not None else await self._fallback.render(asked)

    def close(self) -> None:
        """Stop the process after the page it is at."""
        self._is_closed = True
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


_OPENED: dict[str, Any] = {}


def _open(case_name: str, ledger_url: str, root: str) -> None:
    """Open the site in the rendering process, and end with the server even if that was killed."""
    from muster.base.case import load_case
    from muster.ledger import open_ledger
    from muster.surfaces.web.app import all_pages
    from muster.surfaces.web.strait import Strait

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(0)), daemon=True).start()
    os.nice(5)
    site = Site(load_case(case_name), open_ledger(ledger_url), root=root)
    site.strait = Strait.of(site)
    _OPENED.update(site=site, pages=all_pages())


def _render(asked: Asked) -> Rendered | None:
    """Render one page in the process; None where it raised what the server must answer itself."""
    try:
        return render_sheet(_OPENED["site"], _OPENED["pages"][asked.route], asked)
    except MusterError:
        return None
