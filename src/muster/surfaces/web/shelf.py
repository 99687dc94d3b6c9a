"""Rendered pages, kept ready to send: rendered once at a time, renewed behind the readers' backs when the ledger grows.

A view is a pure function of (`as_of`, `known_at`) and the rows, so a page stays true until something is recorded. Then
the page that is kept is still what was on record a moment ago, and says so in its foot; readers get it while the new
one is rendered. Who wrote waits for a page that shows it, and so does who asks with `Cache-Control: no-cache`.
"""

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

Address = tuple[str, ...]
"""Path, query, and what else a page depends on."""

CACHE_BYTES = 96 << 20
"""Compressed: about ten thousand pages."""
PATIENCE_S = 0.05
"""A renewal that is done so soon is waited for; half of what a page may take."""
STALE_S = 300.0
"""A page is handed out at most so long after it was last known to be the newest; then readers wait. Long, because many
pages may wait for the one process that renders; usually it is seconds."""
REST = 4.0
"""While the ledger grows without a pause, a page rests this many times as long as it took to render,"""
MOST_REST_S = 15.0
"""but no longer than this, however slow it was."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page ready to send: its bytes compressed, its tag (of the content), the ledger's revision it shows."""

    revision: str
    kind: str
    packed: bytes
    tag: str
    took_s: float = 0.0

    @classmethod
    def of(cls, response: Response, revision: str, took_s: float) -> "Sheet":
        """Return the sheet of a rendered page."""
        content = bytes(response.body)
        tag = hashlib.sha256(content).hexdigest()[:24]
        return cls(revision, response.headers["content-type"], gzip.compress(content, 6, mtime=0), f'"{tag}"', took_s)


Rendered = Sheet | Response
"""A page, or an answer that is not kept because it is no page (an error, a redirection)."""
Render = Callable[[], Awaitable[Rendered]]


@dataclass(slots=True)
class _Place:
    """What the shelf knows of one address."""

    sheet: Sheet | None = None
    true_s: float = float("-inf")
    """When the sheet was last known to be the newest."""
    rendered_s: float = float("-inf")
    task: "asyncio.Task[Rendered] | None" = None
    begun_s: float = 0.0


class Shelf:
    """The pages of a server by address; used from its event loop only.

    Parameters
    ----------
    limit_bytes : int
        Of the pages kept; the ones unused longest go first.
    """

    def __init__(self, limit_bytes: int = CACHE_BYTES) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._places: OrderedDict[Address, _Place] = OrderedDict()

    async def take(self, address: Address, revision: str, render: Render, *, at_least: str = "") -> Rendered:
        """Return the page at an address: of the newest `revision`, or of one a moment ago.

        Never of one before `at_least`: for that a reader waits. Revisions are texts that rise.
        """
        place = self._places.setdefault(address, _Place())
        self._places.move_to_end(address)
        now_s = time.monotonic()
        sheet = place.sheet
        if sheet is not None and sheet.revision >= revision:
            place.true_s = now_s
            return sheet
        if sheet is None or sheet.revision < at_least or now_s - place.true_s > STALE_S:
            return await self._newest(address, place, revision, render)
        task = self._renew(address, place, render, rest_s=min(REST * sheet.took_s, MOST_REST_S))
        left_s = place.begun_s + PATIENCE_S - time.monotonic()
        if task is not None and left_s > 0:
            done, _ = await asyncio.wait({task}, timeout=left_s)
            if done:
                return task.result()
        return sheet

    async def _newest(self, address: Address, place: _Place, revision: str, render: Render) -> Rendered:
        """Wait for a page that shows `revision`: a render that began before that was recorded may not."""
        while True:
            task = place.task or self._renew(address, place, render)
            found = await asyncio.shield(task) if task else None
            if found is not None and (not isinstance(found, Sheet) or found.revision >= revision):
                return found

    def _renew(
        self, address: Address, place: _Place, render: Render, *, rest_s: float = 0.0
    ) -> "asyncio.Task[Rendered] | None":
        """Return the task that renders the page, begun now if there is none; nothing while the page rests."""
        now_s = time.monotonic()
        if place.task is None and now_s - place.rendered_s >= rest_s:
            place.begun_s = now_s
            place.task = asyncio.create_task(self._render(address, place, render))
            place.task.add_done_callback(_take_note)
        return place.task

    async def _render(self, address: Address, place: _Place, render: Render) -> Rendered:
        try:
            found = await render()
            if isinstance(found, Sheet) and self._places.get(address) is place:
                self._size += len(found.packed) - (len(place.sheet.packed) if place.sheet else 0)
                # What it shows was the newest when rendering began.
                place.sheet, place.true_s = found, place.begun_s
                self._drop_oldest()
            return found
        finally:
            place.rendered_s, place.task = time.monotonic(), None
            if place.sheet is None and self._places.get(address) is place:
                del self._places[address]

    def _drop_oldest(self) -> None:
        while self._size > self._limit:
            _, dropped = self._places.popitem(last=False)
            self._size -= len(dropped.sheet.packed) if dropped.sheet else 0


def _take_note(task: "asyncio.Task[Rendered]") -> None:
    """Look at a task's error, so that one whose reader has gone is not reported as forgotten."""
    if not task.cancelled():
        task.exception()
