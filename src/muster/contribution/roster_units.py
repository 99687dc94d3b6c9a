"""What a roster is made of: units with their rules, what is needed on station, and the stints that come out.

Days are whole days counted from the first day of the horizon (day 0); windows are half-open, [from, until).
"""

import csv
import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from muster.base.errors import InputError

STINT_DAYS = (14, 21, 28, 35, 42)
"""Lengths a stint on station may have. Fulda and Willemstad sailed for weeks, not days; HMS Montrose kept station by
rotating crews every few weeks in 2019. A grid of weeks, 2 to 6."""

MIN_REST_DAYS = 14
"""Least days at home between two stints: harmony rules of European navies keep at least two weeks; assumption."""

REST_SHARE = 0.5
"""Further rest grows with the stint: half a day at home for each day on station; assumption, same order as above."""

MAX_STATION_DAYS = 90
"""Most days on station in the horizon: the usual mandate of one rotation (Danish frigate, EMASoH 2020: four months
with transit); assumption where a unit gives none."""

MAX_STINTS = 3
FAR_DAY = 10_000
"""A window that never ends."""

Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RosterUnit:
    """One unit and the rules that bind it.

    Attributes
    ----------
    id, nation, type : str
    roles : tuple of str
        Tasks its caveats allow, such as `escort`, `mine_clearance`; one task a stint.
    transit_days : int
        Days from home to the station, and back.
    ready_day : int
        First day on which it can leave home; -transit_days means that it is on station on day 0.
    mandates : tuple of windows
        Days on which it may be on station; none means always.
    maintenance : tuple of windows
        Days on which it must be at home.
    max_station_days, max_stints : int
        Limits over the horizon.
    stint_days : tuple of int
        Allowed days on station in a stint.
    min_rest_days : int
    rest_share : float
        Crew rest at home after a stint: max(min_rest_days, rest_share x days on station).
    p_available : float
        Probability that the unit comes at all (carried to the simulator, not used here).
    statement_ids : tuple of str
        Statements that promise it.
    """

    id: str
    nation: str
    type: str
    roles: tuple[str, ...]
    transit_days: int
    ready_day: int = 0
    mandates: tuple[Window, ...] = ()
    maintenance: tuple[Window, ...] = ()
    max_station_days: int = MAX_STATION_DAYS
    max_stints: int = MAX_STINTS
    stint_days: tuple[int, ...] = STINT_DAYS
    min_rest_days: int = MIN_REST_DAYS
    rest_share: float = REST_SHARE
    p_available: float = 1.0
    statement_ids: tuple[str, ...] = ()

    def rest_days(self, station_days: int) -> int:
        """Return the days at home that a stint of this length calls for."""
        return max(self.min_rest_days, round(self.rest_share * station_days))


@dataclass(frozen=True, slots=True)
class Requirement:
    """How many units a task needs on station, [from_day, until_day).

    `floor` is a hard least number; `needed` is what coverage is measured against. `from_day` None means the first day
    on which that many units could be there at all. `weight` scales a missing unit-day against those of other tasks.
    """

    role: str
    needed: int
    floor: int = 0
    from_day: int | None = None
    until_day: int | None = None
    weight: float = 1.0

    def units_at(self, level: float) -> int:
        """Return the whole units needed every day to keep a level: that share of the need, up; the floor at least."""
        return max(self.floor, math.ceil(level * self.needed - 1e-9))


@dataclass(frozen=True, slots=True)
class Stint:
    """One time away: sails on `sail_day`, on station [`from_day`, `until_day`), home on `home_day`, then rests."""

    unit_id: str
    nation: str
    type: str
    role: str
    sail_day: int
    from_day: int
    until_day: int
    home_day: int
    rested_day: int


def _windows(value: Any, place: str, name: str) -> tuple[Window, ...]:
    rows = json.loads(value) if isinstance(value, str) and value.strip() else (value or [])
    windows = []
    for row in rows:
        if len(row) != 2 or not all(isinstance(day, int) for day in row) or row[0] >= row[1]:
            raise InputError(
                f"{place}: {name} has {row!r}",
                rule="a window is [first day, day after the last]",
                next_step="Correct the file",
            )
        windows.append((int(row[0]), int(row[1])))
    return tuple(sorted(windows))


def _number(row: Mapping[str, Any], name: str, place: str, default: float | None) -> float:
    value = row.get(name)
    if value in (None, "") and default is not None:
        return default
    try:
        return float(str(value))
    except ValueError:
        raise InputError(f"{place}: {name} = {value!r}", rule=f"{name} must be a number of days") from None


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part for part in value.replace(";", " ").replace(",", " ").split() if part)
    return tuple(str(part) for part in value or ())


def parse_unit(row: Mapping[str, Any], *, place: str) -> RosterUnit:
    """Return the unit that a table row describes.

    Raises
    ------
    InputError
        A key is missing, unknown or breaks its rule; names place, key and value.
    """
    known = {item.name for item in fields(RosterUnit)}
    unknown = [name for name in row if name not in known]
    missing = [name for name in ("id", "nation", "type", "roles", "transit_days") if row.get(name) in (None, "", [])]
    if unknown or missing:
        word, name = ("has unknown key", unknown[0]) if unknown else ("lacks", missing[0])
        raise InputError(f"{place} {word} {name!r}", rule=f"a unit has the keys {', '.join(sorted(known))}")
    unit = RosterUnit(
        id=str(row["id"]),
        nation=str(row["nation"]),
        type=str(row["type"]),
        roles=_texts(row["roles"]),
        transit_days=int(_number(row, "transit_days", place, None)),
        ready_day=int(_number(row, "ready_day", place, 0)),
        mandates=_windows(row.get("mandates"), place, "mandates"),
        maintenance=_windows(row.get("maintenance"), place, "maintenance"),
        max_station_days=int(_number(row, "max_station_days", place, MAX_STATION_DAYS)),
        max_stints=int(_number(row, "max_stints", place, MAX_STINTS)),
        stint_days=tuple(int(part) for part in _texts(row.get("stint_days"))) or STINT_DAYS,
        min_rest_days=int(_number(row, "min_rest_days", place, MIN_REST_DAYS)),
        rest_share=_number(row, "rest_share", place, REST_SHARE),
        p_available=_number(row, "p_available", place, 1.0),
        statement_ids=_texts(row.get("statement_ids")),
    )
    if unit.transit_days < 0 or min(unit.stint_days) < 1 or unit.max_stints < 0:
        raise InputError(f"{place}: unit {unit.id} has a negative duration", rule="durations are days, >= 0")
    return unit


def parse_requirement(row: Mapping[str, Any], *, place: str) -> Requirement:
    """Return the requirement that a table row describes; InputError names place and key."""
    if not row.get("role") or row.get("needed") in (None, ""):
        raise InputError(f"{place} lacks role or needed", rule="a requirement names a role and how many units it needs")
    days = {name: None if row.get(name) in (None, "") else int(row[name]) for name in ("from_day", "until_day")}
    needed, floor = int(_number(row, "needed", place, None)), int(_number(row, "floor", place, 0))
    if needed < 1 or not 0 <= floor <= needed:
        raise InputError(f"{place}: needed = {needed}, floor = {floor}", rule="needed >= 1 and 0 <= floor <= needed")
    return Requirement(
        str(row["role"]), needed, floor, days["from_day"], days["until_day"], float(row.get("weight", 1))
    )


def read_units(path: Path) -> tuple[tuple[RosterUnit, ...], tuple[Requirement, ...]]:
    """Return the units and requirements of a TOML, JSON or CSV file (a CSV file has units only).

    Raises
    ------
    InputError
        The file is missing, of another format, has no units, or a row breaks its rule.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".csv":
            tables: Mapping[str, Any] = {"unit": list(csv.DictReader(text.splitlines()))}
        elif path.suffix == ".json":
            tables = json.loads(text)
        else:
            tables = tomllib.loads(text)
    except OSError as error:
        raise InputError(f"units file {path}: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"units file {path}: {error}", rule="units come as TOML, JSON or CSV in UTF-8") from None
    if not isinstance(tables, dict) or not tables.get("unit"):
        raise InputError(f"units file {path}: no units", rule="a units file has [[unit]] tables, or a JSON key 'unit'")
    units = [parse_unit(row, place=f"{path} unit {number}") for number, row in enumerate(tables["unit"], 1)]
    check_unique([unit.id for unit in units], str(path))
    needs = [
        parse_requirement(row, place=f"{path} requirement {number}")
        for number, row in enumerate(tables.get("requirement", []), 1)
    ]
    return tuple(units), tuple(needs)


def check_unique(ids: Sequence[str], place: str) -> None:
    """Raise InputError where an id comes twice."""
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise InputError(f"{place}: two units are called {name!r}", rule="unit ids are unique")
        seen.add(name)
