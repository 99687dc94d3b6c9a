"""`muster passage` as a user types it."""

import json

import pytest
from click.testing import CliRunner

from muster.base.errors import ScenarioError
from muster.surfaces.cli.main import main, root

SMALL = ["passage", "--runs", "20", "--days", "10"]


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(root, [*SMALL, *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_same_seed_prints_the_same_bytes():
    """JSON holds no time of writing; another seed gives other bytes; threads change nothing."""
    first = _run("--seed", "7", "--format", "json")
    assert first == _run("--seed", "7", "--format", "json", "--threads", "2")
    assert first != _run("--seed", "8", "--format", "json")
    document = json.loads(first)
    assert document["n_runs"] == 20
    assert len(document["days"]) == 10
    assert document["measures"]["passages"]["mean"] > 0


def test_policies_are_compared_in_one_table():
    """One row a policy and measure, with a paired difference for all but the first."""
    rows = json.loads(_run("--compare", "none,convoy,accompany,corridor", "--format", "json"))
    assert {row["policy"] for row in rows} == {"none", "convoy:12h:20:2", "accompany:1:2", "corridor:8"}
    assert all((row["difference"] is None) == (row["policy"] == "none") for row in rows)


def test_results_are_written_and_replayed(tmp_path):
    """--out writes tidy files and a record; --replay prints the same."""
    folder = tmp_path / "out"
    shown = _run("--out", str(folder), "--format", "json")
    assert {path.name for path in folder.iterdir()} >= {"measures.csv", "days.csv", "classes.csv", "record.json"}
    assert _run("--replay", str(folder), "--format", "json") == shown


def test_a_run_is_drawn_as_a_page_that_plays_without_a_server(tmp_path):
    """--chart run.html holds chart, data and player, and asks for nothing else; .svg is the picture alone."""
    _run("--story", "1", "--chart", str(tmp_path / "run.html"))
    page = (tmp_path / "run.html").read_text(encoding="utf-8")
    assert "data-strait-run" in page
    assert "<svg" in page
    assert " src=" not in page
    assert "href=" not in page
    _run("--chart", str(tmp_path / "strait.svg"))
    assert (tmp_path / "strait.svg").read_text(encoding="utf-8").startswith("<svg")


def test_processes_print_the_same_bytes():
    """--engine processes changes nothing but where the runs are played."""
    assert _run("--engine", "processes", "--threads", "1", "--format", "json") == _run("--format", "json")


def test_the_window_level_is_refused_with_its_reasons():
    """The founding case is no scenario for counts: the command says why and what to do."""
    with pytest.raises(ScenarioError, match=r"window level refused.*regime: contested may turn") as refusal:
        CliRunner().invoke(root, [*SMALL, "--level", "window"], catch_exceptions=False)
    assert "Use the ship level" in str(refusal.value)


def test_a_run_is_told_in_sentences():
    """--story tells one run, in order of time."""
    lines = _run("--story", "3").splitlines()
    assert "the coast is contested (start)" in lines[0]
    days = [float(line.split()[1]) for line in lines]
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--policy", "hope"], "'hope' is not a policy"),
        (["--scenario", "nowhere.toml"], "No such file"),
        (["--compare", "none", "--outcome", "joy"], "'joy' is not a measure"),
        (["--until-ci", "tight"], "--until-ci 'tight'"),
        (["--level", "window", "--story", "0"], "--level window with --story"),
        (["--address", "auto"], "--address auto"),
        (["--chart", "strait.doc"], "--chart strait.doc"),
    ],
)
def test_wrong_input_is_one_line(arguments, message, capsys):
    """No traceback: one line on stderr and the input's exit code."""
    with pytest.raises(SystemExit) as stop:
        main([*SMALL, *arguments])
    captured = capsys.readouterr()
    assert stop.value.code == ScenarioError.exit_code
    assert message in captured.err
    assert captured.err.count("\n") == 1
