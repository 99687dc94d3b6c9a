"""Crossings become transits: who passed, when, which way, on which lane, seen or inferred, with what doubts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from muster.observed.gates import CountingArea
from muster.observed.identity import flag_of, ship_class
from muster.observed.tracker import DUPLICATE_SWITCHES, Crossings, Tracker

SLOW_PASSAGE_KN = 2.0  # an inferred passage slower than this includes a stop: its time is uncertain by days


@dataclass(frozen=True, slots=True)
class Transit:
    """One ship's passage of the strait.

    Attributes
    ----------
    direction : "inbound" or "outbound"
    route : str
        The lane at the gate; empty where the ship was silent there.
    is_inferred : bool
        Heard on one side and next on the other: that it passed is sure, where and when it crossed is not.
    is_suspect : bool
        The identity changed place in ways one ship cannot.
    silence_h : float
        Hours between the reports before and after the gate.
    waited_h : float
        Hours in anchorages of the side it came from, in the week before.
    """

    mmsi: int
    at: datetime
    direction: str
    gate: str
    route: str
    ship_class: str
    flag: str
    speed_kn: float
    silence_h: float
    waited_h: float
    is_inferred: bool
    is_suspect: bool


_WEEK_S = 7 * 86_400


def find_transits(tracker: Tracker, ship_types: Mapping[int, int] | None = None) -> tuple[Transit, ...]:
    """Return the transits of everything the tracker followed, in time order.

    Opposite crossings of one gate by one ship within the area's `turn_back_h` cancel: it turned back. Crossings of
    several gates in one direction within that time are one transit (the first gate's).

    Parameters
    ----------
    ship_types : mapping, optional
        AIS ship type by MMSI (from static messages or the table); gives the class.
    """
    crossings = tracker.crossings()
    keep = _without_turn_backs(crossings, tracker.area)
    suspects = {mmsi for mmsi, (_, switches) in tracker.suspects().items() if switches >= DUPLICATE_SWITCHES}
    waits = _waits_by_ship(tracker)
    types = ship_types or {}
    return tuple(
        _transit(crossings, int(row), tracker.area, int(types.get(int(crossings.mmsi[row]), -1)), waits, suspects)
        for row in keep
    )


def _without_turn_backs(crossings: Crossings, area: CountingArea) -> list[int]:
    limit_s = int(area.turn_back_h * 3600)
    open_rows: dict[int, int] = {}
    dropped: set[int] = set()
    for row in range(len(crossings)):
        ship = int(crossings.mmsi[row])
        earlier = open_rows.get(ship)
        if earlier is not None and crossings.t_s[row] - crossings.t_s[earlier] <= limit_s:
            if crossings.direction[row] == crossings.direction[earlier]:
                dropped.add(row)
                continue
            if crossings.gate[row] == crossings.gate[earlier]:
                dropped |= {row, earlier}
                del open_rows[ship]
                continue
        open_rows[ship] = row
    return [row for row in range(len(crossings)) if row not in dropped]


def _waits_by_ship(tracker: Tracker) -> dict[int, list[tuple[str, int, int]]]:
    dwells = tracker.dwells()
    waits: dict[int, list[tuple[str, int, int]]] = {}
    for ship, zone, start, end in zip(dwells.mmsi, dwells.anchorage, dwells.from_s, dwells.to_s, strict=True):
        side = tracker.area.anchorages[int(zone)].side
        waits.setdefault(int(ship), []).append((side, int(start), int(end)))
    return waits


def _transit(
    crossings: Crossings, row: int, area: CountingArea, ship_type: int,
    waits: Mapping[int, list[tuple[str, int, int]]], suspects: set[int],
) -> Transit:  # fmt: skip
    ship = int(crossings.mmsi[row])
    at_s = int(crossings.t_s[row])
    is_inbound = crossings.direction[row] > 0
    gate = area.gates[int(crossings.gate[row])]
    fraction = float(crossings.fraction[row])
    is_inferred = bool(crossings.is_inferred[row])
    route = ""
    if not is_inferred and np.isfinite(fraction):
        route = next((lane.route for lane in gate.lanes if lane.from_fraction <= fraction <= lane.to_fraction), "")
    origin = "outer" if is_inbound else "inner"
    waited_s = sum(
        max(0, min(end, at_s) - max(start, at_s - _WEEK_S))
        for side, start, end in waits.get(ship, [])
        if side == origin and start < at_s
    )
    return Transit(
        mmsi=ship, at=datetime.fromtimestamp(at_s, UTC), direction="inbound" if is_inbound else "outbound",
        gate=gate.name, route=route, ship_class=ship_class(ship_type), flag=flag_of(ship),
        speed_kn=round(float(crossings.speed_kn[row]), 2), silence_h=round(float(crossings.silence_s[row]) / 3600, 3),
        waited_h=round(waited_s / 3600, 2), is_inferred=is_inferred, is_suspect=ship in suspects,
    )  # fmt: skip
