"""`muster incidents` prints one table of many lists, and rates only with their exposure."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from muster.base.errors import InputError
from muster.surfaces.cli.incidents import incidents

TEXT = """date,event_type,location,latitude,longitude,incident_id
2026-03-01,Attack,off Fujairah,25.2,56.5,1
2026-03-09,Suspicious Activity,off Muscat,23.7,58.7,2
2026-04-02,Attack,off Basra,29.6,48.9,3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a list of three incidents."""
    path = tmp_path / "ukmto.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    """Run the command; errors are raised as they are."""
    return CliRunner().invoke(incidents, [str(word) for word in arguments], catch_exceptions=False)


def test_the_table_can_be_cut_by_days_box_and_class(file: Path) -> None:
    """What was left out is told on stderr."""
    result = run(file, "--since", "2026-03-01", "--until", "2026-03-31", "--box", "54,22,60,27", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))

    assert [(row["date"], row["class"], row["severity"], row["place"]) for row in rows] == [
        ("2026-03-01", "attack", "high", "off Fujairah"), ("2026-03-09", "suspicious", "low", "off Muscat"),
    ]  # fmt: skip
    assert "2 of 3 incidents, 0 told before, 0 without a position" in result.stderr
    assert len(json.loads(run(file, "--class", "attack", "--format", "json").stdout)) == 2


def test_rates_come_with_their_exposure_only(file: Path) -> None:
    """Incidents per passage with interval, or one sentence why not."""
    rows = json.loads(run(file, "--class", "attack", "--exposure", 400, "--format", "json").stdout)

    assert [(row["class"], row["incidents"], row["rate"]) for row in rows] == [("all", 2, 0.005), ("attack", 2, 0.005)]
    assert 0 < rows[0]["low_95"] < 0.005 < rows[0]["high_95"]
    with pytest.raises(InputError, match="a rate needs its exposure"):
        run(file, "--rates")


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "5,1,4,2", "0,0,400,1"])
def test_a_bad_box_is_one_sentence(file: Path, box: str) -> None:
    """The value and the rule."""
    with pytest.raises(InputError, match="--box"):
        run(file, "--box", box)


def test_help_shows_examples() -> None:
    """With the full command."""
    text = run("--help").stdout

    assert "Examples:" in text
    assert "muster incidents asam.json ukmto.csv" in text
