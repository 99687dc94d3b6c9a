"""Vintages of outside series, and how two of them differ: publishers restate their figures. No SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class VintageInfo:
    """One vintage of one series.

    Attributes
    ----------
    series : str
        What is measured, such as `portwatch/hormuz/total`.
    vintage : str
        The publisher's edition, such as `2026-08`.
    source : str
        Where it came from.
    n_days : int
    first, last : date
        Ends of the days covered.
    recorded_at : datetime
        When its first figure was recorded here, UTC.
    """

    series: str
    vintage: str
    source: str
    n_days: int
    first: date
    last: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class VintageChange:
    """How one vintage restated another, over the days that both cover.

    Attributes
    ----------
    older, newer : str
    n_common, n_restated : int
        Days in both; days whose figure differs.
    n_only_older, n_only_newer : int
        Days in one of them alone.
    mean_older, mean_newer : float or None
        Means over the common days, in the unit of the series; None without common days.
    largest : tuple of (date, float, float)
        The five days with the largest absolute change: day, older figure, newer figure.
    """

    older: str
    newer: str
    n_common: int
    n_restated: int
    n_only_older: int
    n_only_newer: int
    mean_older: float | None
    mean_newer: float | None
    largest: tuple[tuple[date, float, float], ...]


def compare_vintages(
    older: Mapping[date, float], newer: Mapping[date, float], *, names: tuple[str, str] = ("older", "newer")
) -> VintageChange:
    """Return how `newer` restated `older`; figures by day, compared exactly."""
    common = sorted(older.keys() & newer.keys())
    restated = [day for day in common if older[day] != newer[day]]
    largest = sorted(restated, key=lambda day: (-abs(newer[day] - older[day]), day))[:5]
    n = len(common)
    return VintageChange(
        older=names[0], newer=names[1], n_common=n, n_restated=len(restated),
        n_only_older=len(older) - n, n_only_newer=len(newer) - n,
        mean_older=sum(older[day] for day in common) / n if n else None,
        mean_newer=sum(newer[day] for day in common) / n if n else None,
        largest=tuple((day, older[day], newer[day]) for day in largest),
    )  # fmt: skip
