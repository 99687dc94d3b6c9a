"""`muster next`: which open ask, caveat or pledge would change most if it were met."""

import json
from collections.abc import Sequence
from typing import Any

import click

from muster.assessment.roll import build_roll
from muster.assessment.tension import find_tensions
from muster.contribution.next_ask import NextAsk, rank_next_asks
from muster.contribution.paired import OUTCOME_UNITS
from muster.surfaces.cli.case_ledger import as_of_option, known_at_option, open_case_ledger, open_view
from muster.surfaces.cli.options import case_option, format_option, ledger_option, print_rows
from muster.surfaces.cli.passage_run import (
    engine_options,
    open_strait,
    outcome_option,
    run_options,
    running,
    start_option,
)

_WORDS = {
    "ask": "answers the ask for {matter}",
    "pledge": "keeps its pledge of {matter}",
    "caveat": "lifts its {matter} caveats",
}


@click.command(name="next")
@case_option
@ledger_option
@as_of_option
@known_at_option
@outcome_option
@click.option(
    "--top", type=click.IntRange(1), default=12, show_default=True, help="Rows of a table; json and csv: all."
)
@run_options(96)
@start_option
@engine_options
@format_option
def next_ask(
    case_name: str, ledger_url: str, as_of: str | None, known_at: str | None, outcome: str, top: int, n_runs: int,
    n_days: int, seed: int, policy: str | None, start_regime: str | None, engine: str, address: str | None,
    n_threads: int, output_format: str,
) -> None:  # fmt: skip
    """Rank open asks, liftable caveats and unmet pledges by what meeting them would change.

    Each is played against the roll as it stands in the same runs; the interval is that of the paired difference. The
    reason it is open is quoted, and the member's tensions are noted as the political price.

    \b
    Examples:
      muster next
      muster next --outcome oil --as-of 2026-05-12
      muster next --outcome risk --runs 400 --format json
    """
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        view = open_view(case, ledger, as_of, known_at)
        roll = build_roll(view, case)
        tensions = find_tensions(view, case, roll)
        scenario = open_strait(case, view.as_of, start_regime)
        with running("Next ask", n_runs, engine=engine, address=address, n_threads=n_threads) as (executor, advance):
            rows = rank_next_asks(
                roll, view, case, scenario, outcome=outcome, n_runs=n_runs, n_days=n_days, seed=seed, policy=policy,
                tensions=tensions, executor=executor, on_progress=advance,
            )  # fmt: skip
    if output_format == "json":
        click.echo(json.dumps([_as_object(row, outcome) for row in rows], ensure_ascii=False, indent=1))
    elif output_format == "csv":
        print_rows([_row((row,), outcome) for row in rows], "csv")
    else:
        groups = _same(rows, outcome)[:top]
        title = f"If it were met: change of {OUTCOME_UNITS[outcome]}"
        print_rows([_row(group, outcome) for group in groups], "table", title=title)


def _same(rows: Sequence[NextAsk], outcome: str) -> list[tuple[NextAsk, ...]]:
    """Group rows that come to the same: the same unit asked of another member."""
    groups: dict[tuple[Any, ...], list[NextAsk]] = {}
    for row in rows:
        effect = row.effects[outcome]
        groups.setdefault((row.kind, row.matter, effect.mean, effect.half_width), []).append(row)
    return [tuple(group) for group in groups.values()]


def _row(group: tuple[NextAsk, ...], outcome: str) -> dict[str, Any]:
    row = group[0]
    effect = row.effects[outcome]
    members = row.member if len(group) == 1 else f"any of {len(group)}: {', '.join(item.member for item in group)}"
    return {
        "member": members,
        "what": _WORDS[row.kind].format(matter=row.matter.replace("_", " ")),
        "now": row.status,
        "change": effect.mean,
        "ci_low": effect.ci_low,
        "ci_high": effect.ci_high,
        "confrontations": row.effects["confrontations"].mean,
        "why_open": row.reasons[0] if row.reasons else "",
        "price": row.price[0] if row.price else "",
    }


def _as_object(row: NextAsk, outcome: str) -> dict[str, Any]:
    return {
        "kind": row.kind, "member": row.member, "matter": row.matter, "change": str(row.change), "status": row.status,
        "ranked_by": outcome,
        "effects": {
            name: {"mean": e.mean, "ci_low": e.ci_low, "ci_high": e.ci_high, "unit": OUTCOME_UNITS[name]}
            for name, e in row.effects.items()
        },
        "reasons": list(row.reasons), "price": list(row.price), "statements": list(row.statement_ids),
    }  # fmt: skip
