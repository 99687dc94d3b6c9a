"""Where things stand in a sketch: clauses, the grammatical subject of a cue, the objects (what) around it."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from muster.reading.candidates import ANYTHING, Held, cuts_word
from muster.reading.guarded import encoded, part_of
from muster.reading.hits import Hit
from muster.reading.lazy import Lazy
from muster.reading.lexicon import Lexicon
from muster.reading.sketch import ADJECTIVE, Sketch, Token

MARKS = "◆◇"


class Found(NamedTuple):
    """An object word in a sketch: its code and range."""

    code: str
    start: int
    end: int
    text: str


def find_clauses(text: str, lexicon: Lexicon, name: str = "clause") -> list[tuple[int, int]]:
    """Return the ranges of a sketch's clauses, in order, together covering it."""
    cuts = [0, *(match.end() for match in lexicon.words[name].finditer(text)), len(text)]
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def clause_at(clauses: list[tuple[int, int]], i: int) -> tuple[int, int]:
    """Return the clause that holds offset `i`."""
    for start, end in clauses:
        if start <= i < end:
            return start, end
    return clauses[-1]


def find_objects(text: str, lexicon: Lexicon, held: Held | None = None) -> list[Found]:
    """Return every object word in a sketch, left to right, without overlaps; the first listed wins a tie."""
    places = sorted((match.start(), number, match.end()) for number, match in lexicon.objects.finditer(text, held))
    found: list[Found] = []
    last = 0
    for start, number, end in places:
        if start >= last:
            last = end
            code = lexicon.object_codes[number]
            if code != "ignored":
                found.append(Found(code, start, end, text[start:end]))
    return found


class Grammar:
    """The actors of one sketch as subjects and targets, pronouns resolved by what the document said before."""

    def __init__(
        self,
        sketch: Sketch,
        lexicon: Lexicon,
        focus: tuple[str, ...],
        speaker: tuple[str, ...],
        held: Held = ANYTHING,
    ) -> None:
        self.text = sketch.text
        self.lexicon = lexicon
        self.words = lexicon.words
        self.view = encoded(sketch.text)
        self.held = held
        self.focus = focus
        self.speaker = speaker
        self.tokens = sketch.positions()

    def may(self, name: str, start: int = 0, end: int | None = None) -> bool:
        """Return False only where a word class cannot match in a stretch of the text, for want of words.

        A stretch that cuts a word may hold what the sentence does not.
        """
        guard = self.words[name]
        mask = self.held.mask
        if guard.single & mask or (guard.several and guard.may(mask)):
            return True
        return self._is_cut(start, end)

    def _is_cut(self, start: int, end: int | None) -> bool:
        return (start > 0 and cuts_word(self.text, start)) or (end is not None and cuts_word(self.text, end))

    def find(self, name: str, start: int = 0, end: int | None = None) -> "re.Match[str] | None":
        """Return the first match of a word class in `text[start:end]`, its offsets counted from `start`."""
        guard = self.words[name]
        mask = self.held.mask
        is_whole = not start and end is None
        if not (guard.single & mask or (guard.several and guard.may(mask))) and (
            is_whole or not self._is_cut(start, end)
        ):
            return None
        if is_whole:
            return guard.search_in(self.text, self.view)
        stretch = self.text[start:end]
        view = part_of(self.view, start, len(self.text) if end is None else end)
        return guard.search_in(stretch, view) if view else guard.search(stretch)

    def opens(self, name: str, start: int, end: int | None = None) -> "re.Match[str] | None":
        """Return the match of a word class at the start of `text[start:end]`."""
        return self.words[name].match(self.text[start:end]) if self.may(name, start, end) else None

    @Lazy
    def clauses(self) -> list[tuple[int, int]]:
        """The ranges of the clauses."""
        return self._parted("clause")

    @Lazy
    def strong(self) -> list[tuple[int, int]]:
        """The ranges of the clauses that a strong mark parts."""
        return self._parted("strong_clause")

    @Lazy
    def objects(self) -> list[Found]:
        """The object words and the ships named, left to right."""
        ships = [Found("escort", i, i + 1, token.name) for i, token in self.tokens if token.form == "ship"]
        return sorted(find_objects(self.text, self.lexicon, self.held) + ships, key=lambda found: found.start)

    @Lazy
    def governed(self) -> "Governed":
        """The offsets of the actors that hang on a preposition."""
        return Governed(self)

    def _parted(self, name: str) -> list[tuple[int, int]]:
        if self.text and not self.may(name):
            return [(0, len(self.text))]
        return find_clauses(self.text, self.lexicon, name)

    def is_governed(self, i: int) -> bool:
        """Return whether the actor at offset `i` hangs on a preposition, so that it is nobody's subject."""
        if self.text[i + 1 : i + 2] == "-":  # "Liberian-flagged", "Iran-backed"
            return True
        left = max(0, i - 40)
        if i and self.find("governed", left, i):
            return True
        return bool(self.find("governed_time", left, i)) and not self.words["verb_next"].match(self.text, i + 1)

    @Lazy
    def pronouns(self) -> list[tuple[int, str]]:
        """The pronouns with their offsets."""
        if not self.may("pronoun"):
            return []
        return [(match.start(), match.group().lower()) for match in self.words["pronoun"].find_all(self.text)]

    def codes(self, token: Token, i: int) -> tuple[str, ...]:
        """Return the codes of a token; an office without a state is resolved by the sentence, then the document."""
        if token.codes or token.form == "outsider":
            return token.codes
        place = self.find("in_place", 0, i)
        if place:  # "In Warsaw a deputy minister explained"
            return self.codes_at(place.start() + place.group().index("◆"))
        for j, other in reversed(self.tokens):
            if j < i and other.codes and j not in self.governed and self.text[j] != ADJECTIVE:
                return other.codes
        return self.focus

    def codes_at(self, at: int) -> tuple[str, ...]:
        """Return the codes of the actor at a sketch offset; nothing where none stands there."""
        for i, token in self.tokens:
            if i == at:
                return self.codes(token, i)
        return ()

    def main_subject(self, before: int | None = None) -> tuple[str, ...]:
        """Return the codes of the first free actor of the sentence (up to `before`)."""
        for i, token in self.tokens:
            if before is not None and i >= before:
                break
            if i not in self.governed:
                codes = self.codes(token, i)
                if codes:
                    return codes
        return ()

    def subject(self, at: int, *, start: int = 0) -> tuple[str, ...]:
        """Return the codes of the grammatical subject of a verb at `at`: nearest free actor or pronoun to its left.

        A verb right behind a comma closes a parenthesis: its subject is the first free actor of the stretch.
        """
        left = self.text[start:at].rstrip()
        candidates = [(i, token) for i, token in self.tokens if start <= i < at and i not in self.governed]
        pronouns = [(i, word) for i, word in self.pronouns if start <= i < at]
        if left.endswith((",", '"', ")", "–")) and candidates:
            names = [pair for pair in candidates if self.text[pair[0]] != ADJECTIVE] or candidates
            strong_start = self._strong_start(at)
            inside = [pair for pair in names if pair[0] >= strong_start] or names
            return self.codes(inside[0][1], inside[0][0])
        best = self._nearest(candidates)
        if pronouns and (best is None or pronouns[-1][0] > best[0]):
            resolved = self.pronoun_codes(pronouns[-1])
            if resolved:
                return resolved
        if best is not None:
            return self.codes(best[1], best[0])
        if start:
            return self.subject(at)
        return self._fallback(at)

    def _strong_start(self, at: int) -> int:
        return clause_at(self.strong, at)[0]

    def _nearest(self, candidates: list[tuple[int, Token]]) -> tuple[int, Token] | None:
        """Return the nearest candidate; a nationality counts only before an asset or where no name stands."""
        for i, token in reversed(candidates):
            if self.text[i] != ADJECTIVE:
                return i, token
            is_asset = self.find("ship_nouns", i + 1, i + 45) or self.find("asset_before", max(0, i - 40), i)
            if is_asset or not any(self.text[j] != ADJECTIVE for j, _ in candidates):
                return i, token
        return candidates[-1] if candidates else None

    def pronoun_codes(self, pronoun: tuple[int, str]) -> tuple[str, ...]:
        """Return the codes that a pronoun, (offset, word), stands for."""
        at, word = pronoun
        if self.words["we"].match(word):
            return self.speaker or self.main_subject() or self.focus
        if self.words["who"].match(word):
            before = [(i, token) for i, token in self.tokens if i < at]
            return self.codes(before[-1][1], before[-1][0]) if before else ()
        return self.main_subject(at) or self.focus

    def _fallback(self, at: int) -> tuple[str, ...]:
        """Return the document's focus if the words before the verb can stand for it (an asset, a pronoun, nothing)."""
        left = self.text[:at].strip(" \"'-–,.()")
        if self.may("outsider", 0, at) and self.words["outsider"].search(left):
            return ()
        owners = [(i, token) for i, token in self.tokens if i < at and self.text[i] == ADJECTIVE]
        if owners and self.find("ship_nouns", owners[-1][0] + 1, owners[-1][0] + 30):
            return owners[-1][1].codes
        if len(left) < 4 or (self.may("ship_nouns", 0, at) and self.words["ship_nouns"].search(left)):
            return self.focus
        if self.may("possessive", 0, at) and self.words["possessive"].search(left):
            return self.focus
        if any(one.start < at for one in self.objects):
            return self.focus
        governed = [(i, token) for i, token in self.tokens if i < at]
        if governed:
            return ()
        return self.focus if len(left.split()) <= 4 else ()

    def objects_in(self, start: int, end: int) -> Iterator[Found]:
        """Yield the objects inside a range."""
        for found in self.objects:
            if start <= found.start < end:
                yield found

    def best_object(self, start: int, end: int) -> str:
        """Return the code of the first firm object in a range, else of the first weak one, else an empty text.

        A mission named first stands for the whole ("a mission to clear mines"), but one "to escort ships" is an escort.
        """
        weak = ""
        for found in self.objects_in(start, end):
            if found.code == "mission" and self.words["to_escort"].match(self.text, found.end):
                return "escort"
            if found.code not in self.lexicon.weak:
                return self.lexicon.aliases.get(found.code, found.code)
            if not weak or (weak == "everything" and found.code != "everything"):
                weak = found.code
        return self.lexicon.aliases.get(weak, weak)


class Governed:
    """The offsets of a sentence's actors that hang on a preposition, each looked at when it is asked for."""

    __slots__ = ("_grammar", "_known")

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._known: dict[int, bool] = {}

    def __contains__(self, i: int) -> bool:
        """Return whether the actor at offset `i` hangs on a preposition."""
        known = self._known.get(i)
        if known is None:
            self._known[i] = known = self._grammar.is_governed(i)
        return known


def quote_span(sketch: Sketch, grammar: Grammar, hit: Hit) -> tuple[int, int]:
    """Return the document span of the clause (or clauses) that a cue stands in."""
    start, end = clause_at(grammar.clauses, hit.start)
    end = max(end, clause_at(grammar.clauses, max(hit.end - 1, hit.start))[1])
    if grammar.text[start:end].endswith(": "):  # what a colon announces belongs to it
        end = clause_at(grammar.clauses, min(end, len(grammar.text) - 1))[1]
    while end > start and grammar.text[end - 1] in " ,;:–":
        end -= 1
    return sketch.span(start, max(end, hit.end))
