"""Patterns behind a guard: RE2 says in a microsecond where a pattern can match first; only there Python's `re` runs.

RE2 has no look-around, so the guard is the pattern without it: it may let a place through that does not match, never
the other way round. Where letters beyond ASCII stand, RE2 and `re` differ on what a word is; there the guard only says
whether `re` is asked at all.
"""

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import re2
from re2 import _re2  # the binding itself: the public wrapper costs more than most searches

_LOOKAROUND = ("(?=", "(?!", "(?<=", "(?<!")
_NAMED_GROUP = re.compile(r"\(\?P<\w+>")
# The marks of a sketch and the signs common in news, as control characters to RE2: then a byte is a character.
_SIGNS: Final = dict(zip("◆◇●–•…€£—“”‘’", map(chr, (*range(1, 9), *range(14, 19))), strict=True))
_TO_CONTROLS: Final = str.maketrans(_SIGNS)
# What both engines take alike: ASCII and the signs. Other controls are white space to one of them, or taken.
_CHARACTERS: Final = {control: sign for sign, control in _SIGNS.items()}
_MAP: Final = codecs.charmap_build(
    "".join(
        _CHARACTERS.get(char, char if char.isprintable() or char in "\t\n\r" else "\ufffe")
        for char in map(chr, range(127))
    )
    + "\ufffe" * 129
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_UNANCHORED: Final = _re2.RE2.Anchor.UNANCHORED
_N_TRIES: Final = 4  # places that turn out not to match before `re` scans on by itself


@lru_cache(maxsize=16)  # the guards of one sentence ask about the same few texts
def _encoded(text: str) -> tuple[bytes, int, bool]:
    """Return a text's bytes for RE2, their number, and whether a byte is a character that both engines take alike."""
    try:
        data, size = codecs.charmap_encode(text, "strict", _MAP)
    except UnicodeEncodeError:
        data = _CONTROL.sub("\x13", text).translate(_TO_CONTROLS).encode("utf-8", "replace")
        return data, len(data), False
    return data, size, not text.endswith("\n")  # `$` stands before a last line end to `re` only


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


def _bare(pattern: str) -> str:
    return without_lookaround(pattern).translate(_TO_CONTROLS)


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


class Finder:
    """A pattern in both engines: RE2 finds the places where it may begin, `re` gives the match there."""

    __slots__ = ("_first", "slow")

    def __init__(self, pattern: str, slow: "re.Pattern[str]", *, ignore_case: bool) -> None:
        options = re2.Options()
        options.case_sensitive = not ignore_case
        options.log_errors = False
        options.max_mem = 1 << 28  # bytes; a bound, the automaton is built lazily
        # Without groups RE2 answers from its automaton alone, at a tenth of the cost.
        bare = _re2.RE2(_NAMED_GROUP.sub("(?:", _bare(pattern)).encode(), options)
        if not bare.ok():
            raise ValueError(f"RE2 cannot read {pattern[:80]!r}: {bare.error()!r}")
        self.slow = slow
        self._first = bare.Match

    def place(self, data: bytes, start: int, size: int) -> int:
        """Return the byte at or behind `start` where the pattern may first begin, or -1."""
        return int(self._first(_UNANCHORED, data, start, size)[0][0])

    def search_from(self, text: str, data: bytes, place: int) -> "re.Match[str] | None":
        """Return the first match at or behind `place`, where the pattern may begin; for texts of a byte a character."""
        size = len(data)
        for _ in range(_N_TRIES):
            match = self.slow.match(text, place)
            if match:
                return match
            if place == size:
                return None
            place = self._first(_UNANCHORED, data, place + 1, size)[0][0]
            if place < 0:
                return None
        return self.slow.search(text, place)

    def search(self, text: str) -> "re.Match[str] | None":
        """Return the first match in a text, as `re` would."""
        data, size, is_plain = _encoded(text)
        place = self._first(_UNANCHORED, data, 0, size)[0][0]
        if place < 0:
            return None
        return self.search_from(text, data, place) if is_plain else self.slow.search(text)

    def find_all(self, text: str) -> "list[re.Match[str]]":
        """Return the matches in a text, left to right, as `re` would."""
        data, size, is_plain = _encoded(text)
        place = self._first(_UNANCHORED, data, 0, size)[0][0]
        if place < 0:
            return []
        if not is_plain:
            return list(self.slow.finditer(text))
        found: list[re.Match[str]] = []
        while place >= 0:
            match = self.slow.match(text, place) or self.search_from(text, data, place)
            if match is None:
                break
            end = match.end()
            if match.start() == end:  # `re` has rules of its own for what follows an empty match
                return [*found, *self.slow.finditer(text, end)]
            found.append(match)
            place = self._first(_UNANCHORED, data, end, size)[0][0]
        return found


class Guarded:
    """A compiled pattern with `search`, `match` and `finditer` as in `re`, and a fast guard that says where to look."""

    __slots__ = ("_finder", "find_all", "pattern", "search", "slow")

    def __init__(self, pattern: str, *, ignore_case: bool = True) -> None:
        self.pattern = pattern
        self.slow = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
        self._finder = Finder(pattern, self.slow, ignore_case=ignore_case)
        self.search = self._finder.search
        self.find_all = self._finder.find_all

    def may_match(self, text: str) -> bool:
        """Return False only where the pattern cannot match anywhere in `text`."""
        data, size, _ = _encoded(text)
        return self._finder.place(data, 0, size) >= 0

    def match(self, text: str, position: int = 0) -> "re.Match[str] | None":
        """Return a match at a position."""
        return self.slow.match(text, position)

    def finditer(self, text: str) -> "Iterator[re.Match[str]]":
        """Yield the matches in a text, left to right."""
        return iter(self._finder.find_all(text))
