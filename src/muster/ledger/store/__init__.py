"""The SQL half of the ledger: opening, writing, reading. Assessment must not import it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Self, TypeVar

import sqlalchemy as sa

from muster.base.clock import Clock, parse_date, parse_instant, utc_now
from muster.base.errors import LedgerError
from muster.ledger.store import schema
from muster.ledger.store.dumping import dump_rows
from muster.ledger.store.engine import (
    DAMAGED_NEXT_STEP,
    clear_errors,
    display_url,
    file_of,
    is_read_only,
    make_engine,
    parse_url,
)
from muster.ledger.store.instants import to_micros
from muster.ledger.store.opening import prepare
from muster.ledger.store.runs import begin_run, end_run, find_interruptions
from muster.ledger.store.sqlview import SqlView, instant_bound
from muster.ledger.store.verifying import find_damage
from muster.ledger.store.writer import Writer

__all__ = ["Ledger", "SqlView", "Writer", "open_ledger"]

_T = TypeVar("_T")
MANY_STATEMENTS = 5_000
_WRITE_LOCK = 0x6D757374  # "must": key of PostgreSQL's advisory lock that lets one writer in at a time


class Ledger:
    """An open ledger; use as a context manager or call `close`."""

    def __init__(self, engine: sa.Engine, name: str, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self.name = name
        self.is_read_only = False
        """The file can be read but not written: writers raise LedgerError."""
        self.notices: tuple[str, ...] = ()
        """What the last process left behind, one sentence each, for people; empty after a clean end."""

    @contextmanager
    def writer(self, run_id: str | None = None) -> Iterator[Writer]:
        """Open a writer: one transaction, committed at the end of the block, taken back if the block raises.

        One writer at a time; another waits for it (SQLite: up to 30 s, then LedgerError).
        """
        with clear_errors(self.name), self._engine.connect() as connection:
            _take_write_lock(connection)
            writer = Writer(connection, self._clock, run_id)
            try:
                yield writer
                is_worth = writer.finish()
            except BaseException:
                connection.rollback()
                raise
            if is_worth:
                connection.commit()
                self._renew_statistics(writer)
            else:
                connection.rollback()

    def _renew_statistics(self, writer: Writer) -> None:
        """After a large write let PostgreSQL count its rows at once, so that its plans fit before autovacuum comes."""
        if self._engine.dialect.name == "postgresql" and writer.n_statements >= MANY_STATEMENTS:
            with self._engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE document, grade, statement, witness")

    @contextmanager
    def import_run(self, what: str, *, n_planned: int | None = None) -> Iterator[str]:
        """Journal an import of many writer blocks: its beginning, and how it ended.

        A process that dies inside leaves a beginning without an end; the next `open_ledger` says so in `notices`.

        Parameters
        ----------
        what : str
            What is imported, in a few words.
        n_planned : int, optional
            Documents, where the number is known.

        Yields
        ------
        str
            The run's id, for `writer(run_id)`.
        """
        run_id = self._journal(lambda connection: begin_run(connection, to_micros(self._clock()), what, n_planned))
        outcome = "failed"
        try:
            yield run_id
            outcome = "finished"
        finally:
            self._journal(lambda connection: end_run(connection, run_id, to_micros(self._clock()), outcome))

    def _journal(self, write: Callable[[sa.Connection], _T]) -> _T:
        """Write a row of the import journal in a transaction of its own; note cut-off runs as reported."""
        with clear_errors(self.name), self._engine.connect() as connection:
            _take_write_lock(connection)
            for cut in find_interruptions(connection):
                end_run(connection, cut.run_id, to_micros(self._clock()), "interrupted")
            result = write(connection)
            connection.commit()
            return result

    def look_for_damage(self) -> None:
        """Set `notices` to what an unclean end left; after one, SQLite's pages are checked too.

        Raises
        ------
        LedgerError
            The file is damaged.
        """
        with clear_errors(self.name), self._engine.connect() as connection:
            cuts = find_interruptions(connection)
            self.notices = tuple(cut.sentence() for cut in cuts)
            if cuts and connection.dialect.name == "sqlite":
                self._check_pages(connection)

    def _check_pages(self, connection: sa.Connection) -> None:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise LedgerError(f"ledger {self.name}: the file is damaged ({found})", next_step=DAMAGED_NEXT_STEP)

    def dump(self) -> Iterator[dict[str, Any]]:
        """Yield every row of the ledger, all versions and both clocks; see `muster.ledger.store.dumping`."""
        # One state of all tables, whatever is written meanwhile; SQLite keeps it for the length of a transaction.
        is_sqlite = self._engine.dialect.name == "sqlite"
        engine = self._engine if is_sqlite else self._engine.execution_options(isolation_level="REPEATABLE READ")
        with clear_errors(self.name), engine.connect() as connection:
            if is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield from dump_rows(connection)

    def verify(self) -> list[str]:
        """Return one sentence for each thing that is not as it was written: pages, ids, quotes. Empty is sound.

        Reads the whole ledger; a change made behind muster's back is found by the content ids.
        """
        with clear_errors(self.name), self._engine.connect() as connection:
            return list(find_damage(connection))

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
        day = self._clock().date() if as_of is None else parse_date(as_of, name="as_of")
        instant = None if known_at is None else parse_instant(known_at, name="known_at")
        return SqlView(self._engine, self.name, day, instant_bound(instant, self._head()))

    def revision(self) -> int:
        """Return the newest recording's instant, microseconds since 1970; it rises whenever anything is recorded."""
        return self._head()

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


def _take_write_lock(connection: sa.Connection) -> None:
    """Begin a transaction that no other writer can overlap; readers go on."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})


def open_ledger(url: str, *, clock: Clock = utc_now) -> Ledger:
    """Open a ledger, making it if there is none yet.

    Parameters
    ----------
    url : str
        `sqlite:///FILE`, the path of an SQLite file, `sqlite://` (passing: gone when it is closed), or `postgresql://USER@HOST/DATABASE`.
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
    ledger = Ledger(engine, name, clock)
    path = file_of(parsed)
    ledger.is_read_only = path is not None and is_read_only(path)
    try:
        prepare(engine, parsed, name, clock)
        ledger.look_for_damage()
    except BaseException:
        engine.dispose()
        raise
    return ledger
