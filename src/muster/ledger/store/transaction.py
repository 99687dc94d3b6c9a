"""One open transaction with its stamp: what all writing shares.

A stamp is later than every earlier one even if the clock steps back: then it is one microsecond after the newest.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from muster.base.clock import Clock
from muster.base.errors import LedgerError
from muster.ledger.store import schema
from muster.ledger.store.instants import from_micros, to_micros
from muster.ledger.store.rows import append_rows

_VERSION = [column.name for column in schema.statement.columns if column.name != "seq"]
_T = TypeVar("_T")


class Transaction:
    """A connection that holds the write lock, the instant that stamps its rows, and counts of what it appended."""

    def __init__(self, connection: sa.Connection, clock: Clock, run_id: str | None = None) -> None:
        self.connection = connection
        head = connection.execute(sa.select(sa.func.max(schema.recording.c.recorded_at))).scalar() or 0
        self.stamp: int = max(to_micros(clock()), head + 1)
        self.recorded_at = from_micros(self.stamp)
        self.n_documents = self.n_statements = self.n_rulings = self.n_other = 0
        self.what = "write"
        self._run_id = run_id
        self._is_open = True

    def check_open(self) -> None:
        """Raise LedgerError after the end of the block."""
        if not self._is_open:
            raise LedgerError("this writer is closed", rule="a writer lives as long as its `with` block")

    def append(self, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> int:
        """Append rows (values in column order without `seq`) and return how many were new."""
        return append_rows(self.connection, table, rows)

    def supersede(self, table: sa.Table, sequence_numbers: Sequence[int]) -> None:
        """Close live rows at this transaction's stamp."""
        for part in parts(list(sequence_numbers)):
            self.connection.execute(sa.update(table).where(table.c.seq.in_(part)).values(superseded_at=self.stamp))

    def append_versions(self, which: sa.ColumnElement[bool], changed: dict[str, Any]) -> int:
        """Supersede the live statements that `which` selects and append their next versions, some values changed."""
        table = schema.statement
        live = list(
            self.connection.execute(sa.select(table.c.seq).where(which, table.c.superseded_at.is_(None))).scalars()
        )
        values = changed | {"recorded_at": self.stamp, "superseded_at": None}
        columns: list[sa.ColumnElement[Any]] = []
        for name in _VERSION:
            kind = table.c[name].type
            columns.append(sa.cast(sa.literal(values[name], kind), kind) if name in values else table.c[name])
        self.supersede(table, live)
        for part in parts(live):
            source = sa.select(*columns).where(table.c.seq.in_(part))
            n_new = self.connection.execute(sa.insert(table).from_select(_VERSION, source)).rowcount
            if n_new != len(part):
                raise LedgerError(f"{len(part)} versions superseded, {n_new} appended", rule="the block was taken back")
        self.n_other += len(live)
        return len(live)

    def finish(self) -> bool:
        """Write the journal row; return whether there is anything to commit."""
        self._is_open = False
        if not (self.n_documents or self.n_statements or self.n_rulings or self.n_other):
            return False
        row = (self.stamp, self.what, self.n_documents, self.n_statements, self.n_rulings, self._run_id)
        self.append(schema.recording, [row])
        return True


def parts(items: list[_T], size: int = 500) -> Iterable[list[_T]]:
    """Cut a list into pieces that fit into one SQL statement."""
    return (items[start : start + size] for start in range(0, len(items), size))
