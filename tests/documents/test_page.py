"""Web pages: the article is found, and a hostile page does nothing but cost bounded time."""

from datetime import date

import pytest

from muster.documents.page import looks_like_page, read_page

ARTICLE = """<!doctype html><html lang="en"><head><title>Spain refuses | Daily News</title>
<meta property="og:title" content="Spain refuses the use of bases">
<meta property="og:site_name" content="Daily News">
<meta property="article:published_time" content="2026-03-05T10:00:00Z">
<link rel="canonical" href="https://daily.example/spain"></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav>
<article><h1>Spain refuses the use of bases</h1>
<p>Spain said on Thursday that it would not let the United States use the bases at Rota and Mor&oacute;n.</p>
<p>&ldquo;We will not,&rdquo; the minister said &amp; left the room without taking any further questions.</p></article>
<script>document.write("Spain said yes")</script><style>p {color: red}</style>
<footer>Copyright Daily News. All rights reserved.</footer></body></html>"""


def test_the_article_is_found_with_its_metadata():
    """Main text, title, publisher, date and canonical URL; no navigation, script or footer."""
    page = read_page(ARTICLE.encode())
    assert "“We will not,” the minister said & left" in page.text
    assert "Rota and Morón" in page.text
    for foreign in ("Home", "said yes", "Copyright", "color"):
        assert foreign not in page.text
    assert (page.title, page.publisher) == ("Spain refuses the use of bases", "Daily News")
    assert (page.url, page.published) == ("https://daily.example/spain", date(2026, 3, 5))


def test_a_date_in_running_text_is_not_the_publication_date():
    """Guessed dates would move statements in time."""
    body = "<p>On 3 March 1999 Germany said that it would send two ships to the strait, and so it did.</p>" * 3
    assert read_page(f"<html><body><article>{body}</article></body></html>".encode()).published is None


def test_a_page_of_one_sentence_is_read():
    """Where no article is found all visible text is taken."""
    assert read_page(b"<html><body><p>Spain said no.</p><div>France <b>too</b>.</div><script>x()</script>").text == (
        "Spain said no.\nFrance too."
    )


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8", "iso-8859-7"])
def test_the_meta_charset_is_used(encoding):
    """A page that names its encoding is read by it."""
    text = "Η Ελλάδα δεν θα στείλει πλοία στα Στενά, είπε ο υπουργός." if encoding == "iso-8859-7" else "Morón, décidé."
    page = f'<html><head><meta charset="{encoding}"></head><body><p>{text}</p></body></html>'
    assert text in read_page(page.encode(encoding)).text


@pytest.mark.parametrize(
    "page",
    [
        b"<div>" * 1_000_000 + b"<p>Spain said no.</p>",
        b"<html><body>" + b"<b><i>" * 200_000 + b"Spain said no.",
        b"<p>" + b"&amp;" * 1_000_000,
        b"<html><body><p " + b"a=b " * 300_000 + b">Spain</p>",
        b"<!--" * 500_000,
        b"<table><tr><td>" * 100_000,
        b"<a href='http://127.0.0.1/x'>Spain</a>" * 50_000,
        b"<" * 1_000_000,
        b"<html><body>" + b"<script></script>x " * 250_000,
        b"<html><body>" + b"<p>Spain said no." * 250_000,
        b"<html><body>" + b"\x00\x01\xff" * 100_000,
    ],
    ids=[
        "div",
        "inline",
        "entities",
        "attributes",
        "comments",
        "tables",
        "links",
        "angles",
        "scripts",
        "paragraphs",
        "bytes",
    ],
)
def test_pages_made_to_break_a_parser_end(page):
    """Deep, wide and broken pages give some text or none, in bounded time (a hang would be seen)."""
    read_page(page)


def test_nothing_is_fetched_or_expanded():
    """External entities, includes and frames stay what they are: text or nothing."""
    page = b"""<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY a "aaaaaaaaaa">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
    <html><body><p>Spain &e; said &c; no.</p><iframe src="file:///etc/passwd"></iframe><img src="http://127.0.0.1/">
    </body></html>"""
    text = read_page(page).text
    assert "root:" not in text
    assert len(text) < 500


@pytest.mark.parametrize(
    ("head", "is_page"),
    [
        (b"<!DOCTYPE html><html>", True),
        (b"\xef\xbb\xbf\n <HTML lang=en>", True),
        (b"<?xml version='1.0'?><!-- a --><!-- b --><html>", True),
        (b"<rss version='2.0'>", False),
        (b"Spain said <b>no</b>.", False),
        (b"<!--" * 4000, False),
    ],
)
def test_pages_are_recognised_by_their_first_tag(head, is_page):
    """Text with a tag in it is no page."""
    assert looks_like_page(head) is is_page
