"""How much one statement counts: the grade of its source, its age, its review state.

One documented rule (docs/assessment.md). The letters of the Admiralty scale are ordinal; the numbers here are this
project's own judgement, so every result that uses them also shows the statements themselves.
"""

from collections.abc import Iterable
from datetime import date

from muster.ledger.entry import Entry

LETTER_WEIGHTS = {"A": 1.0, "B": 0.8, "C": 0.6, "D": 0.35, "E": 0.15, "F": 0.3}
"""Weight of one origin by Admiralty letter. E is near nothing; F (cannot be judged) stands between D and E. D is less
than half of B, so that a page not usually reliable does not by itself replace what a wire agency reported."""

HALF_LIFE_DAYS = 60.0
"""A statement on a government's position loses half its weight in two months. Own choice: in the 2026 case the
positions of ten governments changed within 4 to 12 weeks (refusals of mid-March, pledges of April and May)."""

MIN_CONFIDENCE = 0.35
"""An unreviewed statement that its reader holds for less likely than this is listed but does not count."""


def base_weight(entry: Entry) -> float:
    """Return the weight of a statement on its own day, 0..1: letter times confidence.

    A statement that a reviewer accepted or corrected has full confidence; a rejected one weighs nothing, and so does an
    unreviewed one below `MIN_CONFIDENCE`.
    """
    if entry.review == "rejected":
        return 0.0
    letter = LETTER_WEIGHTS.get(entry.document.letter, LETTER_WEIGHTS["F"])
    if entry.review in {"accepted", "corrected"}:
        return letter
    confidence = entry.statement.confidence
    return letter * confidence if confidence >= MIN_CONFIDENCE else 0.0


def recency(day: date, as_of: date) -> float:
    """Return 0.5 to the power of the age in half-lives; 1 on the day itself."""
    return float(0.5 ** (max((as_of - day).days, 0) / HALF_LIFE_DAYS))


def combined(weights_by_origin: Iterable[tuple[str, float]]) -> float:
    """Return the support that independent origins give together, 0..1: one minus the product of (1 - weight).

    Each origin counts once, with its best statement: ten copies of one wire story are one origin.
    """
    best: dict[str, float] = {}
    for origin, weight in weights_by_origin:
        if weight > best.get(origin, 0.0):
            best[origin] = weight
    doubt = 1.0
    for weight in best.values():
        doubt *= 1.0 - weight
    return 1.0 - doubt
