"""Witnesses, vintages and import runs; when a ruling was decided; an index that covers standings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = sa.text("superseded_at IS NULL")
_WITNESS = (
    "seq", "id", "statement_id", "document_id", "quote_start", "quote_end", "rule", "reader", "confidence",
    "recorded_at",
)  # fmt: skip
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"


def upgrade() -> None:
    """Add the tables and columns; the rows that are there stay as they are."""
    op.add_column("recording", sa.Column("run_id", sa.Text))
    op.add_column("ruling", sa.Column("decided_at", sa.BigInteger))
    op.drop_index("statement_cell", "statement")
    cell = ["kind", "actor", "what", "status", "type", "valid_from", "seq", "origin", "valid_to"]
    counts = sa.text("review <> 'rejected'")
    op.create_index(
        "statement_cell", "statement", [*cell, "recorded_at", "superseded_at"],
        sqlite_where=counts, postgresql_where=counts,
    )  # fmt: skip
    closed = sa.text("superseded_at IS NOT NULL")
    op.drop_index("statement_versions", "statement")
    op.create_index(
        "statement_closed", "statement", ["id", "recorded_at"], sqlite_where=closed, postgresql_where=closed
    )
    clocks = ["valid_from", "valid_to", "recorded_at", "superseded_at"]
    op.create_index("statement_review", "statement", ["kind", "review", *clocks])
    ruled = sa.text("review <> 'unreviewed'")
    op.create_index("statement_ruled", "statement", ["valid_from", "id"], sqlite_where=ruled, postgresql_where=ruled)
    queue = sa.text("review = 'unreviewed' AND superseded_at IS NULL")
    op.create_index("statement_queue", "statement", ["confidence", "seq"], sqlite_where=queue, postgresql_where=queue)
    _make_tables()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _make_tables() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        *_text("what"),
        sa.Column("n_planned", sa.Integer),
        *_text("process"),
    )
    op.create_table(
        "run_end",
        sa.Column("run_id", sa.Text, primary_key=True),
        sa.Column("ended_at", sa.BigInteger, nullable=False),
        *_text("outcome"),
        sa.CheckConstraint("outcome IN ('finished','failed','interrupted')", name="run_outcome"),
    )
    op.create_table(
        "witness",
        sa.Column("seq", _SEQ, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("statement_id", sa.String(32), nullable=False),
        sa.Column("document_id", sa.String(32), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("quote_start", sa.Integer, nullable=False),
        sa.Column("quote_end", sa.Integer, nullable=False),
        *_text("rule", "reader"),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("superseded_at", sa.BigInteger),
    )
    op.create_index("witness_live", "witness", ["id"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
    op.create_index("witness_of_statement", "witness", ["statement_id"])
    op.create_index("witness_of_document", "witness", ["document_id"])
    op.create_table(
        "vintage",
        sa.Column("seq", _SEQ, primary_key=True, autoincrement=True),
        *_text("series", "vintage", "source"),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
    )
    op.create_index("vintage_value", "vintage", ["series", "vintage", "day"], unique=True)


def _sqlite_triggers() -> None:
    same = " AND ".join(f"OLD.{column} IS NEW.{column}" for column in _WITNESS)
    once = f"OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL AND {same}"
    op.execute(f"CREATE TRIGGER witness_no_update BEFORE UPDATE ON witness WHEN NOT ({once}) {_REFUSE}")
    held = {
        "witness": ("id = NEW.id AND superseded_at IS NULL", "seq = NEW.seq"),
        "vintage": ("seq = NEW.seq", "(series, vintage, day) = (NEW.series, NEW.vintage, NEW.day)"),
        "run": ("id = NEW.id",),
        "run_end": ("run_id = NEW.run_id",),
    }
    for name, rules in held.items():
        taken = " OR ".join(f"EXISTS (SELECT 1 FROM {name} WHERE {rule})" for rule in rules)  # noqa: S608
        ignore = "BEGIN SELECT RAISE(IGNORE); END"
        op.execute(f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {_REFUSE}")
        op.execute(f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} WHEN {taken} {ignore}")
        if name != "witness":
            op.execute(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {_REFUSE}")


def _postgres_triggers() -> None:
    call = "EXECUTE FUNCTION muster_refuse()"
    same = " AND ".join(f"OLD.{column} IS NOT DISTINCT FROM NEW.{column}" for column in _WITNESS)
    once = f"OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL AND {same}"
    for name in ("witness", "vintage", "run", "run_end"):
        when = f"WHEN (NOT ({once}))" if name == "witness" else ""
        op.execute(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW {when} {call}")
        op.execute(f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW {call}")
        op.execute(f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT {call}")
