"""`muster tensions`: the timeline of what pulls an alliance apart."""

import json

import click

from muster.assessment.tension import KINDS, find_tensions
from muster.surfaces.cli.case_ledger import as_of_option, known_at_option, open_case_ledger, open_view
from muster.surfaces.cli.options import case_option, format_option, ledger_option, print_rows
from muster.surfaces.cli.shown import quoted


@click.command()
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only this kind; may be repeated.")
@case_option
@ledger_option
@as_of_option
@known_at_option
@format_option
def tensions(
    kinds: tuple[str, ...],
    case_name: str,
    ledger_url: str,
    as_of: str | None,
    known_at: str | None,
    output_format: str,
) -> None:
    """List tensions, oldest first, each with the quotes that show it.

    \b
    Examples:
      muster tensions
      muster tensions --kind with-lead --kind dual-role
      muster tensions --as-of 2026-04-09 --format json
    """
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        found = find_tensions(open_view(case, ledger, as_of, known_at), case)
    chosen = [item for item in found if not kinds or item.kind in kinds]
    if output_format == "json":
        rows = [
            {
                "on": item.on.isoformat(), "kind": item.kind, "actor": item.actor, "target": item.target,
                "type": item.type, "sentence": item.sentence,
                "statements": [{**entry.statement.fields(), **quoted(entry)} for entry in item.entries],
            }
            for item in chosen
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    print_rows(
        [
            {
                "on": item.on, "kind": item.kind, "tension": item.sentence,
                "quote": item.entries[0].statement.quote,
                "source": item.entries[0].document.publisher, "grade": item.entries[0].document.letter,
                "url": item.entries[0].document.url,
                "n_sources": len({entry.document.origin for entry in item.entries}),
            }
            for item in chosen
        ],
        output_format,
        title=f"Tensions of {case.name}",
    )  # fmt: skip
