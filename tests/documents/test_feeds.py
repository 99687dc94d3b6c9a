"""Feeds and GDELT lists: links come out as plain text, hostile XML does not get in."""

import json
from contextlib import suppress
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.base.errors import DocumentError, InputError, MusterError
from muster.documents.feeds import (
    MAX_FEED_BYTES,
    MAX_LINKS,
    Link,
    gdelt_url,
    parse_feed,
    parse_gdelt,
    plain_line,
    web_url,
)

URL = "https://news.test/feed.xml"
RSS = """<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>News</title>
{items}</channel></rss>"""
ITEM = "<item><title>{title}</title><link>{link}</link><pubDate>Thu, 09 Apr 2026 10:15:00 GMT</pubDate></item>"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry>
<title type="html">Spain &lt;b&gt;refuses&lt;/b&gt;</title>
<link rel="alternate" href="/spain#top"/><updated>2026-04-09T10:15:00Z</updated><id>x</id></entry></feed>"""


def rss(*items, encoding="utf-8"):
    """A feed of (title, link) pairs."""
    text = "".join(ITEM.format(title=title, link=link) for title, link in items)
    return RSS.format(encoding=encoding, items=text).encode(encoding)


def test_rss_gives_links_with_title_and_day():
    """In the feed's order, each URL once."""
    data = rss(
        ("Spain refuses", "https://news.test/a#x"), ("Again", "https://news.test/a"), ("B", "https://news.test/b")
    )
    assert parse_feed(data, url=URL) == (
        Link("https://news.test/a", "Spain refuses", date(2026, 4, 9)),
        Link("https://news.test/b", "B", date(2026, 4, 9)),
    )


def test_atom_gives_links_relative_to_the_feed():
    """Markup in titles goes; relative links are completed."""
    assert parse_feed(ATOM.encode(), url=URL) == (Link("https://news.test/spain", "Spain refuses", date(2026, 4, 9)),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_feeds_in_other_encodings(encoding):
    """The XML declaration or byte order mark is used."""
    (link,) = parse_feed(rss(("España dirá «no»", "https://news.test/a"), encoding=encoding), url=URL)
    assert link.title == "España dirá «no»"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://x.test/",
        "http://",
        "http://[",
        "",
        "http://a.test/\x01",
    ],
)
def test_links_that_are_no_web_pages_are_dropped(link):
    """Other schemes never leave the parser."""
    assert [found.url for found in parse_feed(rss(("x", link), ("y", "https://news.test/y")), url=URL)] in (
        ["https://news.test/y"], ["http://a.test/", "https://news.test/y"],
    )  # fmt: skip


BOMB = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">{entities}]>
<rss version="2.0"><channel><title>&j;</title>
<item><title>&j;</title><link>https://news.test/a</link></item></channel></rss>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_entity_bombs_are_refused_before_parsing(encoding):
    """Billion laughs, in whatever encoding; unmarked UTF-16 is binary."""
    names = "abcdefghij"
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    with pytest.raises(DocumentError, match=r"declares entities|binary"):
        parse_feed(BOMB.format(entities=entities).encode(encoding), url=URL)


@pytest.mark.parametrize(
    "declaration", ['<!ENTITY j SYSTEM "file:///etc/passwd">', '<!entity % p SYSTEM "http://127.0.0.1/">%p;']
)
def test_external_entities_are_refused(declaration):
    """Nothing is opened or fetched."""
    with pytest.raises(DocumentError, match="declares entities"):
        parse_feed(BOMB.format(entities=declaration).encode(), url=URL)


def test_a_feed_is_never_taken_for_a_name_or_an_address(tmp_path, monkeypatch):
    """Bytes that are a path or URL are a bad feed, not a file to open."""
    path = tmp_path / "secret.xml"
    path.write_bytes(rss(("Secret", "https://news.test/secret")))
    for data in (str(path).encode(), b"http://127.0.0.1:9/feed.xml", b"file:///etc/passwd"):
        with pytest.raises(DocumentError, match="no RSS or Atom feed"):
            parse_feed(data, url=URL)


@pytest.mark.parametrize(
    "data",
    [
        b"<rss><channel>" + b"<item>" * 20_000,
        b"<" * 100_000,
        b"<a " * 30_000,
        b"<item><title>" + b"<![CDATA[" * 50_000,
        b"&" * 300_000,
        b"<!--" * 200_000,
        b"<rss version='2.0'><channel><item><title>" + b"<b>" * 20_000,
        b"<?" * 300_000,
    ],
    ids=["items", "angles", "attributes", "cdata", "ampersands", "comments", "tags in title", "instructions"],
)
def test_feeds_made_to_break_a_parser_end(data):
    """Some links or one error, in bounded time (a hang would be seen)."""
    links = ()
    with suppress(DocumentError):
        links = parse_feed(data, url=URL)
    assert len(links) <= MAX_LINKS


def test_feeds_are_bounded_in_size_and_entries():
    """Two megabytes, a thousand links."""
    with pytest.raises(DocumentError, match="larger than"):
        parse_feed(b" " * (MAX_FEED_BYTES + 1), url=URL)
    items = [(f"t{number}", f"https://news.test/{number}") for number in range(MAX_LINKS + 100)]
    assert len(parse_feed(rss(*items), url=URL)) == MAX_LINKS


def test_hostile_html_in_a_title_becomes_plain_text():
    """No tags, no control characters, one line, bounded."""
    title = "&lt;script&gt;alert(1)&lt;/script&gt; Spain &amp;amp; Italy&#10;&lt;img src=x onerror=y&gt;" + "x" * 9000
    (link,) = parse_feed(rss((title, "https://news.test/a")), url=URL)
    assert "<" not in link.title
    assert "\n" not in link.title
    assert len(link.title) <= 500


@pytest.mark.parametrize(
    "data", [b"", b"<html><body>no feed</body></html>", b"\x89PNG\r\n\x1a\n1234", b"{}", b"\x00" * 100]
)
def test_what_is_no_feed_is_one_line(data):
    """A page, an image, nothing."""
    with pytest.raises(DocumentError, match=r"^https://news\.test/feed\.xml: "):
        parse_feed(data, url=URL)


@given(st.binary(max_size=300))
def test_any_bytes_give_links_or_one_error(data):
    """The parser's own exceptions do not come through."""
    with suppress(MusterError):
        parse_feed(b"<rss version='2.0'><channel>" + data, url=URL)


def test_gdelt_lists_become_links():
    """URL, title and the day it was seen; what is no article is passed over."""
    articles = [
        {"url": "https://news.test/a", "title": "Spain  refuses\u0001 ", "seendate": "20260409T101500Z"},
        {"url": "javascript:1"}, "x", {"title": "no url"}, {"url": "https://news.test/b", "title": 3, "seendate": "?"},
    ]  # fmt: skip
    data = json.dumps({"articles": articles}).replace("\\u0001", "\x01").encode()
    assert parse_gdelt(data, url=URL) == (
        Link("https://news.test/a", "Spain refuses", date(2026, 4, 9)), Link("https://news.test/b", "", None),
    )  # fmt: skip
    assert parse_gdelt(b"{}", url=URL) == ()


@pytest.mark.parametrize(
    "data", [b"Your query was too short or too long.\n", b"[1]", b'{"articles": 3}', b"[" * 100_000, b""]
)
def test_what_gdelt_says_about_a_mistake_is_told(data):
    """The API answers mistakes with a sentence."""
    with pytest.raises(DocumentError, match=r"news\.test answered"):
        parse_gdelt(data, url=URL)


def test_gdelt_queries_are_encoded():
    """A query cannot add parameters of its own."""
    url = gdelt_url('"strait of hormuz" & mode=x', timespan="3d", n_records=9999)
    assert "query=%22strait+of+hormuz%22+%26+mode%3Dx&mode=artlist&format=json" in url
    assert url.endswith("timespan=3d&maxrecords=250")


@pytest.mark.parametrize(("query", "timespan"), [("", "1w"), ("x", "soon"), ("x", "1w&mode=y"), ("x", "")])
def test_bad_gdelt_questions_are_refused(query, timespan):
    """Before anything is asked."""
    with pytest.raises(InputError):
        gdelt_url(query, timespan=timespan)


@given(st.text())
def test_lines_and_urls_are_plain(text):
    """No line break, control character or tag survives."""
    assert "\n" not in plain_line(text)
    assert "<b>" not in plain_line(f"{text}<b>{text}")
    assert web_url(text) == "" or web_url(text).startswith(("http://", "https://"))
