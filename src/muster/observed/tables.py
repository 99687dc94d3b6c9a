"""CSV and Parquet tables of positions, streamed batch by batch: a file larger than memory works."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.base.errors import DocumentError
from muster.observed.clean_bytes import CleanBytes
from muster.observed.layouts import Layout, find_layout
from muster.observed.positions import Positions

BATCH_ROWS = 1 << 18
_CSV_BLOCK_BYTES = 1 << 18  # Arrow reads up to 32 blocks ahead: at most 8 MiB are held


def read_table(
    path: Path, layout: Layout | None = None, *, is_lean: bool = False, on_malformed: Callable[[], None] | None = None
) -> Iterator[Positions]:
    """Yield the positions of a CSV (also gzipped) or Parquet file in the order of its rows.

    `is_lean` leaves out what following tracks does not need: speed, course and status stay unknown. Rows whose mmsi,
    time or position do not parse come as mmsi 0 or NaN, so that the tracker counts them as unusable; lines with another
    number of cells than the header are left out, and `on_malformed` is called for each.

    Raises
    ------
    DocumentError
        The file is missing, of no known layout, or damaged; one sentence.
    """
    import pyarrow as pa

    try:
        if path.suffix == ".parquet":
            batches = _parquet(path, layout, is_lean=is_lean)
        else:
            batches = _csv(path, layout, is_lean=is_lean, on_malformed=on_malformed)
        for batch, found in batches:
            yield _positions(batch, found)
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0][:200]
        raise DocumentError(f"{path.name}: {reason}", rule="a table of positions is CSV or Parquet") from None


def _parquet(path: Path, layout: Layout | None, *, is_lean: bool) -> Iterator[tuple[Any, Layout]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, buffer_size=1 << 20) as file:
        found = _layout(layout, file.schema_arrow.names, path.name, is_lean=is_lean)
        columns = _wanted(found)
        # Group by group: one iterator over all of them keeps the pages of every group that it has read.
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(
                batch_size=BATCH_ROWS, row_groups=[group], columns=columns, use_threads=False
            ):
                yield batch, found


def _csv(
    path: Path, layout: Layout | None, *, is_lean: bool, on_malformed: Callable[[], None] | None
) -> Iterator[tuple[Any, Layout]]:
    import pyarrow as pa
    import pyarrow.csv as pc

    def skip(_: Any) -> str:
        if on_malformed:
            on_malformed()
        return "skip"

    first_look = pc.ParseOptions(invalid_row_handler=lambda _: "skip")
    bad_rows = pc.ParseOptions(invalid_row_handler=skip)
    options = pc.ReadOptions(block_size=_CSV_BLOCK_BYTES, use_threads=False)
    with _clean(path) as source, pc.open_csv(source, read_options=options, parse_options=first_look) as probe:
        names = probe.schema.names
    found = _layout(layout, names, path.name, is_lean=is_lean)
    # Everything is read as text and parsed here: one odd cell must not stop a file of a hundred million rows.
    kinds = {name: pa.string() for name in _wanted(found)}
    convert = pc.ConvertOptions(column_types=kinds, include_columns=_wanted(found), strings_can_be_null=True)
    with (
        _clean(path) as source,
        pc.open_csv(source, read_options=options, parse_options=bad_rows, convert_options=convert) as reader,
    ):
        for batch in reader:
            yield batch, found


def _clean(path: Path) -> Any:
    """Return the bytes of a CSV file, unpacked and without what is not UTF-8."""
    import pyarrow as pa

    return pa.PythonFile(CleanBytes(gzip.open(path) if path.suffix == ".gz" else path.open("rb")), mode="r")


def _layout(given: Layout | None, names: Sequence[str], place: str, *, is_lean: bool) -> Layout:
    found = given or find_layout(names, place)
    missing = [name for name in found.columns() if name not in names]
    if missing:
        raise DocumentError(f"{place}: no column {missing[0]!r}", rule=f"its columns are {', '.join(names[:12])}")
    return replace(found, sog="", cog="", status="") if is_lean else found


def _wanted(layout: Layout) -> list[str]:
    return layout.columns()


def _positions(batch: Any, layout: Layout) -> Positions:
    n = batch.num_rows

    def numbers(name: str, missing: float) -> NDArray[np.float64]:
        return _numbers(batch.column(name), n) if name else np.broadcast_to(np.float64(missing), n)

    def half(name: str) -> NDArray[np.float32]:
        return numbers(name, np.nan).astype(np.float32) if name else np.broadcast_to(np.float32(np.nan), n)

    def small(name: str) -> NDArray[np.int16]:
        if not name:
            return np.broadcast_to(np.int16(-1), n)
        values = numbers(name, -1.0)
        return np.where(np.isfinite(values), values, -1).astype(np.int16)

    return Positions(
        mmsi=_integers(batch.column(layout.mmsi), n),
        t_s=_seconds(batch.column(layout.time), layout.time_format),
        lat_deg=numbers(layout.lat, np.nan),
        lon_deg=numbers(layout.lon, np.nan),
        sog_kn=half(layout.sog),
        cog_deg=half(layout.cog),
        nav_status=small(layout.status),
        ship_type=small(layout.ship_type),
    )


def _numbers(column: Any, n: int) -> NDArray[np.float64]:
    import pyarrow as pa
    import pyarrow.compute as pac

    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        looks = pac.match_substring_regex(column, r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$")
        column = pac.cast(
            pac.utf8_trim_whitespace(pac.if_else(looks, column, pa.scalar(None, column.type))), pa.float64()
        )
    elif not pa.types.is_floating(column.type) and not pa.types.is_integer(column.type):
        return np.full(n, np.nan)
    if column.null_count:
        column = pac.fill_null(pac.cast(column, pa.float64()), float("nan"))
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _integers(column: Any, n: int) -> NDArray[np.int64]:
    import pyarrow as pa

    if pa.types.is_integer(column.type) and not column.null_count:
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.int64)
    values = _numbers(column, n)
    return np.where(np.isfinite(values), values, 0).astype(np.int64)


def _seconds(column: Any, time_format: str) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pac

    if pa.types.is_integer(column.type):
        values = _integers(column, len(column))
        if values.size and values.max() > 10**11:  # milliseconds where seconds would lie past the year 5000
            return np.where(values > 10**11, values // 1000, values)
        return values
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        if time_format:
            column = pac.strptime(column, format=time_format, unit="s", error_is_null=True)
        else:
            column = _iso_times(column)
    if not pa.types.is_timestamp(column.type):
        plain = _numbers(column, len(column))
        return np.where(np.isfinite(plain), plain, -1).astype(np.int64)
    seconds = pac.cast(column, pa.timestamp("s"), safe=False)
    return np.asarray(pac.fill_null(pac.cast(seconds, pa.int64()), -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _iso_times(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pac

    text = pac.utf8_slice_codeunits(pac.utf8_trim_whitespace(column), 0, len("2026-01-01T00:00:00"))
    text = pac.replace_substring(text, pattern="T", replacement=" ")
    if pac.any(pac.match_substring_regex(text, r"^\d+(\.\d+)?$")).as_py():
        return pac.cast(column, pa.float64())
    return pac.strptime(text, format="%Y-%m-%d %H:%M:%S", unit="s", error_is_null=True)
