"""`muster backtest` prints forecasts beside what happened."""

import json

import pytest
from click.testing import CliRunner

from muster.surfaces.cli.backtest import backtest


def _rows(*arguments):
    result = CliRunner().invoke(backtest, [*arguments, "--format", "json"], catch_exceptions=False)
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_escort_episodes_come_with_interval_verdict_and_source():
    """Seven episodes; two outside their interval, and each names its source."""
    rows = _rows()
    assert len(rows) == 7
    assert [row["inside"] for row in rows].count("no") == 2
    assert all(row["source"] and row["low_90"] <= row["median"] <= row["high_90"] for row in rows)


@pytest.mark.parametrize(("vintage", "windows"), [("2026_08", 4), ("2026_04", 1)])
def test_windows_follow_the_vintage(vintage, windows):
    """Only windows that the vintage covers whole are scored, and the vintage is named."""
    rows = _rows("--of", "transits", "--vintage", vintage)
    assert len(rows) == windows
    assert {row["vintage"] for row in rows} == {vintage}


def test_unknown_vintage_is_one_sentence():
    """A vintage that is not bundled is refused with those that are."""
    from muster.base.errors import NotFoundError

    with pytest.raises(NotFoundError, match="bundled: 2026_08, 2026_04"):
        CliRunner().invoke(backtest, ["--of", "transits", "--vintage", "2020_01"], catch_exceptions=False)
