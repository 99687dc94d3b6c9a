"""`muster export`, `muster import`, `muster series`, `muster audit`: the ledger in and out, and its deep check."""

import csv
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from muster.base.clock import parse_date, parse_instant
from muster.base.errors import InputError, LedgerError
from muster.surfaces.cli.ledger import open_and_tell
from muster.surfaces.cli.options import format_option, ledger_option, print_rows


@click.command(name="export")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@ledger_option
@click.option(
    "--format", "name", default=None,
    type=click.Choice(["jsonl", "csv", "parquet", "ftm", "ftm-statements", "plover"]),
    help="Else by the file's ending: .jsonl, .csv, .parquet, .ftm.json, .json (PLOVER).",
)  # fmt: skip
@click.option("--as-of", default=None, metavar="DATE", help="The day in the world; today without it. Not for jsonl.")
@click.option("--known-at", default=None, metavar="INSTANT", help="As known then; now without it. Not for jsonl.")
def export_command(
    file: Path | None, ledger_url: str, name: str | None, as_of: str | None, known_at: str | None
) -> None:
    """Write the ledger to FILE, or to standard output.

    jsonl is lossless: every version, ruling, witness and vintage, both clocks. The others hold the statements of one
    day that are not rejected, each with its quote, and the text of each document once: csv, parquet, FollowTheMoney
    entities (ftm) or statements (ftm-statements), PLOVER events (plover).

    \b
    Examples:
      muster export backup.jsonl
      muster export april.csv --as-of 2026-04-30
      muster export --format ftm > entities.ftm.json
    """
    from muster.ledger.exchange.files import export_file, format_of

    chosen = format_of(file, name)
    if chosen == "jsonl" and (as_of or known_at):
        raise InputError("jsonl holds the whole ledger", rule="--as-of and --known-at are for the other formats")
    with open_and_tell(ledger_url, must_exist=True) as ledger:
        day = parse_date(as_of, name="--as-of") if as_of else None
        instant = parse_instant(known_at, name="--known-at") if known_at else None
        n_rows = export_file(ledger, ledger.view(day, instant), file, chosen)
    if file is not None:
        click.echo(f"{n_rows} rows written to {file}")


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@ledger_option
@click.option(
    "--format", "name", default=None, type=click.Choice(["jsonl", "csv", "parquet", "ftm", "plover"]),
    help="Else by the file's ending, as for `muster export`.",
)  # fmt: skip
def import_command(file: Path, ledger_url: str, name: str | None) -> None:
    """Read what `muster export` wrote into the ledger: all of FILE or, after an error, nothing.

    A jsonl file restores an empty ledger with both clocks. Otherwise what is new is added as of now, and what is there
    stays. Every quote is checked against its document again; an error names row and field. Articles: see `muster add`.

    \b
    Examples:
      muster import backup.jsonl --ledger restored.sqlite
      muster import colleague.csv
    """
    from muster.ledger.exchange.files import format_of, import_file

    chosen = format_of(file, name)
    with open_and_tell(ledger_url) as ledger:
        counts = import_file(ledger, file, chosen)
    how = "restored" if counts.is_restore else "added"
    click.echo(
        f"{counts.n_rows} rows read; {how}: {counts.n_documents} documents, {counts.n_statements} statements, "
        f"{counts.n_rulings} rulings"
    )


@click.command()
@ledger_option
def audit(ledger_url: str) -> None:
    """Check the whole ledger: every page, every content id, every quote against its document.

    Finds what a damaged disk or a hand behind muster's back changed; exit code 4 if anything is wrong.

    \b
    Examples:
      muster audit
      muster audit --ledger team.sqlite
    """

    with open_and_tell(ledger_url, must_exist=True) as ledger:
        problems = ledger.verify()
        for problem in problems:
            click.echo(problem)
        counts = ledger.view(date.max).review_counts()
    if problems:
        click.echo(f"muster: {len(problems)} problems; restore a copy", err=True)
        sys.exit(LedgerError.exit_code)
    click.echo(f"sound: {sum(counts.values())} statements, every quote verbatim")


@click.group()
def series() -> None:
    """Figures of outside series (transit counts), kept by the publisher's edition (vintage).

    \b
    Examples:
      muster series add april.csv --series portwatch/hormuz/total --vintage 2026-04
      muster series compare portwatch/hormuz/total 2026-04 2026-08
    """


@series.command(name="add")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@ledger_option
@click.option("--series", "name", required=True, help="What is measured, such as portwatch/hormuz/total.")
@click.option("--vintage", required=True, help="The publisher's edition, such as 2026-08.")
@click.option("--column", required=True, help="The column of FILE that holds the figures.")
@click.option("--date-column", default="date", show_default=True, help="The column that holds the days.")
@click.option("--source", required=True, help="Where the edition came from (a URL or a note).")
def add_series(
    file: Path, ledger_url: str, name: str, vintage: str, column: str, date_column: str, source: str
) -> None:
    """Add one edition of a series from a CSV file; empty cells are days without a figure.

    \b
    Examples:
      muster series add transits.csv --series portwatch/hormuz/total --vintage 2026-08 \\
        --column portwatch_aug2026_total --source "IMF PortWatch, August 2026"
    """

    with open_and_tell(ledger_url) as ledger, ledger.writer() as writer:
        n_new = writer.add_vintage(name, vintage, source, _figures(file, column, date_column))
    click.echo(f"{n_new} figures added to {name}, vintage {vintage}")


def _figures(file: Path, column: str, date_column: str) -> Iterator[tuple[date, float]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        for name in (column, date_column):
            if name not in (reader.fieldnames or ()):
                known = ", ".join(reader.fieldnames or ())
                raise InputError(f"{file}: no column {name!r}", rule=f"columns are {known}")
        for row in reader:
            place = f"{file} line {reader.line_num}"
            if row[column]:
                try:
                    value = float(row[column])
                except ValueError:
                    raise InputError(f"{place}: {column} {row[column]!r} is not a number") from None
                yield parse_date(row[date_column] or "", name=f"{place}: {date_column}"), value


@series.command(name="list")
@ledger_option
@format_option
def list_series(ledger_url: str, output_format: str) -> None:
    """List the series and their editions.

    \b
    Examples:
      muster series list
      muster series list --format json
    """

    with open_and_tell(ledger_url, must_exist=True) as ledger:
        rows = [
            {
                "series": info.series, "vintage": info.vintage, "n_days": info.n_days, "first": info.first,
                "last": info.last, "source": info.source, "recorded_at": info.recorded_at,
            }
            for info in ledger.view().vintages()
        ]  # fmt: skip
    print_rows(rows, output_format, title="Series by vintage")


@series.command(name="compare")
@click.argument("name")
@click.argument("older")
@click.argument("newer")
@ledger_option
@format_option
def compare_series(name: str, older: str, newer: str, ledger_url: str, output_format: str) -> None:
    """Tell how edition NEWER of series NAME restated edition OLDER.

    \b
    Examples:
      muster series compare portwatch/hormuz/total 2026-04 2026-08
    """
    from muster.ledger.vintage import compare_vintages

    with open_and_tell(ledger_url, must_exist=True) as ledger:
        view = ledger.view(date.max)
        change = compare_vintages(view.vintage(name, older), view.vintage(name, newer), names=(older, newer))
    row = {
        "series": name, "older": change.older, "newer": change.newer, "n_common": change.n_common,
        "n_restated": change.n_restated, "n_only_older": change.n_only_older, "n_only_newer": change.n_only_newer,
        "mean_older": change.mean_older, "mean_newer": change.mean_newer,
        "largest": [f"{day} {before:g} -> {after:g}" for day, before, after in change.largest],
    }  # fmt: skip
    print_rows([row], output_format, title="Restatement")
