"""Many patterns over one text: the words that a text holds say which of them may match; only those run.

An automaton of RE2 over all patterns would tell the same more exactly, but makes its states as texts need them: fast on
a text read again and again, slow on fresh news. What words a text holds costs the same the first time. Each word is
looked up once (`WordIndex`); from then on a sentence costs one look-up a word and one comparison a likely pattern.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any, Final

import ahocorasick

from muster.reading.guarded import UNLIMITED, Finder, encoded
from muster.reading.literals import ADJECTIVE, MARKS, NOUN, PERSON, Clause, needed_words, plain
from muster.reading.needs import Alternatives

MAX_WORDS: Final = 30_000  # words remembered; news has ever new ones, and a full table is begun anew


class Held:
    """What a text holds: its words, the phrases in it that patterns ask for, and the clauses these satisfy, as bits.

    `marks` are those of its sketch, or all where it is not drawn yet; `words_mask` is what it holds without them.
    """

    __slots__ = ("marks", "mask", "words", "words_mask")

    def __init__(self, words: list[str], words_mask: int, marks: str, mask: int) -> None:
        self.words = words
        self.words_mask = words_mask
        self.marks = marks
        self.mask = mask


ANYTHING: Final = Held([], -1, MARKS, -1)  # of a text nothing is known of: every pattern may match


class WordIndex(dict[str, int]):
    """For each word or phrase met, the clauses of all patterns that it satisfies, as bits.

    A word satisfies a clause if it is, begins, ends or holds one of the clause's spellings. Spellings of several words
    are phrases; one Aho-Corasick pass finds those of a text, and few texts hold any.

    Parameters
    ----------
    ranked : mapping
        What patterns need, where that has been worked out (`ranked_needs`); of others it is when they are added.
    """

    def __init__(self, ranked: Mapping[str, Alternatives] | None = None) -> None:
        super().__init__()
        self._ranked = ranked or {}
        self._bits: dict[Clause, int] = {}
        self._spellings: dict[str, int] = {}
        self._phrases: dict[str, str] = {}
        self._find: Callable[[str], Iterable[tuple[int, int]]] | None = None
        self._find_phrases: Callable[[str], Iterable[tuple[int, str]]] | None = None

    def needs(self, pattern: str) -> tuple[int, tuple[int, ...]]:
        """Return what a text must hold for a pattern to match: one of some clauses, or all of some together (bits)."""
        masks = {self.mask_of(clauses) for clauses in self.alternatives(pattern)}
        if 0 in masks:
            return -1, ()
        single = reduce(or_, [mask for mask in masks if not mask & (mask - 1)], 0)
        return single, tuple(sorted(mask for mask in masks if not mask & single))

    def alternatives(self, pattern: str) -> Alternatives:
        """Return what a pattern needs, the rarest clause of each alternative first."""
        known = self._ranked.get(pattern)
        return needed_words(pattern) if known is None else known

    def mask_of(self, clauses: Iterable[Clause]) -> int:
        """Return clauses as bits."""
        return reduce(or_, [self._bit_of(clause) for clause in clauses], 0)

    def held(self, text: str) -> Held:
        """Return what a text holds."""
        if self._find_phrases is None:
            self._find_phrases = finder_of(self._phrases)
        text = plain(text)
        words = text.split()
        words += [phrase for _, phrase in self._find_phrases(text)]
        mask = reduce(or_, map(self.__getitem__, words), 0)
        return Held(words, mask, MARKS, mask | self[NOUN] | self[ADJECTIVE] | self[PERSON])

    def drawn(self, held: Held, sketch: str) -> Held:
        """Return what a text holds whose sketch has its marks and no others."""
        marks, mask = "", held.words_mask
        for mark in MARKS:
            if mark in sketch:
                marks += mark
                mask |= self[mark]
        return Held(held.words, held.words_mask, marks, mask)

    def look_for(self, spelling: str) -> None:
        """Look for a spelling in texts, if it is a phrase."""
        if is_phrase(spelling) and spelling not in self._phrases:
            self._phrases[spelling] = spelling
            self._find_phrases = None

    def __missing__(self, word: str) -> int:
        """Return what a word or phrase satisfies, and know it from then on."""
        if self._find is None:
            self._find = finder_of(self._spellings)
        if is_phrase(word):
            mask = self._spellings.get(word, 0)
        else:
            mask = reduce(or_, [found for _, found in self._find(f" {word} ")], 0)
        if len(self) >= MAX_WORDS:
            self.clear()
        self[word] = mask
        return mask

    def _bit_of(self, clause: Clause) -> int:
        known = self._bits.get(clause)
        if known is None:
            self._bits[clause] = known = 1 << len(self._bits)
            for spelling in clause:
                self._spellings[spelling] = self._spellings.get(spelling, 0) | known
                self.look_for(spelling)
            self._find = None
            self.clear()
        return known


def is_phrase(spelling: str) -> bool:
    """Return whether a spelling is of several words or blanks, so that no word of a text holds it."""
    return " " in spelling.strip() or "  " in spelling


def finder_of(values: Mapping[str, Any]) -> Callable[[str], Iterable[tuple[int, Any]]]:
    """Return a function that finds the keys of a mapping in a text and gives their values."""
    if not values:
        return lambda _: ()
    automaton = ahocorasick.Automaton()
    for key, value in values.items():
        automaton.add_word(key, value)
    automaton.make_automaton()
    find: Callable[[str], Iterable[tuple[int, Any]]] = automaton.iter
    return find


def cuts_word(text: str, place: int) -> bool:
    """Return whether a cut at a place parts a word, so that what stands beside it is no word of the text."""
    if not 0 < place < len(text):
        return False
    before, behind = text[place - 1], text[place]
    return (before.isalnum() or before == "_") and (behind.isalnum() or behind == "_")


Fired = tuple[tuple[int, int], ...]
"""Alternatives of patterns: the number of the pattern, and the clauses (bits) that it needs besides the rarest one."""


class WordFilter(dict[str, Fired]):
    """Numbered patterns: which of them have in a text the words they need.

    As a mapping, for each word or phrase met the alternatives whose rarest clause it satisfies.

    Parameters
    ----------
    patterns : iterable of str
        Numbered from 0.
    index : WordIndex or None
        Shared with other patterns, so that a text's words are looked up once for all of them.
    """

    def __init__(self, patterns: Iterable[str], index: WordIndex | None = None) -> None:
        super().__init__()
        self.index = WordIndex() if index is None else index
        self._always: dict[int, int] = {}
        self._rest: dict[str, dict[tuple[int, int], None]] = {}
        for number, pattern in enumerate(patterns):
            for clauses in self.index.alternatives(pattern):
                self._add(number, clauses)
        self._find = finder_of(self._rest)

    def _add(self, number: int, clauses: tuple[Clause, ...]) -> None:
        if not clauses:
            self._always[number] = UNLIMITED
            return
        rarest, *others = clauses
        need = self.index.mask_of(others)
        for spelling in rarest:
            self.index.look_for(spelling)
            self._rest.setdefault(spelling, {})[number, need] = None

    def candidates(self, held: Held) -> dict[int, int]:
        """Return the numbers of the patterns that may match in a text that holds this, and how often each can at most.

        Every match takes a place of its own where a word of the rarest clause stands.
        """
        numbers = self._always.copy()
        mask = held.mask
        for word in held.words:
            for number, need in self[word]:
                if need & mask == need:
                    numbers[number] = numbers.get(number, 0) + 1
        for mark in held.marks:
            for number, need in self[mark]:
                if need & mask == need:
                    numbers[number] = UNLIMITED
        return numbers

    def __missing__(self, word: str) -> Fired:
        """Return the alternatives that a word or phrase may be the rarest of, and know them from then on.

        One is named as often as its spellings stand in the word.
        """
        found = [self._rest.get(word, {})] if is_phrase(word) else [one for _, one in self._find(f" {word} ")]
        if len(self) >= MAX_WORDS:
            self.clear()
        self[word] = fired = tuple([key for alternatives in found for key in alternatives])
        return fired


class PatternSet:
    """Numbered patterns that ignore case, compiled when first needed.

    Parameters
    ----------
    patterns : iterable of str
        Numbered from 0; matches come in the order of the numbers, so that the first listed wins a tie.
    index : WordIndex or None
        What tells which may match; without, every pattern runs on every text.
    """

    __slots__ = ("_all", "_filter", "_finders", "patterns")

    def __init__(self, patterns: Iterable[str], index: WordIndex | None) -> None:
        self.patterns = tuple(patterns)
        self._filter = None if index is None else WordFilter(self.patterns, index)
        self._all = dict.fromkeys(range(len(self.patterns)), UNLIMITED)
        self._finders = [Finder(pattern, ignore_case=True) for pattern in self.patterns]

    def __len__(self) -> int:
        """Return the number of patterns."""
        return len(self.patterns)

    def candidates(self, held: Held) -> Mapping[int, int]:
        """Return the numbers of the patterns that may match in a text that holds this, or in any sketch of it.

        With each stands how often it can match at most.
        """
        return self._all if self._filter is None or held is ANYTHING else self._filter.candidates(held)

    def held(self, text: str) -> Held:
        """Return what a text holds of what these patterns need."""
        return ANYTHING if self._filter is None else self._filter.index.held(text)

    def finditer(self, text: str, held: Held | None = None) -> "Iterator[tuple[int, re.Match[str]]]":
        """Yield (number of the pattern, match), pattern by pattern; `held` is what the text holds, if it is known."""
        numbers = self.candidates(self.held(text) if held is None else held)
        if not numbers:
            return
        view = encoded(text)
        finders = self._finders
        for number in sorted(numbers):
            for match in finders[number].find_in(text, view, numbers[number]):
                yield number, match
