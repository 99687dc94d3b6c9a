"""What goes out comes back: losslessly as JSON lines, checked row by row in the other formats."""

import csv
import json
import random
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.conformance import History, answers
from ledger.rows import FakeClock, make_document, make_statement
from muster.base.errors import InputError, NotFoundError
from muster.ledger.exchange.files import export_file, format_of, import_file
from muster.ledger.exchange.tables import _plain, _safe
from muster.ledger.store import Ledger, open_ledger
from muster.surfaces.cli.exchange import audit, export_command, import_command, series
from shared_data import shared_path

AS_OF = date(2027, 1, 1)
VIEW_FORMATS = ("csv", "parquet", "ftm", "plover")


def _history(ledger: Ledger, clock: FakeClock, seed: int, n_steps: int = 25) -> History:
    history = History(ledger, clock, random.Random(seed))
    for _ in range(n_steps):
        history.step()
    history.take_view()
    return history


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_json_lines_restore_every_view(tmp_path: Path, seed: int) -> None:
    """A restored ledger answers every past view as the first one did, and exports the same bytes again."""
    clock = FakeClock()
    path, again = tmp_path / f"{seed}.jsonl", tmp_path / f"{seed}.again.jsonl"
    with open_ledger("sqlite://", clock=clock) as ledger, open_ledger("sqlite://", clock=clock) as other:
        history = _history(ledger, clock, seed)
        export_file(ledger, ledger.view(), path, "jsonl")
        counts = import_file(other, path, "jsonl")
        export_file(other, other.view(), again, "jsonl")
        assert path.read_bytes() == again.read_bytes()
        assert counts.n_documents == len(ledger.view(AS_OF).documents())
        for view, said in history.taken:
            assert answers(other.view(view.as_of, view.known_at)) == said
        assert other.verify() == []


def test_json_lines_go_from_one_engine_to_the_other(ledger_url: str, clock: FakeClock, tmp_path: Path) -> None:
    """SQLite to PostgreSQL and back: the same bytes."""
    path, again = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    with open_ledger("sqlite://", clock=clock) as ledger:
        _history(ledger, clock, 3, 40)
        export_file(ledger, ledger.view(), path, "jsonl")
        with open_ledger(ledger_url, clock=clock) as other:
            assert import_file(other, path, "jsonl").is_restore
            export_file(other, other.view(), again, "jsonl")
            assert path.read_bytes() == again.read_bytes()
            assert import_file(other, path, "jsonl").n_statements == 0


def test_json_lines_merge_into_a_ledger_that_holds_something(tmp_path: Path) -> None:
    """What is live is added as of now, with rulings and vintages; a second time nothing is."""
    clock = FakeClock()
    path = tmp_path / "a.jsonl"
    with open_ledger("sqlite://", clock=clock) as ledger, open_ledger("sqlite://", clock=clock) as other:
        _history(ledger, clock, 11, 40)
        export_file(ledger, ledger.view(), path, "jsonl")
        with other.writer() as writer:
            writer.add_document(make_document("Something else altogether."))
        assert not import_file(other, path, "jsonl").is_restore
        mine, theirs = other.view(AS_OF), ledger.view(AS_OF)
        assert {entry.id: (entry.review, entry.statement) for entry in mine.statements(include_rejected=True)} == {
            entry.id: (entry.review, entry.statement) for entry in theirs.statements(include_rejected=True)
        }
        live = {entry.id for entry in theirs.statements(include_rejected=True)}
        assert [ruling.id for ruling in mine.rulings()] == [
            ruling.id for ruling in theirs.rulings() if ruling.statement_id in live
        ]
        assert len(mine.vintages()) == len(theirs.vintages())
        before = mine.known_at
        counts = import_file(other, path, "jsonl")
        assert (counts.n_documents, counts.n_statements, counts.n_rulings) == (0, 0, 0)
        assert other.view(AS_OF).known_at == before


def _small(ledger: Ledger) -> None:
    first = make_document("=cmd() refuses, 'so be it'. Spain\nagrees.", title="+1", url="https://x.example/a")
    second = make_document("Nothing is said here.", number=2, published=None, is_digest=True)
    with ledger.writer() as writer:
        writer.add_document(first, origin="wire", letter="B")
        writer.add_document(second)
        writer.add_statements(
            first.id,
            [
                make_statement(first, "=cmd() refuses", assets=["2 ships", '"HMS" X'], valid_from="2026-03-01"),
                make_statement(first, "Spain\nagrees", "claim", actor="ESP", confidence=0.25),
            ],
        )


@pytest.mark.parametrize("name", VIEW_FORMATS)
def test_view_formats_come_back_with_their_documents(tmp_path: Path, name: str) -> None:
    """Documents, texts, grades, statements and quotes survive; a second import adds nothing."""
    path = tmp_path / "out"
    with open_ledger("sqlite://") as ledger, open_ledger("sqlite://") as other:
        _small(ledger)
        assert export_file(ledger, ledger.view(AS_OF), path, name) >= 3
        counts = import_file(other, path, name)
        assert (counts.n_documents, counts.n_statements) == (2, 2)
        mine, theirs = other.view(AS_OF), ledger.view(AS_OF)
        assert [(entry.id, entry.statement, entry.document) for entry in mine.statements()] == [
            (entry.id, entry.statement, entry.document) for entry in theirs.statements()
        ]
        assert [mine.document(info.id) for info in mine.documents()] == [
            theirs.document(info.id) for info in theirs.documents()
        ]
        assert import_file(other, path, name).n_statements == 0


@given(st.text(max_size=20))
def test_cells_that_could_run_are_led_by_an_apostrophe(text: str) -> None:
    """No cell starts with = + - @, tab or return; every text comes back as it was."""
    safe = _safe(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert _plain(safe) == text


def test_the_csv_holds_no_formula(tmp_path: Path) -> None:
    """In the file itself the quote that looks like a formula is led by an apostrophe."""
    path = tmp_path / "out.csv"
    with open_ledger("sqlite://") as ledger:
        _small(ledger)
        export_file(ledger, ledger.view(AS_OF), path, "csv")
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=cmd() refuses" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


# Properties of the schemata used, from the public FollowTheMoney schema files (model 3.x and 4.x), with their ranges.
FTM = {
    "PlainText": {
        "name", "title", "fileName", "bodyText", "publisher", "sourceUrl", "publishedAt", "retrievedAt", "language",
        "contentHash",
    },
    "PublicBody": {"name"},
    "Organization": {"name"},
    "Event": {
        "name", "summary", "date", "startDate", "endDate", "recordId", "sourceUrl", "publisher", "involved", "proof",
    },
}  # fmt: skip
REQUIRED = {"PlainText": set(), "PublicBody": {"name"}, "Organization": {"name"}, "Event": {"name"}}
RANGES = {"involved": {"PublicBody", "Organization"}, "proof": {"PlainText"}}


def test_follow_the_money_entities_keep_its_schema(tmp_path: Path) -> None:
    """Known schemata and properties only, lists of texts, unique ids, references to entities of their range."""
    path = tmp_path / "out.ftm.json"
    with open_ledger("sqlite://") as ledger:
        _small(ledger)
        export_file(ledger, ledger.view(AS_OF), path, "ftm")
    entities = {row["id"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
    assert len(entities) == 2 + 3 + 2  # documents, actors DEU ESP EUROPE, statements
    for entity in entities.values():
        properties = entity["properties"]
        assert set(properties) <= FTM[entity["schema"]]
        assert REQUIRED[entity["schema"]] <= set(properties)
        assert all(isinstance(value, str) and value for values in properties.values() for value in values)
        for name, schemata in RANGES.items():
            for reference in properties.get(name, []):
                assert entities[reference]["schema"] in schemata
    with open_ledger("sqlite://") as ledger:
        _small(ledger)
        export_file(ledger, ledger.view(AS_OF), path, "ftm-statements")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {row["entity_id"] for row in rows} == set(entities)
    assert len({row["id"] for row in rows}) == len(rows)


def _csv(path: Path, **changed: str) -> Path:
    """Write a CSV export of one statement with some cells changed."""
    with open_ledger("sqlite://") as ledger:
        document = make_document()
        with ledger.writer() as writer:
            writer.add_document(document)
            writer.add_statements(document.id, [make_statement(document)])
        export_file(ledger, ledger.view(AS_OF), path, "csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, value in changed.items():
        rows[0][name] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"status": "perhaps"}, r"line 2: response has status 'perhaps'; status must be one of"),
        ({"start": "x"}, r"line 2: start 'x' is not a whole number"),
        ({"start": "1", "end": "31"}, r"line 2: quote not at \[1, 31\)"),
        ({"quote": "Germany agrees to send ships.!"}, r"line 2: quote not at"),
        ({"end": "7"}, r"line 2: offsets"),
        ({"confidence": "1.5"}, r"line 2: confidence '1.5' is out of bounds"),
        ({"published": "April"}, r"line 2: published 'April' is not a date"),
        ({"valid_to": "2026-13-01"}, r"line 2: valid_to '2026-13-01' is not a date"),
        ({"document_text": "Germany sends ships."}, r"line 2: document_text does not match"),
        ({"document_text": ""}, r"line 2: document .* is neither in the file nor in the ledger"),
        ({"is_digest": "perhaps"}, r"line 2: is_digest 'perhaps' is not true or false"),
        ({"assets": "ships"}, r"line 2: assets 'ships' is not a JSON list"),
        ({"letter": "Z"}, r"letter 'Z'; one of A B C D E F"),
        ({"wheather": "x"}, r"line 2: column 'wheather' is not known"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_stored(tmp_path: Path, changed: dict[str, str], message: str) -> None:
    """The error names line and column; the ledger stays empty."""
    path = _csv(tmp_path / "bad.csv", **changed)
    with open_ledger("sqlite://") as ledger:
        with pytest.raises(InputError, match=message):
            import_file(ledger, path, "csv")
        assert ledger.view(AS_OF).documents() == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"status": "refused"', '"status": "maybe"', r"statement row: response has status 'maybe'"),
        ('"status": "refused"', '"status": "pledged"', r"statement row: its content does not match its id"),
        ("refuses to send", "agrees to send.", r"does not match its id"),
        ('"letter": "F"', '"letter": 5', r"grade row: letter 5 is not of type str"),
        ('"confidence": 1.0', '"confidence": "high"', r"statement row: confidence 'high' is not of type float"),
        ('"recorded_at": "2026-04-01T12', '"recorded_at": "yesterday', r"recorded_at 'yesterday.* is not an instant"),
        ('"is_digest": false', '"is_digest": 0', r"document row: is_digest 0 is not of type bool"),
        ('"review": "unreviewed", ', "", r"statement row has no field 'review'"),
        ('"row": "grade"', '"row": "mark"', r"row 'mark' is not known"),
        ('"assets": []', '"assets": "x"', r"assets 'x' is not a list"),
        ('{"row": "ledger", "format": 1}', "{}", r"line 1: not the head of a ledger export"),
        ('"format": 1}', '"format": 9}', r"line 1: format 9"),
        ('{"row": "grade"', '{"row" "grade"', r"line 4: .*; one JSON object a line"),
    ],
)
def test_a_wrong_json_line_is_named_and_nothing_is_stored(
    tmp_path: Path, clock: FakeClock, old: str, new: str, message: str
) -> None:
    """A dump that was tampered with is refused with line, row and field."""
    path = tmp_path / "a.jsonl"
    with open_ledger("sqlite://", clock=clock) as ledger:
        document = make_document()
        with ledger.writer() as writer:
            writer.add_document(document)
            writer.add_statements(document.id, [make_statement(document)])
        export_file(ledger, ledger.view(), path, "jsonl")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with open_ledger("sqlite://") as ledger:
        with pytest.raises(InputError, match=message):
            import_file(ledger, path, "jsonl")
        assert ledger.view(AS_OF).documents() == ()


@pytest.mark.parametrize("name", ["jsonl", "csv", "parquet", "ftm", "plover"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00binary\x80", b"[1, 2]\n", b'{"a": 1}\n', b"a,b\n1,2\n"])
def test_files_of_another_kind_are_one_clear_line(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever is given as a format is read, or refused with an InputError; never another error, never a row."""
    path = tmp_path / "given"
    path.write_bytes(content)
    with open_ledger("sqlite://") as ledger:
        if content == b"" and name == "ftm":
            assert import_file(ledger, path, name).n_rows == 0
            return
        with pytest.raises(InputError, match="given"):
            import_file(ledger, path, name)


def test_the_format_follows_the_name() -> None:
    """Endings tell the format; what tells nothing is asked for."""
    assert [format_of(Path(name), None) for name in ("a.jsonl", "a.CSV", "a.ftm.json", "a.json")] == [
        "jsonl", "csv", "ftm", "plover"
    ]  # fmt: skip
    assert format_of(None, "csv") == "csv"
    with pytest.raises(InputError, match="Say --format"):
        format_of(Path("a.txt"), None)


def test_a_failed_export_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is put in place when it is whole."""
    path = tmp_path / "out.jsonl"
    path.write_text("the old one", encoding="utf-8")
    with open_ledger("sqlite://") as ledger:
        _small(ledger)

        def full(*_given: object, **_more: object) -> str:
            raise OSError(28, "No space left")

        monkeypatch.setattr(json, "dumps", full)
        with pytest.raises(InputError, match="No space left"):
            export_file(ledger, ledger.view(), path, "jsonl")
    assert path.read_text(encoding="utf-8") == "the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_commands_carry_a_ledger_over(tmp_path: Path) -> None:
    """muster export, import and audit by command; tampering is found and named."""
    first, second, file = (str(tmp_path / name) for name in ("a.sqlite", "b.sqlite", "a.jsonl"))
    with open_ledger(first) as ledger:
        _small(ledger)
    run = CliRunner().invoke
    assert "rows written" in run(export_command, [file, "--ledger", first]).output
    assert "restored: 2 documents, 2 statements, 0 rulings" in run(import_command, [file, "--ledger", second]).output
    assert "sound: 2 statements" in run(audit, ["--ledger", second]).output
    assert run(export_command, ["--format", "csv", "--ledger", second]).output.startswith("statement_id,kind,actor")
    data = Path(second).read_bytes()
    Path(second).write_bytes(data.replace(b"Nothing is said here.", b"Nothing is sold here."))
    result = run(audit, ["--ledger", second])
    assert result.exit_code == 4
    assert "its text does not match its id" in result.output


def test_a_restated_figure_is_another_vintage(ledger: Ledger) -> None:
    """Another figure under the same edition is refused; a newer edition stands beside the older one."""
    day = date(2026, 1, 1)
    with ledger.writer() as writer:
        assert writer.add_vintage("s", "1", "x", [(day, 5.0)]) == 1
        assert writer.add_vintage("s", "1", "x", [(day, 5.0)]) == 0
        writer.add_vintage("s", "2", "x", [(day, 6.0)])
    view = ledger.view(AS_OF)
    assert (view.vintage("s", "1"), view.vintage("s", "2")) == ({day: 5.0}, {day: 6.0})
    with pytest.raises(InputError, match="a restated figure is another vintage"), ledger.writer() as writer:
        writer.add_vintage("s", "1", "x", [(day, 7.0)])


def test_portwatch_restated_351_of_365_days(tmp_path: Path) -> None:
    """The two editions of the development data differ on 351 of their 365 common days."""
    file, ledger = str(shared_path("data/TRANSITS.csv")), str(tmp_path / "a.sqlite")
    run = CliRunner().invoke
    for vintage, column in (("2026-04", "portwatch_apr2026_total"), ("2026-08", "portwatch_aug2026_total")):
        names = ["--series", "total", "--vintage", vintage, "--column", column, "--source", "PortWatch"]
        result = run(series, ["add", file, *names, "--ledger", ledger])
        assert result.exit_code == 0, result.output
    result = run(series, ["compare", "total", "2026-04", "2026-08", "--ledger", ledger, "--format", "json"])
    (row,) = json.loads(result.output)
    assert (row["n_common"], row["n_restated"]) == (365, 351)
    assert "2026-04" in run(series, ["list", "--ledger", ledger]).output


def test_reading_commands_make_no_ledger(tmp_path: Path) -> None:
    """Export and audit of a file that is not there say so, and leave nothing behind."""
    missing = str(tmp_path / "missing.sqlite")
    for command, arguments in ((audit, []), (export_command, ["--format", "csv"]), (series, ["list"])):
        result = CliRunner().invoke(command, [*arguments, "--ledger", missing])
        assert isinstance(result.exception, NotFoundError)
    assert list(tmp_path.iterdir()) == []
