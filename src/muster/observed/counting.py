"""Files of any AIS kind -> transits of one counting area, with what could not be used: one streaming pass."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from muster.base.errors import DocumentError
from muster.observed.aisstream import AisStreamCounts, read_aisstream
from muster.observed.gates import CountingArea
from muster.observed.layouts import Layout
from muster.observed.nmea import NmeaCounts, Statics, read_nmea
from muster.observed.positions import Positions
from muster.observed.tables import read_table
from muster.observed.track_kernel import time_span
from muster.observed.tracker import Tracker
from muster.observed.transits import Transit, find_transits

BLIND_SPOTS = (
    "AIS shows only ships that transmit and are heard: ships with the transponder off and ships in the mid-strait gap "
    "of shore receivers are missing or marked inferred, so this count is a lower bound."
)
_NMEA_SUFFIXES = {".nmea", ".txt", ".log", ".ais"}
_JSON_SUFFIXES = {".jsonl", ".ndjson"}
_TABLE_SUFFIXES = {".csv", ".gz", ".parquet"}


@dataclass(frozen=True, slots=True)
class AisCount:
    """The transits of some files.

    Attributes
    ----------
    transits : tuple of Transit, in time order
    positions : what became of the positions, by name (`track_kernel.COUNTER_NAMES`)
    lines : what became of the lines of NMEA and JSON files, by name; of tables only the malformed ones
    n_vessels, n_untimed, n_dark : int
        Vessels followed; positions without a time; silences longer than the area's limit.
    first_s, last_s : int
        Earliest and latest time heard, seconds since 1970; -1 if none.
    """

    transits: tuple[Transit, ...]
    positions: dict[str, int]
    lines: dict[str, int]
    n_vessels: int
    n_untimed: int
    n_dark: int
    first_s: int
    last_s: int

    @property
    def n_malformed(self) -> int:
        """Lines that were not read."""
        names = ("malformed", "bad_checksum", "bad_payload", "orphan_fragments", "not_ais")
        return sum(self.lines.get(name, 0) for name in names)

    def daily(self) -> list[dict[str, object]]:
        """Return transits a day by class, direction, route and whether seen or inferred."""
        counts = Counter(
            (t.at.date().isoformat(), t.ship_class, t.direction, t.route, "inferred" if t.is_inferred else "seen")
            for t in self.transits
        )
        names = ("date", "class", "direction", "route", "how")
        return [{**dict(zip(names, key, strict=True)), "transits": n} for key, n in sorted(counts.items())]


def count_transits(
    paths: Sequence[Path], area: CountingArea, *, layout: Layout | None = None,
    on_positions: Callable[[int], None] | None = None,
) -> AisCount:  # fmt: skip
    """Return the transits in files of NMEA, CSV (also gzipped), Parquet or AISStream JSON lines.

    Files are read in the order given, which should be the order of their times: a vessel's reports that come late are
    counted and left out. Memory grows with vessels and events, not with positions.

    Parameters
    ----------
    layout : Layout, optional
        Columns of tables that no known layout fits.
    on_positions : callable, optional
        Told how many positions each batch had.

    Raises
    ------
    DocumentError
        A file is missing, of no known kind or layout, or carries no times at all; or no file has a position.
    """
    tracker = Tracker(area)
    types: dict[int, int] = {}
    lines: Counter[str] = Counter()
    n_positions, n_untimed, first_s, last_s = 0, 0, -1, -1
    for path in paths:
        n_of_file, untimed_of_file = 0, 0
        for positions, statics in _read(path, layout, lines):
            tracker.feed(positions)
            _note_types(types, statics.mmsi, statics.ship_type)
            _note_types(types, positions.mmsi, positions.ship_type)
            untimed, first, last = time_span(positions.t_s)
            untimed_of_file += untimed
            n_of_file += len(positions)
            if first >= 0:
                first_s = min(first, first_s) if first_s >= 0 else first
                last_s = max(last, last_s)
            if on_positions:
                on_positions(len(positions))
        if n_of_file and untimed_of_file == n_of_file:
            raise _untimed(path, n_of_file)
        n_untimed += untimed_of_file
        n_positions += n_of_file
    if not n_positions:
        raise _nothing(paths, lines)
    return AisCount(
        find_transits(tracker, types), tracker.count_dict(), dict(lines), tracker.n_vessels, n_untimed,
        int(tracker.dark_periods().mmsi.size), first_s, last_s,
    )  # fmt: skip


def _untimed(path: Path, n: int) -> DocumentError:
    return DocumentError(
        f"{path.name}: none of its {n} positions carries a time",
        rule="plain NMEA sentences hold no date; transits need the receiver's time (a tag block \\c:, or seconds since "
        "1970 before or after each sentence)",
        next_step="Log with time stamps",
    )


def _nothing(paths: Sequence[Path], lines: Counter[str]) -> DocumentError:
    n_lines = lines["lines"] or lines.total()
    seen = f"{n_lines} lines, none of them a position" if n_lines else "no line"
    return DocumentError(
        f"{', '.join(path.name for path in paths[:3])}{' ...' if len(paths) > 3 else ''}: {seen}",
        rule="transits are counted from positions; where none was heard, nothing is known of who passed",
        next_step="Check the receiver, or give files of another layout with --map",
    )


def _read(path: Path, layout: Layout | None, lines: Counter[str]) -> Iterator[tuple[Positions, Statics]]:
    suffix = path.suffix.lower()
    if not path.is_file():
        raise DocumentError(f"{path}: no such file")
    if suffix in _NMEA_SUFFIXES:
        nmea = NmeaCounts()
        yield from read_nmea(path, nmea)
        lines.update(nmea.as_dict())
    elif suffix in _JSON_SUFFIXES:
        counts = AisStreamCounts()
        yield from read_aisstream(path, counts)
        lines.update(asdict(counts))
    elif suffix in _TABLE_SUFFIXES:
        nothing = Statics(np.empty(0, np.int64), np.empty(0, np.int16), np.empty(0, np.int64))

        def count_malformed() -> None:
            lines["malformed"] += 1

        for positions in read_table(path, layout, is_lean=True, on_malformed=count_malformed):
            yield positions, nothing
    else:
        raise DocumentError(
            f"{path.name}: {suffix or 'no'} suffix",
            rule="AIS files are .nmea, .txt, .log (NMEA), .csv, .csv.gz, .parquet (tables) or .jsonl (AISStream)",
        )


def _note_types(types: dict[int, int], mmsi: np.ndarray, ship_type: np.ndarray) -> None:
    """Keep each vessel's newest known type."""
    if not ship_type.size or (ship_type.strides == (0,) and ship_type[0] <= 0):
        return
    known = np.flatnonzero(ship_type > 0)
    if known.size:
        pairs = np.unique(mmsi[known] << 16 | ship_type[known])
        types.update(zip((pairs >> 16).tolist(), (pairs & 0xFFFF).tolist(), strict=True))
