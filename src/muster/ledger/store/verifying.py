"""The deep check of a ledger: every id recomputed, every quote looked up again."""

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa

from muster.base.document import Document
from muster.base.scheme import FIELDS
from muster.base.statement import Statement
from muster.ledger.store import schema

_CHUNK = 2_000


def find_damage(connection: sa.Connection) -> Iterator[str]:
    """Yield one sentence for each thing that is not as it was written."""
    if connection.dialect.name == "sqlite":
        for row in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if row[0] != "ok":
                yield f"page check: {row[0]}"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"table {row[0]}: row {row[1]} refers to a row of {row[2]} that is not there"
    yield from _check_documents(connection)
    yield from _check_statements(connection)
    yield from _check_witnesses(connection)


def _check_documents(connection: sa.Connection) -> Iterator[str]:
    query = sa.select(schema.document).execution_options(yield_per=_CHUNK)
    for row in connection.execute(query):
        day: date | None = row.published
        item = Document(row.source_id, row.text, url=row.url, publisher=row.publisher, published=day)
        if item.id != row.id:
            yield f"document {row.id[:12]} ({row.source_id}): its text does not match its id"


def _check_statements(connection: sa.Connection) -> Iterator[str]:
    """Check first versions by id, and every version's quote against its document."""
    table, document = schema.statement, schema.document.c
    found = sa.func.substr(document.text, table.c.quote_start + 1, table.c.quote_end - table.c.quote_start)
    query = sa.select(table, (found == table.c.quote).label("is_verbatim")).where(document.id == table.c.document_id)
    for row in connection.execute(query.execution_options(yield_per=_CHUNK)):
        if not row.is_verbatim:
            yield f"statement {row.id[:12]}: its quote is not at [{row.quote_start}, {row.quote_end}) of its document"
        if row.review != "unreviewed":
            continue
        codes = {name: getattr(row, name) for name in FIELDS[row.kind]}
        item = Statement(row.kind, quote=row.quote, start=row.quote_start, end=row.quote_end, **codes)
        if item.id_in(row.document_id) != row.id:
            yield f"statement {row.id[:12]}: its content does not match its id"


def _check_witnesses(connection: sa.Connection) -> Iterator[str]:
    table, statement, document = schema.witness.c, schema.statement.c, schema.document.c
    found = sa.func.substr(document.text, table.quote_start + 1, table.quote_end - table.quote_start)
    query = sa.select(table.id).where(
        document.id == table.document_id, statement.id == table.statement_id, statement.quote != found
    )
    for key in connection.execute(query.distinct()).scalars():
        yield f"witness {key[:12]}: its quote is not where it should be in its document"
