"""The sketch of a sentence: its text with every actor as one character, so that frames match over actors and words.

`◆` stands for whoever acts under a name, title or office, `◇` for a nationality before a noun. Enumerations ("Britain,
France and Japan") are one `◆` with several codes. The spans of the marks lead every character of the sketch back to its
place in the document.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from muster.base.actors import office_pattern
from muster.reading.candidates import cuts_word
from muster.reading.gazetteer import Mention
from muster.reading.guarded import Guarded, encoded
from muster.reading.spelling import beyond_ascii

NOUN: Final = "◆"  # as in `literals.MARKS`
ADJECTIVE: Final = "◇"
PERSON: Final = "●"
# One character for one, so that offsets hold; a text's own marks become bullets, or they would count as actors.
_FOLD = str.maketrans("“”„«»‘’—\n\u00a0" + NOUN + ADJECTIVE + PERSON, '"""""\'\'–  •••')
_FORM_MARK = {"adjective": ADJECTIVE, "either": ADJECTIVE, "person": PERSON}


class Token(NamedTuple):
    """One actor in a sketch: its codes (empty until resolved), its form and where it stands in the document."""

    codes: tuple[str, ...]
    form: str
    start: int
    end: int
    name: str = ""

    @property
    def is_generic(self) -> bool:
        """An office without a state ("the minister"): resolved by what was said before."""
        return self.form == "office"


class Sketch:
    """A sentence's text with actors as single characters, its tokens in order, and the way back to the document.

    `mask` says which words of patterns the sentence holds (see `WordIndex`); `is_cut` that a mark ends inside a word,
    so that the sketch holds half a word which the sentence does not.
    """

    __slots__ = ("is_cut", "mask", "spans", "start", "text", "tokens")

    def __init__(self, text: str, start: int, mentions: Iterable[Mention] = (), mask: int = -1) -> None:
        """Draw the mentions (in order, inside the text, never overlapping) as marks."""
        text = text.translate(_FOLD)
        pieces: list[str] = []
        tokens: list[Token] = []
        end = 0
        self.is_cut = False
        for mention_start, mention_end, codes, form, name in mentions:
            pieces.append(text[end : mention_start - start])
            pieces.append(_FORM_MARK.get(form, NOUN))
            tokens.append(Token(codes, form, mention_start, mention_end, name))
            end = mention_end - start
            if form == "ship" and cuts_word(text, end):
                self.is_cut = True
        self.text = "".join((*pieces, text[end:])) if tokens else text
        self.start = start
        self.tokens = tokens
        self.mask = mask
        self.spans = [(token.start, token.end) for token in tokens]  # of each mark, in the document

    def replace(self, i: int, j: int, mark: str, codes: tuple[str, ...], form: str, name: str = "") -> None:
        """Put one token in place of sketch range [i, j) and the tokens it holds."""
        text = self.text
        if cuts_word(text, i) or cuts_word(text, j):
            self.is_cut, self.mask = True, -1
        first = _n_marks(text, 0, i)
        last = first + _n_marks(text, i, j)
        span = self._start(i, first), self._end(j, last)
        self.text = text[:i] + mark + text[j:]
        self.tokens[first:last] = [Token(codes, form, *span, name)]
        self.spans[first:last] = [span]

    def start_of(self, i: int) -> int:
        """Return where the character at sketch offset `i` starts in the document."""
        return self._start(i, _n_marks(self.text, 0, i))

    def end_of(self, i: int) -> int:
        """Return where the character at sketch offset `i` ends in the document."""
        return self._end(i + 1, _n_marks(self.text, 0, i + 1))

    def _start(self, i: int, n_before: int) -> int:
        """Return where the character at sketch offset `i` starts in the document; `n_before` marks stand before it."""
        text = self.text
        if i < len(text) and text[i] in _MARKS:
            return self.spans[n_before][0]
        return self._end(i, n_before)

    def _end(self, i: int, n_before: int) -> int:
        """Return where what stands before sketch offset `i`, `n_before` marks in it, ends in the document."""
        if n_before == 0:
            return self.start + i
        text = self.text
        mark = max(text.rfind(NOUN, 0, i), text.rfind(ADJECTIVE, 0, i), text.rfind(PERSON, 0, i))
        return self.spans[n_before - 1][1] + i - mark - 1

    def n_tokens_before(self, i: int) -> int:
        """Return how many tokens stand before sketch offset `i`."""
        return _n_marks(self.text, 0, i)

    def positions(self) -> list[tuple[int, Token]]:
        """Return (sketch offset, token) pairs in order."""
        if not self.tokens:
            return []
        return list(zip([match.start() for match in _ANY_MARK.finditer(self.text)], self.tokens, strict=True))

    def token_at(self, i: int) -> Token:
        """Return the token whose mark stands at sketch offset `i`."""
        return self.tokens[self.n_tokens_before(i)]

    def span(self, i: int, j: int) -> tuple[int, int]:
        """Return the document span of sketch range [i, j), without white space at its ends or a bullet before it."""
        while i < j - 1 and (self.text[i].isspace() or self.text[i] in "-–•*"):
            i += 1
        while j > i and self.text[j - 1].isspace():
            j -= 1
        first = _n_marks(self.text, 0, i)
        return self._start(i, first), self._end(j, first + _n_marks(self.text, i, j))


@cache
def actor_patterns(language: str) -> dict[str, Guarded]:
    """Return the compiled patterns of how a language says actors, from its `actors.toml`."""
    text = resources.files("muster.reading").joinpath("data", language, "actors.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    macros = {"office": office_pattern(), "generic_office": office_pattern(generic=True)} | table["macros"]
    spelling = table.get("spelling", {})
    expanded = {name: _expand(pattern, macros) for name, pattern in table["patterns"].items()}
    if spelling:
        expanded = {name: beyond_ascii(pattern, spelling) for name, pattern in expanded.items()}
    return {name: Guarded(pattern, ignore_case=False) for name, pattern in expanded.items()}


def _expand(pattern: str, macros: dict[str, str]) -> str:
    while True:
        longer = re.sub(r"\{([a-z_]+)\}", lambda found: macros[found.group(1)], pattern)
        if longer == pattern:
            return pattern
        pattern = longer


Patterns = dict[str, Guarded]
_MARKS = NOUN + ADJECTIVE + PERSON
_ANY_MARK = re.compile(f"[{_MARKS}]")


def _n_marks(text: str, i: int, j: int) -> int:
    return text.count(NOUN, i, j) + text.count(ADJECTIVE, i, j) + text.count(PERSON, i, j)


# How many marks a sketch must hold before a pattern is tried at all.
_NEEDED_MARKS = {
    "list": (NOUN, 2), "following": (NOUN, 2), "range": (NOUN, 2), "person_list": (NOUN, 2), "adj_list": (ADJECTIVE, 2),
    "nominal": (ADJECTIVE, 1), "titled": (PERSON, 1), "honour": (PERSON, 1), "office_of": (NOUN, 1),
    "office_in": (NOUN, 1),
}  # fmt: skip


def _each(sketch: Sketch, patterns: Patterns, name: str) -> list[re.Match[str]]:
    """Return the matches of a pattern from right to left, so that replacing keeps earlier offsets."""
    pattern = patterns[name]
    mask = sketch.mask
    if not (pattern.single & mask or (pattern.several and pattern.may(mask))):
        return []
    needed, least = _NEEDED_MARKS.get(name, ("", 0))
    if not least:
        return pattern.find_all(sketch.text)[::-1]
    n_most = sketch.text.count(needed) // least  # every match has marks of its own
    return pattern.find_in(sketch.text, encoded(sketch.text), n_most)[::-1] if n_most else []


def _merge(sketch: Sketch, match: re.Match[str], codes: tuple[str, ...], form: str, name: str = "") -> None:
    """Put one noun token with `codes` in place of a match."""
    i, j = match.span()
    sketch.replace(i, j, NOUN, codes, form, name)


def _merge_lists(sketch: Sketch, patterns: Patterns, name: str) -> None:
    """Merge an enumeration into one token with all its codes."""
    for match in _each(sketch, patterns, name):
        first = sketch.n_tokens_before(match.start())
        n = _n_marks(sketch.text, *match.span())
        found = sketch.tokens[first : first + n]
        if name == "list" and n == 2 and ", and " in match.group():
            continue  # "asked Rome, and Paris refused": two clauses
        codes = tuple(dict.fromkeys(code for token in found for code in token.codes))
        mark, form = (ADJECTIVE, "adjective") if name == "adj_list" else (NOUN, "name")
        if all(token.is_generic for token in found):
            form = "office"
        sketch.replace(*match.span(), mark, codes, form)


def _merge_titles(sketch: Sketch, patterns: Patterns, surnames: dict[str, tuple[str, ...]]) -> None:
    """Merge offices with the persons and states they belong to; learn surnames from titles."""
    for match in _each(sketch, patterns, "former"):
        _merge(sketch, match, (), "outsider")
    if PERSON in sketch.text:
        for name in ("titled", "honour"):
            for match in _each(sketch, patterns, name):
                _merge(sketch, match, sketch.token_at(match.start("keep")).codes, "person")
        sketch.text = sketch.text.replace(PERSON, NOUN)
    for match in _each(sketch, patterns, "national"):
        token = sketch.token_at(match.start("keep"))
        if match.group("keep")[0] == NOUN and token.form not in {"name", "capital"}:
            continue
        name = match.group("name").strip()
        if name:
            surnames[name.split()[-1]] = token.codes
        _merge(sketch, match, token.codes, "name", name)
    for match in _each(sketch, patterns, "office_of"):
        _merge(sketch, match, sketch.token_at(match.start("keep")).codes, "name")


def _merge_generics(sketch: Sketch, patterns: Patterns, surnames: dict[str, tuple[str, ...]]) -> None:
    """Make tokens of offices without a state: resolved by a surname learnt, else left to the document."""
    for match in _each(sketch, patterns, "unknown"):
        name = match.group("name").strip()
        codes = surnames.get(name.split()[-1], ())
        _merge(sketch, match, codes, "name" if codes else "office", name)
    for match in _each(sketch, patterns, "office_in"):
        token = sketch.token_at(match.start("keep"))
        if token.form in {"capital", "name"} and len(token.codes) == 1:
            _merge(sketch, match, token.codes, "name")
    for pattern in ("generic", "bare"):
        for match in _each(sketch, patterns, pattern):
            _merge(sketch, match, (), "office")


def names_nobody(language: str, mask: int) -> bool:
    """Return True only where the sketch of a sentence without mentions, that holds this, can have no token."""
    patterns = actor_patterns(language)
    return not patterns["office_words"].may(mask) and not patterns["counted"].may(mask)


def draw_sketch(
    text: str,
    start: int,
    mentions: Iterable[Mention],
    surnames: dict[str, tuple[str, ...]],
    language: str = "en",
    mask: int = -1,
) -> Sketch:
    """Return the sketch of `text`, which stands at `start` in its document.

    Parameters
    ----------
    text : str
        One sentence.
    start : int
        Its offset in the document.
    mentions : iterable of Mention
        The gazetteer's finds inside the sentence, in order, with document offsets.
    surnames : dict
        Surnames learnt from titles in this document ("Lithuanian defence minister X"); added to.
    language : str
        Whose `actors.toml` says how titles and lists go.
    mask : int
        What the sentence holds, if it is known (`Lexicon.held`).
    """
    patterns = actor_patterns(language)
    has_office = patterns["office_words"].may(mask) and patterns["office_words"].may_match(text)
    sketch = Sketch(text, start, mentions, mask)
    if sketch.tokens:
        _settle_either(sketch, patterns)
        if has_office:
            _merge_titles(sketch, patterns, surnames)
        if PERSON in sketch.text:
            sketch.text = sketch.text.replace(PERSON, NOUN)
        if ADJECTIVE in sketch.text:
            _merge_lists(sketch, patterns, "adj_list")
            for match in _each(sketch, patterns, "nominal"):
                _nominalise(sketch, match.start())
    for match in _each(sketch, patterns, "counted"):
        _merge(sketch, match, ("COALITION",), "name")
    if has_office:
        _merge_generics(sketch, patterns, surnames)
    if len(sketch.tokens) > 1:
        _merge_lists(sketch, patterns, "range")
        for match in _each(sketch, patterns, "person_list"):
            _merge(sketch, match, sketch.token_at(match.start("keep")).codes, "name")
        _merge_lists(sketch, patterns, "list")
        _merge_lists(sketch, patterns, "following")
    return sketch


def _settle_either(sketch: Sketch, patterns: Patterns) -> None:
    """Turn names that are nationalities too ("US", "UK") into nouns where no noun follows them."""
    for token in sketch.tokens:
        if token.form == "either":
            break
    else:
        return
    for i, token in reversed(sketch.positions()):
        if token.form == "either" and patterns["noun_follows"].match(sketch.text, i + 1):
            _nominalise(sketch, i)


def _nominalise(sketch: Sketch, i: int) -> None:
    """Turn a nationality that stands for its people ("the French") into a noun."""
    index = sketch.n_tokens_before(i)
    sketch.text = sketch.text[:i] + NOUN + sketch.text[i + 1 :]
    sketch.tokens[index] = sketch.tokens[index]._replace(form="name")
