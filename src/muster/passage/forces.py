"""Force units: what a member of the coalition really brings to the strait, with its caveats as masks.

A unit is a ship (or aircraft, or base) with a probability of being there, an arrival date, an on-station cycle and
caveats: whom it may protect (`flags`, `classes`), where (`routes`), when (`regimes`) and how (`may_answer_boarding`).
None in a mask means "no caveat". Units are built from the roll by `muster.contribution`, or written in a scenario's
`[[forces.unit]]`.
"""

from dataclasses import dataclass, field

from muster.base.errors import ScenarioError
from muster.passage.words import CLASSES, REGIMES, ROUTES, UNIT_TYPES

Range = tuple[float, float, float]
"""Low, mode and high of a triangular prior, drawn once per run."""


@dataclass(frozen=True, slots=True)
class ForceUnit:
    """One unit of the force pool.

    Parameters
    ----------
    id : str
        Unique in the pool. The unit's random draws are keyed by it, so that adding or dropping another unit leaves
        this one's availability and arrival as they were.
    nation : str
        ISO 3166 alpha-3 code of the state (or organisation) that sends it.
    type : str
        `escort` (frigate, destroyer), `mcm` (mine countermeasures), `patrol` (aircraft or craft that only patrol the
        corridor), `support` (base or logistics: shortens the turnaround of the others).
    p_available : float or (low, mode, high), 0..1
        Probability that the unit is there at all, drawn once per run.
    arrival_day : float or (low, mode, high), days after the scenario's start, >= 0
        From this day on it is in its cycle, if it is available; with phase 0 its first day on station.
    on_station_days, off_station_days : float, days
        The cycle: so long on station, then so long away (rest, replenishment). `off_station_days` 0 = always there.
    phase_days : float or None, days, from 0 to the cycle's length
        How far into its cycle the unit is on its arrival day: 0 = a stint begins. None = drawn once per run, uniform
        over the cycle, from the unit's own stream, so that units do not all rest on the same days. If the phase falls
        into the rest, the unit is first on station when that rest ends.
    turnaround_h : float, hours, >= 0
        Between the end of one task (convoy, accompaniment) and the next.
    until_day : float or None
        Day on which it goes home for good; None = stays.
    flags, classes, routes, regimes : frozenset of str or None
        Caveats: only these may be protected, sailed on, or worked in; None = no such caveat.
    may_answer_boarding : bool
        May it stand between a boarding party and the ship it protects.
    mission : str
        Name of a common undertaking, "" = none.
    mission_share : float, 0..1
        Share of runs in which the mission decides for all its units at once: they then come, and come soon or late,
        by the mission's draw instead of their own. Each unit's own probability and dates stay what they are; only how
        they go together changes (all or none, and those with better odds first).
    statement_ids : tuple of str
        Statements of the ledger from which the unit follows; empty for a unit written by hand.

    Raises
    ------
    ScenarioError
        A value breaks its rule; names unit, field, value and rule.
    """

    id: str
    nation: str
    type: str = "escort"
    p_available: float | Range = 1.0
    arrival_day: float | Range = 0.0
    on_station_days: float = 30.0
    off_station_days: float = 0.0
    phase_days: float | None = None
    turnaround_h: float = 6.0
    until_day: float | None = None
    flags: frozenset[str] | None = None
    classes: frozenset[str] | None = None
    routes: frozenset[str] | None = None
    regimes: frozenset[str] | None = None
    may_answer_boarding: bool = True
    statement_ids: tuple[str, ...] = field(default=(), compare=False)
    mission: str = ""
    mission_share: float = 0.0

    def __post_init__(self) -> None:
        """Check every field."""
        if not self.id:
            raise self._fail("id", "a unit has a name")
        if self.type not in UNIT_TYPES:
            raise self._fail("type", f"type is one of {', '.join(UNIT_TYPES)}")
        for name, upper in (("p_available", 1.0), ("arrival_day", 36_500.0)):
            self._check_range(name, upper)
        if not 0 <= self.mission_share <= 1 or (self.mission_share > 0 and not self.mission):
            raise self._fail("mission_share", "mission_share is a number from 0 to 1, and goes with a mission")
        for name in ("off_station_days", "turnaround_h"):
            if not 0 <= getattr(self, name) <= 36_500:
                raise self._fail(name, f"{name} is a number >= 0")
        if not 0 < self.on_station_days <= 36_500:
            raise self._fail("on_station_days", "on_station_days is a number > 0")
        if self.phase_days is not None and not 0 <= self.phase_days <= self.on_station_days + self.off_station_days:
            raise self._fail("phase_days", "phase_days is a number from 0 to on_station_days + off_station_days")
        if self.until_day is not None and self.until_day < 0:
            raise self._fail("until_day", "until_day is a number >= 0")
        for name, known in (("classes", CLASSES), ("routes", ROUTES), ("regimes", REGIMES)):
            mask = getattr(self, name)
            if mask is not None and not mask <= set(known):
                raise self._fail(name, f"{name} is a set of {', '.join(known)}")

    def _check_range(self, name: str, upper: float) -> None:
        value = getattr(self, name)
        low, mode, high = value if isinstance(value, tuple) else (value, value, value)
        if not 0 <= low <= mode <= high <= upper:
            raise self._fail(name, f"{name} is a number from 0 to {upper:g}, or (low, mode, high) in that order")

    def _fail(self, name: str, rule: str) -> ScenarioError:
        value = getattr(self, name)
        shown = sorted(value) if isinstance(value, frozenset) else value
        return ScenarioError(f"force unit {self.id!r}: {name} = {shown!r}", rule=rule, next_step="Correct the unit")
