"""Standing: what a member's responses to an ask amount to on a date, with its reasons.

The rule in one place (docs/assessment.md says it for readers):

1. The member's own statements decide. Statements about a group it belonged to on their day speak for it only where it
   has none of its own, at a lower weight, and the standing says so (`is_collective`).
2. A statement is superseded by a later one of another direction if that comes more than `SETTLING_DAYS` later and
   weighs at least `COMPARABLE` of it, alone or together with others. Assets that were authorised or moved are undone
   by a refusal or withdrawal alone; a promise also by a condition set later; a refusal by any later opening.
3. Of what is left, each direction (yes, maybe, no) has the combined support of its independent origins, with age. The
   best supported direction stands; a maybe that is left beside a comparable yes is its condition, not its rival. Within
   yes the highest rung that carries `RUNG_SHARE` of that support stands, otherwise the newest status.
4. If yes and no are both left, from more than one origin, and the weaker has at least `COMPARABLE` of the stronger, the
   standing is contested.
5. No statement, or none that carries `LEAST_SUPPORT`: `unreported`. Never `refused`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from muster.assessment.relation import Relation
from muster.assessment.weight import base_weight, combined, recency
from muster.base.scheme import DIRECTION_OF_STATUS, STATUS_LADDER
from muster.ledger.entry import Entry

UNREPORTED = "unreported"
COLLECTIVE_STRENGTH = 0.4
"""What is said of a group counts this much for a member that has said nothing itself. Own choice."""
SETTLING_DAYS = 7
"""Statements within a week are of one moment: news and its corrections arrive in any order. Own choice."""
COMPARABLE = 0.5
"""Half the weight: one grade apart is comparable (B against C or D), two are not (B against E)."""
LEAST_SUPPORT = 0.1
"""Statements that carry less than this together, age left out, are shown but decide nothing: a group's words on a page
of grade E carry 0.06, a member's own 0.15."""
PATIENCE_DAYS = 60
"""A promise has two months to be kept before it counts as not kept. Own choice: in 2026 ships sailed 10 to 45 days
after a promise."""
RUNG_SHARE = 0.3
"""A rung stands if it and those above carry this share of the support for yes: one page alone does not lift it."""

_CAUTION = ("yes", "no", "maybe")
_MAYBE = ("considering", "conditional")
_MOVED = ("authorised", "deployed", "delivered")
_SUPERSEDED_BY: dict[str, tuple[str, ...]] = {
    "refused": ("pledged", *_MOVED, *_MAYBE),
    "withdrawn": ("pledged", *_MOVED, *_MAYBE),
    "considering": ("pledged", *_MOVED, "refused", "withdrawn"),
    "conditional": ("pledged", *_MOVED, "refused", "withdrawn"),
    "pledged": ("refused", "withdrawn", "conditional"),
    "authorised": ("refused", "withdrawn"),
    "deployed": ("refused", "withdrawn"),
    "delivered": ("refused", "withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a standing is what it is: a statement (empty id: the standing as a whole), the rule's name, one sentence."""

    statement_id: str
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member's responses to an ask amount to on a date.

    Attributes
    ----------
    member, ask_id : str
    status : str
        `unreported` or a status of the scheme.
    is_contested : bool
        A live yes and a live no of comparable weight.
    support : float
        Combined weight of the independent origins for the direction of `status`, 0..1; falls with age.
    reasons : tuple of Reason
        First the standing as a whole, then one per statement of `entries`.
    entries : tuple of Entry
        Statements that count, those for the standing first, newest first.
    caveats : tuple of Entry
    is_asked : bool
        The ask was open and addressed to the member or a group it belonged to.
    is_collective : bool
        Rests only on statements about a group.
    superseded : tuple of Entry
        Earlier statements that no longer count, newest first.
    """

    member: str
    ask_id: str
    status: str
    is_contested: bool
    support: float
    reasons: tuple[Reason, ...]
    entries: tuple[Entry, ...]
    caveats: tuple[Entry, ...]
    is_asked: bool = True
    is_collective: bool = False
    superseded: tuple[Entry, ...] = ()

    @property
    def direction(self) -> str:
        """Return `yes`, `maybe`, `no` or, for unreported, an empty text."""
        return DIRECTION_OF_STATUS.get(self.status, "")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One response that bears on a cell, with its weight on its own day and whether it speaks of a group."""

    entry: Entry
    rule: str
    status: str
    weight: float
    is_collective: bool = False

    @classmethod
    def of(cls, entry: Entry, relation: Relation, *, is_collective: bool = False, base: float | None = None) -> Self:
        """Return the evidence that an entry gives; `base` is its `base_weight` where that is known already."""
        share = COLLECTIVE_STRENGTH if is_collective else 1.0
        weight = (base_weight(entry) if base is None else base) * relation.strength * share
        return cls(entry, relation.rule, entry.statement.status, weight, is_collective)


def decide_standing(
    member: str,
    ask_id: str,
    evidence: Iterable[Evidence],
    *,
    as_of: date,
    caveats: Sequence[Entry] = (),
    is_asked: bool = True,
) -> Standing:
    """Return the standing that the evidence gives, by the rule of this module.

    Parameters
    ----------
    evidence : iterable of Evidence
        Responses of the member, and of groups it belonged to; any order.
    as_of : date
        Statements lose weight with their age on this day.
    """
    counted = [item for item in evidence if item.weight > 0.0]
    own = [item for item in counted if not item.is_collective]
    is_collective = not own and bool(counted)
    pool = sorted(own or counted, key=lambda item: (item.entry.valid_from, item.entry.id))
    if not pool:
        reason = Reason("", "nothing-reported", "No statement on this matter is known; silence is not an answer.")
        return Standing(member, ask_id, UNREPORTED, False, 0.0, (reason,), (), tuple(caveats), is_asked)
    if combined((item.entry.document.origin, item.weight) for item in pool) < LEAST_SUPPORT:
        reason = Reason("", "too-weak", "What is reported is too weak to count; see the statements.")
        entries = tuple(item.entry for item in reversed(pool))
        return Standing(member, ask_id, UNREPORTED, False, 0.0, (reason,), entries, tuple(caveats), is_asked)
    live, superseded = _split_superseded(pool)
    supports = {direction: _support(live, direction, as_of) for direction in ("yes", "maybe", "no")}
    newest = {_direction(item): item.entry.valid_from for item in live}
    if "yes" in newest and _support(live, "yes") >= COMPARABLE * _support(live, "maybe"):
        newest.pop("maybe", None)
    # Of equals the newer stands, then what asserts least: ambiguity is neither compliance nor, beside a maybe, refusal.
    direction = max(newest, key=lambda name: (supports[name], newest[name], _CAUTION.index(name)))
    yes, no = supports["yes"], supports["no"]
    sides = {item.entry.document.origin for item in live if _direction(item) in {"yes", "no"}}
    is_contested = min(yes, no) >= COMPARABLE * max(yes, no) > 0.0 and len(sides) > 1
    status = _status_within([item for item in live if DIRECTION_OF_STATUS[item.status] == direction], direction, as_of)
    ordered = sorted(
        live,
        key=lambda item: (
            DIRECTION_OF_STATUS[item.status] != direction,
            item.status != status,
            -item.entry.valid_from.toordinal(),
            -item.weight,
            item.entry.id,
        ),
    )
    reasons = (
        _headline(status, direction, live, is_contested, is_collective),
        *(_reason_of(item, direction) for item in ordered),
    )
    return Standing(
        member, ask_id, status, is_contested, supports[direction], reasons, tuple(item.entry for item in ordered),
        tuple(caveats), is_asked, is_collective, tuple(item.entry for item in reversed(superseded)),
    )  # fmt: skip


def _split_superseded(pool: Sequence[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Split evidence, oldest first, into what still counts and what later statements replaced."""
    by_status: dict[str, tuple[list[int], list[float]]] = {}
    for item in pool:
        dates, weights = by_status.setdefault(item.status, ([], []))
        dates.append(item.entry.valid_from.toordinal())
        weights.append(item.weight)
    for _, weights in by_status.values():  # from each place on, the largest weight still to come
        for index in range(len(weights) - 2, -1, -1):
            weights[index] = max(weights[index], weights[index + 1])
    live: list[Evidence] = []
    superseded: list[Evidence] = []
    for item in pool:
        settled = item.entry.valid_from.toordinal() + SETTLING_DAYS + 1
        needed = COMPARABLE * item.weight
        still_to_come = 0.0
        for status in _SUPERSEDED_BY[item.status]:
            if status in by_status:
                dates, weights = by_status[status]
                place = bisect_left(dates, settled)
                still_to_come = max(still_to_come, weights[place] if place < len(dates) else 0.0)
        if 0.0 < still_to_come < needed:  # none alone outweighs it; several independent ones may together
            still_to_come = combined(
                (later.entry.document.origin, later.weight)
                for later in pool
                if later.status in _SUPERSEDED_BY[item.status] and later.entry.valid_from.toordinal() >= settled
            )
        (superseded if still_to_come and still_to_come >= needed else live).append(item)
    return live, superseded


def _status_within(items: Sequence[Evidence], direction: str, as_of: date) -> str:
    """Return the status of the winning direction: the highest carried rung of yes, otherwise the newest status."""
    if direction != "yes":
        return max(items, key=lambda item: (item.entry.valid_from, item.weight, item.status)).status

    def support(least: int) -> float:
        return combined(
            (item.entry.document.origin, item.weight * recency(item.entry.valid_from, as_of))
            for item in items
            if STATUS_LADDER.index(item.status) >= least
        )

    rungs = sorted({STATUS_LADDER.index(item.status) for item in items}, reverse=True)
    needed = RUNG_SHARE * support(rungs[-1])
    return STATUS_LADDER[next(rung for rung in rungs if support(rung) >= needed)]


def _headline(status: str, direction: str, live: Sequence[Evidence], is_contested: bool, is_collective: bool) -> Reason:
    origins = {
        direction: {item.entry.document.origin for item in live if _direction(item) == direction}
        for direction in ("yes", "maybe", "no")
    }
    n_for, n_against = len(origins[direction]), len(origins["no" if direction == "yes" else "yes"])
    saying = {"yes": "say{s} yes", "maybe": "leave{s} it open", "no": "say{s} no"}[direction]
    saying = saying.format(s="s" if n_for == 1 else "")
    sentence = f"{status.capitalize()}: {n_for} independent {'source' if n_for == 1 else 'sources'} {saying}"
    if is_collective:
        rule, rest = "group-only", "of a group that the member belonged to; it has said nothing itself"
    elif is_contested:
        rule, rest = "contested", f"and {n_against} of comparable weight the contrary"
    else:
        rule, rest = "best-supported", "and nothing later of comparable weight speaks against it"
    return Reason("", rule, f"{sentence}, {rest}.")


def _support(live: Sequence[Evidence], direction: str, as_of: date | None = None) -> float:
    """Return the combined support of a direction; with the age of its statements if `as_of` is given."""
    return combined(
        (item.entry.document.origin, item.weight * (recency(item.entry.valid_from, as_of) if as_of else 1.0))
        for item in live
        if _direction(item) == direction
    )


def _direction(item: Evidence) -> str:
    return DIRECTION_OF_STATUS[item.status]


def _reason_of(item: Evidence, direction: str) -> Reason:
    document = item.entry.document
    side = "for" if DIRECTION_OF_STATUS[item.status] == direction else "against"
    who = "of the group" if item.is_collective else "of the member"
    publisher = document.publisher or document.source_id
    sentence = (
        f"{publisher} ({document.letter}) on {item.entry.valid_from}: {item.status} {item.entry.statement.what}, "
        f"{who}; {side} the standing, weight {item.weight:.2f}."
    )
    return Reason(item.entry.id, item.rule, sentence)
