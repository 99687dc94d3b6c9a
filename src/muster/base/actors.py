"""Who is who: states, their capitals, nationalities, institutions and dated office holders, and display names.

The tables are plain text in base/data: facts, one row each. Codes are ISO 3166-1 alpha-3 for states (with XKX for
Kosovo and SUN, YUG, CSK, DDR for states of the 1980s) and the scheme's codes for organisations and groups.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

FORM_NAME, FORM_ADJECTIVE, FORM_PERSON, FORM_CAPITAL = "name", "adjective", "person", "capital"

_GROUP_NAMES = {
    "NATO": "NATO", "EU": "European Union", "UN": "United Nations", "G7": "G7", "GCC": "Gulf Cooperation Council",
    "IMO": "International Maritime Organization", "NATO-MEMBERS": "NATO members", "EU-MEMBERS": "EU members",
    "EUROPE": "European countries", "COALITION": "the coalition", "GULF-STATES": "Gulf states",
    "OTHERS": "other countries", "SHIPPING": "shipping",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActorName:
    """One way to name an actor.

    Attributes
    ----------
    text : str
        As written, case kept.
    code : str
        Whom it names.
    form : str
        `name` (state, institution, people), `adjective`, `person` or `capital`.
    since, until : date or None
        When a person's office stands for the code; both ends inclusive, None is open.
    is_bare : bool
        A surname that stands alone.
    """

    text: str
    code: str
    form: str
    since: date | None = None
    until: date | None = None
    is_bare: bool = False

    def holds_on(self, day: date | None) -> bool:
        """Return whether the name stands for its code on `day`; an unknown day never rules a name out."""
        if day is None:
            return True
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def _rows(file_name: str) -> Iterator[list[str]]:
    text = resources.files("muster.base").joinpath("data", file_name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _month(text: str, *, end: bool) -> date | None:
    if not text:
        return None
    year, _, month = text.partition("-")
    if end:
        return date(int(year), int(month or 12), 28)
    return date(int(year), int(month or 1), 1)


def _parts(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def _state_names() -> Iterator[ActorName]:
    for row in _rows("states.tsv"):
        code, name, others, adjectives, people, capitals = (row + [""] * 6)[:6]
        for text in (name, *_parts(others), *_parts(people)):
            yield ActorName(text, code, FORM_NAME)
        for text in _parts(adjectives):
            yield ActorName(text, code, FORM_ADJECTIVE)
        for text in _parts(capitals):
            yield ActorName(text, code, FORM_CAPITAL)


def _body_names() -> Iterator[ActorName]:
    for code, _, names in _rows("bodies.tsv"):
        for text in _parts(names):
            yield ActorName(text, code, FORM_NAME)


def _person_names() -> Iterator[ActorName]:
    for row in _rows("people.tsv"):
        code, names, surnames, _, since, until = (row + [""] * 6)[:6]
        span = _month(since, end=False), _month(until, end=True)
        for text in _parts(names):
            yield ActorName(text, code, FORM_PERSON, *span)
        for text in _parts(surnames):
            yield ActorName(text, code, FORM_PERSON, *span, is_bare=True)


_NOBODY = "-"  # in place of a code: the name holds an actor's name but means something else
_BRACES = re.compile(r"^([^{}]*)\{([^{}]*)\}(.*)$")
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def _unfolded(text: str) -> Iterator[str]:
    """Yield the forms that braces stand for: `deutsch{e,er}` is deutsche and deutscher."""
    found = _BRACES.match(text)
    if not found:
        yield text
        return
    head, endings, tail = found.groups()
    for ending in endings.split(","):
        yield from _unfolded(head + ending + tail)


def _spellings(text: str) -> Iterator[str]:
    """Yield the ways a name is written: with its accents, and as wire copy and the web have it.

    That is with umlauts as two letters, without any accent, with an apostrophe for the last one ("Peru'"), and with
    each letter and its mark as two characters.
    """
    apart = unicodedata.normalize("NFD", text)
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    ways = [text, text.translate(_DIGRAPHS), plain, apart]
    if unicodedata.combining(apart[-1]):
        ways += [plain + "'", plain + "’"]
    yield from dict.fromkeys(ways)


def _foreign_names(language: str) -> Iterator[ActorName]:
    forms = (FORM_NAME, FORM_ADJECTIVE, FORM_NAME, FORM_CAPITAL)
    for code, *cells in _rows(f"names.{language}.tsv"):
        if code == _NOBODY:
            continue
        for cell, form in zip(cells, forms, strict=False):
            for part in _parts(cell):
                for text in _unfolded(part):
                    for spelling in _spellings(text):
                        yield ActorName(spelling, code, form)


@cache
def actor_names(language: str = "en") -> tuple[ActorName, ...]:
    """Return every name in the tables; a text may occur with several codes (dated offices, adjectives as names).

    Another language than English has a table of its own names before the shared ones (`names.<language>.tsv`).
    """
    shared = (*_state_names(), *_body_names(), *_person_names())
    return shared if language == "en" else (*_foreign_names(language), *shared)


@cache
def not_actors(language: str = "en") -> tuple[str, ...]:
    """Return phrases that hold an actor's name but mean something else (Washington Post, Gulf of Oman)."""
    shared = tuple(row[0] for row in _rows("not_actors.txt"))
    if language == "en":
        return shared
    foreign = [row[1] for row in _rows(f"names.{language}.tsv") if row[0] == _NOBODY]
    return shared + tuple(spelling for cell in foreign for part in _parts(cell) for spelling in _spellings(part))


@cache
def ship_prefixes() -> dict[str, str]:
    """Return the flag state's code by the prefix of a warship's name (HMS -> GBR)."""
    return {row[0]: row[1] for row in _rows("ship_prefixes.tsv")}


# Offices that need a nationality beside them: alone ("the people", "the forces") they stand for nobody.
_NEVER_ALONE = frozenset(
    ("people", "public", "state", "nation", "forces", "troops", "source", "sources", "side", "secretary", "chief",
     "leader", "marines", "fleet", "captain", "officer", "officers", "general", "planners", "chambers", "assembly",
     "insiders")
)  # fmt: skip


@cache
def office_pattern(*, generic: bool = False) -> str:
    """Return a regular expression of the offices and bodies that stand for a state, longest alternatives first.

    With `generic`, those that may stand alone for the state spoken of ("the minister", "the government").
    """
    words = [word for row in _rows("offices.txt") for word in row[0].split("|")]
    if generic:
        words = [word for word in words if word not in _NEVER_ALONE]
    return "|".join(sorted(words, key=len, reverse=True))


@cache
def _display_names() -> dict[str, str]:
    return {row[0]: row[1] for row in _rows("states.tsv")} | _GROUP_NAMES


def display_name(code: str) -> str:
    """Return the name for people of an actor code; an unknown code is its own name."""
    return _display_names().get(code, code)


_ORGANISATION_CODES = frozenset(("NATO", "EU", "UN", "G7", "GCC", "IMO", "NATO-MEMBERS", "EU-MEMBERS", "GULF-STATES"))


@cache
def _resolvable() -> dict[str, tuple[str, bool]]:
    """Return every known name -> (code, whether it is an entity of event coding, which outranks a nationality)."""
    table = {name.text: (name.code, False) for name in reversed(actor_names())}
    for row in _rows("entities.tsv"):
        table.update(dict.fromkeys(_parts(row[1]), (row[0], True)))
    return table


@cache
def _resolver() -> re.Pattern[str]:
    names = sorted(_resolvable(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name in names) + r")(?!\w)")


@cache
def _office() -> re.Pattern[str]:
    """Return the titles of heads, ministers and commanders, who bear a name; a body ("forces") bears none."""
    return re.compile(
        r"(?i)\W+(?:\w+\W+){0,2}?(?:president|premier|chancellor|king|queen|emir|sultan|crown prince|"
        r"prime minister|minister|secretary|ambassador|envoy|spokes\w+|general|chief of staff)\W+"
    )


def resolve_actor(text: str) -> str | None:
    """Return the code of the actor that a short description names, for event coding; None where none is known.

    A movement, people or region outranks a nationality ("pro-Iranian Hezbollah" is LBN), the first name the others;
    but a nationality with an office outranks the person who holds it ("Jordanian King Abdullah" is JOR). An
    organisation of states is IGO, as PLOVER has it.

    Parameters
    ----------
    text : str
        A name or noun phrase, such as "Hungarian officials" or "President Museveni".

    References
    ----------
    PLOVER codebook, actor coding (Open Event Data Alliance).
    """
    matches = list(_resolver().finditer(text))
    if not matches:
        return None
    found = [_resolvable()[match.group()] for match in matches]
    office = _office().match(text, matches[0].end())
    if len(matches) > 1 and not found[0][1] and office and office.end() >= matches[1].start():
        return "IGO" if found[0][0] in _ORGANISATION_CODES else found[0][0]
    states = [code for code, _ in found if code not in _ORGANISATION_CODES and code not in {"IGO", "NGO", "IMG"}]
    entities = [code for code, is_entity in found if is_entity]
    first = found[0][0]
    if first in _ORGANISATION_CODES and states and text.startswith(("NATO-member", "EU-member")):
        return states[0]
    chosen = entities[0] if entities else first
    return "IGO" if chosen in _ORGANISATION_CODES else chosen


def state_codes() -> tuple[str, ...]:
    """Return the codes of all states in the table, sorted."""
    return tuple(sorted({row[0] for row in _rows("states.tsv")}))
