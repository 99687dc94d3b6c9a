"""Local accounts: names, roles and argon2 hashes in one small file; sessions and tokens.

Roles: `reader` may look (so may anyone), `reviewer` may rule on statements and add documents, `admin`
may also manage accounts from the command line. Sessions live in memory and end with the process; a token for
programs comes from the environment (MUSTER_TOKEN) and acts as a reviewer.
"""

import hmac
import json
import os
import re
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from starlette.requests import Request

from muster.base.errors import InputError

ROLES = ("reader", "reviewer", "admin")
SESSION_COOKIE = "muster_session"
SESSION_S = 12 * 3600
MIN_PASSWORD = 12
FAILURES_ALLOWED = 10
FAILURE_WINDOW_S = 900.0
"""Ten wrong passwords in a quarter of an hour close a name for the rest of it."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking, with a role."""

    name: str
    role: str

    @property
    def may_write(self) -> bool:
        """Whether this person may rule and add."""
        return self.role in {"reviewer", "admin"}


class Accounts:
    """The accounts of one file; written whole, by rename, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hasher = PasswordHasher()
        self._dummy = self._hasher.hash(secrets.token_hex(16))
        self._sessions: dict[str, tuple[Person, float]] = {}
        self._failures: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def _load(self) -> dict[str, dict[str, str]]:
        if not self.path.exists():
            return {}
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"accounts file {self.path}: {error}", next_step="Mend or remove it") from None
        return dict(rows)

    def add(self, name: str, password: str, role: str) -> None:
        """Add an account or change its password and role.

        Raises
        ------
        InputError
            The name, password or role breaks its rule.
        """
        if not _NAME.fullmatch(name):
            raise InputError(f"account name {name!r}", rule="1 to 40 of a-z, 0-9, dot, dash, underscore")
        if role not in ROLES:
            raise InputError(f"role {role!r}", rule=f"one of {', '.join(ROLES)}")
        if len(password) < MIN_PASSWORD:
            raise InputError("the password is too short", rule=f"at least {MIN_PASSWORD} characters")
        with self._lock:
            rows = self._load()
            rows[name] = {"role": role, "hash": self._hasher.hash(password)}
            draft = self.path.with_suffix(".new")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(rows, file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)

    def log_in(self, name: str, password: str) -> str | None:
        """Return a new session's secret, or None if name and password do not fit or too many tries failed."""
        now_s = time.monotonic()
        with self._lock:
            failed = [at for at in self._failures.get(name, []) if now_s - at < FAILURE_WINDOW_S]
            if len(failed) >= FAILURES_ALLOWED:
                return None
            row = self._load().get(name)
        try:
            self._hasher.verify(row["hash"] if row else self._dummy, password)
        except Argon2Error:
            row = None
        with self._lock:
            if row is None:
                if len(self._failures) > 10_000:
                    self._failures.clear()
                self._failures[name] = [*failed, now_s]
                return None
            self._sessions = {key: value for key, value in self._sessions.items() if value[1] > now_s}
            secret = secrets.token_urlsafe(32)
            self._sessions[secret] = (Person(name, row["role"]), now_s + SESSION_S)
            return secret

    def log_out(self, secret: str) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(secret, None)

    def who(self, request: Request) -> Person | None:
        """Return the person behind a request's token or session, if any."""
        token = os.environ.get("MUSTER_TOKEN", "")
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token and given and hmac.compare_digest(token.encode(), given.encode()):
            return Person("token", "reviewer")
        secret = request.cookies.get(SESSION_COOKIE, "")
        with self._lock:
            person, until_s = self._sessions.get(secret, (None, 0.0))
        return person if person is not None and until_s > time.monotonic() else None


def is_same_origin(request: Request) -> bool:
    """Return whether a write comes from a page of this site, or from a program that holds a token.

    Browsers say where a write comes from (`Sec-Fetch-Site`, `Origin`); a request that says nothing is let through only
    with a bearer token, which no foreign page can send.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is not None:
        return origin.split("://", 1)[-1] == request.headers.get("host", "")
    return request.headers.get("authorization", "").startswith("Bearer ")
