"""`muster add`: documents into the ledger."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from muster.base.case import Case, load_case
from muster.base.errors import InputError, NotFoundError
from muster.surfaces.cli.options import case_option, ledger_option, reader_option

if TYPE_CHECKING:
    from muster.ledger import Ledger


@contextmanager
def progress_bar(label: str, *, quiet: bool) -> "Iterator[Progress]":
    """Show a progress bar on a terminal's stderr; nothing when piped or quiet."""
    console = Console(stderr=True)
    columns = (TextColumn(f"{label} "), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        yield bar


@contextmanager
def open_and_tell(ledger_url: str, *, must_exist: bool = False) -> "Iterator[Ledger]":
    """Open a ledger and tell on stderr what a process that was cut off left behind.

    With `must_exist` a file that is not there is a NotFoundError instead of a new, empty ledger.
    """
    from muster.ledger import open_ledger
    from muster.ledger.store.engine import file_of, parse_url

    path = file_of(parse_url(ledger_url))
    if must_exist and path is not None and not path.exists():
        raise NotFoundError(f"ledger {path} does not exist", next_step="Make one with `muster add`, or see --ledger")
    with open_ledger(ledger_url) as ledger:
        for notice in ledger.notices:
            click.echo(f"muster: {notice}", err=True)
        yield ledger


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@case_option
@ledger_option
@reader_option
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary; problems are still told.")
def add(paths: tuple[Path, ...], case_name: str, ledger_url: str, reader_name: str, quiet: bool) -> None:
    """Read documents into the ledger; without PATH the case's bundled documents.

    Text, HTML, JSON, JSON lines, Parquet, and folders of them. Adding the same again adds nothing. Each batch is stored
    or not as a whole; after a crash the same command adds the rest.

    \b
    Examples:
      muster add
      muster add articles/ statement.html --ledger team.sqlite
      muster add --case red-sea-2023 news.jsonl
    """
    from muster.ledger.intake import load_documents
    from muster.reading import open_reader

    case = load_case(case_name)
    chosen = paths or _bundled(case)
    with open_and_tell(ledger_url) as ledger, progress_bar("Reading", quiet=quiet) as bar:
        task = bar.add_task("read", total=None)
        report = load_documents(
            ledger, case, chosen, open_reader(reader_name),
            on_problem=lambda problem: bar.console.print(f"muster: {problem}", markup=False, highlight=False),
            progress=lambda n_done, n_total: bar.update(task, completed=n_done, total=n_total),
        )  # fmt: skip
        name = ledger.name
    if not quiet:
        click.echo(
            f"{report.n_documents} documents added, {report.n_known_documents} already there; "
            f"{report.n_statements} statements added, {report.n_known_statements} already there; ledger {name}"
        )
    if report.n_problems:
        click.echo(f"muster: {report.n_problems} could not be used", err=True)
    if not report.n_seen:
        sys.exit(InputError.exit_code)


def _bundled(case: Case) -> tuple[Path, ...]:
    """Return the case's own documents; InputError where it has none."""
    found = case.document_paths()
    if not found:
        raise InputError(f"case {case.name} bundles no documents", next_step="Name files or folders to read")
    return found
