"""CSV and Parquet. In CSV a cell that a spreadsheet could take for a formula is led by an apostrophe, and read back."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from muster.base.errors import InputError
from muster.ledger.exchange.records import COLUMNS, Record, parse_record

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
MAX_CELL_CHARACTERS = 50_000_000  # a document's text stands in one cell
_PARQUET_ROWS = 5_000


def _safe(value: Any) -> Any:
    """Return a cell that no spreadsheet runs: = + - @, tab and return at the start are what starts a formula."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _plain(value: str) -> str:
    return value[1:] if _ESCAPED.match(value) else value


def write_csv(rows: Iterable[dict[str, Any]], file: TextIO) -> int:
    """Write flat rows; return how many."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    n_rows = 0
    for row in rows:
        writer.writerow([_safe(row[name]) for name in COLUMNS])
        n_rows += 1
    return n_rows


def read_csv(path: Path) -> Iterator[Record]:
    """Yield the records of a CSV file; errors name the line."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            missing = [name for name in ("kind", "quote", "start", "end", "document_id") if name not in header]
            if missing:
                raise InputError(f"{path}: column {missing[0]!r} is missing", rule=f"columns are {', '.join(COLUMNS)}")
            for cells in reader:
                place = f"{path} line {reader.line_num}"
                if len(cells) != len(header):
                    raise InputError(f"{place}: {len(cells)} cells under {len(header)} columns")
                yield parse_record({k: _plain(v) for k, v in zip(header, cells, strict=True)}, place=place)
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path} line {reader.line_num}: {error}", rule="a UTF-8 CSV file") from None


def write_parquet(rows: Iterable[dict[str, Any]], path: Path) -> int:
    """Write flat rows; return how many."""
    pa, parquet = _pyarrow()
    kinds = {"start": pa.int32(), "end": pa.int32(), "confidence": pa.float64(), "is_digest": pa.bool_()}
    shape = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    source = iter(rows)
    n_rows = 0
    with parquet.ParquetWriter(path, shape, compression="zstd") as writer:
        while batch := list(islice(source, _PARQUET_ROWS)):
            cleaned = [
                {name: None if row[name] == "" and name in kinds else row[name] for name in row} for row in batch
            ]
            writer.write_table(pa.Table.from_pylist(cleaned, schema=shape))
            n_rows += len(batch)
    return n_rows


def read_parquet(path: Path) -> Iterator[Record]:
    """Yield the records of a Parquet file; errors name the row."""
    pa, parquet = _pyarrow()
    try:
        with parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield parse_record(row, place=f"{path} row {number}")
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: {str(error).splitlines()[0]}", rule="a Parquet file") from None


def _pyarrow() -> Any:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise InputError("Parquet needs pyarrow", next_step="pip install 'musterroll[data]'") from None
    return pa, parquet
