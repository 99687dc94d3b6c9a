"""Positions: what was heard of ships, column by column.

Columns are kept apart (one array a field) because every later step, gates, gaps, dwell, walks one or two of them for
millions of rows. Unknown values are NaN for floats and -1 for integers, never a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

COLUMNS: dict[str, type] = {
    "mmsi": np.int64,
    "t_s": np.int64,
    "lat_deg": np.float64,
    "lon_deg": np.float64,
    "sog_kn": np.float32,
    "cog_deg": np.float32,
    "nav_status": np.int16,
    "ship_type": np.int16,
}


@dataclass(frozen=True, slots=True)
class Positions:
    """Position reports, all arrays of shape (n,).

    Attributes
    ----------
    mmsi : int64
        Maritime Mobile Service Identity, nine digits.
    t_s : int64
        Seconds since 1970-01-01 UTC; -1 where the source gave no time.
    lat_deg, lon_deg : float64
        WGS 84, -90..90 and -180..180; NaN where not available.
    sog_kn, cog_deg : float32
        Speed over ground in knots, course over ground in degrees; NaN where not available.
    nav_status : int16
        AIS navigational status 0..15; -1 unknown.
    ship_type : int16
        AIS ship type 0..99 where the report itself carries it; -1 unknown.
    """

    mmsi: NDArray[np.int64]
    t_s: NDArray[np.int64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    sog_kn: NDArray[np.float32]
    cog_deg: NDArray[np.float32]
    nav_status: NDArray[np.int16]
    ship_type: NDArray[np.int16]

    def __len__(self) -> int:
        return int(self.mmsi.size)

    @classmethod
    def empty(cls) -> Self:
        """Return no positions."""
        return cls(**{name: np.empty(0, dtype=kind) for name, kind in COLUMNS.items()})

    @classmethod
    def concat(cls, parts: Sequence["Positions"]) -> Self:
        """Return the rows of all parts in their order."""
        if not parts:
            return cls.empty()
        return cls(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)})

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> "Positions":
        """Return the rows that `index` selects."""
        return Positions(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def by_vessel(self) -> "Positions":
        """Return the rows sorted by vessel, then time; equal keys keep their order."""
        return self.take(np.lexsort((self.t_s, self.mmsi)))
