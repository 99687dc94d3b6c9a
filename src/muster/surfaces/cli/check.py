"""`muster check` and `muster claims`: sentences about the whole, held against the roll."""

import json
from datetime import date
from typing import Any

import click
from rich.console import Console

from muster.assessment.claim import Breaker, Verdict, check_claim
from muster.assessment.claims import check_claims
from muster.assessment.sentence import parse_claim
from muster.base.actors import display_name
from muster.base.case import Case, load_case
from muster.surfaces.cli.case_ledger import as_of_option, known_at_option, open_case_ledger, open_view
from muster.surfaces.cli.options import case_option, format_option, ledger_option, print_rows

VERDICT_STYLES = {"supported": "bold green", "contradicted": "bold red", "undetermined": "bold yellow"}


@click.command()
@click.argument("sentence")
@case_option
@ledger_option
@as_of_option
@known_at_option
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True)
def check(
    sentence: str, case_name: str, ledger_url: str, as_of: str | None, known_at: str | None, output_format: str
) -> None:
    """Check a SENTENCE such as "most allies have sent warships" by arithmetic.

    The day is --as-of, else a date in the sentence, else the day on which the case says it was claimed, else the case's
    last day. Silence is never compliance: members that have not been reported on count against the claim in the worst
    case and for it in the best.

    \b
    Examples:
      muster check "Nearly without exception, allies are doing everything the United States has asked"
      muster check "Most NATO allies have refused to send warships on 17 March 2026"
      muster check "22 countries have signed the statement" --as-of 2026-03-21 --format json
    """
    claim = parse_claim(sentence, load_case(case_name))  # before the ledger: what cannot be read costs no import
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        day = as_of or claim.as_of or _day_claimed(sentence, case)
        verdict = check_claim(claim, open_view(case, ledger, day, known_at), case)
    if output_format == "json":
        click.echo(json.dumps(verdict_object(verdict), ensure_ascii=False, indent=1))
    else:
        _print_verdict(verdict)


def _day_claimed(sentence: str, case: Case) -> date | None:
    """Return the day on which the case says that this very sentence was claimed."""
    wanted = sentence.strip().rstrip(".").casefold()
    return next((row.on for row in case.claims if row.text.strip().rstrip(".").casefold() == wanted), None)


def verdict_object(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON values."""
    return {
        "verdict": verdict.verdict,
        "sentence": verdict.sentence,
        "as_of": verdict.as_of.isoformat(),
        "quantifier": verdict.quantifier,
        "threshold": verdict.claim.quantity.threshold,
        "population": list(verdict.population),
        "n_population": verdict.n_population,
        "known_yes": list(verdict.known_yes),
        "known_no": list(verdict.known_no),
        "unreported": list(verdict.unreported),
        "n_unnamed": verdict.n_unnamed,
        "worst_share": round(verdict.worst_share, 4),
        "best_share": round(verdict.best_share, 4),
        "needed_share": None if verdict.needed_share is None else round(verdict.needed_share, 4),
        "headline": verdict.headline(),
        "parse": verdict.parse,
        "notes": list(verdict.notes),
        "exceptions": [_breaker_object(row) for row in verdict.exceptions],
    }


def _breaker_object(row: Breaker) -> dict[str, Any]:
    entry = row.entry
    return {
        "member": row.member,
        "name": display_name(row.member),
        "ask": row.ask,
        "status": row.status,
        "quote": entry.statement.quote if entry else "",
        "source": (entry.document.publisher or entry.document.source_id) if entry else "",
        "grade": entry.document.letter if entry else "",
        "url": entry.document.url if entry else "",
        "date": entry.valid_from.isoformat() if entry else "",
        "note": row.note,
    }


def _print_verdict(verdict: Verdict) -> None:
    out = Console(highlight=False, soft_wrap=True)
    out.print(f"\u201c{verdict.sentence}\u201d", markup=False)
    out.print(verdict.headline(), style=VERDICT_STYLES[verdict.verdict], markup=False)
    if verdict.needed_share is not None:
        bound = "at most" if verdict.claim.quantity.is_upper else "at least"
        out.print(f"It would hold if {bound} {verdict.needed_share:.0%} of the unreported did it.", markup=False)
    for part, said in verdict.parse.items():
        out.print(f"  {part}: {said}", style="dim", markup=False)
    for title, codes in (
        ("Known yes", verdict.known_yes), ("Known no", verdict.known_no), ("Unreported", verdict.unreported),
    ):  # fmt: skip
        unnamed = f" and {verdict.n_unnamed} unnamed" if title == "Unreported" and verdict.n_unnamed else ""
        names = ", ".join(display_name(code) for code in codes)
        out.print(f"{title} ({len(codes)}{unnamed}): {names}", markup=False)
    for note in verdict.notes:
        out.print(f"Note: {note}", markup=False)
    if verdict.exceptions:
        out.print("\nExceptions:", style="bold", markup=False)
    for row in verdict.exceptions:
        _print_breaker(out, row)


def _print_breaker(out: Console, row: Breaker) -> None:
    out.print(f"- {display_name(row.member)}, {row.ask}: {row.status}", markup=False)
    if row.entry is None:
        out.print(f"  {row.note}", markup=False)
        return
    document = row.entry.document
    out.print(f"  \u201c{row.entry.statement.quote}\u201d", markup=False)
    source = document.publisher or document.source_id
    out.print(
        f"  {source} (grade {document.letter}), {row.entry.valid_from}, {document.url}", markup=False, style="dim"
    )


@click.command()
@case_option
@ledger_option
@as_of_option
@known_at_option
@format_option
def claims(case_name: str, ledger_url: str, as_of: str | None, known_at: str | None, output_format: str) -> None:
    """Check every claim of the case and of its documents, on the day it was made and again on the last day.

    \b
    Examples:
      muster claims
      muster claims --as-of 2026-06-01 --format json
    """
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        now = open_view(case, ledger, as_of, known_at)
        checked = check_claims(lambda day: ledger.view(day, now.known_at), case, now.as_of)
    if output_format == "json":
        rows = [
            {
                "id": row.id, "actor": row.actor, "on": row.on.isoformat(), "sentence": row.sentence,
                "source": row.source, "found_in": "document" if row.entry else "case", "note": row.note,
                "problem": row.problem, "then": verdict_object(row.then) if row.then else None,
                "now": verdict_object(row.now) if row.now else None,
            }
            for row in checked
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    print_rows(
        [
            {
                "on": row.on, "actor": row.actor, "claim": row.sentence, "then": _short(row.then),
                "now": _short(row.now), "source": row.source, "problem": row.problem,
            }
            for row in checked
        ],
        output_format,
        title=f"Claims of {case.name}, checked on their day and on {now.as_of}",
    )  # fmt: skip


def _short(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    counts = f"{len(verdict.known_yes)} yes, {len(verdict.known_no)} no of {verdict.n_population}"
    return f"{verdict.verdict} ({counts})"
