"""Older ledgers are brought up to date without loss; what is no ledger is refused untouched."""

import hashlib
import sqlite3
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.rows import FakeClock, make_document, make_statement
from muster.base.errors import InputError, LedgerError
from muster.ledger.store import open_ledger, schema
from muster.ledger.store.engine import make_engine, parse_url
from muster.ledger.store.instants import to_micros
from muster.ledger.store.opening import CURRENT, OLDER, _lock, _upgrade

AS_OF = date(2026, 5, 1)


def _build(url: str, version: str) -> sa.Engine:
    """Make a ledger of an older version by its own migrations."""
    engine = make_engine(parse_url(url))
    with engine.connect() as connection:
        _lock(connection)
        _upgrade(connection, version)
        connection.commit()
    return engine


def _fill_v1(engine: sa.Engine, clock: FakeClock) -> None:
    """Write rows as version 0001 wrote them: two statements, the first ruled wrong later."""
    document = make_document("Germany refuses. Spain agrees.")
    statements = [make_statement(document, "Germany refuses"), make_statement(document, "Spain agrees", actor="ESP")]
    first, second = to_micros(clock()), to_micros(clock()) + 10
    key = document.id
    with engine.begin() as connection:
        for at, what in ((first - 1, "created"), (first, "write"), (second, "write")):
            connection.execute(sa.text("INSERT INTO recording VALUES (:at, :what, 0, 0, 0)"), {"at": at, "what": what})
        connection.execute(
            sa.text(
                "INSERT INTO document VALUES (:id, 'd1', :text, '', :publisher, '', '2026-04-01', 'en', NULL, :no, :at)"
            ),
            {"id": key, "text": document.text, "publisher": document.publisher, "no": False, "at": first},
        )
        connection.execute(
            sa.text("INSERT INTO grade VALUES (1, :id, 'wire', 'B', 'why', :at, NULL)"), {"id": key, "at": first}
        )
        columns = [column.name for column in schema.statement.columns]
        insert = sa.text(f"INSERT INTO statement VALUES ({', '.join(':' + name for name in columns)})")
        versions = [
            (statements[0], "unreviewed", first, second),
            (statements[1], "unreviewed", first, None),
            (statements[0], "rejected", second, None),
        ]
        for seq, (item, review, recorded_at, superseded_at) in enumerate(versions, 1):
            row = dict.fromkeys(columns, "") | item.fields()
            row |= {"seq": seq, "id": item.id_in(key), "document_id": key, "kind": item.kind, "quote": item.quote}
            row |= {"quote_start": item.start, "quote_end": item.end, "rule": "r1", "reader": "rules/1"}
            row |= {"confidence": 0.5, "assets": "[]", "is_dated": False, "valid_from": "2026-04-01", "valid_to": None}
            row |= {"origin": "wire", "review": review, "recorded_at": recorded_at, "superseded_at": superseded_at}
            connection.execute(insert, row)
        connection.execute(
            sa.text("INSERT INTO ruling VALUES (1, 'r', :id, 'reject', 'irony', '', '', 'ann', '', :at)"),
            {"id": statements[0].id_in(key), "at": second},
        )
        if engine.dialect.name == "postgresql":  # numbers were given, so its counters must follow
            for table in ("grade", "statement", "ruling"):
                connection.exec_driver_sql(f"SELECT setval('{table}_seq_seq', 10)")


def _dump(engine: sa.Engine, tables: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            name: [
                tuple(row) for row in connection.exec_driver_sql(f"SELECT {', '.join(names)} FROM {name} ORDER BY 1")
            ]
            for name, names in tables.items()
        }


def test_a_first_version_ledger_is_upgraded_without_loss(ledger_url: str, clock: FakeClock) -> None:
    """Every row and column of version 0001 is there after the upgrade, and both clocks answer."""
    engine = _build(ledger_url, "0001")
    _fill_v1(engine, clock)
    inspector = sa.inspect(engine)
    tables = {
        name: [column["name"] for column in inspector.get_columns(name)]
        for name in ("document", "grade", "statement", "ruling", "recording")
    }
    before = _dump(engine, tables)
    engine.dispose()
    with open_ledger(ledger_url, clock=clock) as ledger:
        assert _dump(ledger._engine, tables) == before
        assert [len(rows) for rows in before.values()] == [1, 1, 3, 1, 3]
        now = ledger.view(AS_OF)
        assert [entry.statement.actor for entry in now.statements()] == ["ESP"]
        assert len(ledger.view(AS_OF, known_at=clock()).statements()) == 2
        assert now.rulings()[0].reason == "irony"
        with ledger.writer() as writer:
            writer.add_ruling(now.rulings()[0].statement_id, "undo", reviewer="ann")
            writer.add_vintage("s", "1", "x", [(date(2026, 1, 1), 2.0)])
        assert len(ledger.view(AS_OF).statements()) == 2


def test_migrations_end_at_the_schema_that_is_made_anew(ledger_url: str) -> None:
    """Upgraded and new ledgers have the same tables, columns, indexes and triggers, on both engines."""
    engine = _build(ledger_url, CURRENT)
    migrated = _describe(engine)
    _clear(engine)
    with open_ledger(ledger_url) as ledger:
        assert migrated == _describe(ledger._engine)


def _clear(engine: sa.Engine) -> None:
    """Drop everything, as only an owner with the database's own tools can."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).unlink()
        return
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()


def _describe(engine: sa.Engine) -> dict[str, object]:
    inspector = sa.inspect(engine)
    found: dict[str, object] = {}
    for name in sorted(inspector.get_table_names()):
        columns = sorted((c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(name))
        indexes = sorted((str(i["name"]), i["column_names"], bool(i["unique"])) for i in inspector.get_indexes(name))
        foreign = [(key["constrained_columns"], key["referred_table"]) for key in inspector.get_foreign_keys(name)]
        checks = sorted(str(check["name"]) for check in inspector.get_check_constraints(name))
        found[name] = (columns, indexes, foreign, checks)
    catalogue = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        found["triggers"] = sorted(tuple(row) for row in connection.exec_driver_sql(catalogue[engine.dialect.name]))
    return found


def test_every_version_has_its_migration() -> None:
    """The versions that opening knows are the packaged migrations."""
    folder = Path(schema.__file__).parents[1] / "migrations" / "versions"
    versions = sorted(path.name[1:5] for path in folder.glob("m*.py"))
    assert versions == sorted([*OLDER, CURRENT])


def test_a_failing_upgrade_leaves_the_old_ledger(
    ledger_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration that breaks half way changes nothing."""
    engine = _build(ledger_url, "0001")
    _fill_v1(engine, clock)
    tables = sorted(sa.inspect(engine).get_table_names())
    from muster.ledger.store import opening

    def broken(connection: sa.Connection) -> None:
        _upgrade(connection)
        raise RuntimeError("power cut")

    monkeypatch.setattr(opening, "_upgrade", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        open_ledger(ledger_url, clock=clock)
    assert sorted(sa.inspect(engine).get_table_names()) == tables
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM muster_version")).scalar() == "0001"
    engine.dispose()


def test_a_newer_ledger_is_refused_untouched(ledger_url: str) -> None:
    """A schema from the future is named, and nothing is changed."""
    with open_ledger(ledger_url) as ledger, ledger._engine.begin() as connection:
        connection.execute(sa.text("UPDATE muster_version SET version_num = '0999'"))
    with pytest.raises(LedgerError, match=r"has schema 0999, this muster knows up to .*nothing was changed"):
        open_ledger(ledger_url)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("content", [b"just some notes\n" * 50, b"\x89PNG\r\n\x1a\n" + bytes(5000), bytes(4096)])
def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    """A text, a picture or zeros given as a ledger stay as they are."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    before = _hash(path)
    with pytest.raises(LedgerError, match="not an SQLite file"):
        open_ledger(str(path))
    assert _hash(path) == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_database_of_something_else_is_refused_untouched(tmp_path: Path) -> None:
    """Another program's SQLite file is recognised as such; not even its journal mode changes."""
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = _hash(path)
    with pytest.raises(LedgerError, match=r"holds something else \(a table recipes\); nothing was changed"):
        open_ledger(str(path))
    assert _hash(path) == before


def test_folders_and_missing_folders_are_refused(tmp_path: Path) -> None:
    """A ledger needs a file in a folder that exists."""
    with pytest.raises(LedgerError, match="is a folder"):
        open_ledger(str(tmp_path))
    with pytest.raises(LedgerError, match="does not exist"):
        open_ledger(str(tmp_path / "no" / "ledger.sqlite"))


@pytest.mark.parametrize("url", ["mysql://x/y", "://", "oracle://x", "", " "])
def test_other_databases_are_refused(url: str) -> None:
    """Only SQLite and PostgreSQL hold ledgers."""
    with pytest.raises(InputError, match=r"not supported|not a URL|name is empty"):
        open_ledger(url)


def test_a_server_that_does_not_answer_is_one_line() -> None:
    """No traceback for a server that is not there."""
    with pytest.raises(LedgerError, match="does not answer"):
        open_ledger("postgresql://nobody@127.0.0.1:1/none")
