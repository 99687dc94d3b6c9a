"""AISStream JSON lines -> positions and ship types, streamed: one message a line, malformed lines counted.

Layout: aisstream.io/documentation, "API Message Models": `MessageType`, `MetaData` (MMSI, time_utc) and `Message` with
one object named as the type. Only positions and ship types are read; other messages are counted and left alone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from muster.observed.nmea import Statics
from muster.observed.positions import COLUMNS, Positions

POSITION_TYPES = (
    "PositionReport", "StandardClassBPositionReport", "ExtendedClassBPositionReport", "LongRangeAisBroadcastMessage",
)  # fmt: skip
BATCH_MESSAGES = 1 << 16
_LONGEST_LINE = 1 << 16  # a message has under 2,000 characters; a longer line is no message
_SECOND = len("2026-01-01T00:00:00")
_Row = tuple[int, int, float, float, float, float, int, int]


@dataclass(slots=True)
class AisStreamCounts:
    """How many lines were read and what became of them."""

    lines: int = 0
    positions: int = 0
    static: int = 0
    other_messages: int = 0
    malformed: int = 0


def read_aisstream(path: Path, counts: AisStreamCounts | None = None) -> Iterator[tuple[Positions, Statics]]:
    """Yield positions and ship types of a file of AISStream messages, in the order heard."""
    kept = counts if counts is not None else AisStreamCounts()
    rows: list[_Row] = []
    statics: list[tuple[int, int, int]] = []
    with path.open("rb") as stream:
        for line in _lines(stream, kept):
            try:
                _read_message(json.loads(line), rows, statics, kept)
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
                kept.malformed += 1
            if len(rows) + len(statics) >= BATCH_MESSAGES:
                yield _positions(rows), _statics(statics)
                rows, statics = [], []
    if rows or statics:
        yield _positions(rows), _statics(statics)


def _lines(stream: Any, counts: AisStreamCounts) -> Iterator[bytes]:
    is_inside = False  # in the rest of a line that is too long
    while line := stream.readline(_LONGEST_LINE):
        is_whole = line.endswith(b"\n") or len(line) < _LONGEST_LINE
        if not is_inside and line.strip():
            counts.lines += 1
            if is_whole:
                yield line
            else:
                counts.malformed += 1
        is_inside = not is_whole


def _read_message(
    message: dict[str, Any], rows: list[_Row], statics: list[tuple[int, int, int]], counts: AisStreamCounts
) -> None:
    kind = message["MessageType"]
    body = message["Message"][kind]
    if kind in POSITION_TYPES:
        mmsi = int(body.get("UserID") or message["MetaData"]["MMSI"])
        lat, lon = float(body["Latitude"]), float(body["Longitude"])
        row = (
            mmsi, _seconds(message["MetaData"]["time_utc"]), lat, lon, _known(body.get("Sog"), 102.3),
            _known(body.get("Cog"), 360.0), int(body.get("NavigationalStatus", -1)), int(body.get("Type", -1)),
        )  # fmt: skip
        if not (0 < mmsi < 1_000_000_000 and -1 <= row[6] < 16 and -1 <= row[7] < 256):
            raise ValueError(kind)
        rows.append(row)
        counts.positions += 1
    elif kind in {"ShipStaticData", "StaticDataReport"}:
        report = body if kind == "ShipStaticData" else body.get("ReportB", {})
        mmsi = int(body.get("UserID") or message["MetaData"]["MMSI"])
        ship_type = int(report.get("Type", report.get("ShipType", 0)))
        imo = int(report.get("ImoNumber", 0))
        if not (0 < mmsi < 1_000_000_000 and 0 <= ship_type < 256 and 0 <= imo < 1 << 31):
            raise ValueError(kind)
        statics.append((mmsi, ship_type, imo))
        counts.static += 1
    else:
        counts.other_messages += 1


def _known(value: Any, not_available: float) -> float:
    return float("nan") if value is None or float(value) >= not_available else float(value)


def _seconds(text: str) -> int:
    """Return seconds since 1970 of `2026-03-13T00:00:00Z` or `2026-03-13 00:00:00.318353 +0000 UTC`."""
    return int(datetime.fromisoformat(text[:_SECOND]).replace(tzinfo=UTC).timestamp())


def _positions(rows: list[_Row]) -> Positions:
    columns: list[tuple[float, ...]] = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
    arrays: dict[str, Any] = {
        name: np.array(values, dtype=kind) for (name, kind), values in zip(COLUMNS.items(), columns, strict=True)
    }
    return Positions(**arrays)


def _statics(rows: list[tuple[int, int, int]]) -> Statics:
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Statics(table[:, 0].copy(), table[:, 1].astype(np.int16), table[:, 2].copy())
