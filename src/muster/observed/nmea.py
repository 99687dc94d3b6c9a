"""NMEA 0183 files -> positions, streamed: memory stays flat, malformed lines are counted and never fatal."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from muster.observed.nmea_kernel import COUNTER_NAMES, N_COUNTERS, N_SLOTS, SLOT_GROUPS, decode_lines
from muster.observed.positions import Positions

CHUNK_BYTES = 4 << 20
_SHORTEST_MESSAGE_BYTES = 24  # a type 27 sentence with header and checksum is longer; bounds the rows of one chunk


@dataclass(slots=True)
class NmeaCounts:
    """How many lines were read and what became of them, by name (`nmea_kernel.COUNTER_NAMES`)."""

    values: NDArray[np.int64] = field(default_factory=lambda: np.zeros(N_COUNTERS, dtype=np.int64))

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: int(value) for name, value in zip(COUNTER_NAMES, self.values, strict=True)}

    @property
    def n_malformed(self) -> int:
        """Lines that were not read: broken shape, checksum or payload, orphans, no AIS at all."""
        return int(self.values[4:].sum())


@dataclass(frozen=True, slots=True)
class Statics:
    """Ship types as the ships themselves report them: arrays of shape (n,), in the order heard."""

    mmsi: NDArray[np.int64]
    ship_type: NDArray[np.int16]
    imo: NDArray[np.int64]


class NmeaReader:
    """Reads one stream of sentences; keeps multi-part messages across chunks.

    Parameters
    ----------
    chunk_bytes : int
        Bytes read at a time; the memory used is about three times that.
    """

    def __init__(self, chunk_bytes: int = CHUNK_BYTES) -> None:
        self.counts = NmeaCounts()
        self._chunk_bytes = chunk_bytes
        self._six = np.zeros(SLOT_GROUPS + 8, dtype=np.int64)
        self._slots = np.zeros((N_SLOTS, SLOT_GROUPS), dtype=np.uint8)
        self._slot_meta = np.zeros((N_SLOTS, 5), dtype=np.int64)
        rows = chunk_bytes * 2 // _SHORTEST_MESSAGE_BYTES + 16
        self._ints = [np.empty(rows, dtype=np.int64) for _ in range(4)]
        self._floats = [np.empty(rows, dtype=np.float64) for _ in range(2)]
        self._halves = [np.empty(rows, dtype=np.float32) for _ in range(2)]
        self._shorts = [np.empty(rows, dtype=np.int16) for _ in range(2)]

    def read(self, stream: BinaryIO) -> Iterator[tuple[Positions, Statics]]:
        """Yield the positions and ship types of each chunk of the stream.

        Positions without a time of their own (plain sentences carry none) have `t_s` -1.
        """
        rest = b""
        while True:
            block = stream.read(self._chunk_bytes)
            data = rest + block
            is_last = not block
            if not data:
                return
            consumed, positions, statics = self._decode(data, is_last=is_last)
            rest = data[consumed:]
            if len(rest) > self._chunk_bytes:  # a "line" longer than a chunk is no NMEA
                self.counts.values[4] += 1
                rest = b""
            if len(positions) or statics.mmsi.size:
                yield positions, statics
            if is_last:
                return

    def _decode(self, data: bytes, *, is_last: bool) -> tuple[int, Positions, Statics]:
        mmsi, t_s, static_mmsi, imo = self._ints
        lat, lon = self._floats
        sog, cog = self._halves
        status, static_type = self._shorts
        consumed, n, m = decode_lines(
            np.frombuffer(data, dtype=np.uint8), len(data), is_last, self._six, self._slots, self._slot_meta,
            mmsi, t_s, lat, lon, sog, cog, status, static_mmsi, static_type, imo, self.counts.values,
        )  # fmt: skip
        positions = Positions(
            mmsi[:n].copy(), t_s[:n].copy(), lat[:n].copy(), lon[:n].copy(), sog[:n].copy(), cog[:n].copy(),
            status[:n].copy(), np.full(n, -1, dtype=np.int16),
        )  # fmt: skip
        return consumed, positions, Statics(static_mmsi[:m].copy(), static_type[:m].copy(), imo[:m].copy())


def read_nmea(path: Path, counts: NmeaCounts | None = None) -> Iterator[tuple[Positions, Statics]]:
    """Yield positions and ship types of an NMEA file; `counts` (if given) is filled as the file is read."""
    reader = NmeaReader()
    if counts is not None:
        reader.counts = counts
    with path.open("rb") as stream:
        yield from reader.read(stream)
