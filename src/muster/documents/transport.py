"""The one door to the network: connects only to checked addresses, within a deadline and a number of bytes.

Every socket that muster opens for documents is opened in `GuardedBackend.connect_tcp`. The URL, the Host header and the
name in TLS stay those of the request; only the address that is dialled is the checked one.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from muster.base.errors import RemoteError
from muster.documents.addresses import Resolver, checked_addresses, system_resolver

_MAX_ADDRESSES = 4  # tried one after the other; the deadline bounds all together


class GuardedBackend(httpcore.NetworkBackend):
    """Opens TCP connections to checked addresses; all reading and writing ends at the deadline.

    `network` dials an address once it is checked; tests inject one of their own.

    Attributes
    ----------
    deadline_s : float
        On the monotonic clock; set anew for each document by `start`.
    n_bytes_left : int
        Bytes that may still come over the wire.
    """

    def __init__(
        self, *, allow_private: bool = False, resolver: Resolver = system_resolver,
        monotonic_s: Callable[[], float] = time.monotonic, network: httpcore.NetworkBackend | None = None,
    ) -> None:  # fmt: skip
        self.allow_private = allow_private
        self.resolver = resolver
        self.monotonic_s = monotonic_s
        self.deadline_s = 0.0
        self.n_bytes_left = 0
        self._network = network or httpcore.SyncBackend()

    def start(self, total_s: float, max_bytes: int) -> None:
        """Begin a new budget of time and bytes."""
        self.deadline_s = self.monotonic_s() + total_s
        self.n_bytes_left = max_bytes

    def remaining_s(self, timeout_s: float | None = None) -> float:
        """Return the seconds that are left, at most `timeout_s`; RemoteError at the end."""
        left = self.deadline_s - self.monotonic_s()
        if left <= 0:
            raise RemoteError("the answer took too long", rule="the time for a document is bounded")
        return left if timeout_s is None else min(left, timeout_s)

    def spend(self, n_bytes: int) -> None:
        """Count bytes that came in; RemoteError when there are too many."""
        self.n_bytes_left -= n_bytes
        if self.n_bytes_left < 0:
            raise RemoteError("the answer is too large", rule="the size of a document is bounded")

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Open a connection to the first checked address of a host that answers."""
        addresses = checked_addresses(
            host, port, resolver=self.resolver, allow_private=self.allow_private, timeout_s=self.remaining_s(timeout)
        )
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses[:_MAX_ADDRESSES]:
            try:
                stream = self._network.connect_tcp(
                    address, port, self.remaining_s(timeout), local_address, socket_options or ()
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _GuardedStream(stream, self)
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - the library's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Refuse: documents do not come from local sockets."""
        raise RemoteError(f"local socket {path!r} is not asked", rule="only http and https over TCP")

    def sleep(self, seconds: float) -> None:
        """Do not wait: the transport never tries again by itself."""


class _GuardedStream(httpcore.NetworkStream):
    """A stream whose every operation ends at the backend's deadline and whose bytes are counted."""

    def __init__(self, stream: httpcore.NetworkStream, backend: GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._backend.remaining_s(timeout))
        self._backend.spend(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.remaining_s(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._backend.remaining_s(timeout))
        return _GuardedStream(stream, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedTransport(httpx.BaseTransport):
    """An httpx transport over a GuardedBackend: no proxies, no environment, no cookies, no retries, no HTTP/2."""

    def __init__(self, backend: GuardedBackend) -> None:
        self.backend = backend
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=4,
            max_keepalive_connections=2,
            keepalive_expiry=10.0,
            retries=0,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, its body still to be read."""
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=b"",
                extensions=request.extensions,
            )
        )  # fmt: skip
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), request=request)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
