"""Bulk appends: many rows in one statement, duplicates skipped by the unique indexes, on both engines."""

import csv
import io
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


@cache
def _columns(table: sa.Table) -> tuple[sa.Column[Any], ...]:
    return tuple(column for column in table.columns if column.name != "seq")


@cache
def _sqlite_insert(table: sa.Table) -> str:
    names = [column.name for column in _columns(table)]
    marks = ",".join("?" * len(names))
    # Names of our own tables and columns; values are bound.
    return f"INSERT INTO {table.name} ({','.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608


@cache
def _postgres_insert(table: sa.Table) -> sa.TextClause:
    names = ",".join(column.name for column in _columns(table))
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = ",".join(f"{c.name} {c.type.compile(dialect)}" for c in _columns(table))
    # Names of our own tables and columns; values are bound.
    insert = f"INSERT INTO {table.name} ({names}) SELECT {names} "
    return sa.text(f"{insert} FROM json_to_recordset(CAST(:payload AS json)) AS given({types}) ON CONFLICT DO NOTHING")


MANY_ROWS = 200
"""Rows from which on PostgreSQL's COPY is worth its two further statements."""


@cache
def _postgres_copy(table: sa.Table) -> tuple[str, str, str]:
    """Return the statements of a COPY: make the passing table, fill it, move its rows on."""
    names = ",".join(column.name for column in _columns(table))
    needed = ",".join(column.name for column in _columns(table) if not column.nullable)
    passing = f"muster_given_{table.name}"
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = ",".join(f"{c.name} {c.type.compile(dialect)}" for c in _columns(table))
    # Names of our own tables and columns; values come through the COPY stream.
    return (
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {passing} ({types}) ON COMMIT DELETE ROWS",
        f"COPY {passing} ({names}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({needed}))",
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {passing} ON CONFLICT DO NOTHING",  # noqa: S608
    )


def _copy_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> int | None:
    """Append rows through a COPY stream; None, and nothing done, where a text could end the stream."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    data = text.getvalue()
    if "\\." in data:  # alone on a line it is PostgreSQL's end-of-data mark, quoted or not
        return None
    make, copy, move = _postgres_copy(table)
    cursor = connection.connection.cursor()
    try:
        cursor.execute(make)
        cursor.execute(f"TRUNCATE muster_given_{table.name}")
        cursor.execute(copy, stream=io.BytesIO(data.encode()))  # type: ignore[call-arg]
        cursor.execute(move)
        return int(cursor.rowcount)
    finally:
        cursor.close()


def append_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> int:
    """Append rows and return how many were new.

    Parameters
    ----------
    rows : sequence of tuple
        Values in the order of the table's columns without `seq`; JSON types only (days as ISO text).
    """
    if not rows:
        return 0
    if connection.dialect.name == "sqlite":
        return connection.exec_driver_sql(_sqlite_insert(table), list(rows)).rowcount
    if len(rows) >= MANY_ROWS:
        n_new = _copy_rows(connection, table, rows)
        if n_new is not None:
            return n_new
    names = [column.name for column in _columns(table)]
    payload = json.dumps([dict(zip(names, row, strict=True)) for row in rows])
    return connection.execute(_postgres_insert(table), {"payload": payload}).rowcount
