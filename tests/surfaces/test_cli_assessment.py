"""The commands of the roll: a newcomer's first call answers, names work, errors are one line."""

import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from muster.surfaces.cli.main import COMMANDS, main, root

RUTTE = "Nearly without exception, allies are doing everything the United States has asked"


@pytest.fixture(scope="module")
def ledger_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger that the first command fills."""
    return f"sqlite:///{tmp_path_factory.mktemp('cli') / 'ledger.sqlite'}"


def run(ledger_url: str, *arguments: str) -> Result:
    """Run a command that must succeed."""
    result = CliRunner().invoke(root, [*arguments, "--ledger", ledger_url])
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def test_the_first_call_reads_the_bundled_documents_and_the_second_does_not(ledger_url: str) -> None:
    """Progress goes to standard error; the same call again adds nothing."""
    first = run(ledger_url, "roll", "--format", "csv")
    second = run(ledger_url, "roll", "--format", "csv")

    assert "bundled documents of hormuz-2026" in first.stderr
    assert second.stderr == ""
    assert second.stdout == first.stdout


def test_the_roll_prints_as_csv_json_and_lines(ledger_url: str) -> None:
    """One row a cell, one object a member, one line a member."""
    cells = list(csv.DictReader(io.StringIO(run(ledger_url, "roll", "--format", "csv").stdout)))
    whole = json.loads(run(ledger_url, "roll", "--format", "json").stdout)
    lines = run(ledger_url, "roll").stdout.splitlines()

    n_members, n_asks = len(whole["members"]), len(whole["asks"])
    assert len(cells) == n_members * n_asks == (len(lines) - 1) * n_asks
    spain = next(row for row in cells if (row["member"], row["ask"]) == ("ESP", "basing"))
    assert spain["status"] == "refused"
    assert spain["quote"]
    assert spain["url"].startswith("http")


@pytest.mark.parametrize(("n_columns", "starts"), [(80, "Spain: basing refused"), (200, "\u2502 Spain")])
def test_a_narrow_terminal_has_paragraphs_instead_of_cut_words(ledger_url: str, n_columns: int, starts: str) -> None:
    """Where the matrix does not fit, each member has its answers in whole words."""
    pty = pytest.importorskip("pty")
    run(ledger_url, "roll")
    reading, terminal = pty.openpty()
    command = [
        sys.executable,
        "-c",
        "from muster.surfaces.cli.main import main; main()",
        "roll",
        "--ledger",
        ledger_url,
    ]
    environment = {**os.environ, "COLUMNS": str(n_columns), "TERM": "xterm"}
    with subprocess.Popen(command, stdout=terminal, env=environment) as process:
        os.close(terminal)
        printed = b""
        with contextlib.suppress(OSError):  # Linux tells the end of a terminal as an error
            while chunk := os.read(reading, 65_536):
                printed += chunk
        assert process.wait() == 0
    os.close(reading)
    lines = re.sub(r"\x1b\[[\d;]*m", "", printed.decode()).splitlines()

    assert any(line.startswith(starts) for line in lines)
    assert max(len(line) for line in lines) <= n_columns


def test_a_past_day_shows_what_held_then(ledger_url: str) -> None:
    """As of February the bases were refused; what was recorded later is unknown at an earlier instant."""
    told = json.loads(run(ledger_url, "why", "GBR", "basing", "--as-of", "2026-02-25", "--format", "json").stdout)
    early = run(ledger_url, "roll", "--known-at", "2026-01-01T00:00Z", "--format", "csv")

    assert told["status"] == "refused"
    assert {row["status"] for row in csv.DictReader(io.StringIO(early.stdout))} == {"unreported"}
    assert "knows no document" in early.stderr


def test_why_prints_the_whole_chain_and_takes_names(ledger_url: str) -> None:
    """Statements, quotes, source, grade, rule; by code or by name, by ask or by matter."""
    by_code = run(ledger_url, "why", "GBR", "basing").stdout
    by_name = run(ledger_url, "why", "united kingdom", "Bases and airspace").stdout

    assert by_code == by_name
    for part in ("Standing:", "Statements that count:", "\u201c", "grade", "rule", "unreviewed", "http"):
        assert part in by_code
    assert "Superseded by later statements:" in by_code


def test_check_prints_verdict_counts_and_exceptions(ledger_url: str) -> None:
    """The founding claim is checked on its own day, without being told."""
    told = json.loads(run(ledger_url, "check", RUTTE, "--format", "json").stdout)
    text = run(ledger_url, "check", RUTTE).stdout

    assert told["as_of"] == "2026-04-09"
    assert told["verdict"] == "contradicted"
    wanted = {
        "verdict", "quantifier", "population", "n_population", "known_yes", "known_no", "unreported", "worst_share",
        "best_share", "needed_share", "threshold", "as_of", "exceptions", "sentence",
    }  # fmt: skip
    assert wanted <= set(told)
    assert {"member", "ask", "status", "quote", "source", "url", "date"} <= set(told["exceptions"][0])
    assert "Contradicted on 2026-04-09" in text
    assert told["exceptions"][0]["quote"] in text


def test_a_date_in_the_sentence_chooses_the_day_and_an_option_overrules_it(ledger_url: str) -> None:
    """--as-of, then the sentence, then the case's claim, then the case's last day."""
    sentence = "Most allies have refused to send warships on 20 March 2026"

    def day(*arguments: str) -> str:
        return str(json.loads(run(ledger_url, "check", *arguments, "--format", "json").stdout)["as_of"])

    assert day(sentence) == "2026-03-20"
    assert day(sentence, "--as-of", "2026-04-01") == "2026-04-01"
    assert day("Most allies have sent minehunters") == "2026-09-10"


def test_claims_tensions_and_asks_list_rows(ledger_url: str) -> None:
    """Each in JSON with quotes and sources."""
    claims = json.loads(run(ledger_url, "claims", "--format", "json").stdout)
    tensions = json.loads(run(ledger_url, "tensions", "--format", "json").stdout)
    asks = json.loads(run(ledger_url, "asks", "--format", "json").stdout)
    open_asks = json.loads(run(ledger_url, "asks", "--open", "--format", "json").stdout)

    assert len(claims) >= 10
    assert all(row["then"] or row["problem"] for row in claims)
    assert all(row["statements"][0]["quote"] for row in tensions)
    assert {row["kind"] for row in asks} == {"answer"}
    assert "ask without answer" in {row["kind"] for row in open_asks}
    only = json.loads(run(ledger_url, "tensions", "--kind", "with-lead", "--format", "json").stdout)
    assert {row["kind"] for row in only} == {"with-lead"}
    assert run(ledger_url, "claims").stdout


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["why", "Atlantis", "basing"], "'Atlantis' is not on the roll", 3),
        (["why", "GBR", "cake"], "ask 'cake' is not on the roll; the asks open on", 3),
        (["check", "The weather is fine"], "could not read how many", 2),
        (["roll", "--as-of", "soon"], "--as-of 'soon' is not a date", 2),
        (["roll", "--known-at", "2026-04-10 noon"], "--known-at '2026-04-10 noon' is not an instant", 2),
        (["roll", "--case", "atlantis-1999"], "case 'atlantis-1999' is not known", 3),
    ],
)
def test_errors_are_one_line_with_a_code(
    ledger_url: str, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str, code: int
) -> None:
    """What failed, the rule, the next step; never a traceback."""
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--ledger", ledger_url])
    shown = capsys.readouterr().err.strip().splitlines()

    assert stop.value.code == code
    assert message in shown[-1]
    assert "Traceback" not in "\n".join(shown)


@pytest.mark.parametrize("name", ["roll", "why", "asks", "check", "claims", "tensions"])
def test_help_has_examples(name: str) -> None:
    """Each command shows how it is called."""
    result = CliRunner().invoke(root, [name, "--help"])

    assert name in COMMANDS
    assert "Examples:" in result.output
    assert f"muster {name}" in result.output


@pytest.mark.parametrize("name", ["red-sea-2023", "earnest-will-1987"])
def test_the_other_cases_answer_too(tmp_path: Path, name: str) -> None:
    """Nothing knows the founding case by name."""
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    whole = json.loads(run(url, "roll", "--case", name, "--format", "json").stdout)

    assert whole["case"] == name
    assert any(cell["status"] != "unreported" for row in whole["members"] for cell in row["asks"].values())
    assert run(url, "claims", "--case", name).stdout
