"""From our statements to PLOVER events: each kind with its codes has one class and mode."""

from functools import lru_cache
from typing import Final

from muster.base.document import Document
from muster.base.scheme import SHIPPING
from muster.base.statement import Statement

_FIELD_OF_WHAT: Final = {
    "escort": "military", "mine_clearance": "military", "basing": "military", "logistics": "military",
    "intelligence": "intelligence", "air_defence": "military", "personnel": "military", "command": "military",
    "political_support": "diplomatic", "diplomacy": "diplomatic", "sanctions": "economic", "funding": "economic",
    "mission": "military", "everything": "diplomatic",
}  # fmt: skip
_DELIVERED: Final = {
    "escort": "AID", "logistics": "AID", "funding": "AID", "air_defence": "AID", "mine_clearance": "AID",
    "basing": "COOPERATE", "intelligence": "COOPERATE", "personnel": "COOPERATE", "command": "COOPERATE",
    "mission": "COOPERATE", "everything": "COOPERATE", "political_support": "SUPPORT", "diplomacy": "CONSULT",
    "sanctions": "SANCTION",
}  # fmt: skip
_TENSION: Final = {
    "criticism": ("ACCUSE", "disapprove"), "threat": ("THREATEN", ""), "dissent": ("REJECT", ""),
    "dual_role": ("CONSULT", "third-party"), "adversary_ties": ("COOPERATE", "diplomatic"),
}  # fmt: skip
_ACT: Final = {
    "closure": ("COERCE", "restrict"), "reopening": ("YIELD", "access"), "permission": ("YIELD", "access"),
    "toll": ("COERCE", "restrict"), "inspection": ("COERCE", "seize"), "boarding": ("COERCE", "seize"),
    "seizure": ("COERCE", "seize"), "attack": ("ASSAULT", "heavy-weapons"), "mining": ("ASSAULT", "explosives"),
    "blockade": ("COERCE", "restrict"),
}  # fmt: skip


def plover_of(statement: Statement) -> tuple[str, str]:
    """Return the PLOVER event class and mode of a statement; empty texts where none fits (caveats, claims).

    A pledge is AGREE and a delivered service AID or COOPERATE, as PLOVER keeps words and deeds apart; an act that is
    only threatened is THREATEN, a reopening that is only announced AGREE.
    """
    part = statement.type or statement.action
    return plover_codes(statement.kind, statement.what, statement.status, part, statement.realis)


@lru_cache(maxsize=1024)  # of a few hundred combinations
def plover_codes(kind: str, what: str, status: str, part: str, realis: str) -> tuple[str, str]:
    """Return the event class and mode of the codes of a statement; `part` is its type (tensions) or action (acts)."""
    if kind == "ask":
        return "REQUEST", "meet" if what == "diplomacy" else "assist"
    if kind == "response":
        return _of_response(what, status)
    if kind == "tension":
        return _TENSION[part]
    return _of_act(part, realis) if kind == "act" else ("", "")


def _of_act(action: str, realis: str) -> tuple[str, str]:
    event, mode = _ACT[action]
    if realis == "threatened" or (realis == "announced" and event == "ASSAULT"):
        return "THREATEN", "violence" if event == "ASSAULT" else "restrict"
    if realis == "announced" and event == "YIELD":
        return "AGREE", "diplomatic"
    if realis == "denied":
        return "REJECT", ""
    return event, mode


def _of_response(what: str, status: str) -> tuple[str, str]:
    field = _FIELD_OF_WHAT.get(what, "")
    if status == "refused":
        return "REJECT", "meet" if what == "diplomacy" else "assist"
    if status == "withdrawn":
        return "SANCTION", "discontinue"
    if status == "considering":
        return "CONSULT", ""
    if status in ("conditional", "pledged", "authorised"):
        return "AGREE", field
    if status == "deployed" and field == "military":
        return "MOBILIZE", "troops"
    return _DELIVERED.get(what, "COOPERATE"), field


def plover_record(document: Document, statement: Statement) -> dict[str, object]:
    """Return a PLOVER-style record of a statement in its document: who did what to whom, in which words.

    The target of a response is unknown to a statement and left empty; acts are done to shipping.
    """
    event, mode = (statement.event, statement.mode) if statement.event else plover_of(statement)
    target = statement.target or (SHIPPING if statement.kind == "act" else "")
    record: dict[str, object] = {
        "id": statement.id_in(document.id), "document": document.source_id,
        "date": document.published.isoformat() if document.published else None,
        "source": [statement.actor], "target": [target] if target else [], "event": event, "mode": mode or None,
        "text": statement.quote, "start": statement.start, "end": statement.end,
        "confidence": round(statement.confidence, 4), "kind": statement.kind,
        "publication": document.publisher, "language": document.language,
    }  # fmt: skip
    flags = {
        "negated": statement.realis == "denied",
        "future": statement.realis in ("announced", "threatened") or statement.status == "pledged",
        "hypothetical": statement.status in ("considering", "conditional"),
    }
    return record | {name: True for name, is_set in flags.items() if is_set}
