"""The player in a real browser: keys, buttons, reduced motion, a strict content security policy."""

import functools
import http.server
import json
import shutil
import threading
from pathlib import Path

import pytest

from muster.passage.chart import ActMark, Movement, RegimeSpell, animation_frames, draw_strait, player_source
from muster.passage.scenario import load_scenario

CASE = Path(__file__).parents[3] / "cases" / "hormuz-2026"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"

pytestmark = pytest.mark.browser


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Keep the test's output clean."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="module")
def page_url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("player")
    scenario = load_scenario(CASE)
    moves = [
        Movement(1.0, 6.0, 16.0, "in", "free", 9, 2),
        Movement(0.0, 2.0, 9.0, "out", "permission"),
        Movement(0.0, None, None, "out"),
    ]
    run = animation_frames(
        scenario, moves, acts=[ActMark(5.0, "permission", 0.5, "inspected")], regimes=[RegimeSpell(0.0, "contested")],
        hours=48,
    )  # fmt: skip
    (folder / "player.js").write_text(player_source(), encoding="utf-8")
    (folder / "index.html").write_text(
        "<!doctype html><meta charset='utf-8'><title>t</title><figure data-strait-player>"
        + draw_strait(scenario, has_player=True)
        + f'<script type="application/json" data-strait-run>{json.dumps(run)}</script></figure>'
        + '<script type="module" src="player.js"></script>',
        encoding="utf-8",
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()


def _open(browser, url, **options):
    page = browser.new_page(**options)
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(url)
    page.wait_for_selector(".strait-controls")
    return page


def test_keyboard_steps_and_jumps(browser, page_url):
    """Arrows step an hour, Home and End jump, and the sentence below says what is to be seen."""
    page = _open(browser, page_url)
    page.focus("[data-strait-player]")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    status = page.inner_text(".strait-status")
    assert status.startswith(
        "2026-08-18 06:00 UTC, coast contested: 10 ships under way (1 convoy), 0 waiting to go in, 1"
    )
    assert "inspected" in status
    assert page.locator("#strait-ships circle").count() == 1
    page.keyboard.press("End")
    assert page.inner_text(".strait-status").startswith("2026-08-20 00:00")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text(".strait-status").startswith("2026-08-18 00:00")
    assert page.problems == []
    page.close()


def test_play_moves_and_pause_stops(browser, page_url):
    """Space plays and pauses; after a pause nothing moves."""
    from playwright.sync_api import expect

    page = _open(browser, page_url)
    page.focus("[data-strait-player]")
    page.keyboard.press("Space")
    expect(page.locator(".strait-status")).not_to_contain_text("00:00 UTC")
    page.keyboard.press("Space")
    hour = page.input_value(".strait-controls input")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.input_value(".strait-controls input") == hour
    assert page.problems == []
    page.close()


def test_reduced_motion_moves_by_whole_steps(browser, page_url):
    """With reduced motion play advances by steps of six hours, nothing glides."""
    page = _open(browser, page_url, reduced_motion="reduce")
    page.click("button:has-text('Play')")
    assert page.input_value(".strait-controls input") == "6"
    assert page.problems == []
    page.close()
