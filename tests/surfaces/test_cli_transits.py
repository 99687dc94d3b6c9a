"""`muster transits`: counts, comparisons and the open question, from files."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from muster.base.errors import MusterError
from muster.surfaces.cli.main import COMMANDS
from muster.surfaces.cli.transits import transits

T0 = "2026-01-01T{:02d}:{:02d}:00"


def run(*arguments: object) -> Result:
    """Run `muster transits` with the arguments; errors are raised as they are."""
    return CliRunner().invoke(transits, [str(word) for word in arguments], catch_exceptions=False)


@pytest.fixture
def voyage(tmp_path: Path) -> Path:
    """Return a table with one ship that enters and one that stays outside."""
    lines = ["MMSI,BaseDateTime,LAT,LON,SOG,COG,VesselType"]
    for k in range(37):
        at = T0.format(k // 6, k % 6 * 10)
        lines += [f"538009877,{at},{26.1 + k / 180},{56.9 - k / 33},11,280,81", f"232001234,{at},25.2,56.9,0,0,70"]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\nx,y,z,1,1,1,1\n", encoding="utf-8")
    return path


def test_count_prints_transits_and_says_what_was_not_used(voyage: Path) -> None:
    """One row a transit on stdout; counts and the limits of AIS on stderr."""
    result = run("count", voyage, "--format", "json")
    rows = json.loads(result.stdout)

    assert [(row["mmsi"], row["direction"], row["class"], row["flag"], row["how"]) for row in rows] == [
        (538009877, "inbound", "tanker", "MHL", "seen")
    ]
    assert "1 transits (0 inferred, 0 of suspect identity) by 2 vessels heard" in result.stderr
    assert "75 positions: 1 unusable" in result.stderr
    assert "so this count is a lower bound" in result.stderr


def test_count_daily_is_a_series(voyage: Path) -> None:
    """Date, class, direction, route, seen or inferred, number."""
    rows = list(csv.DictReader(io.StringIO(run("count", voyage, "--daily", "--format", "csv").stdout)))

    assert [(row["date"], row["class"], row["direction"], row["how"], row["transits"]) for row in rows] == [
        ("2026-01-01", "tanker", "inbound", "seen", "1")
    ]


def test_a_bad_mapping_is_one_sentence(voyage: Path) -> None:
    """The pair and its rule are named."""
    with pytest.raises(MusterError, match="--map 'mmsi'; a mapping is key=column"):
        run("count", voyage, "--map", "mmsi")
    with pytest.raises(MusterError, match="column mapping lacks 'lat'"):
        run("count", voyage, "--map", "mmsi=MMSI,time=t")


def test_every_command_shows_examples_of_itself() -> None:
    """`--help` of the group and of each command has an Examples block with the full command."""
    assert COMMANDS["transits"] == ("muster.surfaces.cli.transits", "transits")
    for name in ["", *transits.commands]:
        words = [name] if name else []
        text = run(*words, "--help").stdout
        assert "Examples:" in text, name
        assert f"muster transits {name}".rstrip() in text, name
