"""Crashes and contention for real: killed processes, full disks, two writers, readers, damaged files."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from ledger.rows import make_document, make_statement
from muster.base.errors import LedgerError
from muster.ledger.store import Ledger, open_ledger
from muster.surfaces.cli.exchange import audit

AS_OF = date(2027, 1, 1)

IMPORT = """
import sys
from datetime import date
sys.path.insert(0, sys.argv[2])
from ledger.rows import make_document, make_statement
from muster.ledger.store import open_ledger
n_batches, n_each = int(sys.argv[3]), int(sys.argv[4])
with open_ledger(sys.argv[1]) as ledger, ledger.import_run("news", n_planned=n_batches * n_each) as run_id:
    for batch in range(n_batches):
        with ledger.writer(run_id) as writer:
            for number in range(n_each):
                name = f"{sys.argv[5]} batch {batch} document {number}"
                document = make_document(name + " refuses. " + "Words. " * 50, publisher=name)
                writer.add_document(document)
                writer.add_statements(document.id, [make_statement(document, name + " refuses")])
        print("stored", batch, flush=True)
"""


def _start(url: str, n_batches: int, n_each: int, tag: str = "a", **more: object) -> subprocess.Popen[str]:
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", IMPORT, url, tests, str(n_batches), str(n_each), tag]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def _batches(ledger: Ledger, tag: str = "a") -> dict[str, int]:
    """Return the number of stored documents of each batch; each must also have its statement."""
    view = ledger.view(AS_OF)
    counts: dict[str, int] = {}
    for info in view.documents():
        if info.publisher.startswith(f"{tag} batch"):
            counts[info.publisher.split()[2]] = counts.get(info.publisher.split()[2], 0) + 1
    n_statements = sum(entry.document.publisher.startswith(f"{tag} batch") for entry in view.statements())
    assert n_statements == sum(counts.values())
    return counts


@pytest.mark.parametrize("n_acknowledged", [1, 3, 7])
def test_a_killed_import_keeps_whole_batches(ledger_url: str, n_acknowledged: int) -> None:
    """kill -9: what was acknowledged is stored, nothing is half there, the next start says what happened."""
    with _start(ledger_url, 10_000, 20) as process:
        assert process.stdout is not None
        for _ in range(n_acknowledged):
            assert process.stdout.readline().startswith("stored")
        process.send_signal(signal.SIGKILL)
        n_told = n_acknowledged + sum(line.startswith("stored") for line in process.stdout)
    with open_ledger(ledger_url) as ledger:
        counts = _batches(ledger)
        assert set(counts.values()) == {20}
        assert n_told <= len(counts) <= n_told + 1
        (notice,) = ledger.notices
        assert "an import of 200000 documents (news)" in notice
        assert f"{20 * len(counts)} new documents and {20 * len(counts)} statements of it are stored" in notice
    told = CliRunner().invoke(audit, ["--ledger", ledger_url])
    assert told.output.startswith("muster: an import of 200000 documents (news), begun ")
    assert "every quote verbatim" in told.output
    with open_ledger(ledger_url) as ledger, ledger.import_run("more"):
        assert len(ledger.notices) == 1
    with open_ledger(ledger_url) as ledger:
        assert ledger.notices == ()


def test_a_running_import_is_not_called_cut_off(ledger_url: str) -> None:
    """While the importing process lives, another start says nothing."""
    with open_ledger(ledger_url) as ledger, ledger.import_run("news"), open_ledger(ledger_url) as other:
        assert other.notices == ()


def test_an_import_that_fails_ends_its_run(ledger_url: str) -> None:
    """An error is told where it happens, not again at the next start."""

    def fail() -> None:
        with open_ledger(ledger_url) as ledger, ledger.import_run("news"):
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    with open_ledger(ledger_url) as ledger:
        assert ledger.notices == ()


def test_two_writers_at_once_lose_nothing(ledger_url: str) -> None:
    """Two processes write at the same time: both finish, all is there, stamps rise."""
    open_ledger(ledger_url).close()
    processes = [_start(ledger_url, 15, 5, tag) for tag in ("a", "b")]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with open_ledger(ledger_url) as ledger:
        for tag in ("a", "b"):
            assert list(_batches(ledger, tag).values()) == [5] * 15


def test_views_opened_during_writes_stay_as_they_were(ledger_url: str) -> None:
    """Readers go on during a write; no view of theirs ever changes, however writers and views interleave."""
    with open_ledger(ledger_url) as ledger:
        stop = threading.Event()
        taken = []

        def write(tag: int) -> None:
            with open_ledger(ledger_url) as mine:
                for number in range(25):
                    with mine.writer() as writer:
                        document = make_document(f"Writer {tag} says {number}", number=number)
                        writer.add_document(document)
                        writer.add_statements(document.id, [make_statement(document)])

        def read() -> None:
            while not stop.is_set():
                view = ledger.view(AS_OF)
                taken.append((view, [entry.id for entry in view.statements()]))

        with ThreadPoolExecutor(4) as pool:
            reader = pool.submit(read)
            try:
                for writer in [pool.submit(write, tag) for tag in range(3)]:
                    writer.result()
            finally:
                stop.set()
            reader.result()
        assert len(ledger.view(AS_OF).statements()) == 75
        assert len({len(ids) for _, ids in taken}) > 1, "no view was opened between two writes"
        for view, ids in taken[:: max(1, len(taken) // 60)]:
            assert [entry.id for entry in view.statements()] == ids


def test_a_reader_is_not_blocked_by_an_open_writer(ledger_url: str) -> None:
    """While a writer holds the lock, another connection reads the state before it."""
    with open_ledger(ledger_url) as ledger, open_ledger(ledger_url) as other:
        with ledger.writer() as writer:
            document = make_document()
            writer.add_document(document)
            begin = time.monotonic()
            assert other.view(AS_OF).documents() == ()
            assert time.monotonic() - begin < 5
        assert len(other.view(AS_OF).documents()) == 1


def test_a_writer_that_waits_too_long_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite a second writer waits, then gives one clear line."""
    from muster.ledger.store import engine

    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    url = str(tmp_path / "ledger.sqlite")
    with open_ledger(url) as ledger, open_ledger(url) as other, ledger.writer() as writer:
        writer.add_document(make_document())
        with pytest.raises(LedgerError, match="another writer held the ledger"), other.writer():
            pass


FILL = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from ledger.rows import make_document
from muster.base.errors import LedgerError
from muster.ledger.store import open_ledger
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
if sys.argv[3] != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
n_stored = 0
try:
    with open_ledger(sys.argv[1]) as ledger:
        for number in range(100000):
            with ledger.writer() as writer:
                for part in range(20):
                    writer.add_document(make_document(f"{number}.{part} " + "words " * 400))
            n_stored += 20
            print("stored", n_stored, flush=True)
except LedgerError as error:
    print("refused", error, flush=True)
"""


def _fill_until_full(path: Path, limit_bytes: int) -> tuple[int, str]:
    """Write until the disk refuses; return the documents acknowledged last and the message."""
    command = [sys.executable, "-c", FILL, str(path), str(Path(__file__).parents[1]), str(limit_bytes)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    lines = done.stdout.splitlines()
    assert lines, done.stderr
    assert lines[-1].startswith("refused"), done.stdout[-500:] + done.stderr[-2000:]
    stored = [int(line.split()[1]) for line in lines if line.startswith("stored")]
    return stored[-1] if stored else 0, lines[-1]


def test_a_file_that_may_not_grow_loses_nothing(tmp_path: Path) -> None:
    """At the size limit the open batch is refused in one line; all acknowledged ones are there."""
    path = tmp_path / "ledger.sqlite"
    n_stored, message = _fill_until_full(path, 3_000_000)
    assert n_stored > 0
    assert "what was acknowledged is stored" in message or "failed to write" in message
    with open_ledger(str(path)) as ledger:
        assert len(ledger.view(AS_OF).documents()) == n_stored


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """A real small disk runs full: one line, acknowledged batches stored, and after room is made writing goes on."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        path = disk / "ledger.sqlite"
        filler = disk / "filler"
        filler.write_bytes(bytes(1_000_000))
        n_stored, message = _fill_until_full(path, 0)
        assert n_stored > 0
        assert "disk" in message
        filler.unlink()
        with open_ledger(str(path)) as ledger:
            assert len(ledger.view(AS_OF).documents()) == n_stored
            with ledger.writer() as writer:
                writer.add_document(make_document("There is room again."))
            assert len(ledger.view(AS_OF).documents()) == n_stored + 1
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _make_file(path: Path, n: int = 400) -> None:
    with open_ledger(str(path)) as ledger, ledger.writer() as writer:
        for number in range(n):
            document = make_document(f"{number} " + "words " * 100)
            writer.add_document(document)
            writer.add_statements(document.id, [make_statement(document)])


def test_a_damaged_file_is_told_in_one_line(tmp_path: Path) -> None:
    """Bytes overwritten in the middle: reading stops with one clear line instead of a wrong answer."""
    path = tmp_path / "ledger.sqlite"
    _make_file(path)
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 100] = os.urandom(100)
    path.write_bytes(bytes(data))

    def use() -> None:
        with open_ledger(str(path)) as ledger:
            ledger.view(AS_OF).statements()

    with pytest.raises(LedgerError, match="the file is damaged"):
        use()


def test_a_damaged_head_is_told_in_one_line(tmp_path: Path) -> None:
    """The first bytes overwritten: refused, and the file is left for rescue."""
    path = tmp_path / "ledger.sqlite"
    _make_file(path, 5)
    data = path.read_bytes()
    path.write_bytes(b"garbage!" * 4 + data[32:])
    with pytest.raises(LedgerError, match="its head is damaged"):
        open_ledger(str(path))
    assert path.read_bytes()[32:] == data[32:]


def test_damage_after_a_crash_is_found_at_the_next_start(tmp_path: Path) -> None:
    """After an import that was cut off every page is checked before anything is read."""
    path = tmp_path / "ledger.sqlite"
    _make_file(path)
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO run VALUES ('x', 1, 'news', 5, ?)", (f"{os.uname().nodename} 999999999 1",))
    connection.close()
    data = bytearray(path.read_bytes())
    page = len(data) // 4096 - 3
    data[page * 4096 : page * 4096 + 64] = os.urandom(64)
    path.write_bytes(bytes(data))
    with pytest.raises(LedgerError, match="the file is damaged"):
        open_ledger(str(path))


def test_verify_finds_a_changed_letter(tmp_path: Path) -> None:
    """A text changed behind muster's back, in a file that is otherwise sound, is found by its content id."""
    path = tmp_path / "ledger.sqlite"
    _make_file(path, 5)
    with open_ledger(str(path)) as ledger:
        assert ledger.verify() == []
    data = path.read_bytes()
    assert b"3 words words" in data
    path.write_bytes(data.replace(b"3 words words", b"3 swords word"))
    with open_ledger(str(path)) as ledger:
        problems = ledger.verify()
    assert any("text does not match its id" in problem for problem in problems)


def test_replace_cannot_overwrite_rows(tmp_path: Path) -> None:
    """INSERT OR REPLACE, which deletes without a delete trigger, is ignored, also from another program."""
    path = tmp_path / "ledger.sqlite"
    _make_file(path, 2)
    with sqlite3.connect(path) as connection:
        before = connection.execute("SELECT * FROM document ORDER BY id").fetchall()
        row = list(before[0])
        row[2] = "forged"
        connection.execute(f"INSERT OR REPLACE INTO document VALUES ({','.join('?' * len(row))})", row)
        statement = list(connection.execute("SELECT * FROM statement").fetchone())
        statement[4] = "XXX"
        connection.execute(f"INSERT OR REPLACE INTO statement VALUES ({','.join('?' * len(statement))})", statement)
        assert connection.execute("SELECT * FROM document ORDER BY id").fetchall() == before
        assert connection.execute("SELECT count(*) FROM statement WHERE actor = 'XXX'").fetchone() == (0,)
    connection.close()


def test_truncate_is_refused_on_postgres(postgres_url: str) -> None:
    """PostgreSQL's TRUNCATE, which fires no row trigger, is refused too."""
    with open_ledger(postgres_url) as ledger:
        with ledger.writer() as writer:
            writer.add_document(make_document())
        with ledger._engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.exec_driver_sql("TRUNCATE document CASCADE")
        assert len(ledger.view(AS_OF).documents()) == 1
