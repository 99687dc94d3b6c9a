"""Which words a pattern cannot match without, read off its syntax tree.

What is found is necessary, never sufficient: a pattern whose words stand in a text may still not match; one whose words
do not stand there cannot. Words are compared in `plain` texts: lower case, with a blank for every character that is not
of a word, so that " aid " is no part of " said ". The marks of a sketch are words of their own here; whoever asks what
a text holds says which marks its sketch has.
"""

import re
from collections.abc import Iterable, Sequence
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

NOUN: Final = "◆"
ADJECTIVE: Final = "◇"
PERSON: Final = "●"
MARKS: Final = (
    NOUN + ADJECTIVE + PERSON
)  # of a sketch: they stand for text, so they are no part of a phrase that the text must hold
_MAX_EXACT: Final = 64  # spellings of one stretch that are still multiplied out
_MAX_LISTED: Final = 256  # that a pattern lists itself
_MAX_ALTERNATIVES: Final = 64  # of one pattern, its branches multiplied out
_MAX_CLASS: Final = 4  # letters of a class that are still written out
_SIGNS: Final = '%$€£";:–('  # that patterns ask for; they stand free in a plain text
_DIGITS: Final = frozenset("0123456789")
_EDGE: Final = "\x01"  # the edge of a word, inside a spelling
_EDGE_BEFORE: Final = re.compile(r"^\x01+(?=\w)")
_EDGE_BEHIND: Final = re.compile(r"(?<=\w)\x01+$")
_NO_WORD: Final = (sre.CATEGORY, sre.CATEGORY_WORD)
_NOTHING: Final = frozenset(("",))
_FREE: Final = frozenset((_EDGE,))
_REPEATS: Final = frozenset((sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT))

Clause = frozenset[str]
"""Words of which a match holds at least one."""


class _Plain(dict[int, str]):
    """What a lower-case character is in a plain text."""

    def __missing__(self, code: int) -> str:
        """Return it, and know it from then on."""
        char = chr(code)
        if char.isdecimal():
            char = str(int(char))
        self[code] = found = char if char.isalnum() or char == "_" else f" {char} " if char in _SIGNS else " "
        return found


# The long s is an s to patterns that ignore case; a sketch writes quotation marks and dashes alike.
_PLAIN: Final = _Plain({ord("\u017f"): "s", ord("—"): " – "} | dict.fromkeys(map(ord, "“”„«»"), ' " '))


def plain(text: str) -> str:
    """Return a text in lower case, with a blank for each character that is not of a word and one at each end."""
    return f" {text.lower().translate(_PLAIN)} "


def needed_words(pattern: str) -> tuple[tuple[Clause, ...], ...]:
    r"""Return alternatives, each some clauses: a match holds a word of every clause of one alternative, case ignored.

    An alternative without clauses means that nothing is known.

    Examples
    --------
    >>> needed_words(r"\b(?:\w+ )*(?:sail|steam)\b") == (((frozenset({"sail ", "steam "})),),)
    True
    """
    tree = _Tree()
    found = [tree.clauses(sequence) for sequence in tree.expanded(list(parser.parse(pattern, re.IGNORECASE)))]
    return tuple(dict.fromkeys(found))


def _clause(spellings: Iterable[str]) -> tuple[Clause, ...]:
    """Return spellings as a clause, without those that hold another of them; nothing where one says nothing."""
    words = {_bounded(spelling) for spelling in spellings}
    if not words or any(not word.strip() for word in words):
        return ()
    kept: list[str] = []
    for word in sorted(words, key=len):
        if not any(other in word for other in kept):
            kept.append(word)
    return (frozenset(kept),)


def _bounded(spelling: str) -> str:
    """Return a spelling with the edges of words as the blanks that stand there in a plain text."""
    if _EDGE not in spelling:
        return spelling
    return _EDGE_BEHIND.sub(" ", _EDGE_BEFORE.sub(" ", spelling)).replace(_EDGE, "")


def _weakness(clause: Clause) -> tuple[int, int]:
    return -min(map(len, clause)), len(clause)


class _Needs:
    """What a part of a pattern needs: all its spellings if they are few (`exact`), else clauses that must all hold."""

    __slots__ = ("clauses", "exact")

    def __init__(self, exact: frozenset[str] | None = None, clauses: tuple[Clause, ...] = ()) -> None:
        self.exact = exact
        self.clauses = clauses

    def all_clauses(self) -> tuple[Clause, ...]:
        """Return the clauses, the spellings as one where they are known."""
        return self.clauses if self.exact is None else _clause(self.exact)


_UNKNOWN: Final = _Needs()


class _Tree:
    """Reads one pattern's syntax tree; remembers what its parts need, as alternatives share them.

    `is_free` says of a place that a word which stands there begins there: an edge of words or a character of none is
    before it.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, bool], _Needs] = {}
        self._ends: dict[tuple[int, bool], bool] = {}

    def clauses(self, sequence: Sequence[Any]) -> tuple[Clause, ...]:
        """Return the clauses that parts one behind the other need."""
        return tuple(dict.fromkeys(self._of_sequence(sequence, is_free=False).all_clauses()))

    def expanded(self, sequence: list[Any], n_left: int = _MAX_ALTERNATIVES) -> list[list[Any]]:
        """Return the sequences that a sequence stands for, its branches multiplied out while they stay few.

        The words of "(?:are [a-z]+ing|has sailed)" are weak together ("are "), but strong for one of the two.
        """
        for i, (kind, value) in enumerate(sequence):
            if kind is sre.SUBPATTERN:
                return self.expanded([*sequence[:i], *value[3], *sequence[i + 1 :]], n_left)
            if kind is not sre.BRANCH:
                continue
            branches = value[1]
            if self._of_node(kind, value, is_free=False).exact is None and len(branches) <= n_left:
                each = n_left // len(branches)
                return [
                    longer
                    for branch in branches
                    for longer in self.expanded([*sequence[:i], *branch, *sequence[i + 1 :]], each)
                ]
        return [sequence]

    def _of_sequence(self, sequence: Iterable[Any], *, is_free: bool) -> _Needs:
        """Return what parts one behind the other need: adjoining spellings are joined while they are few."""
        clauses: list[Clause] = []
        run = _FREE if is_free else _NOTHING
        is_exact = True
        for kind, value in sequence:
            need = self._of_node(kind, value, is_free=is_free)
            is_free = self._ends_free(kind, value, is_free=is_free)
            exact = need.exact
            if exact is not None and (len(exact) * len(run) <= _MAX_EXACT or len(exact) == 1 or len(run) == 1):
                if len(exact) == 1:
                    (end,) = exact
                    run = frozenset([start + end for start in run]) if end else run
                else:
                    run = frozenset([start + end for start in run for end in exact])
                continue
            is_exact = False
            clauses += _clause(run)
            run = exact if exact is not None else _FREE if is_free else _NOTHING
            clauses += need.clauses
        if is_exact:
            return _Needs(run)
        return _Needs(None, (*clauses, *_clause(run)))

    def _of_node(self, kind: Any, value: Any, *, is_free: bool) -> _Needs:
        if kind is sre.LITERAL:
            return _of_character(value)
        if kind is sre.AT:
            return _Needs(_FREE) if value is sre.AT_BOUNDARY else _Needs(_NOTHING)
        if kind is sre.ASSERT or kind is sre.ASSERT_NOT:
            return _Needs(_FREE) if kind is sre.ASSERT_NOT and _bars_words(value[1]) else _Needs(_NOTHING)
        known = self._known.get((id(value), is_free))
        if known is None:
            self._known[id(value), is_free] = known = self._of_part(kind, value, is_free=is_free)
        return known

    def _of_part(self, kind: Any, value: Any, *, is_free: bool) -> _Needs:
        if kind is sre.IN:
            return _of_class(value)
        if kind is sre.BRANCH:
            return self._of_branches(value[1], is_free=is_free)
        if kind is sre.SUBPATTERN:
            return self._of_sequence(value[3], is_free=is_free)
        if kind in _REPEATS:
            return self._of_repeat(*value, is_free=is_free)
        return _UNKNOWN

    def _of_branches(self, branches: Iterable[Any], *, is_free: bool) -> _Needs:
        """Return what alternatives need together: their spellings, or a word of the best clause of each."""
        needs = [self._of_sequence(branch, is_free=is_free) for branch in branches]
        if all(need.exact is not None for need in needs):
            exact = frozenset(word for need in needs for word in need.exact or ())
            return _Needs(exact) if len(exact) <= _MAX_LISTED else _Needs(None, _clause(exact))
        clauses = [need.all_clauses() for need in needs]
        if not all(clauses):
            return _UNKNOWN
        return _Needs(None, _clause(word for each in clauses for word in min(each, key=_weakness)))

    def _of_repeat(self, low: int, high: Any, item: Any, *, is_free: bool) -> _Needs:
        if low and high != 1:  # the first time may stand free, the others need not
            is_free = is_free and self._ends_free(sre.SUBPATTERN, (None, 0, 0, item), is_free=True)
        need = self._of_sequence(item, is_free=is_free)
        if low == 0:
            return _Needs(need.exact | _NOTHING) if high == 1 and need.exact is not None else _UNKNOWN
        return need if low == high == 1 else _Needs(None, need.all_clauses())

    def _ends_free(self, kind: Any, value: Any, *, is_free: bool) -> bool:
        """Return whether the place behind a part is free, if the place before it is as told."""
        if kind is sre.LITERAL:
            return not _is_of_word(chr(value))
        if kind is sre.AT:
            return is_free or value is sre.AT_BOUNDARY
        if kind is sre.ASSERT or kind is sre.ASSERT_NOT:
            return is_free
        if kind is sre.SUBPATTERN:
            return self._sequence_ends_free(value[3], is_free=is_free)
        if kind is sre.IN:
            return all(one is sre.LITERAL and not _is_of_word(chr(char)) for one, char in value)
        if kind is sre.BRANCH:
            return all(self._sequence_ends_free(branch, is_free=is_free) for branch in value[1])
        if kind in _REPEATS:
            low, _, item = value
            once = self._sequence_ends_free(item, is_free=is_free)
            return once and (is_free or (low > 0 and self._sequence_ends_free(item, is_free=once)))
        return False

    def _sequence_ends_free(self, sequence: Any, *, is_free: bool) -> bool:
        known = self._ends.get((id(sequence), is_free))
        if known is None:
            known = is_free
            for kind, value in sequence:
                known = self._ends_free(kind, value, is_free=known)
            self._ends[id(sequence), is_free] = known
        return known


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_"


_CHARACTERS: Final[dict[int, _Needs]] = {}


def _of_character(code: int) -> _Needs:
    """Return the spelling of one character; a mark joins no other."""
    known = _CHARACTERS.get(code)
    if known is None:
        char = chr(code)
        known = _Needs(None, (frozenset((char,)),)) if char in MARKS else _Needs(frozenset((plain(char)[1:-1],)))
        _CHARACTERS[code] = known
    return known


def _of_class(items: list[Any]) -> _Needs:
    """Return the spellings of a character class with a few letters, or that it asks for a digit."""
    if len(items) == 1 and items[0] == (sre.CATEGORY, sre.CATEGORY_DIGIT):
        return _Needs(None, (_DIGITS,))
    chars: set[str] = set()
    marks: set[str] = set()
    for kind, value in items:
        if kind is not sre.LITERAL:
            return _UNKNOWN
        if chr(value) in MARKS:
            marks.add(chr(value))
        else:
            chars.add(plain(chr(value))[1:-1])
    if marks:
        return _UNKNOWN if chars else _Needs(None, (frozenset(marks),))
    return _Needs(frozenset(chars)) if 0 < len(chars) <= _MAX_CLASS else _UNKNOWN


def _bars_words(sequence: Any) -> bool:
    """Return whether what a look-around forbids is one character of a class that holds all letters."""
    if len(sequence) != 1:
        return False
    kind, value = sequence[0]
    return kind is sre.IN and _NO_WORD in value
