"""The client of the public service, against a local server: pages, faults, bounds."""

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from muster.base.errors import InputError, RemoteError
from muster.observed import portwatch
from muster.observed.portwatch import fetch_portwatch

N_DAYS = 2500
DAYS = [(date(2019, 1, 1) + timedelta(days=k)).isoformat() for k in range(N_DAYS)]


class Service(BaseHTTPRequestHandler):
    """A layer of 2,500 days that gives at most 1,000 at a time, or fails as its path says."""

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        """Answer a query."""
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.server.queries.append(query)  # type: ignore[attr-defined]
        start = int(query["resultOffset"])
        chosen = DAYS[start : start + 1000] if query["where"] == "portid='chokepoint6'" else []
        rows = [
            {"attributes": {"date": day, "portname": "Strait of Hormuz", "n_total": 7, "n_tanker": 4}} for day in chosen
        ]
        status, body = {
            "/ok": (200, json.dumps({"features": rows, "exceededTransferLimit": start + 1000 < N_DAYS})),
            "/500": (500, "broken"),
            "/text": (200, "<html>"),
            "/refused": (200, json.dumps({"error": {"code": 400, "message": "Invalid query"}})),
            "/list": (200, "[]"),
            "/none": (200, json.dumps({"features": [1]})),
            "/moved": (302, ""),
            "/big": (200, "x" * 200_000),
        }[parts.path]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """Serve on a free port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as running:
        running.queries = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def address(server: ThreadingHTTPServer, path: str) -> str:
    """Return the address of a path of the server."""
    return f"http://127.0.0.1:{server.server_port}/{path}"


def test_all_pages_become_one_series(server: ThreadingHTTPServer) -> None:
    """Three pages, asked in order; the vintage is the day of asking."""
    series = fetch_portwatch(service=address(server, "ok"), vintage=date(2026, 8, 18))

    assert (len(series.days), series.days[0], series.vintage) == (N_DAYS, date(2019, 1, 1), "2026-08-18")
    assert series.label == "IMF PortWatch Strait of Hormuz 2026-08-18"
    assert set(series.columns) == {"total", "tanker"}
    assert [query["resultOffset"] for query in server.queries] == ["0", "1000", "2000"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("500", "status 500"), ("text", "no JSON"), ("refused", "refused: Invalid query"), ("list", "refused"),
        ("none", "no features"), ("moved", "status 302"), ("big", "MB in a page"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_one_sentence(
    server: ThreadingHTTPServer, path: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redirects are not followed, and no more than a bounded page is read."""
    monkeypatch.setattr(portwatch, "MAX_PAGE_BYTES", 100_000)
    with pytest.raises(RemoteError, match=message):
        fetch_portwatch(service=address(server, path))


def test_endless_pages_stop(server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that always promises more is left."""
    monkeypatch.setattr(portwatch, "MAX_PAGES", 2)
    with pytest.raises(RemoteError, match="more than 2 pages"):
        fetch_portwatch(service=address(server, "ok"))


def test_an_unknown_id_has_no_days(server: ThreadingHTTPServer) -> None:
    """An empty answer is no series of zeros."""
    with pytest.raises(RemoteError, match="no days for chokepoint99"):
        fetch_portwatch("chokepoint99", service=address(server, "ok"))


@pytest.mark.parametrize("service", ["http://example.org/query", "ftp://127.0.0.1/", "file:///etc/passwd", "nothing"])
def test_only_https_is_asked(service: str) -> None:
    """Plain http serves on this machine only."""
    with pytest.raises(InputError, match="over https"):
        fetch_portwatch(service=service)


def test_an_id_cannot_carry_a_query() -> None:
    """Quotes and blanks are refused before anything is asked."""
    with pytest.raises(InputError, match="port id"):
        fetch_portwatch("x' OR '1'='1")


def test_a_service_that_does_not_answer_is_named(server: ThreadingHTTPServer) -> None:
    """A closed port is one sentence."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as other:
        closed = address(other, "ok")
    with pytest.raises(RemoteError, match=r"127\.0\.0\.1: ConnectError"):
        fetch_portwatch(service=closed)
