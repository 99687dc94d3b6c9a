"""Whether a response was given to somebody else than the asker: airspace refused to a third state is no answer to it.

The scheme gives a response no target, so where a statement carries none the quote decides, by narrow wordings: who is
let, denied or barred, or whose request or aircraft it is. Wordings that also name the asker there stay its answers.
"""

import re
from functools import cache, lru_cache

from muster.base.actors import actor_names, state_codes
from muster.base.scheme import GROUPS, ORGANISATIONS
from muster.base.statement import Statement

LENT = ("basing", "logistics", "intelligence", "air_defence")
"""What one state lends another for its own use; ships and political support are given to a cause."""

_GIVING = (
    r"(?:let(?:s|ting)?|allow(?:s|ed|ing)?|permit(?:s|ted|ting)?|den(?:y|ies|ied|ying)|grant(?:s|ed|ing)?"
    r"|bar(?:s|red|ring)?|ban(?:s|ned|ning)?|forb(?:id|ids|ade|idden|idding)|refus(?:e|es|ed|ing))"
)
_LENT_TO = (
    r"(?:airspace|airfields?|(?:air )?bases?|ports?|overflights?|skies|refuelling|refueling|landing rights)"
    r"(?: \w+){0,3}? (?:to|for|by|from)"
)


_THINGS = ("request", "planes", "jets", "aircraft", "flights")
_SIGNS = (
    "let", "allow", "permit", "den", "grant", "bar", "ban", "forb", "refus", "airspace", "airfield", "base", "port",
    "overflight", "skies", "refuel", "landing",
)  # fmt: skip


@cache
def _states() -> frozenset[str]:
    return frozenset(state_codes())


@cache
def _names() -> dict[str, str]:
    """Return the names and adjectives of states, with their codes."""
    states = _states()
    return {
        name.text: name.code for name in actor_names() if name.code in states and name.form in {"name", "adjective"}
    }


@cache
def _wordings() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Return the two wordings, each with letters without which it cannot occur: most quotes need no pattern."""
    names = "|".join(re.escape(name) for name in sorted(_names(), key=len, reverse=True))
    one = rf"(?:(?:the|any|all) )?(?:{names})(?!\w)"
    several = rf"(?P<who>{one}(?:(?:,| and| or|, and) {one})*)"
    things = rf"(?:{'|'.join(_THINGS)})"
    return (
        (_SIGNS, re.compile(rf"\b(?:{_GIVING}|{_LENT_TO}) {several}")),
        (_THINGS, re.compile(rf"\b{several}(?:'s|\u2019s)?(?: (?:military|combat|air force))? {things}\b")),
    )


_JOINT = re.compile(r", and |, | and | or ")
_ARTICLE = re.compile(r"^(?:the|any|all) ")


@lru_cache(maxsize=100_000)
def beneficiaries(quote: str) -> frozenset[str]:
    """Return the states that a quote says are lent something, or denied it; empty where it does not say."""
    codes = _names()
    found: set[str] = set()
    for signs, pattern in _wordings():
        if any(sign in quote for sign in signs):
            for match in pattern.finditer(quote):
                for name in _JOINT.split(match.group("who")):
                    bare = _ARTICLE.sub("", name)
                    found.add(codes[bare if bare in codes else name])
    return frozenset(found)


def is_to_another(statement: Statement, asker: str) -> bool:
    """Return whether a response was given to other states alone, not to the asker.

    A statement that carries a target is taken by it; a group or organisation as target, or as asker, rules nothing out.
    """
    if asker not in _states():
        return False
    if statement.target:
        return statement.target not in {asker, statement.actor, *GROUPS, *ORGANISATIONS}
    if statement.what not in LENT:
        return False
    others = beneficiaries(statement.quote) - {statement.actor}
    return bool(others) and asker not in others
