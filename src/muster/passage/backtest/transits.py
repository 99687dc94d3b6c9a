"""Hormuz 2026: transits a day, forecast from earlier days only, through the regime chain and the observation model.

A small stand-alone forecaster built of the model's own parts: the coast is a continuous-time Markov chain; each regime
has a level of traffic; days are over-dispersed; observers see a share. Levels and rates are learnt from the training
days and, for regimes not yet seen, from precedents before 2026. The full scenario is not scored here: its numbers were
set by people who knew the outcome.

References
----------
Level priors and regime days: data/episodes.toml, with sources. Dispersion 4.6: variance over mean of daily totals,
PortWatch January 2024 to September 2025, August 2026 vintage.
"""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from muster.passage.backtest.record import Transits, load_episodes
from muster.passage.backtest.scores import covers, crps

N_PATHS: Final = 4000
DISPERSION: Final = 4.6
REGIMES: Final = ("open", "tolled", "contested", "closed")
PRIOR_JUMPS: Final = 0.5  # Jeffreys' prior of a Poisson rate: half a jump in no time
CALM_DAYS: Final = 2557  # 2019 to 2025 without a fall in traffic: exposure of the open regime before the series begins
SPELL_DAYS: Final = 60.0  # prior exposure of a regime without history: jumps of the order of months
MIN_DAYS_FOR_DISPERSION: Final = 21

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of days to be forecast from the evening of the day before it."""

    name: str
    first: date
    last: date

    @property
    def origin(self) -> date:
        """The last day that the forecast may know."""
        return self.first - timedelta(days=1)

    @property
    def n_days(self) -> int:
        """Days to be forecast."""
        return (self.last - self.first).days + 1


WINDOWS: Final = (
    Window("collapse", date(2026, 2, 28), date(2026, 3, 31)),
    Window("ceasefire", date(2026, 4, 8), date(2026, 5, 7)),
    Window("reopening", date(2026, 6, 24), date(2026, 7, 7)),
    Window("re-closure", date(2026, 7, 8), date(2026, 8, 16)),
)


@dataclass(frozen=True, slots=True)
class WindowScore:
    """Daily forecasts of a window with their scores; `paths` (n_paths, n_days) of seen transits a day."""

    window: Window
    vintage: str
    observed: Array
    paths: dict[str, Array]

    def mean_crps(self, name: str) -> float:
        """Return the mean score over the days, ships a day."""
        return float(np.mean([crps(self.paths[name][:, k], y) for k, y in enumerate(self.observed)]))

    def coverage(self, name: str) -> float:
        """Return the share of days inside the 90 % interval."""
        return float(np.mean([covers(self.paths[name][:, k], y) for k, y in enumerate(self.observed)]))

    def mean_forecast(self, name: str) -> float:
        """Return the forecast mean of the window, ships a day."""
        return float(self.paths[name].mean())


def regime_on(day: date) -> str:
    """Return the regime that held on a day, as known on that day."""
    name = ""
    for row in load_episodes()["regime"]:
        if row["from"] <= day:
            name = row["name"]
    return name


def _history(origin: date, first: date) -> list[str]:
    return [regime_on(first + timedelta(days=k)) for k in range((origin - first).days + 1)]


def _level_samples(rng: np.random.Generator, regime: str, seen: Array, normal: float) -> Array:
    """Return levels (mean seen a day) of a regime: precedent's prior, weighted by the likelihood of its own days."""
    (low, high) = next((row["low"], row["high"]) for row in load_episodes()["level_prior"] if row["regime"] == regime)
    if len(seen) == 0:
        return normal * rng.uniform(low, high, N_PATHS)
    # Quasi-likelihood: n days of mean m are worth n m / dispersion events; the prior counts as two days.
    dispersion = _dispersion(seen)
    prior_mean = normal * (low + high) / 2
    shape = (seen.sum() + 2 * prior_mean) / dispersion
    rate = (len(seen) + 2) / dispersion
    return rng.gamma(max(shape, 0.5), 1 / rate, N_PATHS)


def _dispersion(seen: Array) -> float:
    """Return variance over mean of a regime's days, or the peacetime value while there are few."""
    if len(seen) < MIN_DAYS_FOR_DISPERSION or seen.mean() == 0:
        return DISPERSION
    return float(np.clip(seen.var(ddof=1) / seen.mean(), 1.05, 12.0))


def _counts(rng: np.random.Generator, mean: Array, dispersion: float) -> Array:
    """Return negative binomial counts of this mean and variance over mean."""
    safe = np.maximum(mean, 1e-6)
    return rng.poisson(rng.gamma(safe / (dispersion - 1), dispersion - 1)).astype(float)


def _regime_paths(rng: np.random.Generator, history: list[str], n_days: int) -> npt.NDArray[np.int64]:
    """Return simulated regimes (n_paths, n_days) from the last known one."""
    days = {name: history.count(name) for name in REGIMES}
    jumps = {name: dict.fromkeys(REGIMES, 0) for name in REGIMES}
    for before, after in itertools.pairwise(history):
        if before != after:
            jumps[before][after] += 1
    rates = np.zeros((N_PATHS, 4))
    to = np.zeros((N_PATHS, 4, 4))
    for k, name in enumerate(REGIMES):
        exposure = days[name] + (CALM_DAYS if name == "open" else SPELL_DAYS)
        rates[:, k] = rng.gamma(PRIOR_JUMPS + sum(jumps[name].values()), 1 / exposure, N_PATHS)
        weights = np.array([0.0 if other == name else 1.0 + jumps[name][other] for other in REGIMES])
        to[:, k] = np.cumsum(rng.dirichlet(weights + 1e-9, N_PATHS), axis=1)
    paths = np.empty((N_PATHS, n_days), np.int64)
    now = np.full(N_PATHS, REGIMES.index(history[-1]))
    row = np.arange(N_PATHS)
    for day in range(n_days):
        leaves = rng.random(N_PATHS) < 1 - np.exp(-rates[row, now])
        goes = np.minimum((rng.random(N_PATHS)[:, None] > to[row, now]).sum(axis=1), 3)
        now = np.where(leaves, goes, now)
        paths[:, day] = now
    return paths


def _model_paths(transits: Transits, window: Window) -> Array:
    rng = np.random.Generator(np.random.Philox(key=np.array([2026, window.first.toordinal()], np.uint64)))
    first = transits.days[0]
    history = _history(window.origin, first)
    seen = transits.between(first, window.origin)
    by_regime = {name: seen[np.array([h == name for h in history])] for name in REGIMES}
    by_regime = {name: values[~np.isnan(values)] for name, values in by_regime.items()}
    normal = float(by_regime["open"].mean())
    levels = np.stack([_level_samples(rng, name, by_regime[name], normal) for name in REGIMES], axis=1)
    spreads = np.array([_dispersion(by_regime[name]) for name in REGIMES])
    regimes = _regime_paths(rng, history, window.n_days)
    row = np.arange(N_PATHS)
    paths = np.empty((N_PATHS, window.n_days))
    for day in range(window.n_days):
        now = regimes[:, day]
        for k in range(4):
            here = now == k
            paths[here, day] = _counts(rng, levels[row[here], k], spreads[k])
    return paths


def _dressed(transits: Transits, window: Window, n_back: int) -> Array:
    """Return the mean of the last n days with the errors that this rule made over the 90 days before."""
    rng = np.random.Generator(np.random.Philox(key=np.array([n_back, window.first.toordinal()], np.uint64)))
    past = transits.between(transits.days[0], window.origin)
    past = past[~np.isnan(past)]
    point = past[-n_back:].mean()
    paths = np.empty((N_PATHS, window.n_days))
    for day in range(window.n_days):
        ends = np.arange(max(n_back, len(past) - 90 - day), len(past) - day - 1)
        errors = np.array([past[end + 1 + day] - past[end + 1 - n_back : end + 1].mean() for end in ends])
        paths[:, day] = np.maximum(point + rng.choice(errors, N_PATHS), 0.0)
    return paths


def score_window(transits: Transits, window: Window) -> WindowScore:
    """Return forecasts of a window's seen transits by the model, by persistence and by the mean of seven days.

    Training uses days up to the window's origin, of the same vintage: the vintage itself was published later, so this
    is a test of the model, not of what could have been published on the day.
    """
    observed = transits.between(window.first, window.last)
    paths = {
        "model": _model_paths(transits, window),
        "persistence": _dressed(transits, window, 1),
        "7-day mean": _dressed(transits, window, 7),
    }
    return WindowScore(window, transits.vintage, observed, paths)


def forecast_seen_share(transits: Transits) -> tuple[float, Array]:
    """Return the seen share of 6 to 8 August 2026 and its forecast from March and April: observation model alone.

    The share of true passages that PortWatch sees differs by period more than by chance: logit-normal over the two
    training periods, with a spread of at least 0.5. The observed share is an upper bound: the true count that is
    known is that of the facilitated lane only.
    """
    rows = load_episodes()["seen"]
    shares = [float(np.nansum(transits.between(row["from"], row["to"]))) / row["true_passages"] for row in rows]
    logits = np.log(np.array(shares[:-1]) / (1 - np.array(shares[:-1])))
    rng = np.random.Generator(np.random.Philox(key=np.array([8, 2026], np.uint64)))
    spread = max(float(logits.std(ddof=1)), 0.5)
    logit = logits.mean() + spread * np.sqrt(1 + 1 / len(logits)) * rng.standard_normal(N_PATHS)
    share = 1 / (1 + np.exp(-logit))
    return shares[-1], rng.binomial(rows[-1]["true_passages"], share) / rows[-1]["true_passages"]
