"""`muster serve`: the web pages of one case; `muster account`: who may review."""

import threading
from pathlib import Path

import click

from muster.surfaces.cli.case_ledger import open_case_ledger
from muster.surfaces.cli.options import case_option, ledger_option

DEFAULT_ACCOUNTS = "muster-accounts.json"


def accounts_option(function: click.decorators.FC) -> click.decorators.FC:
    """Add `--accounts FILE`."""
    return click.option(
        "--accounts", "accounts_path", default=DEFAULT_ACCOUNTS, show_default=True, type=click.Path(path_type=Path),
        envvar="MUSTER_ACCOUNTS", help="File with the accounts of reviewers.",
    )(function)  # fmt: skip


@click.command()
@case_option
@ledger_option
@accounts_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option(
    "--in-process", is_flag=True, help="Render pages in the server's own process; by default a second one does."
)
@click.option("--root", default="", metavar="PATH", help="Path prefix of all links, behind a proxy (such as /muster).")
def serve(
    case_name: str, ledger_url: str, accounts_path: Path, host: str, port: int, in_process: bool, root: str
) -> None:
    """Serve the roll, the claims, the documents, the review queue and the passage as web pages.

    Reading needs no account; ruling and adding need one (`muster account add`) or the token in MUSTER_TOKEN.

    \b
    Examples:
      muster serve
      muster serve --port 8080 --ledger postgresql://muster@db/muster
    """
    import uvicorn

    from muster.surfaces.web.accounts import Accounts
    from muster.surfaces.web.app import create_app, is_own
    from muster.surfaces.web.renderer import ProcessRenderer, ThreadRenderer
    from muster.surfaces.web.site import Site

    case, ledger = open_case_ledger(case_name, ledger_url)
    site = Site(case, ledger, root="/" + root.strip("/") if root.strip("/") else "")

    def beside(threads: ThreadRenderer) -> ProcessRenderer:
        return ProcessRenderer(threads, case_name, ledger_url, site.root, is_own=is_own)

    # A passing ledger is this process's own.
    is_shared = not in_process and ledger_url != "sqlite://"
    app = create_app(site, Accounts(accounts_path), make_renderer=beside if is_shared else None, keeps_front=True)
    if site.strait is not None:
        threading.Thread(target=site.strait.warm, daemon=True, name="muster-warm").start()
    click.echo(f"muster: {case.title}: http://{host}:{port}{site.root}/ (stop with Ctrl-C)", err=True)
    uvicorn.run(
        app, host=host, port=port, log_level="warning", timeout_keep_alive=15, timeout_graceful_shutdown=20,
        limit_concurrency=1000, h11_max_incomplete_event_size=64 << 10, server_header=False,
    )  # fmt: skip


@click.group()
def account() -> None:
    """Make accounts for reviewers.

    \b
    Examples:
      muster account add anna --role reviewer
    """


@account.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["reader", "reviewer", "admin"]), default="reviewer", show_default=True)
@click.password_option(help="Asked for if left out.")
@accounts_option
def add_account(name: str, role: str, password: str, accounts_path: Path) -> None:
    """Add an account, or change its password and role.

    \b
    Examples:
      muster account add anna --role reviewer
    """
    from muster.surfaces.web.accounts import Accounts

    Accounts(accounts_path).add(name, password, role)
    click.echo(f"{name} may log in as {role}.")
