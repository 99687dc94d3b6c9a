"""Fetching against a local site that is hostile in every way we could think of."""

import gzip
import zlib
from datetime import UTC, datetime

import pytest

from muster.base.errors import InputError, RemoteError
from muster.documents.fetching import FEED_TYPES, Fetcher, Limits, RefusedError

from .local_site import PUBLIC, Dialler, LocalSite, Names, Ticks, answer, article, redirect, zipped

NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)


@pytest.fixture
def site():
    """A local site that plays every public host."""
    with LocalSite() as local:
        local.routes["/a"] = answer(article())
        yield local


def fetcher_for(site, *, names=None, ticks=None, **options):
    """A guarded fetcher (private addresses refused) whose public internet is the local site."""
    ticks = ticks or Ticks()
    limits = Limits(**({"step_s": 5.0} | options.pop("limits", {})))
    names = names or Names(news_test=[PUBLIC], other_test=["2606:4700:4700::1111"], inner_test=["10.0.0.5"])
    return Fetcher(
        limits=limits, resolver=names, clock=lambda: NOW, monotonic_s=ticks, sleep=ticks.sleep, network=Dialler(site),
        **options,
    )  # fmt: skip


def dialled(fetcher):
    """The addresses that were really connected to."""
    return fetcher._backend._network.dialled


def test_a_page_is_fetched_from_the_checked_address_under_its_own_name(site):
    """The address is dialled, the Host header stays the name, the User-Agent names the tool."""
    with fetcher_for(site) as fetcher:
        fetched = fetcher.get("http://news.test/a#part")
    assert (fetched.status, fetched.url, fetched.content_type, fetched.charset) == (
        200,
        "http://news.test/a",
        "text/html",
        "utf-8",
    )
    assert fetched.body == article()
    assert set(dialled(fetcher)) == {(PUBLIC, 80)}
    host, _, headers = site.requests[-1]
    assert host == "news.test"
    assert headers["user-agent"].startswith("muster/")
    assert not {"cookie", "authorization", "referer"} & set(headers)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a", "http://127.1/a", "http://2130706433/a", "http://0x7f000001/a", "http://0177.0.0.1/a",
        "http://0.0.0.0/a", "http://0/a", "http://[::1]/a", "http://[::]/a", "http://[::ffff:127.0.0.1]/a",
        "http://[::ffff:7f00:1]/a", "http://[64:ff9b::7f00:1]/a", "http://10.0.0.5/a", "http://169.254.169.254/latest",
        "http://192.168.0.1/a", "http://[fe80::1]/a", "http://[fd00::1]/a", "http://224.0.0.1/a", "http://inner.test/a",
        "http://168.63.129.16/a", "http://１２７.０.０.１/a",
    ],
)  # fmt: skip
@pytest.mark.parametrize("via", ["directly", "redirect", "robots"])
def test_no_inner_address_is_ever_dialled(site, url, via):
    """Neither directly nor after a redirect of the page or of robots.txt; nothing is dialled but the public host."""
    site.routes["/go"] = redirect(url)
    if via == "robots":
        site.routes["/robots.txt"] = redirect(url)
    with fetcher_for(site) as fetcher, pytest.raises((RemoteError, InputError)) as caught:
        fetcher.get({"directly": url, "redirect": "http://news.test/go", "robots": "http://news.test/a"}[via])
    assert {address for address, _ in dialled(fetcher)} <= {PUBLIC}
    assert "\n" not in str(caught.value)
    if via == "directly":
        assert not site.requests


def test_the_address_that_was_checked_is_the_one_that_is_dialled(site):
    """DNS rebinding: the name turns private after the check of the first connection, and the second is refused."""
    names = Names(rebind_test=[[PUBLIC], ["127.0.0.1"]])
    site.routes["/robots.txt"] = answer(b"", Connection="close")
    with fetcher_for(site, names=names) as fetcher, pytest.raises(RefusedError, match=r"127\.0\.0\.1 is loopback"):
        fetcher.get("http://rebind.test/a")
    assert names.asked == ["rebind.test", "rebind.test"]
    assert dialled(fetcher) == [(PUBLIC, 80)]


def test_a_name_is_resolved_once_a_connection(site):
    """What is dialled comes from the one answer that was checked, not from a second question."""
    names = Names(news_test=[PUBLIC])
    with fetcher_for(site, names=names) as fetcher:
        assert fetcher.get("http://news.test/a").status == 200
    assert len(names.asked) == len(dialled(fetcher)) > 0


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://news.test/a", "gopher://news.test/", "data:text/html,x", "javascript:alert(1)",
        "//news.test/a", "/etc/passwd", "news.test/a", "", "http://", "http:///a", "http://[", "http://news.test:99999/a",
        "http://user:secret@news.test/a", "http://news.test@127.0.0.1/", "http://news.test:22/a", "http://news.test:6379/",
        "http://new\ns.test/a", "http://" + "a" * 5000 + ".test/", "http://news.test/" + "a" * 5000, "http://a..b/", "http://-/",
    ],
)  # fmt: skip
def test_other_schemes_ports_and_malformed_urls_are_refused(site, url):
    """One clear line each, nothing asked."""
    with fetcher_for(site) as fetcher, pytest.raises((InputError, RemoteError)) as caught:
        fetcher.get(url)
    assert not site.requests
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "to",
    [
        "file:///etc/passwd",
        "http://news.test:22/",
        "http://u:p@news.test/",
        "gopher://news.test/",
        "http://[",
        "ftp://other.test/",
    ],
)
def test_redirects_obey_the_same_rules(site, to):
    """Scheme, port and credentials are checked on every hop."""
    site.routes["/go"] = redirect(to)
    with fetcher_for(site) as fetcher, pytest.raises(RemoteError):
        fetcher.get("http://news.test/go")
    assert site.paths() == ["/go"]


def test_redirects_are_followed_across_hosts(site):
    """Relative and absolute; the last URL is told; the second host's robots.txt is asked too."""
    site.routes["/go"] = redirect("/b?x=1", 301)
    site.routes["/b?x=1"] = redirect("http://other.test/a", 308)
    with fetcher_for(site) as fetcher:
        assert fetcher.get("http://news.test/go").url == "http://other.test/a"
    assert [host for host, path, _ in site.requests if path == "/robots.txt"] == ["news.test", "other.test"]


def test_redirect_loops_and_chains_end(site):
    """A loop is named, a long chain is cut."""
    site.routes["/loop"] = redirect("/pool")
    site.routes["/pool"] = redirect("/loop")
    for number in range(20):
        site.routes[f"/c{number}"] = redirect(f"/c{number + 1}")
    site.routes["/bare"] = answer(status=302)
    with fetcher_for(site) as fetcher:
        with pytest.raises(RefusedError, match="loop"):
            fetcher.get("http://news.test/loop")
        with pytest.raises(RefusedError, match="more than 5 redirects"):
            fetcher.get("http://news.test/c0")
        with pytest.raises(RefusedError, match="without a location"):
            fetcher.get("http://news.test/bare")
    assert len(site.paths()) == 2 + 6 + 1


def _drip(request):
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Content-Length", "100000")
    request.end_headers()
    for _ in range(100_000):
        request.wfile.write(b"x")
        request.wfile.flush()


def _drip_headers(request):
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        request.wfile.write(f"X-{number}: {number}\r\n".encode())
        request.wfile.flush()


def _endless_headers(request):
    request.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"y" * 1_000_000)


def _informational(request):
    for _ in range(1_000_000):
        request.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize("handler", [_drip, _drip_headers, _endless_headers, _informational])
def test_a_server_that_drips_is_given_up_at_the_deadline(site, handler):
    """The total time is bounded, not only the time between two bytes; the clock moves a tenth at each look."""
    site.routes["/slow"] = handler
    with (
        fetcher_for(site, ticks=Ticks(step_s=0.1), limits={"total_s": 8.0}) as fetcher,
        pytest.raises(RemoteError),
    ):
        fetcher.get("http://news.test/slow")


def test_a_silent_server_is_given_up(site):
    """No byte at all: the step's timeout ends it."""
    import threading

    release = threading.Event()
    site.routes["/mute"] = lambda _: release.wait(5)
    with fetcher_for(site, limits={"step_s": 0.05}) as fetcher, pytest.raises(RemoteError, match="no answer in time"):
        fetcher.get("http://news.test/mute")
    release.set()


def test_a_huge_body_is_cut_off(site):
    """With its length told it is refused at once, without it as soon as the bound is passed."""
    sent = []

    def flood(request):
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Connection", "close")
        request.end_headers()
        sent.extend(request.wfile.write(b"x" * 100_000) for _ in range(10_000))

    site.routes["/flood"] = flood
    with fetcher_for(site, limits={"max_bytes": 1_000_000}) as fetcher, pytest.raises(RefusedError, match="larger"):
        fetcher.get("http://news.test/flood")
    assert sum(sent) < 100_000_000


@pytest.mark.parametrize("size", [2_000_000, 300_000_000])
def test_a_gzip_bomb_is_cut_off_while_it_grows(site, size):
    """The bound holds after decompression; memory stays near it."""
    import tracemalloc

    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(size // 1_000_000)) + packer.flush()
    site.routes["/bomb"] = answer(bomb, Content_Encoding="gzip")
    tracemalloc.start()
    with (
        fetcher_for(site, limits={"max_bytes": 1_000_000}) as fetcher,
        pytest.raises(RefusedError, match="larger than 1 MB"),
    ):
        fetcher.get("http://news.test/bomb")
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()


def test_gzip_is_read_and_other_encodings_are_refused(site):
    """What was asked for is understood; nested, unknown, false and cut-off encodings are not guessed at."""
    site.routes["/zip"] = zipped(article())
    site.routes["/br"] = answer(b"x", Content_Encoding="br")
    site.routes["/twice"] = answer(gzip.compress(gzip.compress(b"x")), Content_Encoding="gzip, gzip")
    site.routes["/false"] = answer(b"no gzip", Content_Encoding="gzip")
    site.routes["/cut"] = answer(gzip.compress(article())[:-20], Content_Encoding="gzip")
    with fetcher_for(site) as fetcher:
        assert fetcher.get("http://news.test/zip").body == article()
        for path, words in (
            ("br", "encoding br"),
            ("twice", "encoding gzip, gzip"),
            ("false", "no gzip"),
            ("cut", "cut off"),
        ):
            with pytest.raises(RemoteError, match=words):
                fetcher.get(f"http://news.test/{path}")


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream", "video/mp4", "x" * 3000])
def test_wrong_content_types_are_refused_before_the_body(site, kind):
    """Only pages and text; a type is not sniffed away."""
    site.routes["/x"] = answer(b"x" * 1000, kind=kind)
    with fetcher_for(site) as fetcher, pytest.raises(RefusedError, match="content type"):
        fetcher.get("http://news.test/x")


def test_types_are_by_purpose(site):
    """A feed may be XML, a page may not."""
    site.routes["/x"] = answer(b"<rss/>", kind="application/rss+xml; charset=UTF-8")
    with fetcher_for(site) as fetcher:
        assert fetcher.get("http://news.test/x", types=FEED_TYPES).charset == "utf-8"
        with pytest.raises(RefusedError):
            fetcher.get("http://news.test/x")


@pytest.mark.parametrize(
    ("status", "is_lasting"), [(404, True), (403, True), (410, True), (500, False), (502, False), (204, True)]
)
def test_statuses_are_lasting_or_not(site, status, is_lasting):
    """4xx will not get better, 5xx may."""
    site.routes["/x"] = answer(status=status)
    with fetcher_for(site) as fetcher, pytest.raises(RemoteError, match=f"status {status}") as caught:
        fetcher.get("http://news.test/x")
    assert isinstance(caught.value, RefusedError) is is_lasting


@pytest.mark.parametrize("after", ["30", "Fri, 10 Apr 2026 12:00:30 GMT", "soon", "-5", "inf", "1e99", ""])
def test_a_site_that_asks_for_patience_is_left_alone(site, after):
    """429 and 503 with Retry-After in seconds, as a date, or nonsense: no further request before."""
    site.routes["/x"] = answer(status=429, Retry_After=after)
    with fetcher_for(site) as fetcher:
        with pytest.raises(RemoteError, match="patience"):
            fetcher.get("http://news.test/x")
        if after == "-5":
            return
        with pytest.raises(RemoteError, match="left alone"):
            fetcher.get("http://news.test/a")
    assert site.paths() == ["/x"]


def test_validators_are_sent_and_not_modified_is_understood(site):
    """ETag and Last-Modified go out as they came; a 304 nobody asked for is refused."""
    site.routes["/a"] = answer(article(), ETag='"v1"', Last_Modified="Thu, 09 Apr 2026 10:00:00 GMT")
    with fetcher_for(site) as fetcher:
        first = fetcher.get("http://news.test/a")
        assert (first.etag, first.last_modified) == ('"v1"', "Thu, 09 Apr 2026 10:00:00 GMT")
        site.routes["/a"] = answer(status=304)
        assert fetcher.get("http://news.test/a", etag=first.etag, last_modified=first.last_modified).status == 304
        assert site.requests[-1][2]["if-none-match"] == '"v1"'
        assert site.requests[-1][2]["if-modified-since"] == "Thu, 09 Apr 2026 10:00:00 GMT"
        with pytest.raises(RefusedError, match="304"):
            fetcher.get("http://news.test/a")


def test_hostile_validators_are_not_kept(site):
    """An ETag of a kilobyte is dropped."""
    site.routes["/a"] = answer(article(), ETag='"' + "v" * 5000 + '"')
    with fetcher_for(site) as fetcher:
        assert fetcher.get("http://news.test/a").etag == ""


def test_robots_txt_is_obeyed(site):
    """A forbidden path is never asked for; the file is asked for once."""
    site.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /private", kind="text/plain")
    site.routes["/private/x"] = answer(article())
    site.routes["/go"] = redirect("/private/x")
    with fetcher_for(site) as fetcher:
        for path in ("private/x", "go"):
            with pytest.raises(RefusedError, match=r"robots\.txt of news\.test"):
                fetcher.get(f"http://news.test/{path}")
        assert fetcher.get("http://news.test/a").status == 200
    assert site.paths() == ["/go", "/a"]
    assert [path for _, path, _ in site.requests].count("/robots.txt") == 1


def test_a_site_whose_robots_txt_is_broken_is_left_alone(site):
    """5xx means no (RFC 9309), but not for ever; the site is not asked again for each link."""
    site.routes["/robots.txt"] = answer(status=500)
    ticks = Ticks()
    with fetcher_for(site, ticks=ticks) as fetcher:
        for _ in range(3):
            with pytest.raises(RemoteError, match="cannot be had") as caught:
                fetcher.get("http://news.test/a")
            assert not isinstance(caught.value, RefusedError)
        assert len(site.requests) == 1
        site.routes["/robots.txt"] = answer(b"", kind="text/plain")
        ticks.now_s += 3600
        assert fetcher.get("http://news.test/a").status == 200


def test_a_huge_robots_txt_is_cut_not_refused(site):
    """RFC 9309: the first 500 KiB count."""
    site.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /private\n" + b"# x\n" * 400_000)
    with fetcher_for(site) as fetcher:
        with pytest.raises(RefusedError, match="robots"):
            fetcher.get("http://news.test/private")
        assert fetcher.get("http://news.test/a").status == 200


def test_requests_to_one_host_keep_their_distance(site):
    """The delay is per host, a longer Crawl-delay wins, and waiting does not use up the document's time."""
    site.routes["/robots.txt"] = answer(b"User-agent: muster\nCrawl-delay: 50")
    ticks = Ticks()
    with fetcher_for(site, ticks=ticks, limits={"delay_s": 2.0}) as fetcher:
        fetcher.get("http://news.test/a")
        assert ticks.slept_s == []
        fetcher.get("http://news.test/a")
        assert ticks.slept_s == [50.0]
        fetcher.get("http://other.test/a")
        assert ticks.slept_s == [50.0]


def test_the_client_uses_no_proxy_and_keeps_no_cookies(site, monkeypatch):
    """The environment cannot lead requests elsewhere."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    site.routes["/a"] = answer(article(), Set_Cookie="id=1; Path=/")
    with fetcher_for(site) as fetcher:
        fetcher.get("http://news.test/a")
        fetcher.get("http://news.test/a")
    assert "cookie" not in site.requests[-1][2]


def test_tls_checks_the_name_of_the_url(site):
    """The address is pinned below TLS: a plain server behind https fails, and does not answer."""
    with fetcher_for(site) as fetcher, pytest.raises(RemoteError, match=r"https://news\.test/a: "):
        fetcher.get("https://news.test/a")
    assert set(dialled(fetcher)) == {(PUBLIC, 443)}


@pytest.mark.parametrize(
    "raw", [b"garbage\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", b"HTTP/9 x\r\n\r\n"]
)
def test_broken_http_is_one_line(site, raw):
    """Whatever the server says, there is one RemoteError."""

    def handle(request):
        request.wfile.write(raw)
        request.close_connection = True

    site.routes["/x"] = handle
    with fetcher_for(site) as fetcher, pytest.raises(RemoteError) as caught:
        fetcher.get("http://news.test/x")
    assert str(caught.value).startswith("http://news.test/x: ")
    assert "\n" not in str(caught.value)


def test_private_addresses_need_the_explicit_argument(site):
    """`allow_private` opens loopback and any port: for tests and intranets."""
    url = f"http://127.0.0.1:{site.port}/a"
    with Fetcher(allow_private=True) as fetcher:
        assert fetcher.get(url).status == 200
    with Fetcher(limits=Limits(ports=frozenset({site.port}))) as fetcher, pytest.raises(RefusedError, match="loopback"):
        fetcher.get(url)


@pytest.mark.parametrize("contact", ["a\r\nX: y", "ä@b", "(", "x" * 300])
def test_a_contact_cannot_break_the_header(contact):
    """ASCII, one line, no parentheses."""
    with pytest.raises(InputError, match="contact"):
        Fetcher(contact=contact)
