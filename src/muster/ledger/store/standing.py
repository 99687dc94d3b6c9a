"""Choosing the few rows that decide standings: the newest of each cell, one per origin.

Cost is the number of cells times `NEWEST_ROWS` at most, whatever the size of the ledger: each cell is read from the
index `statement_cell` alone, newest first. SQLite is asked cell by cell (it runs in this process), PostgreSQL once.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

import sqlalchemy as sa

from muster.base.errors import InputError
from muster.base.scheme import CAVEAT_TYPES, STATUSES, WHATS

NEWEST_ROWS = 32
"""Rows of a cell that are looked at for distinct origins. Eight origins of weight 0.3 already support a status to 0.94
of 1, so a standing has levelled off long before."""

_CELL_CODES = {"response": (STATUSES, ("",)), "caveat": (("",), CAVEAT_TYPES)}
Cell = tuple[str, str, str, str, str]  # kind, actor, what, status, type


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen row: its sequence number and the number of distinct origins in its cell."""

    seq: int
    n_origins: int


def choose_rows(
    connection: sa.Connection,
    *,
    kinds: Collection[str],
    actors: Collection[str] | None,
    whats: Collection[str] | None,
    as_of: date,
    known_at: int,
    per_cell: int,
) -> list[Choice]:
    """Return the newest `per_cell` rows of different origins of each cell."""
    unknown = sorted(set(kinds) - set(_CELL_CODES))
    if unknown:
        raise InputError(f"kind {unknown[0]!r} has no standings", rule=f"one of {', '.join(_CELL_CODES)}")
    bounds = {"day": as_of.isoformat(), "known": known_at, "rows": NEWEST_ROWS}
    chosen: list[Choice] = []
    cells = list(_cells(connection, kinds, actors, whats))
    read = _read_sqlite if connection.dialect.name == "sqlite" else _read_postgres
    for rows in read(connection, cells, bounds):
        by_origin: dict[str, int] = {}
        for seq, origin in rows:
            by_origin.setdefault(origin, seq)
        chosen.extend(Choice(seq, len(by_origin)) for seq in list(by_origin.values())[:per_cell])
    return chosen


def _cells(
    connection: sa.Connection, kinds: Collection[str], actors: Collection[str] | None, whats: Collection[str] | None
) -> Iterator[Cell]:
    for kind in sorted(kinds):
        statuses, types = _CELL_CODES[kind]
        names = sorted(set(actors)) if actors is not None else _actors_of(connection, kind)
        yield from product((kind,), names, sorted(set(whats)) if whats is not None else WHATS, statuses, types)


def _actors_of(connection: sa.Connection, kind: str) -> list[str]:
    """Return the actors of a kind by stepping through the index from one to the next."""
    step = sa.text("SELECT min(actor) FROM statement WHERE kind = :kind AND actor > :actor")
    found: list[str] = []
    actor = connection.execute(step, {"kind": kind, "actor": ""}).scalar()
    while actor is not None:
        found.append(actor)
        actor = connection.execute(step, {"kind": kind, "actor": actor}).scalar()
    return found


_HOLDS = (
    "s.valid_from <= {day} AND (s.valid_to IS NULL OR s.valid_to >= {day}) AND s.review <> 'rejected' "
    "AND s.recorded_at <= {known} AND (s.superseded_at IS NULL OR s.superseded_at > {known})"
)
_CELL = "s.kind = {0}kind AND s.actor = {0}actor AND s.what = {0}what AND s.status = {0}status AND s.type = {0}type"
# Both queries are made of constants of this module; values are bound.
_SQLITE_CELL = " ".join([
    "SELECT s.seq, s.origin FROM statement s INDEXED BY statement_cell WHERE", _CELL.format(":"), "AND",
    _HOLDS.format(day=":day", known=":known"), "ORDER BY s.valid_from DESC, s.seq DESC LIMIT :rows",
])  # fmt: skip
_POSTGRES_CELLS = " ".join([
    "SELECT c.n, newest.seq, newest.origin FROM json_to_recordset(CAST(:cells AS json))",
    "AS c(n INTEGER, kind TEXT, actor TEXT, what TEXT, status TEXT, type TEXT),",
    "LATERAL (SELECT s.seq, s.origin, s.valid_from FROM statement s WHERE", _CELL.format("c."), "AND",
    _HOLDS.format(day="CAST(:day AS date)", known="CAST(:known AS bigint)"),
    "ORDER BY s.valid_from DESC, s.seq DESC LIMIT CAST(:rows AS integer)) newest",
    "ORDER BY c.n, newest.valid_from DESC, newest.seq DESC",
])  # fmt: skip
_NAMES = ("kind", "actor", "what", "status", "type")


def _read_sqlite(
    connection: sa.Connection, cells: list[Cell], bounds: dict[str, object]
) -> Iterator[list[tuple[int, str]]]:
    cursor = connection.connection.cursor()
    try:
        for cell in cells:
            values = dict(zip(_NAMES, cell, strict=True)) | bounds
            rows = cursor.execute(_SQLITE_CELL, values).fetchall()
            if rows:
                yield rows
    finally:
        cursor.close()


def _read_postgres(
    connection: sa.Connection, cells: list[Cell], bounds: dict[str, object]
) -> Iterator[list[tuple[int, str]]]:
    given = json.dumps([dict(zip(_NAMES, cell, strict=True)) | {"n": n} for n, cell in enumerate(cells)])
    rows: list[tuple[int, str]] = []
    last = -1
    for number, seq, origin in connection.execute(sa.text(_POSTGRES_CELLS), {"cells": given, **bounds}):
        if number != last and rows:
            yield rows
            rows = []
        last = number
        rows.append((seq, origin))
    if rows:
        yield rows
