"""The shelf renders a page once for all who wait, hands out the last one while it is renewed, drops the oldest."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.responses import HTMLResponse, Response

from muster.base.errors import NotFoundError
from muster.surfaces.web import shelf as shelf_module
from muster.surfaces.web.shelf import Rendered, Sheet, Shelf

HERE = ("/roll", "", "")


class Kitchen:
    """Renders pages of a revision, counted; waits at a gate where one is given."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        self.n_rendered = 0
        self.gate: asyncio.Event | None = None

    async def __call__(self) -> Rendered:
        revision = self.revision
        self.n_rendered += 1
        if self.gate is not None:
            await self.gate.wait()
        return Sheet.of(HTMLResponse(f"page of {revision}"), revision, 0.0)


def run(story: Callable[[], Awaitable[None]]) -> None:
    """Run a story on an event loop."""

    async def whole() -> None:
        await story()

    asyncio.run(whole())


def revision_of(found: Rendered) -> str:
    """Return the revision of a sheet."""
    assert isinstance(found, Sheet)
    return found.revision


def test_many_readers_wait_for_one_rendering() -> None:
    """A page that is not there yet is rendered once, however many ask."""

    async def story() -> None:
        shelf, kitchen = Shelf(), Kitchen("1")
        found = await asyncio.gather(*(shelf.take(HERE, "1", kitchen) for _ in range(50)))
        assert {revision_of(page) for page in found} == {"1"}
        await shelf.take(HERE, "1", kitchen)
        assert kitchen.n_rendered == 1

    run(story)


def test_the_last_page_is_handed_out_while_it_is_renewed() -> None:
    """After a recording readers get the page before it, and the new one as soon as it is done."""

    async def story() -> None:
        shelf, kitchen = Shelf(), Kitchen("1")
        await shelf.take(HERE, "1", kitchen)
        kitchen.revision, kitchen.gate = "2", asyncio.Event()
        assert revision_of(await shelf.take(HERE, "2", kitchen)) == "1"
        kitchen.gate.set()
        for _ in range(4):
            await asyncio.sleep(0)
        assert revision_of(await shelf.take(HERE, "2", kitchen)) == "2"
        assert kitchen.n_rendered == 2

    run(story)


def test_who_wrote_waits_for_a_page_that_shows_it() -> None:
    """A rendering that began before the write is not enough for the writer."""

    async def story() -> None:
        shelf, kitchen = Shelf(), Kitchen("1")
        await shelf.take(HERE, "1", kitchen)
        kitchen.revision, kitchen.gate = "2", asyncio.Event()
        other = asyncio.create_task(shelf.take(HERE, "2", kitchen))
        for _ in range(3):
            await asyncio.sleep(0)
        kitchen.revision = "3"
        writer = asyncio.create_task(shelf.take(HERE, "3", kitchen, at_least="3"))
        await asyncio.sleep(0)
        kitchen.gate.set()
        assert revision_of(await writer) == "3"
        assert revision_of(await other) in {"1", "2"}

    run(story)


def test_an_old_page_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that was last known to be true too long ago is waited for."""

    async def story() -> None:
        shelf, kitchen = Shelf(), Kitchen("1")
        await shelf.take(HERE, "1", kitchen)
        kitchen.revision = "2"
        monkeypatch.setattr(shelf_module, "STALE_S", -1.0)
        assert revision_of(await shelf.take(HERE, "2", kitchen)) == "2"

    run(story)


def test_a_page_rests_while_the_ledger_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that took long is not rendered again at every recording."""
    monkeypatch.setattr(shelf_module, "REST", 1e12)
    monkeypatch.setattr(shelf_module, "MOST_REST_S", 1e9)

    async def story() -> None:
        shelf, kitchen = Shelf(), Kitchen("1")

        async def slowly() -> Rendered:
            found = await kitchen()
            assert isinstance(found, Sheet)
            return Sheet(found.revision, found.kind, found.packed, found.tag, took_s=1.0)

        await shelf.take(HERE, "1", slowly)
        for revision in "23456":
            kitchen.revision = revision
            assert revision_of(await shelf.take(HERE, revision, slowly)) == "1"
        assert kitchen.n_rendered == 1

    run(story)


def test_errors_are_raised_and_not_kept() -> None:
    """What is not there is said to everybody who asks, and takes no place."""

    async def story() -> None:
        shelf = Shelf()

        async def fail() -> Rendered:
            raise NotFoundError("no such page")

        async def move() -> Rendered:
            return Response(status_code=302)

        found = await asyncio.gather(*(shelf.take(HERE, "1", fail) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(error, NotFoundError) for error in found)
        answer = await shelf.take(HERE, "1", move)
        assert isinstance(answer, Response)
        assert not shelf._places

    run(story)


def test_the_shelf_is_bounded() -> None:
    """The pages unused longest go first; what is kept never passes the limit."""

    async def story() -> None:
        kitchen = Kitchen("1")
        size = len((await _sheet(kitchen)).packed)
        shelf = Shelf(limit_bytes=3 * size)
        for name in "abcda":
            await shelf.take((name,), "1", kitchen)
        assert [place for (place,) in shelf._places] == ["c", "d", "a"]
        assert shelf._size == 3 * size

    run(story)


async def _sheet(kitchen: Kitchen) -> Sheet:
    found = await kitchen()
    assert isinstance(found, Sheet)
    return found
