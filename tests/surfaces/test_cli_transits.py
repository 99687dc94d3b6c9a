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


def test_open_answers_in_one_sentence() -> None:
    """The bundled counts: nearly closed or closed in August 2026, with share, interval, reference, last change."""
    result = run("open")

    assert result.stdout.startswith(
        "Strait of Hormuz: nearly closed or closed: 4.0 transits a day were seen in the 14 days"
    )
    assert "90 % interval" in result.stdout
    assert "last change of level on 2026-07-09" in result.stdout
    assert len(result.stdout.splitlines()) == 1
    assert "ships that run dark are missing" in result.stderr


def test_open_as_json_carries_its_grounds() -> None:
    """Share, interval, reference, dispersion and segments; earlier days know nothing of later ones."""
    document = json.loads(run("open", "--as-of", "2026-02-20", "--format", "json").stdout)

    assert document["verdict"] == "open"
    assert document["interval"][0] <= document["share"] <= document["interval"][1]
    assert document["segments"][-1]["last"] == "2026-02-20"
    assert document["reference"] == "2023-01-01..2025-12-31"


def test_compare_shows_both_bundled_vintages(tmp_path: Path) -> None:
    """Ratio and restated days by period; with --ledger the figures are kept by vintage, once."""
    ledger = tmp_path / "kept.sqlite"
    words = ("compare", "--period", "2026-01-01..2026-02-27", "--format", "json", "--ledger", f"sqlite:///{ledger}")
    result = run(*words)
    (row,) = json.loads(result.stdout)

    assert (row["base"], row["other"], row["days"]) == ("IMF PortWatch 2026-08", "IMF PortWatch 2026-04", 58)
    assert row["days_restated"] == 58
    assert "1324 figures added to imf-portwatch/hormuz/total, vintage 2026-08" in result.stderr
    assert "0 figures added to imf-portwatch/hormuz/total, vintage 2026-08" in run(*words).stderr


def test_scenario_keys_are_toml() -> None:
    """They parse and name their vintage."""
    import tomllib

    keys = tomllib.loads(run("scenario").stdout)

    assert keys["traffic"]["vintage"] == "IMF PortWatch 2026-08"


def test_plot_writes_an_svg_that_says_what_it_shows(tmp_path: Path) -> None:
    """Both vintages are in the legend; the label tells the band and its reference."""
    out = tmp_path / "t.svg"
    run("plot", "--from", "2026-01-01", "--out", out)
    svg = out.read_text(encoding="utf-8")

    assert svg.startswith("<svg")
    assert "IMF PortWatch 2026-08" in svg
    assert "IMF PortWatch 2026-04" in svg
    assert "grey: the range of 90 % of normal days by IMF PortWatch 2026-08" in svg


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("open", "--vintage", "1999"), "series '1999'; there are IMF PortWatch 2026-08"),
        (("open", "--as-of", "1999-01-01"), "no days up to 1999-01-01"),
        (("open", "--reference", "2023"), "a period is FIRST..LAST"),
        (("open", "--vintage", "2026-04", "--reference", "2019-01-01..2019-12-31"), "0 days in the reference period"),
        (("compare", "--period", "2019-01-01..2019-12-31"), "no day in common"),
        (("compare", "none.csv"), "No such file"),
        (("plot", "--out", "/nowhere/t.svg"), "No such file"),
        (("plot", "--from", "2030-01-01", "--out", "t.svg"), "no day to draw"),
    ],
)  # fmt: skip
def test_mistakes_are_answered_in_one_sentence(words: tuple[str, ...], message: str) -> None:
    """What failed, and the rule."""
    with pytest.raises(MusterError, match=message):
        run(*words)


def test_plot_shows_the_simulated_range_beside_the_counts(tmp_path: Path) -> None:
    """From the scenario's first day on, by the passages that observers would see."""
    out = tmp_path / "t.svg"
    run("plot", "--from", "2026-06-01", "--simulate", "20", "--out", out)
    svg = out.read_text(encoding="utf-8")

    assert "nine of ten simulated runs" in svg
    assert "Nov 26" in svg
