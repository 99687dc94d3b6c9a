"""A web site on this machine, and a dialler that lets it play any public host."""

import gzip
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpcore

Handler = Callable[[BaseHTTPRequestHandler], None]

PUBLIC = "93.184.215.14"
ARTICLE = (
    "<!doctype html><html><head><title>{title}</title><meta property='og:site_name' content='Reuters'></head><body>"
    "<article><h1>{title}</h1><p>{text}</p></article></body></html>"
)
TEXT = (
    "Spain said on Thursday that it would not let the United States use the bases at Rota and Moron for strikes. "
    "The treaty allows only missions that both governments have approved, the minister said in Madrid."
)


def article(title: str = "Spain refuses", text: str = TEXT) -> bytes:
    """A page with an article, which claims to be of Reuters."""
    return ARTICLE.format(title=title, text=text).encode()


def answer(body: bytes = b"", *, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str) -> Handler:
    """A handler that sends one answer."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        if kind:
            request.send_header("Content-Type", kind)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return handle


def redirect(to: str, status: int = 302) -> Handler:
    """A handler that sends elsewhere."""
    return answer(status=status, Location=to)


def zipped(body: bytes, **headers: str) -> Handler:
    """A handler that sends gzip."""
    return answer(gzip.compress(body), Content_Encoding="gzip", **headers)


class LocalSite:
    """A threaded server on 127.0.0.1; `routes` maps paths to handlers, `requests` lists (host, path, headers)."""

    def __init__(self) -> None:
        self.routes: dict[str, Handler] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        site = self

        class Request(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.requests.append((self.headers["Host"], self.path, {k.lower(): v for k, v in self.headers.items()}))
                handler = site.routes.get(self.path) or answer(b"nothing here", status=404)
                try:
                    handler(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """Clients hang up on hostile answers; that is what is tested."""

        self.server = Server(("127.0.0.1", 0), Request)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def paths(self) -> list[str]:
        """The paths asked for, without robots.txt."""
        return [path for _, path, _ in self.requests if path != "/robots.txt"]


class Dialler(httpcore.SyncBackend):
    """Connects every address to one local site and notes what was dialled: the public internet of a test."""

    def __init__(self, site: LocalSite) -> None:
        self.site = site
        self.dialled: list[tuple[str, int]] = []

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        self.dialled.append((host, port))
        return super().connect_tcp("127.0.0.1", self.site.port, timeout, local_address, socket_options)


class Names:
    """A resolver with a table; a list of lists answers differently each time (DNS rebinding)."""

    def __init__(self, **table: Any) -> None:
        self.table = {name.replace("_", "."): addresses for name, addresses in table.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        found = self.table.get(host)
        if found is None:
            from muster.documents.addresses import system_resolver

            if host[:1].isdigit() or ":" in host:
                return list(system_resolver(host, port))  # a form of a number: no question leaves the machine
            raise OSError(-2, "Name or service not known")
        if found and isinstance(found[0], list):
            return found.pop(0) if len(found) > 1 else found[0]
        return list(found)


class Ticks:
    """A monotonic clock that a test moves, and a sleep that only notes and moves it."""

    def __init__(self, step_s: float = 0.0) -> None:
        self.now_s = 1000.0
        self.step_s = step_s
        self.slept_s: list[float] = []

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds
