"""Column layouts of the common AIS tables: what each publisher calls mmsi, time, position, speed, type.

Sources: MarineCadastre data dictionary (marinecadastre.gov/ais, 2015-2024 CSV and 2025 Parquet); Danish Maritime
Authority, AIS data file columns (dma.dk); Global Fishing Watch anonymised AIS training data and vessel tracks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from muster.base.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Layout:
    """Column names of one publisher's table; an empty name means that the column does not exist."""

    name: str
    mmsi: str
    time: str
    lat: str
    lon: str
    sog: str = ""
    cog: str = ""
    status: str = ""
    ship_type: str = ""
    time_format: str = ""

    def columns(self) -> list[str]:
        """Return the names of all columns that exist."""
        names = (self.mmsi, self.time, self.lat, self.lon, self.sog, self.cog, self.status, self.ship_type)
        return [name for name in names if name]


LAYOUTS: tuple[Layout, ...] = (
    Layout("muster", "mmsi", "t_s", "lat_deg", "lon_deg", "sog_kn", "cog_deg", "nav_status", "ship_type"),
    Layout("MarineCadastre", "MMSI", "BaseDateTime", "LAT", "LON", "SOG", "COG", "Status", "VesselType"),
    Layout(
        "MarineCadastre 2025", "mmsi", "base_date_time", "latitude", "longitude", "sog", "cog", "status", "vessel_type"
    ),
    Layout(
        "Danish Maritime Authority",
        "MMSI",
        "# Timestamp",
        "Latitude",
        "Longitude",
        "SOG",
        "COG",
        "",
        time_format="%d/%m/%Y %H:%M:%S",
    ),
    Layout("Global Fishing Watch", "mmsi", "timestamp", "lat", "lon", "speed", "course"),
    Layout("plain", "mmsi", "timestamp_utc", "lat", "lon", "sog_knots"),
)


def find_layout(names: Sequence[str], place: str) -> Layout:
    """Return the layout whose mmsi, time and position columns are all in `names`.

    Columns that the layout knows but this table lacks are left out.

    Raises
    ------
    DocumentError
        No layout fits; shows the columns found and the layouts known.
    """
    have = set(names)
    for layout in LAYOUTS:
        if {layout.mmsi, layout.time, layout.lat, layout.lon} <= have:
            return _without_missing(layout, have)
    known = ", ".join(layout.name for layout in LAYOUTS)
    raise DocumentError(
        f"{place}: columns {', '.join(name[:30] for name in names[:8])} are no AIS layout that muster knows",
        rule=f"known layouts: {known}",
        next_step="Rename the columns to mmsi, t_s, lat_deg, lon_deg",
    )


def layout_from_mapping(mapping: Mapping[str, str]) -> Layout:
    """Return a layout of the user's own: keys mmsi, time, lat, lon; sog, cog, status, ship_type, time_format too."""
    missing = [key for key in ("mmsi", "time", "lat", "lon") if not mapping.get(key)]
    if missing:
        raise DocumentError(f"column mapping lacks {missing[0]!r}", rule="a mapping names mmsi, time, lat and lon")
    return Layout("mapping", **dict(mapping))


def _without_missing(layout: Layout, have: set[str]) -> Layout:
    def keep(name: str) -> str:
        return name if name in have else ""

    return Layout(
        layout.name,
        layout.mmsi,
        layout.time,
        layout.lat,
        layout.lon,
        keep(layout.sog),
        keep(layout.cog),
        keep(layout.status),
        keep(layout.ship_type),
        layout.time_format,
    )
