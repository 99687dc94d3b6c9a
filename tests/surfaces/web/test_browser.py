"""In a real Chromium: every page on desktop and phone, light and dark; keyboard only; controls that run live; axe."""

import os
import re
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from muster.base.case import load_case
from muster.ledger import open_ledger
from muster.ledger.intake import load_documents
from muster.reading import RuleReader
from muster.surfaces.brief.render import find_chromium
from muster.surfaces.web.accounts import Accounts
from muster.surfaces.web.app import create_app
from muster.surfaces.web.export import export_site
from muster.surfaces.web.site import Site

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
DESKTOP = {"width": 1200, "height": 900}
PHONE = {"width": 390, "height": 844}
WAIT_MS = 120_000
"""The first passage page compiles the model; every other wait ends far sooner."""
PAGES = (
    "/", "/roll", "/roll/ESP/basing", "/members/ESP", "/asks/basing", "/claims", "/claims/rutte-nearly-all",
    "/check?sentence=Most+allies+have+refused+to+send+warships", "/tensions", "/documents", "/documents?q=escort",
    "/documents/{document}", "/passage", "/brief", "/method",
    "/shares", "/next", "/frontier", "/roster", "/api", "/review", "/statements/{statement}", "/login",
    "/add",
)  # fmt: skip
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a Chromium of this machine, else Playwright's own; where there is none skip and say so, but fail in CI."""
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        except Error as error:
            reason = f"no Chromium could be started: {str(error).splitlines()[0]}"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield found
        found.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return the bundled case in a fresh ledger."""
    case = load_case()
    with open_ledger(str(tmp_path_factory.mktemp("browser") / "l.sqlite")) as ledger:
        load_documents(ledger, case, case.document_paths(), RuleReader())
        yield Site(case, ledger)


@pytest.fixture(scope="module")
def address(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server in a thread, on a port that was free."""
    accounts = Accounts(tmp_path_factory.mktemp("accounts") / "accounts.json")
    accounts.add("anna", PASSWORD, "reviewer")
    settings = uvicorn.Config(create_app(site, accounts), port=0, log_level="warning", ws="none", loop="asyncio")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page of a fresh browser context; a console error or an error of a script fails the test."""
    problems: list[str] = []
    with browser.new_context(viewport=DESKTOP, reduced_motion="reduce") as context:
        found = context.new_page()
        found.set_default_timeout(WAIT_MS)
        found.on("console", lambda told: problems.append(told.text) if told.type in {"error", "warning"} else None)
        found.on("pageerror", lambda error: problems.append(str(error)))
        yield found
    assert problems == []


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the source of axe-core (MPL-2.0), which the test extra brings."""
    found = find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def filled(path: str, site: Site) -> str:
    """Return a path with a document and a statement of the ledger filled in."""
    entry = site.ledger.view(as_of=site.case.as_of).statements()[0]
    return path.format(document=entry.document.id, statement=entry.id)


def serious_findings(page: Page) -> list[str]:
    """Return what axe finds serious or critical on the page, with the first places."""
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{item['id']}: {item['help']}: " + "; ".join(node["html"][:120] for node in item["nodes"][:3])
        for item in found["violations"]
        if item["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_on_every_screen(path: str, page: Page, address: str, site: Site, axe: str) -> None:
    """One h1, no request elsewhere, no sideways scrolling, nothing that axe finds serious; console errors fail too."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(address + filled(path, site))

    assert answer is not None
    assert answer.status == 200
    assert page.locator("h1").count() == 1
    page.evaluate(axe)
    for size, scheme in ((DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (size, scheme)
        assert serious_findings(page) == [], (size, scheme)
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def tab_to(page: Page, selector: str, *, most: int = 150) -> None:
    """Press Tab until the focus is on an element that fits the selector."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"no Tab led to {selector}")


def test_the_first_tab_skips_to_the_content(page: Page, address: str) -> None:
    """Tab shows the skip link, Enter follows it, the next Tab is past the navigation."""
    page.goto(address + "/roll")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.url.endswith("#main")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_cell_leads_to_its_quotes_and_back_by_keyboard(page: Page, address: str) -> None:
    """Tab to a cell of the roll, Enter, read the quotes, Tab back to the roll."""
    page.goto(address + "/roll?as_of=2026-05-12")
    tab_to(page, "a.cell")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(label.split(",", maxsplit=1)[0])
    expect(page.locator("blockquote").first).to_be_visible()
    tab_to(page, "main .kicker a")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/roll\?as_of=2026-05-12$"))


def test_the_slider_moves_the_roll_through_time(page: Page, address: str) -> None:
    """Home on the slider goes to the first day, where nobody has answered."""
    page.goto(address + "/roll")
    n_now = page.locator("a.cell").count()
    page.locator("#as_of_slider").focus()
    with page.expect_navigation():
        page.keyboard.press("Home")

    assert "as_of=" in page.url
    assert page.locator("a.cell").count() < n_now


def log_in(page: Page, address: str) -> None:
    """Log in with the keyboard; ends on the review queue."""
    page.goto(address + "/login")
    tab_to(page, "#name")
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_queue_is_worked_by_keyboard(page: Page, address: str, site: Site) -> None:
    """After login j and k move, a accepts the one in focus, which then is gone from the queue and in the history."""
    log_in(page, address)
    items = page.locator(".item")
    first, second = (items.nth(n).locator("a").first.inner_text() for n in (0, 1))
    page.keyboard.press("j")
    expect(items.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(items.nth(0)).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("a")

    assert items.nth(0).locator("a").first.inner_text() == second
    assert site.ledger.view(as_of=site.case.as_of).entry(first).review == "accepted"
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.type("a wrong reading")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert site.ledger.view(as_of=site.case.as_of).entry(second).review == "rejected"


def test_a_run_plays_by_keyboard(page: Page, address: str) -> None:
    """Tab to Play, Space starts the clock, Space stops it."""
    page.goto(address + "/passage")
    play = page.locator(".only-light .strait-controls button[aria-pressed]")
    status = page.locator(".only-light .strait-status")
    before = status.inner_text()
    tab_to(page, ".strait-controls button[aria-pressed]")
    page.keyboard.press("Space")
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(status).not_to_have_text(before)
    page.keyboard.press("Space")

    expect(play).to_have_attribute("aria-pressed", "false")


def test_a_control_runs_the_model_again(page: Page, address: str) -> None:
    """Leave a member out: new figures come in place, and the address can be shared."""
    page.goto(address + "/passage")
    figures = page.locator("#figures")
    before = figures.inner_text()
    page.locator("input[name=without]").first.check()
    expect(figures).to_contain_text("without")
    changed = figures.inner_text()
    url = page.url

    assert changed != before
    assert "without=" in url
    page.goto(url)
    assert page.locator("#figures").inner_text() == changed
    assert page.locator("input[name=without]").first.is_checked()


def test_the_export_opens_from_the_file_system(browser: Browser, site: Site, tmp_path: Path) -> None:
    """Without a server: the front page, a click to the roll, the passage plays, and nothing is asked of the network."""
    copy = Site(site.case, site.ledger, strait=site.strait)
    export_site(copy, tmp_path / "site")
    problems: list[str] = []
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.on("console", lambda told: problems.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith("file:") else problems.append(request.url))
        page.goto((tmp_path / "site" / "index.html").as_uri())
        page.get_by_role("link", name="Roll", exact=True).click()
        expect(page.locator("h1")).to_contain_text("The roll")
        page.goto((tmp_path / "site" / "passage.html").as_uri())
        page.locator(".only-light .strait-controls button[aria-pressed]").click()
        expect(page.locator(".only-light .strait-controls button[aria-pressed]")).to_have_attribute(
            "aria-pressed", "true"
        )

    assert problems == []


def test_a_brief_is_composed_to_the_end(page: Page, address: str) -> None:
    """Fill the form, follow the work to its results, open the page."""
    page.goto(address + "/brief")
    page.locator("#passage").uncheck()
    page.get_by_role("button", name="Compose").click()
    expect(page.locator("#job strong")).to_have_text("done", timeout=WAIT_MS)
    page.get_by_role("link", name="brief.html", exact=True).click()

    expect(page.locator("h1")).to_have_count(1)
    assert page.url.endswith("/brief.html")
