"""What is normal for a day of the week and a time of the year, and how far from it the latest days are.

The baseline is a log-linear model of daily totals (level, weekday, two yearly harmonics) over a stated reference period
of one vintage, fitted by quasi-likelihood; days far below normal, which are outages of the receivers, are left
out. Counts are over-dispersed: single days get a negative binomial interval, means of days a wider one for their
autocorrelation.
"""

import itertools
import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from muster.base.errors import InputError
from muster.observed.changes import Segment, find_segments
from muster.observed.comparison import Period
from muster.observed.poisson import negative_binomial_quantile, poisson_interval
from muster.observed.series import DailySeries

REFERENCE = Period(date(2023, 1, 1), date(2025, 12, 31))  # after the receiver expansion of 2021, before the crisis
OUTAGE_SHARE = (
    0.35  # a reference day under this part of normal is an outage: 2025-10-07 has 25 in one vintage, 123 in another
)
MIN_REFERENCE_DAYS = 180
WINDOW_DAYS = 14  # two of each weekday
LEVEL = 0.9
YEAR_DAYS = 365.25

# Verdict by the share of normal that is seen: the word holds from this share on. The borders are ours, chosen so that
# every published word of 2026 ("a trickle", "partial", "reopened") has a band: docs/observed.md.
VERDICTS: tuple[tuple[float, str], ...] = (
    (0.8, "open"),
    (0.5, "open, but reduced"),
    (0.2, "partly open"),
    (0.05, "nearly closed"),
    (0.0, "closed"),
)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A fitted normal level.

    Attributes
    ----------
    reference : Period
    n_days, n_outages : int
        Days fitted; days left out as outages.
    coefficients : float64 array, shape (11,)
        Log level, six weekdays against Monday, two yearly harmonics.
    size : float
        Negative binomial size: variance of a day = mean + mean**2 / size.
    dispersion : float
        Pearson variance over mean of single days.
    autocorrelation : float, 0..0.95
        Of the scaled residuals of neighbouring days.
    """

    label: str
    reference: Period
    n_days: int
    n_outages: int
    coefficients: NDArray[np.float64]
    size: float
    dispersion: float
    autocorrelation: float

    def normal(self, days: tuple[date, ...]) -> NDArray[np.float64]:
        """Return the normal transits of each day, shape (n_days,)."""
        return np.exp(_design(days) @ self.coefficients)

    def day_interval(self, day: date, *, level: float = LEVEL) -> tuple[int, int]:
        """Return the range in which a normal day's count lies with this probability."""
        mean = float(self.normal((day,))[0])
        tail = (1.0 - level) / 2.0
        low, high = (negative_binomial_quantile(p, mean, self.size) for p in (tail, 1.0 - tail))
        return low, high

    @property
    def mean_dispersion(self) -> float:
        """Variance of a mean of days against that of Poisson days: dispersion times (1 + r) / (1 - r)."""
        return self.dispersion * (1.0 + self.autocorrelation) / (1.0 - self.autocorrelation)


@dataclass(frozen=True, slots=True)
class Openness:
    """Is it open? The share of normal in the latest days, with its grounds.

    `interval` bounds the share with probability `LEVEL`; `words` are the verdicts that the interval allows, the best
    first; `verdict` is that of the share itself.
    """

    baseline: Baseline
    window: Period
    n_days: int
    seen_per_day: float
    normal_per_day: float
    share: float
    interval: tuple[float, float]
    verdict: str
    words: tuple[str, ...]
    n_days_below_normal: int
    segments: tuple[Segment, ...]

    @property
    def is_settled(self) -> bool:
        """Whether the whole interval lies in one band."""
        return len(self.words) == 1


def fit_baseline(series: DailySeries, reference: Period = REFERENCE) -> Baseline:
    """Return the normal level of a series over a reference period.

    Raises
    ------
    InputError
        The series has fewer than 180 days in the period.
    """
    days, seen = series.known()
    inside = np.array([reference.first <= day <= reference.last for day in days])
    days = tuple(day for day, keep in zip(days, inside, strict=True) if keep)
    seen = seen[inside]
    if len(days) < MIN_REFERENCE_DAYS:
        raise InputError(
            f"{series.label}: {len(days)} days in the reference period {reference}",
            rule=f"a baseline with weekdays and seasons needs {MIN_REFERENCE_DAYS} days",
            next_step="Give --reference FIRST..LAST inside the series, or a longer file",
        )
    first_guess = np.exp(_design(days) @ _fit(_design(days), seen))
    keep = seen >= OUTAGE_SHARE * first_guess
    n_outages = int((~keep).sum())
    days = tuple(day for day, is_kept in zip(days, keep, strict=True) if is_kept)
    seen = seen[keep]
    coefficients = _fit(_design(days), seen)
    mean = np.exp(_design(days) @ coefficients)
    residual = (seen - mean) / np.sqrt(mean)
    spare = len(days) - coefficients.size
    dispersion = max(1.0, float((residual**2).sum()) / spare)
    excess = float(((seen - mean) ** 2 - mean).sum()) / float((mean**2).sum())
    neighbours = np.array([(after - before).days == 1 for before, after in itertools.pairwise(days)])
    together = residual[:-1][neighbours] * residual[1:][neighbours]
    r = float(together.mean()) / dispersion if together.size else 0.0
    return Baseline(
        series.label, Period(days[0], days[-1]), len(days), n_outages, coefficients, 1.0 / max(excess, 1e-9),
        dispersion, min(max(r, 0.0), 0.95),
    )  # fmt: skip


def _design(days: tuple[date, ...]) -> NDArray[np.float64]:
    turn = np.array([day.toordinal() for day in days]) * (2.0 * math.pi / YEAR_DAYS)
    weekday = np.array([day.weekday() for day in days])
    columns = [np.ones(len(days)), *[(weekday == k).astype(np.float64) for k in range(1, 7)]]
    columns += [wave(k * turn) for k in (1, 2) for wave in (np.sin, np.cos)]
    return np.column_stack(columns)


def _fit(design: NDArray[np.float64], seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quasi-Poisson coefficients by iteratively reweighted least squares."""
    coefficients = np.zeros(design.shape[1])
    coefficients[0] = math.log(max(float(seen.mean()), 0.1))
    for _ in range(50):
        mean = np.exp(design @ coefficients)
        # A ridge of 1e-6 events keeps the system solvable where a weekday or season is absent.
        left = design.T @ (design * mean[:, None]) + 1e-6 * np.eye(design.shape[1])
        step = np.linalg.solve(left, design.T @ (seen - mean))
        coefficients += step
        if float(np.abs(step).max()) < 1e-10:
            break
    return coefficients


def judge_openness(series: DailySeries, baseline: Baseline, *, n_days: int = WINDOW_DAYS) -> Openness:
    """Return how open the strait was in the last `n_days` days of the series that have figures.

    The interval treats the window's total, divided by its dispersion (Pearson, in the window, not below 1 and widened
    for autocorrelation), as a Poisson count (Garwood); the normal level's own error is added in squares.
    """
    all_days, all_seen = series.known()
    days, seen = all_days[-n_days:], all_seen[-n_days:]
    normal = baseline.normal(days)
    share = float(seen.sum() / normal.sum())
    spread = _window_dispersion(seen, normal, baseline)
    low, high = poisson_interval(float(seen.sum()) / spread, level=LEVEL)
    low, high = low * spread / float(normal.sum()), high * spread / float(normal.sum())
    # 1.645 standard errors of the log of the normal level: variance of a mean of n over-dispersed days.
    slack = 1.645 * math.sqrt(baseline.mean_dispersion / (float(normal.mean()) * baseline.n_days))
    low, high = share - math.hypot(share - low, share * slack), share + math.hypot(high - share, share * slack)
    low = max(low, 0.0)
    words = tuple(
        word for k, (border, word) in enumerate(VERDICTS) if high >= border and (k == 0 or low < VERDICTS[k - 1][0])
    )
    verdict = next(word for border, word in VERDICTS if share >= border)
    lows = [baseline.day_interval(day)[0] for day in days]
    return Openness(
        baseline, Period(days[0], days[-1]), len(days), float(seen.mean()), float(normal.mean()), share, (low, high),
        verdict, words, int((seen < np.array(lows)).sum()),
        find_segments(all_days, all_seen, baseline.normal(all_days), dispersion=baseline.mean_dispersion),
    )  # fmt: skip


def _window_dispersion(seen: NDArray[np.float64], normal: NDArray[np.float64], baseline: Baseline) -> float:
    widened = (1.0 + baseline.autocorrelation) / (1.0 - baseline.autocorrelation)
    if len(seen) < 7 or seen.sum() == 0:
        return baseline.mean_dispersion
    expected = normal * (seen.sum() / normal.sum())
    own = float(((seen - expected) ** 2 / expected).sum()) / (len(seen) - 1)
    return max(1.0, own) * widened


def open_sentence(place: str, openness: Openness, source: str) -> str:
    """Return the answer in one sentence with its grounds."""
    low, high = (round(100 * bound) for bound in openness.interval)
    text = (
        f"{place}: {' or '.join(openness.words)}: {openness.seen_per_day:.1f} transits a day were seen in the "
        f"{openness.n_days} days to {openness.window.last} ({source}), {_percent(openness.share)} of the normal "
        f"{openness.normal_per_day:.1f} for these weekdays and this season ({100 * LEVEL:.0f} % interval {low} to "
        f"{high} %; normal = {openness.baseline.reference.first.year} to {openness.baseline.reference.last.year}, same "
        f"series)"
    )
    if len(openness.segments) > 1:
        before, now = openness.segments[-2:]
        text += f"; last change of level on {now.first}, from {before.seen_per_day:.1f} to {now.seen_per_day:.1f} a day"
    return text + "."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"
