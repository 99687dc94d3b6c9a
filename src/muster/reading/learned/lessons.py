"""Annotated texts as lessons: what the rules see in them, and what the network is to answer."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.base.document import Document
from muster.base.errors import InputError
from muster.base.statement import Statement
from muster.documents import read_documents
from muster.reading.learned.encoding import Row, rows_of
from muster.reading.learned.labels import Labels, label_pairs
from muster.reading.learned.pairs import find_pairs
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import read_with
from muster.reading.views import SentenceView


@dataclass(frozen=True, slots=True)
class Lesson:
    """One document to learn from."""

    document: Document
    rows: tuple[Row, ...]
    labels: Labels
    is_tuned: bool


def list_sets(given: Iterable[str]) -> list[str]:
    """Return the sets named, and those in the folders named."""
    names: list[str] = []
    for one in given:
        found = sorted(Path(one).glob("*.gold.jsonl")) if Path(one).is_dir() else [Path(f"{one}.gold.jsonl")]
        names += [str(path).removesuffix(".gold.jsonl") for path in found]
    return names


def read_set(name: str) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Yield the documents of a set with their gold rows.

    Raises
    ------
    InputError
        A document without gold or the other way round, a row outside the scheme, a quote that is not in its text.
    """
    with Path(f"{name}.gold.jsonl").open(encoding="utf-8") as lines:
        gold = {str(row["id"]): row for row in map(json.loads, lines)}
    documents = list(read_documents([f"{name}.docs.jsonl"], on_problem=_stop))
    strangers = gold.keys() ^ {document.source_id for document in documents}
    if strangers:
        raise InputError(f"{name}: {min(strangers)} has no gold row or no document", rule="one gold row a document")
    for document in documents:
        row = gold[document.source_id]
        for told in (*row["statements"], *row.get("optional", [])):
            place = f"{name}: {document.source_id}"
            if told["quote"] not in document.text:
                raise InputError(f"{place}: {told['quote'][:60]!r} is not in the text", rule="a quote is verbatim")
            Statement.of({**told, "start": 0, "end": len(told["quote"])}, place=place)
        yield document, row


def _stop(problem: Exception) -> None:
    raise problem


def make_lessons(names: Iterable[str], tuned: Iterable[str]) -> list[Lesson]:
    """Read sets by the rules and label what a network is asked there."""
    known = frozenset(tuned)
    lessons = []
    for name in names:
        for document, gold in read_set(name):
            views: list[SentenceView] = []
            ruled = read_with(load_lexicon("en"), document.text, document.published, views=views)
            pairs = find_pairs(views, ruled)
            rows = tuple(rows_of(views, pairs))
            labels = label_pairs(document.text, views, pairs, gold["statements"], gold.get("optional", []))
            lessons.append(Lesson(document, rows, labels, name in known))
    return lessons
