"""Crossings become transits: who passed, when, which way, on which lane, seen or inferred, with what doubts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from muster.observed.gates import CountingArea, Gate
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
    kept = crossings.take(_without_turn_backs(crossings, tracker.area))
    suspects = {mmsi for mmsi, (_, switches) in tracker.suspects().items() if switches >= DUPLICATE_SWITCHES}
    waits = _waits_by_ship(tracker)
    types = ship_types or {}
    area = tracker.area
    columns = (
        kept.mmsi, kept.t_s, kept.gate, kept.direction, kept.is_inferred, kept.silence_s, kept.fraction, kept.speed_kn,
    )  # fmt: skip
    # Plain lists: reading single cells of arrays takes most of the time of a hundred thousand transits.
    return tuple(
        Transit(
            mmsi=ship, at=datetime.fromtimestamp(at_s, UTC), direction="inbound" if direction > 0 else "outbound",
            gate=area.gates[gate].name, route="" if is_inferred else _route(area.gates[gate], fraction),
            ship_class=ship_class(types.get(ship, -1)), flag=flag_of(ship), speed_kn=round(speed_kn, 2),
            silence_h=round(silence_s / 3600, 3), waited_h=_waited_h(waits.get(ship, ()), at_s, direction),
            is_inferred=is_inferred, is_suspect=ship in suspects,
        )
        for ship, at_s, gate, direction, is_inferred, silence_s, fraction, speed_kn in zip(
            *[column.tolist() for column in columns], strict=True
        )
    )  # fmt: skip


def _route(gate: Gate, fraction: float) -> str:
    return next((lane.route for lane in gate.lanes if lane.from_fraction <= fraction <= lane.to_fraction), "")


def _waited_h(waits: Sequence[tuple[str, int, int]], at_s: int, direction: int) -> float:
    """Return the hours waited on the side that the ship came from, in the week before."""
    origin = "outer" if direction > 0 else "inner"
    waited_s = sum(
        max(0, min(end, at_s) - max(start, at_s - _WEEK_S))
        for side, start, end in waits
        if side == origin and start < at_s
    )
    return round(waited_s / 3600, 2)


def _without_turn_backs(crossings: Crossings, area: CountingArea) -> NDArray[np.bool_]:
    """Return which crossings stay."""
    limit_s = int(area.turn_back_h * 3600)
    ships, times, gates, directions = (
        column.tolist() for column in (crossings.mmsi, crossings.t_s, crossings.gate, crossings.direction)
    )
    open_rows: dict[int, int] = {}
    keep = np.ones(len(crossings), dtype=np.bool_)
    for row, (ship, at_s) in enumerate(zip(ships, times, strict=True)):
        earlier = open_rows.get(ship)
        if earlier is not None and at_s - times[earlier] <= limit_s:
            if directions[row] == directions[earlier]:
                keep[row] = False
                continue
            if gates[row] == gates[earlier]:
                keep[row] = keep[earlier] = False
                del open_rows[ship]
                continue
        open_rows[ship] = row
    return keep


def _waits_by_ship(tracker: Tracker) -> dict[int, list[tuple[str, int, int]]]:
    dwells = tracker.dwells()
    waits: dict[int, list[tuple[str, int, int]]] = {}
    for ship, zone, start, end in zip(dwells.mmsi, dwells.anchorage, dwells.from_s, dwells.to_s, strict=True):
        side = tracker.area.anchorages[int(zone)].side
        waits.setdefault(int(ship), []).append((side, int(start), int(end)))
    return waits
