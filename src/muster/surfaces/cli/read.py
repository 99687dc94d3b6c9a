"""`muster read`: documents to statements. `muster evaluate`: a reading against gold rows."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import click
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from muster.base.document import Document
from muster.base.errors import DocumentError, InputError
from muster.base.scheme import FIELDS, KINDS
from muster.base.statement import Statement
from muster.surfaces.cli.llm_options import llm_options, open_llm_reader, print_reports
from muster.surfaces.cli.options import reader_option

_MEGA = 1_000_000


def _print_problem(problem: DocumentError) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"muster: {problem}", markup=False)


class _NamedPath(click.Path):
    """A path that is written out: the empty text is no folder, though `Path("")` is the current one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if value == "":
            raise InputError("the path is empty", rule="a path names a file or a folder", next_step="Name one")
        return super().convert(value, param, ctx)


class _Meter:
    """Counts what was read; shows documents, megabytes and the rate on a terminal's stderr."""

    def __init__(self, *, quiet: bool) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("Reading {task.fields[shown]}"), TimeElapsedColumn())
        self.bar = Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
        self.quiet = quiet
        self.begun = time.perf_counter()
        self.n_documents = self.n_bytes = self.n_statements = 0

    def __enter__(self) -> Self:
        self.bar.start()
        self.task = self.bar.add_task("read", total=None, shown="")
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def count(self, document: Document, statements: tuple[Statement, ...]) -> None:
        self.n_documents += 1
        self.n_bytes += len(document.text.encode("utf-8", "replace"))
        self.n_statements += len(statements)
        self.bar.update(self.task, shown=self.summary())

    def summary(self) -> str:
        seconds = max(time.perf_counter() - self.begun, 1e-9)
        rate = self.n_bytes / _MEGA / seconds
        megabytes = f"{self.n_bytes / _MEGA:.2f} MB"
        return f"{self.n_documents} documents, {megabytes}, {self.n_statements} statements, {rate:.2f} MB/s"


def _documents(paths: Iterable[Path], counter: dict[str, int]) -> Iterator[Document]:
    from muster.documents import read_documents

    def report(problem: DocumentError) -> None:
        counter["problems"] = counter.get("problems", 0) + 1
        _print_problem(problem)

    yield from read_documents(paths, on_problem=report)


def _row(document: Document, statements: Iterable[Statement], *, is_read: bool) -> str:
    """Return a document's JSON line; `unread` names the language of one that no lexicon covers."""
    row: dict[str, Any] = {"id": document.source_id, "statements": [statement.to_row() for statement in statements]}
    if not is_read:
        row["unread"] = document.language
    return json.dumps(row, ensure_ascii=False)


def _table_printer() -> tuple[Callable[[Document, Iterable[Statement]], None], Callable[[], None]]:
    """Return a function that shows a document's statements and one that ends the table; tab-separated when piped."""
    if not sys.stdout.isatty():

        def plain(document: Document, statements: Iterable[Statement]) -> None:
            for statement in statements:
                codes = " ".join(statement.fields().values())
                cells = document.source_id, statement.kind, codes, " ".join(statement.quote.split()), statement.rule
                click.echo("\t".join(cells))

        return plain, lambda: None
    table = Table(header_style="bold")
    for name in ("document", "kind", "codes", "quote", "rule"):
        table.add_column(name, overflow="fold")

    def rich_row(document: Document, statements: Iterable[Statement]) -> None:
        for statement in statements:
            codes = " ".join(statement.fields().values())
            table.add_row(document.source_id, statement.kind, codes, statement.quote, statement.rule)

    return rich_row, lambda: Console().print(table)


@click.command()
@click.argument("paths", nargs=-1, type=_NamedPath(path_type=Path), metavar="PATH...", required=True)
@click.option(
    "--format", "output_format", type=click.Choice(["table", "jsonl"]), default="table", show_default=True,
    help="jsonl prints one line a document, in the order of the input.",
)  # fmt: skip
@llm_options
@click.option("--workers", "n_workers", type=click.IntRange(0), default=0, help="Processes; 0 means all cores.")
@click.option(
    "--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True,
    help="ray reads on a Ray cluster whose nodes all see the files; the result is the same.",
)  # fmt: skip
@click.option("--ray-address", metavar="ADDRESS", help="Of the cluster; else RAY_ADDRESS, else this machine's cores.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary; problems are still told.")
def read(
    paths: tuple[Path, ...], output_format: str, reader_name: str, base_url: str | None, model: str | None,
    llm_cache: Path | None, llm_timeout: float, n_workers: int, engine: str, ray_address: str | None, quiet: bool,
) -> None:  # fmt: skip
    """Read statements (asks, responses, caveats, claims, tensions, acts) out of documents.

    PATH is a text, HTML, JSON, JSON lines or Parquet file, or a folder of them. Every statement carries a verbatim
    quote with its offsets and the name of the rule that read it. A language without a lexicon is
    told as unread: a line on stderr with the count, and "unread" on the document's JSON line; the exit code stays 0.

    \b
    Examples:
      muster read article.html
      muster read news/ --format jsonl > statements.jsonl
      muster read digests.jsonl --format jsonl --workers 1
      muster read shards/ --engine ray --ray-address auto --format jsonl
      muster read article.txt --reader llm --base-url http://localhost:8000/v1 --model NAME
    """
    from muster.reading.batches import collect_seldom, read_all
    from muster.reading.readers import open_reader

    collect_seldom()
    counter: dict[str, int] = {}
    unread: dict[str, int] = {}
    llm = open_llm_reader(base_url, model, llm_cache, llm_timeout) if reader_name == "llm" else None
    reader = llm or open_reader(reader_name)
    show, finish = _table_printer()
    with _Meter(quiet=quiet) as meter:
        readings: Iterable[tuple[Document, tuple[Statement, ...]]]
        if llm:
            readings = ((document, llm.read(document)) for document in _documents(paths, counter))
        elif engine == "ray":
            from muster.reading.on_ray import read_on_ray

            readings = read_on_ray(paths, on_problem=_print_problem, address=ray_address, reader_name=reader_name)
        else:
            readings = read_all(_documents(paths, counter), n_workers=n_workers, reader_name=reader_name)
        for document, statements in readings:
            meter.count(document, statements)
            is_read = reader.can_read(document)
            if not is_read:
                unread[document.language] = unread.get(document.language, 0) + 1
            if output_format == "jsonl":
                click.echo(_row(document, statements, is_read=is_read))
            else:
                show(document, statements)
    finish()
    if llm:
        print_reports(llm)
    for language, count in sorted(unread.items()):
        told = "1 document" if count == 1 else f"{count} documents"
        click.echo(f"muster: {told} in language {language!r} unread: there is no lexicon for it", err=True)
    if not quiet:
        click.echo(f"muster: {meter.summary()}", err=True)
    if not meter.n_documents:
        sys.exit(InputError.exit_code)


# ------------------------------------------------------------------ evaluate
def _json_lines(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {error}", next_step="Name a JSON lines file") from None
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{number}: {error.msg}", rule="one JSON object a line") from None
        if not isinstance(row, dict) or not isinstance(row.get("statements"), list) or "id" not in row:
            raise InputError(f"{path}:{number}: no id or statements", rule='a line is {"id": ..., "statements": [...]}')
        rows.append(row)
    return rows


def _placed(rows: list[dict[str, Any]], texts: Mapping[str, str], path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return statements by document with offsets, found by the quote where the row has none."""
    placed: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        kept = placed.setdefault(str(row["id"]), [])
        for statement in row["statements"]:
            if statement.get("kind") not in KINDS or any(name not in statement for name in FIELDS[statement["kind"]]):
                raise InputError(
                    f"{path}: a statement of {row['id']} lacks its kind or a field", rule="see docs/scheme.md"
                )
            start = statement.get("start")
            if not isinstance(start, int):
                start = texts.get(str(row["id"]), "").find(str(statement.get("quote", "")) or "\0")
            end = statement.get("end") if isinstance(statement.get("end"), int) else start + len(statement["quote"])
            kept.append(
                {**statement, "start": start, "end": end} if start >= 0 else {**statement, "start": 0, "end": 0}
            )
    return placed


def _figures(score: Any, kinds: bool) -> dict[str, Any]:
    def tally(one: Any) -> dict[str, Any]:
        return {
            "precision": round(one.precision, 4), "recall": round(one.recall, 4), "f1": round(one.f1, 4),
            "n_right": one.n_right, "n_predicted": one.n_predicted, "n_gold": one.n_gold,
        }  # fmt: skip

    figures = tally(score.total)
    if kinds:
        figures["by_kind"] = {kind: tally(one) for kind, one in score.by_kind.items()}
    return figures


def _print_misses(misses: Iterable[Any], texts: Mapping[str, str]) -> None:
    for miss in misses:
        row = miss.row
        codes = " ".join(str(row[name]) for name in FIELDS[row["kind"]])
        text = texts.get(miss.document, "")
        before = text[max(0, row["start"] - 40) : row["start"]]
        after = text[row["end"] : row["end"] + 40]
        context = " ".join(f"{before}[{text[row['start'] : row['end']]}]{after}".split())
        click.echo(f"{miss.document}\t{miss.what}\t{row['kind']} {codes}\t{context}\t{row.get('rule', '')}")


@click.command()
@click.argument("docs", type=click.Path(path_type=Path))
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--predictions", type=click.Path(path_type=Path), help="Score these statements instead of a reader's.")
@reader_option
@click.option("--kinds", is_flag=True, help="Also by kind.")
@click.option("--misses", is_flag=True, help="List what was missed and the false alarms, with context.")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True)
def evaluate(
    docs: Path, gold: Path, predictions: Path | None, reader_name: str, kinds: bool, misses: bool, output_format: str
) -> None:
    """Score a reading of DOCS against the statements of GOLD (JSON lines), as docs/scheme.md says.

    Strict: kind and all fields equal, quotes overlap. Core: kind, actor and direction. Optional gold rows are neither
    asked for nor held against a reader.

    \b
    Examples:
      muster evaluate dev.docs.jsonl dev.gold.jsonl --kinds
      muster evaluate dev.docs.jsonl dev.gold.jsonl --reader rules
      muster evaluate dev.docs.jsonl dev.gold.jsonl --predictions other-reader.jsonl --misses
    """
    from muster.reading.readers import open_reader
    from muster.reading.scoring import score_documents

    documents = list(_documents([docs], {}))
    if not documents:
        raise InputError(f"{docs}: no documents could be read", next_step="Check the path")
    texts = {document.source_id: document.text for document in documents}
    gold_rows = _json_lines(gold)
    for row in gold_rows:
        row["id"] = str(row["id"])
        row["statements"] = _placed([row], texts, gold)[row["id"]]
        row["optional"] = _placed([{**row, "statements": row.get("optional", [])}], texts, gold)[row["id"]]
    if predictions:
        predicted = _placed(_json_lines(predictions), texts, predictions)
    else:
        reader = open_reader(reader_name)
        predicted = {d.source_id: [statement.to_row() for statement in reader.read(d)] for d in documents}
    scores = {name: score_documents(gold_rows, predicted, core=name == "core") for name in ("strict", "core")}
    if output_format == "json":
        click.echo(json.dumps({name: _figures(score, kinds) for name, score in scores.items()}, indent=1))
    else:
        _print_scores(scores, kinds)
    if misses:
        _print_misses(scores["strict"].misses, texts)


def _print_scores(scores: Mapping[str, Any], kinds: bool) -> None:
    for name, score in scores.items():
        lines = [("all", score.total), *(score.by_kind.items() if kinds else ())]
        for kind, one in lines:
            counts = f"{one.n_right} right of {one.n_predicted} read, {one.n_gold} gold"
            click.echo(f"{name:7}{kind:9} P {one.precision:.3f}  R {one.recall:.3f}  F1 {one.f1:.3f}  ({counts})")
