"""A page of statements without sorting all of them: the rows' numbers from an index, kind by kind, then the rows."""

import itertools
from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from muster.base.scheme import KINDS
from muster.ledger.entry import REVIEWS
from muster.ledger.store import schema

MOST_MERGED = 10_000
"""Rows to pass over, up to which a page is merged from the kinds; beyond it one query sorts."""

_TABLE = schema.statement.c
_NEWEST_FIRST = (_TABLE.valid_from.desc(), _TABLE.seq.desc())
_COUNTING = tuple(review for review in REVIEWS if review != "rejected")


def _holding(as_of: date, known_at: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _TABLE.valid_from <= as_of,
        sa.or_(_TABLE.valid_to.is_(None), _TABLE.valid_to >= as_of),
        _TABLE.recorded_at <= known_at,
        sa.or_(_TABLE.superseded_at.is_(None), _TABLE.superseded_at > known_at),
        # Literal, so that the index of what counts is known to serve.
        sa.literal_column("statement.review") != sa.literal_column("'rejected'"),
    )


def _chosen(actors: Collection[str] | None, whats: Collection[str] | None) -> list[sa.ColumnElement[bool]]:
    rows: list[sa.ColumnElement[bool]] = [] if actors is None else [_TABLE.actor.in_(sorted(actors))]
    return rows if whats is None else [*rows, _TABLE.what.in_(sorted(whats))]


def _hinted(
    query: sa.Select[Any], actors: Collection[str] | None, whats: Collection[str] | None
) -> sa.Select[Any]:  # fmt: skip
    """Return the query bound to the index that covers actors and matters: the order by day must not choose another."""
    if actors is None and whats is None:
        return query
    return query.with_hint(schema.statement, "INDEXED BY statement_cell", "sqlite")


def newest_numbers(
    connection: sa.Connection, *, as_of: date, known_at: int, kinds: Collection[str] | None,
    actors: Collection[str] | None, whats: Collection[str] | None, limit: int,
) -> list[int]:  # fmt: skip
    """Return the numbers of the newest rows that hold, of some kinds, actors and matters, newest first."""
    found: list[tuple[date, int]] = []
    for kind in KINDS if kinds is None else sorted(kinds):
        query = sa.select(_TABLE.valid_from, _TABLE.seq).where(
            _TABLE.kind == kind, *_chosen(actors, whats), *_holding(as_of, known_at)
        )
        rows = connection.execute(_hinted(query, actors, whats).order_by(*_NEWEST_FIRST).limit(limit))
        found += [(row.valid_from, row.seq) for row in rows]
    return [seq for _, seq in sorted(found, reverse=True)[:limit]]


def count_rows(
    connection: sa.Connection, *, as_of: date, known_at: int, kinds: Collection[str] | None,
    actors: Collection[str] | None, whats: Collection[str] | None,
) -> int:  # fmt: skip
    """Return how many rows hold, of some kinds, actors and matters."""
    chosen = _TABLE.kind.in_(KINDS if kinds is None else sorted(kinds))
    query = sa.select(sa.func.count()).select_from(schema.statement)
    query = query.where(chosen, *_chosen(actors, whats), *_holding(as_of, known_at))
    return int(connection.execute(_hinted(query, actors, whats)).scalar() or 0)


def page_numbers(connection: sa.Connection, *, as_of: date, known_at: int, limit: int, offset: int) -> list[int]:
    """Return the numbers of a page of all rows that hold, ordered by (valid_from, id)."""
    found: list[tuple[date, str, int]] = []
    for kind, review in itertools.product(KINDS, _COUNTING):
        query = sa.select(_TABLE.valid_from, _TABLE.id, _TABLE.seq).where(
            _TABLE.kind == kind, _TABLE.review == review, *_holding(as_of, known_at)[:-1]
        )
        rows = connection.execute(query.order_by(_TABLE.valid_from, _TABLE.id).limit(offset + limit))
        found += [(row.valid_from, row.id, row.seq) for row in rows]
    return [seq for _, _, seq in sorted(found)[offset : offset + limit]]
