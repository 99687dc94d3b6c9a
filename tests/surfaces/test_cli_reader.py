"""`--reader`: which reader `read`, `add` and `evaluate` take."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from muster.ledger import open_ledger
from muster.surfaces.cli.brief import brief
from muster.surfaces.cli.ledger import add
from muster.surfaces.cli.read import read

TEXT = "Kenya refused to send a frigate to the coalition in the Gulf."


@pytest.fixture(name="docs")
def _docs(tmp_path: Path) -> Path:
    path = tmp_path / "d.jsonl"
    path.write_text(json.dumps({"id": "a", "text": TEXT, "language": "en", "published": "2026-05-01"}) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("name", ["rules", "learned"])
def test_add_stores_who_read(docs: Path, tmp_path: Path, name: str) -> None:
    """Some statement of the ledger bears the reader's confidence: 1 by the rules, a probability by the network."""
    ledger = tmp_path / "l.sqlite"
    result = CliRunner().invoke(add, [str(docs), "--ledger", str(ledger), "--reader", name, "-q"])
    assert result.exit_code == 0, result.output
    with open_ledger(str(ledger)) as opened:
        found = [entry.statement for entry in opened.view().statements()]
    assert [one.status for one in found if one.kind == "response"] == ["refused"]
    assert all(one.confidence == 1 for one in found) == (name == "rules")


def test_the_reader_reaches_the_worker_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three batches on two processes read by rules what one process reads by rules, and not what the network reads."""
    monkeypatch.setattr("muster.reading.batches.BATCH_DOCUMENTS", 1)
    rows = [{"id": str(i), "text": TEXT, "language": "en", "published": "2026-05-01"} for i in range(3)]
    path = tmp_path / "three.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    def output(name: str, n_workers: str) -> str:
        return (
            CliRunner().invoke(read, [str(path), "--reader", name, "--workers", n_workers, "--format", "jsonl"]).stdout
        )

    assert output("rules", "2") == output("rules", "1") != output("learned", "1")


def test_the_reader_reads_the_bundled_case_too(tmp_path: Path) -> None:
    """`muster brief --reader rules` with no document of its own has nothing of the network in its ledger."""
    ledger = tmp_path / "l.sqlite"
    args = ["--reader", "rules", "--no-passage", "--ledger", str(ledger), "--out", str(tmp_path / "b.html")]
    result = CliRunner().invoke(brief, args)
    assert result.exit_code == 0, result.output
    with open_ledger(str(ledger)) as opened:
        readers = {entry.statement.reader.split("/")[0] for entry in opened.view().statements()}
    assert readers == {"rules"}


def test_an_unknown_reader_is_one_line(docs: Path) -> None:
    """Exit code 2 and the choices."""
    result = CliRunner().invoke(add, [str(docs), "--reader", "oracle"])
    assert result.exit_code == 2
    assert "learned" in result.output
