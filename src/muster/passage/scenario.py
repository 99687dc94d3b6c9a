"""A scenario: everything the passage model needs, as frozen values; `load_scenario` reads it from a TOML file.

docs/scenario-file.md lists every key with its unit and rule.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path

from muster.base.errors import ScenarioError
from muster.passage.forces import ForceUnit
from muster.passage.policy import Policy
from muster.passage.priors import Number


@dataclass(frozen=True, slots=True)
class Lane:
    """One route: its least time between two ships, transit time (triangular, per ship), when it operates, its line.

    `regimes`: in which regimes it operates. `needs_policy`: it exists only while the coalition does something.
    `points`: (longitude, latitude) of the middle line inbound, approximate, for the picture.
    """

    route: str
    headway_min: Number
    transit_h: tuple[float, float, float]
    regimes: frozenset[str]
    needs_policy: bool
    length_nm: float
    points: tuple[tuple[float, float], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Anchorage:
    """A waiting area; `side` is where ships bound `in` or `out` wait."""

    name: str
    lon: float
    lat: float
    radius_nm: float
    side: str
    source: str


@dataclass(frozen=True, slots=True)
class ShipClass:
    """A class of ship: its share of arrivals, cargo, value and costs; `laden` is the direction with oil on board."""

    name: str
    share: float
    oil_bbl: Number
    laden: str
    hull_value_usd: Number
    waiting_usd_per_day: Number
    toll_usd: Number


@dataclass(frozen=True, slots=True)
class FlagGroup:
    """Ships under similar flags: share of arrivals, what they try in which order, tolerance, permission, reflagging."""

    name: str
    share: float
    codes: tuple[str, ...]
    choices: tuple[str, ...]
    tolerance_factor: Number
    p_seeks_permission: Number
    may_reflag: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """From this day on, arrivals are `factor` times the base rate."""

    from_day: float
    factor: Number


@dataclass(frozen=True, slots=True)
class Traffic:
    """Who arrives. `process` is `gamma` (over-dispersed), `poisson` or `trace` (`trace_per_day` expected arrivals)."""

    process: str
    arrivals_per_day: Number
    vintage: str
    in_share: float
    dispersion: float
    modulation_h: float
    demand: tuple[Demand, ...]
    trace_per_day: tuple[float, ...]
    initial_ships: Number
    classes: tuple[ShipClass, ...]
    flags: tuple[FlagGroup, ...]
    protecting_flag: str


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much ships bear: share of ships (0..1) whose tolerated risk, or wait in hours, is at most the value.

    `perception`: perceived risk divided by true risk.
    """

    risk: tuple[tuple[float, float], ...]
    wait_h: tuple[tuple[float, float], ...]
    perception: Number
    patience_factor: Number


@dataclass(frozen=True, slots=True)
class RegimeChain:
    """The coastal state: start shares, jump rates per day, and where a confrontation leads with which probability."""

    start: tuple[float, ...]
    rates_per_day: tuple[tuple[Number | None, ...], ...]
    p_escalates: tuple[Number, ...]
    escalates_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acts:
    """Probabilities per passage: base[regime][route][act] times flag factor times escort factor.

    `corridor_factor`: multiplier on the facilitated lane at full patrol cover. `confrontations`: acts that, done to an
    escorted ship, are a confrontation.
    """

    base: tuple[tuple[tuple[Number, ...], ...], ...]
    flag_factor: tuple[tuple[Number, ...], ...]
    escort_factor: tuple[Number, ...]
    corridor_factor: tuple[Number, ...]
    confrontations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mines:
    """Mines by lane at the start and how they fall: `cleared_per_unit_day` by each `mcm` unit on station."""

    count: tuple[Number, ...]
    cleared_per_unit_day: Number
    cleared_route: str
    clear_below: float


@dataclass(frozen=True, slots=True)
class Costs:
    """Prices: a unit's day by type, war-risk premium as a share of hull value per passage by regime."""

    unit_day_usd: tuple[Number, ...]
    war_risk_share: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class SeenPeriod:
    """From this day on, observers see a passage of a class with this probability.

    `lane_factor[regime][lane]` multiplies it: ships go dark where being seen is dangerous.
    """

    from_day: int
    p_seen: tuple[float, ...]
    source: str
    lane_factor: tuple[tuple[float, ...], ...] = ((1.0,) * 3,) * 4


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario; `text_sha256` identifies the file it came from."""

    name: str
    title: str
    start: date
    days: int
    sea: str
    normal_per_day: float
    lanes: tuple[Lane, ...]
    anchorages: tuple[Anchorage, ...]
    traffic: Traffic
    tolerance: Tolerance
    regime: RegimeChain
    acts: Acts
    mines: Mines
    convoy_transit_h: tuple[float, float, float]
    support_turnaround_factor: Number
    policy: Policy
    units: tuple[ForceUnit, ...]
    costs: Costs
    seen: tuple[SeenPeriod, ...]
    path: Path | None = None
    text: str = ""

    @property
    def flag_names(self) -> tuple[str, ...]:
        """Flag groups in the order of the file."""
        return tuple(flag.name for flag in self.traffic.flags)

    def numbers(self) -> tuple[Number, ...]:
        """Return every number that may be uncertain, in a fixed order."""
        return tuple(_numbers(self))

    def uncertain(self) -> tuple[Number, ...]:
        """Return the numbers from whose priors runs draw."""
        return tuple(number for number in self.numbers() if number.is_uncertain)


def _numbers(value: object) -> Iterator[Number]:
    if isinstance(value, Number):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _numbers(item)
    elif is_dataclass(value) and not isinstance(value, (Policy, ForceUnit)):
        for field in fields(value):
            yield from _numbers(getattr(value, field.name))


def load_scenario(path: str | Path) -> Scenario:
    """Return the scenario of a TOML file (or of a case folder's `scenario.toml`).

    Raises
    ------
    ScenarioError
        The file is missing, is no TOML, or a key breaks its rule; names file, key, value and rule.
    """
    from muster.passage.scenario_file import parse_scenario

    path = Path(path)
    if path.is_dir():
        path = path / "scenario.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ScenarioError(f"scenario {path}: not UTF-8", rule="a scenario is UTF-8 TOML") from None
    except OSError as error:
        raise ScenarioError(
            f"scenario {path}: {error.strerror}", next_step="Give a scenario.toml or a case folder that has one"
        ) from None
    return parse_scenario(text, path=path)


def force_units(scenario: Scenario, forces: "tuple[ForceUnit, ...] | list[ForceUnit] | None") -> tuple[ForceUnit, ...]:
    """Return the units to use: the scenario's own if `forces` is None; checks ids and flag masks.

    Raises
    ------
    ScenarioError
        Two units share an id, or a flag mask names no flag group of the scenario.
    """
    units = scenario.units if forces is None else tuple(forces)
    known: Mapping[str, int] = {name: i for i, name in enumerate(scenario.flag_names)}
    seen: set[str] = set()
    for unit in units:
        if unit.id in seen:
            raise ScenarioError(f"force unit {unit.id!r} occurs twice", rule="ids in a force pool are unique")
        seen.add(unit.id)
        for flag in unit.flags or ():
            if flag not in known:
                raise ScenarioError(
                    f"force unit {unit.id!r}: flag group {flag!r} is not in scenario {scenario.name}",
                    rule=f"its flag groups are {', '.join(known)}",
                )
    return units
