"""What has been fetched before: a journal of visits beside the output, so that a run can stop anywhere and go on.

One JSON line is added for each URL once its document has been handed over, never before. A line cut off by a crash is
ignored; the last line for a URL counts.
"""

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO

from muster.base.errors import InputError

_BLOCK_BYTES = 1 << 16

DONE = "done"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Visit:
    """One URL that was asked: `status` done or refused, and what a conditional request needs."""

    url: str
    status: str
    at: str
    document_id: str = ""
    etag: str = ""
    last_modified: str = ""


class Visits:
    """The visits so far, by URL, in memory and (with a path) in a file.

    Raises
    ------
    InputError
        The file holds something else, or cannot be read or written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._by_url: dict[str, Visit] = {}
        if path is not None and path.exists():
            self._load(path)

    def __len__(self) -> int:
        """Return how many URLs are known."""
        return len(self._by_url)

    def get(self, url: str) -> Visit | None:
        """Return the last visit to a URL."""
        return self._by_url.get(url)

    def add(self, visit: Visit) -> None:
        """Remember a visit; it is on the disk when this returns."""
        self._by_url[visit.url] = visit
        if self._path is None:
            return
        try:
            append_line(self._path, json.dumps(asdict(visit), ensure_ascii=False))
        except OSError as error:
            raise InputError(f"state file {self._path}: {error.strerror}", next_step="Choose another --state") from None

    def _load(self, path: Path) -> None:
        known = {item.name for item in fields(Visit)}
        try:
            lines = path.read_bytes().decode("utf-8", "replace").splitlines()
        except OSError as error:
            raise InputError(f"state file {path}: {error.strerror}", next_step="Choose another --state") from None
        n_bad = 0
        for line in lines:
            try:
                visit = Visit(**{key: str(value) for key, value in json.loads(line).items() if key in known})
            except (ValueError, TypeError, AttributeError, RecursionError):
                n_bad += 1
                continue
            self._by_url[visit.url] = visit
        if n_bad > 1 or (n_bad and not self._by_url):  # one may be cut off by a crash
            raise InputError(
                f"state file {path}: {n_bad} lines are no visits", rule="a state file is written by muster fetch alone",
                next_step="Choose another --state",
            )  # fmt: skip


def append_line(path: Path, line: str) -> None:
    """Append one JSON line to a file and flush it to the disk; what a crash left of a last line is cut off first."""
    with path.open("ab+") as file:
        _mend_end(file)
        file.write(line.encode("utf-8", "replace") + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _mend_end(file: IO[bytes]) -> None:
    """See that the file ends with a whole line: an unfinished one is dropped, one that only lacks its end gets it."""
    place = size = file.seek(0, os.SEEK_END)
    tail = b""
    while place > 0 and b"\n" not in tail:
        start = max(0, place - _BLOCK_BYTES)
        file.seek(start)
        tail = file.read(place - start) + tail
        place = start
    rest = tail.rpartition(b"\n")[2]
    if not rest:
        return
    try:
        json.loads(rest)
    except (ValueError, RecursionError):
        file.truncate(size - len(rest))
    else:
        file.write(b"\n")
