"""`muster frontier`: more passages or fewer confrontations, over policies and force pools, and what each costs."""

import json
from pathlib import Path
from typing import Any

import click

from muster.assessment.roll import build_roll
from muster.contribution.frontier import POLICIES, FrontierPoint, named_pools, play_frontier
from muster.contribution.pool import build_force_pool
from muster.surfaces.cli.case_ledger import as_of_option, known_at_option, open_case_ledger, open_view
from muster.surfaces.cli.options import case_option, format_option, ledger_option, print_rows
from muster.surfaces.cli.passage_run import engine_options, open_strait, running, start_option


@click.command()
@click.option("--policy", "policies", multiple=True, metavar="POLICY", help="Compare these; may be repeated.")
@click.option("--chart", "chart_path", type=click.Path(path_type=Path), metavar="FILE", help="Picture (.svg).")
@click.option("--runs", "n_runs", type=click.IntRange(2, 1_000_000), default=200, show_default=True)
@click.option("--days", "n_days", type=click.IntRange(1, 3660), default=90, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@case_option
@ledger_option
@as_of_option
@known_at_option
@start_option
@engine_options
@format_option
def frontier(
    policies: tuple[str, ...], chart_path: Path | None, n_runs: int, n_days: int, seed: int, case_name: str,
    ledger_url: str, as_of: str | None, known_at: str | None, start_regime: str | None, engine: str,
    address: str | None, n_threads: int,
    output_format: str,
) -> None:  # fmt: skip
    """Draw the trade-off between passages and confrontations, with cost per passage and per barrel.

    Four pools: the lead alone, units that have moved, all that is promised, and all of it without caveats. A star marks
    points that no other beats in both.

    \b
    Examples:
      muster frontier
      muster frontier --policy corridor:8 --policy accompany:1:2 --chart out/frontier.svg
      muster frontier --as-of 2026-07-03 --format json
    """
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        view = open_view(case, ledger, as_of, known_at)
        pool = build_force_pool(build_roll(view, case), view, case)
    scenario = open_strait(case, pool.as_of, start_regime)
    wanted, pools = policies or POLICIES, named_pools(pool)
    with running("Frontier", len(wanted) * len(pools), engine=engine, address=address, n_threads=n_threads) as (
        executor,
        advance,
    ):
        points = play_frontier(
            pools, scenario, policies=wanted, n_runs=n_runs, n_days=n_days, seed=seed,
            executor=executor, on_progress=advance,
        )  # fmt: skip
    if chart_path is not None:
        from muster.contribution.what_if_chart import frontier_chart

        rows = [
            {"policy": p.policy, "pool": p.pool, "passages": p.passages.mean, "confrontations": p.confrontations.mean,
             "is_frontier": p.is_frontier}
            for p in points
        ]  # fmt: skip
        chart_path.parent.mkdir(parents=True, exist_ok=True)
        chart_path.write_text(frontier_chart(rows), encoding="utf-8")
        click.echo(f"muster: wrote {chart_path}", err=True)
    if output_format == "json":
        click.echo(json.dumps([_as_object(point) for point in points], ensure_ascii=False, indent=1))
        return
    print_rows([_row(point) for point in points], output_format, title=f"{case.title}: {n_days} days, {n_runs} runs")


def _row(point: FrontierPoint) -> dict[str, Any]:
    return {
        "policy": point.policy, "pool": point.pool, "units": point.n_units, "best": "*" if point.is_frontier else "",
        "passages": point.passages.mean, "confrontations": point.confrontations.mean,
        "usd_per_passage": round(point.usd_per_passage["all"]),
        **{f"{part}_per_bbl": round(point.usd_per_bbl[part], 2) for part in ("toll", "premium", "waiting", "escort")},
        "usd_per_bbl": round(point.usd_per_bbl["all"], 2),
    }  # fmt: skip


def _as_object(point: FrontierPoint) -> dict[str, Any]:
    measured = {name: getattr(point, name) for name in ("passages", "confrontations", "risk", "oil")}
    return {
        "policy": point.policy, "pool": point.pool, "n_units": point.n_units, "is_frontier": point.is_frontier,
        **{name: {"mean": m.mean, "ci_low": m.ci_low, "ci_high": m.ci_high} for name, m in measured.items()},
        "usd_per_passage": dict(point.usd_per_passage), "usd_per_bbl": dict(point.usd_per_bbl),
    }  # fmt: skip
