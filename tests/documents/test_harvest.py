"""Harvests: each document once, over runs that stop anywhere."""

import json
from datetime import UTC, date, datetime

import pytest

from muster.base.document import Document
from muster.base.errors import DocumentError, InputError
from muster.documents import read_documents
from muster.documents.feeds import Link
from muster.documents.fetching import Fetched, Fetcher, Limits
from muster.documents.harvest import Harvest, document_of, row_of
from muster.documents.visits import DONE, REFUSED, Visit, Visits, append_line

from .local_site import PUBLIC, TEXT, Dialler, LocalSite, Names, Ticks, answer, article
from .test_feeds import rss

NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
FEED = "http://news.test/feed.xml"


@pytest.fixture
def site():
    """A site with a feed of three articles."""
    with LocalSite() as local:
        for name in "abc":
            local.routes[f"/{name}"] = answer(article(f"Story {name}", f"{name} {TEXT}"), ETag=f'"{name}1"')
        items = [(f"Story {name}", f"http://news.test/{name}") for name in "abc"]
        local.routes["/feed.xml"] = answer(rss(*items), kind="application/rss+xml", ETag='"f1"')
        yield local


class Run:
    """One run of a harvest: its documents, problems and tally."""

    def __init__(self, site, visits=None, *, max_documents=100, stop_after=None, **sources):
        ticks = Ticks()
        self.problems = []
        self.documents = []
        self.visits = visits if visits is not None else Visits()
        names = Names(news_test=[PUBLIC], evil_test=["169.254.169.254"])
        with Fetcher(
            limits=Limits(step_s=5.0), resolver=names, clock=lambda: NOW, monotonic_s=ticks, sleep=ticks.sleep,
            network=Dialler(site),
        ) as fetcher:  # fmt: skip
            harvest = Harvest(
                fetcher, self.visits, on_problem=lambda error: self.problems.append(str(error)),
                max_documents=max_documents, clock=lambda: NOW,
            )  # fmt: skip
            for method, argument in sources.items():
                for document in getattr(harvest, method)(argument):
                    self.documents.append(document)
                    if stop_after is not None and len(self.documents) >= stop_after:
                        return
        self.tally = harvest.tally

    @property
    def titles(self):
        """Titles of the documents, last letters."""
        return "".join(document.title[-1] for document in self.documents)


def test_a_feed_gives_its_articles_once(site):
    """The second run asks for the feed alone, with its validators; a new entry is fetched."""
    first = Run(site, of_feed=FEED)
    assert (first.titles, first.problems) == ("abc", [])
    assert site.paths() == ["/feed.xml", "/a", "/b", "/c"]
    site.routes["/feed.xml"] = answer(status=304)
    second = Run(site, first.visits, of_feed=FEED)
    assert (second.titles, second.tally.n_unchanged) == ("", 1)
    assert site.requests[-1][2]["if-none-match"] == '"f1"'
    site.routes["/d"] = answer(article("Story d"))
    site.routes["/feed.xml"] = answer(rss(("d", "http://news.test/d"), ("a", "http://news.test/a")), kind="text/xml")
    third = Run(site, first.visits, of_feed=FEED)
    assert (third.titles, third.tally.n_known) == ("d", 1)


def test_documents_carry_where_they_came_from(site):
    """URL, the host that answered as publisher (not what the page says), the feed's date, the time of retrieval."""
    document = Run(site, of_feed=FEED).documents[0]
    assert (document.url, document.publisher, document.title) == ("http://news.test/a", "news.test", "Story a")
    assert (document.published, document.language, document.retrieved_at) == (date(2026, 4, 9), "en", NOW)
    assert "would not let the United States" in document.text


@pytest.mark.parametrize("stop_after", [1, 2])
def test_an_interrupted_run_goes_on(site, tmp_path, stop_after):
    """What was not handed over completely is fetched again, the rest is not lost and not fetched twice."""
    path = tmp_path / "state"
    first = Run(site, Visits(path), of_feed=FEED, stop_after=stop_after)
    site.requests.clear()
    second = Run(site, Visits(path), of_feed=FEED)
    # The last document of the first run was being written when it stopped: it comes again.
    assert first.titles[:-1] + second.titles == "abc"
    assert "if-none-match" not in site.requests[1][2], "an unfinished feed must not be asked conditionally"
    third = Run(site, Visits(path), of_feed=FEED)
    assert third.titles == ""


def test_a_run_cut_by_its_limit_goes_on(site):
    """--max-documents leaves the rest of the feed for the next run."""
    first = Run(site, of_feed=FEED, max_documents=2)
    second = Run(site, first.visits, of_feed=FEED, max_documents=2)
    assert (first.titles, second.titles) == ("ab", "c")


def test_an_article_that_fails_for_now_is_asked_again(site):
    """A 500 leaves the feed unfinished; the article comes when it works."""
    good = site.routes["/b"]
    site.routes["/b"] = answer(status=500)
    first = Run(site, of_feed=FEED)
    assert (first.titles, first.tally.n_failed) == ("ac", 1)
    assert first.visits.get(FEED) is None
    site.routes["/b"] = good
    assert Run(site, first.visits, of_feed=FEED).titles == "b"


@pytest.mark.parametrize(
    "handler",
    [
        answer(status=404), answer(b"x", kind="image/png"), answer(b"\x89PNG\r\n\x1a\n"), answer(b""),
        answer(b"<html></html>"),
    ],
    ids=["404", "type", "png", "empty", "no text"],
)  # fmt: skip
def test_an_article_that_is_refused_for_good_is_not_asked_again(site, handler):
    """One line, then silence."""
    site.routes["/b"] = handler
    first = Run(site, of_feed=FEED)
    assert first.titles == "ac"
    assert len(first.problems) == 1
    assert first.visits.get("http://news.test/b").status == REFUSED
    second = Run(site, first.visits, of_feed=FEED)
    assert (second.documents, second.problems) == ([], [])
    assert site.paths().count("/b") == 1


def test_a_feed_cannot_lead_inside(site):
    """Links to private addresses, other schemes and ports are refused; the other articles come."""
    inner = ["http://169.254.169.254/latest/meta-data", "http://evil.test/", "http://[::1]/", "http://news.test:22/"]
    links = [*inner, "file:///etc/passwd"]
    items = [(f"x{number}", link) for number, link in enumerate(links)] + [("a", "http://news.test/a")]
    site.routes["/feed.xml"] = answer(rss(*items), kind="text/xml")
    run = Run(site, of_feed=FEED)
    assert run.titles == "a"
    assert len(run.problems) == len(inner)  # the file: link never left the parser
    assert site.paths() == ["/feed.xml", "/a"]


def test_urls_given_by_hand_are_asked_conditionally(site):
    """304 and the same words again both count as unchanged; other words are a new document."""
    urls = ["http://news.test/a"]
    first = Run(site, of_urls=urls)
    assert first.titles == "a"
    good = site.routes["/a"]
    site.routes["/a"] = answer(status=304)
    assert Run(site, first.visits, of_urls=urls).tally.n_unchanged == 1
    assert site.requests[-1][2]["if-none-match"] == '"a1"'
    site.routes["/a"] = good
    assert Run(site, first.visits, of_urls=urls).tally.n_unchanged == 1
    site.routes["/a"] = answer(article("Story e", "Changed. " + TEXT))
    assert Run(site, first.visits, of_urls=urls).titles == "e"


def test_gdelt_lists_are_harvested(site):
    """The API's articles are fetched like a feed's; its complaints are told."""
    body = json.dumps({"articles": [{"url": f"http://news.test/{name}", "title": name} for name in "ab"]}).encode()
    path = "/api?query=hormuz&mode=artlist&format=json&sort=datedesc&timespan=1w&maxrecords=250"
    site.routes[path] = answer(body, kind="application/json")
    ticks = Ticks()
    problems = []
    with Fetcher(
        resolver=Names(news_test=[PUBLIC]), monotonic_s=ticks, sleep=ticks.sleep, network=Dialler(site)
    ) as fetcher:
        harvest = Harvest(fetcher, Visits(), on_problem=problems.append)
        assert len(list(harvest.of_gdelt("hormuz", endpoint="http://news.test/api"))) == 2
        site.routes[path] = answer(b"Your query was too short.", kind="text/html")
        assert list(harvest.of_gdelt("hormuz", endpoint="http://news.test/api")) == []
    assert "Your query was too short" in str(problems[0])


@pytest.mark.parametrize(
    ("page_day", "feed_day", "expected"),
    [
        ("2026-04-08", date(2026, 4, 9), date(2026, 4, 8)),
        (None, date(2026, 4, 9), date(2026, 4, 9)),
        ("2026-05-01", date(2026, 4, 9), date(2026, 4, 9)),
        ("2026-05-01", date(2027, 1, 1), None),
        (None, None, None),
    ],
)
def test_dates_from_the_future_are_not_believed(page_day, feed_day, expected):
    """The page's date, else the feed's, none later than the day after retrieval."""
    meta = f"<meta property='article:published_time' content='{page_day}'>" if page_day else ""
    body = f"<html><head>{meta}</head><body><p>{TEXT}</p></body></html>".encode()
    fetched = Fetched("http://news.test/a", 200, body, "text/html", fetched_at=NOW)
    assert document_of(fetched, Link("http://news.test/a", "t", feed_day)).published == expected


def test_a_page_cannot_borrow_a_name_or_an_address():
    """Site name and canonical link are the page's own words; the host is not."""
    body = b"<html><head><meta property='og:site_name' content='Reuters'>"
    body += b"<link rel='canonical' href='https://reuters.com/x'></head>"
    body += f"<body><p>{TEXT}</p></body></html>".encode()
    document = document_of(Fetched("http://www.evil.test/a", 200, body, "text/html"), Link("x"))
    assert (document.publisher, document.url) == ("evil.test", "http://www.evil.test/a")


def test_plain_text_answers_are_documents():
    """Text without markup is taken as it is; binaries are refused."""
    fetched = Fetched("http://news.test/a", 200, "Españá dijo no.\r\n".encode("latin-1"), "text/plain", "latin-1")
    assert document_of(fetched, Link("x", "T")).text == "Españá dijo no.\n"
    with pytest.raises(DocumentError, match="PDF"):
        document_of(Fetched("http://news.test/a", 200, b"%PDF-1.7", ""), Link("x"))


def test_rows_are_what_the_reader_takes(tmp_path):
    """Writing a document and reading it gives the same document, content id included."""
    document = Document(
        "http://news.test/a", "Spain — no.\nNo.", url="http://news.test/a", publisher="news.test", title="T",
        published=date(2026, 4, 9), language="en", retrieved_at=NOW,
    )  # fmt: skip
    append_line(tmp_path / "x.jsonl", json.dumps(row_of(document), ensure_ascii=False))
    (found,) = read_documents([tmp_path / "x.jsonl"], on_problem=lambda error: pytest.fail(str(error)))
    assert found.id == document.id == found.source_id
    assert row_of(found) == row_of(document)


def test_visits_survive_a_crash_in_the_middle_of_a_line(tmp_path):
    """The torn line is dropped and the next one is whole."""
    path = tmp_path / "state"
    visits = Visits(path)
    visits.add(Visit("http://a.test/", DONE, "2026-04-10", etag='"é"'))
    visits.add(Visit("http://b.test/", REFUSED, "2026-04-10"))
    path.write_bytes(path.read_bytes()[:-30])
    again = Visits(path)
    assert (len(again), again.get("http://a.test/").etag) == (1, '"é"')
    again.add(Visit("http://c.test/", DONE, "2026-04-10"))
    assert len(path.read_text().splitlines()) == 2
    assert len(Visits(path)) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b'{"n": 1}\n'),
        (b'{"a": 1}', b'{"a": 1}\n{"n": 1}\n'),
        (b'{"a": 1}\n{"b', b'{"a": 1}\n{"n": 1}\n'),
        (b"x" * 200_000, b'{"n": 1}\n'),
    ],
    ids=["new", "no line end", "torn", "torn and long"],
)
def test_a_line_is_appended_after_a_whole_one(tmp_path, before, after):
    """Only an unfinished last line is touched."""
    path = tmp_path / "x"
    path.write_bytes(before)
    append_line(path, '{"n": 1}')
    assert path.read_bytes() == after


def test_a_file_of_something_else_is_no_state(tmp_path):
    """A mistaken --state is refused and left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("one\ntwo\nthree\n")
    with pytest.raises(InputError, match="are no visits"):
        Visits(path)
    assert path.read_text() == "one\ntwo\nthree\n"
    with pytest.raises(InputError, match="state file"):
        Visits(tmp_path).add(Visit("u", DONE, "x"))
