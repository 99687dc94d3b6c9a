"""A web page becomes the text of its article. Pages are hostile: nothing is executed, nothing is fetched.

lxml (libxml2's HTML parser) and trafilatura see bytes in memory only. The size is bounded before they start, and
libxml2 itself bounds the depth of nesting. The search for the article is only begun on pages with a sane number of
tags, because its cost grows faster than they do; of other pages all visible text is taken, in time linear in their
size.
"""

import logging
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from muster.documents.decoding import decode_text, stored_text

MAX_PAGE_BYTES = 10_000_000  # news pages are 0.1-3 MB; ten times that is no article
MAX_TAGS = (
    50_000  # news pages have 1,000-10,000. Finding the article costs 60 microseconds a tag, and more in large pages
)
_MIN_ARTICLE_CHARACTERS = 40  # below this trafilatura has found a caption, not an article: all text is taken

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:-]{2,40})", re.IGNORECASE)
_PAGE_TAG = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_BLOCKS = frozenset({
    "p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote", "td",
    "th", "title", "pre", "dd", "dt", "ul", "ol", "table", "hr",
})  # fmt: skip
_HIDDEN = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "head", "nav",
    "footer", "form", "button", "select",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """The article of a web page; empty strings and None where the page does not say."""

    text: str
    title: str = ""
    publisher: str = ""
    url: str = ""
    published: date | None = None


def looks_like_page(head: bytes) -> bool:
    """Return whether the first bytes are those of an HTML page."""
    rest = head.removeprefix(b"\xef\xbb\xbf")[:4096].lstrip()
    while rest.startswith((b"<!--", b"<?")):  # comments and the XML declaration may stand before the first tag
        rest = rest.partition(b">")[2].lstrip()
    return _PAGE_TAG.match(rest) is not None


def read_page(data: bytes, *, declared: str = "") -> Page:
    """Return the main text of an HTML page with its title, date and publisher.

    The main text is trafilatura's (without comments, tables of links and boilerplate); where that finds next to
    nothing, all visible text of the body. The date is the one that the page declares in its metadata; dates guessed
    from running text are not used, because a wrong date would move a statement in time.

    Parameters
    ----------
    data : bytes
        The page; the caller bounds its size (MAX_PAGE_BYTES).
    declared : str
        The encoding in the HTTP header, if any; a `<meta charset>` comes after it.

    Returns
    -------
    Page
        `text` is empty if the page has none.
    """
    found = _META_CHARSET.search(data[:4096])
    meta = found.group(1).decode("ascii") if found else ""
    # NUL ends a string inside libxml2, so control characters go before parsing, not after.
    source = stored_text(decode_text(data, declared=declared or meta))
    article = _article(source) if source.count("<") <= MAX_TAGS else Page("")
    text = stored_text(article.text).strip("\n")
    if len(text) < _MIN_ARTICLE_CHARACTERS:
        text = _visible_text(source) or text
    return Page(text, _line(article.title), _line(article.publisher), article.url, article.published)


def _article(source: str) -> Page:
    from trafilatura import bare_extraction

    for name in ("trafilatura", "htmldate", "courlan", "justext"):  # they log what a hostile page makes of them
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        found = bare_extraction(
            source, with_metadata=True, include_comments=False, include_tables=False, fast=True,
            date_extraction_params={"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"},
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, ArithmeticError):
        return Page("")  # a page made to break a parser: what text there is, is still taken below
    if found is None:
        return Page("")
    return Page(
        found.text or "",
        found.title or "",
        found.sitename or found.hostname or "",
        _web_url(found.url),
        _day(found.date),
    )


def _visible_text(source: str) -> str:
    """All text of the body, blocks on their own lines."""
    from lxml import etree, html

    try:
        root = html.document_fromstring(source, parser=html.HTMLParser(no_network=True, remove_comments=True))
    except (etree.LxmlError, ValueError, RecursionError):
        return ""
    # Hidden parts are stepped over, not taken out: taking out joins texts, which a page of many small ones makes slow.
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if element.tag in _BLOCKS:
            pieces.append("\n")
        if event == "end":
            pieces.append(element.tail or "")
        elif element.tag in _HIDDEN:
            walk.skip_subtree()
        else:
            pieces.append(element.text or "")
    lines = (" ".join(line.split()) for line in stored_text("".join(pieces)).split("\n"))
    return "\n".join(line for line in lines if line)


def _line(text: str) -> str:
    return " ".join(stored_text(text).split())[:500]


def _web_url(url: str | None) -> str:
    try:
        return url if url and urlsplit(url).scheme in {"http", "https"} and len(url) < 2048 else ""
    except ValueError:
        return ""


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
