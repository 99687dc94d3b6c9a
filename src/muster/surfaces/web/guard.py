"""Guards around every request: security headers, bounded bodies, bounded rates."""

import time
from collections import OrderedDict

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Scripts only from here, none inline; styles may be inline because SVG charts carry theirs; no request elsewhere."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

BODY_LIMIT_BYTES = 8 << 20
"""An upload or paste may be as large as a long report; larger sets of documents go through `muster add`."""

RATE_PER_S = 50.0
RATE_BURST = 300.0
"""A person's browser stays far below; a crawler that does not is told to wait."""
_CLIENTS_REMEMBERED = 10_000


class SecurityHeaders:
    """Adds the security headers to every response, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses bodies over the limit, by their declared length and by what really comes."""

    def __init__(self, app: ASGIApp, limit_bytes: int = BODY_LIMIT_BYTES) -> None:
        self.app = app
        self.limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self.limit_bytes:
            await self._refuse(scope, receive, send)
            return
        received = 0
        is_over = False

        async def bounded() -> Message:
            nonlocal received, is_over
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit_bytes:
                is_over = True
                return {"type": "http.disconnect"}
            return message

        async def send_unless_over(message: Message) -> None:
            if not is_over:
                await send(message)

        try:
            await self.app(scope, bounded, send_unless_over)
        except ClientDisconnect:
            if not is_over:
                raise
        if is_over:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        text = f"The body is larger than {self.limit_bytes >> 20} MiB; add larger sets with `muster add`."
        await PlainTextResponse(text, status_code=413)(scope, receive, send)


class RateLimit:
    """A token bucket a client address: `RATE_PER_S` on average, `RATE_BURST` at once."""

    def __init__(self, app: ASGIApp, rate_per_s: float = RATE_PER_S, burst: float = RATE_BURST) -> None:
        self.app = app
        self.rate_per_s = rate_per_s
        self.burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, client: str, now_s: float) -> bool:
        """Return whether a client may ask at an instant, and count that it does."""
        tokens, last_s = self._buckets.pop(client, (self.burst, now_s))
        tokens = min(self.burst, tokens + (now_s - last_s) * self.rate_per_s)
        is_allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if is_allowed else tokens, now_s)
        while len(self._buckets) > _CLIENTS_REMEMBERED:
            self._buckets.popitem(last=False)
        return is_allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            client = scope.get("client") or ("unknown", 0)
            if not self.allows(client[0], time.monotonic()):
                response = PlainTextResponse("Too many requests; wait a second.", 429, headers={"Retry-After": "1"})
                await response(scope, receive, send)
                return
        await self.app(scope, receive, send)
