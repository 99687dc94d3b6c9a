"""What a simulation found: per-run results, day-by-day series, and their quantiles, all as plain arrays."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from muster.base.errors import NotFoundError
from muster.passage.layout import DAY_COUNTS, OIL_STEP_MBBL, QUEUE_STEP, SCALARS, Histograms, Series
from muster.passage.scenario import Scenario
from muster.passage.words import ACTS, CLASSES, HARMS, REGIMES, ROUTES

_Z95 = 1.959963984540054  # normal quantile of 0.975
_HARM = [ACTS.index(name) for name in HARMS]

MEASURES: Mapping[str, str] = {
    "passages": "ships that started a passage, a day",
    "share_of_normal": "passages a day over the normal number",
    "seen": "passages that observers see, a day",
    "oil_mbbl": "oil carried, million barrels a day",
    "arrived": "ships that arrived, a day",
    "left": "ships that gave up waiting, a day",
    "waiting": "ships waiting, mean over time",
    "mean_wait_h": "hours of waiting per arrived ship",
    "acts": "expected boardings, attacks and mine strikes, in the whole time",
    "risk": "expected boardings, attacks and mine strikes per passage",
    "escorted_risk": "the same for escorted ships; 0 without any",
    "sampled_acts": "boardings, attacks and mine strikes that happened, in the whole time",
    "confrontations": "expected challenges of escorted ships, in the whole time",
    "escorted": "ships that sailed under escort, a day",
    "convoys": "convoys or accompanied groups, a day",
    "ships_per_escort_day": "escorted ships per escort and day on station; 0 without any",
    "utilisation": "share of escorts' days on station spent on a task",
    "cost_usd": "escorts, tolls, war-risk premium and waiting, in the whole time",
    "cost_escort_usd": "escorts' days on station, in the whole time",
    "cost_toll_usd": "expected tolls, in the whole time",
    "cost_premium_usd": "war-risk premium, in the whole time",
    "cost_waiting_usd": "ships' waiting, in the whole time",
    **{f"passages_{route}": f"passages a day on the {route} lane" for route in ROUTES},
    **{f"expected_{act}": f"expected acts of kind {act}, in the whole time" for act in ACTS},
    **{f"days_{regime}": f"days in regime {regime}" for regime in REGIMES},
}
"""Every measure of a run: name -> meaning with its unit."""


def run_measures(scalars: np.ndarray, *, n_days: int, normal_per_day: float) -> dict[str, np.ndarray]:
    """Return the measures of runs, each float64 of shape (n_runs,), from the kernel's columns (n_runs, n_columns)."""
    column = {name: scalars[:, k] for k, name in enumerate(SCALARS)}
    sailed = column["sailed"]
    harm = sum((column[f"expected_{name}"] for name in HARMS), np.zeros(len(scalars)))
    station_days = column["escort_station_s"] / 86_400
    cost = sum(
        (column[f"cost_{part}_usd"] for part in ("escort", "toll", "premium", "waiting")), np.zeros(len(scalars))
    )
    return {
        "passages": sailed / n_days,
        "share_of_normal": sailed / n_days / normal_per_day,
        "seen": column["seen"] / n_days,
        "oil_mbbl": column["oil_mbbl"] / n_days,
        "arrived": column["arrived"] / n_days,
        "left": column["left"] / n_days,
        "waiting": column["mean_queue"],
        "mean_wait_h": _ratio(column["wait_s"] / 3600, column["arrived"]),
        "acts": harm,
        "risk": _ratio(harm, sailed),
        "escorted_risk": _ratio(column["expected_escorted_harm"], column["escorted"]),
        "sampled_acts": sum((column[f"acts_{name}"] for name in HARMS), np.zeros(len(scalars))),
        "confrontations": column["expected_confrontations"],
        "escorted": column["escorted"] / n_days,
        "convoys": column["convoys"] / n_days,
        "ships_per_escort_day": _ratio(column["escorted"], station_days),
        "utilisation": _ratio(column["escort_busy_s"], column["escort_station_s"]),
        "cost_usd": cost,
        **{f"cost_{part}_usd": column[f"cost_{part}_usd"] for part in ("escort", "toll", "premium", "waiting")},
        **{f"passages_{route}": column[f"passages_{route}"] / n_days for route in ROUTES},
        **{f"expected_{act}": column[f"expected_{act}"] for act in ACTS},
        **{f"days_{regime}": column[f"{regime}_s"] / 86_400 for regime in REGIMES},
    }


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over runs with its 95 % interval and the spread of the runs."""

    mean: float
    half_width: float
    sd: float
    low: float
    high: float


def estimate(values: np.ndarray) -> Estimate:
    """Return the mean of independent runs, its 95 % normal interval, and the runs' own 5 % and 95 % quantiles."""
    n = len(values)
    mean = float(np.mean(values))
    sd = float(np.std(values, ddof=1)) if n > 1 else math.nan
    half = _Z95 * sd / math.sqrt(n) if n > 1 else math.nan
    low, high = (float(x) for x in np.quantile(values, (0.05, 0.95)))
    return Estimate(mean, half, sd, low, high)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Results of `n_runs` runs of `n_days` days.

    Attributes
    ----------
    scalars : float64 array, shape (n_runs, len(layout.SCALARS))
        The kernel's columns per run.
    series : Series
        Sums over runs, by day.
    histograms : Histograms
        Over runs by day; quantiles are exact for passages and seen passages, to 8 ships for the queue, to 0.05 Mbbl
        for oil.
    """

    scenario: Scenario
    policy: str
    n_runs: int
    n_days: int
    seed: int
    scalars: np.ndarray
    series: Series
    histograms: Histograms
    unit_ids: tuple[str, ...]

    def measures(self) -> dict[str, np.ndarray]:
        """Return every measure of `MEASURES` per run, shape (n_runs,)."""
        return run_measures(self.scalars, n_days=self.n_days, normal_per_day=self.scenario.normal_per_day)

    def measure(self, name: str) -> np.ndarray:
        """Return one measure per run, shape (n_runs,)."""
        if name not in MEASURES:
            raise NotFoundError(f"measure {name!r} is not known", rule=f"measures are {', '.join(MEASURES)}")
        return self.measures()[name]

    def estimates(self) -> dict[str, Estimate]:
        """Return mean, interval and spread of every measure."""
        return {name: estimate(values) for name, values in self.measures().items()}

    def counts_by_day(self) -> dict[str, np.ndarray]:
        """Return the mean over runs of each integer series, shape (n_days,)."""
        return {name: self.series.counts[:, k] / self.n_runs for k, name in enumerate(DAY_COUNTS)}

    def passages_by_day(self) -> np.ndarray:
        """Return mean passages, shape (n_days, 2 directions, 3 routes, 8 classes)."""
        return self.series.passages.reshape(-1, 2, 3, 8) / self.n_runs

    def regime_share_by_day(self) -> np.ndarray:
        """Return the share of runs' time in each regime, shape (n_days, 4)."""
        return self.series.regime_s / (86_400 * self.n_runs)

    def quantiles_by_day(self, name: str, levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> np.ndarray:
        """Return quantiles over runs of `passages`, `seen`, `waiting` or `oil_mbbl`, shape (n_days, len(levels))."""
        tables = {
            "passages": (self.histograms.passages, 1.0),
            "seen": (self.histograms.seen, 1.0),
            "waiting": (self.histograms.queue, float(QUEUE_STEP)),
            "oil_mbbl": (self.histograms.oil, OIL_STEP_MBBL),
        }
        if name not in tables:
            raise NotFoundError(f"no daily quantiles of {name!r}", rule=f"there are those of {', '.join(tables)}")
        table, step = tables[name]
        return np.array([_histogram_quantiles(row, levels) for row in table]) * step

    def wait_quantiles_h(self, levels: tuple[float, ...] = (0.5, 0.9, 0.99)) -> tuple[float, ...]:
        """Return quantiles of the wait of ships that sailed, whole hours (started ones)."""
        return tuple(float(x) for x in _histogram_quantiles(self.histograms.wait_h, levels))

    def class_table(self) -> list[dict[str, object]]:
        """Return mean passages a day by class, direction and route, as rows."""
        mean = self.passages_by_day().mean(axis=0)
        return [
            {"class": c, "direction": d, "route": r, "passages_per_day": float(mean[di, ri, ci])}
            for di, d in enumerate(("in", "out"))
            for ri, r in enumerate(ROUTES)
            for ci, c in enumerate(CLASSES)
        ]


def _histogram_quantiles(counts: np.ndarray, levels: tuple[float, ...]) -> np.ndarray:
    total = np.cumsum(counts)
    if total[-1] == 0:
        return np.zeros(len(levels))
    # The quantile of level q is the least value that at least a share q of the runs do not exceed.
    return np.searchsorted(total, np.ceil(np.array(levels) * total[-1]).clip(1)).astype(float)
