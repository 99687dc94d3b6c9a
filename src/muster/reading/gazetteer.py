"""Actor names in a text: one Aho-Corasick pass, word boundaries, dated office holders, and names that mislead."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import ahocorasick

from muster.base.actors import ActorName, actor_names, not_actors, ship_prefixes

_MISLEADING = {"Georgia", "Turkey", "Jordan", "Chad", "Jersey", "Mali", "Niger", "Guinea", "Korea", "Congo"}
_FIRST_NAMES = re.compile(
    r"\b(?:Michael|Jim|Jordan|Barbara|Robert|Vernon|Hamilton|Judge|Dr|Mr|Ms|Mrs|Sen\.|Rep\.|Giorgia|Smith) $"
)
_GEORGIA_STATE = re.compile(
    r"Atlanta|Savannah|Augusta|Gov\.|governor|Republican|Democrat|U\.S\. state|state senate|county|Peach State"
)
_TURKEY_BIRD = re.compile(
    r"\b(?:roast|Thanksgiving|Christmas|cold|fried|wild|farm|stuffed|dinner|sandwich|stuffing|breast)\b", re.IGNORECASE
)
_SHIP_NAME = re.compile(r" (?:[A-ZÀ-Þ][\w'’.-]*)(?: (?:[A-ZÀ-Þ][\w'’.-]*|de|di|of|the|II|III))*")
_HYPHEN_ADJECTIVE = re.compile(
    r"-(?:led|flagged|flag|backed|based|brokered|owned|run|made|linked|bound|sponsored|hosted|chaired|organi[sz]ed|built|"
    r"controlled|operated|mediated|registered|aligned)\b"
)


class Mention(NamedTuple):
    """A name found in a text: its offsets, its codes and its form (name, adjective, person, capital or ship)."""

    start: int
    end: int
    codes: tuple[str, ...]
    form: str
    name: str


@cache
def _automaton(language: str) -> Any:
    by_text: dict[str, list[ActorName]] = {}
    for name in actor_names(language):
        by_text.setdefault(name.text, []).append(name)
    automaton = ahocorasick.Automaton()
    for text, names in by_text.items():
        automaton.add_word(text, (len(text), tuple(names)))
        first = text[0].upper() + text[1:]
        if first != text and first not in by_text:
            automaton.add_word(first, (len(text), tuple(names)))
    for text in not_actors(language):
        automaton.add_word(text, (len(text), ()))
    for prefix, code in ship_prefixes().items():
        automaton.add_word(prefix + " ", (len(prefix) + 1, code))
    automaton.make_automaton()
    return automaton


def _is_bounded(text: str, start: int, end: int) -> bool:
    before = start == 0 or not (text[start - 1].isalnum() or text[start - 1] == "_")
    after = end >= len(text) or not (text[end].isalnum() or text[end] == "_")
    return before and after


def _misleads(text: str, start: int, end: int) -> bool:
    """Return whether an ambiguous name (Georgia, Turkey, Jordan, Chad) means something else here."""
    word = text[start:end]
    if word == "Georgia":
        return bool(_GEORGIA_STATE.search(text, max(0, start - 160), end + 160))
    if word == "Turkey" and _TURKEY_BIRD.search(text, max(0, start - 25), end + 25):
        return True
    if _FIRST_NAMES.search(text, max(0, start - 12), start):
        return True
    # "Jordan Hale", "Chad Brown": a capitalised word right behind, no other name of a state
    follower = re.match(r" ([A-Z][a-z]+)", text[end : end + 24])
    return (
        bool(follower)
        and word in {"Jordan", "Chad", "Jersey"}
        and follower is not None
        and follower.group(1) not in {"And", "On", "In"}
    )


def _pick(names: tuple[ActorName, ...], day: date | None) -> ActorName | None:
    """Return the name that holds on the day; of two, the later office."""
    held = [name for name in names if name.holds_on(day)]
    if not held:
        return None
    if len(held) > 1:
        held.sort(key=lambda name: (name.form != "adjective", name.since or date.min))
    return held[-1] if held[0].form == "person" else held[0]


def _ship(text: str, start: int, end: int, code: str) -> Mention | None:
    found = _SHIP_NAME.match(text, end - 1)
    if not found:
        return None
    return Mention(start, found.end(), (code,), "ship", text[start : found.end()])


def _shorter(automaton: Any, text: str, start: int, end: int) -> tuple[int, Any] | None:
    """Return the longest name that a name cut short by a longer word begins with, as the automaton stores it."""
    for stop in range(end - 1, start, -1):
        if not (text[stop].isalnum() or text[stop] == "_"):
            found: tuple[int, Any] | None = automaton.get(text[start:stop], None)
            if found:
                return found
    return None


def find_mentions(text: str, published: date | None = None, language: str = "en") -> list[Mention]:
    """Return the actors named in a text, in order, never overlapping; the longest name wins.

    Parameters
    ----------
    text : str
        Any length.
    published : date or None
        The document's day: a person counts for the office held then (Rutte is NLD in 2020 and NATO in 2026).
    language : str
        Whose names are looked for besides those that languages share.
    """
    return list(_scan(text, published, language))


def _scan(text: str, published: date | None, language: str) -> Iterator[Mention]:
    covered = 0
    automaton = _automaton(language)
    for last, found in automaton.iter_long(text):
        length, names = found
        start, end = last - length + 1, last + 1
        if start < covered:
            continue
        if not isinstance(names, str) and length > 1 and end < len(text) and text[end].isalnum():
            length, names = _shorter(automaton, text, start, end) or found  # "Iran war" in "Iran warned"
            end = start + length
        if isinstance(names, str):
            mention = _ship(text, start, end, names) if _is_bounded(text, start, end - 1) else None
            if mention:
                covered = mention.end
                yield mention
            continue
        if not names or not _is_bounded(text, start, end):
            continue
        name = _pick(names, published)
        if name is None or (text[start:end] in _MISLEADING and _misleads(text, start, end)):
            continue
        form, finish = name.form, end
        if form == "adjective" and any(other.form == "name" for other in names):
            form = "either"  # "US", "UK": which of the two, the sentence decides
        if text[end : end + 1] == "-" and form != "person":
            tail = _HYPHEN_ADJECTIVE.match(text, end)
            if tail:
                form, finish = "adjective", tail.end()
            elif form in {"name", "capital", "either"}:
                form = "adjective"
        covered = finish
        yield Mention(start, finish, (name.code,), form, text[start:finish])
