"""Rulings into the store: the log row, and the statement version that results from the whole log."""

import sqlalchemy as sa

from muster.base.errors import InputError, NotFoundError
from muster.base.ids import content_id
from muster.base.scheme import FIELDS
from muster.ledger.entry import Ruling
from muster.ledger.review import check_ruling, fold_rulings, live_rulings
from muster.ledger.store import schema
from muster.ledger.store.instants import from_micros
from muster.ledger.store.transaction import Transaction


def append_ruling(
    tx: Transaction,
    statement_id: str,
    action: str,
    *,
    reviewer: str,
    reason: str = "",
    field: str = "",
    value: str = "",
    decided_at: int | None = None,
    key: str = "",
    undoes: str = "",
) -> str:
    """Append a ruling and the statement's next version; return the ruling's id. See `Writer.add_ruling`.

    `decided_at` (microseconds), `key` and `undoes` are given for a ruling that is brought along from another ledger.
    """
    table = schema.statement
    live = tx.connection.execute(
        sa.select(table).where(table.c.id == statement_id, table.c.superseded_at.is_(None))
    ).one_or_none()
    if live is None:
        raise NotFoundError(f"statement {statement_id!r} is not in the ledger", rule="rulings are on live statements")
    check_ruling(live.kind, action, reviewer=reviewer, reason=reason, field_name=field, value=value)
    log = read_rulings(tx.connection, statement_id=statement_id)
    if action == "undo" and not undoes:
        standing = live_rulings(log)
        if not standing:
            raise InputError(f"statement {statement_id[:12]} has no ruling to undo")
        undoes = standing[-1].id
    number = str(len(log))  # two rulings alike in one transaction are two rulings
    key = key or content_id(
        "ruling", [statement_id, action, reason, field, value, reviewer, undoes, str(tx.stamp), number]
    )
    row = (key, statement_id, action, reason, field, value, reviewer, undoes, tx.stamp, decided_at)
    tx.append(schema.ruling, [row])
    ruling = Ruling(key, statement_id, action, reason, field, value, reviewer, tx.recorded_at, undoes)
    _append_state(tx, live, [*log, ruling])
    tx.n_rulings += 1
    return key


def _append_state(tx: Transaction, live: "sa.Row[tuple[object, ...]]", log: list[Ruling]) -> None:
    table = schema.statement
    names = FIELDS[live.kind]
    original = tx.connection.execute(
        sa.select(*[table.c[name] for name in names])
        .where(table.c.id == live.id, table.c.review == "unreviewed")
        .limit(1)
    ).one()
    codes = dict(zip(names, original, strict=True))
    state = fold_rulings(log, codes)
    wanted = codes | dict(state.corrections) | {"review": state.review}
    if any(getattr(live, name) != value for name, value in wanted.items()):
        tx.append_versions(table.c.id == live.id, wanted)


def read_rulings(
    connection: sa.Connection, *, statement_id: str | None = None, known_at: int | None = None
) -> list[Ruling]:
    """Return the rulings on one statement or all, oldest first, as known at an instant (microseconds)."""
    table = schema.ruling
    query = sa.select(table).order_by(table.c.recorded_at, table.c.seq)
    if statement_id is not None:
        query = query.where(table.c.statement_id == statement_id)
    if known_at is not None:
        query = query.where(table.c.recorded_at <= known_at)
    return [
        Ruling(
            id=row.id, statement_id=row.statement_id, action=row.action, reason=row.reason, field=row.field,
            value=row.value, reviewer=row.reviewer, undoes=row.undoes,
            recorded_at=from_micros(row.recorded_at if row.decided_at is None else row.decided_at),
        )
        for row in connection.execute(query)
    ]  # fmt: skip
