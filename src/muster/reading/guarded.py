"""Patterns behind a guard: RE2 says in a microsecond or two whether a pattern can match; only then Python's `re` runs.

RE2 has no look-around, so the guard is the pattern without it: it may let a text through that does not match, never the
other way round.
"""

import re
from collections.abc import Iterable, Iterator

import re2

_LOOKAROUND = ("(?=", "(?!", "(?<=", "(?<!")


def without_lookaround(pattern: str) -> str:
    """Return the pattern with every look-around taken out."""
    kept: list[str] = []
    i = 0
    while i < len(pattern):
        if pattern[i] == "\\":
            kept.append(pattern[i : i + 2])
            i += 2
        elif pattern.startswith(_LOOKAROUND, i):
            i = _closing(pattern, i) + 1
        else:
            kept.append(pattern[i])
            i += 1
    return "".join(kept)


def _closing(pattern: str, i: int) -> int:
    """Return where the group that opens at `i` closes; brackets and escapes are stepped over."""
    depth, in_class = 0, False
    while i < len(pattern):
        char = pattern[i]
        if char == "\\":
            i += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return i
        i += 1
    raise ValueError(f"unclosed group in {pattern!r}")


class Guarded:
    """A compiled pattern with `search`, `match` and `finditer` as in `re`, and a fast guard for whole texts."""

    __slots__ = ("_guard", "pattern", "slow")

    def __init__(self, pattern: str, *, ignore_case: bool = True) -> None:
        self.pattern = pattern
        self.slow = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
        options = re2.Options()
        options.case_sensitive = not ignore_case
        options.log_errors = False
        options.max_mem = 1 << 25
        self._guard = re2.Set.SearchSet(options)  # a set of one: its `Match` is a tenth of the cost of `search`
        self._guard.Add(without_lookaround(pattern))
        self._guard.Compile()

    def may_match(self, text: str) -> bool:
        """Return False only where the pattern cannot match anywhere in `text`."""
        return bool(self._guard.Match(text))

    def search(self, text: str) -> "re.Match[str] | None":
        """Return the first match in a text."""
        return self.slow.search(text) if self.may_match(text) else None

    def match(self, text: str, position: int = 0) -> "re.Match[str] | None":
        """Return a match at a position."""
        return self.slow.match(text, position)

    def finditer(self, text: str) -> "Iterator[re.Match[str]]":
        """Yield the matches in a text, left to right."""
        return self.slow.finditer(text) if self.may_match(text) else iter(())


class PatternSet:
    """Many numbered patterns over one text: RE2 says in one pass which can match, and only those run in `re`."""

    def __init__(self, patterns: Iterable[str]) -> None:
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = 1 << 28  # bytes; the automaton is built lazily and must not run out on long sentences
        self._set = re2.Set.SearchSet(options)
        self.patterns: list[re.Pattern[str]] = []
        for pattern in patterns:
            self._set.Add(without_lookaround(pattern))
            self.patterns.append(re.compile(pattern, re.IGNORECASE))
        self._set.Compile()

    def finditer(self, text: str) -> "Iterator[tuple[int, re.Match[str]]]":
        """Yield (number of the pattern, match), pattern by pattern."""
        for number in self._set.Match(text) or ():
            for match in self.patterns[number].finditer(text):
                yield number, match
