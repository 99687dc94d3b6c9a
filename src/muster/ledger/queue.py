"""Which statements a reviewer should see first: those that contradict each other, then the least confident."""

from dataclasses import dataclass

from muster.base.scheme import DIRECTION_OF_STATUS
from muster.ledger.entry import Entry
from muster.ledger.view import View

PER_CELL = 4
"""Newest entries of a cell that are looked at for contradictions."""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A statement to rule on, and why it comes where it does."""

    entry: Entry
    why: str


def build_queue(view: View, *, limit: int = 50) -> tuple[QueueItem, ...]:
    """Return unreviewed statements in the order in which a ruling helps most.

    First the responses whose actor is also reported with the opposite direction (yes and no) on the same matter, least
    confident first; then all others by confidence. Nobody's ruling is asked for twice.
    """
    items = {item.entry.id: item for item in _contradictions(view)}
    for entry in view.unreviewed(limit=limit):
        items.setdefault(entry.id, QueueItem(entry, f"confidence {entry.statement.confidence:.2f}"))
    return tuple(items.values())[:limit]


def _contradictions(view: View) -> list[QueueItem]:
    by_matter: dict[tuple[str, str], dict[str, list[Entry]]] = {}
    for entry in view.standing_entries(kinds=("response",), per_cell=PER_CELL):
        direction = DIRECTION_OF_STATUS[entry.statement.status]
        if direction != "maybe":
            matter = (entry.statement.actor, entry.statement.what)
            by_matter.setdefault(matter, {}).setdefault(direction, []).append(entry)
    found = []
    for sides in by_matter.values():
        if len(sides) == 2:
            for side, other in (("yes", "no"), ("no", "yes")):
                against = sides[other][-1]
                why = f"against {against.statement.status} of {against.valid_from} ({against.id[:8]})"
                found += [QueueItem(entry, why) for entry in sides[side] if entry.review == "unreviewed"]
    return sorted(found, key=lambda item: (item.entry.statement.confidence, item.entry.id))
