"""Patterns behind a guard: RE2 says in a microsecond where a pattern can match first; only there Python's `re` runs.

RE2 has no look-around, so the guard is the pattern without it: it may let a place through that does not match, never
the other way round. RE2 is given a byte for each character, chosen so that both engines take it alike; where that
cannot be done (a pattern with letters beyond ASCII in a text that has some) the guard only says whether `re` is asked
at all, and a text with one of a few odd characters is left to `re`.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

import re2
from re2 import _re2  # the binding itself: the public wrapper costs more than most searches

_LOOKAROUND = ("(?=", "(?!", "(?<=", "(?<!")
_LOOKAROUND_OR_ESCAPE = re.compile(r"\\.|\(\?<?[=!]", re.DOTALL)
_NAMED_GROUP = re.compile(r"\(\?P<\w+>")
# The marks of a sketch and the signs common in news, as control characters to RE2: then a byte is a character.
_SIGNS: Final = dict(zip("◆◇●–•…€£—“”‘’", map(chr, (*range(1, 9), *range(14, 19))), strict=True))
_TO_CONTROLS: Final = str.maketrans(_SIGNS)
_NOUN_CONTROL: Final = _SIGNS["◆"]
_ADJECTIVE_CONTROL: Final = _SIGNS["◇"]
# How other characters are told to RE2: only by what a pattern of ASCII can ask of them.
_LETTER: Final = b"_"  # of a word, but no letter or digit of ASCII
_SPACE: Final = b"\x0c"  # white space, but no blank
_OTHER: Final = b"\x13"
# Before that they are bytes beyond ASCII, so that they are told apart from the text's own; 0xff cannot be told at all.
_BYTES: Final = bytes.maketrans(
    bytes((*range(128, 128 + len(_SIGNS)), 0xFC, 0xFD, 0xFE)),
    "".join(_SIGNS.values()).encode() + _LETTER + _SPACE + _OTHER,
)
_OWN: Final = "".join(chr(code) for code in range(127) if chr(code).isprintable() or chr(code) in "\t\n\r").encode()
_ALIKE: Final = _OWN + bytes(range(128, 128 + len(_SIGNS)))
# Patterns that ignore case take these for letters of ASCII.
_ODD: Final = frozenset("\u0130\u0131\u017f\u212a")
# What a pattern may hold that tells one character beyond ASCII from another.
_BEYOND_ASCII = re.compile(rf"[^\x00-\x7f{''.join(_SIGNS)}]|_|\\[xuUN]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_RARE_SPACE = re.compile(r"[^\S\t\n\r ]")
_ODD_CHARACTER = re.compile(rf"[{''.join(sorted(_ODD))}]|(?![0-9])\d")
_HANDLER: Final = "muster.reading.guarded"


class _Byte(dict[str, int]):
    """The byte that stands for a character beyond ASCII, or for a control, before `_BYTES`."""

    def __missing__(self, char: str) -> int:
        """Return it, and know it from then on."""
        if char in _ODD or (char.isdecimal() and not char.isascii()):
            byte = 0xFF
        else:
            byte = 0xFC if char.isalnum() else 0xFD if char.isspace() else 0xFE
        self[char] = byte
        return byte


_BYTE: Final = _Byte({sign: 128 + i for i, sign in enumerate(_SIGNS)})


def _told(error: UnicodeError) -> tuple[bytes, int]:
    """Return the bytes for a run of characters beyond ASCII (an error handler for encoding)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return bytes([_BYTE[char] for char in error.object[error.start : error.end]]), error.end


codecs.register_error(_HANDLER, _told)
_UNANCHORED: Final = _re2.RE2.Anchor.UNANCHORED
UNLIMITED: Final = 1 << 30
_N_TRIES: Final = 4  # places that turn out not to match before `re` scans on by itself


PLAIN: Final = 2  # every byte is a character that both engines take alike
FOLDED: Final = 1  # some characters are told by their kind only, which serves patterns of ASCII
APART: Final = 0  # bytes are no characters
View = tuple[bytes, int, int]


@lru_cache(maxsize=16)  # the guards of one sentence ask about the same few texts
def encoded(text: str) -> View:
    """Return a text's bytes for RE2, their number, and how they are to be taken (`PLAIN`, `FOLDED`, `APART`)."""
    if text.isprintable():  # no control; most sketches are plain ASCII but for their marks
        drawn = text if text.isascii() else text.replace("◆", _NOUN_CONTROL).replace("◇", _ADJECTIVE_CONTROL)
        if drawn.isascii():
            return drawn.encode(), len(text), PLAIN
    told = text
    if _CONTROL.search(text):
        told = _CONTROL.sub(lambda found: "\u2028" if found.group().isspace() else "\ufffe", text)
    data = told.encode("ascii", _HANDLER)
    rest = data.translate(None, _ALIKE)
    if 0xFF in rest or data.endswith(b"\n"):  # `$` stands before a last line end to `re` only
        return encoded_apart(text)
    return data.translate(_BYTES), len(data), FOLDED if rest else PLAIN


@lru_cache(maxsize=16)
def encoded_apart(text: str) -> View:
    """Return a text's bytes for RE2 as UTF-8 but for the signs, which lead nowhere in the text; -1 bytes if odd."""
    if _ODD_CHARACTER.search(text):
        return b"", -1, APART
    text = _CONTROL.sub("\x13", _RARE_SPACE.sub("\xa0", text)).replace("\xa0", "\x0c")
    data = text.translate(_TO_CONTROLS).encode("utf-8", "replace")
    return data, len(data), APART


def part_of(view: View, start: int, end: int) -> View | None:
    """Return the `encoded` form of `text[start:end]` from that of the text; nothing where bytes are not characters."""
    data, _, kind = view
    if kind == APART:
        return None
    data = data[start:end]
    return None if data.endswith(b"\n") else (data, len(data), kind)


def without_lookaround(pattern: str) -> str:
    """Return the pattern with every look-around taken out."""
    if not any(mark in pattern for mark in _LOOKAROUND):
        return pattern
    kept: list[str] = []
    i = 0
    for found in _LOOKAROUND_OR_ESCAPE.finditer(pattern):
        if found.start() >= i and found.group()[0] != "\\":
            kept.append(pattern[i : found.start()])
            i = _closing(pattern, found.start()) + 1
    kept.append(pattern[i:])
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


class Span:
    """A match that RE2 alone has found: a stretch of a text, with what `re.Match` has where a pattern has no groups."""

    __slots__ = ("_end", "_start", "string")

    re = re.compile("")  # as for the pattern of a match: one without groups

    def __init__(self, string: str, start: int, end: int) -> None:
        self.string = string
        self._start = start
        self._end = end

    def start(self) -> int:
        """Return where it begins."""
        return self._start

    def end(self) -> int:
        """Return where it ends."""
        return self._end

    def span(self) -> tuple[int, int]:
        """Return where it begins and ends."""
        return self._start, self._end

    def group(self) -> str:
        """Return its text."""
        return self.string[self._start : self._end]

    def groupdict(self) -> dict[str, str | None]:
        """Return its named groups: none."""
        return {}


class Finder:
    """A pattern in both engines: RE2 finds the places where it may begin, `re` gives the match there.

    A pattern without look-around and groups is the same to both, so `re` is not asked. Each engine compiles it when
    it is first needed: `re` takes milliseconds for the longer ones, and most of hundreds never match.
    """

    __slots__ = ("_flags", "_match", "_slow", "is_alike", "least", "pattern")

    def __init__(self, pattern: str, *, ignore_case: bool) -> None:
        self.pattern = pattern
        self.is_alike = False
        self.least = PLAIN  # how a text must have been encoded for its bytes to lead back to it
        self._flags = re.IGNORECASE if ignore_case else 0
        self._match: Callable[[Any, bytes, int, int], list[tuple[int, int]]] | None = None
        self._slow: re.Pattern[str] | None = None

    @property
    def slow(self) -> "re.Pattern[str]":
        """The pattern as `re` compiles it."""
        if self._slow is None:
            self._slow = re.compile(self.pattern, self._flags)
        return self._slow

    def first(self) -> Callable[[Any, bytes, int, int], list[tuple[int, int]]]:
        """Return RE2's search for the first place, as `first(_UNANCHORED, data, start, size)[0]` gives it."""
        if self._match is None:
            options = re2.Options()
            options.case_sensitive = not self._flags
            options.log_errors = False
            options.max_mem = 1 << 28  # bytes; a bound, the automaton is built lazily
            # Without groups RE2 answers from its automaton alone, at a tenth of the cost.
            bare = _bare(self.pattern)
            grouped = _re2.RE2(_NAMED_GROUP.sub("(?:", bare).encode(), options)
            if not grouped.ok():
                raise ValueError(f"RE2 cannot read {self.pattern[:80]!r}: {grouped.error()!r}")
            self.is_alike = (
                len(bare) == len(self.pattern)
                and not grouped.NumberOfCapturingGroups()
                and not _NAMED_GROUP.search(self.pattern)
            )
            if not _BEYOND_ASCII.search(_NAMED_GROUP.sub("", self.pattern)):
                self.least = FOLDED
            self._match = grouped.Match
        return self._match

    def may_match(self, text: str) -> bool:
        """Return False only where the pattern cannot match anywhere in `text`."""
        first = self._match or self.first()
        data, size, kind = encoded(text)
        if kind < self.least:
            data, size, _ = encoded_apart(text)
        return size < 0 or first(_UNANCHORED, data, 0, size)[0][0] >= 0

    def search_from(self, text: str, data: bytes, place: int) -> "re.Match[str] | None":
        """Return the first match at or behind `place`, where the pattern may begin; for texts of a byte a character."""
        size = len(data)
        first, slow = self.first(), self.slow
        for _ in range(_N_TRIES):
            match = slow.match(text, place)
            if match:
                return match
            if place == size:
                return None
            place = first(_UNANCHORED, data, place + 1, size)[0][0]
            if place < 0:
                return None
        return slow.search(text, place)

    def search(self, text: str) -> "re.Match[str] | None":
        """Return the first match in a text, as `re` would."""
        return self.search_in(text, encoded(text))

    def search_in(self, text: str, view: View, start: int = 0) -> "re.Match[str] | None":
        """Return the first match, from `start` on, in a text whose `encoded` form is at hand."""
        data, size, kind = view
        first = self._match or self.first()
        if kind < self.least:
            return self.slow.search(text, start) if self.may_match(text) else None
        place, end = first(_UNANCHORED, data, start, size)[0]
        if place < 0:
            return None
        found: Any = Span(text, place, end) if self.is_alike else self.search_from(text, data, place)
        return found  # type: ignore[no-any-return]

    def finditer(self, text: str) -> "Iterator[re.Match[str]]":
        """Yield the matches in a text, left to right, each searched for when it is asked for."""
        view = encoded(text)
        match = self.search_in(text, view)
        while match and match.start() < match.end():
            yield match
            match = self.search_in(text, view, match.end())
        if match:  # `re` has rules of its own for what follows an empty match
            yield from self.slow.finditer(text, match.end())

    def find_all(self, text: str) -> "list[re.Match[str]]":
        """Return the matches in a text, left to right, as `re` would."""
        return self.find_in(text, encoded(text))

    def find_in(self, text: str, view: View, n_most: int = UNLIMITED) -> "list[re.Match[str]]":
        """Return the matches in a text whose `encoded` form is at hand; there are at most `n_most`."""
        data, size, kind = view
        first = self._match or self.first()
        if kind < self.least:
            return list(self.slow.finditer(text)) if self.may_match(text) else []
        place, end = first(_UNANCHORED, data, 0, size)[0]
        if place < 0:
            return []
        found: list[Any] = []
        while place >= 0:
            if self.is_alike and place < end:
                found.append(Span(text, place, end))
            else:
                match = self.search_from(text, data, place)
                if match is None:
                    break
                end = match.end()
                if match.start() == end:  # `re` has rules of its own for what follows an empty match
                    return [*found, *self.slow.finditer(text, end)]
                found.append(match)
            n_most -= 1
            if not n_most:
                break
            place, end = first(_UNANCHORED, data, end, size)[0]
        return found


class Guarded:
    """A pattern with `search`, `match` and `finditer` as in `re`, and a fast guard that says where to look.

    `single` and `several` say what a text must hold for the pattern to match (see `WordIndex.needs`).
    `learn` sets them; without, every text may match.
    """

    __slots__ = ("_finder", "find_all", "find_in", "may_match", "pattern", "search", "search_in", "several", "single")

    def __init__(self, pattern: str, *, ignore_case: bool = True) -> None:
        self.pattern = pattern
        self.single = -1
        self.several: tuple[int, ...] = ()
        self._finder = Finder(pattern, ignore_case=ignore_case)
        self.search = self._finder.search
        self.search_in = self._finder.search_in
        self.find_all = self._finder.find_all
        self.find_in = self._finder.find_in
        self.may_match = self._finder.may_match

    @property
    def slow(self) -> "re.Pattern[str]":
        """The pattern as `re` compiles it."""
        return self._finder.slow

    def learn(self, single: int, several: tuple[int, ...]) -> None:
        """Take what a text must hold for the pattern to match."""
        self.single, self.several = single, several

    def may(self, held: int) -> bool:
        """Return False only where the pattern cannot match in a text that holds these clauses."""
        if self.single & held:
            return True
        for need in self.several:  # noqa: SIM110  a generator costs more than what it loops over
            if need & held == need:
                return True
        return False

    def match(self, text: str, position: int = 0) -> "re.Match[str] | None":
        """Return a match at a position."""
        return self._finder.slow.match(text, position)

    def finditer(self, text: str) -> "Iterator[re.Match[str]]":
        """Yield the matches in a text, left to right."""
        return self._finder.finditer(text)
