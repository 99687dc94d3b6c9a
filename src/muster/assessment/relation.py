"""How a response bears on an ask: the same matter, or a wider one that covers it."""

import re
from dataclasses import dataclass
from datetime import date

from muster.assessment.third_party import is_to_another
from muster.base.case import AskLine
from muster.base.scheme import DIRECTION_OF_STATUS
from muster.ledger.entry import Entry

SHIP_MATTERS = ("escort", "mine_clearance")
MISSION_PARTS = ("escort", "mine_clearance", "command", "personnel")
MOVED = ("authorised", "deployed", "delivered")
GENERAL_STRENGTH = 0.5
"""A response in general words counts half as much as one on the matter itself. Own choice."""


_PART = re.compile(
    r"\b(?:most|many|several|some|few|a number|half|multiple|certain|zero|no|none|not all|neither)\b"
    r"(?: of)?(?: (?:the|its|his|her|their|these|those|our))?(?: [\w-]+){0,2}? "
    r"(?:allies|ally|members?|countries|country|states?|nations?|governments?|capitals|partners|europeans)\b",
    re.IGNORECASE,
)


def speaks_of_a_part(quote: str) -> bool:
    """Return whether a quote about a group is about a part of it (`most allies`, `several European countries`).

    What most of a group did is no answer of any one member, for nobody knows whether it was among them.
    """
    return _PART.search(quote) is not None


@dataclass(frozen=True, slots=True)
class Relation:
    """How strongly a response bears on an ask (0..1), and by which rule; strength 0 means not at all."""

    strength: float
    rule: str


NONE = Relation(0.0, "")


def relate(entry: Entry, ask: AskLine, *, case_start: date, is_asked: bool = True) -> Relation:
    """Return how a response bears on an ask.

    1. `same-matter`: what is given is what was asked; full strength from the case's first day on.
    2. `everything-covers`: a response about everything covers each ask that was open by then and addressed to the actor
       (`is_asked`); half strength.
    3. `mission-refusal-covers`: who refuses the mission sends it no ships and no minehunters; half strength, and only
       after the ask. A yes to the mission promises no ship.
    4. `part-of-mission`: ships, staff or command that were authorised or moved are a part in the mission; half
       strength.

    What was given or refused to another state than the asker bears on none (see `third_party`).
    """
    statement, day = entry.statement, entry.valid_from
    if day < case_start or is_to_another(statement, ask.asker):
        return NONE
    if statement.what == ask.what:
        return Relation(1.0, "same-matter")
    if day < ask.since or not is_asked:
        return NONE
    if statement.what == "everything":
        return Relation(GENERAL_STRENGTH, "everything-covers")
    if statement.what == "mission" and ask.what in SHIP_MATTERS and DIRECTION_OF_STATUS[statement.status] == "no":
        return Relation(GENERAL_STRENGTH, "mission-refusal-covers")
    if ask.what == "mission" and statement.what in MISSION_PARTS and statement.status in MOVED:
        return Relation(GENERAL_STRENGTH, "part-of-mission")
    return NONE


def whats_for(ask: AskLine) -> tuple[str, ...]:
    """Return the `what` codes whose responses can bear on one ask."""
    wanted = [ask.what, "everything"]
    if ask.what in SHIP_MATTERS:
        wanted.append("mission")
    if ask.what == "mission":
        wanted.extend(MISSION_PARTS)
    return tuple(dict.fromkeys(wanted))


def bearing_whats(asks: tuple[AskLine, ...]) -> tuple[str, ...]:
    """Return the `what` codes whose responses can bear on any of these asks."""
    return tuple(sorted({what for ask in asks for what in whats_for(ask)}))


def caveat_bears(entry: Entry, ask: AskLine, *, case_start: date) -> bool:
    """Return whether a caveat limits what was asked: the same matter, the mission for its parts, or everything."""
    what = entry.statement.what
    if entry.valid_from < case_start:
        return False
    return what in {ask.what, "everything"} or (what == "mission" and ask.what in MISSION_PARTS)
