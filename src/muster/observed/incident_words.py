"""The words by which publishers name kinds of incidents, and what muster calls them.

Words were gathered from the types of ASAM (NGA), UKMTO, IMB and ReCAAP tables. The first rule that matches the type
decides; where the type says nothing (a ship's type, "incident"), the text does.
"""

import re

_ATTACK = (
    r"attack|drone|missile|rocket|projectile|struck|\bhit\b|\bhits\b|explo|\bfired\b|strike|\buav\b|ballistic|gunfire|"
    r"military activity"
)
_CLASSES: tuple[tuple[str, str], ...] = (
    ("jamming", r"\bgps|\bgnss|jamm|spoof|electronic interference"),
    ("mine", r"\bmine\b|\bmines\b|mine_report|sea mine|limpet"),
    ("hijack", r"hijack|taken by unauthori[sz]ed|kidnap"),
    ("seizure", r"seiz|detain|detention|commandeer|\bcaptured"),
    ("attempt", r"\battempt"),
    ("attack", _ATTACK),
    ("boarding", r"board|robber|theft|stole|perpetrator|armed"),
    ("suspicious", r"suspicio|approach|harass|skiff|irregular"),
)
_NO_INCIDENT = re.compile(r"^(advisory|news|source_snapshot|military_sighting)$", re.IGNORECASE)
_SUMMARY = re.compile(r"^total incidents summary", re.IGNORECASE)
_HIGH = {"attack", "mine", "hijack", "seizure"}
_MEDIUM = {"boarding", "attempt"}
_LOW = {"suspicious", "jamming"}
_GRADES = {
    "critical": "high", "high": "high", "severe": "high", "5": "high", "4": "high", "moderate": "medium",
    "medium": "medium", "3": "medium", "low": "low", "minor": "low", "2": "low", "1": "low", "routine": "low",
}  # fmt: skip


def class_of(kind: str, text: str) -> str:
    """Return attack, mine, seizure, hijack, boarding, attempt, suspicious, jamming or other."""
    for words in (kind, text):
        for name, pattern in _CLASSES:
            if re.search(pattern, words, re.IGNORECASE):
                return name
    return "other"


def severity_of(grade: str, incident_class: str) -> str:
    """Return the source's own grade as high, medium or low, else the class's: hit or taken high, boarded medium."""
    if found := _GRADES.get(grade.lower()):
        return found
    if incident_class in _HIGH:
        return "high"
    if incident_class in _MEDIUM:
        return "medium"
    return "low" if incident_class in _LOW else ""


def is_no_incident(kind: str, text: str) -> bool:
    """Return whether a row is an advisory, a summary or news and not an incident."""
    return bool(_NO_INCIDENT.match(kind) or _SUMMARY.match(text))
