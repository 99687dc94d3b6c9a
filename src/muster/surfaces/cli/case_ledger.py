"""Open a case with its ledger: the bundled documents are read in first if they are not there yet."""

import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from muster.base.actors import actor_names, display_name
from muster.base.case import Case, load_case
from muster.base.clock import parse_date, parse_instant
from muster.base.errors import InputError, NotFoundError
from muster.ledger import Ledger, open_ledger
from muster.ledger.view import View

F = TypeVar("F", bound=Callable[..., Any])


def as_of_option(function: F) -> F:
    """Add `--as-of DATE`."""
    return click.option(
        "--as-of", "as_of", metavar="DATE", help="The day in the world, such as 2026-04-09 [default: the case's last]."
    )(function)


def known_at_option(function: F) -> F:
    """Add `--known-at INSTANT`."""
    return click.option(
        "--known-at", "known_at", metavar="INSTANT",
        help="As known to this ledger then, such as 2026-04-10T00:00Z [default: now].",
    )(function)  # fmt: skip


def open_case_ledger(case_name: str, ledger_url: str, reader_name: str = "learned") -> tuple[Case, Ledger]:
    """Return a case and its open ledger, which holds at least the case's bundled documents.

    Missing bundled documents are read in first, with progress on standard error; later calls find them there.

    Parameters
    ----------
    case_name : str
        A bundled case, or the path of a `case.toml`.
    ledger_url : str
        An SQLAlchemy URL or the path of an SQLite file.
    reader_name : str
        What reads the documents that are missing; those the ledger has stay as they were read.

    Raises
    ------
    MusterError
        The case or the ledger cannot be used.
    """
    case = load_case(case_name)
    ledger = open_ledger(ledger_url)
    for notice in ledger.notices:
        click.echo(f"muster: {notice}", err=True)
    if _lacks_documents(case, ledger):
        if ledger.is_read_only:
            click.echo(f"muster: {ledger.name} is read-only; it lacks bundled documents of {case.name}", err=True)
        else:
            _read_bundled(case, ledger, reader_name)
    return case, ledger


def open_view(case: Case, ledger: Ledger, as_of: str | date | None = None, known_at: str | None = None) -> View:
    """Return the view at the given day and instant; the day is the case's own if left out.

    A notice on standard error says when nothing was known then.
    """
    day = parse_date(as_of, name="--as-of") if as_of else case.as_of
    instant: datetime | None = parse_instant(known_at, name="--known-at") if known_at else None
    view = ledger.view(day, instant)
    if not view.documents(limit=1):
        first = f"; its first recording is later than {known_at}" if known_at else ""
        click.echo(f"muster: the ledger knows no document of {day} or before{first}", err=True)
    return view


def resolve_member(text: str, members: tuple[str, ...], place: str) -> str:
    """Return the code that a code or a country's name stands for, among the given members.

    Raises
    ------
    NotFoundError
        It is none of them; lists them.
    """
    wanted = text.strip().casefold()
    known = {code.casefold(): code for code in members}
    for name in actor_names():
        if name.code in members:
            known.setdefault(name.text.casefold(), name.code)
    for code in members:
        known.setdefault(display_name(code).casefold(), code)
    if wanted not in known:
        rule = f"{place} has {', '.join(f'{code} ({display_name(code)})' for code in members)}"
        raise NotFoundError(f"{text!r} is not on {place}", rule=rule)
    return known[wanted]


def _lacks_documents(case: Case, ledger: Ledger) -> bool:
    from muster.documents import read_documents

    view = ledger.view(date.max)
    try:
        for document in read_documents(case.document_paths(), on_problem=lambda _: None):
            view.document_info(document.id)
    except NotFoundError:
        return True
    return False


def _read_bundled(case: Case, ledger: Ledger, reader_name: str) -> None:
    from muster.ledger.intake import load_documents
    from muster.reading import open_reader

    def tell(problem: InputError) -> None:
        click.echo(f"muster: {problem}", err=True)

    reader = open_reader(reader_name)
    if not sys.stderr.isatty():
        report = load_documents(ledger, case, case.document_paths(), reader, on_problem=tell)
        click.echo(
            f"muster: read {report.n_documents} bundled documents of {case.name} into the ledger: "
            f"{report.n_statements} statements",
            err=True,
        )
        return
    columns = (TextColumn(f"Reading {case.name}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("read", total=None)

        def show(n_done: int, n_total: int | None) -> None:
            bar.update(task, completed=n_done, total=n_total)

        load_documents(ledger, case, case.document_paths(), reader, on_problem=tell, progress=show)
