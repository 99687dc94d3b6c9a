"""The level of the bundled case against counts: what it was fitted to, and the days that were kept out.

The scenario is held in one regime for the length of a window and its *seen* passages are set beside PortWatch's. Seen
shares are the scenario's own for all windows. Windows up to 25 July 2026 are a fit; the last was not tuned on.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from muster.passage.backtest.record import Transits
from muster.passage.layout import SCALARS
from muster.passage.priors import Number
from muster.passage.scenario import Scenario
from muster.passage.simulate import simulate_passages
from muster.passage.words import REGIMES

N_RUNS: Final = 512
SEED: Final = 1
_AT_ONCE_PER_DAY: Final = 24.0  # a reopening: ships that waited in a contested strait see it tolled within the hour


@dataclass(frozen=True, slots=True)
class LevelWindow:
    """Days of one regime; `after` is the regime in which the ships that wait at the start were held up."""

    name: str
    first: date
    last: date
    regime: str
    after: str
    has_escorts: bool
    is_check: bool

    @property
    def n_days(self) -> int:
        """Days of the window."""
        return (self.last - self.first).days + 1

    @property
    def title(self) -> str:
        """Name and days, as the page has them."""
        return f"{self.name}, {self.first:%d %b} to {self.last:%d %b}"


LEVEL_WINDOWS: Final = (
    LevelWindow("closed", date(2026, 3, 1), date(2026, 4, 7), "closed", "closed", False, False),
    LevelWindow("contested", date(2026, 4, 8), date(2026, 6, 16), "contested", "contested", False, False),
    LevelWindow("tolled", date(2026, 6, 17), date(2026, 7, 6), "tolled", "contested", False, False),
    LevelWindow("contested again", date(2026, 7, 7), date(2026, 7, 25), "contested", "contested", True, False),
    LevelWindow("kept out", date(2026, 7, 26), date(2026, 8, 16), "contested", "contested", True, True),
)


@dataclass(frozen=True, slots=True)
class Level:
    """Seen and true passages a day of a window: counted, and the model's mean and 90 % interval over runs."""

    window: LevelWindow
    observed_per_day: float
    seen_per_day: float
    seen_interval_90: tuple[float, float]
    passages_per_day: float
    permission_share: float

    def cells(self) -> list[str]:
        """Return the row of docs/validation.md."""
        low, high = self.seen_interval_90
        return [
            self.window.title, "**check**" if self.window.is_check else "fit", f"{self.observed_per_day:.1f}",
            f"{self.seen_per_day:.1f} ({low:.1f} to {high:.1f})", "yes" if self.is_covered else "**no**",
            f"{self.passages_per_day:.1f}", f"{self.permission_share:.2f}",
        ]  # fmt: skip

    @property
    def is_covered(self) -> bool:
        """Whether the count lies in the interval."""
        return self.seen_interval_90[0] <= self.observed_per_day <= self.seen_interval_90[1]


def held_in(scenario: Scenario, regime: str, *, after: str | None = None) -> Scenario:
    """Return the scenario in a regime that lasts; it begins in `after` and goes over at once."""
    after = after or regime
    rates: list[list[Number | None]] = [[None] * 4 for _ in REGIMES]
    if after != regime:
        rates[REGIMES.index(after)][REGIMES.index(regime)] = Number.point("regime.held", _AT_ONCE_PER_DAY)
    start = tuple(float(name == after) for name in REGIMES)
    never = tuple(Number.point("regime.escalation.held", 0.0) for _ in REGIMES)
    chain = replace(scenario.regime, start=start, rates_per_day=tuple(map(tuple, rates)), p_escalates=never)
    return replace(scenario, regime=chain)


def model_level(scenario: Scenario, transits: Transits, window: LevelWindow) -> Level:
    """Return the model's level of a window beside PortWatch's."""
    outcomes = simulate_passages(
        held_in(scenario, window.regime, after=window.after), n_runs=N_RUNS, n_days=window.n_days, seed=SEED,
        policy=scenario.policy if window.has_escorts else "none",
    )  # fmt: skip

    def total(name: str) -> np.ndarray:
        column: np.ndarray = outcomes.scalars[:, SCALARS.index(name)]
        return column

    seen = total("seen") / window.n_days
    low, high = np.quantile(seen, [0.05, 0.95])
    return Level(
        window, float(transits.between(window.first, window.last).mean()), float(seen.mean()),
        (float(low), float(high)),
        float(total("sailed").mean()) / window.n_days,
        float(total("passages_permission").sum() / total("sailed").sum()),
    )  # fmt: skip
