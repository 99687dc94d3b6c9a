"""Opening a ledger: make a new one, recognise an existing one, refuse everything else untouched."""

import sqlalchemy as sa

from muster.base.clock import Clock
from muster.base.errors import LedgerError
from muster.ledger.store import schema
from muster.ledger.store.engine import clear_errors, file_of
from muster.ledger.store.instants import to_micros
from muster.ledger.store.rows import append_rows

CURRENT = "0001"
_SQLITE_MAGIC = b"SQLite format 3\x00"


def prepare(engine: sa.Engine, url: sa.URL, name: str, clock: Clock) -> None:
    """Check or make the schema; LedgerError leaves everything as it was."""
    path = file_of(url)
    if path is not None:
        if path.is_dir():
            raise LedgerError(f"ledger {name}: is a folder", next_step="Name a file")
        if not path.parent.is_dir():
            raise LedgerError(f"ledger {name}: the folder {path.parent} does not exist", next_step="Make it first")
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as file:
                if file.read(16) != _SQLITE_MAGIC:
                    raise LedgerError(f"ledger {name}: not an SQLite file", rule="nothing was changed")
    with clear_errors(name), engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        if "muster_version" in tables:
            _check_version(connection, name)
            return
        if tables:
            raise LedgerError(
                f"ledger {name}: a database of something else (it has {min(tables)})", rule="nothing was changed"
            )
        connection.rollback()
        _make(connection, clock)


def _check_version(connection: sa.Connection, name: str) -> None:
    version = connection.execute(sa.text("SELECT version_num FROM muster_version")).scalar()
    if version != CURRENT:
        raise LedgerError(
            f"ledger {name}: has schema {version}, this muster knows {CURRENT}",
            rule="nothing was changed", next_step="Install a newer muster",
        )  # fmt: skip


def _make(connection: sa.Connection, clock: Clock) -> None:
    """Create all tables and triggers in one transaction."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    if sa.inspect(connection).has_table("muster_version"):
        connection.rollback()  # another process was first
        return
    schema.METADATA.create_all(connection)
    for ddl in schema.trigger_ddl(connection.dialect.name, list(schema.METADATA.sorted_tables)):
        connection.exec_driver_sql(ddl)
    connection.exec_driver_sql("CREATE TABLE muster_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.execute(sa.text("INSERT INTO muster_version VALUES (:version)"), {"version": CURRENT})
    append_rows(connection, schema.recording, [(to_micros(clock()), "created", 0, 0, 0)])
    connection.commit()
