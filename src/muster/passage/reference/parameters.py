"""Parameters of the reference model and its three published cases."""

from dataclasses import dataclass, fields
from typing import Final

from muster.base.errors import ScenarioError

TICKS_PER_H: Final = 3_600_000_000
"""The clock counts microseconds in 64-bit integers: sums of times are exact and in any order the same."""

MAX_SHIPS_PER_DIRECTION: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class ReferenceParameters:
    """One case of the reference model; illustrative numbers, published so that engines can be compared.

    Attributes
    ----------
    arrivals_per_h : float, > 0
        Poisson rate of each direction.
    p_alone : float, 0 <= p < 1
        Share of ships that decline escort and sail alone at once.
    interval_h : float, > 0
        A convoy of each direction is asked for at every multiple of it before the horizon.
    convoy_size : int, >= 1
        Ships at most.
    n_escorts_needed : int, >= 1
        Escorts per convoy.
    n_escorts : int, >= 0
        The pool.
    transit_low_h, transit_mode_h, transit_high_h : float
        Triangular transit time, one draw per convoy or lone ship.
    turnaround_h : float, >= 0
        After a transit the escorts are free again this much later.
    p_incident_escorted, p_incident_alone : float, 0 <= p < 1
        Per ship, counted at departure.
    horizon_h : float, > 0
    """

    arrivals_per_h: float = 65 / 24
    p_alone: float = 0.0
    interval_h: float = 12.0
    convoy_size: int = 20
    n_escorts_needed: int = 2
    n_escorts: int = 8
    transit_low_h: float = 9.0
    transit_mode_h: float = 10.0
    transit_high_h: float = 13.0
    turnaround_h: float = 6.0
    p_incident_escorted: float = 0.0005
    p_incident_alone: float = 0.0030
    horizon_h: float = 2160.0

    def __post_init__(self) -> None:
        rules = (
            ("arrivals_per_h", self.arrivals_per_h > 0, "must be over 0"),
            ("p_alone", 0 <= self.p_alone < 1, "must be in [0, 1)"),
            ("interval_h", self.interval_h > 0, "must be over 0"),
            ("convoy_size", self.convoy_size >= 1, "must be at least 1"),
            ("n_escorts_needed", self.n_escorts_needed >= 1, "must be at least 1"),
            ("n_escorts", self.n_escorts >= 0, "must be at least 0"),
            ("transit_low_h", self.transit_low_h > 0, "must be over 0"),
            ("transit_mode_h", self.transit_low_h <= self.transit_mode_h, "must be at least transit_low_h"),
            ("transit_high_h", self.transit_mode_h <= self.transit_high_h, "must be at least transit_mode_h"),
            ("transit_high_h", self.transit_low_h < self.transit_high_h, "must be over transit_low_h"),
            ("turnaround_h", self.turnaround_h >= 0, "must be at least 0"),
            ("p_incident_escorted", 0 <= self.p_incident_escorted < 1, "must be in [0, 1)"),
            ("p_incident_alone", 0 <= self.p_incident_alone < 1, "must be in [0, 1)"),
            ("horizon_h", 0 < self.horizon_h <= 100_000, "must be over 0 and at most 100,000 (11 years)"),
            (
                "arrivals_per_h",
                2 * self.arrivals_per_h * self.horizon_h < MAX_SHIPS_PER_DIRECTION / 2,
                "times horizon_h must stay under 4 million ships per direction",
            ),
        )
        for name, is_kept, rule in rules:
            if not is_kept:
                raise ScenarioError(
                    f"reference model: {name} = {getattr(self, name)!r}", rule=f"{name} {rule}", next_step="Correct it"
                )

    @property
    def convoy_demand_per_h(self) -> float:
        """Ships of one direction that want escort, per hour."""
        return self.arrivals_per_h * (1 - self.p_alone)

    @property
    def load(self) -> float:
        """Convoy demand over convoy capacity, while escorts do not bind; the queue is stable below 1."""
        return self.convoy_demand_per_h * self.interval_h / self.convoy_size

    @property
    def n_epochs(self) -> int:
        """Convoy epochs strictly before the horizon."""
        interval, horizon = round(self.interval_h * TICKS_PER_H), round(self.horizon_h * TICKS_PER_H)
        return max(0, (horizon - 1) // interval)

    def to_row(self) -> dict[str, float]:
        """Return the parameters by name, for a run record."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


CASES: Final = {
    "A": ReferenceParameters(),
    "B": ReferenceParameters(p_alone=0.45),
    "C": ReferenceParameters(p_alone=0.45, n_escorts=4),
}
"""A: demand 1.625 of capacity, the queue grows without bound. B: 0.894, stable. C: B with 4 escorts, which bind."""
