"""The statement scheme: kinds, codes and the fields of each kind. The contract between readers, ledger and scorers.

docs/scheme.md describes every code in words; a test holds the two together.
"""

from typing import Final

KINDS: Final = ("ask", "response", "caveat", "claim", "tension", "act")

WHATS: Final = (
    "escort", "mine_clearance", "basing", "logistics", "intelligence", "air_defence", "personnel", "command",
    "political_support", "diplomacy", "sanctions", "funding", "mission", "everything",
)  # fmt: skip

STATUSES: Final = (
    "refused", "considering", "conditional", "pledged", "authorised", "deployed", "delivered", "withdrawn",
)  # fmt: skip

STATUS_LADDER: Final = ("considering", "conditional", "pledged", "authorised", "deployed", "delivered")
"""The rungs in rising order; `refused` and `withdrawn` stand beside the ladder, `unreported` is no statement at all."""

DIRECTION_OF_STATUS: Final = {
    "refused": "no", "withdrawn": "no", "considering": "maybe", "conditional": "maybe",
    "pledged": "yes", "authorised": "yes", "deployed": "yes", "delivered": "yes",
}  # fmt: skip

CAVEAT_TYPES: Final = ("legal", "parliamentary", "political", "operational", "relational", "capability")
QUANTIFIERS: Final = ("all", "nearly_all", "most", "many", "some", "few", "none")
POLARITIES: Final = ("fulfil", "fail")
TENSION_TYPES: Final = ("criticism", "threat", "dissent", "dual_role", "adversary_ties")
ACTIONS: Final = (
    "closure", "reopening", "permission", "toll", "inspection", "boarding", "seizure", "attack", "mining", "blockade",
)  # fmt: skip
REALIS: Final = ("done", "announced", "threatened", "denied")

ORGANISATIONS: Final = ("NATO", "EU", "UN", "G7", "GCC", "IMO")
GROUPS: Final = ("NATO-MEMBERS", "EU-MEMBERS", "EUROPE", "COALITION", "GULF-STATES", "OTHERS")
SHIPPING: Final = "SHIPPING"

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "ask": ("actor", "target", "what"),
    "response": ("actor", "what", "status"),
    "caveat": ("actor", "type", "what"),
    "claim": ("actor", "quantifier", "population", "polarity"),
    "tension": ("actor", "target", "type"),
    "act": ("actor", "action", "realis"),
}
"""The fields that a statement of each kind carries, in canonical order."""

ALL_FIELDS: Final = (
    "actor", "target", "what", "status", "type", "quantifier", "population", "polarity", "action", "realis",
)  # fmt: skip

_ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "what": WHATS, "status": STATUSES, "quantifier": QUANTIFIERS, "polarity": POLARITIES, "action": ACTIONS,
    "realis": REALIS, "population": GROUPS,
}  # fmt: skip


def allowed_codes(kind: str, field: str) -> tuple[str, ...]:
    """Return the codes that `field` may take in a statement of `kind`; empty where any actor code may stand."""
    if field == "type":
        return CAVEAT_TYPES if kind == "caveat" else TENSION_TYPES
    return _ALLOWED.get(field, ())
