"""How sources and vintages of the same count differ, period by period, on the days that both have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from muster.base.clock import parse_date
from muster.base.errors import InputError
from muster.observed.series import DailySeries


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One series against the base in one period, on common days only.

    `ratio` is other over base (NaN where the base saw nothing); `n_restated` the days with another figure; `largest`
    the day of the largest difference with both figures.
    """

    period: Period
    base: str
    other: str
    n_days: int
    base_mean: float
    other_mean: float
    ratio: float
    n_restated: int
    largest: tuple[date, float, float]


def parse_period(text: str) -> Period:
    """Return the period of `2023-01-01..2025-12-31`; InputError names the text and the rule."""
    first, dots, last = text.partition("..")
    if not dots:
        raise InputError(f"period {text!r}", rule="a period is FIRST..LAST, such as 2023-01-01..2025-12-31")
    period = Period(parse_date(first, name="period"), parse_date(last, name="period"))
    if period.last < period.first:
        raise InputError(f"period {text!r}", rule="a period ends on or after its first day")
    return period


def default_periods(series: Sequence[DailySeries]) -> tuple[Period, ...]:
    """Return the calendar years that any series covers; the last year by months."""
    first, last = min(s.days[0] for s in series), max(s.days[-1] for s in series)
    years = [Period(date(year, 1, 1), date(year, 12, 31)) for year in range(first.year, last.year)]
    starts = [date(last.year, month, 1) for month in range(1, last.month + 1)]
    ends = [*[date.fromordinal(start.toordinal() - 1) for start in starts[1:]], last]
    return (*years, *[Period(start, end) for start, end in zip(starts, ends, strict=True)])


def compare_series(
    series: Sequence[DailySeries], periods: Sequence[Period] = (), *, column: str = "total"
) -> tuple[Difference, ...]:
    """Return how each further series differs from the first; periods without common days are left out.

    Raises
    ------
    InputError
        Fewer than two series, or none but the first has the column.
    """
    if len(series) < 2:
        raise InputError("a comparison needs two series", rule=f"given: {', '.join(s.label for s in series) or 'none'}")
    lacking = [s.label for s in series if column not in s.columns]
    if column not in series[0].columns or len(lacking) >= len(series) - 1:
        raise InputError(f"no column {column!r} in {', '.join(lacking)}", rule="both series must have the column")
    return tuple(
        row
        for period in periods or default_periods(series)
        for other in series[1:]
        if column in other.columns and (row := _difference(series[0], other, column, period))
    )


def _figures(series: DailySeries, column: str, period: Period) -> dict[date, float]:
    values = zip(series.days, series.columns[column].tolist(), strict=True)
    return {day: value for day, value in values if period.first <= day <= period.last and np.isfinite(value)}


def _difference(base: DailySeries, other: DailySeries, column: str, period: Period) -> Difference | None:
    base_figures = _figures(base, column, period)
    other_figures = _figures(other, column, period)
    days = sorted(base_figures.keys() & other_figures.keys())
    if not days:
        return None
    before = np.array([base_figures[day] for day in days])
    after = np.array([other_figures[day] for day in days])
    worst = int(np.argmax(np.abs(after - before)))
    mean = float(before.mean())
    return Difference(
        Period(days[0], days[-1]), base.label, other.label, len(days), mean, float(after.mean()),
        float(after.mean()) / mean if mean else float("nan"), int((before != after).sum()),
        (days[worst], float(before[worst]), float(after[worst])),
    )  # fmt: skip
