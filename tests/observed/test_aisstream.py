"""AISStream JSON lines: positions and types are read, every other line is counted, none is fatal."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.observed.aisstream import AisStreamCounts, read_aisstream
from muster.observed.positions import Positions
from shared_data import shared_path


def report(mmsi: int, at: str, lat: float, lon: float, kind: str = "PositionReport", **more: object) -> str:
    """Return one line in the service's layout."""
    body = {"UserID": mmsi, "Latitude": lat, "Longitude": lon, "Sog": 11.5, "Cog": 360.0, **more}
    return json.dumps({"MessageType": kind, "MetaData": {"MMSI": mmsi, "time_utc": at}, "Message": {kind: body}})


STATIC = json.dumps({
    "MessageType": "ShipStaticData", "MetaData": {"MMSI": 538009877, "time_utc": "2026-03-13T00:00:00Z"},
    "Message": {"ShipStaticData": {"UserID": 538009877, "Type": 81, "ImoNumber": 9321483}},
})  # fmt: skip


def read(path: Path, text: str | bytes) -> tuple[Positions, list[int], AisStreamCounts]:
    """Return positions, ship types and counts of a file with this content."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    counts = AisStreamCounts()
    parts = list(read_aisstream(path, counts))
    types = [int(kind) for _, statics in parts for kind in statics.ship_type]
    return Positions.concat([positions for positions, _ in parts]), types, counts


def test_positions_and_types_are_read(tmp_path: Path) -> None:
    """Both spellings of the time, classes A and B, and 360 degrees as "not available"."""
    lines = [
        STATIC,
        report(538009877, "2026-03-13T00:00:00Z", 26.1, 56.02),
        report(538009877, "2026-03-13 00:00:10.318353 +0000 UTC", 26.2, 56.03, "StandardClassBPositionReport"),
    ]
    positions, types, counts = read(tmp_path / "a.jsonl", "\n".join(lines))

    assert positions.mmsi.tolist() == [538009877] * 2
    assert positions.t_s.tolist() == [1773360000, 1773360010]
    assert np.isnan(positions.cog_deg).all()
    assert positions.sog_kn.tolist() == [11.5, 11.5]
    assert types == [81]
    assert (counts.lines, counts.positions, counts.static, counts.malformed) == (3, 2, 1, 0)


@pytest.mark.parametrize(
    "line",
    [
        "{", "[]", "null", "7", '{"MessageType": "PositionReport"}', "[" * 5000,
        report(538009877, "yesterday", 26.1, 56.0),
        report(-4, "2026-03-13T00:00:00Z", 26.1, 56.0),
        report(538009877, "2026-03-13T00:00:00Z", 26.1, 56.0, NavigationalStatus=99999),
        '{"MessageType": "PositionReport", "x": "' + "y" * 200_000 + '"}',
    ],
)  # fmt: skip
def test_a_malformed_line_costs_one_line(tmp_path: Path, line: str) -> None:
    """It is counted, and the next line is read."""
    good = report(538009877, "2026-03-13T00:00:00Z", 26.1, 56.02)
    positions, _, counts = read(tmp_path / "a.jsonl", f"{line}\n{good}\n")

    assert (counts.malformed, counts.lines, len(positions)) == (1, 2, 1)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_can_break_the_reader(tmp_path: Path, noise: bytes) -> None:
    """A good line after any bytes is still found."""
    good = report(538009877, "2026-03-13T00:00:00Z", 26.1, 56.02).encode()
    positions, _, _ = read(tmp_path / "a.jsonl", noise + b"\n" + good)

    assert 538009877 in positions.mmsi.tolist()


def test_other_messages_are_counted_apart(tmp_path: Path) -> None:
    """A base station report is no fault."""
    line = json.dumps({"MessageType": "BaseStationReport", "MetaData": {}, "Message": {"BaseStationReport": {}}})
    _, _, counts = read(tmp_path / "a.jsonl", line)

    assert (counts.other_messages, counts.malformed) == (1, 0)


def test_the_sample_of_the_development_data_is_read_whole() -> None:
    """Eight messages: two of types, six positions."""
    counts = AisStreamCounts()
    list(read_aisstream(shared_path("data/strait/b_ais/yukizi_ais_sample.jsonl"), counts))

    assert (counts.lines, counts.static, counts.positions, counts.malformed) == (8, 2, 6, 0)
