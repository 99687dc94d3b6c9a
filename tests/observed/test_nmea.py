"""The compiled NMEA path agrees with pyais field by field, and hostile lines are counted, never fatal."""

import io
import math

import numpy as np
import pyais
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.observed.nmea import NmeaReader, read_nmea
from muster.observed.positions import Positions
from shared_data import shared_path


def decode(data: bytes, chunk_bytes: int = 1 << 16) -> tuple[Positions, dict[str, int], list[tuple[int, int, int]]]:
    """Return positions, counts and (mmsi, type, imo) of all static messages in `data`."""
    reader = NmeaReader(chunk_bytes)
    parts = list(reader.read(io.BytesIO(data)))
    statics = [
        (int(m), int(t), int(i))
        for _, rows in parts
        for m, t, i in zip(rows.mmsi, rows.ship_type, rows.imo, strict=True)
    ]
    return Positions.concat([positions for positions, _ in parts]), reader.counts.as_dict(), statics


def sentences(**message: object) -> list[str]:
    """Encode one message with pyais, the independent oracle."""
    return pyais.encode_dict(message, sentence_type="VDM")


REPORTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from([1, 2, 3, 18, 27]),
        "mmsi": st.integers(200_000_000, 799_999_999),
        "lat": st.floats(-89.9, 89.9),
        "lon": st.floats(-179.9, 179.9),
        "speed": st.floats(0, 60),
        "course": st.floats(0, 359),
    }
)


@settings(max_examples=150, deadline=None)
@given(st.lists(REPORTS, min_size=1, max_size=8))
def test_positions_equal_the_oracles(reports: list[dict[str, object]]) -> None:
    """Every field equals what pyais decodes from the same sentence."""
    lines = [line for report in reports for line in sentences(**report)]
    positions, counts, _ = decode("\n".join(lines).encode())
    expected = [pyais.decode(line) for line in lines]

    assert counts["positions"] == len(positions) == len(expected)
    for row, message in enumerate(expected):
        assert positions.mmsi[row] == message.mmsi
        assert math.isclose(positions.lat_deg[row], message.lat, abs_tol=2e-6 if message.msg_type != 27 else 1e-2)
        assert math.isclose(positions.lon_deg[row], message.lon, abs_tol=2e-6 if message.msg_type != 27 else 1e-2)
        assert math.isclose(positions.sog_kn[row], message.speed, abs_tol=1e-3)
        assert math.isclose(positions.cog_deg[row], message.course, abs_tol=1e-3)


def test_static_data_in_two_parts_is_joined_across_chunks() -> None:
    """A type 5 message whose parts fall into different chunks still gives ship type and IMO number."""
    lines = sentences(type=5, mmsi=538009877, imo=9321483, ship_type=81, shipname="PACIFIC TRADER", draught=12.3)
    assert len(lines) == 2
    data = ("\r\n".join(lines) + "\r\n").encode()

    for chunk_bytes in (90, 128, 1 << 16):
        _, counts, statics = decode(data, chunk_bytes)
        assert statics == [(538009877, 81, 9321483)]
        assert counts["orphan_fragments"] == 0


def test_times_are_read_from_tag_blocks_prefixes_and_suffixes() -> None:
    """A tag block's c:, leading digits and trailing digits give the receiver's time; plain lines have none."""
    line = sentences(type=1, mmsi=477000001, lat=26.5, lon=56.5)[0]
    tagged = f"\\s:r1,c:1741219200*00\\{line}"
    data = f"{tagged}\n1741219201 {line}\n{line},r003669946,1741219202\n1741219203000,{line}\n{line}\n"
    positions, _, _ = decode(data.encode())

    assert positions.t_s.tolist() == [1741219200, 1741219201, 1741219202, 1741219203, -1]


def test_unavailable_values_are_nan() -> None:
    """181 degrees east, 91 north, 102.3 knots and 360 degrees mean "not available"."""
    line = sentences(type=1, mmsi=477000001, lat=91, lon=181, speed=102.3, course=360)[0]
    positions, _, _ = decode(line.encode())

    assert np.isnan([positions.lat_deg[0], positions.lon_deg[0], positions.sog_kn[0], positions.cog_deg[0]]).all()


@pytest.mark.parametrize(
    ("line", "counter"),
    [
        (b"hello", "not_ais"),
        (b"$GPGGA,123519,4807.038,N*47", "not_ais"),
        (b"!AIVDM,1,1,,A,33P;Tw0tjBQO22:E7dm66DrB20UP,0*2F", "bad_checksum"),
        (b"!AIVDM,1,1,,A,33P;Tw0tjBQO22:E7dm66DrB20UP,0*", "malformed"),
        (b"!AIVDM,1,1,,A,33P;Tw0tjBQO22:E7dm66DrB20UP", "malformed"),
        (b"!AIVDM,1,1,,B,,0*25", "bad_payload"),
        (b"!AIVDM,2,2,3,A,8880,2*1F", "orphan_fragments"),
        (b"!", "malformed"),
    ],
)
def test_a_broken_line_is_counted_and_the_next_is_read(line: bytes, counter: str) -> None:
    """One bad line costs one line."""
    good = sentences(type=1, mmsi=477000001, lat=26.5, lon=56.5)[0].encode()
    positions, counts, _ = decode(line + b"\n" + good + b"\n")

    assert counts[counter] == 1, counts
    assert len(positions) == 1


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.integers(30, 200))
def test_no_bytes_can_break_the_reader(noise: bytes, chunk_bytes: int) -> None:
    """Any bytes are read to their end; a good line after them is still found."""
    good = sentences(type=1, mmsi=477000001, lat=26.5, lon=56.5)[0].encode()
    positions, counts, _ = decode(noise + b"\n" + good + b"\n", max(chunk_bytes, len(noise) + 100))

    assert 477000001 in positions.mmsi.tolist()
    assert counts["lines"] >= 1


def test_a_mutated_sentence_never_escapes_its_bounds() -> None:
    """Byte flips with a mended checksum (so that the payload is really parsed) raise nothing."""
    rng = np.random.default_rng(5)
    base = [
        bytearray(line.encode()) for line in sentences(type=5, mmsi=1, imo=2) + sentences(type=1, mmsi=2, lat=1, lon=2)
    ]
    lines = []
    for _ in range(4000):
        line = bytearray(base[rng.integers(len(base))])
        for _ in range(rng.integers(1, 4)):
            line[rng.integers(7, len(line) - 3)] = rng.integers(44, 120)
        checksum = 0
        for byte in line[1 : line.index(b"*")] if b"*" in line else line[1:-3]:
            checksum ^= byte
        line[-2:] = f"{checksum:02X}".encode()
        lines.append(bytes(line))
    _, counts, _ = decode(b"\n".join(lines))

    assert counts["lines"] == len(lines)


def test_real_receiver_files_give_what_pyais_gives() -> None:
    """On a real log, the single-line position reports are the oracle's, one by one."""
    path = shared_path("data/strait/b_ais/pyais_nmea_data_sample.txt")
    positions = Positions.concat([rows for rows, _ in read_nmea(path)])
    expected = []
    for line in path.read_bytes().splitlines():
        try:
            message = pyais.decode(line)
        except pyais.exceptions.AISBaseException:
            continue
        if message.msg_type in {1, 2, 3, 18, 19, 27}:
            expected.append(message)

    assert positions.mmsi.tolist() == [message.mmsi for message in expected]
