"""Escort episodes: what one escort can do in a day, how fast a convoy system learns; each fitted on earlier facts only.

The rates are gamma-Poisson: with k ships seen in e escort-days and a vague prior (shape 1/2, no exposure), the ships of
further f escort-days are negative binomial. It assumes one constant rate; where the misfit shows that there was none,
that is the finding.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from muster.passage.backtest.record import load_episodes
from muster.passage.backtest.scores import covers, crps, interval

N_SAMPLES = 20_000


@dataclass(frozen=True, slots=True)
class Forecast:
    """One forecast beside what happened.

    `samples` of the forecast in `unit`; `point_other` is the simple forecast named `other`.
    """

    name: str
    fitted_to: str
    unit: str
    observed: float
    samples: npt.NDArray[np.float64]
    other: str
    point_other: float
    source: str

    @property
    def median(self) -> float:
        """The middle of the forecast."""
        return float(np.median(self.samples))

    @property
    def interval_90(self) -> tuple[float, float]:
        """The central 90 % of the forecast."""
        return interval(self.samples)

    @property
    def is_covered(self) -> bool:
        """Whether the 90 % interval holds what happened."""
        return covers(self.samples, self.observed)

    @property
    def crps(self) -> float:
        """The score of the forecast, in its unit."""
        return crps(self.samples, self.observed)

    @property
    def crps_other(self) -> float:
        """The score of the simple forecast: its absolute error."""
        return abs(self.point_other - self.observed)


def _rng(stream: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=np.array([1987, stream], np.uint64)))


def _further_ships(rng: np.random.Generator, ships: float, exposure: float, further: float) -> npt.NDArray[np.float64]:
    rate = rng.gamma(ships + 0.5, 1.0 / exposure, N_SAMPLES)
    return rng.poisson(rate * further).astype(float)


def forecast_convoy_dates() -> Forecast:
    """Return the day of Earnest Will's 40th convoy, from convoys 1 to 12; days since the first.

    Power law of practice: day of convoy n = a (n - 1)**b, least squares on logarithms of convoys 2, 3 and 12; one
    degree of freedom, so the interval is Student's with one. The simple forecast is a constant pace.
    """
    rows = load_episodes()["earnest_will"]
    first: date = rows[0]["date"]
    known = [(row["n"] - 1, (row["date"] - first).days) for row in rows if 1 < row["n"] <= 12]
    target = rows[-1]
    x = np.log([k for k, _ in known])
    y = np.log([d for _, d in known])
    slope, level = np.polyfit(x, y, 1)
    residual = y - (level + slope * x)
    variance = float(residual @ residual) / (len(x) - 2)
    at = np.log(target["n"] - 1)
    centre = x.mean()
    error = np.sqrt(variance * (1 + 1 / len(x) + (at - centre) ** 2 / float(((x - centre) ** 2).sum())))
    samples = np.exp(level + slope * at + error * _rng(1).standard_t(len(x) - 2, N_SAMPLES))
    last = known[-1]
    return Forecast(
        "Earnest Will: day of the 40th convoy", "convoys 2, 3 and 12 (days 17, 27, 91)", "days since 22 July 1987",
        float((target["date"] - first).days), np.minimum(samples, 3650.0), "constant pace of convoys 1 to 12",
        last[1] / last[0] * (target["n"] - 1), target["source"],
    )  # fmt: skip


def forecast_escort_ratio() -> Forecast:
    """Return warships per ship of right in the 40th convoy, from convoys 1 to 3; the simple forecast is their mean.

    Ratio by convoy, a straight line in the logarithm of the convoy's number, Student's interval with one degree of
    freedom.
    """
    rows = load_episodes()["earnest_will"]
    known = [(row["n"], row["warships"] / row["ships"]) for row in rows if row["n"] <= 3]
    target = rows[-1]
    x, y = np.log([n for n, _ in known]), np.log([ratio for _, ratio in known])
    slope, level = np.polyfit(x, y, 1)
    residual = y - (level + slope * x)
    variance = float(residual @ residual) / (len(x) - 2)
    at, centre = np.log(target["n"]), x.mean()
    error = np.sqrt(variance * (1 + 1 / len(x) + (at - centre) ** 2 / float(((x - centre) ** 2).sum())))
    samples = np.exp(np.clip(level + slope * at + error * _rng(2).standard_t(len(x) - 2, N_SAMPLES), -6.0, 3.0))
    return Forecast(
        "Earnest Will: warships per escorted ship, 40th convoy", "convoys 1 to 3 (1.50, 1.33, 1.00)", "ratio",
        target["warships"] / target["ships"], samples, "mean of convoys 1 to 3",
        float(np.mean([ratio for _, ratio in known])), target["source"],
    )  # fmt: skip


def forecast_duncan() -> tuple[Forecast, Forecast]:
    """Return two forecasts of 2019: HMS Montrose's own second month, and what HMS Duncan added.

    The first is fitted to Montrose up to 29 July; the second to all 64 days of Montrose. The simple forecast of the
    first is the rate of the last four days.
    """
    episodes = load_episodes()
    rows, both = episodes["montrose"], episodes["montrose_and_duncan"]
    since: date = both["montrose_since"]
    early, late = rows[1], rows[2]
    early_days, late_days = (early["date"] - since).days + 1, (late["date"] - since).days + 1
    later = late_days - early_days
    recent = (early["ships"] - rows[0]["ships"]) / (early["date"] - rows[0]["date"]).days
    own = Forecast(
        "Montrose: ships accompanied, 30 July to 2 September 2019", f"Montrose, {early_days} days to 29 July", "ships",
        float(late["ships"] - early["ships"]), _further_ships(_rng(3), early["ships"], early_days, later),
        "rate of 25 to 29 July", recent * later, late["source"],
    )  # fmt: skip
    duncan_days = (both["until"] - both["duncan_since"]).days + 1
    added = Forecast(
        "Duncan: ships accompanied, 29 July to 2 September 2019", f"Montrose, {late_days} days", "ships",
        float(both["ships"] - late["ships"]), _further_ships(_rng(4), late["ships"], late_days, duncan_days),
        "as many as Montrose in the same days", float(late["ships"] - early["ships"]), both["source"],
    )  # fmt: skip
    return own, added


def forecast_aspides() -> tuple[Forecast, ...]:
    """Return Aspides' later totals from its first two months, and its first two months from Montrose's rate.

    The last forecast is a transfer between seas and is expected to fail: a rate per escort-day belongs to its area.
    """
    episodes = load_episodes()
    rows, since = episodes["aspides"], episodes["aspides_since"]["date"]
    early = rows[1]
    early_days = (early["date"] - since).days
    exposure = early_days * early["units"]
    forecasts = []
    for stream, row in enumerate(rows[2:], 5):
        days = (row["date"] - early["date"]).days
        further = days * row["units"]
        forecasts.append(
            Forecast(
                f"Aspides: ships protected, 20 April 2024 to {row['date'].day} {row['date']:%B %Y}",
                f"Aspides, {early_days} days with {early['units']} ships",
                "ships",
                float(row["ships"] - early["ships"]),
                _further_ships(_rng(stream), early["ships"], exposure, further),
                "same number a day, whatever the units",
                early["ships"] / early_days * days,
                row["source"],
            )
        )
    montrose = episodes["montrose"][-1]
    montrose_days = (montrose["date"] - episodes["montrose_and_duncan"]["montrose_since"]).days + 1
    forecasts.append(
        Forecast(
            "Aspides from Montrose's rate: ships protected to 19 April 2024",
            "Montrose 2019, 64 escort-days",
            "ships",
            float(early["ships"]),
            _further_ships(_rng(9), montrose["ships"], montrose_days, exposure),
            "Earnest Will's third convoy: 3 ships a cycle of 8.3 days by 3 warships",
            3 / 8.3 / 3 * exposure,
            early["source"],
        )
    )
    return tuple(forecasts)
