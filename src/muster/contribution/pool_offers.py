"""What live statements offer: units by type, told once each, none standing higher than the roll does."""

from collections.abc import Iterable
from dataclasses import dataclass

from muster.assessment.roll import Roll
from muster.assessment.standing import Standing
from muster.base.scheme import DIRECTION_OF_STATUS, STATUS_LADDER
from muster.contribution.pool_tables import Tables
from muster.ledger.entry import Entry

FORCE_WHATS = ("escort", "mine_clearance", "mission", "air_defence", "logistics", "basing")
"""Matters whose responses may bring units; without a named asset only those with a default do."""

SHIP_TYPES = ("escort", "mcm")
"""Types that a state without a navy does not send where no asset is named."""


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """One of a member's own statements that counts; `status` is its rung, or that of its standing if that is lower.

    The roll lets a rung stand only where enough of the support carries it: one page alone lifts no unit above it.
    """

    entry: Entry
    is_contested: bool
    status: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One statement's offer of `count` units of a type; `label` empty where no asset is named.

    `is_elsewhere`: the statement places them outside the strait.
    """

    kind: str
    label: str
    count: int
    is_ship: bool
    answer: LiveAnswer
    is_elsewhere: bool = False


def rung(status: str) -> int:
    """Return the place of a status on the ladder, -1 if it is none of its rungs."""
    return STATUS_LADDER.index(status) if status in STATUS_LADDER else -1


def _is_open(status: str) -> bool:
    return DIRECTION_OF_STATUS.get(status) in ("yes", "maybe")


def _rung_in(entry: Entry, standing: Standing) -> int:
    """Return how high an entry counts in a standing; against a contested no it counts as itself."""
    own = rung(entry.statement.status)
    return min(own, rung(standing.status)) if _is_open(standing.status) else own


def live_answers(roll: Roll, member: str) -> list[LiveAnswer]:
    """Return the member's own statements that count and are no refusal."""
    found: dict[str, LiveAnswer] = {}
    for standing in roll.row(member):
        if standing.is_collective or not (_is_open(standing.status) or standing.is_contested):
            continue
        for entry in standing.entries:
            if not _is_open(entry.statement.status):
                continue
            known = found.get(entry.id)
            highest = max(_rung_in(entry, standing), rung(known.status) if known else -1)
            is_contested = known.is_contested if known else standing.is_contested
            found[entry.id] = LiveAnswer(entry, is_contested, STATUS_LADDER[highest])
    for entry in roll.given.get(member, ()):
        if _is_open(entry.statement.status):
            found.setdefault(entry.id, LiveAnswer(entry, is_contested=False, status=entry.statement.status))
    return [answer for answer in found.values() if answer.entry.statement.what in FORCE_WHATS]


def offers_of(member: str, answers: Iterable[LiveAnswer], tables: Tables) -> list[Offer]:
    """Return what each live statement offers, the most advanced first."""
    offers: list[Offer] = []
    for answer in answers:
        statement = answer.entry.statement
        read = [(asset, *tables.asset_units(asset, member)) for asset in statement.assets]
        is_elsewhere = tables.elsewhere.holds(statement.what, statement.status, statement.quote)
        foreign = {kind for _, kind, count, is_ship in read if is_ship and not count}
        for asset, kind, count, is_ship in read:
            if kind != "none" and count and (is_ship or kind not in foreign):
                offers.append(Offer(kind, asset, count, is_ship, answer, is_elsewhere))
        if not statement.assets and statement.what in tables.defaults:
            kind, count = tables.defaults[statement.what]
            if member in tables.without_navy and kind in SHIP_TYPES:
                continue
            offers.append(Offer(kind, "", count, is_ship=False, answer=answer, is_elsewhere=is_elsewhere))

    def order(offer: Offer) -> tuple[int, bool, bool, int, int, str]:
        entry, high = offer.answer.entry, rung(offer.answer.status)
        above = rung(entry.statement.status) - high
        return (-high, not offer.is_ship, not offer.label, above, -entry.valid_from.toordinal(), entry.id)

    return sorted(offers, key=order)


def distinct_units(offers: list[Offer]) -> list[tuple[Offer, tuple[Entry, ...]]]:
    """Return one offer per unit, with the statements of that type that bear it out.

    Ships by name are units of their own; a count adds only what goes beyond the units already there. What is elsewhere
    is counted apart: it makes no ship of the strait one less; a ship that is told of in both is the strait's.
    """
    units: list[tuple[Offer, tuple[Entry, ...]]] = []
    here = {offer.label for offer in offers if offer.is_ship and not offer.is_elsewhere}
    offers = [offer for offer in offers if not (offer.is_elsewhere and offer.is_ship and offer.label in here)]
    for kind, is_elsewhere in sorted({(offer.kind, offer.is_elsewhere) for offer in offers}):
        mine = [offer for offer in offers if (offer.kind, offer.is_elsewhere) == (kind, is_elsewhere)]
        found: list[Offer] = []
        for offer in mine:
            if offer.is_ship:
                if all(offer.label != other.label for other in found):
                    found.append(offer)
            else:
                found += [offer] * (offer.count - len(found))
        for offer in found:
            same = [other.answer.entry for other in mine if other.label == offer.label]
            entries = (offer.answer.entry, *same)
            units.append((offer, tuple({entry.id: entry for entry in entries}.values())))
    return units
