"""The tables of a ledger and the triggers that keep them append-only, for SQLite and PostgreSQL.

Invariants, held by the database itself:
- content is never updated or deleted; `superseded_at` may be set once, on a live row;
- of each statement id, witness and document's grade there is at most one live row (`superseded_at` is null).
Writers alone keep that `recording.recorded_at` rises in the order of commits (see `transaction`).

A statement row is one version: a ruling or a new grade appends the next version with the same id and supersedes the
one before. Instants are microseconds since 1970-01-01 UTC, days are dates.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

METADATA = MetaData()
_SEQ = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only an INTEGER PRIMARY KEY
_ID = String(32)
_LIVE = text("superseded_at IS NULL")
_COUNTS = text("review <> 'rejected'")
_RULED = text("review <> 'unreviewed'")
_QUEUE = text("review = 'unreviewed' AND superseded_at IS NULL")
_CLOSED = text("superseded_at IS NOT NULL")


def _stamps() -> list[Column[int]]:
    return [Column("recorded_at", BigInteger, nullable=False), Column("superseded_at", BigInteger)]


recording = Table(
    "recording",
    METADATA,
    Column("recorded_at", BigInteger, primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),
    Column("n_documents", Integer, nullable=False),
    Column("n_statements", Integer, nullable=False),
    Column("n_rulings", Integer, nullable=False),
    Column("run_id", Text),
)
"""One row per committed transaction: the journal. Its newest instant is the head that views are bounded by."""

run = Table(
    "run",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("begun_at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("n_planned", Integer),  # documents, where it was known
    Column("process", Text, nullable=False),  # host, process id and start time: is it still alive?
)
run_end = Table(
    "run_end",
    METADATA,
    Column("run_id", Text, primary_key=True),
    Column("ended_at", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    CheckConstraint("outcome IN ('finished','failed','interrupted')", name="run_outcome"),
)
"""An import begins with a `run` row and ends with a `run_end` row; a run without end was interrupted."""

document = Table(
    "document",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published", Date),
    Column("language", Text, nullable=False),
    Column("retrieved_at", BigInteger),
    Column("is_digest", Boolean, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index("document_by_day", "published", "id"),
)

grade = Table(
    "grade",
    METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    Column("document_id", _ID, ForeignKey("document.id"), nullable=False),
    Column("origin", Text, nullable=False),
    Column("letter", String(1), nullable=False),
    Column("reason", Text, nullable=False),
    *_stamps(),
    CheckConstraint("letter IN ('A','B','C','D','E','F')", name="grade_letter"),
    Index("grade_live", "document_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("grade_of_document", "document_id", "recorded_at"),
    Index("grade_of_origin", "origin"),
)
"""What muster thinks of a document: its source letter and its origin; may change, so it is kept by version."""

CODES = ("actor", "target", "what", "status", "type", "quantifier", "population", "polarity", "action", "realis")

statement = Table(
    "statement",
    METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    Column("id", _ID, nullable=False),
    Column("document_id", _ID, ForeignKey("document.id"), nullable=False),
    Column("kind", Text, nullable=False),
    *[Column(name, Text, nullable=False) for name in CODES],
    Column("quote", Text, nullable=False),
    Column("quote_start", Integer, nullable=False),
    Column("quote_end", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("event", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("assets", Text, nullable=False),  # JSON list of texts
    Column("is_dated", Boolean, nullable=False),  # the text gave valid_from itself
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("origin", Text, nullable=False),  # of the document, as known at recorded_at
    Column("review", Text, nullable=False),
    *_stamps(),
    CheckConstraint("quote_start >= 0 AND quote_end > quote_start", name="statement_span"),
    Index("statement_live", "id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("statement_closed", "id", "recorded_at", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
    Index("statement_of_document", "document_id"),
    # Covers the choice of standing entries, so that a cell is read from the index alone, newest first.
    Index(
        "statement_cell", "kind", "actor", "what", "status", "type", "valid_from", "seq", "origin", "valid_to",
        "recorded_at", "superseded_at", sqlite_where=_COUNTS, postgresql_where=_COUNTS,
    ),
    Index("statement_review", "kind", "review", "valid_from", "valid_to", "recorded_at", "superseded_at"),
    Index("statement_ruled", "valid_from", "id", sqlite_where=_RULED, postgresql_where=_RULED),
    Index("statement_queue", "confidence", "seq", sqlite_where=_QUEUE, postgresql_where=_QUEUE),
)  # fmt: skip

witness = Table(
    "witness",
    METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    Column("id", _ID, nullable=False),
    Column("statement_id", _ID, nullable=False),
    Column("document_id", _ID, ForeignKey("document.id"), nullable=False),
    Column("quote_start", Integer, nullable=False),
    Column("quote_end", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    *_stamps(),
    Index("witness_live", "id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("witness_of_statement", "statement_id"),
    Index("witness_of_document", "document_id"),
)
"""Further documents of one origin that carry a stored statement in the same words; `id` is its id in that document."""

ruling = Table(
    "ruling",
    METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    Column("id", _ID, nullable=False, unique=True),
    Column("statement_id", _ID, nullable=False),
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("undoes", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger),  # null: at recorded_at; else brought along from another ledger
    CheckConstraint("action IN ('accept','reject','correct','undo')", name="ruling_action"),
    CheckConstraint("action <> 'reject' OR reason <> ''", name="ruling_reason"),
    Index("ruling_of_statement", "statement_id"),
)

vintage = Table(
    "vintage",
    METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    Column("series", Text, nullable=False),
    Column("vintage", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("value", Float, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index("vintage_value", "series", "vintage", "day", unique=True),
)
"""Figures of outside series as their publisher gave them at one time; a restated figure is another vintage."""

# Key of the row that a second insert would replace: SQLite's INSERT OR REPLACE deletes without firing a delete trigger.
_FIXED = {
    "document": ("id",), "ruling": ("id", "seq"), "recording": ("recorded_at",), "run": ("id",), "run_end": ("run_id",),
    "vintage": ("seq",),
}  # fmt: skip
_VERSIONED = {"statement": "id", "grade": "document_id", "witness": "id"}


def _sqlite_triggers(table: Table) -> list[str]:
    name = table.name
    refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ddl = [f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {refuse}"]
    if name in _VERSIONED:
        key = _VERSIONED[name]
        same = " AND ".join(f"OLD.{c.name} IS NEW.{c.name}" for c in table.columns if c.name != "superseded_at")
        once = "OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL"
        ddl.append(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} WHEN NOT ({once} AND {same}) {refuse}")
        held = f"{key} = NEW.{key} AND superseded_at IS NULL"
        taken = f"EXISTS (SELECT 1 FROM {name} WHERE {held}) OR EXISTS (SELECT 1 FROM {name} WHERE seq = NEW.seq)"  # noqa: S608
    else:
        ddl.append(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {refuse}")
        parts = [f"{key} = NEW.{key}" for key in _FIXED[name]]
        if name == "vintage":
            parts.append("(series, vintage, day) = (NEW.series, NEW.vintage, NEW.day)")
        taken = " OR ".join(f"EXISTS (SELECT 1 FROM {name} WHERE {part})" for part in parts)  # noqa: S608
    ignore = "BEGIN SELECT RAISE(IGNORE); END"
    ddl.append(f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} WHEN {taken} {ignore}")
    return ddl


def _postgres_triggers(table: Table) -> list[str]:
    name = table.name
    call = "EXECUTE FUNCTION muster_refuse()"
    ddl = [
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW {call}",
        f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT {call}",
    ]
    when = ""
    if name in _VERSIONED:
        same = " AND ".join(
            f"OLD.{c.name} IS NOT DISTINCT FROM NEW.{c.name}" for c in table.columns if c.name != "superseded_at"
        )
        when = f"WHEN (NOT (OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL AND {same}))"
    ddl.append(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW {when} {call}")
    return ddl


_POSTGRES_FUNCTION = (
    "CREATE OR REPLACE FUNCTION muster_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
)


def trigger_ddl(dialect: str, tables: list[Table]) -> list[str]:
    """Return the DDL that makes `tables` append-only on `dialect` ("sqlite" or "postgresql")."""
    if dialect == "sqlite":
        return [line for table in tables for line in _sqlite_triggers(table)]
    return [_POSTGRES_FUNCTION, *[line for table in tables for line in _postgres_triggers(table)]]
