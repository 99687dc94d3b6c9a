"""Documents, grades, statements, rulings and the journal, append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = sa.text("superseded_at IS NULL")
_CODES = ("actor", "target", "what", "status", "type", "quantifier", "population", "polarity", "action", "realis")
_VERSIONED = {
    "grade": ("seq", "document_id", "origin", "letter", "reason", "recorded_at"),
    "statement": (
        "seq", "id", "document_id", "kind", *_CODES, "quote", "quote_start", "quote_end", "rule", "reader",
        "confidence", "event", "mode", "assets", "is_dated", "valid_from", "valid_to", "origin", "review",
        "recorded_at",
    ),
}  # fmt: skip
_LIVE_KEY = {"grade": "document_id", "statement": "id"}
_FIXED = {"recording": ("recorded_at",), "document": ("id",), "ruling": ("id", "seq")}


def upgrade() -> None:
    """Make the first schema."""
    _make_documents()
    _make_statements()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _stamps() -> list[sa.Column[int]]:
    return [sa.Column("recorded_at", sa.BigInteger, nullable=False), sa.Column("superseded_at", sa.BigInteger)]


def _make_documents() -> None:
    op.create_table(
        "recording",
        sa.Column("recorded_at", sa.BigInteger, primary_key=True, autoincrement=False),
        *_text("what"),
        *[sa.Column(name, sa.Integer, nullable=False) for name in ("n_documents", "n_statements", "n_rulings")],
    )
    op.create_table(
        "document",
        sa.Column("id", sa.String(32), primary_key=True),
        *_text("source_id", "text", "url", "publisher", "title"),
        sa.Column("published", sa.Date),
        *_text("language"),
        sa.Column("retrieved_at", sa.BigInteger),
        sa.Column("is_digest", sa.Boolean, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
    )
    op.create_index("document_by_day", "document", ["published", "id"])
    op.create_table(
        "grade",
        sa.Column("seq", _SEQ, primary_key=True, autoincrement=True),
        sa.Column("document_id", sa.String(32), sa.ForeignKey("document.id"), nullable=False),
        *_text("origin"),
        sa.Column("letter", sa.String(1), nullable=False),
        *_text("reason"),
        *_stamps(),
        sa.CheckConstraint("letter IN ('A','B','C','D','E','F')", name="grade_letter"),
    )
    op.create_index("grade_live", "grade", ["document_id"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
    op.create_index("grade_of_document", "grade", ["document_id", "recorded_at"])
    op.create_index("grade_of_origin", "grade", ["origin"])


def _make_statements() -> None:
    op.create_table(
        "statement",
        sa.Column("seq", _SEQ, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("document_id", sa.String(32), sa.ForeignKey("document.id"), nullable=False),
        *_text("kind", *_CODES, "quote"),
        sa.Column("quote_start", sa.Integer, nullable=False),
        sa.Column("quote_end", sa.Integer, nullable=False),
        *_text("rule", "reader"),
        sa.Column("confidence", sa.Float, nullable=False),
        *_text("event", "mode", "assets"),
        sa.Column("is_dated", sa.Boolean, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        *_text("origin", "review"),
        *_stamps(),
        sa.CheckConstraint("quote_start >= 0 AND quote_end > quote_start", name="statement_span"),
    )
    op.create_index("statement_live", "statement", ["id"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
    op.create_index("statement_versions", "statement", ["id", "recorded_at"])
    op.create_index("statement_of_document", "statement", ["document_id"])
    op.create_index("statement_cell", "statement", ["kind", "actor", "what", "status", "type", "valid_from"])
    op.create_table(
        "ruling",
        sa.Column("seq", _SEQ, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("statement_id", sa.String(32), nullable=False),
        *_text("action", "reason", "field", "value", "reviewer", "undoes"),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("action IN ('accept','reject','correct','undo')", name="ruling_action"),
        sa.CheckConstraint("action <> 'reject' OR reason <> ''", name="ruling_reason"),
    )
    op.create_index("ruling_of_statement", "ruling", ["statement_id"])


def _sqlite_triggers() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for name, key in _LIVE_KEY.items():
        same = " AND ".join(f"OLD.{column} IS NEW.{column}" for column in _VERSIONED[name])
        once = f"OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL AND {same}"
        held = f"SELECT 1 FROM {name} WHERE {key} = NEW.{key} AND superseded_at IS NULL"  # noqa: S608
        taken = f"EXISTS ({held}) OR EXISTS (SELECT 1 FROM {name} WHERE seq = NEW.seq)"  # noqa: S608
        op.execute(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} WHEN NOT ({once}) {refuse}")
        _sqlite_guards(name, taken)
    for name, keys in _FIXED.items():
        taken = " OR ".join(f"EXISTS (SELECT 1 FROM {name} WHERE {key} = NEW.{key})" for key in keys)  # noqa: S608
        op.execute(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {refuse}")
        _sqlite_guards(name, taken)


def _sqlite_guards(name: str, taken: str) -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    op.execute(f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {refuse}")
    op.execute(f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} WHEN {taken} BEGIN SELECT RAISE(IGNORE); END")


def _postgres_triggers() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION muster_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
    )
    call = "EXECUTE FUNCTION muster_refuse()"
    for name in (*_VERSIONED, *_FIXED):
        when = ""
        if name in _VERSIONED:
            same = " AND ".join(f"OLD.{column} IS NOT DISTINCT FROM NEW.{column}" for column in _VERSIONED[name])
            when = f"WHEN (NOT (OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL AND {same}))"
        op.execute(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW {when} {call}")
        op.execute(f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW {call}")
        op.execute(f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT {call}")
