"""RSS and Atom feeds, and GDELT's article lists: bytes become links. Nothing is fetched here.

A feed is XML from a stranger. Entity declarations are refused before any parser starts (no expansion, inner or outer),
size and number of entries are bounded, and of each entry only link, title and date are taken, as plain text.
"""

import html
import io
import json
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urlsplit

from muster.base.errors import DocumentError, InputError
from muster.documents.decoding import decode_text, stored_text, what_is_binary
from muster.documents.rows import parse_published

MAX_FEED_BYTES = 2_000_000  # the feeds of large newsrooms have 0.1-0.5 MB
MAX_LINKS = 1000  # of one feed; newsrooms list 10-100

GDELT_ENDPOINT = "https://api.gdeltproject.org/api/v2/doc/doc"
GDELT_MAX_RECORDS = 250  # of one answer, by the API's documentation

_TAG = re.compile(r"<[^<>]{0,1000}>")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")


@dataclass(frozen=True, slots=True)
class Link:
    """A page that a feed or index names; title and date as it gives them, empty and None where it does not."""

    url: str
    title: str = ""
    published: date | None = None


def parse_feed(data: bytes, *, url: str, declared: str = "") -> tuple[Link, ...]:
    """Return the links of an RSS or Atom feed, each URL once, in the feed's order.

    Parameters
    ----------
    data : bytes
    url : str
        Where it came from, for relative links and the error.
    declared : str
        Its encoding by the HTTP header, if any.

    Raises
    ------
    DocumentError
        Too large, binary, no feed, or with entity declarations.
    """
    import feedparser

    if len(data) > MAX_FEED_BYTES:
        raise DocumentError(f"{url}: the feed is larger than {MAX_FEED_BYTES / 1e6:g} MB", rule="feeds are bounded")
    binary = what_is_binary(data)
    if binary:
        raise DocumentError(f"{url}: the feed is {binary}", rule="a feed is RSS or Atom")
    text = stored_text(decode_text(data, declared=declared or _declared_encoding(data)))
    if "<!entity" in text.lower():
        raise DocumentError(f"{url}: the feed declares entities", rule="feeds with entity declarations are not read")
    text = _XML_DECLARATION.sub("", text)  # its encoding no longer holds
    # A file object, never bytes: given bytes or text, feedparser may take them for a URL or a file name and open it.
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8")),
        response_headers={"content-location": url, "content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=True,
        sanitize_html=True,
    )
    if not parsed.get("version") and not parsed.entries:
        raise DocumentError(f"{url}: no RSS or Atom feed", next_step="Give the feed's own address")
    links: dict[str, Link] = {}
    for entry in parsed.entries[:MAX_LINKS]:
        target = web_url(entry.get("link"))
        if target:
            published, _ = parse_published(entry.get("published") or entry.get("updated"))
            links.setdefault(target, Link(target, plain_line(entry.get("title")), published))
    return tuple(links.values())


def gdelt_url(
    query: str, *, timespan: str = "1w", n_records: int = GDELT_MAX_RECORDS, endpoint: str = GDELT_ENDPOINT
) -> str:
    """Return the address of GDELT's DOC 2.0 article list for a query, newest first.

    Parameters
    ----------
    query : str
        In GDELT's own syntax: words, "phrases", (a OR b), sourcelang:german, domain:example.org.
    timespan : str
        How far back: a number with min, h, d, w or m; at most three months.
    n_records : int, 1..250

    Raises
    ------
    InputError
        An empty query or a timespan of another form.
    """
    if not query.strip():
        raise InputError("the GDELT query is empty", next_step='Give words, such as --gdelt "hormuz escort"')
    if not re.fullmatch(r"\d{1,4}(min|h|d|w|m)?", timespan):
        raise InputError(f"timespan {timespan!r}", rule="a number with min, h, d, w or m, such as 3d")
    n_records = min(max(1, n_records), GDELT_MAX_RECORDS)
    parameters = {
        "query": query.strip(), "mode": "artlist", "format": "json", "sort": "datedesc", "timespan": timespan,
        "maxrecords": str(n_records),
    }  # fmt: skip
    return f"{endpoint}?{urlencode(parameters)}"


def parse_gdelt(data: bytes, *, url: str) -> tuple[Link, ...]:
    """Return the links of a GDELT article list; the API answers mistakes with a sentence, which becomes the error.

    Raises
    ------
    DocumentError
        The answer is no article list; quotes its first words.
    """
    text = decode_text(data)
    try:
        answer = json.loads(text, strict=False)  # titles may hold raw control characters
        articles = answer.get("articles", []) if isinstance(answer, dict) else None
    except (ValueError, RecursionError):
        articles = None
    if not isinstance(articles, list):
        raise DocumentError(
            f"{urlsplit(url).hostname} answered {plain_line(text)[:120]!r}", rule="GDELT answers with an article list",
            next_step="Correct the query",
        )  # fmt: skip
    links: dict[str, Link] = {}
    for article in articles[:MAX_LINKS]:
        target = web_url(article.get("url")) if isinstance(article, dict) else ""
        if target:
            seen, _ = parse_published(article.get("seendate"))
            links.setdefault(target, Link(target, plain_line(article.get("title")), seen))
    return tuple(links.values())


def web_url(value: object) -> str:
    """Return an http or https URL without its fragment, else the empty string."""
    if not isinstance(value, str) or len(value) > 4096 or not value.isprintable():
        return ""
    value = value.strip()
    try:
        parts = urlsplit(value)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return value.partition("#")[0] if is_web else ""


def plain_line(value: object) -> str:
    """Return a title as one plain line: tags out, entities in, at most 500 characters."""
    if not isinstance(value, str):
        return ""
    text = html.unescape(_TAG.sub(" ", value[:4000]))
    return " ".join(stored_text(_TAG.sub(" ", text)).split())[:500]


def _declared_encoding(data: bytes) -> str:
    found = re.match(rb"\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})", data[:300])
    return found.group(1).decode("ascii") if found else ""
