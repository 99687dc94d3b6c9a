"""Choosing the few rows that decide standings: the newest of each cell, one per origin.

Cost is the number of cells times a few rows, whatever the size of the ledger: each cell is read from the index
`statement_cell` alone, newest first, until it has shown enough origins. SQLite is asked cell by cell (it runs in this
process), PostgreSQL for all cells at once.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import sqlalchemy as sa

from muster.base.errors import InputError
from muster.base.scheme import CAVEAT_TYPES, STATUSES, WHATS

NEWEST_ROWS = 32
"""Rows of a cell that are looked at for distinct origins, at most. Eight origins of weight 0.3 already support a status
to 0.94 of 1, so a standing has levelled off long before."""

FIRST_ROWS = 2
"""Rows that are read at first for each origin that is wanted; nearly all statements of a cell have different origins,
because the copies of one story are stored once."""

CELL_CODES = {"response": (STATUSES, ("",)), "caveat": (("",), CAVEAT_TYPES)}
Cell = tuple[str, str, str, str, str]  # kind, actor, what, status, type
_Found = Iterable[tuple[int, Sequence[tuple[int, str]]]]  # number of a cell, its newest (seq, origin)


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen row: its sequence number and the number of rows chosen from its cell, each of an origin of its own."""

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
    """Return the newest `per_cell` rows of different origins of each cell, among its newest `NEWEST_ROWS`."""
    unknown = sorted(set(kinds) - set(CELL_CODES))
    if unknown:
        raise InputError(f"kind {unknown[0]!r} has no standings", rule=f"one of {', '.join(CELL_CODES)}")
    bounds = {"day": as_of.isoformat(), "known": known_at}
    read = _read_sqlite if connection.dialect.name == "sqlite" else _read_postgres
    cells = list(_cells(connection, kinds, actors, whats))
    chosen: list[Choice] = []
    n_first = min(FIRST_ROWS * per_cell, NEWEST_ROWS)
    for n_rows in (n_first, NEWEST_ROWS):
        narrow: list[Cell] = []
        for number, rows in read(connection, cells, bounds | {"rows": n_rows}):
            by_origin: dict[str, int] = {}
            for seq, origin in rows:
                by_origin.setdefault(origin, seq)
            if len(by_origin) < per_cell and len(rows) == n_rows < NEWEST_ROWS:
                narrow.append(cells[number])
                continue
            picked = list(by_origin.values())[:per_cell]
            chosen.extend([Choice(seq, len(picked)) for seq in picked])
        cells = narrow
    return chosen


def _cells(
    connection: sa.Connection, kinds: Collection[str], actors: Collection[str] | None, whats: Collection[str] | None
) -> Iterator[Cell]:
    for kind in sorted(kinds):
        statuses, types = CELL_CODES[kind]
        known = actors_of(connection, kind)
        names = known if actors is None else sorted(set(actors).intersection(known))
        yield from product((kind,), names, sorted(set(whats)) if whats is not None else WHATS, statuses, types)


_ACTORS = sa.text(
    "WITH RECURSIVE step(actor) AS ("
    "SELECT min(actor) FROM statement WHERE kind = :kind AND review <> 'rejected' UNION ALL "
    "SELECT (SELECT min(s.actor) FROM statement s WHERE s.kind = :kind AND s.review <> 'rejected' "
    "AND s.actor > step.actor) FROM step WHERE step.actor IS NOT NULL"
    ") SELECT actor FROM step WHERE actor IS NOT NULL"
)


def actors_of(connection: sa.Connection, kind: str) -> list[str]:
    """Return the actors of a kind, sorted, by stepping through the index `statement_cell` from one to the next."""
    return list(connection.execute(_ACTORS, {"kind": kind}).scalars())


HOLDS = (
    "s.valid_from <= {day} AND (s.valid_to IS NULL OR s.valid_to >= {day}) AND s.review <> 'rejected' "
    "AND s.recorded_at <= {known} AND (s.superseded_at IS NULL OR s.superseded_at > {known})"
)
IN_CELL = "s.kind = {0}kind AND s.actor = {0}actor AND s.what = {0}what AND s.status = {0}status AND s.type = {0}type"
# All queries here are made of constants of this module; values are bound.
_SQLITE_CELL = " ".join([
    "SELECT s.seq, s.origin FROM statement s INDEXED BY statement_cell WHERE", IN_CELL.format(":"), "AND",
    HOLDS.format(day=":day", known=":known"), "ORDER BY s.valid_from DESC, s.seq DESC LIMIT :rows",
])  # fmt: skip
_POSTGRES_CELLS = " ".join([
    "SELECT c.n, json_agg(json_build_array(newest.seq, newest.origin)",
    "ORDER BY newest.valid_from DESC, newest.seq DESC)",
    "FROM json_to_recordset(CAST(:cells AS json))",
    "AS c(n INTEGER, kind TEXT, actor TEXT, what TEXT, status TEXT, type TEXT),",
    "LATERAL (SELECT s.seq, s.origin, s.valid_from FROM statement s WHERE", IN_CELL.format("c."), "AND",
    HOLDS.format(day="CAST(:day AS date)", known="CAST(:known AS bigint)"),
    "ORDER BY s.valid_from DESC, s.seq DESC LIMIT CAST(:rows AS integer)) newest GROUP BY c.n ORDER BY c.n",
])  # fmt: skip
CELL_NAMES = ("kind", "actor", "what", "status", "type")


def _read_sqlite(connection: sa.Connection, cells: list[Cell], bounds: dict[str, object]) -> _Found:
    cursor = connection.connection.cursor()
    try:
        for number, (kind, actor, what, status, kind_type) in enumerate(cells):
            values = {"kind": kind, "actor": actor, "what": what, "status": status, "type": kind_type, **bounds}
            rows = cursor.execute(_SQLITE_CELL, values).fetchall()
            if rows:
                yield number, rows
    finally:
        cursor.close()


def _read_postgres(connection: sa.Connection, cells: list[Cell], bounds: dict[str, object]) -> _Found:
    if not cells:
        return
    given = json.dumps([dict(zip(CELL_NAMES, cell, strict=True)) | {"n": n} for n, cell in enumerate(cells)])
    rows = connection.execute(sa.text(_POSTGRES_CELLS), {"cells": given, **bounds})
    yield from ((row[0], row[1]) for row in rows)


_COLUMNS = (
    "s.id, s.document_id, s.kind, s.actor, s.quote, s.quote_start, s.quote_end, s.target, s.what, s.status, s.type, "
    "s.quantifier, s.population, s.polarity, s.action, s.realis, s.rule, s.reader, s.confidence, s.event, s.mode, "
    "s.assets, s.is_dated, s.valid_from, s.valid_to, s.review, s.recorded_at, s.seq, "
    "d.source_id, d.publisher, d.title, d.url, d.published, d.language, d.is_digest, g.letter, g.origin"
)
_JOINED = (
    "FROM statement s JOIN document d ON d.id = s.document_id JOIN grade g ON g.document_id = s.document_id "
    "AND g.recorded_at <= {known} AND (g.superseded_at IS NULL OR g.superseded_at > {known}) "
)
_SQLITE_ROWS = " ".join(
    ["SELECT", _COLUMNS, _JOINED.format(known=":known"), "WHERE s.seq IN (SELECT value FROM json_each(:chosen))"]
)
# One JSON text for all rows: the driver is written in Python and takes a microsecond for each value it decodes.
_POSTGRES_ROWS = " ".join(
    ["SELECT json_agg(json_build_array(", _COLUMNS, "))", _JOINED.format(known="CAST(:known AS bigint)"),
     "WHERE s.seq = ANY(CAST(:chosen AS bigint[]))"]
)  # fmt: skip


def read_chosen(connection: sa.Connection, numbers: Collection[int], known_at: int) -> Sequence[Sequence[Any]]:
    """Return the chosen rows with their document and grade, days as ISO texts, in any order.

    The columns are those of `sqlview._STATEMENT`, then of the document, then letter and origin of the grade.
    """
    if not numbers:
        return []
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        try:
            given = {"chosen": json.dumps(sorted(numbers)), "known": known_at}
            return list(cursor.execute(_SQLITE_ROWS, given).fetchall())
        finally:
            cursor.close()
    listed = "{" + ",".join(map(str, sorted(numbers))) + "}"
    found = connection.execute(sa.text(_POSTGRES_ROWS), {"chosen": listed, "known": known_at}).scalar()
    return found or []
