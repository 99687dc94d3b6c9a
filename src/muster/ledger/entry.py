"""What a view hands out: statements with their document, grade, dates and review state. Plain values, no SQL."""

from dataclasses import dataclass
from datetime import date, datetime

from muster.base.statement import Statement

REVIEWS = ("unreviewed", "accepted", "rejected", "corrected")


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document without its text.

    Attributes
    ----------
    id : str
        Content id.
    source_id, publisher, title, url, language : str
        As given with the document; empty where unknown.
    published : date or None
    letter : str
        NATO Admiralty source reliability, A (best) to F (cannot be judged), as known at the view's `known_at`.
    origin : str
        Id of the independent source: copies of one wire story share it.
    is_digest : bool
        True for a summary in our own words.
    """

    id: str
    source_id: str
    publisher: str
    title: str
    url: str
    published: date | None
    language: str
    letter: str
    origin: str
    is_digest: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement as a view sees it.

    Attributes
    ----------
    id : str
        Content id of the statement as the reader first gave it; a correction keeps it.
    statement : Statement
        With a reviewer's corrections applied; the quote is never corrected.
    document : DocumentInfo
    valid_from : date
        From when it holds in the world: what the text says, else the document's date, else the day of recording.
    valid_to : date or None
        Last day on which it holds, where the text says so.
    recorded_at : datetime
        UTC instant at which this form of it was recorded.
    review : one of `REVIEWS`
    """

    id: str
    statement: Statement
    document: DocumentInfo
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    review: str = "unreviewed"


@dataclass(frozen=True, slots=True)
class StandingEntry(Entry):
    """An entry that `View.standing_entries` chose for its cell (kind, actor, what, status, type).

    Attributes
    ----------
    n_origins : int
        Entries chosen from the cell, each of an origin of its own, this one included; 1 to the `per_cell` asked for.
    """

    n_origins: int = 1


@dataclass(frozen=True, slots=True)
class Ruling:
    """A reviewer's decision on a statement.

    Attributes
    ----------
    id, statement_id : str
    action : "accept", "reject", "correct" or "undo"
    reason : str
        Required for a rejection.
    field, value : str
        What was corrected, and to what; empty otherwise.
    reviewer : str
        Who.
    recorded_at : datetime
        When it was decided, UTC.
    undoes : str
        Id of the ruling that an undo takes back; empty otherwise.
    """

    id: str
    statement_id: str
    action: str
    reason: str
    field: str
    value: str
    reviewer: str
    recorded_at: datetime
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """A further document of the same origin that carries a statement in the same words.

    Attributes
    ----------
    id : str
        Content id of the statement in that document.
    statement_id : str
        The statement as stored.
    document : DocumentInfo
    start, end : int
        Where the same quote stands in that document, code points.
    """

    id: str
    statement_id: str
    document: DocumentInfo
    start: int
    end: int
