"""The lexicon of event phrases, and where its phrases stand in a sentence."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from muster.reading.plover.words import SOURCE, TARGET, Token

CLASSES = (
    "ACCUSE", "AGREE", "AID", "ASSAULT", "COERCE", "CONSULT", "COOPERATE", "MOBILIZE", "PROTEST", "REJECT", "REQUEST",
    "SANCTION", "SUPPORT", "THREATEN", "YIELD",
)  # fmt: skip
"""The fifteen classes of PLOVER (manual of September 2021), in alphabetical order."""

MAX_GAP = 4  # words that may stand where a phrase has `_`; a determiner, an adjective and a noun, say
_GAP = "_"
_FUTURE = frozenset({"will", "would", "shall", "'ll"})
_INTENT = frozenset({"plan", "intend", "prepare", "ready", "willing", "prepared", "vow", "promise", "pledge", "offer",
                     "hope", "expect", "due", "set", "consider", "poised", "aim", "propose",
                     "schedule", "about"})  # fmt: skip
_HYPOTHETICAL = frozenset({"could", "may", "might", "if", "unless", "should", "must"})
_NEGATIVE = frozenset({"not", "never", "no", "without", "neither", "nor", "refuse", "decline", "fail", "unwilling",
                       "reluctant", "deny"})  # fmt: skip
_DETERMINERS = frozenset({"the", "a", "an", "its", "his", "their", "'s", "of", "any", "this", "that", "more", "new",
                          "further", "on", "in", "for", "from", "by", "after", "over", "at", "with", "against", "about",
                          "no", "such", "alleged", "recent", "planned", "proposed"})  # fmt: skip
_VERB_LEFT = frozenset({"to", "do", "does", "did", "not", "and", "or", "can", "never", "will",
                        "would", "shall", "could", "may", "might", "should", "must", "who", "they",
                        "we", "i", "you", "today", "also", "again", "yesterday", "then", "let",
                        "help", SOURCE})  # fmt: skip
_THIRD_LEFT = _VERB_LEFT | {"it", "he", "she", "which", "that", ")"}
_PAST_AS_BASE = frozenset(
    [
        "hit",
        "cut",
        "put",
        "beat",
        "let",
        "set",
        "shut",
        "quit",
        "bid",
        "cast",
        "cost",
        "hurt",
        "rid",
        "spread",
        "split",
        "thrust",
        "burst",
        "wed",
    ]
)
_MODAL = _FUTURE | {
    "could",
    "may",
    "might",
    "should",
    "must",
    "not",
    "never",
    "cannot",
    "can",
    "be",
    "is",
    "was",
    "are",
}
_OWN_MOOD = _FUTURE | {"could", "may", "might", "not", "never"}
_PARTICIPLES = frozenset(
    ["shot", "sent", "held", "met", "hit", "told", "struck", "paid", "brought", "found", "built", "won", "cut"]
)
_WINDOW = 4  # words before a phrase in which a negation or a modal verb governs it


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the lexicon: sets of base forms, None where a gap may stand."""

    name: str
    parts: tuple[frozenset[str] | None, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a sentence: tokens [start, end), the words it has, and how it stands there."""

    start: int
    end: int
    phrase: Phrase
    n_words: int
    is_negated: bool
    is_future: bool
    is_hypothetical: bool
    is_passive: bool
    is_nominal: bool


@cache
def load_lexicon() -> tuple[dict[str, tuple[Phrase, ...]], frozenset[str]]:
    """Return the phrases by first word, longest first, and all words that occur in them."""
    table = tomllib.loads(files("muster.reading.plover.data").joinpath("lexicon.toml").read_text(encoding="utf-8"))
    classes_of: dict[str, list[str]] = {}
    for name in CLASSES:
        for written in table["classes"][name]:
            classes_of.setdefault(written, []).append(name)
    by_first: dict[str, list[Phrase]] = {}
    known: set[str] = set()
    for written, classes in classes_of.items():
        filled = re.sub(r"\{(\w+)\}", lambda match: table["sets"][match.group(1)], written)
        parts = tuple(None if part == _GAP else frozenset(part.split("|")) for part in filled.split())
        phrase = Phrase(written, parts, tuple(classes))
        for words in parts:
            known.update(words or ())
        for word in parts[0] or ():
            by_first.setdefault(word, []).append(phrase)
    known |= _FUTURE | _INTENT | _HYPOTHETICAL | _NEGATIVE | {"be", "say", "have"}
    ordered = {word: tuple(sorted(phrases, key=_n_words, reverse=True)) for word, phrases in by_first.items()}
    return ordered, frozenset(known)


def _n_words(phrase: Phrase) -> int:
    return sum(part is not None for part in phrase.parts)


def _match(parts: Sequence[frozenset[str] | None], tokens: Sequence[Token], place: int) -> int:
    """Return the token after a match of `parts` that begins at `place`, or -1."""
    if not parts:
        return place
    if place >= len(tokens):
        return -1
    head, rest = parts[0], parts[1:]
    if head is None:
        for n_skipped in range(MAX_GAP + 1):
            if n_skipped and (place + n_skipped > len(tokens) or tokens[place + n_skipped - 1].surface in ".;:,"):
                return -1
            end = _match(rest, tokens, place + n_skipped)
            if end >= 0:
                return end
        return -1
    if any(form in head for form in tokens[place].forms):
        return _match(rest, tokens, place + 1)
    return -1


def find_hits(tokens: Sequence[Token]) -> list[Hit]:
    """Return the phrases of the lexicon in a sentence, left to right; of two that begin at one word the longer."""
    by_first, _ = load_lexicon()
    hits: list[Hit] = []
    covered = -1
    for place, token in enumerate(tokens):
        if token.surface in (SOURCE, TARGET) or token.is_name:
            continue
        best: tuple[int, int, Phrase] | None = None
        for form in token.forms:
            for phrase in by_first.get(form, ()):
                n_words = _n_words(phrase)
                if best and n_words < best[0]:
                    break
                end = _match(phrase.parts, tokens, place)
                if end >= 0 and (best is None or (n_words, -end) > (best[0], -best[1])):
                    best = (n_words, end, phrase)
        if best and (place > covered or best[0] > 1):
            hits.append(_hit(tokens, place, best))
            covered = max(covered, best[1] - 1 if best[0] == _contiguous(best) else place)
    return hits


def _contiguous(best: tuple[int, int, Phrase]) -> int:
    return -1 if None in best[2].parts else best[0]


def _hit(tokens: Sequence[Token], place: int, best: tuple[int, int, Phrase]) -> Hit:
    n_words, end, phrase = best
    before = [token for token in tokens[max(0, place - _WINDOW) : place] if token.surface not in (SOURCE, TARGET)]
    forms = {form for token in before for form in token.forms}
    forms |= set(tokens[place].forms) & _OWN_MOOD  # a phrase may begin with its own modal verb
    near = {form for token in before[-2:] for form in token.forms}
    surface = tokens[place].surface
    has_to = bool(before) and before[-1].surface == "to"
    is_participle = surface.endswith(("ed", "en")) or surface in _PARTICIPLES
    after = [token.surface for token in tokens[end : end + 8]]
    return Hit(
        place, end, phrase, n_words,
        is_negated=bool(forms & _NEGATIVE),
        is_future=bool(forms & _FUTURE) or (has_to and bool(forms & _INTENT)),
        is_hypothetical=bool(forms & _HYPOTHETICAL),
        is_passive=is_participle and "be" in forms | near and ("by" in after or not before or "be" in near),
        is_nominal=_is_nominal(tokens, place),
    )  # fmt: skip


def _is_nominal(tokens: Sequence[Token], place: int) -> bool:
    """True if the word at `place` is more likely a noun: by the word before it, and by its ending.

    News is told in the past tense, so a bare base form is a verb only after `to`, a modal verb or a plural subject.
    """
    token = tokens[place]
    before = tokens[place - 1] if place else None
    if before is None or token.surface in _MODAL:
        return False
    if before.surface in _DETERMINERS and before.surface not in _VERB_LEFT:
        return True
    is_after_adverb = before.surface.endswith("ly")
    if token.surface.endswith("s") and len(token.forms) > 1:
        return not (before.surface in _THIRD_LEFT or before.is_name or is_after_adverb)
    is_bare = token.forms == (token.surface,) and not token.surface.endswith(("ed", "ing"))
    if is_bare and token.surface not in _PAST_AS_BASE:
        return not (before.surface in _VERB_LEFT or is_after_adverb)
    return False
