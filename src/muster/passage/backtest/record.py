"""The recorded facts: daily transit counts by vintage, and dated episodes with their sources."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from muster.base.errors import NotFoundError

VINTAGES = ("2026_08", "2026_04")
FIRST_DAY = "2025-01-01"  # the file reaches further back, for the baseline of `muster.observed`


@dataclass(frozen=True, slots=True)
class Transits:
    """Transit calls a day as one vintage of IMF PortWatch gives them; NaN where the vintage has no number."""

    vintage: str
    days: tuple[date, ...]
    total: npt.NDArray[np.float64]
    tanker: npt.NDArray[np.float64]

    def between(self, first: date, last: date) -> npt.NDArray[np.float64]:
        """Return the totals of first..last, both included."""
        chosen = [first <= day <= last for day in self.days]
        return self.total[np.array(chosen)]

    def covers(self, first: date, last: date) -> bool:
        """Return whether the vintage has a number for every day of first..last."""
        values = self.between(first, last)
        return len(values) == (last - first).days + 1 and not bool(np.isnan(values).any())


@cache
def load_transits(vintage: str = "2026_08") -> Transits:
    """Return the daily counts of the Strait of Hormuz from 2025-01-01 on.

    Raises
    ------
    NotFoundError
        The vintage is not bundled; lists those that are.
    """
    if vintage not in VINTAGES:
        raise NotFoundError(f"PortWatch vintage {vintage!r} is not bundled", rule=f"bundled: {', '.join(VINTAGES)}")
    text = files("muster.observed").joinpath("data/portwatch_hormuz.csv").read_text(encoding="utf-8")
    lines = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    rows = [row for row in lines if row["date"] >= FIRST_DAY]

    def column(name: str) -> npt.NDArray[np.float64]:
        return np.array([float(row[f"{name}_{vintage}"] or "nan") for row in rows])

    return Transits(vintage, tuple(date.fromisoformat(row["date"]) for row in rows), column("total"), column("tanker"))


@cache
def load_episodes() -> Mapping[str, Any]:
    """Return the tables of `data/episodes.toml`."""
    text = files("muster.passage.backtest").joinpath("data/episodes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
