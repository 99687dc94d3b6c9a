"""`muster site`: the case's pages as a folder of files."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from muster.surfaces.cli.case_ledger import open_case_ledger
from muster.surfaces.cli.options import case_option, ledger_option


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@case_option
@ledger_option
def site(folder: Path, case_name: str, ledger_url: str) -> None:
    """Write the case's pages into DIR, with relative links: open DIR/index.html, or put DIR on any host.

    What needs a server is left out: review, adding, searching, running the model again.

    \b
    Examples:
      muster site out/site
    """
    from muster.surfaces.web.export import export_site
    from muster.surfaces.web.site import Site

    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger, Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Pages", total=None)
        n_files = export_site(
            Site(case, ledger), folder, on_page=lambda done, known: progress.update(task, completed=done, total=known)
        )
    click.echo(f"muster: wrote {n_files} files; open {folder / 'index.html'}", err=True)
