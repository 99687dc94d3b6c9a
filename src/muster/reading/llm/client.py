"""Plain HTTP to an OpenAI-compatible chat endpoint, bounded in size, time and tries; answers are kept by content.

The key comes from the environment alone and is never written, neither to the cache nor into a message.
"""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from muster.base.errors import InputError, RemoteError
from muster.base.ids import content_id

KEY_VARIABLE = "MUSTER_LLM_API_KEY"
_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504})  # overload and gateway faults; others do not mend
_HTTP_ERROR = 400


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """Bounds of one request.

    Attributes
    ----------
    timeout_s : float
        Silence on the line, seconds. A large model on one GPU needs tens of seconds before its first byte.
    deadline_s : float
        The whole of one try, seconds: against answers that trickle.
    n_tries : int
        Tries after a timeout or an overload, the first included.
    pause_s : float
        Before the second try, doubled before each further one; a `Retry-After` of the server counts up to 30 s.
    max_bytes : int
        Size of an answer, bytes; 2 MB is about 200 times a long list of statements.
    max_tokens : int
        What the model may write.
    """

    timeout_s: float = 60.0
    deadline_s: float = 180.0
    n_tries: int = 3
    pause_s: float = 1.0
    max_bytes: int = 2_000_000
    max_tokens: int = 8_192


_LONGEST_PAUSE_S = 30.0


class _AnswerError(Exception):
    """An answer that a further try may mend (`is_passing`) or not."""

    def __init__(self, reason: str, *, is_passing: bool = False, status: int = 0, pause_s: float = 0.0) -> None:
        super().__init__(reason)
        self.is_passing = is_passing
        self.status = status
        self.pause_s = pause_s


def check_base_url(base_url: str) -> str:
    """Return the endpoint without its last slash; InputError if it is no plain http(s) address."""
    try:
        parts = urlsplit(base_url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_good = False
    if not is_good:
        raise InputError(f"--base-url {base_url!r} is no http(s) address", next_step="Such as http://localhost:8000/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError("--base-url carries a name, a password or a query", rule=f"the key comes from {KEY_VARIABLE}")
    return base_url.rstrip("/")


class ChatClient:
    """Asks one model at one endpoint.

    Parameters
    ----------
    base_url : str
        Such as `http://localhost:8000/v1`; `/chat/completions` is added.
    model : str
    cache : Path or None
        Folder of answers by content; None keeps none.
    limits : ChatLimits
    pause : callable
        Waits so many seconds; tests put in their own.
    transport : httpx.BaseTransport, optional
        For tests.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        cache: Path | None = None,
        limits: ChatLimits | None = None,
        pause: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = check_base_url(base_url)
        if not model.strip():
            raise InputError("--model is empty", rule="the endpoint must know which model to ask")
        self.model = model
        self.cache = cache
        self.limits = limits or ChatLimits()
        self._pause = pause
        self._transport = transport

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> str:
        """Return what the model answers, as text; from the cache if the same was asked before.

        Raises
        ------
        RemoteError
            No usable answer within the limits; says why, without the key and without the answer's text.
        """
        question = json.dumps([self.base_url, self.model, messages, schema], sort_keys=True, ensure_ascii=False)
        kept = self.cache / f"{content_id('llm-answer', [question])}.json" if self.cache else None
        if kept and kept.is_file():
            try:
                answer = json.loads(kept.read_text(encoding="utf-8"))["answer"]
                if isinstance(answer, str):
                    return answer
            except (OSError, ValueError, KeyError, TypeError):
                kept.unlink(missing_ok=True)  # a damaged entry is asked anew
        answer = self._ask_with_tries(messages, schema)
        if kept:
            self._keep(kept, answer)
        return answer

    def forget(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> None:
        """Drop a kept answer that turned out unusable, so that the next run asks anew."""
        if self.cache:
            question = json.dumps([self.base_url, self.model, messages, schema], sort_keys=True, ensure_ascii=False)
            (self.cache / f"{content_id('llm-answer', [question])}.json").unlink(missing_ok=True)

    def _keep(self, kept: Path, answer: str) -> None:
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            draft = kept.with_suffix(f".{os.getpid()}.tmp")
            draft.write_text(json.dumps({"model": self.model, "answer": answer}), encoding="utf-8")
            draft.replace(kept)
        except OSError as error:
            raise InputError(f"cache folder {kept.parent}: {error.strerror}", next_step="Choose another") from None

    def _ask_with_tries(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> str:
        body: dict[str, Any] = {
            "model": self.model, "messages": list(messages), "temperature": 0, "max_tokens": self.limits.max_tokens,
            "response_format": {
                "type": "json_schema", "json_schema": {"name": "statements", "strict": True, "schema": dict(schema)},
            },
        }  # fmt: skip
        pause_s = self.limits.pause_s
        reason = ""
        for number in range(1, self.limits.n_tries + 1):
            try:
                return self._ask_once(body)
            except _AnswerError as error:
                reason = str(error)
                if error.status in (400, 422) and "response_format" in body:
                    del body["response_format"]  # an endpoint without JSON schemas; the answer is checked anyway
                    continue
                if not error.is_passing or number == self.limits.n_tries:
                    break
                self._pause(min(max(pause_s, error.pause_s), _LONGEST_PAUSE_S))
                pause_s *= 2
        raise RemoteError(f"model {self.model!r} at {self.base_url}: {reason}", next_step="Try again later")

    def _ask_once(self, body: Mapping[str, Any]) -> str:
        key = os.environ.get(KEY_VARIABLE, "").strip()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        timeout = httpx.Timeout(self.limits.timeout_s)
        try:
            with (
                httpx.Client(
                    timeout=timeout, transport=self._transport, follow_redirects=False, trust_env=False
                ) as http,
                http.stream("POST", f"{self.base_url}/chat/completions", json=body, headers=headers) as response,
            ):
                return _content(response.status_code, self._body(response), response.headers.get("retry-after", ""))
        except httpx.TimeoutException:
            raise _AnswerError(f"no answer within {self.limits.timeout_s:g} s", is_passing=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise _AnswerError(f"no connection ({type(error).__name__})", is_passing=True) from None

    def _body(self, response: httpx.Response) -> bytes:
        data = bytearray()
        end = time.monotonic() + self.limits.deadline_s
        for piece in response.iter_bytes():
            data += piece
            if len(data) > self.limits.max_bytes:
                raise _AnswerError(f"the answer is larger than {self.limits.max_bytes:,} bytes")
            if time.monotonic() > end:
                raise _AnswerError(f"the answer took longer than {self.limits.deadline_s:g} s")
        return bytes(data)


def _content(status: int, data: bytes, retry_after: str) -> str:
    """Return the text of the first choice of a chat completion."""
    if status >= _HTTP_ERROR or status // 100 == 3:
        pause_s = float(retry_after) if retry_after.isdigit() else 0.0
        raise _AnswerError(f"HTTP {status}", is_passing=status in _RETRIED, status=status, pause_s=pause_s)
    try:
        choice = json.loads(data)["choices"][0]
        content = choice["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise _AnswerError("the answer is no chat completion") from None
    if choice.get("finish_reason") == "length":
        raise _AnswerError("the answer was cut off at its longest")
    if not isinstance(content, str) or not content.strip():
        raise _AnswerError("the answer is empty")
    return content
