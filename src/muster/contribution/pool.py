"""The force pool: what the roll supports, as units for the simulator, each with the statements it rests on.

For every member, each live response that is not a no becomes units: the assets that its statements name, or one default
unit of the matter where none is named. The same assets told of twice are not added up: of each type a member brings
the ships named, and a number counts only beyond what is already there, the most advanced statement first. The status of
the statement behind a unit, or the standing's where that is lower, gives its probability and date, the member's caveats
on that matter give masks.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from muster.assessment.roll import Roll
from muster.base.case import Case
from muster.contribution.pool_offers import LiveAnswer, distinct_units, live_answers, offers_of, rung
from muster.contribution.pool_tables import CaveatRule, Tables, load_tables
from muster.ledger.entry import Entry
from muster.ledger.view import View
from muster.passage.forces import ForceUnit, Range
from muster.passage.scenario import Scenario

MEMBER = "member"
"""Status of a state that signed the coalition's statement and promised nothing more of its own."""


@dataclass(frozen=True, slots=True)
class PoolUnit:
    """One unit with what it rests on.

    Attributes
    ----------
    force : ForceUnit
    what, status : str
        The matter and status of the response behind it; `member` for a bare signature.
    asset : str
        As named in the statement; empty for a default.
    basis : {"statement", "membership", "supposed"}
    quotes : tuple of str
        Verbatim, in the order of `force.statement_ids`.
    caveats : tuple of str
        What limits it, one sentence each with the statement's id.
    caveat_ids : tuple of (caveat type, statement id)
    is_elsewhere : bool
        Its statement places it outside the strait: it is listed, but no part of the game, whatever caveats are lifted.
    """

    force: ForceUnit
    what: str
    status: str
    asset: str
    basis: str
    quotes: tuple[str, ...]
    caveats: tuple[str, ...]
    caveat_ids: tuple[tuple[str, str], ...]
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class ForcePool:
    """The units of all members, and those of others that are there anyway.

    Attributes
    ----------
    as_of : date
        Day 0 of every `arrival_day`.
    members : tuple of str
        All members of the coalition or the roll that could bring something, with or without a unit.
    units : tuple of PoolUnit
    background : tuple of ForceUnit
        Units of the lead, taken from the scenario: no member's contribution.
    """

    as_of: date
    members: tuple[str, ...]
    units: tuple[PoolUnit, ...]
    background: tuple[ForceUnit, ...] = ()

    def force_units(self, *, without: Iterable[str] = ()) -> tuple[ForceUnit, ...]:
        """Return all units for the simulator, without those of some members."""
        left = frozenset(without)
        return (*[unit.force for unit in self.sailing if unit.force.nation not in left], *self.background)

    @property
    def sailing(self) -> tuple[PoolUnit, ...]:
        """Units that are not elsewhere."""
        return tuple(unit for unit in self.units if not unit.is_elsewhere)

    @property
    def contributors(self) -> tuple[str, ...]:
        """Members with at least one unit that is not elsewhere, sorted."""
        return tuple(sorted({unit.force.nation for unit in self.sailing}))


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """A supposition: the member's answer on a matter has this status from this day on."""

    member: str
    what: str
    status: str
    on: date

    def __str__(self) -> str:
        """Return it as `DEU.mine_clearance=deployed@2026-06-01`."""
        return f"{self.member}.{self.what}={self.status}@{self.on}"


@dataclass(frozen=True, slots=True)
class LiftCaveat:
    """A supposition: the member's caveats of this type no longer hold."""

    member: str
    type: str

    def __str__(self) -> str:
        """Return it as `FRA.operational`."""
        return f"{self.member}.{self.type}"


Change = SetAnswer | LiftCaveat


def _scaled(value: Range, factor: float) -> Range:
    low, mode, high = value
    return low * factor, mode * factor, high * factor


def _shifted(value: Range, days: float) -> Range:
    low, mode, high = (max(value[0], part + days) for part in value)
    return low, mode, high


@dataclass(slots=True)
class _Limits:
    """What the caveats of a member on a matter do together."""

    regimes: frozenset[str] | None = None
    routes: frozenset[str] | None = None
    own_flag: bool = False
    may_answer_boarding: bool = True
    factor: float = 1.0
    delay_days: float = 0.0
    sentences: list[str] = field(default_factory=list)
    ids: list[tuple[str, str]] = field(default_factory=list)

    def put(self, rule: CaveatRule, entry: Entry, *, is_first: bool) -> None:
        """Add one caveat; masks intersect, a factor counts once per type of caveat."""
        if rule.regimes is not None:
            self.regimes = rule.regimes if self.regimes is None else self.regimes & rule.regimes
        if rule.routes is not None:
            self.routes = rule.routes if self.routes is None else self.routes & rule.routes
        self.own_flag = self.own_flag or rule.own_flag
        self.may_answer_boarding = self.may_answer_boarding and rule.may_answer_boarding
        if is_first:
            self.factor *= rule.factor
            self.delay_days += rule.delay_days
        self.sentences.append(f"{rule.type}: “{entry.statement.quote}”")
        self.ids.append((rule.type, entry.id))


def _limits(caveats: Iterable[Entry], what: str, status: str, tables: Tables) -> _Limits:
    """Return what the caveats on a matter (or on the mission as a whole) do to a unit."""
    limits, seen = _Limits(), set[str]()
    for entry in caveats:
        statement = entry.statement
        if statement.what not in (what, "mission", "everything"):
            continue
        for rule in tables.caveats:
            if rule.type == statement.type and rule.applies(statement.quote, status):
                limits.put(rule, entry, is_first=rule.type not in seen)
                seen.add(rule.type)
                break
    return limits


def flag_group_of(scenario: Scenario, nation: str) -> frozenset[str]:
    """Return the scenario's flag group that holds a nation's flag (empty if none does)."""
    return frozenset(flag.name for flag in scenario.traffic.flags if nation in flag.codes)


def _units_of(
    member: str,
    live: list[LiveAnswer],
    caveats: tuple[Entry, ...],
    scenario: Scenario,
    as_of: date,
    tables: Tables,
    lifted: Collection[str] = (),
) -> list[PoolUnit]:
    """Return the units of one member; `lifted` types of caveat are gone from `caveats`, and conditions with them."""
    units: list[PoolUnit] = []
    numbers: dict[str, int] = {}
    for offer, entries in distinct_units(offers_of(member, live, tables)):
        statement, status = offer.answer.entry.statement, offer.answer.status
        row, cycle = tables.statuses[status], tables.cycles[offer.kind]
        limits = _limits(caveats, statement.what, status, tables)
        if offer.is_elsewhere:
            limits.routes = tables.elsewhere.routes & (limits.routes or tables.elsewhere.routes)
            limits.sentences.append(f"place: “{statement.quote}”")
        if status == "conditional" and limits.regimes is None and "operational" not in lifted:
            limits.regimes = frozenset({"open", "tolled"})
            limits.sentences.append(f"condition: “{statement.quote}”")
        factor = limits.factor * (tables.contested_factor if offer.answer.is_contested else 1.0)
        elapsed = (as_of - offer.answer.entry.valid_from).days
        number = numbers[offer.kind] = numbers.get(offer.kind, 0) + 1
        force = ForceUnit(
            id=f"{member.lower()}-{offer.kind}-{number}",
            nation=member,
            type=offer.kind,
            p_available=_scaled(row.p_available, factor),
            arrival_day=_shifted(row.delay_days, limits.delay_days - elapsed),
            on_station_days=cycle.on_station_days,
            off_station_days=cycle.off_station_days,
            turnaround_h=cycle.turnaround_h,
            flags=flag_group_of(scenario, member) if limits.own_flag else None,
            routes=limits.routes,
            regimes=limits.regimes,
            may_answer_boarding=limits.may_answer_boarding,
            statement_ids=tuple(entry.id for entry in entries),
        )
        quotes = tuple(entry.statement.quote for entry in entries)
        caveat_ids, sentences = tuple(limits.ids), tuple(limits.sentences)
        rests = (quotes, sentences, caveat_ids, offer.is_elsewhere)
        units.append(PoolUnit(force, statement.what, status, offer.label, "statement", *rests))
    return units


def member_unit(member: str, tables: Tables | None = None) -> PoolUnit:
    """Return the one escort that a bare signature of the coalition's statement is worth."""
    tables = tables or load_tables()
    row, cycle = tables.statuses[MEMBER], tables.cycles["escort"]
    force = ForceUnit(
        id=f"{member.lower()}-escort-1",
        nation=member,
        type="escort",
        p_available=row.p_available,
        arrival_day=row.delay_days,
        on_station_days=cycle.on_station_days,
        off_station_days=cycle.off_station_days,
        turnaround_h=cycle.turnaround_h,
        regimes=frozenset({"open", "tolled"}),
    )
    return PoolUnit(force, "mission", MEMBER, "", "membership", (), (), ())


def _supposed(
    member: str, units: list[PoolUnit], caveats: tuple[Entry, ...], answer: SetAnswer, as_of: date, tables: Tables
) -> list[PoolUnit]:
    """Return a member's units with one answer supposed: as many units of its type as before, or the default.

    Units that already stand as high or higher stay as they are.
    """
    kind, count = tables.defaults.get(answer.what, ("patrol", 1))
    mine = [unit for unit in units if unit.force.type == kind]
    rest = [unit for unit in units if unit.force.type != kind]
    if answer.status not in tables.statuses:
        return rest
    row, cycle = tables.statuses[answer.status], tables.cycles[kind]
    limits = _limits(caveats, answer.what, answer.status, tables)
    base = mine or [member_unit(member, tables)] * count
    changed = []
    for number, unit in enumerate(base, 1):
        if rung(unit.status) >= rung(answer.status) and unit in mine:
            changed.append(unit)
            continue
        days = row.delay_days
        sail = max(0, (answer.on - as_of).days)
        force = replace(
            unit.force,
            id=f"{member.lower()}-{kind}-{number}",
            type=kind,
            p_available=_scaled(row.p_available, limits.factor),
            arrival_day=(days[0] + sail, days[1] + sail, days[2] + sail),
            on_station_days=cycle.on_station_days,
            off_station_days=cycle.off_station_days,
            turnaround_h=cycle.turnaround_h,
            routes=limits.routes,
            regimes=limits.regimes,
            may_answer_boarding=limits.may_answer_boarding,
        )
        changed.append(
            replace(
                unit,
                force=force,
                what=answer.what,
                status=answer.status,
                basis="supposed",
                caveats=tuple(limits.sentences),
                caveat_ids=tuple(limits.ids),
                is_elsewhere=False,
            )
        )
    return [*rest, *changed]


def _in_mission(unit: PoolUnit, mission: str, tables: Tables) -> PoolUnit:
    """Return the unit with the fate it shares: what has not sailed waits for the mission to begin."""
    if unit.status not in tables.mission_statuses:
        return unit
    return replace(unit, force=replace(unit.force, mission=mission, mission_share=tables.mission_share))


def _refuses(roll: Roll, member: str) -> bool:
    """Return whether the member itself refuses ships or the mission."""
    whats = {ask.id: ask.what for ask in roll.asks}
    return any(
        standing.status in ("refused", "withdrawn") and not standing.is_collective
        for standing in roll.row(member)
        if whats[standing.ask_id] in ("escort", "mission")
    )


def build_force_pool(
    roll: Roll, view: View, case: Case, *, scenario: Scenario | None = None, changes: Sequence[Change] = ()
) -> ForcePool:
    """Return the units that a roll supports on its date.

    Parameters
    ----------
    roll : Roll
    view : View
        The view the roll was built from; must have its date.
    case : Case
    scenario : Scenario, optional
        The case's own if left out: its flag groups, and the lead's units as background.
    changes : sequence of SetAnswer or LiftCaveat
        Suppositions, for what-if and the next ask; units that follow from one have the basis "supposed".

    Raises
    ------
    ScenarioError
        The case has no scenario.
    """
    from muster.passage.scenario import load_scenario

    scenario = scenario or load_scenario(case.folder)
    tables = load_tables()
    coalition = str(case.raw.get("roll", {}).get("coalition", "COALITION"))
    members = [member for member in roll.members if member != case.lead]
    units: list[PoolUnit] = []
    for member in members:
        lifted = {change.type for change in changes if isinstance(change, LiftCaveat) and change.member == member}
        caveats = tuple(e for e in roll.caveats.get(member, ()) if e.statement.type not in lifted)
        found = _units_of(member, live_answers(roll, member), caveats, scenario, view.as_of, tables, lifted)
        has_signed = member in case.groups.members(coalition, view.as_of) and member not in tables.without_navy
        if not found and has_signed and not _refuses(roll, member):
            found = [member_unit(member, tables)]
        for change in changes:
            if isinstance(change, SetAnswer) and change.member == member:
                found = _supposed(member, found, caveats, change, view.as_of, tables)
        units.extend(_in_mission(unit, coalition, tables) for unit in found)
    background = tuple(unit for unit in scenario.units if unit.nation == case.lead)
    return ForcePool(view.as_of, tuple(members), tuple(units), background)
