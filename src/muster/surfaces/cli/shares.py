"""`muster shares`: what each member contributes, as Shapley values with intervals, beside what it pays."""

import json
import math
from typing import Any

import click

from muster.assessment.roll import build_roll
from muster.contribution.paired import OUTCOME_UNITS
from muster.contribution.pool import build_force_pool
from muster.contribution.shapley import MeanShare
from muster.contribution.shares import MemberShare, Shares, burden_source, burden_tables, play_shares, shares_of
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

BURDEN_KEYS = ("unit", "publisher", "publication", "url", "read_from", "one_copy", "other_update", "note")


@click.command()
@case_option
@ledger_option
@as_of_option
@known_at_option
@outcome_option
@click.option(
    "--method", type=click.Choice(["auto", "exact", "sampled"]), default="auto", show_default=True,
    help="exact: every coalition of the members present in a run; sampled: antithetic orders; auto: exact up to 12.",
)  # fmt: skip
@click.option("--with-lead", is_flag=True, help="Count the lead's own forces as a member's.")
@run_options(200)
@start_option
@engine_options
@format_option
def shares(
    case_name: str, ledger_url: str, as_of: str | None, known_at: str | None, outcome: str, method: str,
    with_lead: bool, n_runs: int, n_days: int, seed: int, policy: str | None, start_regime: str | None,
    engine: str, address: str | None,
    n_threads: int, output_format: str,
) -> None:  # fmt: skip
    """Share an outcome among the members: exact Shapley values, run by run, with 95 % intervals.

    Beside each share stand leave-one-out, add-one-in, and the member's part of the cost, of GDP and of the crude oil
    through the strait, each as a part of what the listed members with a known figure have together.

    \b
    Examples:
      muster shares
      muster shares --as-of 2026-05-12 --outcome confrontations --format json
      muster shares --method sampled --runs 400 --engine ray --address auto
    """
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        view = open_view(case, ledger, as_of, known_at)
        pool = build_force_pool(build_roll(view, case), view, case)
    scenario = open_strait(case, pool.as_of, start_regime)
    with running("Shares", n_runs, engine=engine, address=address, n_threads=n_threads) as (executor, advance):
        game, result = play_shares(
            pool, scenario, method=method, n_runs=n_runs, n_days=n_days, seed=seed, policy=policy, with_lead=with_lead,
            executor=executor, on_progress=advance,
        )  # fmt: skip
    found = shares_of(game, result, outcome)
    if output_format == "json":
        click.echo(json.dumps(_as_object(found, str(pool.as_of), method, seed, n_days), ensure_ascii=False, indent=1))
        return
    print_rows([_row(member) for member in found.members], output_format, title=f"{outcome}: {OUTCOME_UNITS[outcome]}")
    if output_format == "table":
        click.echo(_summary(found), err=True)
        for part, name in (("gdp_part", "gdp"), ("trade_part", "trade")):
            click.echo(f"{part}: {burden_source(name, found.players)}", err=True)


def _summary(found: Shares) -> str:
    unit = OUTCOME_UNITS[found.outcome]
    text = (
        f"All members together change {unit} by {found.whole.mean:.4g} (95 %: {found.whole.ci_low:.4g} to "
        f"{found.whole.ci_high:.4g}), from {found.none.mean:.4g} without them; {found.n_runs} runs, "
        f"{found.n_simulations} simulations."
    )
    if found.n_sampled_runs:
        text += f" {found.n_sampled_runs} runs were sampled by orders; the intervals hold that error too."
    if not found.is_monotone:
        text += f" Not monotone: {found.n_falling} of {found.n_steps} single additions lowered it."
    return text


def _row(member: MemberShare) -> dict[str, Any]:
    return {
        "member": member.member,
        "units": member.n_units,
        "share": member.share.mean,
        "ci_low": member.share.ci_low,
        "ci_high": member.share.ci_high,
        "part": _percent(member.part),
        "leave_one_out": member.leave_one_out.mean,
        "add_one_in": member.add_one_in.mean,
        "cost_musd": round(member.cost_usd / 1e6, 1),
        "cost_part": _percent(member.cost_part),
        "gdp_part": _percent(member.gdp_part),
        "trade_part": _percent(member.trade_part),
    }


def _percent(part: float | None) -> str:
    return "" if part is None or math.isnan(part) else f"{100 * part:.1f} %"


def _interval(value: MeanShare) -> dict[str, float]:
    return {"mean": value.mean, "ci_low": value.ci_low, "ci_high": value.ci_high}


def _as_object(found: Shares, as_of: str, method: str, seed: int, n_days: int) -> dict[str, Any]:
    sources = {
        name: {
            **{key: table[key] for key in BURDEN_KEYS},
            "date": str(table["date"]),
            "source": burden_source(name, found.players),
        }
        for name, table in burden_tables().items()
    }
    return {
        "as_of": as_of, "outcome": found.outcome, "unit": OUTCOME_UNITS[found.outcome], "method": method, "seed": seed,
        "n_runs": found.n_runs, "n_days": n_days, "n_simulations": found.n_simulations,
        "n_sampled_runs": found.n_sampled_runs, "whole": _interval(found.whole), "none": _interval(found.none),
        "is_monotone": found.is_monotone, "n_falling": found.n_falling, "n_steps": found.n_steps,
        "members": [
            {
                "member": m.member, "n_units": m.n_units, "share": _interval(m.share),
                "part": None if math.isnan(m.part) else m.part, "leave_one_out": _interval(m.leave_one_out),
                "add_one_in": _interval(m.add_one_in), "cost_usd": m.cost_usd, "cost_part": m.cost_part,
                "gdp_part": m.gdp_part, "trade_part": m.trade_part,
            }
            for m in found.members
        ],
        "interaction": None if found.interaction is None else {
            "players": list(found.players), "index": found.interaction.tolist(),
        },
        "burden_sources": sources,
    }  # fmt: skip
