"""Which statements of one origin say the same in the same words, so that copies become witnesses."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from muster.base.scheme import FIELDS
from muster.base.statement import Statement
from muster.ledger.store import schema
from muster.ledger.store.transaction import parts

_Content = tuple[str, ...]


class Copies:
    """The statements of one origin that has several documents."""

    def __init__(self) -> None:
        self._first: dict[_Content, tuple[str, str]] = {}  # content -> statement id, document id
        self._ids: set[str] = set()

    def put(self, content: _Content, statement_id: str, document_id: str) -> None:
        """Remember a stored statement; the first of equals stays."""
        self._first.setdefault(content, (statement_id, document_id))
        self._ids.add(statement_id)

    def first_of(self, item: Statement, key: str, document_id: str) -> str:
        """Return the id of the statement that `item` repeats in another document, else its own `key`."""
        if key in self._ids:
            return key
        content = (item.kind, *[getattr(item, name) for name in FIELDS[item.kind]], item.quote)
        first, where = self._first.setdefault(content, (key, document_id))
        return key if where == document_id else first


def load_copies(connection: sa.Connection, origins: Collection[str]) -> dict[str, Copies]:
    """Return, of the origins that have more than one document, what is stored of them.

    The codes are the reader's, not a reviewer's: a copy of a rejected or corrected statement is its witness too.
    """
    grade, table = schema.grade.c, schema.statement
    live = table.alias("live")
    found: dict[str, Copies] = {}
    for part in parts(sorted(origins)):
        several = connection.execute(
            sa.select(grade.origin)
            .where(grade.origin.in_(part), grade.superseded_at.is_(None))
            .group_by(grade.origin)
            .having(sa.func.count() > 1)
        ).scalars()
        found |= {origin: Copies() for origin in several}
    for part in parts(sorted(found)):
        query = (
            sa.select(table, grade.origin.label("of_origin"))
            .where(
                grade.origin.in_(part), grade.superseded_at.is_(None), table.c.document_id == grade.document_id,
                table.c.review == "unreviewed", live.c.id == table.c.id, live.c.superseded_at.is_(None),
            )
            .order_by(table.c.seq)
        )  # fmt: skip
        _put_all(connection.execute(query), found)
    return found


def _put_all(rows: Iterable["sa.Row[tuple[object, ...]]"], found: dict[str, Copies]) -> None:
    for row in rows:
        content = (row.kind, *[getattr(row, name) for name in FIELDS[row.kind]], row.quote)
        found[row.of_origin].put(content, row.id, row.document_id)
