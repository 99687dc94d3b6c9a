"""The root command: lazy loading of subcommands and one way of failing (one line, fixed exit code)."""

import errno
import importlib
import os
import sys
from typing import Any

import click
from rich.console import Console

from muster import __version__
from muster.base.errors import MusterError

# Before numpy is loaded: reading multiplies many small matrices, which two threads do no sooner (2.8 s either way for
# 160 digests on two cores) with twice the work (4.8 against 2.6 s). Whoever sets the variable has it their way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# command -> (module, attribute). Help texts are read from the modules when `muster --help` asks.
COMMANDS: dict[str, tuple[str, str]] = {
    "read": ("muster.surfaces.cli.read", "read"),
    "evaluate": ("muster.surfaces.cli.read", "evaluate"),
    "add": ("muster.surfaces.cli.ledger", "add"),
    "asks": ("muster.surfaces.cli.roll", "asks"),
    "account": ("muster.surfaces.cli.serve", "account"),
    "backtest": ("muster.surfaces.cli.backtest", "backtest"),
    "brief": ("muster.surfaces.cli.brief", "brief"),
    "serve": ("muster.surfaces.cli.serve", "serve"),
    "review": ("muster.surfaces.cli.review", "review"),
    "export": ("muster.surfaces.cli.exchange", "export_command"),
    "import": ("muster.surfaces.cli.exchange", "import_command"),
    "series": ("muster.surfaces.cli.exchange", "series"),
    "audit": ("muster.surfaces.cli.exchange", "audit"),
    "cases": ("muster.surfaces.cli.cases", "cases"),
    "check": ("muster.surfaces.cli.check", "check"),
    "claims": ("muster.surfaces.cli.check", "claims"),
    "code": ("muster.surfaces.cli.code", "code"),
    "fetch": ("muster.surfaces.cli.fetch", "fetch"),
    "forces": ("muster.surfaces.cli.forces", "forces"),
    "frontier": ("muster.surfaces.cli.frontier", "frontier"),
    "incidents": ("muster.surfaces.cli.incidents", "incidents"),
    "next": ("muster.surfaces.cli.next_ask", "next_ask"),
    "roster": ("muster.surfaces.cli.roster", "roster"),
    "shares": ("muster.surfaces.cli.shares", "shares"),
    "roll": ("muster.surfaces.cli.roll", "roll"),
    "site": ("muster.surfaces.cli.site", "site"),
    "tensions": ("muster.surfaces.cli.tensions", "tensions"),
    "transits": ("muster.surfaces.cli.transits", "transits"),
    "verify": ("muster.surfaces.cli.verify", "verify"),
    "watch": ("muster.surfaces.cli.fetch", "watch"),
    "what-if": ("muster.surfaces.cli.what_if", "what_if"),
    "why": ("muster.surfaces.cli.roll", "why"),
    "passage": ("muster.surfaces.cli.passage", "passage"),
    "policy": ("muster.surfaces.cli.policy", "policy"),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand's module only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, importing its module."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="muster")
def root() -> None:
    """Who was asked for what, who answered how, and do ships get through.

    Start with:  muster brief   (reads the bundled case and writes out/brief.html)
    """


def main(argv: list[str] | None = None) -> Any:
    """Run the command line; a MusterError becomes one line on stderr and its exit code."""
    try:
        return root.main(args=argv, prog_name="muster", standalone_mode=False)
    except MusterError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"muster: {error}", markup=False)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        click.echo("muster: stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:  # a full disk, a folder without permission: whatever the rooms did not name themselves
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"muster: {place}{error.strerror or error}.", err=True)
        if error.errno == errno.ENOSPC:  # else Python tries the same write again when it exits, and tells of it
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(MusterError.exit_code)
