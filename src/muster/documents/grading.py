"""Grades on the NATO Admiralty scale: a letter for the source, a digit for the information.

The letter comes from the case's publisher table; the publisher of a fetched document is the host that answered, not
what the page says of itself. The digit comes from counting independent origins (see `origins`), never documents.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from muster.base.case import Case
from muster.base.document import Document

LETTER_NAMES = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
DIGIT_NAMES = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}


@dataclass(frozen=True, slots=True)
class SourceGrade:
    """Reliability of a source: an Admiralty letter A-F and one sentence that says why."""

    letter: str
    reason: str


def source_grade(case: Case, document: Document) -> SourceGrade:
    """Return the Admiralty letter of a document's publisher by the case's table.

    The publisher (else the host of the URL) is searched for each `match` of `case.grades`, letter case ignored, whole
    words only ("AP" is not found in "Japan Times"); of several the longest decides, of equally long ones the first in
    the table. Without a match the letter is F: a source nobody has judged is not given the benefit of the doubt.

    Parameters
    ----------
    case : Case
    document : Document

    Returns
    -------
    SourceGrade
    """
    publisher = document.publisher or _host(document.url)
    found = [grade for grade in case.grades if _words(grade.match).search(publisher)]
    if not found:
        why = f"publisher {publisher!r} is not in the case's table" if publisher else "no publisher is known"
        return SourceGrade("F", f"{LETTER_NAMES['F']}: {why}")
    best = max(found, key=lambda grade: len(grade.match))  # max keeps the first of equals
    reason = f": {best.reason}" if best.reason else ""
    return SourceGrade(best.letter, f"{LETTER_NAMES[best.letter]} (matched {best.match!r}){reason}")


def information_digit(n_independent_origins: int, contradicted: bool) -> tuple[int, str]:
    """Return the Admiralty digit of a piece of information and the sentence that says why.

    The rule, from the meanings of the scale (AJP-2.1; field manuals print the same words):

    ==================  =================  =============================
    independent origins  not contradicted  contradicted by another origin
    ==================  =================  =============================
    0                    6                 6
    1                    3 possibly true   5 improbable
    2                    2 probably true   4 doubtful
    3 or more            1 confirmed       4 doubtful
    ==================  =================  =============================

    "Confirmed by other sources" is taken as two others, because two copies of one story may hide from the detection of
    origins. Whether a statement is logical in itself, which the scale also asks, is left to a reviewer.

    Parameters
    ----------
    n_independent_origins : int, >= 0
        Origins (not documents) that report it.
    contradicted : bool
        Whether some other origin reports the contrary for the same time.

    Returns
    -------
    digit : int, 1-6
    reason : str

    Raises
    ------
    ValueError
        `n_independent_origins` is negative.
    """
    if n_independent_origins < 0:
        raise ValueError(f"n_independent_origins is {n_independent_origins}; a count is 0 or more")
    if not n_independent_origins:
        return 6, f"{DIGIT_NAMES[6]}: no origin reports it"
    origins = (
        "one origin reports" if n_independent_origins == 1 else f"{n_independent_origins} independent origins report"
    )
    if contradicted:
        digit = 5 if n_independent_origins == 1 else 4
        return digit, f"{DIGIT_NAMES[digit]}: {origins} it and another contradicts it"
    digit = {1: 3, 2: 2}.get(n_independent_origins, 1)
    return digit, f"{DIGIT_NAMES[digit]}: {origins} it and none contradicts it"


@lru_cache(maxsize=4096)
def _words(match: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if match[:1].isalnum() else ""
    after = r"(?!\w)" if match[-1:].isalnum() else ""
    return re.compile(before + re.escape(match) + after, re.IGNORECASE)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
