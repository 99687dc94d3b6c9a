"""Named or counted forces in a quote: ship names, classes, counts ("HMS Dragon", "2 minehunters")."""

import re

from muster.base.actors import ship_prefixes

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "a dozen": 12, "half a dozen": 6, "a": 1, "an": 1, "the": 1, "its": 1, "a second": 1,
    "another": 1,
}  # fmt: skip
_TYPES = (
    r"minehunters?|minesweepers?|frigates?|destroyers?|corvettes?|cruisers?|warships?|"
    r"(?:aircraft |helicopter )?carriers?|"
    r"patrol (?:ships?|vessels?)|supply (?:ships?|vessels?)|logistic ships?|tenders?|submarines?|"
    r"(?:maritime )?(?:patrol|surveillance|reconnaissance) aircraft|radar planes?|fighter jets|fighters|jets|"
    r"helicopters|"
    r"(?:staff|liaison) officers|soldiers|sailors|personnel|instructors|launchers|batteries|interceptors|tankers|"
    r"unmanned surface vessels|mine-hunting (?:drones|systems)|robot boats"
)
_WORDS = "|".join(word for word in _NUMBERS if " " not in word)
_COUNTED = re.compile(
    rf"\b(?P<n>\d[\d,]*|half a dozen|a dozen|a second|another|{_WORDS}) (?:[A-Z]\w+ |[a-z-]+ )?(?P<type>{_TYPES})\b",
    re.IGNORECASE,
)
_PREFIXED = re.compile(rf"\b(?:{'|'.join(map(re.escape, ship_prefixes()))})(?: [A-Z][\w.'’-]+)+")
_MODELS = re.compile(
    r"\b(?:E-7A? Wedgetail|Wedgetail|E-7A|P-8A?(?: Poseidon)?|F-\d\d[A-Z]*s?|Typhoons?|Rafales?|Eurofighters?|Gripens?|"
    r"Patriots?|SAMP/T|IRIS-T|Type \d\d|KC-\d+s?|C-\d+s?|MQ-9s?)\b"
)
_NAMED = re.compile(
    rf"\b(?i:{_TYPES}|PPA|carrier strike group)((?: (?:de|of the|di) [A-Z][\w'’-]+| [A-ZÀ-Þ][\w'’-]+)+)"
    r"(?: and ([A-Z][\w'’-]+))?"
)


def find_assets(quote: str) -> tuple[str, ...]:
    """Return the forces that a quote names or counts, in order, without repeats.

    Counts are written in digits ("two minehunters" -> "2 minehunters"); a single unnamed asset keeps its noun ("a
    destroyer" -> "1 destroyer").
    """
    found: list[tuple[int, str]] = [(m.start(), m.group()) for m in _PREFIXED.finditer(quote)]
    found += [(m.start(), m.group()) for m in _MODELS.finditer(quote)]
    for match in _NAMED.finditer(quote):
        found.extend((match.start(1), name.strip()) for name in match.groups() if name)
    for match in _COUNTED.finditer(quote):
        word = match.group("n").lower().replace(",", "")
        count = int(word) if word.isdigit() else _NUMBERS[word]
        found.append((match.start(), f"{count} {match.group('type').lower()}"))
    names = [name for _, name in sorted(found)]
    return tuple(dict.fromkeys(name for name in names if not any(name != other and name in other for other in names)))
