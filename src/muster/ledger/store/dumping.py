"""The whole ledger as rows, and back: lossless, both clocks, every version.

A row is a dict with `row` (the table) and the table's columns without its sequence number; days and instants are ISO
texts. Tables come in an order in which each row refers only to earlier ones.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from muster.base.clock import parse_instant
from muster.base.document import Document
from muster.base.errors import InputError
from muster.base.statement import Statement
from muster.ledger.store import schema
from muster.ledger.store.instants import from_micros, to_micros

TABLES: tuple[sa.Table, ...] = (
    schema.run, schema.run_end, schema.recording, schema.document, schema.grade, schema.statement, schema.witness,
    schema.ruling, schema.vintage,
)  # fmt: skip
BY_NAME = {table.name: table for table in TABLES}
_INSTANTS = frozenset({"recorded_at", "superseded_at", "retrieved_at", "decided_at", "begun_at", "ended_at"})

_NAMES = [column.name for column in schema.statement.columns if column.name != "seq"]
_DOCUMENT_PLACE, _START_PLACE, _QUOTE_PLACE = (_NAMES.index(n) for n in ("document_id", "quote_start", "quote"))


def dump_rows(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """Yield every row of the ledger, without the rows that its own making and restoring left in the journal."""
    for table in TABLES:
        query = sa.select(table).order_by(*table.primary_key.columns)
        if table is schema.recording:
            query = query.where(table.c.what.not_in(["created", "restored"]))
        columns = [column for column in table.columns if column.name != "seq"]
        for row in connection.execution_options(yield_per=1_000).execute(query):
            yield {"row": table.name} | {column.name: _shown(column, getattr(row, column.name)) for column in columns}


def _shown(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if column.name in _INSTANTS:
        return from_micros(value).isoformat(timespec="microseconds")
    if isinstance(column.type, sa.Date):
        return value.isoformat()
    if isinstance(column.type, sa.Boolean):
        return bool(value)
    return json.loads(value) if column.name == "assets" else value


def parse_row(given: Mapping[str, Any], *, place: str) -> tuple[sa.Table, tuple[Any, ...]]:
    """Return the table and the stored values of a row of `dump_rows`, checked.

    Raises
    ------
    InputError
        A column is missing, unknown or of another type, a code is not of the scheme, or an id does not match its
        content; names place, row and column.
    """
    table = BY_NAME.get(str(given.get("row")))
    if table is None:
        raise InputError(f"{place}: row {given.get('row')!r} is not known", rule=f"one of {', '.join(BY_NAME)}")
    columns = _columns(table)
    if len(given) != len(columns) + 1 or not all(name in given for name, _, _ in columns):
        names = {name for name, _, _ in columns}
        odd = min((set(given) - {"row"}) ^ names)
        what = "has no" if odd in names else "has an unknown"
        raise InputError(f"{place}: {table.name} row {what} field {odd!r}")
    values = {}
    for name, column, is_text in columns:
        value = given[name]
        values[name] = value if is_text and type(value) is str else _stored(column, value, f"{place}: {table.name} row")
    _check_content(table, values, place)
    return table, tuple(values.values())


@cache
def _columns(table: sa.Table) -> tuple[tuple[str, sa.Column[Any], bool], ...]:
    """Return (name, column, whether any text may stand there) of the columns of a row, in order."""
    special = _INSTANTS | {"assets"}
    return tuple(
        (column.name, column, isinstance(column.type, sa.String) and column.name not in special)
        for column in table.columns
        if column.name != "seq"
    )


def _stored(column: sa.Column[Any], value: Any, place: str) -> Any:
    if value is None:
        if not column.nullable:
            raise InputError(f"{place}: {column.name} is missing")
        return None
    if column.name in _INSTANTS:
        return to_micros(parse_instant(_text(value, column.name, place), name=f"{place}: {column.name}"))
    if isinstance(column.type, sa.Date):
        try:
            return date.fromisoformat(_text(value, column.name, place)).isoformat()
        except ValueError:
            raise InputError(f"{place}: {column.name} {value!r} is not a day", rule="such as 2026-04-09") from None
    if column.name == "assets":
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InputError(f"{place}: assets {value!r} is not a list of texts")
        return json.dumps(value, ensure_ascii=False)
    kinds: dict[type, tuple[type, ...]] = {sa.Boolean: (bool,), sa.Float: (int, float), sa.Integer: (int,)}
    expected = next((types for kind, types in kinds.items() if isinstance(column.type, kind)), (str,))
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise InputError(f"{place}: {column.name} {value!r} is not of type {expected[-1].__name__}")
    return value


def _text(value: Any, name: str, place: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{place}: {name} {value!r} is not a text")
    return value


def _check_content(table: sa.Table, values: Mapping[str, Any], place: str) -> None:
    """Check what an id promises."""
    if table is schema.document:
        day = date.fromisoformat(values["published"]) if values["published"] else None
        item = Document(
            values["source_id"], values["text"], url=values["url"], publisher=values["publisher"], published=day
        )
        if item.id != values["id"]:
            raise InputError(f"{place}: document row: its text does not match its id {values['id'][:12]}")
    if table is schema.statement:
        codes = {name: values[name] for name in schema.CODES if values[name]}
        span = {"quote": values["quote"], "start": values["quote_start"], "end": values["quote_end"]}
        statement = Statement.of({"kind": values["kind"], **codes, **span}, place=f"{place}: statement row")
        if values["review"] == "unreviewed" and statement.id_in(values["document_id"]) != values["id"]:
            raise InputError(f"{place}: statement row: its content does not match its id {values['id'][:12]}")


def quote_of(table: sa.Table, values: tuple[Any, ...]) -> tuple[str, int, str] | None:
    """Return (document id, start, quote) of a statement's stored values; None for other tables."""
    if table is not schema.statement:
        return None
    return values[_DOCUMENT_PLACE], values[_START_PLACE], values[_QUOTE_PLACE]
