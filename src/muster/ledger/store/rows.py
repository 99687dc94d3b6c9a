"""Bulk appends: many rows in one statement, duplicates skipped by the unique indexes, on both engines."""

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
    names = [column.name for column in _columns(table)]
    payload = json.dumps([dict(zip(names, row, strict=True)) for row in rows])
    return connection.execute(_postgres_insert(table), {"payload": payload}).rowcount
