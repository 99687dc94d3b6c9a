"""The geometry that counting needs: gates, the two sides of a strait, anchorages, lanes along a gate.

All of it is approximate by nature (no chart-grade coordinates are used) and says so in its `source`. Longitudes are
taken as plain numbers, so a strait may not span the 180th meridian.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.base.errors import ScenarioError

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lane:
    """A stretch of a gate, as fractions 0..1 of its length from its first end, with the route it stands for."""

    route: str
    from_fraction: float
    to_fraction: float


@dataclass(frozen=True, slots=True)
class Gate:
    """A line that a passing ship crosses.

    Attributes
    ----------
    start, end : (longitude, latitude), degrees
    inbound_side : "left" or "right"
        On which side of the line from start to end a ship is after an inbound crossing.
    """

    name: str
    start: Point
    end: Point
    inbound_side: str
    lanes: tuple[Lane, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of sea: west, south, east, north in degrees."""

    name: str
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Anchorage:
    """A circle in which ships wait: centre in degrees, radius in nautical miles."""

    name: str
    lon_deg: float
    lat_deg: float
    radius_nm: float
    side: str


@dataclass(frozen=True, slots=True)
class CountingArea:
    """Where and how passages of one strait are counted.

    `inner` and `outer` are the two sides that a ship must be heard on for an inferred passage; `dark_after_h` is the
    silence after which a ship counts as dark; `speed_limit_kn` the implied speed beyond which a position is not
    believed; `turn_back_h` the time within which two opposite crossings are no passage.
    """

    name: str
    gates: tuple[Gate, ...]
    inner: Box
    outer: Box
    anchorages: tuple[Anchorage, ...]
    dark_after_h: float
    speed_limit_kn: float
    turn_back_h: float

    def gate_array(self) -> NDArray[np.float64]:
        """Return gates as rows (lon0, lat0, lon1, lat1, sign): sign +1 where inbound ends on the left."""
        return np.array(
            [[*gate.start, *gate.end, 1.0 if gate.inbound_side == "left" else -1.0] for gate in self.gates],
            dtype=np.float64,
        ).reshape(-1, 5)

    def box_array(self) -> NDArray[np.float64]:
        """Return the inner and the outer box as rows (west, south, east, north)."""
        return np.array([[b.west, b.south, b.east, b.north] for b in (self.inner, self.outer)], dtype=np.float64)

    def anchorage_array(self) -> NDArray[np.float64]:
        """Return anchorages as rows (lon, lat, radius in degrees of latitude, cosine of latitude)."""
        rows = [[a.lon_deg, a.lat_deg, a.radius_nm / 60.0, np.cos(np.radians(a.lat_deg))] for a in self.anchorages]
        return np.array(rows, dtype=np.float64).reshape(-1, 4)


def load_counting_area(path: Path) -> CountingArea:
    """Return the counting area of a `gates.toml`.

    Raises
    ------
    ScenarioError
        The file is missing, no TOML, or a key breaks its rule; names file, key, value and rule.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"gates file {path}: {error.strerror}", next_step="Give a gates.toml") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"gates file {path}: {error}", rule="a gates file is UTF-8 TOML") from None
    area = _table(raw, "area", str(path))
    place = f"{path} [area]"
    waits = enumerate(_tables(raw, "anchorage", str(path)), 1)
    return CountingArea(
        name=_text(area, "name", place),
        gates=tuple(_gate(row, f"{path} [[gate]] {n}") for n, row in enumerate(_tables(raw, "gate", str(path)), 1)),
        inner=_box(_table(raw, "inner", str(path)), f"{path} [inner]"),
        outer=_box(_table(raw, "outer", str(path)), f"{path} [outer]"),
        anchorages=tuple(_anchorage(row, f"{path} [[anchorage]] {n}") for n, row in waits),
        dark_after_h=_number(area, "dark_after_h", place, low=0.1, high=240),
        speed_limit_kn=_number(area, "speed_limit_kn", place, low=10, high=200),
        turn_back_h=_number(area, "turn_back_h", place, low=0, high=240),
    )


def _fail(place: str, key: str, value: object, rule: str) -> ScenarioError:
    return ScenarioError(f"{place}: {key} = {value!r}", rule=rule, next_step="Correct the gates file")


def _table(raw: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    value = raw.get(key)
    if not isinstance(value, dict):
        raise _fail(place, f"[{key}]", value, f"[{key}] must be a table")
    return value


def _tables(raw: Mapping[str, Any], key: str, place: str) -> Sequence[Mapping[str, Any]]:
    value = raw.get(key, [])
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise _fail(place, f"[[{key}]]", value, f"[[{key}]] must be an array of tables")
    return value


def _text(row: Mapping[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise _fail(place, key, value, f"{key} must be a text")
    return value


def _number(row: Mapping[str, Any], key: str, place: str, *, low: float, high: float) -> float:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise _fail(place, key, value, f"{key} must be a number from {low:g} to {high:g}")
    return float(value)


def _point(row: Mapping[str, Any], key: str, place: str) -> Point:
    value = row.get(key)
    if isinstance(value, list) and len(value) == len(("lon", "lat")):
        lon, lat = value
        if isinstance(lon, (int, float)) and isinstance(lat, (int, float)) and abs(lon) <= 180 and abs(lat) <= 90:
            return float(lon), float(lat)
    raise _fail(place, key, value, f"{key} must be [longitude, latitude] in degrees")


def _gate(row: Mapping[str, Any], place: str) -> Gate:
    side = _text(row, "inbound_side", place)
    if side not in {"left", "right"}:
        raise _fail(place, "inbound_side", side, "inbound_side must be left or right")
    lanes = []
    for number, lane in enumerate(_tables(row, "lane", place), 1):
        at = f"{place} [[lane]] {number}"
        low = _number(lane, "from_fraction", at, low=0, high=1)
        lanes.append(Lane(_text(lane, "route", at), low, _number(lane, "to_fraction", at, low=low, high=1)))
    return Gate(
        _text(row, "name", place), _point(row, "start", place), _point(row, "end", place), side, tuple(lanes),
        _text(row, "source", place),
    )  # fmt: skip


def _box(row: Mapping[str, Any], place: str) -> Box:
    west, south = _number(row, "west", place, low=-180, high=180), _number(row, "south", place, low=-90, high=90)
    return Box(
        _text(row, "name", place), west, south, _number(row, "east", place, low=west, high=180),
        _number(row, "north", place, low=south, high=90),
    )  # fmt: skip


def _anchorage(row: Mapping[str, Any], place: str) -> Anchorage:
    side = _text(row, "side", place)
    if side not in {"inner", "outer"}:
        raise _fail(place, "side", side, "side must be inner or outer")
    return Anchorage(
        _text(row, "name", place), _number(row, "lon_deg", place, low=-180, high=180),
        _number(row, "lat_deg", place, low=-90, high=90), _number(row, "radius_nm", place, low=0.1, high=60), side,
    )  # fmt: skip
