"""The journal of imports: begun, ended, cut off (no end is recorded and the process is gone)."""

import os
import platform
import uuid
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from muster.ledger.store import schema
from muster.ledger.store.instants import from_micros
from muster.ledger.store.rows import append_rows


@dataclass(frozen=True, slots=True)
class Interruption:
    """An import that never ended: what it was, when it began, what it left behind."""

    run_id: str
    what: str
    begun_at: int
    n_planned: int | None
    n_documents: int
    n_statements: int

    def sentence(self) -> str:
        """Return what happened and what is safe, in one line."""
        planned = f" of {self.n_planned} documents" if self.n_planned is not None else ""
        begun = from_micros(self.begun_at).strftime("%Y-%m-%d %H:%M:%S UTC")
        stored = f"{self.n_documents} new documents and {self.n_statements} statements of it are stored, none in part"
        return f"an import{planned} ({self.what}), begun {begun}, was cut off; {stored}. Run it again to add the rest."


def this_process() -> str:
    """Return host, process id and start time of this process, to tell later whether it is still alive."""
    return f"{platform.node()} {os.getpid()} {_start_of(os.getpid())}"


def _start_of(process_id: int) -> str:
    """Return the kernel's start tick of a process (Linux); empty elsewhere."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _may_be_alive(process: str) -> bool:
    """Return whether a process may still run; on another host nobody can tell, so it may."""
    host, number, started = [*process.split(" "), "", ""][:3]
    if host != platform.node():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError):
        return True
    return not started or _start_of(int(number)) == started


def begin_run(connection: sa.Connection, begun_at: int, what: str, n_planned: int | None) -> str:
    """Append the beginning of an import and return its id."""
    run_id = uuid.uuid4().hex
    append_rows(connection, schema.run, [(run_id, begun_at, what, n_planned, this_process())])
    return run_id


def end_run(connection: sa.Connection, run_id: str, ended_at: int, outcome: str) -> None:
    """Append the end of an import: "finished", "failed" or "interrupted"."""
    append_rows(connection, schema.run_end, [(run_id, ended_at, outcome)])


def find_interruptions(connection: sa.Connection) -> list[Interruption]:
    """Return the imports that have no end and whose process is gone, oldest first."""
    run, end, recording = schema.run, schema.run_end, schema.recording
    open_runs = connection.execute(
        sa.select(run).where(~sa.exists().where(end.c.run_id == run.c.id)).order_by(run.c.begun_at)
    ).all()
    found = []
    for row in open_runs:
        if _may_be_alive(row.process):
            continue
        sums = sa.select(sa.func.sum(recording.c.n_documents), sa.func.sum(recording.c.n_statements))
        n_documents, n_statements = connection.execute(sums.where(recording.c.run_id == row.id)).one()
        found.append(
            Interruption(row.id, row.what, row.begun_at, row.n_planned, int(n_documents or 0), int(n_statements or 0))
        )
    return found
