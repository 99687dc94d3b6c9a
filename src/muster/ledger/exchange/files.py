"""Which format a file has, and the way between files and a ledger."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from muster.base.errors import InputError
from muster.ledger.exchange import money, plover, tables
from muster.ledger.exchange.merging import ImportCounts, merge_rows, store_records
from muster.ledger.exchange.records import Record, view_records
from muster.ledger.store import Ledger
from muster.ledger.view import View

EXPORT_FORMATS = ("jsonl", "csv", "parquet", "ftm", "ftm-statements", "plover")
IMPORT_FORMATS = ("jsonl", "csv", "parquet", "ftm", "plover")
_ENDINGS = {".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet", ".pq": "parquet", ".json": "plover"}
_HEADER = {"row": "ledger", "format": 1}


def format_of(path: Path | None, given: str | None) -> str:
    """Return the format by name, else by the file's ending; InputError if neither tells."""
    if given is not None:
        return given
    if path is not None:
        if path.name.endswith(".ftm.json") or path.name.endswith(".ftm.jsonl"):
            return "ftm"
        if path.suffix.lower() in _ENDINGS:
            return _ENDINGS[path.suffix.lower()]
    raise InputError(f"the format of {path or 'standard output'} is not clear", next_step="Say --format")


def export_file(ledger: Ledger, view: View, path: Path | None, name: str) -> int:
    """Write a ledger (`jsonl`: all of it) or a view (other formats) to a file; return the number of rows.

    A file is written beside its place and moved there when it is whole.
    """
    if name == "parquet":
        if path is None:
            raise InputError("Parquet cannot go to standard output", next_step="Name a file")
        with _beside(path) as temporary:
            return tables.write_parquet(view_records(view), temporary)
    write = _writers(ledger, view)[name]
    if path is None:
        return write(sys.stdout)
    with _beside(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        return write(file)


def _writers(ledger: Ledger, view: View) -> dict[str, Callable[[TextIO], int]]:
    def entities() -> Iterator[dict[str, Any]]:
        return money.write_entities(view_records(view))

    return {
        "jsonl": lambda file: _write_lines(file, ledger.dump(), head=_HEADER),
        "csv": lambda file: tables.write_csv(view_records(view), file),
        "ftm": lambda file: _write_lines(file, entities()),
        "ftm-statements": lambda file: _write_lines(file, money.write_statements(entities())),
        "plover": lambda file: _write_array(file, plover.write_events(view_records(view))),
    }


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a temporary name in the same folder and move it into place at the end."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", next_step="Choose another place") from None
    finally:
        temporary.unlink(missing_ok=True)


def _write_lines(file: TextIO, rows: Iterable[dict[str, Any]], head: dict[str, Any] | None = None) -> int:
    if head is not None:
        file.write(json.dumps(head) + "\n")
    n_rows = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        n_rows += 1
    return n_rows


def _write_array(file: TextIO, rows: Iterable[dict[str, Any]]) -> int:
    n_rows = 0
    for row in rows:
        file.write(("[\n" if n_rows == 0 else ",\n") + json.dumps(row, ensure_ascii=False))
        n_rows += 1
    file.write("\n]\n" if n_rows else "[]\n")
    return n_rows


def import_file(ledger: Ledger, path: Path, name: str) -> ImportCounts:
    """Read a file into a ledger in one transaction: all of it or, after an error, nothing.

    JSON lines into an empty ledger restore it with both clocks; into another one they are merged, as are the other
    formats: what is there already is left as it is.

    Raises
    ------
    InputError
        A row breaks a rule; names file, row and field. Nothing was stored.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file", next_step="Check the path")
    if name == "jsonl":
        return merge_rows(ledger, _dump_lines(path))
    readers: dict[str, Callable[[], Iterator[Record]]] = {
        "csv": lambda: tables.read_csv(path),
        "parquet": lambda: tables.read_parquet(path),
        "ftm": lambda: money.read_entities(_lines(path)),
        "plover": lambda: plover.read_events(_array(path)),
    }
    return store_records(ledger, readers[name]())


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (place, object) of a JSON lines file."""
    with path.open(encoding="utf-8-sig") as file:
        number = 0
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield f"{path} line {number}", _object(json.loads(line), f"{path} line {number}")
        except ValueError as error:  # of JSON or of UTF-8
            raise InputError(f"{path} line {number}: {error}", rule="one JSON object a line, in UTF-8") from None


def _dump_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    lines = _lines(path)
    _, head = next(lines, ("", {}))
    if head.get("row") != _HEADER["row"]:
        raise InputError(
            f"{path} line 1: not the head of a ledger export", rule=f"it begins with {json.dumps(_HEADER)}",
            next_step="Read documents with `muster add`",
        )  # fmt: skip
    if head.get("format") != _HEADER["format"]:
        raise InputError(f"{path} line 1: format {head.get('format')!r}", rule="this muster reads format 1")
    yield from lines


def _array(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise InputError(f"{path}: {error}", rule="a JSON array of events, in UTF-8") from None
    if not isinstance(rows, list):
        raise InputError(f"{path}: not an array", rule="a JSON array of events")
    for number, row in enumerate(rows, 1):
        yield f"{path} event {number}", _object(row, f"{path} event {number}")


def _object(row: Any, place: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise InputError(f"{place}: not an object")
    return row
