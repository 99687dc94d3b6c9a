"""`muster verify`: do the quotes of statements stand in their documents, word for word?"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from muster.base.errors import DocumentError, InputError
from muster.documents import read_documents
from muster.reading.verify import QuoteCheck, check_quote

_RULE = 'each line is {"id": DOCUMENT, "statements": [{"kind": ..., "quote": ...}]}'
_LISTS = ("statements", "optional")
MAX_STATEMENT_FILE_BYTES = 500_000_000  # read line by line; the bound is against devices and mistakes


def _tell(problem: DocumentError) -> None:
    click.echo(f"muster: {problem}", err=True)


def _texts_by_id(paths: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the stored texts of each document id; an id may name several documents."""
    texts: dict[str, list[str]] = {}
    for document in read_documents(paths, on_problem=_tell):
        for name in {document.source_id, document.id}:
            texts.setdefault(name, []).append(document.text)
    if not texts:
        raise InputError(f"{', '.join(paths)}: no document could be read", next_step="Check the path")
    return texts


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{path}:{number}"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                raise InputError(f"{place}: no JSON", rule=_RULE, next_step="Correct the line") from None
            if not isinstance(row, dict) or not isinstance(row.get("id"), (str, int)):
                raise InputError(f"{place}: no document id", rule=_RULE, next_step="Correct the line")
            for name in _LISTS:
                if not isinstance(row.get(name, []), list):
                    raise InputError(f"{place}: {name} is no list", rule=_RULE, next_step="Correct the line")
            yield row


def _check(texts: list[str], statement: Mapping[str, Any]) -> QuoteCheck:
    quote, start = statement.get("quote"), statement.get("start")
    if not isinstance(quote, str):
        return QuoteCheck(None, reason="has no quote")
    near = start if isinstance(start, int) and not isinstance(start, bool) else None
    checks = [check_quote(text, quote, near=near) for text in texts]
    return next((check for check in checks if check.is_verified), checks[0])


def _answer(texts: list[str] | None, document_id: str, statement: Any) -> dict[str, Any]:
    """Return the statement with `verified` and, if true, its offsets; if false, the reason."""
    if not isinstance(statement, dict):
        return {"statement": statement, "verified": False, "reason": "is no object"}
    row = {name: value for name, value in statement.items() if name not in ("start", "end", "verified", "reason")}
    if texts is None:
        return row | {"verified": False, "reason": f"no document has the id {document_id!r}"}
    check = _check(texts, statement)
    if check.span is None:
        return row | {"verified": False, "reason": check.reason}
    row |= {"verified": True, "start": check.span.start, "end": check.span.end}
    if check.match != "exact":
        stored = next(text for text in texts if check_quote(text, statement["quote"]).is_verified)
        row["stored"] = stored[check.span.start : check.span.end]
    return row


@click.command()
@click.argument("documents", metavar="DOCS", type=click.Path(exists=True))
@click.argument("statements", metavar="STATEMENTS", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "output_format", type=click.Choice(["jsonl", "table"]), default="jsonl", show_default=True,
              help="JSON lines of the same shape as STATEMENTS, or only the refused quotes as a table.")  # fmt: skip
def verify(documents: str, statements: Path, output_format: str) -> None:
    """Check that each quote stands in its document, word for word.

    DOCS is a file or folder of documents; STATEMENTS has JSON lines {"id": ..., "statements": [{"quote": ...}]}, where
    id names the document. Each statement comes back with `verified`: true with `start` and `end` (characters of the
    stored text), or false with the `reason`. Only the form of quotation marks, dashes and white space may differ (then
    `stored` shows the words as the document has them). A quote that cuts off a word that turns it round, such as
    "nearly" or "not", is refused.

    \b
    Examples:
      muster verify docs.jsonl statements.jsonl
      muster verify articles/ statements.jsonl --format table
    """
    if statements.stat().st_size > MAX_STATEMENT_FILE_BYTES:
        raise InputError(f"{statements}: larger than {MAX_STATEMENT_FILE_BYTES:,} bytes", next_step="Split the file")
    texts = _texts_by_id((documents,))
    n_true = n_false = 0
    try:
        for row in _rows(statements):
            document_id = str(row["id"])
            for name in _LISTS:
                if name in row:
                    row[name] = [_answer(texts.get(document_id), document_id, item) for item in row[name]]
                    n_true += sum(item["verified"] for item in row[name])
                    n_false += sum(not item["verified"] for item in row[name])
            _print(row, output_format)
    except UnicodeDecodeError:
        raise InputError(f"{statements}: is not UTF-8", rule=_RULE) from None
    click.echo(f"{n_true} quotes verified, {n_false} refused", err=True)


def _print(row: dict[str, Any], output_format: str) -> None:
    if output_format == "jsonl":
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    for name in _LISTS:
        for item in row.get(name, ()):
            if not item["verified"]:
                click.echo(f"{row['id']}\t{item['reason']}\t{item.get('quote', '')}")
