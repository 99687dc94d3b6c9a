"""Fetching one document politely and within bounds: addresses, ports, redirects, robots.txt, delays, bytes, time.

Servers are taken to be hostile: they drip, flood, bomb, loop, and point at the machines behind us.
"""

import math
import re
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self, cast

import httpcore
import httpx

from muster import __version__
from muster.base.clock import Clock, utc_now
from muster.base.errors import InputError, RemoteError
from muster.documents.addresses import Resolver, system_resolver
from muster.documents.decoding import decode_text
from muster.documents.robots import (
    ALLOW_ALL,
    DENY_ALL,
    MAX_ROBOTS_BYTES,
    Robots,
    parse_robots,
)
from muster.documents.transport import GuardedBackend, GuardedTransport

AGENT = "muster"
PORTS = frozenset({80, 443})
MAX_REDIRECTS = 5  # RFC 9309 asks for at least five for robots.txt; browsers stop at twenty
MAX_BYTES = 5_000_000  # of one answer, after decompression; news pages are 0.1-3 MB
TOTAL_S = 30.0  # for one document with all its redirects
STEP_S = 10.0  # for one connection attempt or one read
DELAY_S = 2.0  # between two requests to one host; our choice, a site's Crawl-delay overrides it upwards
SITE_DELAYS_S = {"api.gdeltproject.org": 5.0}  # "one request every 5 seconds", as the API answers when asked faster
ROBOTS_S = 3600.0  # a robots.txt is believed for an hour (RFC 9309 allows a day)
ROBOTS_RETRY_S = 300.0
MAX_RETRY_AFTER_S = 86_400.0

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
FEED_TYPES = frozenset(
    {
        "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml",
        "application/feed+json", "text/html", "text/plain",
    }
)  # fmt: skip
JSON_TYPES = frozenset({"application/json", "text/json", "text/plain", "text/html"})

_CREDENTIALS = re.compile(r"//[^/@]*@")  # never repeated in a message
_MAX_URL_CHARACTERS = 4096


class RefusedError(RemoteError):
    """The answer is a refusal that will last (robots.txt, a private address, a wrong type, 4xx): do not ask again."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer: `status` 200 with its body, or 304 with none.

    `url` is where the last redirect led; `content_type` and `charset` are lower case, empty where not given; `etag` and
    `last_modified` are what a later conditional request sends back.
    """

    url: str
    status: int
    body: bytes = b""
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    fetched_at: datetime | None = None


@dataclass(slots=True)
class _Site:
    robots: Robots | None = None
    robots_until_s: float = 0.0
    next_at_s: float = 0.0
    closed_until_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one answer; the defaults stand beside their reasons above."""

    max_bytes: int = MAX_BYTES
    total_s: float = TOTAL_S
    step_s: float = STEP_S
    delay_s: float = DELAY_S
    max_redirects: int = MAX_REDIRECTS
    ports: frozenset[int] = field(default=PORTS)


class Fetcher:
    """Gets documents by http and https from public addresses; use it as a context manager.

    Parameters
    ----------
    limits : Limits
    allow_private : bool
        Ask private addresses, and any port, too: for tests and for an intranet that one trusts, never for URLs of
        others.
    contact : str
        An address or URL for the User-Agent, so that a site can write to whoever runs this.
    resolver, clock, monotonic_s, sleep, network
        Injected in tests.
    """

    def __init__(
        self, *, limits: Limits | None = None, allow_private: bool = False, contact: str = "",
        resolver: Resolver = system_resolver, clock: Clock = utc_now,
        monotonic_s: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:  # fmt: skip
        self.limits = limits or Limits()
        self.allow_private = allow_private
        self.user_agent = f"{AGENT}/{__version__} (document reader; robots.txt token {AGENT}{_contact(contact)})"
        self._clock, self._monotonic_s, self._sleep = clock, monotonic_s, sleep
        self._backend = GuardedBackend(
            allow_private=allow_private, resolver=resolver, monotonic_s=monotonic_s, network=network
        )
        self._transport = GuardedTransport(self._backend)
        self._sites: dict[tuple[str, str, int | None], _Site] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def get(
        self, url: str, *, types: Iterable[str] = PAGE_TYPES, etag: str = "", last_modified: str = "",
        max_bytes: int | None = None,
    ) -> Fetched:  # fmt: skip
        """Return what a URL answers, if all rules allow it.

        Parameters
        ----------
        url : str
            http or https, without user and password.
        types : iterable of str
            Content types that are accepted; an answer without one is accepted too, and judged by its content later.
        etag, last_modified : str
            Of an earlier answer: the server may then say 304, not modified.
        max_bytes : int, optional
            Overrides the limit, for this answer.

        Raises
        ------
        InputError
            The URL is none, or of another scheme.
        RefusedError
            robots.txt, address, port, type, size or the server say no, and will again.
        RemoteError
            No answer, a broken one, or one that took too long: may work later.
        """
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        target = self._checked_url(url)
        place = str(target)
        seen: set[str] = set()
        self._backend.start(self.limits.total_s, self._wire_bytes(max_bytes))
        for _ in range(self.limits.max_redirects + 1):
            if str(target) in seen:
                raise RefusedError(f"{place}: redirects go round in a loop at {target}", next_step="Drop the URL")
            seen.add(str(target))
            self._wait_for_site(target, place)
            response = self._send(target, {key: value for key, value in headers.items() if value}, place)
            try:
                location = self._redirect(response, place)
                if location is None:
                    return self._answer(response, frozenset(types), max_bytes or self.limits.max_bytes, place)
            finally:
                response.close()
            target = self._checked_url(location, base=target)
        raise RefusedError(f"{place}: more than {self.limits.max_redirects} redirects", next_step="Drop the URL")

    def _wire_bytes(self, max_bytes: int | None) -> int:
        # Headers and the frames of TLS and chunks come on top of the bodies, and so do a few redirects' pages.
        return (max_bytes or self.limits.max_bytes) + MAX_ROBOTS_BYTES + (1 << 20)

    def _checked_url(self, url: str, *, base: httpx.URL | None = None) -> httpx.URL:
        shown = "".join(sign if sign.isprintable() else "?" for sign in _CREDENTIALS.sub("//", url)[:200])
        error = RefusedError if base is not None else InputError
        if len(url) > _MAX_URL_CHARACTERS:
            raise error(f"{shown}...: the URL is too long", rule=f"at most {_MAX_URL_CHARACTERS} characters")
        try:
            target = (base.join(url) if base is not None else httpx.URL(url)).copy_with(fragment=None)
            host = target.host
            port = target.port
        except (httpx.InvalidURL, ValueError, TypeError):
            raise error(f"{shown}: no valid URL", next_step="Check it") from None
        if target.scheme not in {"http", "https"} or not host:
            raise error(f"{shown}: no http or https URL", rule="documents come by http and https only")
        if target.userinfo:
            raise error(f"{shown}: the URL carries a user or password", rule="documents are public")
        if not self.allow_private and (port or {"http": 80, "https": 443}[target.scheme]) not in self.limits.ports:
            allowed = ", ".join(str(number) for number in sorted(self.limits.ports))
            raise RefusedError(f"{shown}: port {port} is not asked", rule=f"ports are {allowed}")
        return target

    def _site(self, target: httpx.URL) -> _Site:
        return self._sites.setdefault((target.scheme, target.host, target.port), _Site())

    def _wait_for_site(self, target: httpx.URL, place: str) -> None:
        """Ask robots.txt once a site, then wait for our turn; the waiting is not counted as the server's time."""
        site = self._site(target)
        if site.closed_until_s > self._monotonic_s():
            wait_s = site.closed_until_s - self._monotonic_s()
            raise RemoteError(f"{place}: {target.host} asked to be left alone for {wait_s:.0f} s more")
        if site.robots is None or site.robots_until_s < self._monotonic_s():
            self._learn_robots(site, target, place)
        assert site.robots is not None  # noqa: S101 - just set
        if site.robots is DENY_ALL:
            raise RemoteError(
                f"{place}: robots.txt of {target.host} cannot be had", rule="without it nothing is asked (RFC 9309)",
                next_step="Try again later",
            )  # fmt: skip
        if not site.robots.allows(target.raw_path.decode("ascii", "replace")):
            raise RefusedError(f"{place}: robots.txt of {target.host} does not allow it", next_step="Drop the URL")
        wait_s = site.next_at_s - self._monotonic_s()
        if wait_s > 0:
            self._sleep(wait_s)
            self._backend.deadline_s += wait_s
        delay_s = max(self.limits.delay_s, site.robots.crawl_delay_s or 0.0, SITE_DELAYS_S.get(target.host, 0.0))
        site.next_at_s = self._monotonic_s() + delay_s

    def _learn_robots(self, site: _Site, target: httpx.URL, place: str) -> None:
        # While the file cannot be had the site is left alone, so that a dead host costs one timeout, not one a link.
        site.robots, site.robots_until_s = DENY_ALL, self._monotonic_s() + ROBOTS_RETRY_S
        try:
            site.robots = self._robots(target, place)
        except RefusedError:
            site.robots = None  # nothing to wait for: the next link is refused in the same words
            raise
        if site.robots is not DENY_ALL:
            site.robots_until_s = self._monotonic_s() + ROBOTS_S

    def _robots(self, target: httpx.URL, place: str) -> Robots:
        """The site's rules (RFC 9309): none without a file (4xx), all forbidden while it cannot be had (5xx)."""
        url = target.copy_with(raw_path=b"/robots.txt")
        for _ in range(MAX_REDIRECTS + 1):
            response = self._send(url, {}, place)
            try:
                location = self._redirect(response, place)
                if location is None:
                    return self._robots_of(response, place)
            finally:
                response.close()
            url = self._checked_url(location, base=url)
        return ALLOW_ALL  # RFC 9309, 2.3.1.2: more than five redirects count as no file

    def _robots_of(self, response: httpx.Response, place: str) -> Robots:
        status = response.status_code
        if status == httpx.codes.OK:
            body = self._body(response, MAX_ROBOTS_BYTES, place, is_cut=True)
            return parse_robots(decode_text(body), agent=AGENT)
        return ALLOW_ALL if 400 <= status < 500 and status != httpx.codes.TOO_MANY_REQUESTS else DENY_ALL

    def _send(self, target: httpx.URL, headers: Mapping[str, str], place: str) -> httpx.Response:
        request = httpx.Request(
            "GET", target,
            headers={
                "User-Agent": self.user_agent, "Accept": "text/html, application/xml;q=0.9, */*;q=0.5",
                "Accept-Encoding": "gzip", **headers,
            },
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), self.limits.step_s)},
        )  # fmt: skip
        try:
            return self._transport.handle_request(request)
        except RemoteError as error:
            raise _placed(error, place, target) from None
        except (httpcore.TimeoutException, TimeoutError):
            raise RemoteError(f"{place}: no answer in time", next_step="Try again later") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise RemoteError(f"{place}: {_why(error)}", next_step="Try again later") from None
        except (httpcore.UnsupportedProtocol, httpx.InvalidURL, ValueError):
            raise RefusedError(f"{place}: no valid URL", next_step="Check it") from None

    def _redirect(self, response: httpx.Response, place: str) -> str | None:
        if response.status_code not in {301, 302, 303, 307, 308}:
            return None
        location = response.headers.get("location", "")
        if not location:
            raise RefusedError(f"{place}: status {response.status_code} without a location")
        return str(location)

    def _answer(self, response: httpx.Response, types: frozenset[str], max_bytes: int, place: str) -> Fetched:
        status = response.status_code
        content_type, charset = _content_type(response.headers.get("content-type", ""))
        if status in {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}:
            self._close_site(response)
            raise RemoteError(f"{place}: status {status}, the site asks for patience", next_step="Try again later")
        if status >= 500:
            raise RemoteError(f"{place}: status {status}", next_step="Try again later")
        is_conditional = {"if-none-match", "if-modified-since"} & set(response.request.headers)
        if status != httpx.codes.OK and not (status == httpx.codes.NOT_MODIFIED and is_conditional):
            raise RefusedError(f"{place}: status {status}", next_step="Drop the URL")
        body = b""
        if status == httpx.codes.OK:
            if content_type and content_type not in types:
                raise RefusedError(f"{place}: content type {content_type[:60]}", rule=f"read are {_listed(types)}")
            body = self._body(response, max_bytes, place)
        return Fetched(
            url=str(response.request.url), status=status, body=body, content_type=content_type, charset=charset,
            etag=_header(response, "etag"), last_modified=_header(response, "last-modified"), fetched_at=self._clock(),
        )  # fmt: skip

    def _close_site(self, response: httpx.Response) -> None:
        text = response.headers.get("retry-after", "")
        try:
            wait_s = float(text)
        except ValueError:
            try:
                wait_s = (parsedate_to_datetime(text).astimezone(UTC) - self._clock()).total_seconds()
            except (ValueError, TypeError, IndexError, OverflowError):
                wait_s = 60.0
        wait_s = min(max(wait_s, 0.0), MAX_RETRY_AFTER_S) if math.isfinite(wait_s) else 60.0
        self._site(response.request.url).closed_until_s = self._monotonic_s() + wait_s

    def _body(self, response: httpx.Response, max_bytes: int, place: str, *, is_cut: bool = False) -> bytes:
        """The body, decompressed here so that the bound holds while it grows; `is_cut` cuts instead of failing."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"identity", "", "gzip", "x-gzip"}:
            raise RefusedError(f"{place}: content encoding {encoding[:40]}", rule="gzip is what was asked for")
        inflate = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
        body = bytearray()
        try:
            for chunk in cast("httpx.SyncByteStream", response.stream):
                body += inflate.decompress(chunk, max_bytes + 1 - len(body)) if inflate else chunk
                if len(body) > max_bytes:
                    break
        except zlib.error:
            raise RefusedError(f"{place}: the answer is no gzip although it says so") from None
        except RemoteError as error:
            raise _placed(error, place, response.request.url) from None
        except (httpcore.TimeoutException, TimeoutError):
            raise RemoteError(f"{place}: the answer stopped half-way", next_step="Try again later") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise RemoteError(f"{place}: {_why(error)}", next_step="Try again later") from None
        if len(body) > max_bytes:
            if is_cut:
                return bytes(body[:max_bytes])
            raise RefusedError(f"{place}: larger than {max_bytes / 1e6:g} MB", rule="documents are bounded")
        if inflate is not None and not inflate.eof:
            raise RemoteError(f"{place}: the compressed answer is cut off", next_step="Try again later")
        return bytes(body)


def _contact(contact: str) -> str:
    if not contact:
        return ""
    if not contact.isascii() or not contact.isprintable() or len(contact) > 200 or set("()\\") & set(contact):
        raise InputError(f"contact {contact!r}", rule="a contact is an e-mail address or URL in ASCII")
    return f"; {contact}"


def _placed(error: RemoteError, place: str, target: httpx.URL) -> RemoteError:
    """The error with the URL that was asked for in front; refusals of addresses are lasting."""
    if error.what.startswith(place):
        return error
    is_lasting = "addresses are asked" in error.rule or "too large" in error.what
    via = "" if str(target) == place else f" (at {target})"
    return (RefusedError if is_lasting else RemoteError)(
        f"{place}{via}: {error.what}", rule=error.rule, next_step=error.next_step
    )


def _content_type(header: str) -> tuple[str, str]:
    kind, _, parameters = header.partition(";")
    charset = ""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'").lower()
    return kind.strip().lower(), charset[:40]


def _header(response: httpx.Response, name: str) -> str:
    value = str(response.headers.get(name, ""))
    return value if len(value) <= 512 and value.isascii() and value.isprintable() else ""


def _listed(types: frozenset[str]) -> str:
    return ", ".join(sorted(types))


def _why(error: Exception) -> str:
    text = str(error).split("\n", maxsplit=1)[0].strip().rstrip(".")
    return text[:200].lower() or type(error).__name__
