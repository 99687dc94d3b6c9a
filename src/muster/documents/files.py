"""Paths become documents: files by content, directories in order; what cannot be read is reported and passed over."""

import io
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from muster.base.document import Document
from muster.base.errors import DocumentError
from muster.documents.decoding import byte_order_mark, decode_text, stored_text, what_is_binary
from muster.documents.language import detect_language
from muster.documents.page import MAX_PAGE_BYTES, looks_like_page, read_page
from muster.documents.rows import FORMAT_RULE, document_of_row, parse_json

OnProblem = Callable[[DocumentError], None]

MAX_DOCUMENT_BYTES = 50_000_000  # one document held in memory; a novel is 1 MB, a day's wire file 5-20 MB
MAX_PROBLEMS_PER_FILE = 20  # further bad lines of one file are counted, then told in one sentence

_HEAD_BYTES = 8192
_PAGES = frozenset({".html", ".htm", ".xhtml"})
_LINES = frozenset({".jsonl", ".ndjson", ".jl"})
_PARQUET = frozenset({".parquet", ".pq"})


def read_documents(
    paths: Iterable[str | Path], *, on_problem: OnProblem, max_bytes: int = MAX_DOCUMENT_BYTES
) -> Iterator[Document]:
    """Yield the documents of files and directories, in the order given; directories recursively, sorted by name.

    Formats: plain text in any common encoding; HTML (the article's text, title, date, publisher); JSON (one object or
    an array); JSON lines and Parquet, both streamed, so their size does not matter. What a file is follows from its
    ending, and for other endings from its content. Hidden files, and symbolic links to directories, are passed over in
    directories.

    The text is stored with `\\n` line ends and without control characters (see `decoding.stored_text`); offsets of
    statements count in the stored text. Where the input names no language it is detected.

    Parameters
    ----------
    paths : iterable of str or Path
    on_problem : callable
        Receives one DocumentError for each file, or line of JSON, that cannot be used; reading goes on. A date that is
        none is reported too, and the document is still yielded without it.
    max_bytes : int
        Bound on one document (a text or HTML file, a line, a whole JSON array), bytes. HTML is bounded by
        `page.MAX_PAGE_BYTES` too.

    Yields
    ------
    Document
        `source_id` is the JSON `id`, else the file's name (`name:line` in a file of many documents).

    Notes
    -----
    Memory: one document (or a batch of 256 Parquet rows) at a time, whatever the size of the input.
    """
    for path in list_files(paths, on_problem=on_problem):
        yield from _read_file(path, on_problem, max_bytes)


def list_files(paths: Iterable[str | Path], *, on_problem: OnProblem) -> Iterator[Path]:
    """Yield the files that `read_documents` reads for these paths, in its order; problems as there."""
    for given in paths:
        path = Path(given)
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            on_problem(DocumentError(f"{shown(path)}: {_why(error)}", next_step="Check the path"))
            continue
        if stat.S_ISDIR(mode):
            yield from _list_directory(path, on_problem)
        else:
            yield path


def shown(path: Path) -> str:
    """Return a path for a message, on one line and printable whatever bytes it has."""
    text = str(path).encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _list_directory(folder: Path, on_problem: OnProblem) -> Iterator[Path]:
    n_files = 0
    is_seen = False

    def on_error(error: OSError) -> None:
        nonlocal is_seen
        is_seen = True
        on_problem(
            DocumentError(f"{shown(Path(str(error.filename)))}: {_why(error)}", next_step="Check its permissions")
        )

    for parent, folders, names in os.walk(folder, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith(".") or not path.is_file():  # pipes, sockets and dead links would block or fail
                continue
            n_files += 1
            yield path
    if not n_files and not is_seen:
        on_problem(DocumentError(f"{shown(folder)}: the directory holds no files", next_step="Check the path"))


def _read_file(path: Path, on_problem: OnProblem, max_bytes: int) -> Iterator[Document]:
    try:
        with path.open("rb") as file:
            yield from _read_open(path, file, on_problem, max_bytes)
    except DocumentError as error:
        on_problem(error)
    except (OSError, MemoryError) as error:
        on_problem(DocumentError(f"{shown(path)}: {_why(error)}", next_step="Check the file"))


def _read_open(path: Path, file: IO[bytes], on_problem: OnProblem, max_bytes: int) -> Iterator[Document]:
    place, suffix = shown(path), path.suffix.lower()
    # A buffered reader may give less than asked from a pipe; read(n) of a BufferedReader waits for n bytes or the end.
    head = file.read(_HEAD_BYTES)
    if not head:
        raise DocumentError(f"{place}: the file is empty", next_step="Drop it")
    if suffix in _PARQUET or head.startswith(b"PAR1"):
        from muster.documents.shards import read_parquet

        yield from read_parquet(path, on_problem)
        return
    binary = what_is_binary(head)
    if binary:
        raise DocumentError(
            f"{place}: the file is {binary}", rule="documents are text, HTML, JSON, JSON lines or Parquet",
            next_step="Convert it to text or drop it",
        )  # fmt: skip
    if suffix in _LINES or (suffix != ".json" and suffix not in _PAGES and _starts_with_rows(head)):
        yield from _read_lines(path, head, file, on_problem, max_bytes)
        return
    is_page = suffix in _PAGES or (suffix != ".json" and looks_like_page(head))
    data = _bounded(place, head, file, min(max_bytes, MAX_PAGE_BYTES) if is_page else max_bytes)
    if suffix == ".json":
        yield from _read_json(path, data, on_problem, max_bytes)
    elif is_page:
        yield _page_document(path, data)
    else:
        yield _text_document(path, data)


def _bounded(place: str, head: bytes, file: IO[bytes], max_bytes: int) -> bytes:
    data = head + file.read(max(0, max_bytes + 1 - len(head)))
    if len(data) > max_bytes:
        raise DocumentError(
            f"{place}: larger than {max_bytes / 1e6:g} MB", rule="one document is held in memory and bounded",
            next_step="Split it, or make it JSON lines, which are read line by line",
        )  # fmt: skip
    return data


def _text_document(path: Path, data: bytes) -> Document:
    text = stored_text(decode_text(data))
    if not text.strip():
        raise DocumentError(f"{shown(path)}: the file holds white space only", next_step="Drop it")
    return Document(source_id=stored_text(path.name), text=text, language=detect_language(text))


def _page_document(path: Path, data: bytes) -> Document:
    page = read_page(data)
    if not page.text.strip():
        raise DocumentError(f"{shown(path)}: the page holds no text", next_step="Drop it, or save its text")
    return Document(
        source_id=stored_text(path.name), text=page.text, url=page.url, publisher=page.publisher, title=page.title,
        published=page.published, language=detect_language(page.text),
    )  # fmt: skip


def _starts_with_rows(head: bytes) -> bool:
    """Whether a file of another ending is JSON lines: its first line is an object with `text`."""
    if not head.lstrip().startswith(b"{"):
        return False
    line, end, _ = head.lstrip().partition(b"\n")
    if not end and len(head) == _HEAD_BYTES:  # the line goes on after the head
        return b'"text"' in line
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and "text" in row


def _read_json(path: Path, data: bytes, on_problem: OnProblem, max_bytes: int) -> Iterator[Document]:
    """One object or an array; a file of this ending with one object a line is read as JSON lines."""
    place = shown(path)
    try:
        value = parse_json(decode_text(data), place=place)
    except DocumentError:
        if not _starts_with_rows(data[: data.find(b"\n") + 1] or data):
            raise
        yield from _read_lines(path, b"", io.BytesIO(data), on_problem, max_bytes)
        return
    rows = value if isinstance(value, list) else [value]
    if not rows:
        raise DocumentError(f"{place}: the array is empty", rule=FORMAT_RULE)
    report = Problems(place, on_problem)
    for number, row in enumerate(rows, 1):
        name = path.name if not isinstance(value, list) else f"{path.name}:{number}"
        row_place = place if not isinstance(value, list) else f"{place} item {number}"
        yield from rows_of([row], [row_place], [stored_text(name)], report)
    report.close()


class Problems:
    """Passes on the problems of one file, at most MAX_PROBLEMS_PER_FILE one by one, the rest as a count."""

    def __init__(self, place: str, on_problem: OnProblem) -> None:
        self.place = place
        self.on_problem = on_problem
        self.n_problems = 0
        self.n_documents = 0

    def report(self, error: DocumentError) -> None:
        """Pass on one problem, or count it."""
        self.n_problems += 1
        if self.n_problems <= MAX_PROBLEMS_PER_FILE:
            self.on_problem(error)

    def close(self) -> None:
        """Tell what was only counted, and a file in which there was nothing at all."""
        hidden = self.n_problems - MAX_PROBLEMS_PER_FILE
        if hidden > 0:
            self.on_problem(DocumentError(f"{self.place}: {hidden} further rows cannot be used", rule=FORMAT_RULE))
        if not self.n_problems and not self.n_documents:
            self.on_problem(DocumentError(f"{self.place}: the file holds no documents", rule=FORMAT_RULE))


def rows_of(rows: Iterable[Any], places: Iterable[str], names: Iterable[str], report: Problems) -> Iterator[Document]:
    """Yield the documents of rows; what cannot be used goes to `report`."""
    for row, place, name in zip(rows, places, names, strict=True):
        try:
            document, complaint = document_of_row(row, place=place, name=name)
        except DocumentError as error:
            report.report(error)
            continue
        if complaint:
            report.report(
                DocumentError(f"{place}: {complaint}", rule="dates are ISO 8601", next_step="Read without it")
            )
        report.n_documents += 1
        yield document


def _read_lines(path: Path, head: bytes, file: IO[bytes], on_problem: OnProblem, max_bytes: int) -> Iterator[Document]:
    place, report = shown(path), Problems(shown(path), on_problem)
    for number, line in _lines(head, file, max_bytes):
        at = f"{place} line {number}"
        if line is None:
            report.report(DocumentError(f"{at}: longer than {max_bytes / 1e6:g} MB", rule="one document is bounded"))
            continue
        text = line.strip()
        if not text:
            continue
        try:
            row = parse_json(text, place=at)
        except DocumentError as error:
            report.report(error)
            continue
        yield from rows_of([row], [at], [stored_text(f"{path.name}:{number}")], report)
    report.close()


def _lines(head: bytes, file: IO[bytes], max_bytes: int) -> Iterator[tuple[int, str | None]]:
    """Number and text of each line; None for one over the bound, of which no more than the bound is ever held."""
    stream = io.BufferedReader(_Joined(head, file), buffer_size=1 << 16)
    encoding, skip = byte_order_mark(head or stream.peek(4))
    stream.read(skip)
    if encoding not in {"", "utf-8"}:
        yield from _wide_lines(io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n"), max_bytes)
        return
    number = 0
    while line := stream.readline(max_bytes + 1):
        number += 1
        if len(line) > max_bytes:
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 16)
            yield number, None
        else:
            yield number, decode_text(line)


def _wide_lines(stream: IO[str], max_bytes: int) -> Iterator[tuple[int, str | None]]:
    """As `_lines`, for UTF-16 and UTF-32, in which a line end is no single byte."""
    number = 0
    while line := stream.readline(max_bytes // 2 + 1):
        number += 1
        if len(line) > max_bytes // 2:
            while line and not line.endswith("\n"):
                line = stream.readline(1 << 16)
            yield number, None
        else:
            yield number, line


class _Joined(io.RawIOBase):
    """The bytes already read, then the rest of the file, as one stream (pipes cannot be rewound)."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        super().__init__()
        self._head = head
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)] if self._head else self._file.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
