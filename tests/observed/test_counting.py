"""One voyage in, one out, in every file kind: the same transits; any size in the same memory."""

import csv
import gzip
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyais
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muster.base.errors import DocumentError
from muster.observed.counting import count_transits
from muster.observed.gates import CountingArea, load_counting_area
from muster.observed.layouts import layout_from_mapping
from muster.observed.tables import read_table

GATES = Path(__file__).resolve().parents[2] / "cases" / "hormuz-2026" / "gates.toml"
T0 = 1_767_225_600  # 2026-01-01
SHIP = 538009877


def area() -> CountingArea:
    """Return the bundled counting area of the Strait of Hormuz."""
    return load_counting_area(GATES)


def voyage() -> list[tuple[int, int, float, float]]:
    """Return (mmsi, t, lat, lon): inbound in the morning of one day, outbound on the next."""
    steps = [k / 36 for k in range(37)]
    rows = [(SHIP, T0 + int(6 * 3600 * f), 26.1 + 0.2 * f, 56.9 - 1.1 * f) for f in steps]
    return rows + [(SHIP, T0 + 86_400 + int(6 * 3600 * f), 26.3 - 0.2 * f, 55.8 + 1.1 * f) for f in steps]


def write_nmea(path: Path, rows: list[tuple[int, int, float, float]]) -> Path:
    """Write the rows as sentences with tag-block times, a type 5 message first."""
    lines = [
        f"\\c:{T0}*00\\{line}"
        for line in pyais.encode_dict({"type": 5, "mmsi": SHIP, "imo": 9321483, "ship_type": 81}, sentence_type="VDM")
    ]
    for mmsi, t_s, lat, lon in rows:
        message = {"type": 1, "mmsi": mmsi, "lat": lat, "lon": lon, "speed": 11.0, "course": 280}
        lines += [f"\\c:{t_s}*00\\{line}" for line in pyais.encode_dict(message, sentence_type="VDM")]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


def write_csv(path: Path, rows: list[tuple[int, int, float, float]]) -> Path:
    """Write the rows as MarineCadastre does."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["MMSI", "BaseDateTime", "LAT", "LON", "SOG", "COG", "VesselType"])
        for mmsi, t_s, lat, lon in rows:
            writer.writerow([mmsi, datetime.fromtimestamp(t_s, UTC).strftime("%Y-%m-%dT%H:%M:%S"), lat, lon, 1, 2, 81])
    return path


def write_parquet(path: Path, rows: list[tuple[int, int, float, float]]) -> Path:
    """Write the rows in muster's own columns."""
    mmsi, t_s, lat, lon = zip(*rows, strict=True)
    pq.write_table(
        pa.table({"mmsi": mmsi, "t_s": t_s, "lat_deg": lat, "lon_deg": lon, "ship_type": [81] * len(rows)}), path
    )
    return path


def write_jsonl(path: Path, rows: list[tuple[int, int, float, float]]) -> Path:
    """Write the rows as AISStream does, ship type first."""
    static = {"UserID": SHIP, "Type": 81}
    lines = [{"MessageType": "ShipStaticData", "MetaData": {}, "Message": {"ShipStaticData": static}}]
    for mmsi, t_s, lat, lon in rows:
        meta = {"MMSI": mmsi, "time_utc": datetime.fromtimestamp(t_s, UTC).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")}
        body = {"PositionReport": {"UserID": mmsi, "Latitude": lat, "Longitude": lon}}
        lines.append({"MessageType": "PositionReport", "MetaData": meta, "Message": body})
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


WRITERS = {
    "a.nmea": write_nmea, "a.log": write_nmea, "a.csv": write_csv, "a.csv.gz": write_csv, "a.parquet": write_parquet,
    "a.jsonl": write_jsonl,
}  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_transits(tmp_path: Path, name: str) -> None:
    """A tanker in on the first day, out on the second; nothing lost."""
    found = count_transits([WRITERS[name](tmp_path / name, voyage())], area())

    assert [(t.at.date().isoformat(), t.direction, t.ship_class, t.flag) for t in found.transits] == [
        ("2026-01-01", "inbound", "tanker", "MHL"), ("2026-01-02", "outbound", "tanker", "MHL"),
    ]  # fmt: skip
    assert found.positions == {"positions": 74, "unusable": 0, "late": 0, "jumps": 0}
    assert (found.n_malformed, found.n_untimed, found.n_vessels) == (0, 0, 1)
    assert (found.first_s, found.last_s) == (T0, T0 + 86_400 + 6 * 3600)


def test_one_voyage_may_be_spread_over_files_of_different_kinds(tmp_path: Path) -> None:
    """The track goes on where the earlier file ended."""
    rows = voyage()
    files = [write_nmea(tmp_path / "a.nmea", rows[:18]), write_csv(tmp_path / "b.csv", rows[18:])]

    assert len(count_transits(files, area()).transits) == 2


def test_the_daily_series_splits_by_class_direction_route_and_how(tmp_path: Path) -> None:
    """One row a combination, with its number."""
    daily = count_transits([write_csv(tmp_path / "a.csv", voyage())], area()).daily()

    assert [(row["date"], row["class"], row["direction"], row["how"], row["transits"]) for row in daily] == [
        ("2026-01-01", "tanker", "inbound", "seen", 1), ("2026-01-02", "tanker", "outbound", "seen", 1),
    ]  # fmt: skip


def test_a_table_of_any_columns_is_read_by_a_mapping(tmp_path: Path) -> None:
    """The user's own names serve; a wrong one is named."""
    path = tmp_path / "own.csv"
    text = write_csv(tmp_path / "a.csv", voyage()).read_text(encoding="utf-8")
    path.write_text(text.replace("MMSI", "ship").replace("LAT", "y"), encoding="utf-8")
    columns = {"mmsi": "ship", "time": "BaseDateTime", "lat": "y", "lon": "LON"}

    assert len(count_transits([path], area(), layout=layout_from_mapping(columns)).transits) == 2
    with pytest.raises(DocumentError, match="no column 'z'"):
        count_transits([path], area(), layout=layout_from_mapping(columns | {"lat": "z"}))
    with pytest.raises(DocumentError, match="no AIS layout that muster knows"):
        count_transits([path], area())


def test_sentences_without_times_are_refused_in_one_sentence(tmp_path: Path) -> None:
    """No date, no count: said, not guessed."""
    path = write_nmea(tmp_path / "a.nmea", voyage())
    path.write_text("\n".join(line.split("\\")[-1] for line in path.read_text().splitlines()), encoding="ascii")

    with pytest.raises(DocumentError, match="none of its 74 positions carries a time"):
        count_transits([path], area())


@pytest.mark.parametrize(("name", "message"), [("none.nmea", "no such file"), ("a.pdf", "suffix")])
def test_files_that_cannot_be_read_are_named(tmp_path: Path, name: str, message: str) -> None:
    """Missing, or of no known kind."""
    if name == "a.pdf":
        (tmp_path / name).write_bytes(b"%PDF")
    with pytest.raises(DocumentError, match=message):
        count_transits([tmp_path / name], area())


@pytest.mark.parametrize("content", [b"", b"noise\n!AIVDM,broken\n"])
def test_files_without_a_position_are_no_count_of_zero(tmp_path: Path, content: bytes) -> None:
    """A receiver that heard nothing says nothing of who passed."""
    path = tmp_path / "a.nmea"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=r"a\.nmea: (no line|2 lines, none of them a position)"):
        count_transits([path], area())


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_bytes_that_are_not_utf8_cost_nothing_but_themselves(tmp_path: Path, suffix: str) -> None:
    """Ship names in another encoding, also in a line of too many cells."""
    path = write_csv(tmp_path / "a.csv", voyage())
    damaged = path.read_bytes().replace(b"\n", b"\n\xd8re,sund\n", 1) + b"\xff\xfe,\xe2\x82\n"
    path = tmp_path / f"b{suffix}"
    path.write_bytes(gzip.compress(damaged) if suffix.endswith("gz") else damaged)
    found = count_transits([path], area())

    assert len(found.transits) == 2
    assert found.n_malformed == 2


def test_odd_cells_cost_their_row_only(tmp_path: Path) -> None:
    """Text for a number, an impossible latitude, a missing time: counted as unusable."""
    path = write_csv(tmp_path / "a.csv", voyage())
    with path.open("a", encoding="utf-8") as stream:
        stream.write("x,2026-01-03T00:00:00,26,56,1,2,81\n538009877,,26,56,1,2,81\n")
        stream.write("538009877,2026-01-03T00:00:00,north,56,,,\n538009877,2026-01-03T00:00:00,96,56,,,\n")
        stream.write("cut,off\n1,2,3,4,5,6,7,8,9\n")
    found = count_transits([path], area())

    assert len(found.transits) == 2
    assert found.positions["unusable"] == 4
    assert found.n_malformed == 2


@pytest.mark.parametrize("name", ["a.nmea", "a.csv", "a.parquet"])
def test_memory_stays_flat(tmp_path: Path, name: str) -> None:
    """Three times the positions take no more memory: files are streamed (a CSV up to 8 MiB ahead)."""
    still = [(SHIP, T0 + k // 500, 26.1, 56.9) for k in range(2000)]
    first = WRITERS[name](tmp_path / name, still)
    peaks = []
    for n_times in (500, 1500):  # one and three million positions
        path = tmp_path / f"b{n_times}{first.suffix}"
        if name == "a.parquet":
            table = pq.read_table(first)
            with pq.ParquetWriter(path, table.schema) as writer:
                for _ in range(0, n_times, 50):
                    writer.write_table(pa.concat_tables([table] * 50))
        else:
            path.write_bytes(first.read_bytes() * n_times)
        tracemalloc.start()
        pa.default_memory_pool().release_unused()
        count_transits([path], area())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        path.unlink()

    read_ahead = 34 * (1 << 18) if name == "a.csv" else 0  # 32 blocks in line, one parsed, one cleaned
    assert peaks[1] < 1.25 * peaks[0] + read_ahead, peaks


def test_a_parquet_file_of_many_groups_is_not_kept(tmp_path: Path) -> None:
    """What Arrow holds does not grow with the row groups read: one iterator over all of them would keep them."""
    rng = np.random.default_rng(1)
    names = ("mmsi", "t_s", "lat_deg", "lon_deg")
    path = tmp_path / "a.parquet"
    table = pa.table({name: rng.integers(1, 1 << 40, 100_000) for name in names})
    with pq.ParquetWriter(path, table.schema) as writer:
        for _ in range(12):
            writer.write_table(table)
    del table
    before = pa.total_allocated_bytes()
    held = [pa.total_allocated_bytes() - before for _ in read_table(path, is_lean=True)]

    assert len(held) == 12
    assert max(held[6:]) < 1.5 * max(held[:2])
