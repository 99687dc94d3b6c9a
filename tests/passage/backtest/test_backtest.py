"""Backtests: scores are right, forecasts know only earlier days, facts carry their sources, misfit is not hidden."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from muster.base.errors import NotFoundError
from muster.passage.backtest import (
    WINDOWS,
    covers,
    crps,
    forecast_aspides,
    forecast_convoy_dates,
    forecast_duncan,
    forecast_escort_ratio,
    forecast_seen_share,
    load_episodes,
    load_transits,
    score_window,
)
from muster.passage.backtest.transits import regime_on


def test_crps_of_a_normal_forecast_has_its_closed_form():
    """Standard normal samples score s [y (2 Phi(y) - 1) + 2 phi(y) - 1 / sqrt(pi)] (Gneiting and Raftery, eq. 5)."""
    samples = np.random.Generator(np.random.Philox(1)).standard_normal(200_000)
    for y in (-1.0, 0.0, 2.5):
        phi, big_phi = math.exp(-y * y / 2) / math.sqrt(2 * math.pi), (1 + math.erf(y / math.sqrt(2))) / 2
        assert crps(samples, y) == pytest.approx(y * (2 * big_phi - 1) + 2 * phi - 1 / math.sqrt(math.pi), abs=0.01)


def test_crps_of_a_point_forecast_is_its_absolute_error():
    """Without spread the score is |x - y|."""
    assert crps(np.full(10, 3.0), 5.5) == pytest.approx(2.5)


def test_intervals_hold_their_share():
    """Of draws from the forecast itself, 90 % fall inside the 90 % interval."""
    samples = np.arange(1000.0)
    assert np.mean([covers(samples, y) for y in samples]) == pytest.approx(0.9, abs=0.005)


def test_every_fact_has_a_source():
    """Each episode says where it is from; each table of traffic says its vintage."""
    for name, rows in load_episodes().items():
        for row in rows if isinstance(rows, list) else [rows]:
            assert name == "aspides_since" or row["source"], name
    with pytest.raises(NotFoundError, match="2026_08, 2026_04"):
        load_transits("2019_01")


def test_vintages_differ_by_a_fifth():
    """The April and August vintages of the same peacetime days disagree: a backtest must name its vintage."""
    first, last = date(2025, 5, 1), date(2026, 2, 27)
    april, august = (np.nanmean(load_transits(v).between(first, last)) for v in ("2026_04", "2026_08"))
    assert 0.7 < august / april < 0.85


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: w.name)
def test_forecast_does_not_know_the_future(window):
    """Changing every day from the window on changes no forecast: same paths bit by bit."""
    transits = load_transits()
    future = np.array([day >= window.first for day in transits.days])
    changed = replace(transits, total=np.where(future, 999.0, transits.total))
    known, blind = score_window(transits, window), score_window(changed, window)
    for name, paths in known.paths.items():
        assert np.array_equal(paths, blind.paths[name]), name
    assert not np.array_equal(known.observed, blind.observed)


def test_regimes_follow_their_dates():
    """The coast's regime is that of the last known change."""
    assert regime_on(date(2026, 2, 27)) == "open"
    assert regime_on(date(2026, 2, 28)) == "closed"
    assert regime_on(date(2026, 6, 23)) == "tolled"
    assert regime_on(date(2026, 8, 16)) == "contested"


def test_first_collapse_is_missed_by_everyone():
    """28 February 2026 was in no training data: the model covers almost no day, and the documents say so."""
    score = score_window(load_transits(), WINDOWS[0])
    for name in score.paths:
        assert score.coverage(name) < 0.2
        assert score.mean_forecast(name) > 5 * score.observed.mean()


@pytest.mark.parametrize("index", [2, 3])
def test_regimes_help_where_they_were_known(index):
    """At the reopening and the re-closure the model beats persistence and the 7-day mean by CRPS, and covers 80 %."""
    score = score_window(load_transits(), WINDOWS[index])
    assert score.mean_crps("model") < 0.6 * min(score.mean_crps("persistence"), score.mean_crps("7-day mean"))
    assert score.coverage("model") >= 0.8


def test_convoys_learn():
    """A learning curve through convoys 2, 3 and 12 holds 26 March 1988; a constant pace is 75 days late."""
    forecast = forecast_convoy_dates()
    assert forecast.observed == 248
    assert forecast.is_covered
    assert 150 < forecast.median < 240
    assert forecast.point_other - forecast.observed == pytest.approx(74.6, abs=0.5)


def test_escort_ratio_is_hardly_identified():
    """Three convoys leave the ratio of the fortieth open by a factor of ten and more; the interval says so."""
    forecast = forecast_escort_ratio()
    low, high = forecast.interval_90
    assert forecast.is_covered
    assert high > 10 * max(low, 0.05)


def test_one_escorts_rate_carries_to_the_next_ship_but_not_to_another_sea():
    """Montrose's rate holds for Duncan, not for its own second month, nor for Aspides in a larger area."""
    own, added = forecast_duncan()
    assert not own.is_covered
    assert added.is_covered
    *later, transfer = forecast_aspides()
    assert all(forecast.is_covered for forecast in later)
    assert not transfer.is_covered
    assert transfer.median > 2 * transfer.observed


def test_seen_share_of_august_follows_from_spring():
    """PortWatch's share of true passages on 6 to 8 August lies in the interval learnt from March and April."""
    observed, samples = forecast_seen_share(load_transits())
    assert observed == pytest.approx(14 / 40)
    assert covers(samples, observed)
