"""Documents into the ledger: origins, grades, reading, and one transaction per batch.

A crash loses at most the batch that was not yet acknowledged; running again adds the rest. Reading happens outside the
write lock, so other writers wait for a batch's rows alone.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from muster.base.case import Case
from muster.base.document import Document
from muster.base.errors import InputError, MusterError
from muster.base.statement import Statement
from muster.documents import Likeness, OriginIndex, read_documents, source_grade
from muster.ledger.store import Ledger, Writer

BATCH_DOCUMENTS = 200
"""Documents a transaction: about a second of reading is the most that a crash can cost."""

LOOK_AHEAD = 4_000
"""Documents that are held in memory at once, the earliest of them first; a larger import goes in such portions, and
each is compared with what is stored by then. About 100 MB of news articles with what they are compared by."""

STORY_DAYS = 45
"""Stored documents this many days around the new ones are compared with them: a wire story is reprinted in days, and
an analysis that quotes it in weeks. Own choice."""


class Reader(Protocol):
    """What the intake needs of a reader (see `muster.reading`)."""

    @property
    def name(self) -> str:
        """Name and version, such as `rules/0.1.0`."""

    def read(self, document: Document) -> tuple[Statement, ...]:
        """Return the statements of a document."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes
    ----------
    n_documents, n_known_documents : int
        New documents; documents that were there already.
    n_statements, n_known_statements : int
        New statements; statements that were there already, or that became witnesses of a copy.
    n_problems : int
        Files, lines or documents that could not be used.
    """

    n_documents: int = 0
    n_known_documents: int = 0
    n_statements: int = 0
    n_known_statements: int = 0
    n_problems: int = 0

    @property
    def n_seen(self) -> int:
        """Documents that were read, new or not."""
        return self.n_documents + self.n_known_documents


Progress = Callable[[int, int | None], None]
"""Called after each batch with the documents done and their total (None where unknown)."""


def load_documents(
    ledger: Ledger,
    case: Case,
    paths: Iterable[str | Path],
    reader: Reader,
    *,
    on_problem: Callable[[InputError], None] | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Read documents into a ledger and return what was added.

    Parameters
    ----------
    case : Case
        Grades publishers.
    paths : iterable of str or Path
        Files and directories, as `muster.documents.read_documents` takes them.
    reader : Reader
        What an earlier version of it found, and this one does not, is superseded unless a reviewer ruled on it.
    on_problem : callable, optional
        Receives an InputError for each thing that cannot be used; reading goes on.
    progress : callable, optional
        See `Progress`.

    Raises
    ------
    LedgerError
        The ledger cannot be written; earlier batches are stored.

    Notes
    -----
    Reading twice adds nothing.
    """
    problems: list[InputError] = []

    def report_problem(problem: InputError) -> None:
        problems.append(problem)
        if on_problem is not None:
            on_problem(problem)

    given = [Path(path) for path in paths]
    stream = read_documents(given, on_problem=report_problem)
    portion = list(islice(stream, LOOK_AHEAD))
    ahead = list(islice(stream, 1))
    n_total = None if ahead else len(portion)
    stream = chain(ahead, stream)
    report = ImportReport()
    what = ", ".join(path.name for path in given[:3]) + (", ..." if len(given) > 3 else "")
    with ledger.import_run(f"{what}, read by {reader.name}", n_planned=n_total) as run_id:
        while portion:
            portion.sort(key=lambda document: (document.published or date.max, document.id))
            origins = _Origins(ledger, portion)
            for start in range(0, len(portion), BATCH_DOCUMENTS):
                batch = [origins.as_stored(document) for document in portion[start : start + BATCH_DOCUMENTS]]
                read = [_read(document, reader, report_problem) for document in batch]
                rows = [_graded(case, document, origins) for document in batch]
                with ledger.writer(run_id) as writer:
                    report = _write(writer, rows, read, reader.name, report)
                if progress is not None:
                    progress(report.n_seen, n_total)
            portion = list(islice(stream, LOOK_AHEAD))
    return replace(report, n_problems=len(problems))


def _read(
    document: Document, reader: Reader, on_problem: Callable[[InputError], None]
) -> tuple[Document, tuple[Statement, ...] | None]:
    """Read a document; keep only statements whose quote stands in it.

    A reader that breaks on one document (a bug, a model's bad answer) costs that document's statements alone. The
    result is None then, so that what an earlier reading found stays.
    """
    kept = []
    try:
        found = reader.read(document)
    except InputError as error:
        on_problem(error)
        return document, None
    except MusterError:
        raise
    except Exception as error:  # noqa: BLE001 - a reader may be a plug-in or a model; what broke is told, not hidden
        on_problem(
            InputError(
                f"{document.source_id}: the reader {reader.name} broke on it ({type(error).__name__}: {error})",
                rule="the document is stored without statements",
                next_step="Report the document; after a repair `muster add` reads it again",
            )
        )
        return document, None
    for statement in found:
        try:
            statement.check_quote(document.text, place=f"{document.source_id}: {reader.name}, {statement.rule}")
        except InputError as error:
            on_problem(error)
        else:
            kept.append(statement)
    return document, tuple(kept)


def _graded(case: Case, document: Document, origins: "_Origins") -> tuple[Document, str, str, str]:
    grade = source_grade(case, document)
    return document, origins.of(document), grade.letter, grade.reason


def _write(
    writer: Writer,
    rows: list[tuple[Document, str, str, str]],
    read: list[tuple[Document, tuple[Statement, ...] | None]],
    reader_name: str,
    report: ImportReport,
) -> ImportReport:
    n_documents = writer.add_documents(rows)
    readings = {document.id: statements for document, statements in read if statements is not None}
    n_statements = writer.add_readings(list(readings.items()), replaces=True, reader=reader_name)
    n_read = sum(len(statements) for statements in readings.values())
    return replace(
        report,
        n_documents=report.n_documents + n_documents,
        n_known_documents=report.n_known_documents + len(rows) - n_documents,
        n_statements=report.n_statements + n_statements,
        n_known_statements=report.n_known_statements + n_read - n_statements,
    )


class _Origins:
    """Origins of new documents, compared with the stored ones of the same weeks; a stored origin never changes.

    Of the stored ones only those are kept that can match (see `Likeness`).
    """

    def __init__(self, ledger: Ledger, new: Sequence[Document]) -> None:
        days = [document.published for document in new if document.published]
        margin = timedelta(days=STORY_DAYS)
        since = min(days) - margin if days else None
        until = max(days) + margin if days else None
        self._index = OriginIndex()
        self._stored: dict[str, str] = {}  # origin in the index -> origin in the ledger
        self._known: dict[str, str] = {}
        self._view = ledger.view()
        self._odd: dict[str, Document] = {}
        likeness = Likeness(new)
        for document, origin in self._view.texts(since, until):
            if not likeness.may_match(document):
                continue
            self._stored.setdefault(self._index.add(document), origin)
            self._known[document.id] = origin
            if not unicodedata.is_normalized("NFC", document.text):
                self._odd[document.id] = document

    def as_stored(self, document: Document) -> Document:
        """Return the stored form of a document that is there in other code points (ids are the same up to NFC)."""
        odd = self._odd.get(document.id)
        if odd is None and document.id in self._known and not unicodedata.is_normalized("NFC", document.text):
            odd = self._view.document(document.id)
        return odd or document

    def of(self, document: Document) -> str:
        """Return the origin of a document; a stored document keeps its own."""
        known = self._known.get(document.id)
        if known is None:
            found = self._index.add(document)
            known = self._known[document.id] = self._stored.get(found, found)
        return known
