"""The earliest rows of a cell or a kind, read in the order of an index: a few rows each, whatever the ledger's size."""

from collections.abc import Collection
from datetime import date
from itertools import product

import sqlalchemy as sa

from muster.ledger.store.standing import CELL_CODES, CELL_NAMES, HOLDS, IN_CELL

MOST_ROWS = 1_000
"""Rows that are looked up so at most; a longer list is read and sorted as a whole."""

MOST_CELLS = 200
"""Cells that are looked up one by one at most."""

_CODES = CELL_CODES | {"ask": (("",), ("",))}
_EARLY = HOLDS.format(day=":day", known=":known") + " ORDER BY s.valid_from, s.id LIMIT :rows"
# Made of constants of the ledger's own modules; values are bound.
_OF_CELL = f"SELECT s.seq FROM statement s WHERE {IN_CELL.format(':')} AND {_EARLY}"  # noqa: S608
_OF_KIND = f"SELECT s.seq FROM statement s WHERE s.kind = :kind AND s.review = :review AND {_EARLY}"  # noqa: S608


def earliest_rows(
    connection: sa.Connection,
    *,
    kind: str | None,
    actors: Collection[str] | None,
    whats: Collection[str] | None,
    as_of: date,
    known_at: int,
    n_rows: int,
) -> list[int] | None:
    """Return sequence numbers among which are the earliest `n_rows` by (valid_from, id); None: no index has the order.

    An index holds the rows of one cell (kind, actor, what, status, type), and of one kind and review, by `valid_from`.
    """
    if kind is None or n_rows > MOST_ROWS:
        return None
    if actors is None and whats is None:
        text = _OF_KIND
        parts = [{"kind": kind, "review": review} for review in ("unreviewed", "accepted", "corrected")]
    elif actors is not None and whats is not None and kind in _CODES:
        statuses, types = _CODES[kind]
        cells = list(product((kind,), sorted(set(actors)), sorted(set(whats)), statuses, types))
        if len(cells) > MOST_CELLS:
            return None
        text = _OF_CELL
        parts = [dict(zip(CELL_NAMES, cell, strict=True)) for cell in cells]
    else:
        return None
    query = sa.text(text).bindparams(sa.bindparam("day", type_=sa.Date), sa.bindparam("rows", type_=sa.Integer))
    bounds = {"day": as_of, "known": known_at, "rows": n_rows}
    return [seq for part in parts for seq in connection.execute(query, part | bounds).scalars()]
