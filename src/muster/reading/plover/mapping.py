"""From our statements to PLOVER events: each kind with its codes has one class and mode."""

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
    field = _FIELD_OF_WHAT.get(statement.what, "")
    if statement.kind == "ask":
        return "REQUEST", "meet" if statement.what == "diplomacy" else "assist"
    if statement.kind == "response":
        return _of_response(statement, field)
    if statement.kind == "tension":
        return _TENSION[statement.type]
    if statement.kind == "act":
        event, mode = _ACT[statement.action]
        if statement.realis == "threatened" or (statement.realis == "announced" and event == "ASSAULT"):
            return "THREATEN", "violence" if event == "ASSAULT" else "restrict"
        if statement.realis == "announced" and event == "YIELD":
            return "AGREE", "diplomatic"
        if statement.realis == "denied":
            return "REJECT", ""
        return event, mode
    return "", ""


def _of_response(statement: Statement, field: str) -> tuple[str, str]:
    if statement.status == "refused":
        return "REJECT", "meet" if statement.what == "diplomacy" else "assist"
    if statement.status == "withdrawn":
        return "SANCTION", "discontinue"
    if statement.status == "considering":
        return "CONSULT", ""
    if statement.status in ("conditional", "pledged", "authorised"):
        return "AGREE", field
    if statement.status == "deployed" and _FIELD_OF_WHAT.get(statement.what) == "military":
        return "MOBILIZE", "troops"
    return _DELIVERED.get(statement.what, "COOPERATE"), field


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
