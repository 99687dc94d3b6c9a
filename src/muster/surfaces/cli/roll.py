"""`muster roll`, `muster why`, `muster asks`: who was asked for what, who answered how, and why we say so."""

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from muster.assessment.asks import AskLink, link_asks
from muster.assessment.relation import whats_for
from muster.assessment.roll import Roll, build_roll
from muster.assessment.standing import UNREPORTED, Standing
from muster.base.actors import display_name
from muster.base.case import AskLine, Case
from muster.base.errors import NotFoundError
from muster.ledger.entry import Entry
from muster.ledger.view import View
from muster.surfaces.cards.quotes import how_likely
from muster.surfaces.cli.case_ledger import as_of_option, known_at_option, open_case_ledger, open_view, resolve_member
from muster.surfaces.cli.options import case_option, format_option, ledger_option, print_rows
from muster.surfaces.cli.shown import LEGEND, STATUS_STYLES, cell_object, cell_row, mark, quoted, roll_object

COLUMN_WIDTH = 13
"""Columns of a terminal that a cell such as `considering` needs with its borders."""
MOST_FURTHER = 200
"""Statements beside those that count that `muster why` lists at most."""


@click.command()
@case_option
@ledger_option
@as_of_option
@known_at_option
@format_option
def roll(case_name: str, ledger_url: str, as_of: str | None, known_at: str | None, output_format: str) -> None:
    """Show the roll: members times asks, each cell the standing of a member's answers.

    A dot is unreported: asked, and no answer known. It never means refused.

    \b
    Examples:
      muster roll
      muster roll --as-of 2026-04-09 --format csv
      muster roll --as-of 2026-04-09 --known-at 2026-11-30T00:00Z --format json
    """
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        view = open_view(case, ledger, as_of, known_at)
        found = build_roll(view, case)
    if output_format == "json":
        head = {"case": case.name, "as_of": str(view.as_of), "known_at": view.known_at.isoformat()}
        asks = [{"id": ask.id, "title": ask.title, "what": ask.what, "asker": ask.asker, "target": ask.target,
                 "since": str(ask.since)} for ask in found.asks]  # fmt: skip
        click.echo(json.dumps({**head, "asks": asks, "members": roll_object(found)}, ensure_ascii=False, indent=1))
    elif output_format == "csv":
        print_rows([cell_row(cell) for member in found.members for cell in found.row(member)], "csv")
    else:
        _print_matrix(found, case)


def _print_matrix(found: Roll, case: Case) -> None:
    if not sys.stdout.isatty():
        click.echo("\t".join(("member", *(ask.id for ask in found.asks))))
        for member in found.members:
            click.echo("\t".join((member, *(mark(cell) for cell in found.row(member)))))
        return
    out = Console(highlight=False)
    if out.width < COLUMN_WIDTH * (len(found.asks) + 1):
        _print_members(out, found, case)
        return
    table = Table(title=f"{case.title}, as of {found.as_of}", header_style="bold", caption=LEGEND)
    table.add_column("")
    for ask in found.asks:
        table.add_column(ask.title, overflow="fold")
    for member in found.members:
        cells = [Text(mark(cell), style=STATUS_STYLES[cell.status]) for cell in found.row(member)]
        table.add_row(display_name(member), *cells)
    out.print(table)


def _print_members(out: Console, found: Roll, case: Case) -> None:
    """Print a paragraph for each member, for terminals where the columns would cut the words."""
    out.print(Text(f"{case.title}, as of {found.as_of}", style="bold"))
    for member in found.members:
        answers = Text("; ").join(
            Text(f"{cell.ask_id} ").append(mark(cell), style=STATUS_STYLES[cell.status])
            for cell in found.row(member)
            if cell.status != UNREPORTED
        )
        silent = ", ".join(cell.ask_id for cell in found.row(member) if cell.status == UNREPORTED and cell.is_asked)
        if silent:
            answers.append("; " if answers else "").append(f"unreported: {silent}", style="dim")
        out.print(Text.assemble((f"{display_name(member)}: ", "bold"), answers))
    out.print(Text(LEGEND, style="dim"))


@click.command()
@click.argument("member")
@click.argument("ask")
@case_option
@ledger_option
@as_of_option
@known_at_option
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True)
def why(
    member: str, ask: str, case_name: str, ledger_url: str, as_of: str | None, known_at: str | None, output_format: str
) -> None:
    """Explain one cell: every statement with its quote, source, grade, rule and rulings.

    MEMBER is a code or a country's name; ASK is the id of an ask or its matter (see `muster asks`).

    \b
    Examples:
      muster why GBR basing
      muster why "United Kingdom" basing --as-of 2026-02-25
      muster why Spain basing --format json
    """
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        view = open_view(case, ledger, as_of, known_at)
        found = build_roll(view, case)
        cell = found.cell(resolve_member(member, found.members, "the roll"), _ask_of(ask, found))
        shown = (*cell.entries, *cell.superseded, *cell.caveats)
        rulings = {entry.id: view.rulings(entry.id) for entry in shown}
        rejected = _rejected(view, cell, case)
        further = _further(view, cell, case)
    line = case.ask(cell.ask_id)
    if output_format == "json":
        told = {
            entry_id: [{"action": row.action, "reason": row.reason, "reviewer": row.reviewer,
                        "at": row.recorded_at.isoformat()} for row in rows]
            for entry_id, rows in rulings.items() if rows
        }  # fmt: skip
        head = {"case": case.name, "as_of": str(view.as_of), "known_at": view.known_at.isoformat()}
        body = {"member": cell.member, "ask": cell.ask_id, **cell_object(cell), "rulings": told}
        body["rejected"] = [quoted(entry) for entry in rejected]
        body["further"] = [{**entry.statement.fields(), **quoted(entry)} for entry in further]
        click.echo(json.dumps({**head, **body}, ensure_ascii=False, indent=1))
        return
    _print_chain(cell, line, view, rulings, rejected, further)


def _ask_of(text: str, found: Roll) -> str:
    """Return the ask's id for an id, a matter or a title; NotFoundError lists them."""
    wanted = text.strip().casefold()
    for ask in found.asks:
        if wanted in {ask.id.casefold(), ask.what.casefold(), ask.title.casefold()}:
            return ask.id
    rule = f"the asks open on {found.as_of} are {', '.join(ask.id for ask in found.asks) or 'none'}"
    raise NotFoundError(f"ask {text!r} is not on the roll", rule=rule)


def _further(view: View, cell: Standing, case: Case) -> list[Entry]:
    """Return the member's other statements on the same matters: the roll needs only the newest of each status."""
    shown = {entry.id for entry in (*cell.entries, *cell.superseded)}
    rows = view.statements("response", [cell.member], whats_for(case.ask(cell.ask_id)), limit=MOST_FURTHER)
    return [entry for entry in rows if entry.id not in shown and entry.valid_from >= case.start]


def _rejected(view: View, cell: Standing, case: Case) -> list[Entry]:
    whats = [case.ask(cell.ask_id).what]
    rows = view.statements("response", [cell.member], whats, include_rejected=True)
    return [entry for entry in rows if entry.review == "rejected"]


def _print_chain(
    cell: Standing,
    line: AskLine,
    view: View,
    rulings: dict[str, Any],
    rejected: list[Entry],
    further: list[Entry],
) -> None:
    out = Console(highlight=False, soft_wrap=True)
    asked = "asked" if cell.is_asked else "not asked"
    out.print(
        f"{display_name(cell.member)} on {line.title}, as of {view.as_of}, known at {view.known_at:%Y-%m-%dT%H:%MZ}",
        style="bold", markup=False,
    )  # fmt: skip
    out.print(f"Ask {line.id}: {line.text} Since {line.since}; {asked}.", markup=False)
    out.print(f"Standing: {cell.status}", style=STATUS_STYLES[cell.status], markup=False)
    out.print(f"{cell.reasons[0].sentence} Rule {cell.reasons[0].rule}; support {cell.support:.2f}.", markup=False)
    by_id = {reason.statement_id: reason for reason in cell.reasons[1:]}
    parts = (
        ("Statements that count", cell.entries), ("Caveats", cell.caveats),
        ("Superseded by later statements", cell.superseded), ("Rejected by a reviewer", rejected),
        ("Further statements: older, of the same source, on a wider matter, or given to another state", further),
    )  # fmt: skip
    for title, entries in parts:
        if entries:
            out.print(f"\n{title}:", style="bold", markup=False)
        for entry in entries:
            reason = by_id.get(entry.id)
            _print_entry(out, entry, reason.rule if reason else "", rulings.get(entry.id, ()))


def _print_entry(out: Console, entry: Entry, relation: str, rulings: Any) -> None:
    said, document = entry.statement, entry.document
    what = " ".join(value for name, value in said.fields().items() if name != "actor")
    out.print(f"- {entry.valid_from} {said.actor} {what}: \u201c{said.quote}\u201d", markup=False)
    source = document.publisher or document.source_id
    digest = ", our digest" if document.is_digest else ""
    out.print(f"  {source} (grade {document.letter}{digest}) {document.url}", markup=False)
    chain = [f"read by {said.reader or 'a reader'}, rule {said.rule}", entry.review, f"statement {entry.id[:12]}"]
    likely = how_likely(entry)
    if likely:
        chain.insert(1, likely)
    if relation:
        chain.insert(0, f"bears by {relation}")
    out.print(f"  {'; '.join(chain)}", markup=False, style="dim")
    for row in rulings:
        reason = f": {row.reason}" if row.reason else ""
        out.print(f"  ruling {row.action} by {row.reviewer} on {row.recorded_at:%Y-%m-%d}{reason}", markup=False)


@click.command()
@click.option("--open", "only_open", is_flag=True, help="Only what is open: asks without answer, answers without ask.")
@case_option
@ledger_option
@as_of_option
@known_at_option
@format_option
def asks(
    only_open: bool, case_name: str, ledger_url: str, as_of: str | None, known_at: str | None, output_format: str
) -> None:
    """List the asks with the responses that answer them.

    \b
    Examples:
      muster asks
      muster asks --open
      muster asks --as-of 2026-03-20 --format json
    """
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        links = link_asks(open_view(case, ledger, as_of, known_at), case)
    rows: list[dict[str, Any]] = []
    for link in links.links:
        rows.extend(_open_rows(link) if only_open else _answer_rows(link))
    if only_open:
        rows.extend(_loose_row("response without ask", entry) for entry in links.responses_without_ask)
    rows.extend(_loose_row("ask outside the case", entry) for entry in links.asks_outside if only_open)
    print_rows(rows, output_format, title=f"Asks of {case.name}")


def _answer_rows(link: AskLink) -> list[dict[str, Any]]:
    return [
        _row("answer", link.ask.id, answer.member, answer.entry.statement.status, answer.link, answer.entry)
        for answer in link.answers
    ]


def _open_rows(link: AskLink) -> list[dict[str, Any]]:
    names = ", ".join(link.unanswered)
    said = link.said[0] if link.said else None
    return [_row("ask without answer", link.ask.id, names, "", "", said)] if names else []


def _loose_row(kind: str, entry: Entry) -> dict[str, Any]:
    said = entry.statement
    return _row(kind, said.what, said.actor, said.status or f"to {said.target}", "", entry)


def _row(kind: str, ask: str, member: str, status: str, link: str, entry: Entry | None) -> dict[str, Any]:
    found = quoted(entry) if entry else {}
    return {
        "kind": kind, "ask": ask, "member": member, "status": status, "link": link,
        **{key: found.get(key, "") for key in ("date", "quote", "source", "grade", "url")},
    }  # fmt: skip
