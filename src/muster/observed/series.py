"""Published daily transit counts: one series a source and vintage, from the layouts in which they are found.

Layouts: IMF PortWatch (its CSV, its JSON service, tables of several straits), Windward-style JSON (`days` by date),
`muster transits count --daily`, tables with several series side by side (`<source>_total` or `total_<vintage>`), and
any CSV by a mapping. A day without a figure is NaN, never zero.
"""

import csv
import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.base.clock import parse_date
from muster.base.errors import DocumentError, InputError

DEFAULT_STRAIT = "hormuz"
BUNDLED_SOURCE = "IMF PortWatch, https://portwatch.imf.org (chokepoint6)"
MAX_FILE_BYTES = 256 << 20  # a daily series of all straits for a century is smaller
_VINTAGE = re.compile(r"(20\d\d)[-_]?(\d\d)(?:[-_]?(\d\d))?")
_PREFIXES = ("n_",)
_KNOWN = {
    "total": "total", "tanker": "tanker", "cargo": "cargo", "container": "container", "drybulk": "dry_bulk",
    "dry_bulk": "dry_bulk", "generalcargo": "general_cargo", "general_cargo": "general_cargo", "roro": "roro",
    "inbound": "inbound", "outbound": "outbound", "inboundais": "inbound_ais", "outboundais": "outbound_ais",
    "inbounddark": "inbound_dark", "outbounddark": "outbound_dark",
}  # fmt: skip
_Rows = list[tuple[date, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class DailySeries:
    """Transits a day as one source gave them in one edition.

    Attributes
    ----------
    name, vintage : str
        Whose figures, and of when; empty vintage where the file does not say.
    days : tuple of date, rising, without repeats
    columns : mapping of str to float64 array, shape (n_days,)
        `total` always; `tanker`, `container`, `inbound`, ... where given; NaN where there is no figure.
    source : str
        The file or address.
    """

    name: str
    vintage: str
    days: tuple[date, ...]
    columns: Mapping[str, NDArray[np.float64]]
    source: str

    @property
    def label(self) -> str:
        """Return name and vintage as one text."""
        return f"{self.name} {self.vintage}".strip()

    @property
    def total(self) -> NDArray[np.float64]:
        """Return all transits a day, shape (n_days,)."""
        return self.columns["total"]

    def until(self, last: date) -> "DailySeries":
        """Return the days up to `last`."""
        n = sum(day <= last for day in self.days)
        return DailySeries(
            self.name, self.vintage, self.days[:n], {k: v[:n] for k, v in self.columns.items()}, self.source
        )

    def known(self) -> tuple[tuple[date, ...], NDArray[np.float64]]:
        """Return the days that have a total, and the totals."""
        has = np.isfinite(self.total)
        return tuple(day for day, keep in zip(self.days, has, strict=True) if keep), self.total[has]


def bundled_series() -> tuple[DailySeries, ...]:
    """Return the bundled counts of the Strait of Hormuz, one series a vintage, newest vintage first."""
    text = files("muster.observed").joinpath("data/portwatch_hormuz.csv").read_text(encoding="utf-8")
    return _from_table(csv.DictReader(_plain(text)), "IMF PortWatch", "", BUNDLED_SOURCE, "portwatch_hormuz.csv")


def read_series(
    path: Path, *, mapping: Mapping[str, str] | None = None, strait: str = DEFAULT_STRAIT
) -> tuple[DailySeries, ...]:
    """Return the daily series of a file.

    Parameters
    ----------
    mapping : mapping, optional
        `date` and `total`, and further columns, for a CSV of any layout.
    strait : str
        Part of the strait's name, for files with several straits.

    Raises
    ------
    DocumentError
        Missing, too large, of no known layout, without rows, or with a cell that is no number; one sentence.
    """
    text = _read_text(path)
    name, vintage = _name_of(path)
    if text.lstrip()[:1] in {"{", "["}:
        return _from_json(text, name, vintage, path.name)
    reader = csv.DictReader(_plain(text))
    names = reader.fieldnames or ()
    if mapping:
        rows = [(row, row.get(mapping.get("date", ""))) for row in reader]
        for key in ("date", "total"):
            if mapping.get(key, "") not in names:
                raise DocumentError(
                    f"{path.name}: mapping {key}={mapping.get(key, '')!r}", rule=f"its columns are {', '.join(names)}"
                )
        keys = {key: column for key, column in mapping.items() if key != "date"}
        found = [
            (_day(cell, path.name), {key: _figure(row.get(column), path.name) for key, column in keys.items()})
            for row, cell in rows
        ]
        return (_series(name, vintage, found, path.name),)
    return _from_table(reader, name, vintage, path.name, path.name, strait)


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DocumentError(f"{path.name}: {path.stat().st_size} bytes", rule="a daily series is under 256 MB")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror}", next_step="Give a file of daily counts") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{path.name}: no UTF-8 text", rule="daily counts are CSV or JSON") from None


def _plain(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _name_of(path: Path) -> tuple[str, str]:
    """Return a name and a vintage from a file's name: the last date in it is the vintage."""
    dates = list(_VINTAGE.finditer(path.stem))
    vintage = "-".join(part for part in dates[-1].groups() if part) if dates else ""
    name = re.sub(r"[-_. ]+", " ", _VINTAGE.sub(" ", path.stem)).replace("vintage", " ").strip() or path.stem
    return " ".join(name.split()), vintage


def _from_table(
    reader: "csv.DictReader[str]", name: str, vintage: str, source: str, place: str, strait: str = DEFAULT_STRAIT
) -> tuple[DailySeries, ...]:
    names = [column for column in reader.fieldnames or () if column]
    if "date" not in names:
        raise _no_layout(place, names)
    rows: list[dict[str, Any]] = list(reader)
    where = next((column for column in ("chokepoint", "portname", "portName") if column in names), "")
    if where:
        straits = sorted({str(row[where]) for row in rows})
        rows = [row for row in rows if strait.lower() in str(row[where]).lower()]
        if not rows:
            raise DocumentError(f"{place}: no strait named {strait!r}", rule=f"it has {', '.join(straits)[:300]}")
    if {"direction", "how", "transits"} <= set(names):
        return (_series(name, vintage, _from_counted(rows, place), source),)
    plain = {column: key for column in names if (key := _key(column))}
    if "total" in plain.values():
        return (_series(name, vintage, _figures(rows, plain, place), source),)
    groups = _side_by_side(names)
    if not groups:
        raise _no_layout(place, names)
    return tuple(
        _series(group or name, edition, _figures(rows, columns, place), source, is_sparse=True)
        for (group, edition), columns in groups.items()
    )


def _no_layout(place: str, names: Sequence[str]) -> DocumentError:
    return DocumentError(
        f"{place}: columns {', '.join(names[:8])} are no daily series that muster knows",
        rule="known: IMF PortWatch, Windward-style JSON, `muster transits count --daily`",
        next_step="Name the columns: --map date=COLUMN,total=COLUMN",
    )


def _key(column: str) -> str:
    plain = column.removeprefix(_PREFIXES[0]).lower()
    return _KNOWN.get(plain, "")


def _side_by_side(names: Iterable[str]) -> dict[tuple[str, str], dict[str, str]]:
    """Return columns by (source, vintage) of a table such as `total_2026_08` or `portwatch_aug2026_total`."""
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for column in names:
        for word in sorted(_KNOWN, key=len, reverse=True):
            if column.startswith(f"{word}_"):
                group = ("", column.removeprefix(f"{word}_").replace("_", "-"))
            elif column.endswith(f"_{word}"):
                source, _, edition = column.removesuffix(f"_{word}").partition("_")
                group = (source, edition)
            else:
                continue
            groups.setdefault(group, {})[column] = _KNOWN[word]
            break
    for columns in groups.values():
        if "total" not in columns.values():
            return {}
    return groups


def _figures(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], place: str) -> _Rows:
    return [
        (_day(row["date"], place), {key: _figure(row[column], place) for column, key in columns.items()})
        for row in rows
    ]


def _from_counted(rows: Iterable[Mapping[str, str]], place: str) -> _Rows:
    """Return the rows of `muster transits count --daily`, summed by day, class and direction."""
    days: dict[date, dict[str, float]] = {}
    for row in rows:
        day = days.setdefault(_day(row["date"], place), {})
        for key in ("total", row["class"], row["direction"], row["how"]):
            day[key] = day.get(key, 0.0) + _figure(row["transits"], place)
    keys = {key for day in days.values() for key in day}
    return [(day, {key: figures.get(key, 0.0) for key in keys}) for day, figures in days.items()]


def _from_json(text: str, name: str, vintage: str, place: str) -> tuple[DailySeries, ...]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{place}: no JSON: {error}") from None
    if isinstance(data, dict) and isinstance(data.get("features"), list):
        records = [row.get("attributes") for row in data["features"] if isinstance(row, dict)]
    elif isinstance(data, dict) and isinstance(data.get("days"), dict):
        records = [{"date": day, **row} for day, row in data["days"].items() if isinstance(row, dict)]
        vintage = str(data.get("fetchedAt", vintage))[: len("2026-04-30")]
    else:
        records = data if isinstance(data, list) else []
    return (series_of_records(records, name, vintage, place),)


def series_of_records(records: Sequence[Any], name: str, vintage: str, source: str) -> DailySeries:
    """Return the series of JSON objects with a `date` (text, or milliseconds since 1970) and counts."""
    rows: _Rows = []
    for record in records:
        if not isinstance(record, dict) or "date" not in record:
            raise DocumentError(f"{source}: a record without a date", rule="a daily record has date and total")
        figures = {key: _figure(value, source) for column, value in record.items() if (key := _key(column))}
        if "total" not in figures and {"inbound", "outbound"} <= figures.keys():
            figures["total"] = figures["inbound"] + figures["outbound"]
        rows.append((_record_day(record, source), figures))
    return _series(name, vintage, rows, source)


def _record_day(record: Mapping[str, Any], place: str) -> date:
    value = record["date"]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000, UTC).date()
        except (OverflowError, ValueError, OSError):
            raise DocumentError(f"{place}: date {value!r}", rule="dates are ISO texts or milliseconds") from None
    return _day(value, place)


def _day(value: Any, place: str) -> date:
    try:
        return parse_date(str(value or ""), name="date")
    except InputError as error:
        raise DocumentError(f"{place}: {error.what}", rule=error.rule) from None


def _figure(value: Any, place: str) -> float:
    if value is None or value == "":
        return float("nan")
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < 1e7:
        raise DocumentError(f"{place}: {value!r} is no count of ships", rule="counts are numbers from 0")
    return number


def _series(name: str, vintage: str, rows: _Rows, source: str, *, is_sparse: bool = False) -> DailySeries:
    if is_sparse:
        rows = [(day, figures) for day, figures in rows if np.isfinite(figures["total"])]
    if not rows:
        raise DocumentError(f"{source}: no daily figures", rule="a series has at least one day")
    rows = sorted(rows, key=lambda row: row[0])
    days = tuple(day for day, _ in rows)
    twice = next((day for day, after in itertools.pairwise(days) if day == after), None)
    if twice:
        raise DocumentError(f"{source}: two rows for {twice}", rule="a series has one row a day")
    keys = dict.fromkeys(key for _, figures in rows for key in figures)
    if "total" not in keys:
        raise DocumentError(f"{source}: no total", rule="a daily record has date and total")
    columns = {key: np.array([figures.get(key, np.nan) for _, figures in rows]) for key in keys}
    return DailySeries(name, vintage, days, columns, source)
