"""Tensions of an alliance as a timeline: what statements say of them, and what the roll itself shows.

Six kinds, each with the statements that carry it:

- `with-lead`: a member against the lead, or the lead against a member (criticism, threat, dissent).
- `with-adversary`: a member keeps close relations with the adversary.
- `dual-role`: a member is also a mediator.
- `between-partners`: any other pair inside the alliance.
- `falling-back`: a member stood higher on the ladder before.
- `words-and-deeds`: promised and not moved after `PATIENCE_DAYS`; refused and moved; disagrees in public and supports.
- `between-sources`: independent sources of comparable weight say yes and no within a week.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from muster.assessment.roll import Roll, build_roll
from muster.assessment.standing import COMPARABLE, PATIENCE_DAYS, SETTLING_DAYS, Standing
from muster.assessment.weight import base_weight
from muster.base.actors import display_name
from muster.base.case import Case
from muster.base.scheme import DIRECTION_OF_STATUS, GROUPS, ORGANISATIONS, STATUS_LADDER
from muster.ledger.entry import Entry
from muster.ledger.view import View

KINDS = (
    "with-lead", "with-adversary", "dual-role", "between-partners", "falling-back", "words-and-deeds",
    "between-sources",
)  # fmt: skip
PER_CELL = 4
_MOVED = ("deployed", "delivered")
_MOVABLE = ("escort", "mine_clearance", "air_defence", "personnel", "logistics", "mission")
_SUPPORTING = ("basing", "logistics", "intelligence", "escort")


@dataclass(frozen=True, slots=True)
class Tension:
    """One tension with its day, the two sides, a sentence and the statements that show it.

    Attributes
    ----------
    kind : one of `KINDS`
    actor, target : str
        Codes; for a tension within one member's own record the target is the matter (`basing`).
    type : str
        The scheme's type for stated tensions; `fallen`, `not_moved`, `refused_and_moved`, `dissent_and_support` or
        `contradiction` for derived ones.
    on : date
        The day of the newest statement.
    sentence : str
    entries : tuple of Entry
        Newest first, at least one.
    """

    kind: str
    actor: str
    target: str
    type: str
    on: date
    sentence: str
    entries: tuple[Entry, ...]


def find_tensions(view: View, case: Case, roll: Roll | None = None) -> tuple[Tension, ...]:
    """Return the tensions of a case up to the view's day, oldest first.

    Stated ones come from statements of kind `tension`, one for each pair, type and day; derived ones from responses.
    """
    roll = roll if roll is not None and roll.as_of == view.as_of else build_roll(view, case)
    stated = _stated(view.statements("tension"), case, {*roll.members, *GROUPS, *ORGANISATIONS, case.lead})
    responses = view.standing_entries(None, roll.members, kinds=("response",), per_cell=PER_CELL)
    records: dict[tuple[str, str], list[Entry]] = {}
    for entry in responses:
        if entry.valid_from >= case.start and base_weight(entry) > 0:
            records.setdefault((entry.statement.actor, entry.statement.what), []).append(entry)
    found = [
        *stated,
        *_falls(records),
        *_broken_words(records, roll, view.as_of),
        *_dissent_and_support(stated, records, case),
        *_contradictions(roll),
    ]
    return tuple(sorted(found, key=lambda item: (item.on, item.kind, item.actor, item.target, item.type)))


def _stated(entries: Iterable[Entry], case: Case, partners: Collection[str]) -> list[Tension]:
    """Group what texts say by pair, type and day; both sides are partners, or the tension is a member's ties."""
    groups: dict[tuple[str, str, str, date], list[Entry]] = {}
    for entry in entries:
        said = entry.statement
        is_inside = said.target in partners or said.type in {"dual_role", "adversary_ties"}
        if said.actor in partners and is_inside and entry.valid_from >= case.start and base_weight(entry) > 0:
            groups.setdefault((said.actor, said.target, said.type, entry.valid_from), []).append(entry)
    return [
        _tension(_kind_of(actor, target, kind, case), actor, target, kind, _said(actor, target, kind), rows)
        for (actor, target, kind, _), rows in groups.items()
    ]


def _kind_of(actor: str, target: str, kind: str, case: Case) -> str:
    if kind == "dual_role":
        return "dual-role"
    if kind == "adversary_ties" or target in case.adversaries:
        return "with-adversary"
    return "with-lead" if case.lead in {actor, target} else "between-partners"


def _said(actor: str, target: str, kind: str) -> str:
    one, many = {
        "criticism": ("criticises", "criticise"), "threat": ("threatens", "threaten"),
        "dissent": ("disagrees in public with", "disagree in public with"),
        "dual_role": ("is a member and mediates with", "are members and mediate with"),
        "adversary_ties": ("keeps close relations with", "keep close relations with"),
    }[kind]  # fmt: skip
    verb = many if actor in GROUPS else one
    return f"{display_name(actor)} {verb} {display_name(target)}."


def _level(entry: Entry) -> int:
    """Return the height of a status: 0 for no, then the rungs of the ladder."""
    status = entry.statement.status
    return STATUS_LADDER.index(status) + 1 if status in STATUS_LADDER else 0


def _falls(records: Mapping[tuple[str, str], Sequence[Entry]]) -> list[Tension]:
    """Find each member's latest fall on each matter: a lower status a week or more after a higher one."""
    found = []
    for (actor, what), rows in records.items():
        ranked = [(entry.valid_from.toordinal(), _level(entry), base_weight(entry), entry) for entry in rows]
        best: tuple[int, int, Entry, Entry] | None = None
        for later_day, later_level, later_weight, later in ranked:
            for day, level, weight, earlier in ranked:
                if level <= later_level or later_day - day <= SETTLING_DAYS or later_weight < COMPARABLE * weight:
                    continue
                is_later = best is None or (later_day, level) > best[:2]
                if is_later and _is_a_fall(earlier, later):
                    best = later_day, level, later, earlier
        if best is not None:
            later, earlier = best[2:]
            sentence = (
                f"{display_name(actor)} fell back on {what}: {earlier.statement.status} on {earlier.valid_from}, "
                f"{later.statement.status} on {later.valid_from}."
            )
            found.append(_tension("falling-back", actor, what, "fallen", sentence, [later, earlier]))
    return found


def _is_a_fall(earlier: Entry, later: Entry) -> bool:
    """Return whether the later status takes something back: moved assets only by a no, a promise also by a maybe."""
    if DIRECTION_OF_STATUS[later.statement.status] == "no":
        return True
    return earlier.statement.status == "pledged"


def _broken_words(records: Mapping[tuple[str, str], Sequence[Entry]], roll: Roll, as_of: date) -> list[Tension]:
    """Find promises without a move, and refusals beside a move."""
    found = []
    for (actor, what), rows in records.items():
        moved = [entry for entry in rows if entry.statement.status in _MOVED]
        promised = [entry for entry in rows if entry.statement.status == "pledged"]
        stands = [cell for cell in roll.row(actor) if cell.entries and cell.entries[0].statement.what == what]
        if what in _MOVABLE and promised and not moved and any(cell.status == "pledged" for cell in stands):
            first = promised[0]
            days = (as_of - first.valid_from).days
            if days > PATIENCE_DAYS:
                promise = f"{display_name(actor)} promised {what} on {first.valid_from}"
                sentence = f"{promise}; {days} days later no move is reported."
                found.append(_tension("words-and-deeds", actor, what, "not_moved", sentence, promised[::-1]))
        refused = [entry for entry in rows if entry.statement.status == "refused"]
        near = [
            (word, deed)
            for word in refused
            for deed in moved
            if abs((word.valid_from - deed.valid_from).days) <= SETTLING_DAYS
        ]
        if near:
            word, deed = near[-1]
            sentence = f"{display_name(actor)} is said to refuse {what} and to give it within a week."
            found.append(_tension("words-and-deeds", actor, what, "refused_and_moved", sentence, [word, deed]))
    return found


def _dissent_and_support(
    stated: Sequence[Tension], records: Mapping[tuple[str, str], Sequence[Entry]], case: Case
) -> list[Tension]:
    """Find members that disagree with the lead in public and yet authorised or gave what it needs."""
    dissent: dict[str, Entry] = {}
    for item in stated:
        if item.target == case.lead and item.type in {"dissent", "criticism"}:
            dissent[item.actor] = item.entries[0]
    found = []
    for (actor, what), rows in sorted(records.items()):
        given = [entry for entry in rows if entry.statement.status in {"authorised", *_MOVED}]
        if actor in dissent and what in _SUPPORTING and given:
            sentence = (
                f"{display_name(actor)} disagrees with {display_name(case.lead)} in public and stands at "
                f"{given[-1].statement.status} on {what}."
            )
            rows_shown = [dissent[actor], given[-1]]
            found.append(_tension("words-and-deeds", actor, what, "dissent_and_support", sentence, rows_shown))
    return found


def _contradictions(roll: Roll) -> list[Tension]:
    """Turn each contested standing into one tension between its sources; one matter is shown once."""
    found: dict[tuple[str, str], Tension] = {}
    for member in roll.members:
        for cell in roll.row(member):
            if cell.is_contested:
                pair = _opposed(cell)
                if pair is not None:
                    sentence = (
                        f"Sources contradict each other on {display_name(member)} and {cell.ask_id}: "
                        f"{pair[0].statement.status} ({pair[0].document.publisher}) against "
                        f"{pair[1].statement.status} ({pair[1].document.publisher})."
                    )
                    key = (member, pair[0].statement.what)
                    found.setdefault(
                        key, _tension("between-sources", member, cell.ask_id, "contradiction", sentence, list(pair))
                    )
    return list(found.values())


def _opposed(cell: Standing) -> tuple[Entry, Entry] | None:
    """Return the newest yes and no of different origins in a contested cell."""
    for first in cell.entries:
        for second in cell.entries:
            if {DIRECTION_OF_STATUS[first.statement.status], DIRECTION_OF_STATUS[second.statement.status]} == {
                "yes",
                "no",
            } and first.document.origin != second.document.origin:
                return first, second
    return None


def _tension(kind: str, actor: str, target: str, type_: str, sentence: str, entries: Sequence[Entry]) -> Tension:
    ordered = tuple(sorted(entries, key=lambda entry: (-entry.valid_from.toordinal(), entry.id)))
    return Tension(kind, actor, target, type_, ordered[0].valid_from, sentence, ordered)
