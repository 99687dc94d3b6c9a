"""The tables behind the force pool, parsed once from data/force_pool.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from muster.base.scheme import STATUS_LADDER
from muster.passage.forces import Range

MAX_COUNT = 12
"""Most units of a type that one response may bring: a bound against misread numbers."""


@dataclass(frozen=True, slots=True)
class StatusRow:
    """What a status is worth: probability that the unit comes, days from the statement to the station, and why."""

    status: str
    p_available: Range
    delay_days: Range
    source: str


@dataclass(frozen=True, slots=True)
class Cycle:
    """How a type of unit keeps station: days on and off, hours between two tasks."""

    on_station_days: float
    off_station_days: float
    turnaround_h: float


@dataclass(frozen=True, slots=True)
class CaveatRule:
    """What a typed caveat does to a unit; empty masks are no limit."""

    type: str
    words: tuple[str, ...]
    regimes: frozenset[str] | None
    routes: frozenset[str] | None
    own_flag: bool
    may_answer_boarding: bool
    factor: float
    delay_days: float
    not_from: str
    source: str

    def applies(self, quote: str, status: str) -> bool:
        """Return whether the rule applies to a caveat with this quote on a response of this status."""
        if self.not_from and status in STATUS_LADDER:
            ladder = list(STATUS_LADDER)
            if ladder.index(status) >= ladder.index(self.not_from):
                return False
        return not self.words or any(word in quote.lower() for word in self.words)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What serves elsewhere: some matters by the place their statement names, any by the other operation it names."""

    whats: frozenset[str]
    words: tuple[str, ...]
    operations: tuple[str, ...]
    routes: frozenset[str]
    source: str

    def holds(self, what: str, status: str, quote: str) -> bool:
        """Return whether what a statement gives serves elsewhere.

        Another operation counts only where it is being served (`delivered`): ships may be promised out of one.
        """
        told = quote.lower()
        if status == "delivered" and any(word in told for word in self.operations):
            return True
        return what in self.whats and any(word in told for word in self.words)


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of the force pool."""

    statuses: dict[str, StatusRow]
    cycles: dict[str, Cycle]
    defaults: dict[str, tuple[str, int]]
    assets: tuple[tuple[tuple[str, ...], str, int], ...]
    ships: dict[str, tuple[str, str]]
    caveats: tuple[CaveatRule, ...]
    elsewhere: Elsewhere
    contested_factor: float
    without_navy: frozenset[str]
    mission_statuses: frozenset[str]
    mission_share: float

    def asset_units(self, asset: str, nation: str) -> tuple[str, int, bool]:
        """Return (unit type or "none", how many, whether it is a ship by name) of an asset as the reader wrote it.

        A ship of another nation counts 0, whoever the sentence is about. A number before a singular noun is no count
        ("Type 45 destroyer").
        """
        text = asset.strip().lower()
        for name, (kind, flag) in self.ships.items():
            if re.search(rf"\b{re.escape(name)}(?!\w)", text):
                return kind, int(flag == nation), True
        counted = re.match(r"(\d+)\s+(.*)", text)
        is_plural = bool(counted and counted.group(2).endswith(("s", "aircraft")))
        count = int(counted.group(1)) if counted and is_plural else 1
        for words, kind, per_unit in self.assets:
            if any(word in text for word in words):
                return kind, min(MAX_COUNT, max(1, -(-count // per_unit))), False
        prefix = asset.split(" ", 1)[0]
        if not counted and prefix in _warship_prefixes():
            return "escort", int(_warship_prefixes()[prefix] == nation), True
        return "none", 0, False


@lru_cache(maxsize=1)
def _warship_prefixes() -> dict[str, str]:
    """Return prefix of a warship's name -> nation."""
    text = files("muster.base").joinpath("data/ship_prefixes.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {row[0]: row[1] for row in rows}


def _range(value: list[float]) -> Range:
    low, mode, high = value
    return float(low), float(mode), float(high)


def _mask(value: list[str] | None) -> frozenset[str] | None:
    return frozenset(value) if value else None


@lru_cache(maxsize=1)
def load_tables() -> Tables:
    """Return the tables of the force pool."""
    text = files("muster.contribution").joinpath("data/force_pool.toml").read_text(encoding="utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    return Tables(
        statuses={
            name: StatusRow(name, _range(row["p_available"]), _range(row["delay_days"]), row["source"])
            for name, row in raw["status"].items()
        },
        cycles={
            kind: Cycle(float(row["on_station_days"]), float(row["off_station_days"]), float(row["turnaround_h"]))
            for kind, row in raw["cycle"].items()
        },
        defaults={what: (row["type"], int(row["count"])) for what, row in raw["default"].items()},
        assets=tuple((tuple(row["words"]), row["type"], int(row.get("per_unit", 1))) for row in raw["asset"]),
        ships={name: (kind, nation) for name, (kind, nation) in raw["ship"].items()},
        caveats=tuple(
            CaveatRule(
                type=row["type"],
                words=tuple(row.get("words", ())),
                regimes=_mask(row.get("regimes")),
                routes=_mask(row.get("routes")),
                own_flag=bool(row.get("own_flag", False)),
                may_answer_boarding=bool(row.get("may_answer_boarding", True)),
                factor=float(row.get("factor", 1.0)),
                delay_days=float(row.get("delay_days", 0.0)),
                not_from=str(row.get("not_from", "")),
                source=row["source"],
            )
            for row in raw["caveat"]
        ),
        elsewhere=Elsewhere(
            whats=frozenset(raw["elsewhere"]["whats"]),
            words=tuple(raw["elsewhere"]["words"]),
            operations=tuple(raw["elsewhere"]["operations"]),
            routes=frozenset(raw["elsewhere"]["routes"]),
            source=raw["elsewhere"]["source"],
        ),
        contested_factor=float(raw["contested"]["factor"]),
        without_navy=frozenset(raw["without_navy"]["codes"]),
        mission_statuses=frozenset(raw["mission"]["statuses"]),
        mission_share=float(raw["mission"]["share"]),
    )
