"""Quantifiers as arithmetic: how many of a population must do something for a sentence to be true.

Invariant: a `Quantity` is a set of allowed counts 0..n for each population size n, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from muster.base.errors import CaseError

THRESHOLDS: dict[str, float] = {
    "all": 1.0,
    "nearly_all": 0.9,
    "vast_majority": 0.8,
    "large_majority": 2 / 3,
    "most": 0.5,
    "half": 0.5,
    "many": 1 / 3,
    "some": 0.0,
    "few": 0.2,
    "hardly_any": 0.1,
    "none": 0.0,
}
"""The published table. `most` and `some` must be exceeded; `few`, `hardly_any` and `none` must not be. Own convention:
most is more than half, the others have no agreed number. A case file may set its own in `[thresholds]`."""

SEVERAL_AT_LEAST = 3
"""`several` counts heads, not shares: more than two."""

_EXCEEDED = ("most", "some")
_UPPER = ("few", "hardly_any", "none")
_HEADS = {"several": SEVERAL_AT_LEAST}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantifier, ready to be held against a count.

    Attributes
    ----------
    name : str
        `all` ... `none`, `several`, `at_least`, `more_than`, `at_most`, `fewer_than`, `exactly`, `all_but`, `only`,
        `percent`, each possibly with `not_` before it.
    number : float
        Heads, or a share 0..1 for `percent` and the named shares.
    threshold : str
        What is published beside a verdict, such as `>= 0.9`.
    """

    name: str
    number: float
    threshold: str
    is_negated: bool = False

    def negated(self) -> "Quantity":
        """Return the denial: `not all`, `not most`."""
        return Quantity(self.name, self.number, f"not ({self.threshold})", not self.is_negated)

    def allowed(self, n_population: int) -> tuple[int, int]:
        """Return the smallest and largest count that make the sentence true, within 0..n (may be empty: low > high)."""
        low, high = self._bounds(n_population)
        if not self.is_negated:
            return max(low, 0), min(high, n_population)
        if low <= 0:  # an upper bound denied: more than that
            return high + 1, n_population
        if high >= n_population:  # a lower bound denied: fewer than that
            return 0, low - 1
        return low, high  # `not exactly N` has two sides and is refused by the parser

    def _bounds(self, n: int) -> tuple[int, int]:
        number = Fraction(self.number).limit_denominator(1_000_000)
        heads = int(self.number)
        if self.name in {"at_least", "several"}:
            return heads, n
        if self.name == "more_than":
            return heads + 1, n
        if self.name in {"at_most", "only"}:
            return (0, heads) if self.name == "at_most" else (heads, heads)
        if self.name == "fewer_than":
            return 0, heads - 1
        if self.name in {"exactly", "all_but"}:
            count = n - heads if self.name == "all_but" else heads
            return count, count
        if self.name in _UPPER:
            return 0, floor(number * n)
        if self.name in _EXCEEDED:
            return floor(number * n) + 1, n
        return ceil(number * n), n

    @property
    def is_upper(self) -> bool:
        """Return whether the sentence sets a ceiling (few, none, at most): then those who do it break it."""
        is_ceiling = self.name in {*_UPPER, "at_most", "fewer_than"}
        return is_ceiling != self.is_negated


def thresholds_of(raw: Mapping[str, Any], *, place: str = "case file") -> dict[str, float]:
    """Return the thresholds table of a case: the published one, changed where `[thresholds]` says so.

    Raises
    ------
    CaseError
        An unknown name, or a share outside 0..1.
    """
    table = raw.get("thresholds", {})
    found = dict(THRESHOLDS)
    for name, value in table.items():
        if name not in THRESHOLDS:
            rule = f"thresholds are {', '.join(THRESHOLDS)}"
            raise CaseError(f"{place} [thresholds]: {name} is not known", rule=rule, next_step="Correct the case file")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise CaseError(
                f"{place} [thresholds]: {name} = {value!r}",
                rule="a share from 0 to 1",
                next_step="Correct the case file",
            )
        found[name] = float(value)
    return found


def named_quantity(name: str, thresholds: Mapping[str, float] | None = None) -> Quantity:
    """Return the quantity of a named quantifier (`nearly_all`), by a thresholds table."""
    if name in _HEADS:
        return Quantity(name, _HEADS[name], f">= {_HEADS[name]} members")
    share = (thresholds or THRESHOLDS)[name]
    sign = "<=" if name in _UPPER else ">" if name in _EXCEEDED else ">="
    return Quantity(name, share, f"{sign} {share:.3g}")


def counted_quantity(name: str, number: float) -> Quantity:
    """Return a quantity in heads (`at_least`, `exactly`, ...) or a `percent` share 0..1."""
    sign = {
        "at_least": ">=", "more_than": ">", "at_most": "<=", "fewer_than": "<", "exactly": "=", "only": "=",
        "all_but": "= all but", "percent": ">=",
    }[name]  # fmt: skip
    return Quantity(name, number, f"{sign} {number:.3g}" if name == "percent" else f"{sign} {int(number)} members")
