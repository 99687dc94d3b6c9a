"""`muster brief`: the main job, end to end: documents -> ledger -> roll, claims, tensions -> passage -> one page."""

import sys
from pathlib import Path
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from muster.base.case import Case
from muster.base.document import Document
from muster.base.errors import InputError
from muster.base.statement import Statement
from muster.ledger import Ledger
from muster.surfaces.brief.page import Brief
from muster.surfaces.cli.case_ledger import as_of_option, known_at_option, open_case_ledger, open_view
from muster.surfaces.cli.options import case_option, ledger_option, reader_option

DEFAULT_OUT = "out/brief.html"
N_STEPS = 5


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@case_option
@ledger_option
@as_of_option
@known_at_option
@click.option("--out", default=DEFAULT_OUT, show_default=True, type=click.Path(path_type=Path), help="HTML to write.")
@click.option("--runs", default=400, show_default=True, type=click.IntRange(20, 100_000), help="Simulated runs.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(7, 730), help="Simulated days.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="Same seed, same figures.")
@click.option("--no-passage", is_flag=True, help="Leave the simulation out.")
@reader_option
def brief(
    paths: tuple[Path, ...], case_name: str, ledger_url: str, as_of: str | None, known_at: str | None, out: Path,
    runs: int, days: int, seed: int, no_passage: bool, reader_name: str,
) -> None:  # fmt: skip
    """Read documents, check the claims, run the strait, and write one self-contained page.

    Without PATH the bundled documents of the case are used; documents given are read in too, and what they say is
    shown first.

    \b
    Examples:
      muster brief
      muster brief article.html --out out/article.html
      muster brief --as-of 2026-04-09 --no-passage
    """
    with _Steps() as steps:
        steps.next("reading the documents")
        case, ledger = open_case_ledger(case_name, ledger_url, reader_name)
        articles = _read_articles(case, ledger, paths, reader_name)
        view = open_view(case, ledger, as_of, known_at)
        steps.next("building the force pool and running the strait")
        from muster.surfaces.brief.compose import compose_brief
        from muster.surfaces.brief.passage import compose_passage

        section = (
            None if no_passage else compose_passage(case, view, n_runs=runs, n_days=days, seed=seed, tell=steps.next)
        )
        steps.next("checking claims and finding tensions")
        inputs = {"runs": runs, "days": days, "seed": seed, "paths": [path.name for path in paths]}
        page = compose_brief(case, view, articles=articles, passage=section, inputs=inputs)
        steps.next("writing the page")
        _write(page, out)
    _print_summary(page, out)


class _Steps:
    """A progress bar over the few long steps, on standard error; plain lines where that is no terminal."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not self._is_terminal)
        self._task = self._bar.add_task("starting", total=N_STEPS)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def next(self, what: str) -> None:
        """Go on to the next step."""
        self._bar.update(self._task, description=what, advance=1)
        if not self._is_terminal:
            click.echo(f"muster: {what}", err=True)


def _read_articles(
    case: Case, ledger: Ledger, paths: tuple[Path, ...], reader_name: str
) -> list[tuple[Document, tuple[Statement, ...]]]:
    if not paths:
        return []
    from muster.documents import read_documents
    from muster.ledger.intake import load_documents
    from muster.reading import open_reader

    problems: list[InputError] = []

    def tell(problem: InputError) -> None:
        problems.append(problem)
        click.echo(f"muster: {problem}", err=True)

    reader = open_reader(reader_name)
    documents = list(read_documents(list(paths), on_problem=tell))
    if not documents:
        raise InputError("nothing could be read", rule="give text, HTML, JSON or JSON lines") from None
    load_documents(ledger, case, paths, reader, on_problem=lambda _: None)
    return [(document, reader.read(document)) for document in documents]


def _write(page: Brief, out: Path) -> None:
    from muster.surfaces.brief.render import render_brief

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(render_brief(page), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: {error.strerror}", next_step="Give another --out") from None


def _print_summary(page: Brief, out: Path) -> None:
    """Print what the page says first: the headline, the claims, what gets through."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(page.title, style="bold", markup=False)
    console.print(f"as of {page.as_of}, as known at {page.known_at}\n", markup=False)
    console.print(page.headline, markup=False)
    for line in page.lead:
        console.print(f"- {line}", markup=False)
    console.print("\nClaims", style="bold")
    for claim in page.claims:
        console.print(f"  {claim.verdict:<13} {claim.text}", markup=False)
    for article in page.articles:
        console.print(f"\nRead in: {article.title}", style="bold", markup=False)
        for row in article.rows:
            console.print(f"  {row.kind:<9} {row.actor}: {row.detail}", markup=False)
    if page.passage is not None:
        console.print("\nPassages a day by policy (mean, 5 to 95 % of runs)", style="bold")
        for policy in page.passage.policies:
            console.print(f"  {policy.passages_per_day:<22} {policy.name}", markup=False)
    n_tensions, n_sources = len(page.tensions), len(page.sources)
    console.print(f"\n{n_tensions} tensions, {len(page.rows)} members, {n_sources} sources", markup=False)
    console.print(f"The brief: {out}", style="bold", markup=False)
