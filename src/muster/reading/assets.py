"""Named or counted forces in a quote: ship names, classes, counts ("HMS Dragon", "2 minehunters").

The words for numbers and kinds of forces are data (`assets.toml` of a language); models and ship prefixes are shared.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from muster.base.actors import ship_prefixes
from muster.reading.guarded import Guarded

_PREFIXED = rf"\b(?:{'|'.join(map(re.escape, ship_prefixes()))})(?: [A-Z][\w.'’-]+)+"
_MODELS = (
    r"\b(?:E-7A? Wedgetail|Wedgetail|E-7A|P-8A?(?: Poseidon)?|F-\d\d[A-Z]*s?|Typhoons?|Rafales?|Eurofighters?|Gripens?|"
    r"Patriots?|SAMP/T|IRIS-T|Type \d\d|KC-\d+s?|C-\d+s?|MQ-9s?)\b"
)


_NEVER = r"[^\s\S]"


@dataclass(frozen=True, slots=True)
class AssetWords:
    """A language's patterns of counted and of named forces, and its number words."""

    prefixed: Guarded
    models: Guarded
    counted: Guarded
    named: Guarded
    numbers: dict[str, int]

    def guards(self) -> tuple[Guarded, ...]:
        """Return all patterns."""
        return self.prefixed, self.models, self.counted, self.named


@cache
def asset_words(language: str) -> AssetWords:
    """Return a language's words for forces; ships and models are found in any language."""
    path = resources.files("muster.reading").joinpath("data", language, "assets.toml")
    prefixed, models = Guarded(_PREFIXED, ignore_case=False), Guarded(_MODELS, ignore_case=False)
    if not path.is_file():
        return AssetWords(prefixed, models, Guarded(_NEVER), Guarded(_NEVER), {})
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    numbers = {str(word): int(count) for word, count in table["numbers"].items()}
    words = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    counted = rf"\b(?P<n>\d[\d,.]*|{words}) (?:{table['between']})?(?P<type>{table['types']})\b"
    named = (
        rf"\b(?i:{table['types']}|{table['named']})"
        rf"((?: (?:{table['links']}) [A-ZÀ-Þ][\w'’-]+| [A-ZÀ-Þ][\w'’-]+)+)(?: {table['and']} ([A-ZÀ-Þ][\w'’-]+))?"
    )
    return AssetWords(prefixed, models, Guarded(counted), Guarded(named, ignore_case=False), numbers)


def find_assets(quote: str, language: str = "en", mask: int = -1) -> tuple[str, ...]:
    """Return the forces that a quote names or counts, in order, without repeats.

    Counts are written in digits ("two minehunters" -> "2 minehunters"); a single unnamed asset keeps its noun ("a
    destroyer" -> "1 destroyer"). `mask` is what the sentence of the quote holds, if that is known (`Lexicon.held`).
    """
    words = asset_words(language)
    found: list[tuple[int, str]] = []
    for guard in (words.prefixed, words.models):
        if guard.may(mask):
            found += [(m.start(), m.group()) for m in guard.find_all(quote)]
    if words.named.may(mask):
        for match in words.named.find_all(quote):
            found.extend((match.start(1), name.strip()) for name in match.groups() if name)
    if words.counted.may(mask):
        for match in words.counted.find_all(quote):
            word = match.group("n").lower()
            digits = re.sub(r"[,.]", "", word)
            count = int(digits) if digits.isdigit() else words.numbers[word]
            found.append((match.start(), f"{count} {match.group('type').lower()}"))
    names = [name for _, name in sorted(found)]
    return tuple(dict.fromkeys(name for name in names if not any(name != other and name in other for other in names)))
