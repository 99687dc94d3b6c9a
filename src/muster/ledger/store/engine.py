"""Ledger URLs and the engines behind them: one place for connection settings and for the words of database errors."""

import os
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from muster.base.errors import InputError, LedgerError

_IN_MEMORY = frozenset({None, "", ":memory:"})
BUSY_TIMEOUT_MS = 30_000
"""How long a second SQLite writer waits for the first; an import batch holds the lock for about a second."""

CHECKPOINT_PAGES = 8_192
"""The log is folded into the file each 32 MB: a page that many batches touch is then written there once."""

CACHE_KIB = 196_608
"""SQLite page cache of one connection, at most: the indexes of a million statements, whose ids fall anywhere."""


def parse_url(url: str) -> sa.URL:
    """Return the SQLAlchemy URL of a ledger: an URL, or the path of an SQLite file.

    Raises
    ------
    InputError
        Empty, or neither SQLite nor PostgreSQL.
    """
    if not url.strip():
        raise InputError(
            "the ledger's name is empty", rule="give a file path or a URL; `sqlite://` is a passing ledger"
        )
    if "://" not in url:
        return sa.URL.create("sqlite", database=url)
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise InputError(
            f"ledger {url!r} is not a URL", rule="give a file path, sqlite:///FILE or postgresql://USER@HOST/DATABASE"
        ) from None
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        return parsed.set(drivername="sqlite")
    if parsed.drivername in {"postgresql", "postgres", "postgresql+pg8000"}:
        return _parse_postgres(parsed)
    raise InputError(
        f"ledger {url!r}: {parsed.drivername} is not supported", rule="a ledger lives in SQLite or PostgreSQL"
    )


def _parse_postgres(parsed: sa.URL) -> sa.URL:
    """Return the pg8000 form; libpq's `?host=/folder` becomes pg8000's socket file."""
    query = dict(parsed.query)
    folder = query.pop("host", None)
    if isinstance(folder, str) and folder.startswith("/"):
        port = parsed.port or query.pop("port", 5432)
        query["unix_sock"] = f"{folder}/.s.PGSQL.{port}"
        parsed = sa.URL.create("postgresql", parsed.username, parsed.password, None, None, parsed.database)
    elif isinstance(folder, str):
        parsed = parsed.set(host=folder)
    return parsed.set(drivername="postgresql+pg8000", query=query)


def make_engine(url: sa.URL) -> sa.Engine:
    """Return an engine with muster's connection settings; nothing is opened yet."""
    if url.get_backend_name() == "postgresql":
        try:
            return sa.create_engine(url)
        except ModuleNotFoundError:
            raise LedgerError(
                "PostgreSQL needs the driver pg8000", next_step="pip install 'musterroll[postgres]'"
            ) from None
    if url.database in _IN_MEMORY:
        return _make_passing_engine()
    path = Path(str(url.database))
    if is_read_only(path):
        return _make_reading_engine(path)
    return _make_sqlite_engine(url, "FULL")


def is_read_only(path: Path) -> bool:
    """Return whether an SQLite file is there and this process may read it only, or may not write beside it."""
    if not path.is_file():
        return False
    return not os.access(path, os.W_OK) or not (os.access(path.parent, os.W_OK) or _log_of(path))


def _log_of(path: Path) -> bool:
    """Return whether the file's log holds something that a reader must see."""
    log = path.with_name(path.name + "-wal")
    try:
        return log.stat().st_size > 0
    except OSError:
        return False


def reading_mode(path: Path) -> dict[str, str]:
    """Return how to open a file that cannot be written.

    SQLite makes its log's index beside the file even to read; where it may not, and there is no log to read, the file
    is taken as unchanging: a process that reads for long would not see what the owner adds meanwhile.
    """
    if not os.access(path.parent, os.W_OK) and not _log_of(path):
        return {"immutable": "1"}
    return {"mode": "ro"}


def _make_reading_engine(path: Path) -> sa.Engine:
    url = sa.URL.create("sqlite", database=path.resolve().as_uri(), query={"uri": "true", **reading_mode(path)})
    engine = sa.create_engine(url, connect_args={"isolation_level": None, "check_same_thread": False})

    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", f"cache_size=-{CACHE_KIB}", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    sa.event.listen(engine, "connect", set_pragmas)
    return engine


def _make_passing_engine() -> sa.Engine:
    """Return an engine for `sqlite://`: a file of its own that goes when the engine is disposed of.

    SQLite's own memory databases have one connection, which a view inside a writer block would have to share: closing
    it would take the writer's rows back.
    """
    folder = tempfile.mkdtemp(prefix="muster-ledger-")
    engine = _make_sqlite_engine(sa.URL.create("sqlite", database=f"{folder}/ledger.sqlite"), "OFF")

    def remove(_engine: object = None) -> None:
        shutil.rmtree(folder, ignore_errors=True)

    sa.event.listen(engine, "engine_disposed", remove)
    weakref.finalize(engine, remove)
    return engine


def _make_sqlite_engine(url: sa.URL, synchronous: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"isolation_level": None, "check_same_thread": False})

    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        """Set what every SQLite connection needs.

        WAL lets readers go on during a write. synchronous=FULL flushes the log at each commit: with NORMAL, a power
        cut could take back a commit that was already acknowledged. recursive_triggers makes REPLACE fire the delete
        triggers.
        """
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON",
            "recursive_triggers=ON", f"wal_autocheckpoint={CHECKPOINT_PAGES}", f"cache_size=-{CACHE_KIB}",
            "temp_store=MEMORY",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}").fetchall()

    sa.event.listen(engine, "connect", set_pragmas)
    return engine


def file_of(url: sa.URL) -> Path | None:
    """Return the file of an SQLite ledger; None for memory and PostgreSQL."""
    if url.get_backend_name() != "sqlite" or url.database in _IN_MEMORY:
        return None
    return Path(str(url.database))


def display_url(url: sa.URL) -> str:
    """Return how messages name a ledger: its file, or its URL without the password."""
    path = file_of(url)
    return str(path) if path else url.render_as_string(hide_password=True)


DAMAGED_NEXT_STEP = "Restore a copy, or save what can be read with `muster export`"
_WORDS = (
    ("disk is full", "the disk is full", "The open batch was taken back, what was acknowledged is stored. Free space"),
    ("disk I/O error", "the disk failed to write", "The open batch was taken back. Check the disk, then try again"),
    ("database is locked", "another writer held the ledger for too long", "Try again"),
    ("malformed", "the file is damaged", DAMAGED_NEXT_STEP),
    ("not a database", "the file is not an SQLite database", "Choose another file"),
    ("readonly", "the file is read-only", "Change its permissions or choose another file"),
    ("unable to open", "the file cannot be opened", "Check the folder and its permissions"),
    ("no such module: fts5", "this Python's SQLite has no full-text search", "Use a Python with FTS5, or PostgreSQL"),
    ("append-only", "the ledger is append-only", "Record a ruling or a new version instead"),
    ("Can't create a connection", "the server does not answer", "Check host, port and that it runs"),
)


@contextmanager
def clear_errors(name: str) -> Iterator[None]:
    """Turn database errors into one LedgerError in plain words, naming the ledger."""
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.DatabaseError, sa.exc.InterfaceError) as error:
        cause = getattr(error, "orig", None) or error
        text = str(cause)
        for part, rule, next_step in _WORDS:
            if part in text:
                raise LedgerError(f"ledger {name}: {rule}", next_step=next_step) from error
        detail = cause.args[0].get("M", text) if cause.args and isinstance(cause.args[0], dict) else text
        raise LedgerError(f"ledger {name}: {detail}") from error
