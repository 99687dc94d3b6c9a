"""`muster read` and `muster evaluate`: order, formats, bad input, exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from muster.surfaces.cli.main import main
from muster.surfaces.cli.read import evaluate, read

DATA = Path(__file__).parents[1] / "reading" / "data"


def _write(path: Path, texts: dict[str, str]) -> Path:
    rows = [
        json.dumps({"id": name, "text": text, "language": "en", "published": "2026-05-01"})
        for name, text in texts.items()
    ]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def test_read_prints_one_line_a_document_in_order(tmp_path: Path) -> None:
    """A document without statements has its line too; ids are the input's."""
    docs = _write(
        tmp_path / "d.jsonl", {"b": "Kenya refused to send a frigate.", "a": "Rain fell.", "c": "Peru signed."}
    )
    result = CliRunner().invoke(read, [str(docs), "--reader", "rules", "--format", "jsonl", "--workers", "1", "-q"])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["b", "a", "c"]
    (statement,) = rows[0]["statements"]
    assert {name: statement[name] for name in ("kind", "actor", "what", "status")} == {
        "kind": "response", "actor": "KEN", "what": "escort", "status": "refused",
    }  # fmt: skip
    assert statement["quote"] == "Kenya refused to send a frigate."
    assert statement["rule"] == "refuse.verb"
    assert rows[1]["statements"] == []


def test_read_table_is_plain_when_piped(tmp_path: Path) -> None:
    """Tab-separated: document, kind, codes, quote, rule."""
    docs = _write(tmp_path / "d.jsonl", {"b": "Kenya refused to send a frigate."})
    result = CliRunner().invoke(read, [str(docs), "-q"])
    assert result.stdout.split("\t")[:3] == ["b", "response", "KEN escort refused"]


def test_read_goes_on_past_what_cannot_be_read(tmp_path: Path) -> None:
    """A picture and a missing path give a line each; the rest is read and the exit code is 0."""
    docs = _write(tmp_path / "d.jsonl", {"b": "Kenya refused to send a frigate."})
    picture = tmp_path / "p.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    result = CliRunner().invoke(read, [str(picture), str(tmp_path / "none"), str(docs), "--format", "jsonl", "-q"])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr.count("muster:") == 2


def test_read_fails_only_if_nothing_could_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing path alone is exit code 2 with one line and no traceback."""
    with pytest.raises(SystemExit) as stop:
        main(["read", str(tmp_path / "none"), "-q"])
    assert stop.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_unread_language_is_told(tmp_path: Path) -> None:
    """A language without a lexicon is one line on stderr with its count, and a key of the JSON line; no failure."""
    path = tmp_path / "d.jsonl"
    rows = [{"id": name, "text": "Кения отказалась.", "language": "ru"} for name in "xy"]
    rows.append({"id": "z", "text": "Chile wird keine Fregatte schicken.", "language": "de"})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    result = CliRunner().invoke(read, [str(path), "--format", "jsonl", "-q"])
    assert result.exit_code == 0
    assert result.stderr.splitlines() == ["muster: 2 documents in language 'ru' unread: there is no lexicon for it"]
    first, _, third = map(json.loads, result.stdout.splitlines())
    assert first == {"id": "x", "statements": [], "unread": "ru"}
    assert third["statements"]
    assert "unread" not in third


def test_evaluate_prints_figures_and_misses() -> None:
    """JSON has strict and core with kinds; --misses lists errors with context."""
    arguments = [str(DATA / "own.docs.jsonl"), str(DATA / "own.gold.jsonl")]
    figures = json.loads(CliRunner().invoke(evaluate, [*arguments, "--format", "json", "--kinds"]).stdout)
    assert 0.5 < figures["strict"]["f1"] <= figures["core"]["f1"] <= 1
    assert figures["strict"]["by_kind"]["response"]["n_gold"] > 10
    shown = CliRunner().invoke(evaluate, [*arguments, "--misses"]).stdout
    assert "missed" in shown


def test_evaluate_scores_given_predictions(tmp_path: Path) -> None:
    """The gold rows themselves, without offsets, score 1."""
    gold = DATA / "own.gold.jsonl"
    rows = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
    for row in rows:
        for statement in row["statements"]:
            del statement["start"], statement["end"]
    given = tmp_path / "p.jsonl"
    given.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    result = CliRunner().invoke(
        evaluate, [str(DATA / "own.docs.jsonl"), str(gold), "--predictions", str(given), "--format", "json"]
    )
    assert json.loads(result.stdout)["strict"]["f1"] == 1.0


def test_evaluate_names_a_bad_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that is no JSON is told with file and line number."""
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{nope\n", "utf-8")
    with pytest.raises(SystemExit):
        main(["evaluate", str(DATA / "own.docs.jsonl"), str(bad)])
    assert "bad.jsonl:1" in capsys.readouterr().err


def test_empty_path_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """`muster read ""` says so, and does not read the current folder."""
    with pytest.raises(SystemExit) as stop:
        main(["read", ""])
    assert stop.value.code == 2
    assert "the path is empty" in capsys.readouterr().err


def test_read_takes_no_case(capsys: pytest.CaptureFixture[str]) -> None:
    """What is read does not depend on a case, so the option that changed nothing is gone."""
    with pytest.raises(SystemExit):
        main(["read", "--case", "hormuz-2026", "x.txt"])
    assert "No such option" in capsys.readouterr().err
