"""The reading door of the ledger: what held on one date, as known at one instant. A protocol, so no SQL here.

Invariant: a view is a pure function of (`as_of`, `known_at`) and the rows recorded up to `known_at`. Whatever is added
later, the same view answers the same.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from muster.base.document import Document
from muster.ledger.entry import DocumentInfo, Entry, Ruling, StandingEntry, Witness
from muster.ledger.vintage import VintageInfo


class View(Protocol):
    """What held on `as_of`, as known at `known_at`."""

    @property
    def as_of(self) -> date:
        """The day in the world; statements that begin later, or ended earlier, are left out."""

    @property
    def known_at(self) -> datetime:
        """The instant of knowledge, UTC; never later than the newest recording, so that it is always past."""

    def document(self, document_id: str) -> Document:
        """Return a document with its text; NotFoundError if it was not known then."""

    def document_info(self, document_id: str) -> DocumentInfo:
        """Return a document without its text; NotFoundError if it was not known then."""

    def documents(self, *, limit: int | None = None, offset: int = 0) -> tuple[DocumentInfo, ...]:
        """Return the documents known then and published by `as_of`, ordered by (published, id)."""

    def search_documents(self, words: str, *, limit: int, offset: int = 0) -> tuple[DocumentInfo, ...]:
        """Return the documents known then and published by `as_of` that hold all `words`, newest first.

        A word matches whole words, without regard to case and accents; `convoy*` words that begin so, `"mine
        clearance"` words side by side. Title, publisher and text are searched. Without words: all documents.
        """

    def documents_of_sources(self, source_ids: Collection[str]) -> tuple[DocumentInfo, ...]:
        """Return the documents known then and published by `as_of` that came under these ids of their sources."""

    def entry(self, statement_id: str) -> Entry:
        """Return one statement, rejected or not and whatever its dates, by its id or an unambiguous start of it.

        The id of a witness leads to the statement that it supports.
        """

    def statements(
        self,
        kind: str | None = None,
        actors: Collection[str] | None = None,
        whats: Collection[str] | None = None,
        include_rejected: bool = False,
        limit: int | None = None,
        *,
        document_id: str | None = None,
        offset: int = 0,
    ) -> tuple[Entry, ...]:
        """Return the statements that hold, ordered by (valid_from, id).

        Parameters
        ----------
        kind : str, optional
            One kind of the scheme; all kinds without it.
        actors, whats : collection of str, optional
            Keep only these codes. An empty collection keeps nothing.
        include_rejected : bool
            Also those that a reviewer rejected (`review` says so).
        limit : int, optional
            At most so many, the earliest first.
        document_id : str, optional
            Only those read from this document.
        offset : int
            Pass over so many first.
        """

    def newest_statements(
        self,
        *,
        limit: int,
        by_recording: bool = False,
        kinds: Collection[str] | None = None,
        actors: Collection[str] | None = None,
        whats: Collection[str] | None = None,
    ) -> tuple[Entry, ...]:
        """Return the newest statements that hold, newest first, rejected ones left out; reads a few rows of an index.

        Newest by `valid_from`, or by when they were recorded (then of all kinds, actors and matters).
        """

    def count_statements(
        self,
        *,
        kinds: Collection[str] | None = None,
        actors: Collection[str] | None = None,
        whats: Collection[str] | None = None,
    ) -> int:
        """Return how many statements hold of some kinds, actors and matters, rejected ones left out."""

    def standing_entries(
        self,
        whats: Collection[str] | None = None,
        actors: Collection[str] | None = None,
        *,
        kinds: Collection[str] = ("response",),
        per_cell: int = 8,
    ) -> tuple[StandingEntry, ...]:
        """Return the few entries that decide standings, so that a roll touches thousands of rows, not millions.

        `kinds` may name `response` and `caveat`.
        A cell is one (kind, actor, what, status, type). From each cell come the newest `per_cell` entries (by
        `valid_from`, then by the order of recording) that have different origins, rejected ones left out; each carries
        `n_origins`, the number chosen from its cell. At most the newest 32 rows of a cell are looked at. Ordered by
        (valid_from, id).
        """

    def unreviewed(self, *, limit: int) -> tuple[Entry, ...]:
        """Return statements that nobody has ruled on, the least confident first, whatever their dates."""

    def reviewed(self) -> tuple[Entry, ...]:
        """Return the statements that a ruling accepted, corrected or rejected, by (valid_from, id), whatever dates."""

    def review_counts(self) -> Mapping[str, int]:
        """Return the number of statements by review state, whatever their dates."""

    def rulings(self, statement_id: str | None = None) -> tuple[Ruling, ...]:
        """Return the rulings on one statement (or all), oldest first."""

    def witnesses(self, statement_id: str) -> tuple[Witness, ...]:
        """Return the further documents of the same origin that carry the statement in the same words."""

    def vintages(self, series: str | None = None) -> tuple[VintageInfo, ...]:
        """Return the vintages of outside series known then, by series and in the order in which they were recorded."""

    def vintage(self, series: str, vintage: str | None = None) -> Mapping[date, float]:
        """Return the figures of one vintage up to `as_of`, by day; the newest recorded one where none is named.

        `muster.ledger.vintage.compare_vintages` tells how two of them differ.
        """

    def counts(self, *, since: date | None = None) -> Mapping[str, int]:
        """Return the number of documents ("document") and of statements that hold, by kind, rejected left out.

        With `since` only documents published, and statements that began, after that day.
        """
