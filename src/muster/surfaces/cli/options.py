"""Options that many commands share, and how lists are printed: `--format table|json|csv`."""

import csv
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click
from rich.console import Console

from muster.base.case import DEFAULT_CASE
from muster.base.errors import InputError
from muster.surfaces.cli.terminal_table import cell_text, terminal_table

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_LEDGER = "sqlite:///muster.sqlite"


def case_option(function: F) -> F:
    """Add `--case NAME|FILE`."""
    return click.option(
        "--case", "case_name", default=DEFAULT_CASE, show_default=True, metavar="NAME|FILE",
        help="A bundled case (see `muster cases`) or a case.toml.",
    )(function)  # fmt: skip


def ledger_option(function: F) -> F:
    """Add `--ledger URL`; the environment variable MUSTER_LEDGER sets the default."""
    return click.option(
        "--ledger", "ledger_url", default=DEFAULT_LEDGER, show_default=True, envvar="MUSTER_LEDGER", metavar="URL",
        help="SQLAlchemy URL of the ledger, or a path of an SQLite file.",
    )(function)  # fmt: skip


def format_option(function: F) -> F:
    """Add `--format table|json|csv`."""
    return click.option(
        "--format", "output_format", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
        help="How to print lists; a table is plain when piped.",
    )(function)  # fmt: skip


def reader_option(function: F) -> F:
    """Add `--reader learned|rules`."""
    return click.option(
        "--reader", "reader_name", type=click.Choice(["learned", "rules"]), default="learned", show_default=True,
        help="Rules and the small network that comes with muster, or rules alone (faster, finds less).",
    )(function)  # fmt: skip


def read_mapping(text: str | None, option: str = "--map") -> dict[str, str]:
    """Return the pairs of `key=column,key=column`."""
    pairs: dict[str, str] = {}
    for item in (text or "").split(","):
        key, equals, value = item.partition("=")
        if item and not (equals and key.strip() and value.strip()):
            raise InputError(f"{option} {item!r}", rule="a mapping is key=column, comma-separated")
        if item:
            pairs[key.strip()] = value.strip()
    return pairs


def print_rows(rows: Sequence[Mapping[str, Any]], output_format: str, *, title: str = "") -> None:
    """Print rows (all with the same keys) as a table, JSON array or CSV on standard output."""
    if output_format == "json":
        click.echo(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=1, default=str))
        return
    names = list(rows[0]) if rows else []
    if output_format == "csv":
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, fieldnames=names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        click.echo(buffer.getvalue(), nl=False)
        return
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(cell_text(row[name]) for name in names))
        return
    console = Console()
    console.print(terminal_table(rows, title=title, width=console.width))
