"""The roll: members times asks of standings on one date, a pure function of a view and a case."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from muster.assessment.relation import NONE, bearing_whats, caveat_bears, relate, speaks_of_a_part, whats_for
from muster.assessment.standing import Evidence, Standing, decide_standing
from muster.assessment.weight import base_weight
from muster.base.case import AskLine, Case
from muster.base.errors import NotFoundError
from muster.base.scheme import GROUPS
from muster.ledger.entry import Entry
from muster.ledger.view import View

PER_CELL = 4
"""Entries taken from each (actor, what, status): four independent origins of grade C already give support 0.97."""

CAVEATS_PER_CELL = 2
"""Caveats taken from each (actor, what, type): the newest two say it."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Who answered which ask how, on one date.

    Attributes
    ----------
    as_of : date
    members : tuple of str
        Rows, actor codes.
    asks : tuple of AskLine
        Columns: the case's asks that were open.
    given : mapping member -> tuple of Entry
        Responses on matters that none of the asks names, newest first.
    caveats : mapping member -> tuple of Entry
        All caveats of a member in this case, newest first.
    """

    as_of: date
    members: tuple[str, ...]
    asks: tuple[AskLine, ...]
    given: Mapping[str, tuple[Entry, ...]]
    caveats: Mapping[str, tuple[Entry, ...]]
    _cells: Mapping[tuple[str, str], Standing] = field(repr=False)

    def cell(self, member: str, ask_id: str) -> Standing:
        """Return the standing of a member on an ask; NotFoundError lists what there is."""
        try:
            return self._cells[member, ask_id]
        except KeyError:
            if member not in self.members:
                rule = f"the roll of {self.as_of} has {', '.join(self.members)}"
                raise NotFoundError(f"member {member!r} is not on the roll", rule=rule) from None
            rule = f"the asks open on {self.as_of} are {', '.join(ask.id for ask in self.asks) or 'none'}"
            raise NotFoundError(f"ask {ask_id!r} is not on the roll", rule=rule) from None

    def row(self, member: str) -> tuple[Standing, ...]:
        """Return a member's standings in the order of the asks."""
        return tuple(self.cell(member, ask.id) for ask in self.asks)


def open_asks(case: Case, on: date) -> tuple[AskLine, ...]:
    """Return the asks of a case that were open on a day, in the case's order."""
    return tuple(ask for ask in case.asks if ask.since <= on and (ask.until is None or on <= ask.until))


def is_addressed(ask: AskLine, member: str, case: Case, on: date) -> bool:
    """Return whether an ask was addressed to a member, or to a group it belonged to on a day; nobody asks himself."""
    return member != ask.asker and member in case.groups.expand(ask.target, on)


def build_roll(view: View, case: Case, *, members: Collection[str] | None = None) -> Roll:
    """Return the roll of a case as a view has it.

    Parameters
    ----------
    view : View
        `as_of` chooses the day, `known_at` what was known.
    members : collection of str, optional
        Rows; the case's roll group on that day and its extra states if left out.

    Notes
    -----
    Cost grows with the number of different (actor, what, status), not with the number of statements:
    `View.standing_entries` hands out at most `PER_CELL` entries of each.
    """
    rows = tuple(members) if members is not None else case.members(view.as_of)
    asks = open_asks(case, view.as_of)
    memberships = _Memberships(case)
    speakers = {member: memberships.speakers(member) for member in rows}
    actors = {code for codes in speakers.values() for code in codes}
    responses = view.standing_entries(None, actors, kinds=("response",), per_cell=PER_CELL)
    caveats = view.standing_entries(None, actors, kinds=("caveat",), per_cell=CAVEATS_PER_CELL)
    bases = {entry.id: base_weight(entry) for entry in responses}
    by_actor = _by_actor(responses)
    caveats_by_actor = _by_actor(caveats)
    cells: dict[tuple[str, str], Standing] = {}
    given: dict[str, tuple[Entry, ...]] = {}
    limits: dict[str, tuple[Entry, ...]] = {}
    covered = set(bearing_whats(asks))
    for member in rows:
        spoken = memberships.spoken(member, speakers[member], by_actor)
        limiting = [entry for entry, _ in memberships.spoken(member, speakers[member], caveats_by_actor)]
        said = _by_what(spoken, bases)
        for ask in asks:
            cells[member, ask.id] = _cell(member, ask, said, limiting, case, view.as_of)
        own = [entry for entry, is_collective in spoken if not is_collective and entry.valid_from >= case.start]
        given[member] = _newest_first(entry for entry in own if entry.statement.what not in covered)
        limits[member] = _newest_first(entry for entry in limiting if entry.valid_from >= case.start)
    return Roll(view.as_of, rows, asks, given, limits, cells)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a member and its groups said on one matter: entry, its base weight, whether it speaks of a group."""

    entry: Entry
    base: float
    is_collective: bool


def _by_what(spoken: Iterable[tuple[Entry, bool]], bases: Mapping[str, float]) -> dict[str, list[_Said]]:
    found: dict[str, list[_Said]] = {}
    for entry, is_collective in spoken:
        found.setdefault(entry.statement.what, []).append(_Said(entry, bases[entry.id], is_collective))
    return found


def _cell(
    member: str, ask: AskLine, said: Mapping[str, list[_Said]], limiting: list[Entry], case: Case, as_of: date
) -> Standing:
    """Decide one cell from what the member and its groups said."""
    is_asked = is_addressed(ask, member, case, as_of)
    evidence = []
    for what in whats_for(ask):
        for row in said.get(what, ()):
            relation = relate(row.entry, ask, case_start=case.start, is_asked=is_asked)
            if relation is not NONE:
                evidence.append(Evidence.of(row.entry, relation, is_collective=row.is_collective, base=row.base))
    caveats = _newest_first(entry for entry in limiting if caveat_bears(entry, ask, case_start=case.start))
    return decide_standing(member, ask.id, evidence, as_of=as_of, caveats=caveats, is_asked=is_asked)


class _Memberships:
    """Dated membership with a memory: the same group and day are asked for thousands of times."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._known: dict[tuple[str, date], frozenset[str]] = {}
        self._partial: dict[str, bool] = {}

    def speakers(self, member: str) -> tuple[str, ...]:
        """Return the codes whose statements may speak for a member: itself and each group of the scheme it was in.

        A case's further lists (signatories, participants) are nobody who speaks.
        """
        groups = self._case.groups
        joined = [code for code in GROUPS if any(row.member == member for row in groups.memberships(code))]
        return (member, *joined)

    def holds(self, group: str, member: str, day: date) -> bool:
        """Return whether `member` was in `group` on `day`."""
        key = (group, day)
        if key not in self._known:
            self._known[key] = frozenset(self._case.groups.members(group, day))
        return member in self._known[key]

    def is_partial(self, entry: Entry) -> bool:
        """Return whether a statement about a group is about a part of it only."""
        if entry.id not in self._partial:
            self._partial[entry.id] = speaks_of_a_part(entry.statement.quote)
        return self._partial[entry.id]

    def spoken(
        self, member: str, speakers: tuple[str, ...], by_actor: Mapping[str, list[Entry]]
    ) -> list[tuple[Entry, bool]]:
        """Return the entries that speak for a member, with whether they speak of a group.

        A group's statement speaks for those who were members on the statement's own day, if it is about the group and
        not about most or some of it.
        """
        return [(entry, False) for entry in by_actor.get(member, ())] + [
            (entry, True)
            for group in speakers[1:]
            for entry in by_actor.get(group, ())
            if self.holds(group, member, entry.valid_from) and not self.is_partial(entry)
        ]


def _by_actor(entries: Collection[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.statement.actor, []).append(entry)
    return found


def _newest_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (-entry.valid_from.toordinal(), entry.id)))
