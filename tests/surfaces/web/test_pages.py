"""Every page answers, leads to its quotes, and obeys the same headers; writes need a reviewer of this site."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from muster.base.case import load_case
from muster.ledger import open_ledger
from muster.ledger.intake import load_documents
from muster.reading import RuleReader
from muster.surfaces.web.accounts import Accounts
from muster.surfaces.web.app import PAGES, create_app
from muster.surfaces.web.pages.api_routes import ROUTES as API
from muster.surfaces.web.site import Site

PASSWORD = "correct horse battery"
CHECKED: set[str] = set()
EXAMPLES = {"member": "ESP", "ask": "basing", "claim": "rutte-nearly-all"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return the bundled case in a fresh ledger."""
    case = load_case()
    with open_ledger(str(tmp_path_factory.mktemp("web") / "l.sqlite")) as ledger:
        load_documents(ledger, case, case.document_paths(), RuleReader())
        yield Site(case, ledger)


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """Return accounts with one reviewer and one reader."""
    found = Accounts(tmp_path / "accounts.json")
    found.add("anna", PASSWORD, "reviewer")
    found.add("rob", PASSWORD, "reader")
    return found


@pytest.fixture
def client(site: Site, accounts: Accounts) -> TestClient:
    """Return a client that has not logged in."""
    return TestClient(create_app(site, accounts), base_url="http://muster.test")


def log_in(client: TestClient, name: str = "anna") -> None:
    """Log in as a browser would."""
    answer = client.post(
        "/login",
        data={"name": name, "password": PASSWORD},
        headers={"Origin": "http://muster.test"},
        follow_redirects=False,
    )
    assert answer.status_code == 303


def first_document(site: Site) -> str:
    """Return the id of a document with statements."""
    return site.ledger.view(as_of=site.case.as_of).statements()[0].document.id


def address(path: str, site: Site) -> str:
    """Return a page's path with its parameters filled in."""
    return path.format(**EXAMPLES, document_id=first_document(site))


@pytest.mark.parametrize("path", sorted([*PAGES, *API, "/review", "/login", "/add"]))
def test_every_page_answers_with_strict_headers(path: str, client: TestClient, site: Site) -> None:
    """200, one h1 on pages, a policy that allows no foreign or inline script."""
    query = "?sentence=Most+allies+have+refused+to+send+warships" if "check" in path else ""
    answer = client.get(address(path, site) + query)

    assert answer.status_code == 200, answer.text[:300]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.headers["content-type"].startswith("text/html"):
        assert answer.text.count("<h1") == (0 if path == "/passage/figures" else 1)
        assert not re.search(r"<script(?![^>]*(src=|application/(ld\+)?json))", answer.text)
        assert not re.search(r"\son\w+=", answer.text)


@pytest.mark.parametrize("path", sorted(PAGES))
def test_every_link_of_a_page_leads_somewhere(path: str, client: TestClient, site: Site) -> None:
    """Each local link of each page answers without an error."""
    page = client.get(address(path, site)).text
    links = {link.split("#")[0] for link in re.findall(r'href="(/[^"]*)"', page)}
    broken = [
        link for link in sorted(links - CHECKED)[:60] if client.get(link.replace("&amp;", "&")).status_code >= 400
    ]
    CHECKED.update(links)

    assert broken == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/roll?as_of=soon", 400), ("/roll?known_at=x", 400), ("/members/XXX", 404), ("/asks/none", 404),
        ("/documents/none", 404), ("/documents?page=0", 400), ("/documents?page=-1", 400), ("/claims/none", 404),
        ("/statements/none", 404), ("/static/../app.py", 404), ("/static/%2e%2e%2fapp.py", 404), ("/nothing", 404),
        ("/api/statements.json?limit=10000", 400), ("/api/statements.json?offset=x", 400), ("/api/check.json", 400),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_in_one_line(path: str, status: int, client: TestClient) -> None:
    """No traceback and no server error for anything a reader can type."""
    answer = client.get(path)

    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_the_view_moves_with_its_clocks(client: TestClient) -> None:
    """Before the war nothing is reported; before the ledger was filled nothing is known."""
    early = client.get("/api/roll.json?as_of=2026-02-20").json()
    unknown = client.get("/api/roll.json?known_at=2000-01-01T00:00Z").json()
    now = client.get("/api/roll.json").json()

    def reported(answer: dict[str, object]) -> int:
        return sum(cell["status"] != "unreported" for cell in answer["cells"])  # type: ignore[attr-defined]

    assert reported(unknown) == 0
    assert reported(early) < reported(now)


def test_a_page_is_cached_until_the_ledger_grows(client: TestClient) -> None:
    """The same address answers 304 to its own tag."""
    first = client.get("/roll")
    again = client.get("/roll", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert client.get("/roll?as_of=2026-04-09").headers["etag"] != first.headers["etag"]


def test_the_played_run_begins_on_the_views_day(client: TestClient) -> None:
    """The run that plays counts its days from the view's day, as the fan of passages does."""
    page = client.get("/passage?as_of=2026-05-12").text
    runs = re.findall(r"data-strait-run>(.*?)</script>", page)

    assert {json.loads(run)["start"] for run in runs} == {"2026-05-12"}


def test_json_ld_cannot_leave_its_element(client: TestClient, site: Site) -> None:
    """The claim's JSON-LD parses and holds no raw angle bracket."""
    page = client.get("/claims/rutte-nearly-all").text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)

    assert block is not None
    assert "<" not in block[1]
    assert json.loads(block[1])["@type"] == "ClaimReview"


def test_a_ruling_needs_a_reviewer_of_this_site(client: TestClient, site: Site) -> None:
    """No login, a reader's login, a foreign origin: refused, and nothing is recorded."""
    entry = site.ledger.view(as_of=site.case.as_of).statements()[3]
    path, form = f"/statements/{entry.id}/ruling", {"action": "accept"}
    own = {"Origin": "http://muster.test"}

    assert client.post(path, data=form, headers=own).status_code == 401
    log_in(client, "rob")
    assert client.post(path, data=form, headers=own).status_code == 401
    client.cookies.clear()
    log_in(client)
    assert client.post(path, data=form, headers={"Origin": "http://evil.test"}).status_code == 403
    assert client.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(path, data=form).status_code == 403
    assert site.ledger.view(as_of=site.case.as_of).rulings(entry.id) == ()


def test_a_ruling_is_a_row_and_undo_is_another(client: TestClient, site: Site) -> None:
    """Reject with a reason, see it struck through, undo it; both stay in the history."""
    entry = site.ledger.view(as_of=site.case.as_of).statements()[0]
    path, own = f"/statements/{entry.id}/ruling", {"Origin": "http://muster.test"}
    log_in(client)

    assert client.post(path, data={"action": "reject", "reason": ""}, headers=own).status_code == 400
    assert client.post(path, data={"action": "reject", "reason": "wrong state"}, headers=own).status_code == 200
    assert site.ledger.view(as_of=site.case.as_of).entry(entry.id).review == "rejected"
    assert "wrong state" in client.get(f"/statements/{entry.id}").text
    assert client.post(path, data={"action": "undo"}, headers=own).status_code == 200
    assert site.ledger.view(as_of=site.case.as_of).entry(entry.id).review == "unreviewed"
    assert [r.action for r in site.ledger.view(as_of=site.case.as_of).rulings(entry.id)] == ["reject", "undo"]
    assert (
        client.post(path, data={"action": "correct", "field": "actor", "value": "<x>"}, headers=own).status_code == 400
    )


def test_a_token_rules_without_a_browser(client: TestClient, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program sends its token; a wrong one is nobody."""
    monkeypatch.setenv("MUSTER_TOKEN", "secret-token")
    entry = site.ledger.view(as_of=site.case.as_of).statements()[1]
    path, form = f"/statements/{entry.id}/ruling", {"action": "accept"}

    assert client.post(path, data=form, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.post(path, data=form, headers={"Authorization": "Bearer secret-token"}).status_code == 200


def test_wrong_passwords_close_a_name(client: TestClient) -> None:
    """After ten wrong tries even the right password waits."""
    own = {"Origin": "http://muster.test"}
    for _ in range(10):
        assert client.post("/login", data={"name": "anna", "password": "x"}, headers=own).status_code == 401

    assert client.post("/login", data={"name": "anna", "password": PASSWORD}, headers=own).status_code == 401


@pytest.mark.parametrize("onward", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:x"])
def test_logging_in_never_leads_off_the_site(client: TestClient, onward: str) -> None:
    """Only a local path is followed after login."""
    form, own = {"name": "anna", "password": PASSWORD}, {"Origin": "http://muster.test"}
    answer = client.post(f"/login?next={onward}", data=form, headers=own, follow_redirects=False)

    assert answer.headers["location"] == "/review"


def test_a_document_is_previewed_before_it_is_stored(client: TestClient, site: Site) -> None:
    """The preview shows the statements and stores nothing; the confirmation stores it once."""
    own = {"Origin": "http://muster.test"}
    text = "Spain has again refused to let the United States use its bases, Defence Minister Margarita Robles said."
    form = {"text": text, "publisher": "Test Wire", "title": "Madrid says no", "published": "2026-04-02"}
    n_before = site.ledger.view(as_of=site.case.as_of).counts()["document"]

    assert client.post("/add/preview", data=form, headers=own).status_code == 401
    log_in(client)
    page = client.post("/add/preview", data=form, headers=own).text
    assert "refused: basing" in page
    assert site.ledger.view(as_of=site.case.as_of).counts()["document"] == n_before
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    stored = client.post("/add/confirm", data={"key": key[1]}, headers=own)
    assert stored.status_code == 200
    assert "Madrid says no" in stored.text
    assert site.ledger.view(as_of=site.case.as_of).counts()["document"] == n_before + 1
    assert client.post("/add/confirm", data={"key": key[1]}, headers=own).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        ("x.txt", b"", "nothing was sent|empty"),
        ("../../etc/passwd", b"\x00" * 50, "binary|NUL|zero"),
    ],
)
def test_a_bad_upload_is_one_line(client: TestClient, name: str, data: bytes, message: str) -> None:
    """An image, an empty file, a hostile name: one clear line, no error of ours."""
    log_in(client)
    answer = client.post(
        "/add/preview", files={"file": (name, io.BytesIO(data))}, headers={"Origin": "http://muster.test"}
    )

    assert answer.status_code == 400
    assert re.search(message, answer.text), answer.text[-600:]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]:22/", "http://169.254.169.254/latest", "file:///etc/passwd"]
)
def test_no_private_address_is_fetched(client: TestClient, url: str) -> None:
    """The server does not let a reviewer reach its own network."""
    log_in(client)
    answer = client.post("/add/preview", data={"url": url}, headers={"Origin": "http://muster.test"})

    assert answer.status_code in {400, 502}


def test_a_body_over_the_limit_is_refused(client: TestClient) -> None:
    """Declared or not, more than 8 MiB ends with 413."""
    big = b"x" * (9 << 20)

    def drip() -> Iterator[bytes]:
        for start in range(0, len(big), 1 << 20):
            yield big[start : start + (1 << 20)]

    assert client.post("/login", content=big).status_code == 413
    form = {"Origin": "http://muster.test", "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=drip(), headers=form).status_code == 413


def test_too_many_requests_are_told_to_wait(site: Site, accounts: Accounts) -> None:
    """A client over its burst gets 429 with a time to wait; a second later it may ask again; others are not touched."""
    from muster.surfaces.web.guard import RateLimit

    limit = RateLimit(create_app(site, accounts), rate_per_s=10, burst=20)

    assert [limit.allows("a", 0.0) for _ in range(21)] == [True] * 20 + [False]
    assert limit.allows("b", 0.0)
    assert [limit.allows("a", 1.0) for _ in range(11)] == [True] * 10 + [False]
    client = TestClient(RateLimit(create_app(site, accounts), rate_per_s=0.001, burst=2))
    answers = [client.get("/static/icon.svg") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "1"


def test_a_brief_is_composed_in_the_background(site: Site, accounts: Accounts) -> None:
    """Start, follow to the end by events, take the page and the Markdown; a foreign form starts nothing."""
    with TestClient(create_app(site, accounts), base_url="http://muster.test") as client:
        own = {"Origin": "http://muster.test"}
        assert client.post("/brief", headers={"Origin": "http://evil.test"}).status_code == 403
        started = client.post("/brief", data={"as_of": "2026-04-09"}, headers=own, follow_redirects=False)
        place = started.headers["location"]
        steps = [json.loads(line[6:]) for line in client.get(f"{place}/events").text.splitlines() if line]
        assert steps[-1]["state"] == "done", steps
        assert "brief.md" in client.get(place).text
        assert "<h1>The claim" in client.get(f"{place}/brief.html").text
        markdown = client.get(f"{place}/brief.md?download=1")
        assert markdown.text.startswith("# The claim")
        assert "attachment" in markdown.headers["content-disposition"]
        assert client.get(f"{place}/other.txt").status_code == 404
        assert client.get("/jobs/none").status_code == 404


def test_a_job_can_be_cancelled_and_a_failure_says_why() -> None:
    """Cancelling stops at the next step; an error of the user's is shown, and both end the job."""
    import threading

    from muster.base.errors import InputError
    from muster.surfaces.web.jobs import Job, Jobs

    jobs = Jobs()
    gate = threading.Event()

    def slow(job: Job) -> dict[str, tuple[str, bytes]]:
        job.tell("waiting at the gate")
        gate.wait(10)
        job.tell("never reached")
        return {}

    def wrong(job: Job) -> dict[str, tuple[str, bytes]]:
        raise InputError("no such day")

    cancelled, failed = jobs.start("slow", slow), jobs.start("wrong", wrong)
    cancelled.wait(0, 10)
    jobs.cancel(cancelled.id)
    gate.set()
    jobs.close()

    assert (cancelled.state, cancelled.step) == ("cancelled", "cancelled")
    assert (failed.state, failed.step) == ("failed", "no such day.")


def test_the_feed_is_well_formed(client: TestClient) -> None:
    """The Atom feed parses and its entries link to statements."""
    from xml.etree import ElementTree as ET

    feed = ET.fromstring(client.get("/changes.atom").text)
    links = [node.attrib["href"] for node in feed.iter("{http://www.w3.org/2005/Atom}link")]

    assert len(links) > 10
    assert any("/statements/" in link for link in links)


def test_the_newest_are_the_first_of_all_in_that_order(site: Site) -> None:
    """The few rows that the front page and the feed read are those that sorting everything would give."""
    view = site.ledger.view(as_of=site.case.as_of)
    held = view.statements()
    by_day = sorted(held, key=lambda entry: (entry.valid_from, entry.id), reverse=True)
    since = by_day[60].valid_from

    assert [e.valid_from for e in view.newest_statements(limit=40)] == [e.valid_from for e in by_day[:40]]
    assert {e.id for e in view.newest_statements(limit=len(held) + 9)} == {e.id for e in held}
    recorded = [e.recorded_at for e in view.newest_statements(limit=40, by_recording=True)]
    assert recorded == sorted((e.recorded_at for e in held), reverse=True)[:40]
    n_since = sum(n for kind, n in view.counts(since=since).items() if kind != "document")
    assert n_since == sum(e.valid_from > since for e in held)
