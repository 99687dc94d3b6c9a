"""The strict verifier of quotes: verbatim, or verbatim but for the form of quotation marks, dashes and white space.

Invariant: a verified quote has a span in the stored text whose characters are the quote's, one for one, once both are
folded as below; nothing else is folded: no letter case, no ligature, no accent, no ellipsis, no invisible character.
A span must also begin and end where words do, and may not cut off a word that governs it (see `governing`).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from muster.reading.governing import governing_word, overturning_word

SINGLE_QUOTES: Final = "'‘’‚‛‹›`´′＇"
DOUBLE_QUOTES: Final = '"“”„‟«»″＂〝〞〟'
DASHES: Final = "-‐‑‒–—―−﹘﹣－⸺⸻"
HYPHENS: Final = "-‐‑"
_ELISIONS: Final = frozenset({"l", "d", "qu", "dell", "all", "nell", "sull", "dall", "un"})  # l'Iran, dell'Iran
_FOLD: Final = {**dict.fromkeys(SINGLE_QUOTES, "'"), **dict.fromkeys(DOUBLE_QUOTES, '"'), **dict.fromkeys(DASHES, "-")}
_DASH_RUN: Final = re.compile(r"(?<![\w-])-{2,3}(?!-)|(?<=[^\W\d])-{2,3}(?![\d-])")  # "--" typed for a dash


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: characters `start` to `end` (not included)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """What the verifier found.

    Attributes
    ----------
    span : Span or None
        Where the quote stands in the stored text; None if it was refused.
    match : {"exact", "folded", ""}
        How it was found.
    reason : str
        Why it was refused; empty if it was not.
    """

    span: Span | None
    match: str = ""
    reason: str = ""

    @property
    def is_verified(self) -> bool:
        """True if the quote stands in the text."""
        return self.span is not None


@lru_cache(maxsize=32)  # one document is asked about many quotes
def fold(text: str) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Return `text` with marks, dashes and white space in one form, and the stored start and end of each character.

    A run of white space becomes one space; two or three hyphens typed for a dash (not before a digit) become one;
    single and double quotation marks stay apart.

    Returns
    -------
    tuple of (str, tuple of int, tuple of int)
        Folded text of n characters; for each its first stored offset and the offset after its last.
    """
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    run_ends = {match.start(): match.end() for match in _DASH_RUN.finditer(text)}
    place = 0
    while place < len(text):
        character = text[place]
        end = run_ends.get(place, place + 1)
        if character.isspace():
            while end < len(text) and text[end].isspace():
                end += 1
        folded.append(" " if character.isspace() else _FOLD.get(character, character))
        starts.append(place)
        ends.append(end)
        place = end
    return "".join(folded), tuple(starts), tuple(ends)


def _occurrences(text: str, part: str) -> Iterator[int]:
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + 1)


def _spans(text: str, quote: str) -> Iterator[tuple[Span, str]]:
    """Yield every place of the quote: the exact ones first, then those that need folding."""
    exact = set()
    for place in _occurrences(text, quote):
        exact.add(place)
        yield Span(place, place + len(quote)), "exact"
    folded, starts, ends = fold(text)
    plain = fold(quote)[0]
    for place in _occurrences(folded, plain):
        if starts[place] not in exact:
            yield Span(starts[place], ends[place + len(plain) - 1]), "folded"


def _is_word(character: str) -> bool:
    """True for letters, digits, and marks or invisible characters that stand inside words."""
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


def _joins(text: str, place: int) -> bool:
    """True if a cut at `place` would go through a word, a number, or a sign and its number."""
    if place <= 0 or place >= len(text):
        return False
    left, right = text[place - 1], text[place]
    if _is_word(left) and _is_word(right):
        return True
    before = text[place - 2] if place > 1 else " "
    after = text[place + 1] if place + 1 < len(text) else " "
    if right.isdigit():
        if left in "$€£¥#+±~<>≤≥≈−" or (left in DASHES and not before.isalpha()):
            return True
        if left in ".,:/’'" + DASHES and before.isdigit():
            return True
    if left.isdigit():
        if right in "%‰°":
            return True
        if right in ".,:/’'" + DASHES and after.isdigit():
            return True
    if left in HYPHENS + "'’" and before.isalnum() and right.isalnum():
        return not (left in "'’" and _is_elision(text, place - 1))
    return right in HYPHENS + "'’" and left.isalnum() and after.isalnum()


def _is_elision(text: str, apostrophe: int) -> bool:
    """True for the article or preposition of l'Iran, d'Espagne, dell'Italia: it may stay outside a quote."""
    low = apostrophe
    while low > 0 and text[low - 1].isalpha():
        low -= 1
    return text[low:apostrophe].lower() in _ELISIONS


def _objection(text: str, span: Span) -> str:
    """Return why a place where the characters stand may still not be quoted so; empty if it may."""
    if _joins(text, span.start):
        return "begins in the middle of a word or number"
    if _joins(text, span.end):
        return "ends in the middle of a word or number"
    governor = governing_word(text, span.start)
    if governor:
        return f"cuts off {governor!r}, which governs its first words"
    overturn = overturning_word(text, span.start, span.end)
    if overturn:
        return f"stops before {overturn!r}, which turns it round"
    return ""


def check_quote(text: str, quote: str, *, near: int | None = None) -> QuoteCheck:
    """Return where `quote` stands in `text`, or why it is refused.

    Parameters
    ----------
    text : str
        The stored text of the document; never changed, offsets count in it.
    quote : str
        What is claimed to stand there. White space around it is ignored.
    near : int, optional
        If the quote stands in several places, prefer the one nearest to this offset; else the first.

    Returns
    -------
    QuoteCheck
        Exact places win over folded ones, unless `near` says otherwise.
    """
    quote = quote.strip()
    if not any(character.isalnum() for character in quote):
        return QuoteCheck(None, reason="holds no word")
    objection = ""
    accepted: list[tuple[Span, str]] = []
    for span, match in _spans(text, quote):
        found = _objection(text, span)
        objection = objection or found
        if not found:
            accepted.append((span, match))
    if accepted:
        span, match = min(accepted, key=lambda item: abs(item[0].start - near)) if near is not None else accepted[0]
        return QuoteCheck(span, match)
    return QuoteCheck(None, reason=objection or "does not stand in the document")


def verify_quote(text: str, quote: str, *, near: int | None = None) -> Span | None:
    """Return the span of `quote` in `text`, or None if it is refused; see `check_quote` for the reason."""
    return check_quote(text, quote, near=near).span
