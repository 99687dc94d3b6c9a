"""Opening a ledger: make a new one, bring an older one up to date, refuse everything else untouched."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from muster.base.clock import Clock
from muster.base.errors import LedgerError
from muster.ledger.store import schema
from muster.ledger.store.engine import BUSY_TIMEOUT_MS, clear_errors, file_of, is_read_only, reading_mode
from muster.ledger.store.instants import to_micros
from muster.ledger.store.rows import append_rows
from muster.ledger.store.search_schema import search_ddl

CURRENT = "0003"
OLDER = ("0001", "0002")
_SQLITE_MAGIC = b"SQLite format 3\x00"
_MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
_MAKE_LOCK = 0x6D616B65  # "make": lets one process at a time make or upgrade a PostgreSQL ledger


def prepare(engine: sa.Engine, url: sa.URL, name: str, clock: Clock) -> None:
    """Check, make or upgrade the schema; LedgerError leaves everything as it was."""
    path = file_of(url)
    if path is not None:
        _check_file(path, name)
    with clear_errors(name), engine.connect() as connection:
        version = _find_version(connection, name)
        connection.rollback()
        if version == CURRENT:
            return
        _lock(connection)
        version = _find_version(connection, name)  # another process may have been first
        if version is None:
            _make(connection, clock)
        elif version != CURRENT:
            _upgrade(connection)
        connection.commit()


def _check_file(path: Path, name: str) -> None:
    """Refuse folders, missing folders and files that are no SQLite database, before SQLite touches them."""
    if path.is_dir():
        raise LedgerError(f"ledger {name}: is a folder", next_step="Name a file")
    if not path.parent.is_dir():
        raise LedgerError(f"ledger {name}: the folder {path.parent} does not exist", next_step="Make it first")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError:
        return
    except OSError as error:
        raise LedgerError(f"ledger {name}: {error.strerror}", next_step="Check the file's permissions") from None
    if head and head != _SQLITE_MAGIC:
        raise LedgerError(
            f"ledger {name}: not an SQLite file, or its head is damaged",
            rule="nothing was changed", next_step="Choose another file or restore a copy",
        )  # fmt: skip
    if head:
        _check_tables(path, name)


def _check_tables(path: Path, name: str) -> None:
    """Refuse another program's database by a read-only look: muster's own settings would already change it."""
    mode = urlencode(reading_mode(path) if is_read_only(path) else {"mode": "ro"})
    with clear_errors(name), closing(sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True)) as connection:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    _refuse_foreign({row[0] for row in rows if not row[0].startswith("sqlite_")}, name)


def _refuse_foreign(tables: set[str], name: str) -> None:
    if tables and "muster_version" not in tables:
        raise LedgerError(
            f"ledger {name}: holds something else (a table {min(tables)})",
            rule="nothing was changed", next_step="Choose another file or database",
        )  # fmt: skip


def _find_version(connection: sa.Connection, name: str) -> str | None:
    """Return the schema version, None for an empty database; LedgerError for anything else."""
    tables = set(sa.inspect(connection).get_table_names())
    if not tables:
        return None
    _refuse_foreign(tables, name)
    version = connection.execute(sa.text("SELECT version_num FROM muster_version")).scalar()
    if version not in {CURRENT, *OLDER}:
        raise LedgerError(
            f"ledger {name}: has schema {version}, this muster knows up to {CURRENT}",
            rule="nothing was changed", next_step="Install a newer muster",
        )  # fmt: skip
    return str(version)


def _lock(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKE_LOCK})


def _make(connection: sa.Connection, clock: Clock) -> None:
    """Create all tables and triggers in the open transaction."""
    schema.METADATA.create_all(connection)
    for ddl in schema.trigger_ddl(connection.dialect.name, list(schema.METADATA.sorted_tables)):
        connection.exec_driver_sql(ddl)
    for ddl in search_ddl(connection.dialect.name):
        connection.exec_driver_sql(ddl)
    connection.exec_driver_sql("CREATE TABLE muster_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.execute(sa.text("INSERT INTO muster_version VALUES (:version)"), {"version": CURRENT})
    append_rows(connection, schema.recording, [(to_micros(clock()), "created", 0, 0, 0, None)])


def _upgrade(connection: sa.Connection, target: str = CURRENT) -> None:
    """Run the packaged migrations in the open transaction: all of them or none."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
