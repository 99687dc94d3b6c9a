"""docs/validation.md says what the code computes."""

import re
from pathlib import Path

import pytest

from muster.passage.backtest import (
    LEVEL_WINDOWS,
    WINDOWS,
    forecast_aspides,
    forecast_convoy_dates,
    forecast_duncan,
    forecast_escort_ratio,
    load_transits,
    model_level,
    score_window,
)
from muster.passage.scenario import load_scenario

CASE = Path(__file__).parents[3] / "cases" / "hormuz-2026"
PAGE = Path(__file__).parents[3] / "docs" / "validation.md"


@pytest.fixture(scope="module")
def rows():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: w.name)
def test_window_scores_on_the_page_are_computed(rows, window):
    """Mean seen, mean forecast, CRPS and coverage of each window stand on the page as computed."""
    score = score_window(load_transits(), window)
    row = next(row for row in rows if row[0].startswith(f"{window.name}, "))
    expected = [f"{score.observed.mean():.1f}", f"{score.mean_forecast('model'):.1f}"]
    expected += [f"{score.mean_crps(name):.1f}, {100 * score.coverage(name):.0f} %" for name in score.paths]
    assert row[1:] == expected


@pytest.mark.parametrize("window", LEVEL_WINDOWS, ids=lambda w: w.name)
def test_levels_on_the_page_are_computed(rows, window):
    """The bundled case's level in each window stands on the page as computed, fit and check told apart."""
    wanted = model_level(load_scenario(CASE), load_transits(), window).cells()
    assert wanted in rows


def test_what_the_levels_were_fitted_to_ends_before_the_check():
    """No fitted window reaches into the days kept out."""
    check = next(window for window in LEVEL_WINDOWS if window.is_check)
    assert all(window.last < check.first for window in LEVEL_WINDOWS if not window.is_check)


@pytest.mark.parametrize(
    "forecast",
    [forecast_convoy_dates(), forecast_escort_ratio(), *forecast_duncan(), *forecast_aspides()],
    ids=lambda f: f.name,
)
def test_episodes_on_the_page_are_computed(rows, forecast):
    """Forecast, interval, observation, verdict and score of each episode stand on the page as computed."""
    row = next(row for row in rows if row[0] == forecast.name)
    digits = 0 if forecast.observed > 3 else 2
    numbers = [float(x) for x in re.findall(r"[\d.]+", row[2])]
    low, high = forecast.interval_90
    assert numbers == [float(f"{x:.{digits}f}") for x in (forecast.median, low, high)]
    assert row[3] == f"{forecast.observed:.{digits}f}"
    assert ("no" in row[4]) is not forecast.is_covered
    assert row[5] == f"{forecast.crps:.1f}"


def test_every_picture_of_the_page_exists():
    """No figure is missing."""
    for name in re.findall(r"\]\((img/[^)]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / name).is_file(), name
