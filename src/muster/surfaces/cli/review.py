"""`muster review`: walk the queue in the terminal, and report how often reviewers upheld each rule."""

import getpass
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import click

from muster.base.errors import InputError
from muster.base.scheme import FIELDS, allowed_codes
from muster.surfaces.cli.ledger import open_and_tell
from muster.surfaces.cli.options import format_option, ledger_option, print_rows

if TYPE_CHECKING:
    from muster.ledger.queue import QueueItem
    from muster.ledger.store import Ledger
    from muster.ledger.view import View

CONTEXT_CHARACTERS = 160
_KEYS = "a accept, r reject, c correct, s skip, u undo the last, q quit"


@click.command()
@ledger_option
@format_option
@click.option("--reviewer", default=None, metavar="NAME", help="Who decides; your login name without it.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="How many to walk.")
@click.option("--statement", "statement_id", default=None, metavar="ID", help="Only this one, whatever its state.")
@click.option(
    "--report", type=click.Choice(["rules", "reviewers"]), default=None,
    help="Instead of walking: precision of each rule, or agreement of reviewers.",
)  # fmt: skip
def review(
    ledger_url: str,
    output_format: str,
    reviewer: str | None,
    limit: int,
    statement_id: str | None,
    report: str | None,
) -> None:
    """Rule on statements, those that contradict each other first, then the least confident.

    Keys: a accept, r reject (asks for the reason), c correct a field, s skip, u undo your last ruling, q quit. Each
    ruling is stored at once with your name and the time; an undo is a ruling of its own. From a pipe each line is one
    command: `a`, `r REASON`, `c FIELD=CODE`, `s`, `u`, `q`.

    \b
    Examples:
      muster review
      muster review --reviewer ann --limit 20
      printf 'a\\nr irony\\nq\\n' | muster review --reviewer ann
      muster review --report rules --format csv
    """
    from muster.ledger.queue import QueueItem, build_queue

    with open_and_tell(ledger_url, must_exist=True) as ledger:
        view = ledger.view()
        if report is not None:
            _print_report(view, report, output_format)
            return
        if statement_id is not None:
            queue: tuple[QueueItem, ...] = (QueueItem(view.entry(statement_id), "asked for"),)
        else:
            queue = build_queue(view, limit=limit)
        walk = _Walk(ledger, view, reviewer or getpass.getuser())
        for number, item in enumerate(queue, 1):
            if not walk.show(item, number, len(queue)):
                break
        waiting = ledger.view().review_counts()["unreviewed"]
        made = ", ".join(f"{n} {action}" for action, n in sorted(walk.made.items())) or "no ruling"
        click.echo(f"{made}; {waiting} statements wait")


def _print_report(view: "View", report: str, output_format: str) -> None:
    from muster.ledger.review import agreement_of_reviewers, precision_by_rule

    if report == "rules":
        rules = precision_by_rule(view.reviewed())
        print_rows([asdict(row) for row in rules], output_format, title="Precision by rule, from rulings")
    else:
        pairs = agreement_of_reviewers(view.rulings())
        print_rows([asdict(pair) for pair in pairs], output_format, title="Agreement of reviewers")


@dataclass
class _Walk:
    """One reviewer's way through the queue."""

    ledger: "Ledger"
    view: "View"
    reviewer: str
    made: Counter[str] = field(default_factory=Counter)
    last: str = ""

    def show(self, item: "QueueItem", number: int, n_items: int) -> bool:
        """Show one statement until it is ruled or skipped; return False to stop."""
        _print_item(self.view, item, number, n_items)
        while True:
            command = _read_command()
            if command is None or command[0] == "q":
                return False
            try:
                if self._obey(item, *command):
                    return True
            except InputError as error:
                click.echo(f"muster: {error}", err=True)

    def _obey(self, item: "QueueItem", key: str, rest: str) -> bool:
        """Carry out one command; return whether the statement is done with."""
        entry = item.entry
        if key == "s":
            return True
        if key == "a":
            self._rule(entry.id, "accept")
        elif key == "r":
            self._rule(entry.id, "reject", reason=rest or _ask("Reason"))
        elif key == "c":
            name, value = _correction(entry.statement.kind, rest)
            self._rule(entry.id, "correct", field=name, value=value)
        elif key == "u":
            if not self.last:
                raise InputError("nothing to undo yet", rule="u takes back your last ruling of this walk")
            self._rule(self.last, "undo")
            self.last = ""
            return False
        else:
            click.echo(f"Keys: {_KEYS}")
            return False
        return True

    def _rule(self, statement_id: str, action: str, **more: str) -> None:
        with self.ledger.writer() as writer:
            writer.add_ruling(statement_id, action, reviewer=self.reviewer, **more)
        self.made[action] += 1
        self.last = statement_id
        click.echo(f"{action}: {statement_id[:12]}, by {self.reviewer}")


def _print_item(view: "View", item: "QueueItem", number: int, n_items: int) -> None:
    entry, statement = item.entry, item.entry.statement
    codes = ", ".join(f"{name} {value}" for name, value in statement.fields().items())
    text = view.document(entry.document.id).text
    before = text[max(0, statement.start - CONTEXT_CHARACTERS) : statement.start]
    after = text[statement.end : statement.end + CONTEXT_CHARACTERS]
    click.echo()
    click.secho(f"[{number} of {n_items}] {statement.kind}: {codes}", bold=True)
    click.echo(f"  {item.why}; {entry.review}; rule {statement.rule or '-'}; reader {statement.reader or '-'}")
    info = entry.document
    click.echo(
        f"  {info.publisher or 'unknown publisher'} ({info.letter}), {info.published or 'undated'}: {info.title}"
    )
    marks = click.style(statement.quote, reverse=True) if sys.stdout.isatty() else f">>>{statement.quote}<<<"
    click.echo(f"  ...{before}{marks}{after}...".replace("\n", " "))
    click.echo(f"  id {entry.id[:12]}")


def _read_command() -> tuple[str, str] | None:
    """Return (key, rest of the line); None at the end of the input."""
    if sys.stdin.isatty():
        click.echo("a/r/c/s/u/q? ", nl=False)
        key = click.getchar().lower()
        click.echo(key)
        return (key, "") if key not in {"\x04", "\x03"} else None
    line = sys.stdin.readline()
    if not line:
        return None
    key, _, rest = line.strip().partition(" ")
    return key.lower() or "?", rest.strip()


def _ask(label: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(label, default="", show_default=False))
    return sys.stdin.readline().strip()


def _correction(kind: str, rest: str) -> tuple[str, str]:
    """Return the field and code of `FIELD=CODE`, asked for if not given."""
    if not rest:
        rest = _ask(f"Correct which ({', '.join(FIELDS[kind])})? FIELD=CODE")
    name, equals, value = (part.strip() for part in rest.partition("="))
    if not equals:
        codes = ", ".join(allowed_codes(kind, name)) or "a code such as GBR"
        raise InputError(f"correction {rest!r} is not FIELD=CODE", rule=f"{name or 'a field'} takes {codes}")
    return name, value
