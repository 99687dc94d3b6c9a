"""Positions, streamed in the order heard, become crossings, dark periods and dwell times."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.observed import track_kernel as kernel
from muster.observed.gates import CountingArea
from muster.observed.positions import Positions

DWELL_MIN_H = 1.0  # shorter stops are manoeuvres, not waiting
DUPLICATE_SWITCHES = 3  # a track that jumps to another confirmed place this often is two transmitters, or a liar
_FIRST_TABLE = 1 << 12
_OUTPUT_ROWS = 1 << 14
_LINE_BYTES = 64  # a cache line of x86-64 and most ARM cores


@dataclass(frozen=True, slots=True)
class Crossings:
    """Crossings in time order, arrays of shape (n,).

    Attributes
    ----------
    mmsi, t_s : int64
    gate : int64, index into the area's gates
    direction : int64, +1 inbound, -1 outbound
    is_inferred : bool, the ship was silent on the way (see `dark_after_h`)
    silence_s : int64, seconds between the reports before and after
    lon_deg, lat_deg, fraction : float64, where the track cuts the gate; NaN where it missed every gate line
    speed_kn : float64, made good between the two reports
    """

    mmsi: NDArray[np.int64]
    t_s: NDArray[np.int64]
    gate: NDArray[np.int64]
    direction: NDArray[np.int64]
    is_inferred: NDArray[np.bool_]
    silence_s: NDArray[np.int64]
    lon_deg: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    fraction: NDArray[np.float64]
    speed_kn: NDArray[np.float64]

    def __len__(self) -> int:
        return int(self.mmsi.size)

    def take(self, index: NDArray[np.bool_]) -> "Crossings":
        """Return the crossings that `index` selects."""
        return Crossings(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


@dataclass(frozen=True, slots=True)
class DarkPeriods:
    """Silences longer than the limit: arrays of shape (n,); positions in degrees before and after."""

    mmsi: NDArray[np.int64]
    from_s: NDArray[np.int64]
    to_s: NDArray[np.int64]
    place: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dwells:
    """Waiting in an anchorage: arrays of shape (n,); `anchorage` indexes the area's anchorages."""

    mmsi: NDArray[np.int64]
    anchorage: NDArray[np.int64]
    from_s: NDArray[np.int64]
    to_s: NDArray[np.int64]


def _state_table(n_slots: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return an empty table, aligned to cache lines, and its float view."""
    words = n_slots * kernel.N_STATE
    memory = np.zeros(words + _LINE_BYTES // 8, dtype=np.int64)
    skip = (-memory.ctypes.data % _LINE_BYTES) // 8
    ints = memory[skip : skip + words].reshape(n_slots, kernel.N_STATE)
    return ints, ints.view(np.float64)


class Tracker:
    """Follows every vessel through one counting area; memory grows with vessels and events, not with positions.

    Reports must come in the order heard (a vessel's late reports are counted and left out); files of several receivers
    are to be merged by time first.
    """

    def __init__(self, area: CountingArea) -> None:
        self.area = area
        self.counts = np.zeros(kernel.N_COUNTERS, dtype=np.int64)
        self.n_vessels = 0
        self._gates = area.gate_array()
        self._boxes = area.box_array()
        self._zones = area.anchorage_array()
        self._ints, self._floats = _state_table(_FIRST_TABLE)
        rows = _OUTPUT_ROWS
        self._out: list[NDArray[Any]] = [
            np.empty((rows, 6), dtype=np.int64), np.empty((rows, 4)), np.empty((rows, 3), dtype=np.int64),
            np.empty((rows, 4)), np.empty((rows, 4), dtype=np.int64),
        ]  # fmt: skip
        self._kept: list[list[NDArray[Any]]] = [[], [], [], [], []]

    def feed(self, positions: Positions) -> None:
        """Follow further positions."""
        row = 0
        while row < len(positions):
            row, self.n_vessels, n_cross, n_dark, n_dwell = kernel.follow_tracks(
                positions.mmsi, positions.t_s, positions.lat_deg, positions.lon_deg, row, self._gates, self._boxes,
                self._zones, int(self.area.dark_after_h * 3600), self.area.speed_limit_kn, int(DWELL_MIN_H * 3600),
                self._ints, self._floats, self.n_vessels, *self._out, self.counts,
            )  # fmt: skip
            for kept, out, n in zip(self._kept, self._out, (n_cross, n_cross, n_dark, n_dark, n_dwell), strict=True):
                if n:
                    kept.append(out[:n].copy())
            if 2 * self.n_vessels > self._ints.shape[0] - 1:
                self._grow()

    def follow(self, parts: Iterable[Positions]) -> "Tracker":
        """Follow all parts of a stream and return self."""
        for part in parts:
            self.feed(part)
        return self

    def _grow(self) -> None:
        ints, floats = _state_table(self._ints.shape[0] * 4)
        kernel.rehash(self._ints, ints)
        self._ints, self._floats = ints, floats

    def _joined(self, which: int) -> NDArray[Any]:
        kept = self._kept[which]
        return np.concatenate(kept) if kept else self._out[which][:0].copy()

    def crossings(self) -> Crossings:
        """Return all crossings so far, in time order."""
        ints, floats = self._joined(0), self._joined(1)
        order = np.lexsort((ints[:, 0], ints[:, 1]))
        ints, floats = ints[order], floats[order]
        return Crossings(
            ints[:, 0], ints[:, 1], ints[:, 2], ints[:, 3], ints[:, 4] == kernel.INFERRED, ints[:, 5],
            floats[:, 0], floats[:, 1], floats[:, 2], floats[:, 3],
        )  # fmt: skip

    def dark_periods(self) -> DarkPeriods:
        """Return all silences longer than the limit so far."""
        ints = self._joined(2)
        return DarkPeriods(ints[:, 0], ints[:, 1], ints[:, 2], self._joined(3))

    def dwells(self) -> Dwells:
        """Return all waits so far, those still going on up to each ship's last report included."""
        done = self._joined(4)
        waiting = self._ints[(self._ints[:, kernel.MMSI] != 0) & (self._ints[:, kernel.ZONE] >= 0)]
        still = waiting[:, [kernel.MMSI, kernel.ZONE, kernel.ZONE_T, kernel.LAST_T]]
        still = still[still[:, 3] - still[:, 2] >= DWELL_MIN_H * 3600]
        rows = np.concatenate([done, still])
        rows = rows[np.lexsort((rows[:, 0], rows[:, 2]))]
        return Dwells(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3])

    def suspects(self) -> dict[int, tuple[int, int]]:
        """Return (implausible positions, changes of place) of each vessel with any, by MMSI.

        A vessel that changed place `DUPLICATE_SWITCHES` times or more is a suspected duplicate identity or spoofer.
        """
        rows = self._ints[(self._ints[:, kernel.MMSI] != 0) & (self._ints[:, kernel.JUMPS] > 0)]
        return {
            int(row[kernel.MMSI]): (int(row[kernel.JUMPS]), int(row[kernel.SWITCHES]))
            for row in rows[np.argsort(rows[:, kernel.MMSI])]
        }

    def count_dict(self) -> dict[str, int]:
        """Return what became of the positions, by name."""
        return {name: int(value) for name, value in zip(kernel.COUNTER_NAMES, self.counts, strict=False)}
