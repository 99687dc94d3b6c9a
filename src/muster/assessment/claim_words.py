"""The words of claims, parsed once from `data/claim_words.toml` into patterns."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

NUMBER_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
MONTH = "|".join(name[:3] + f"(?:{name[3:]})?" for name in MONTHS)
"""Names of months as one pattern, abbreviated or not."""
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_NUMBER = rf"(?:\d+|{'|'.join((*_TENS, *reversed(NUMBER_WORDS)))})"
SHARES = {"two_thirds": 2 / 3, "three_quarters": 0.75, "one_third": 1 / 3, "one_quarter": 0.25}


@dataclass(frozen=True, slots=True)
class Words:
    """One line of the data file: a pattern, its meaning, and the example that tests it."""

    pattern: re.Pattern[str]
    example: str
    name: str = ""
    groups: tuple[str, ...] = ()
    kind: str = ""
    whats: tuple[str, ...] = ()
    rung: str = ""
    test: str = ""


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """All tables of the data file; `{asker}` in a pattern stands for the names of the case's lead."""

    quantifiers: tuple[Words, ...]
    populations: tuple[Words, ...]
    phrases: tuple[Words, ...]
    matters: tuple[Words, ...]
    verbs: tuple[Words, ...]


@cache
def claim_words(asker_names: tuple[str, ...]) -> ClaimWords:
    """Return the words of claims for an asker that has these names (lower case)."""
    text = files("muster.assessment").joinpath("data/claim_words.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    asker = "|".join(re.escape(name) for name in sorted(asker_names, key=len, reverse=True)) or "(?!)"

    def table(key: str) -> tuple[Words, ...]:
        return tuple(_words(row, asker) for row in raw[key])

    return ClaimWords(table("quantifier"), table("population"), table("phrase"), table("matter"), table("verb"))


def _words(row: dict[str, Any], asker: str) -> Words:
    pattern = row["pattern"].replace("{n}", f"(?P<n>{_NUMBER})").replace("{m}", f"(?P<m>{_NUMBER})")
    return Words(
        re.compile(pattern.replace("{asker}", asker)), row["example"], row.get("name", ""),
        tuple(row.get("groups", ())), row.get("kind", ""), tuple(row.get("whats", ())), row.get("rung", ""),
        row.get("test", ""),
    )  # fmt: skip


def number_of(text: str) -> int:
    """Return the number that digits or an English word name."""
    if text.isdigit():
        return int(text)
    return _TENS[text] if text in _TENS else NUMBER_WORDS.index(text)
