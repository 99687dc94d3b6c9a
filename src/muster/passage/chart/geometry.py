"""Degrees to drawing units: a plate carree chart true to scale at its middle latitude, and lines walked by length."""

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

NM_PER_DEGREE = 60.0
Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The window of the chart: west, south, east, north in degrees on a drawing of width x height units."""

    box: Box
    width: float
    height: float

    @property
    def units_per_nm(self) -> float:
        """Drawing units per nautical mile."""
        return self.height / ((self.box[3] - self.box[1]) * NM_PER_DEGREE)

    def place(self, lon: float, lat: float) -> Point:
        """Return the drawing coordinates of a position, y downward."""
        west, south, east, north = self.box
        return (lon - west) / (east - west) * self.width, (north - lat) / (north - south) * self.height

    def holds(self, lon: float, lat: float, margin: float = 0.0) -> bool:
        """Return whether a position lies inside, `margin` units from the edge at least."""
        x, y = self.place(lon, lat)
        return margin <= x <= self.width - margin and margin <= y <= self.height - margin


def frame_around(points: Sequence[Point], *, width: float, height: float, margin: float) -> Frame:
    """Return the smallest frame of this shape around positions, with a margin as a share of the extent."""
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    middle_lon, middle_lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    shrink = math.cos(math.radians(middle_lat))  # a degree of longitude is this much shorter than one of latitude
    wide = max(max(lons) - min(lons), 0.05) * (1 + 2 * margin) * shrink
    high = max(max(lats) - min(lats), 0.05) * (1 + 2 * margin)
    high = max(high, wide * height / width)
    wide = high * width / height / shrink
    box = (middle_lon - wide / 2, middle_lat - high / 2, middle_lon + wide / 2, middle_lat + high / 2)
    return Frame(box, width, height)


@cache
def _coasts() -> tuple[tuple[Box, tuple[tuple[Point, ...], ...]], ...]:
    text = files("muster.passage.chart").joinpath("coast.json").read_text(encoding="utf-8")
    regions = json.loads(text)["regions"].values()
    return tuple(
        (tuple(region["box"]), tuple(tuple((x, y) for x, y in ring) for ring in region["rings"])) for region in regions
    )


def coast_in(box: Box) -> tuple[tuple[Point, ...], ...] | None:
    """Return the land rings of the finest bundled region that holds the box, None where no region does."""
    for bounds, rings in _coasts():
        if bounds[0] <= box[0] and bounds[1] <= box[1] and bounds[2] >= box[2] and bounds[3] >= box[3]:
            return rings
    return None


def length_of(points: Sequence[Point]) -> float:
    """Return the length of a line."""
    return sum(math.dist(a, b) for a, b in itertools.pairwise(points))


def point_along(points: Sequence[Point], share: float) -> tuple[float, float, float]:
    """Return x, y and heading in degrees (0 = along x, clockwise) at a share of a line's length."""
    left = min(max(share, 0.0), 1.0) * length_of(points)
    for a, b in itertools.pairwise(points):
        step = math.dist(a, b)
        if left <= step and step > 0:
            t = left / step
            heading = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
            return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), heading
        left -= step
    a, b = points[-2], points[-1]
    return b[0], b[1], math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))


def smooth(points: Sequence[Point], rounds: int = 3) -> list[Point]:
    """Return a line with its corners cut (Chaikin 1974); the ends stay."""
    line = list(points)
    for _ in range(rounds):
        cut = [line[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(line):
            cut += [(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by), (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by)]
        line = [*cut, line[-1]]
    return line
