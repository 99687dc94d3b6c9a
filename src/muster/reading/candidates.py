"""Many patterns over one text: an Aho-Corasick pass over the words they need says which may match; only those run.

An automaton of RE2 over all patterns would tell the same more exactly, but makes its states as texts need them: fast on
a text read again and again, slow on fresh news. What words a text holds costs the same the first time.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import ahocorasick

from muster.reading.guarded import Finder
from muster.reading.literals import Clause, needed_words, plain


class WordFilter:
    """Numbered patterns: which of them have in a text the words they need.

    Parameters
    ----------
    patterns : iterable of str
        Numbered from 0.
    samples : iterable of str
        Sentences of the language: how often a word stands there decides which words are looked for first. They change
        the speed, never the result.
    """

    __slots__ = ("_always", "_find", "_rest")

    def __init__(self, patterns: Iterable[str], samples: Iterable[str] = ()) -> None:
        counts = Counter(word for sample in samples for word in plain(sample).split())
        places: dict[Clause, int] = {}  # each clause, as many patterns share it, and its place
        always: set[int] = set()
        rest: dict[int, list[tuple[int, frozenset[int]]]] = {}
        for number, pattern in enumerate(patterns):
            for clauses in needed_words(pattern):
                if not clauses:
                    always.add(number)
                    continue
                ranked = sorted(clauses, key=lambda clause: _commonness(clause, counts))
                rarest, *others = [places.setdefault(clause, len(places)) for clause in ranked]
                rest.setdefault(rarest, []).append((number, frozenset(others)))
        self._always = frozenset(always)
        self._rest = {place: tuple(found) for place, found in rest.items()}
        self._find = _finder_of(places)

    def candidates(self, text: str) -> set[int]:
        """Return the numbers of the patterns that may match what `text` is the `plain` text of."""
        held = frozenset().union(*[places for _, places in self._find(text)])
        numbers = set(self._always)
        for place in held & self._rest.keys():
            for number, others in self._rest[place]:
                if others <= held:
                    numbers.add(number)
        return numbers


def _commonness(clause: Clause, counts: Counter[str]) -> tuple[int, int, list[str]]:
    """Return about how often a word of the clause stands in the samples; the shorter the commoner where none does."""
    common = sum(min((counts[part] for part in word.split()), default=0) for word in clause)
    return common, -min(map(len, clause)), sorted(clause)


def _finder_of(clauses: Mapping[Clause, int]) -> Callable[[str], Iterable[tuple[int, tuple[int, ...]]]]:
    """Return a function that finds the words of all clauses in a text, each with the places of the clauses it holds."""
    by_word: dict[str, list[int]] = {}
    for clause, place in clauses.items():
        for word in clause:
            by_word.setdefault(word, []).append(place)
    if not by_word:
        return lambda _: ()
    automaton = ahocorasick.Automaton()
    for word, places in by_word.items():
        automaton.add_word(word, tuple(places))
    automaton.make_automaton()
    find: Callable[[str], Iterable[tuple[int, tuple[int, ...]]]] = automaton.iter
    return find


class PatternSet:
    """Numbered patterns that ignore case, compiled when first needed.

    Parameters
    ----------
    patterns : iterable of str
        Numbered from 0; matches come in the order of the numbers, so that the first listed wins a tie.
    samples : iterable of str or None
        Sentences of the language, as `WordFilter` takes them; without, every pattern runs on every text.
    """

    def __init__(self, patterns: Iterable[str], samples: Iterable[str] | None = ()) -> None:
        self.patterns = tuple(patterns)
        self._filter = None if samples is None else WordFilter(self.patterns, samples)
        self._finders: dict[int, Finder] = {}

    def __len__(self) -> int:
        """Return the number of patterns."""
        return len(self.patterns)

    def candidates(self, text: str) -> Collection[int]:
        """Return the numbers of the patterns that may match in a text, or in any sketch of it."""
        return range(len(self)) if self._filter is None else self._filter.candidates(plain(text))

    def finditer(self, text: str, among: Collection[int] | None = None) -> "Iterator[tuple[int, re.Match[str]]]":
        """Yield (number of the pattern, match), pattern by pattern; only of those `among` the numbers given."""
        for number in sorted(self.candidates(text) if among is None else among):
            for match in self._finder(number).find_all(text):
                yield number, match

    def _finder(self, number: int) -> Finder:
        finder = self._finders.get(number)
        if finder is None:
            source = self.patterns[number]
            finder = Finder(source, re.compile(source, re.IGNORECASE), ignore_case=True)
            self._finders[number] = finder
        return finder
