"""`muster policy`: search the ways of organising protection."""

import json
from pathlib import Path
from typing import Any

import click

from muster.base.errors import InputError
from muster.surfaces.cli.options import case_option, format_option, print_rows
from muster.surfaces.cli.passage import progress, scenario_path


@click.command()
@case_option
@click.option("--scenario", "scenario_file", metavar="FILE", help="A scenario.toml instead of the case's.")
@click.option("--gain", default="passages", show_default=True, help="The measure to have more of.")
@click.option("--price", default="risk", show_default=True, help="The measure to have less of.")
@click.option("--at-most", type=float, help="Best policy whose price is at most this.")
@click.option("--trials", "n_trials", default=120, show_default=True, type=click.IntRange(1), help="Policies proposed.")
@click.option(
    "--runs", "n_runs", default=512, show_default=True, type=click.IntRange(2), help="Runs of the final round."
)
@click.option("--days", "n_days", type=click.IntRange(1), help="Days to simulate; the scenario's own by default.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Same seed, same search.")
@click.option("--chart", "chart_file", metavar="FILE", help="Draw the frontier (.svg, .png or .html).")
@format_option
def policy(
    case_name: str, scenario_file: str | None, gain: str, price: str, at_most: float | None, n_trials: int, n_runs: int,
    n_days: int | None, seed: int, chart_file: str | None, output_format: str,
) -> None:  # fmt: skip
    """Search policies for the most passages at a given risk, all on the same ships.

    \b
    Examples:
      muster policy
      muster policy --at-most 0.012
      muster policy --gain oil_mbbl --price confrontations --trials 200 --chart frontier.svg
    """
    from muster.passage.policy_search import search_policies
    from muster.passage.scenario import load_scenario
    from muster.passage.tidy import rounded

    scenario = load_scenario(scenario_path(case_name, scenario_file))
    with progress(n_trials, "trying policies") as advance:
        found = search_policies(
            scenario, gain=gain, price=price, n_trials=n_trials, n_runs_final=n_runs, n_days=n_days, seed=seed,
            on_progress=advance,
        )  # fmt: skip
    rows = [
        {
            "policy": row.policy,
            gain: rounded(row.gain.mean),
            f"{gain}_half_width": rounded(row.gain.half_width),
            price: rounded(row.price.mean),
            f"{price}_half_width": rounded(row.price.half_width),
            "gain_over_none": rounded(row.gain_over_none.mean),
            "gain_over_none_half_width": rounded(row.gain_over_none.half_width),
            "on_frontier": row.is_on_frontier,
        }
        for row in found
    ]
    if at_most is not None:
        bearable = [row for row in rows if row[price] <= at_most]  # type: ignore[operator]
        if not bearable:
            raise InputError(
                f"no tried policy has {price} of at most {at_most:g}",
                rule=f"the least found is {min(row.price.mean for row in found):.4g}",
                next_step="Allow more, or try more policies with --trials",
            )
        rows = [max(bearable, key=lambda row: row[gain])]  # type: ignore[arg-type,return-value]
    if chart_file:
        _draw(rows, gain, price, Path(chart_file))
        click.echo(f"wrote {chart_file}", err=True)
    print_rows(rows, output_format, title=f"{scenario.title}: {gain} against {price}, {n_runs} runs, seed {seed}")


def _draw(rows: list[dict[str, Any]], gain: str, price: str, path: Path) -> None:
    """Draw the frontier with the paired 95 % intervals of the gain over `none`; names of the frontier only."""
    import altair as alt

    from muster.passage.outcomes import MEASURES

    half = "gain_over_none_half_width"
    data = [{**row, "low": row[gain] - row[half], "high": row[gain] + row[half]} for row in rows]
    base = alt.Chart(alt.Data(values=json.loads(json.dumps(data)))).encode(
        x=alt.X(f"{price}:Q", title=MEASURES[price], scale=alt.Scale(zero=False))
    )
    y = alt.Y(f"{gain}:Q", title=MEASURES[gain], scale=alt.Scale(zero=False))
    bars = base.mark_rule(color="#4477aa").encode(y=alt.Y("low:Q", scale=alt.Scale(zero=False)), y2="high:Q")
    points = base.mark_point(filled=True, size=70, color="#4477aa").encode(y=y, tooltip=["policy:N"])
    layers = [bars, points]
    named = [row for row in data if row["on_frontier"] or row["policy"] == "none"]
    for k, row in enumerate(named):
        label = alt.Chart(alt.Data(values=[{price: row[price], gain: row[gain], "policy": row["policy"]}]))
        below = k % 2 == 1
        layers.append(
            label.mark_text(align="left", dx=8, dy=14 if below else -10, fontSize=11).encode(
                x=alt.X(f"{price}:Q"), y=alt.Y(f"{gain}:Q"), text="policy:N"
            )
        )
    try:
        alt.layer(*layers).properties(width=680, height=420).save(str(path))
    except (OSError, ValueError) as error:
        raise InputError(f"chart {path}: {error}", rule="charts are .svg, .png or .html") from None
