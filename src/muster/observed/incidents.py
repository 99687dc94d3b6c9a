"""Incident lists -> one common table: date, class, place, position, severity, vessel, source; repeats flagged.

Read are CSV and JSON (also lines) with the names that ASAM, UKMTO, IMB and ReCAAP tables use, found by what the columns
are called. Advisories, news and rows marked as simulated are no incidents: they are counted and left out.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from muster.base.errors import DocumentError, InputError
from muster.observed.incident_words import class_of, is_no_incident, severity_of
from muster.observed.poisson import poisson_interval

MAX_FILE_BYTES = 256 << 20
SAME_DAYS = 1  # a report and its news are dated up to a day apart
SAME_NM = 25.0  # geocoded place names are often tens of miles off
SAME_SHIP_NM = 60.0  # one ship hit again farther off was hit twice; positions given for one incident differ by less
NM_PER_DEGREE = 60.0

_NAMES: dict[str, tuple[str, ...]] = {
    "date": ("date", "incident_date", "dateofoccurrence", "event_at", "timestamp", "datetime"),
    "class": ("event_type", "attack_type", "incident_type", "hostility_type", "type", "hostility", "category"),
    "place": ("location", "address", "zone", "location_description", "place", "subreg", "area"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "longitude"),
    "vessel": ("vessel", "vessel_name", "ship", "victim", "name"),
    "id": ("id", "incident_id", "reference", "report_id"),
    "text": ("details", "summary", "description", "event", "attack_description", "title"),
    "source": ("source", "data_source", "publisher"),
    "severity": ("severity", "severity_hint"),
}
_LISTS = ("incidents", "events", "asam", "features", "entries", "data")
_EMPTY = {"", "na", "n/a", "none", "null", "unknown", "-", "unspecified", "not reported", "unnamed"}


@dataclass(frozen=True, slots=True)
class Incident:
    """One reported incident.

    Attributes
    ----------
    incident_class : str
        attack, mine, seizure, hijack, boarding, attempt, suspicious, jamming or other.
    severity : "high", "medium", "low" or ""
        As the source grades it, else by class (docs/observed.md).
    lat_deg, lon_deg : float
        NaN where not given; often the position of a place name, tens of miles off.
    repeats : str
        The id of an earlier row that tells the same incident; empty if none.
    """

    id: str
    on: date
    incident_class: str
    place: str
    lat_deg: float
    lon_deg: float
    severity: str
    vessel: str
    source: str
    file: str
    repeats: str = ""

    @property
    def has_position(self) -> bool:
        """Whether latitude and longitude are given."""
        return math.isfinite(self.lat_deg) and math.isfinite(self.lon_deg)


@dataclass(frozen=True, slots=True)
class IncidentList:
    """Incidents by date, with how many rows were no incidents and how many could not be read."""

    incidents: tuple[Incident, ...]
    n_no_incident: int
    n_malformed: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Incidents per passage with an exact 95 % interval (Garwood)."""

    incident_class: str
    n_incidents: int
    n_passages: int
    rate: float
    interval: tuple[float, float]


def read_incidents(paths: Sequence[Path]) -> IncidentList:
    """Return the incidents of all files in one table, by date, repeats flagged.

    Raises
    ------
    DocumentError
        A file is missing, no CSV or JSON, or names no dates.
    """
    found: list[Incident] = []
    n_no, n_bad = 0, 0
    for path in paths:
        records = _records(path)
        columns = {key for record in records for key in map(str.lower, record)}
        if records and not columns & set(_NAMES["date"]):
            raise DocumentError(
                f"{path.name}: columns {', '.join(sorted(columns)[:8])} name no date",
                rule=f"an incident has a date: {', '.join(_NAMES['date'][:3])}",
            )
        for number, record in enumerate(records, 1):
            row = {str(key).lower(): value for key, value in record.items()}
            if is_no_incident(_text(row, "class"), _text(row, "text")) or row.get("simulated") is True:
                n_no += 1
                continue
            incident = _incident(row, path.name, number)
            if incident is None:
                n_bad += 1
            else:
                found.append(incident)
    return IncidentList(flag_repeats(sorted(found, key=lambda i: i.on)), n_no, n_bad)


def flag_repeats(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Return the incidents, in order of date, with those that tell an earlier one again marked.

    Two rows tell the same incident if their source gave them one id; or if at most a day lies between them and they
    share class and either the ship's name (and lie within 60 nm, where both have positions) or, from different files, a
    place within 25 nm.
    """
    kept: list[Incident] = []
    recent: list[Incident] = []
    for incident in incidents:
        recent = [other for other in recent if (incident.on - other.on).days <= SAME_DAYS]
        first = next((other for other in recent if _tells_the_same(incident, other)), None)
        if first is None:
            recent.append(incident)
        kept.append(incident if first is None else replace(incident, repeats=first.id))
    return tuple(kept)


def rates_per_passage(incidents: Iterable[Incident], n_passages: int | None) -> tuple[Rate, ...]:
    """Return incidents per passage, all and by class; repeats are not counted.

    Parameters
    ----------
    n_passages : int or None
        The exposure: passages in the same days and waters as the incidents. None is refused: a count of incidents
        without its exposure says nothing of the risk.
    """
    if n_passages is None or n_passages <= 0:
        raise InputError(
            "a rate needs its exposure",
            rule="incidents are divided by the passages of the same days and waters",
            next_step="Give --exposure N, such as the total of `muster transits count`",
        )
    once = [incident for incident in incidents if not incident.repeats]
    classes = sorted({incident.incident_class for incident in once})
    counts = [("all", len(once)), *[(c, sum(i.incident_class == c for i in once)) for c in classes]]
    rates = []
    for name, n in counts:
        low, high = poisson_interval(n)
        rates.append(Rate(name, n, n_passages, n / n_passages, (low / n_passages, high / n_passages)))
    return tuple(rates)


def _tells_the_same(a: Incident, b: Incident) -> bool:
    if a.id == b.id and a.source == b.source and a.on == b.on:
        return True
    if a.incident_class != b.incident_class:
        return False
    apart_nm = _distance_nm(a, b) if a.has_position and b.has_position else math.nan
    if a.vessel and a.vessel.casefold() == b.vessel.casefold():
        return not apart_nm > SAME_SHIP_NM
    return a.file != b.file and apart_nm <= SAME_NM


def _distance_nm(a: Incident, b: Incident) -> float:
    dx = (a.lon_deg - b.lon_deg) * math.cos(math.radians(0.5 * (a.lat_deg + b.lat_deg)))
    return math.hypot(dx, a.lat_deg - b.lat_deg) * NM_PER_DEGREE


def _records(path: Path) -> list[Mapping[str, Any]]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DocumentError(f"{path.name}: {path.stat().st_size} bytes", rule="an incident list is under 256 MB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror}", next_step="Give a CSV or JSON file") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{path.name}: no UTF-8 text", rule="an incident list is CSV or JSON") from None
    if text.lstrip()[:1] not in {"{", "["}:
        reader = csv.DictReader(io.StringIO(text))
        return [{k: v for k, v in row.items() if k} for row in reader]
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = _json_lines(text, path.name)
    if isinstance(data, dict):
        data = next((data[key] for key in _LISTS if isinstance(data.get(key), list)), [data])
    rows = [_flat(row) for row in data if isinstance(row, dict)]
    if not rows:
        raise DocumentError(f"{path.name}: no list of incidents", rule=f"JSON is a list, or has {', '.join(_LISTS)}")
    return rows


def _json_lines(text: str, place: str) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{place}: no JSON: {str(error)[:120]}") from None


def _flat(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a GeoJSON feature's properties with its point, and a nested `data` object's fields, as one record."""
    if isinstance(row.get("properties"), dict):
        point = row.get("geometry") or {}
        where = point.get("coordinates") if isinstance(point, dict) else None
        has_point = isinstance(where, list) and len(where) >= len(("lon", "lat"))
        place = {"lon": where[0], "lat": where[1]} if has_point and where else {}
        return {**row["properties"], **place}
    return {**row["data"], **row} if isinstance(row.get("data"), dict) else row


def _text(row: Mapping[str, Any], key: str) -> str:
    for name in _NAMES[key]:
        value = row.get(name)
        if isinstance(value, dict):
            value = value.get("name") or value.get("url")
        text = " ".join(str(value if value is not None else "").split())
        if text.lower() not in _EMPTY:
            return text
    return ""


def _incident(row: Mapping[str, Any], file: str, number: int) -> Incident | None:
    on = _date(row)
    if on is None:
        return None
    lat, lon = _degrees(row, "lat", 90.0), _degrees(row, "lon", 180.0)
    if not (math.isfinite(lat) and math.isfinite(lon)):
        lat = lon = math.nan
    kind = class_of(_text(row, "class"), _text(row, "text"))
    return Incident(
        id=_text(row, "id") or f"{file}:{number}", on=on, incident_class=kind, place=_text(row, "place"), lat_deg=lat,
        lon_deg=lon, severity=severity_of(_text(row, "severity"), kind), vessel=_text(row, "vessel"),
        source=_text(row, "source") or file, file=file,
    )  # fmt: skip


def _date(row: Mapping[str, Any]) -> date | None:
    value = next((row[name] for name in _NAMES["date"] if row.get(name) not in {None, ""}), None)
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC).date()
        text = str(value).strip()
        return date.fromisoformat(text[:10])
    except (ValueError, OverflowError, OSError):
        return None


def _degrees(row: Mapping[str, Any], key: str, limit: float) -> float:
    try:
        value = float(_text(row, key) or "nan")
    except ValueError:
        return math.nan
    return value if abs(value) <= limit else math.nan
