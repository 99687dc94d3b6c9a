"""FollowTheMoney: documents, actors and statements as entities of its public schema.

Written here because the library needs PyICU, which has no wheel and does not build on a bare machine. A document is a
`PlainText`, an actor a `PublicBody` (state) or `Organization`, a statement an `Event` whose `proof` is the document and
whose `involved` are its actors; properties and their ranges are those of the schema's YAML files (followthemoney 3.x
and 4.x). What the schema has no property for stands under the key `muster`, which its readers keep as context.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from muster.base.actors import display_name, state_codes
from muster.base.errors import InputError
from muster.ledger.exchange.records import Record, parse_record

DATASET = "muster"
_REFERENCES = {"proof", "involved"}
_KINDS = {
    "name": "name", "proof": "entity", "involved": "entity", "date": "date", "startDate": "date", "endDate": "date",
    "publishedAt": "date", "retrievedAt": "date", "sourceUrl": "url", "bodyText": "text", "summary": "text",
    "contentHash": "checksum", "language": "language",
}  # fmt: skip


def write_entities(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield FtM entities of flat rows: each document and actor once, before the first statement that names it."""
    actors: set[str] = set()
    states = frozenset(state_codes())
    for row in rows:
        if row["document_text"]:
            yield _document_entity(row)
        if not row["kind"]:
            continue
        codes = [row[name] for name in ("actor", "target", "population") if row[name]]
        for code in codes:
            if code not in actors:
                actors.add(code)
                schema = "PublicBody" if code in states else "Organization"
                yield _entity(f"muster-actor-{code}", schema, {"name": [display_name(code)]}, {"code": code})
        yield _event_entity(row, codes)


def _entity(key: str, schema: str, properties: dict[str, list[str]], more: dict[str, Any]) -> dict[str, Any]:
    kept = {name: values for name, values in properties.items() if values and values[0]}
    return {"id": key, "schema": schema, "properties": kept, "datasets": [DATASET], "muster": more}


def _document_entity(row: dict[str, Any]) -> dict[str, Any]:
    names = ("source_id", "publisher", "title", "url", "published", "language", "retrieved_at", "is_digest")
    properties = {
        "name": [row["title"] or row["source_id"]], "title": [row["title"]], "fileName": [row["source_id"]],
        "bodyText": [row["document_text"]], "publisher": [row["publisher"]], "sourceUrl": [row["url"]],
        "publishedAt": [row["published"]], "retrievedAt": [row["retrieved_at"]], "language": [row["language"]],
        "contentHash": [hashlib.sha1(row["document_text"].encode(), usedforsecurity=False).hexdigest()],
    }  # fmt: skip
    more = {name: row[name] for name in (*names, "letter", "origin", "document_id")}
    return _entity(f"muster-document-{row['document_id']}", "PlainText", properties, more)


def _event_entity(row: dict[str, Any], codes: list[str]) -> dict[str, Any]:
    said = " ".join(row[name] for name in ("what", "status", "type", "quantifier", "polarity", "action", "realis"))
    label = f"{display_name(row['actor'])}: {row['kind']} {' '.join(said.split())}"
    properties = {
        "name": [label], "summary": [row["quote"]], "date": [row["holds_from"]],
        "startDate": [row["valid_from"]], "endDate": [row["valid_to"]], "recordId": [row["statement_id"]],
        "sourceUrl": [row["url"]], "publisher": [row["publisher"]],
        "involved": [f"muster-actor-{code}" for code in dict.fromkeys(codes)],
        "proof": [f"muster-document-{row['document_id']}"],
    }  # fmt: skip
    more = {name: value for name, value in row.items() if value != "" and name not in _NOT_OF_STATEMENT}
    return _entity(f"muster-statement-{row['statement_id']}", "Event", properties, more)


_NOT_OF_STATEMENT = {
    "document_text", "source_id", "publisher", "title", "url", "published", "language", "retrieved_at", "is_digest",
    "letter", "origin",
}  # fmt: skip


def write_statements(entities: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield FtM statement rows: one per entity, property and value."""
    for entity in entities:
        for name, values in entity["properties"].items():
            for value in values:
                parts = (DATASET, entity["id"], name, value)
                yield {
                    "id": hashlib.sha1("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest(),
                    "entity_id": entity["id"], "canonical_id": entity["id"], "schema": entity["schema"],
                    "prop": name, "prop_type": _KINDS.get(name, "string"), "value": value, "dataset": DATASET,
                    "external": False,
                }  # fmt: skip


def read_entities(rows: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[Record]:
    """Yield records of (place, entity) pairs; entities of other programs hold no quotes and are an error."""
    for place, entity in rows:
        more, properties = entity.get("muster"), entity.get("properties")
        if not isinstance(more, dict) or not isinstance(properties, dict):
            raise InputError(
                f"{place}: entity {entity.get('id')!r} has no muster part",
                rule="only entities that muster wrote hold quotes with offsets",
            )
        if entity.get("schema") == "PlainText":
            texts = properties.get("bodyText")
            if not isinstance(texts, list) or len(texts) != 1:
                raise InputError(f"{place}: bodyText is missing")
            yield parse_record({**more, "document_text": texts[0]}, place=place)
        elif entity.get("schema") == "Event":
            yield parse_record(more, place=place)


def entity_line(entity: dict[str, Any]) -> str:
    """Return one JSON line."""
    return json.dumps(entity, ensure_ascii=False)
