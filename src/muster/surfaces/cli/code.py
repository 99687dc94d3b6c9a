"""`muster code`: marked sentences, or whole documents, become PLOVER events."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from muster.base.errors import DocumentError, InputError
from muster.surfaces.cli.options import print_rows

_COLUMN = "marked_sentence"
MAX_LINE_CHARACTERS = 100_000  # a sentence; longer is another kind of file


def _is_marked_table(path: Path) -> bool:
    if path.is_dir():
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        return _COLUMN in lines.readline(10_000).lower().strip().replace('"', "").split("\t")


def _sentences(path: Path) -> Iterator[str]:
    """Yield the cells of the column `marked_sentence`, one a line; quotes belong to the sentence unless doubled."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        columns = next(lines).lower().strip("\r\n").replace('"', "").split("\t")
        place = columns.index(_COLUMN)
        for number, raw in enumerate(lines, 2):
            line = raw.rstrip("\r\n")
            if len(line) > MAX_LINE_CHARACTERS:
                raise InputError(f"{path}:{number}: longer than {MAX_LINE_CHARACTERS:,} characters",
                                 rule="one sentence a line")  # fmt: skip
            cells = line.split("\t", len(columns) - 1)
            yield cells[place] if place < len(cells) else ""


def _code_table(path: Path, min_confidence: float) -> Iterator[dict[str, Any]]:
    from muster.reading.plover.coder import code_sentence

    for sentence in _sentences(path):
        yield code_sentence(sentence, min_confidence=min_confidence).to_row()


def _code_documents(path: Path, min_confidence: float) -> Iterator[dict[str, Any]]:
    from muster.documents import read_documents
    from muster.reading import open_reader
    from muster.reading.plover.mapping import plover_record

    def tell(problem: DocumentError) -> None:
        click.echo(f"muster: {problem}", err=True)

    reader = open_reader()
    for document in read_documents([path], on_problem=tell):
        if not reader.can_read(document):
            click.echo(f"muster: {document.source_id}: unread, no lexicon for language {document.language!r}", err=True)
            continue
        for statement in reader.read(document):
            record = plover_record(document, statement)
            if record["event"] and statement.confidence >= min_confidence:
                yield record


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(exists=True, path_type=Path))
@click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.0, show_default=True,
              help="Below it the event is null: the coder abstains.")  # fmt: skip
@click.option("--format", "output_format", type=click.Choice(["jsonl", "json", "csv", "table"]), default="jsonl",
              show_default=True, help="JSON lines in the order of the input, or lists.")  # fmt: skip
def code(path: Path, min_confidence: float, output_format: str) -> None:
    """Code relations as PLOVER events.

    FILE is a TSV with a column `marked_sentence` (a header line, then one sentence a line, source and target marked
    <s>..</s> and <t>..</t>), and gives one row a sentence, in the same order. Or it is a document or a folder of
    documents, and gives one record for each ask, response, tension or act read in them, with its quote and offsets.

    \b
    Examples:
      muster code sentences.tsv
      muster code sentences.tsv --min-confidence 0.6
      muster code articles/ --format table
    """
    is_table = _is_marked_table(path)
    rows = _code_table(path, min_confidence) if is_table else _code_documents(path, min_confidence)
    counts: Counter[str] = Counter()
    kept = []
    for row in rows:
        counts[row["event"] or "null"] += 1
        if output_format == "jsonl":
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            flags = {name: bool(row.pop(name, False)) for name in ("negated", "future", "hypothetical")}
            kept.append(row | flags)
    if output_format != "jsonl":
        print_rows(kept, output_format, title="PLOVER events")
    click.echo(", ".join(f"{name} {n}" for name, n in counts.most_common()) or "no events", err=True)
