"""Baseline, intervals and change points against known truth and against SciPy."""

import math
import tomllib
from datetime import date, timedelta

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.base.errors import InputError
from muster.observed.baseline import VERDICTS, fit_baseline, judge_openness, open_sentence
from muster.observed.changes import find_segments
from muster.observed.comparison import parse_period
from muster.observed.poisson import gamma_cdf, gamma_quantile, negative_binomial_quantile, poisson_interval
from muster.observed.series import DailySeries, bundled_series
from muster.observed.traffic_keys import traffic_toml

START = date(2022, 1, 1)


def days_of(n: int) -> tuple[date, ...]:
    """Return n days from the start of 2022."""
    return tuple(START + timedelta(days=k) for k in range(n))


def series_of(seen: np.ndarray) -> DailySeries:
    """Return a series of these counts."""
    return DailySeries("test", "1", days_of(len(seen)), {"total": np.asarray(seen, dtype=np.float64)}, "made up")


def busy_days(n: int, *, size: float = 25.0, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return (mean, counts): Fridays 30 % quieter, summers 20 % busier, negative binomial days."""
    rng = np.random.default_rng(seed)
    days = days_of(n)
    friday = np.array([0.7 if day.weekday() == 4 else 1.0 for day in days])
    season = np.array([1 + 0.2 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 196) / 365.25) for day in days])
    mean = 80 * friday * season
    return mean, rng.negative_binomial(size, size / (size + mean)).astype(np.float64)


@settings(max_examples=200, deadline=None)
@given(st.floats(0.001, 3000), st.floats(0.001, 4000))
def test_the_gamma_distribution_is_scipys(shape: float, x: float) -> None:
    """Cumulative probabilities to 1e-10."""
    assert gamma_cdf(x, shape) == pytest.approx(scipy.stats.gamma.cdf(x, shape), abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(0.2, 2000))
def test_quantiles_undo_probabilities(p: float, shape: float) -> None:
    """The quantile's probability is p."""
    assert gamma_cdf(gamma_quantile(p, shape), shape) == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize("n", [0, 1, 3, 29, 400])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_poisson_intervals_are_garwoods(n: int, level: float) -> None:
    """Half a chi-squared quantile of 2n and 2n + 2 degrees of freedom."""
    tail = (1 - level) / 2
    low = scipy.stats.chi2.ppf(tail, 2 * n) / 2 if n else 0.0
    expected = (low, scipy.stats.chi2.ppf(1 - tail, 2 * n + 2) / 2)

    assert poisson_interval(n, level=level) == pytest.approx(expected, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(0.1, 200), st.floats(0.5, 500))
def test_negative_binomial_quantiles_are_scipys(p: float, mean: float, size: float) -> None:
    """The same count, or a neighbour where p meets a step exactly."""
    expected = scipy.stats.nbinom.ppf(p, size, size / (size + mean))

    assert abs(negative_binomial_quantile(p, mean, size) - expected) <= 1


def test_weekday_season_and_spread_are_recovered() -> None:
    """Three years of known truth: the normal of each day as near as 11 parameters can know it; spread near its truth.

    Standard error of a day's log normal: sqrt(11 * 4.1 / (1096 * 78)) = 2.3 %; the largest of all within 4.5.
    """
    mean, seen = busy_days(1096)
    baseline = fit_baseline(series_of(seen), parse_period("2022-01-01..2024-12-31"))
    ratio = baseline.normal(days_of(1096)) / mean

    assert np.sqrt(np.mean((ratio - 1) ** 2)) < 0.035
    assert np.abs(ratio - 1).max() < 0.103
    assert baseline.size == pytest.approx(25, rel=0.15)
    assert baseline.dispersion == pytest.approx(1 + mean.mean() / 25, rel=0.12)
    assert baseline.autocorrelation < 0.08


def test_nine_of_ten_normal_days_lie_in_their_interval() -> None:
    """Coverage of fresh days between 87 and 95 %: discrete intervals cover a little more."""
    _, seen = busy_days(1096)
    baseline = fit_baseline(series_of(seen), parse_period("2022-01-01..2024-12-31"))
    _, fresh = busy_days(1096, seed=99)
    bands = [baseline.day_interval(day) for day in days_of(1096)]
    inside = np.mean([low <= count <= high for (low, high), count in zip(bands, fresh, strict=True)])

    assert 0.87 <= inside <= 0.95


def test_the_share_interval_covers_its_truth() -> None:
    """Windows of two weeks at 30 % of normal: the 90 % interval holds the truth in 86 to 97 of 100 (n = 200)."""
    mean, seen = busy_days(1096)
    baseline = fit_baseline(series_of(seen), parse_period("2022-01-01..2024-12-31"))
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(200):
        low_days = seen.copy()
        low_days[-14:] = rng.negative_binomial(25, 25 / (25 + 0.3 * mean[-14:]))
        low, high = judge_openness(series_of(low_days), baseline).interval
        hits += low <= 0.3 <= high

    assert 0.86 <= hits / 200 <= 0.97


def test_change_points_are_found_where_they_are_and_nowhere_else() -> None:
    """A fall to 5 %, a rise to 30 %; none in plain noise."""
    mean, seen = busy_days(900)
    quiet = find_segments(days_of(900), seen, mean, dispersion=4.0)
    factor = np.ones(900)
    factor[500:600], factor[600:700] = 0.05, 0.3
    rng = np.random.default_rng(1)
    shifted = rng.negative_binomial(25, 25 / (25 + mean * factor)).astype(np.float64)
    segments = find_segments(days_of(900), shifted, mean, dispersion=4.0)

    assert len(quiet) == 1
    assert [round(segment.share, 2) for segment in segments] == pytest.approx([1, 0.05, 0.3, 1], abs=0.05)
    for segment, truth in zip(segments[1:], (500, 600, 700), strict=True):
        assert abs((segment.first - days_of(truth + 1)[truth]).days) <= 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=60))
def test_segments_tile_the_days(counts: list[int]) -> None:
    """First to last without gap, each at least a week long unless all is shorter."""
    seen = np.array(counts, dtype=np.float64)
    segments = find_segments(days_of(len(seen)), seen, np.full(len(seen), 20.0), dispersion=2.0)
    lengths = [(segment.last - segment.first).days + 1 for segment in segments]

    assert sum(lengths) == len(seen)
    assert segments[0].first == START
    assert len(lengths) == 1 or min(lengths) >= 7
    total = sum(segment.seen_per_day * length for segment, length in zip(segments, lengths, strict=True))
    assert total == pytest.approx(seen.sum())


@pytest.mark.parametrize("share", [1.2, 0.6, 0.3, 0.1, 0.0])
def test_the_word_follows_the_share(share: float) -> None:
    """Each band has its word; doubt is said where the interval crosses a border."""
    mean, seen = busy_days(1110)
    seen[-14:] = np.round(mean[-14:] * share)
    series = series_of(seen)
    found = judge_openness(series, fit_baseline(series, parse_period("2022-01-01..2024-12-31")))
    sentence = open_sentence("The strait", found, series.label)

    assert found.verdict == next(word for border, word in VERDICTS if found.share >= border)
    assert found.verdict in found.words
    assert found.is_settled == (len(found.words) == 1)
    assert found.interval[0] <= found.share <= found.interval[1]
    assert sentence.startswith(f"The strait: {' or '.join(found.words)}: ")
    assert sentence.count(". ") == 0


def test_outages_are_left_out_of_normal() -> None:
    """Five dead days of a receiver do not lower the normal level."""
    _, seen = busy_days(1096)
    whole = fit_baseline(series_of(seen), parse_period("2022-01-01..2024-12-31"))
    seen[[50, 300, 500, 700, 900]] = 0
    holed = fit_baseline(series_of(seen), parse_period("2022-01-01..2024-12-31"))

    assert whole.n_outages <= 1  # one natural day in a thousand may lie that low
    assert holed.n_outages == whole.n_outages + 5
    assert holed.normal(days_of(365)).mean() == pytest.approx(whole.normal(days_of(365)).mean(), rel=0.01)


def test_too_short_a_reference_is_refused() -> None:
    """The rule and the way out are named."""
    with pytest.raises(InputError, match=r"90 days in the reference period .* needs 180 days"):
        fit_baseline(series_of(np.full(90, 50.0)), parse_period("2022-01-01..2024-12-31"))


@pytest.mark.parametrize(
    ("as_of", "words", "change"),
    [
        (date(2026, 2, 20), ("open",), None),
        (date(2026, 3, 20), ("closed",), date(2026, 3, 1)),
        (date(2026, 7, 5), ("partly open", "nearly closed"), date(2026, 6, 18)),
        (date(2026, 8, 16), ("nearly closed", "closed"), date(2026, 7, 9)),
    ],
)
def test_the_crisis_of_2026_is_told_from_the_bundled_counts(
    as_of: date, words: tuple[str, ...], change: date | None
) -> None:
    """Open in February, closed in March, partly open under the memorandum, nearly closed after: by counts alone."""
    series = bundled_series()[0]
    baseline = fit_baseline(series)
    found = judge_openness(series.until(as_of), baseline)

    assert found.words == words
    if change:
        assert found.segments[-1].first == change


def test_traffic_keys_are_toml_of_a_scenario() -> None:
    """Normal level, its interval and the dispersion, with their source."""
    series = bundled_series()[0]
    found = judge_openness(series, fit_baseline(series))
    keys = tomllib.loads(traffic_toml(series, found))
    arrivals = keys["traffic"]["arrivals_per_day"]

    assert keys["traffic"]["vintage"] == "IMF PortWatch 2026-08"
    assert arrivals["low"] < arrivals["mode"] < arrivals["high"]
    assert arrivals["mode"] == round(found.normal_per_day, 1)
    assert keys["traffic"]["dispersion"] == round(found.baseline.dispersion, 2)
