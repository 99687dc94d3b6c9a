"""The SQL half of the ledger: opening, writing, reading. Assessment must not import it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Self

import sqlalchemy as sa

from muster.base.clock import Clock, utc_now
from muster.ledger.store import schema
from muster.ledger.store.engine import clear_errors, display_url, make_engine, parse_url
from muster.ledger.store.opening import prepare
from muster.ledger.store.sqlview import SqlView, instant_bound
from muster.ledger.store.writer import Writer

__all__ = ["Ledger", "SqlView", "Writer", "open_ledger"]

_WRITE_LOCK = 0x6D757374  # "must": key of PostgreSQL's advisory lock that lets one writer in at a time


class Ledger:
    """An open ledger; use as a context manager or call `close`."""

    def __init__(self, engine: sa.Engine, name: str, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self.name = name

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Open a writer: one transaction, committed at the end of the block, taken back if the block raises.

        One writer at a time; another waits for it (SQLite: up to 30 s, then LedgerError).
        """
        with clear_errors(self.name), self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})
            writer = Writer(connection, self._clock)
            try:
                yield writer
                is_worth = writer._finish()
            except BaseException:
                connection.rollback()
                raise
            if is_worth:
                connection.commit()
            else:
                connection.rollback()

    def view(self, as_of: date | None = None, known_at: datetime | None = None) -> SqlView:
        """Return the view of what held on a day, as known at an instant.

        Parameters
        ----------
        as_of : date, optional
            The day in the world; today by the ledger's clock without it.
        known_at : datetime, optional
            UTC-aware. Drawn back to the newest recording where it is later, so that no view can change under later
            writes; `view.known_at` tells the instant used.
        """
        return SqlView(self._engine, self.name, as_of or self._clock().date(), instant_bound(known_at, self._head()))

    def _head(self) -> int:
        with clear_errors(self.name), self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.max(schema.recording.c.recorded_at))).scalar() or 0

    def close(self) -> None:
        """Release all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_ledger(url: str, *, clock: Clock = utc_now) -> Ledger:
    """Open a ledger, making it if there is none yet.

    Parameters
    ----------
    url : str
        `sqlite:///FILE`, the path of an SQLite file, `sqlite://` (in memory), or `postgresql://USER@HOST/DATABASE`.
    clock : callable, optional
        Source of the present instant.

    Raises
    ------
    InputError
        The URL is of no supported kind.
    LedgerError
        The file or database is no ledger, is damaged, or was made by a newer muster; nothing was changed.
    """
    parsed = parse_url(url)
    name = display_url(parsed)
    engine = make_engine(parsed)
    try:
        prepare(engine, parsed, name, clock)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine, name, clock)
