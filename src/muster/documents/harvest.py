"""A harvest: URLs, feeds and GDELT queries become documents, once each, over as many runs as it takes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from muster.base.clock import Clock, utc_now
from muster.base.document import Document
from muster.base.errors import DocumentError, InputError, MusterError, RemoteError
from muster.documents.decoding import decode_text, stored_text, what_is_binary
from muster.documents.feeds import (
    GDELT_ENDPOINT,
    Link,
    gdelt_url,
    parse_feed,
    parse_gdelt,
)
from muster.documents.fetching import FEED_TYPES, JSON_TYPES, Fetched, Fetcher, RefusedError
from muster.documents.language import detect_language
from muster.documents.page import looks_like_page, read_page
from muster.documents.visits import DONE, REFUSED, Visit, Visits

MAX_DOCUMENTS = 100  # of one run, unless the user says otherwise


@dataclass(slots=True)
class Tally:
    """What one run has come to."""

    n_documents: int = 0
    n_unchanged: int = 0
    n_known: int = 0
    n_failed: int = 0


class Harvest:
    """One run over URLs, feeds and queries.

    Each document is yielded first and noted in `visits` when the consumer comes back for the next one: a consumer that
    is stopped while it writes gets the document again in the next run.

    Parameters
    ----------
    fetcher : Fetcher
    visits : Visits
        Of earlier runs; pages that a feed or GDELT names are fetched once, URLs given by hand are asked again with a
        conditional request.
    on_problem : callable
        Receives one MusterError for each URL that cannot be had.
    max_documents : int
        Stop after so many new documents.
    """

    def __init__(
        self, fetcher: Fetcher, visits: Visits, *, on_problem: Callable[[MusterError], None],
        max_documents: int = MAX_DOCUMENTS, clock: Clock = utc_now,
    ) -> None:  # fmt: skip
        self.tally = Tally()
        self._fetcher, self._visits, self._clock = fetcher, visits, clock
        self._on_problem = on_problem
        self._max_documents = max_documents
        self._n_open = 0  # failures that another run may not meet

    @property
    def is_full(self) -> bool:
        """Whether the run has got all the documents it may."""
        return self.tally.n_documents >= self._max_documents

    def of_urls(self, urls: Iterable[str]) -> Iterator[Document]:
        """Yield the documents at URLs; those that have not changed since the last run are passed over."""
        for url in urls:
            if self.is_full:
                return
            yield from self._page(Link(url), is_direct=True)

    def of_feed(self, url: str) -> Iterator[Document]:
        """Yield the documents that an RSS or Atom feed links to and that are not known yet."""
        known = self._visits.get(url)
        try:
            fetched = self._fetcher.get(
                url, types=FEED_TYPES, etag=known.etag if known else "",
                last_modified=known.last_modified if known else "",
            )  # fmt: skip
            if fetched.status == 304:
                self.tally.n_unchanged += 1
                return
            links = parse_feed(fetched.body, url=fetched.url, declared=fetched.charset)
        except MusterError as error:
            self._fail(error)
            return
        n_open = self._n_open
        yield from self._links(links)
        # Only when every entry is settled may the next run be told "not modified": else the rest would be lost.
        if self._n_open == n_open and not self.is_full:
            self._note(url, DONE, fetched=fetched)

    def of_gdelt(self, query: str, *, timespan: str = "1w", endpoint: str = GDELT_ENDPOINT) -> Iterator[Document]:
        """Yield the documents that GDELT lists for a query and that are not known yet."""
        url = gdelt_url(query, timespan=timespan, endpoint=endpoint)
        try:
            fetched = self._fetcher.get(url, types=JSON_TYPES)
            links = parse_gdelt(fetched.body, url=fetched.url)
        except MusterError as error:
            self._fail(error)
            return
        yield from self._links(links)

    def _links(self, links: Iterable[Link]) -> Iterator[Document]:
        for link in links:
            if self.is_full:
                return
            yield from self._page(link, is_direct=False)

    def _page(self, link: Link, *, is_direct: bool) -> Iterator[Document]:
        visit = self._visits.get(link.url)
        if visit is not None and not is_direct:
            self.tally.n_known += 1
            return
        try:
            fetched = self._fetcher.get(
                link.url, etag=visit.etag if visit else "", last_modified=visit.last_modified if visit else ""
            )
            if fetched.status == 304:
                self.tally.n_unchanged += 1
                return
            document = document_of(fetched, link)
        except (RefusedError, DocumentError, InputError) as error:
            self._fail(error)
            self._note(link.url, REFUSED)
            return
        except RemoteError as error:
            self._fail(error)
            self._n_open += 1
            return
        if visit is not None and visit.document_id == document.id:
            self.tally.n_unchanged += 1
        else:
            self.tally.n_documents += 1
            yield document
        self._note(link.url, DONE, fetched=fetched, document_id=document.id)

    def _fail(self, error: MusterError) -> None:
        self.tally.n_failed += 1
        self._on_problem(error)

    def _note(self, url: str, status: str, *, fetched: Fetched | None = None, document_id: str = "") -> None:
        etag, last_modified = (fetched.etag, fetched.last_modified) if fetched else ("", "")
        at = self._clock().isoformat(timespec="seconds")
        self._visits.add(Visit(url, status, at, document_id, etag, last_modified))


def document_of(fetched: Fetched, link: Link) -> Document:
    """Return the document of an answer.

    `url` is where it was found in the end and `publisher` the host that answered: what a page says of itself (a site
    name, a canonical address) would let anyone borrow a good name. The date is the page's, else the feed's; a date
    later than tomorrow is not believed.

    Raises
    ------
    DocumentError
        The answer is no text, or holds none.
    """
    body = fetched.body
    binary = what_is_binary(body)
    if binary:
        raise DocumentError(f"{fetched.url}: the answer is {binary}", rule="documents are HTML or text")
    title, published = link.title, None
    if looks_like_page(body[:8192]) or fetched.content_type in {"text/html", "application/xhtml+xml"}:
        page = read_page(body, declared=fetched.charset)
        text, title, published = page.text, page.title or link.title, page.published
    else:
        text = stored_text(decode_text(body, declared=fetched.charset))
    if not text.strip():
        raise DocumentError(f"{fetched.url}: no text on the page", next_step="Drop the URL")
    latest = (fetched.fetched_at.date() if fetched.fetched_at else date.max - timedelta(days=1)) + timedelta(days=1)
    days = [day for day in (published, link.published) if day is not None and day <= latest]
    host = urlsplit(fetched.url).hostname or ""
    return Document(
        source_id=fetched.url, text=text, url=fetched.url, publisher=host.removeprefix("www."), title=title,
        published=days[0] if days else None, language=detect_language(text), retrieved_at=fetched.fetched_at,
    )  # fmt: skip


def row_of(document: Document) -> dict[str, object]:
    """Return the JSON row of a document, as `read_documents` reads it; `id` is the content id."""
    return {
        "id": document.id,
        "url": document.url,
        "publisher": document.publisher,
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "language": document.language,
        "text": document.text,
        "retrieved_at": document.retrieved_at.isoformat(timespec="seconds") if document.retrieved_at else None,
    }
