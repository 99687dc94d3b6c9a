"""Named or counted forces in a quote: ship names, classes, counts ("HMS Dragon", "2 minehunters").

The words for numbers and kinds of forces are data (`assets.toml` of a language); models and ship prefixes are shared.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from muster.base.actors import ship_prefixes

_PREFIXED = re.compile(rf"\b(?:{'|'.join(map(re.escape, ship_prefixes()))})(?: [A-Z][\w.'’-]+)+")
_MODELS = re.compile(
    r"\b(?:E-7A? Wedgetail|Wedgetail|E-7A|P-8A?(?: Poseidon)?|F-\d\d[A-Z]*s?|Typhoons?|Rafales?|Eurofighters?|Gripens?|"
    r"Patriots?|SAMP/T|IRIS-T|Type \d\d|KC-\d+s?|C-\d+s?|MQ-9s?)\b"
)


@dataclass(frozen=True, slots=True)
class _AssetWords:
    """A language's patterns of counted and of named forces, and its number words."""

    counted: re.Pattern[str]
    named: re.Pattern[str]
    numbers: dict[str, int]


@cache
def _asset_words(language: str) -> _AssetWords | None:
    path = resources.files("muster.reading").joinpath("data", language, "assets.toml")
    if not path.is_file():
        return None
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    numbers = {str(word): int(count) for word, count in table["numbers"].items()}
    words = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    counted = rf"\b(?P<n>\d[\d,.]*|{words}) (?:{table['between']})?(?P<type>{table['types']})\b"
    named = (
        rf"\b(?i:{table['types']}|{table['named']})"
        rf"((?: (?:{table['links']}) [A-ZÀ-Þ][\w'’-]+| [A-ZÀ-Þ][\w'’-]+)+)(?: {table['and']} ([A-ZÀ-Þ][\w'’-]+))?"
    )
    return _AssetWords(re.compile(counted, re.IGNORECASE), re.compile(named), numbers)


def find_assets(quote: str, language: str = "en") -> tuple[str, ...]:
    """Return the forces that a quote names or counts, in order, without repeats.

    Counts are written in digits ("two minehunters" -> "2 minehunters"); a single unnamed asset keeps its noun ("a
    destroyer" -> "1 destroyer").
    """
    found: list[tuple[int, str]] = [(m.start(), m.group()) for m in _PREFIXED.finditer(quote)]
    found += [(m.start(), m.group()) for m in _MODELS.finditer(quote)]
    words = _asset_words(language)
    if words:
        for match in words.named.finditer(quote):
            found.extend((match.start(1), name.strip()) for name in match.groups() if name)
        for match in words.counted.finditer(quote):
            word = match.group("n").lower()
            digits = re.sub(r"[,.]", "", word)
            count = int(digits) if digits.isdigit() else words.numbers[word]
            found.append((match.start(), f"{count} {match.group('type').lower()}"))
    names = [name for _, name in sorted(found)]
    return tuple(dict.fromkeys(name for name in names if not any(name != other and name in other for other in names)))
