"""Vintages into and out of the store."""

import math
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from muster.base.errors import InputError, NotFoundError
from muster.ledger.store import schema
from muster.ledger.store.instants import from_micros
from muster.ledger.store.transaction import Transaction
from muster.ledger.vintage import VintageInfo


def append_vintage(tx: Transaction, series: str, vintage: str, source: str, rows: Iterable[tuple[date, float]]) -> int:
    """Append the figures of a vintage; return how many were new. See `Writer.add_vintage`."""
    if not series.strip() or not vintage.strip():
        raise InputError("a vintage needs the names of its series and its edition")
    figures: dict[date, float] = {}
    for day, value in rows:
        number = float(value)
        if not math.isfinite(number):
            raise InputError(f"series {series}, {day}: {value!r} is not a figure", rule="leave out days without one")
        if figures.setdefault(day, number) != number:
            raise InputError(f"series {series}, vintage {vintage}: two figures for {day}")
    table = schema.vintage.c
    held = tx.connection.execute(
        sa.select(table.day, table.value).where(table.series == series, table.vintage == vintage)
    ).all()
    for day, value in held:
        if day in figures and figures[day] != value:
            raise InputError(
                f"series {series}, vintage {vintage}, {day}: {figures[day]:g} where {value:g} is recorded",
                rule="a restated figure is another vintage", next_step="Give the newer edition its own name",
            )  # fmt: skip
    fresh = [(series, vintage, source, day.isoformat(), value, tx.stamp) for day, value in sorted(figures.items())]
    n_new = tx.append(schema.vintage, fresh)
    tx.n_other += n_new
    return n_new


def read_vintages(connection: sa.Connection, known_at: int, series: str | None = None) -> tuple[VintageInfo, ...]:
    """Return the vintages known at an instant, by series and the order in which they were recorded."""
    table = schema.vintage.c
    first = sa.func.min(table.recorded_at)
    query = (
        sa.select(
            table.series, table.vintage, sa.func.min(table.source), sa.func.count(), sa.func.min(table.day),
            sa.func.max(table.day), first,
        )
        .where(table.recorded_at <= known_at)
        .group_by(table.series, table.vintage)
        .order_by(table.series, first, table.vintage)
    )  # fmt: skip
    if series is not None:
        query = query.where(table.series == series)
    return tuple(
        VintageInfo(name, edition, source, n_days, begin, end, from_micros(stamp))
        for name, edition, source, n_days, begin, end, stamp in connection.execute(query)
    )


def read_vintage(
    connection: sa.Connection, known_at: int, as_of: date, series: str, vintage: str | None
) -> dict[date, float]:
    """Return the figures of one vintage up to a day; the newest recorded one where none is named."""
    known = read_vintages(connection, known_at, series)
    if not known:
        raise NotFoundError(f"series {series!r} is not in the ledger as known at {from_micros(known_at)}")
    name = known[-1].vintage if vintage is None else vintage
    if name not in {info.vintage for info in known}:
        names = ", ".join(info.vintage for info in known)
        raise NotFoundError(f"series {series!r} has no vintage {name!r}", rule=f"known: {names}")
    table = schema.vintage.c
    query = sa.select(table.day, table.value).where(
        table.series == series, table.vintage == name, table.recorded_at <= known_at, table.day <= as_of
    )
    return {row[0]: row[1] for row in connection.execute(query.order_by(table.day))}
