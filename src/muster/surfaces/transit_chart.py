"""The chart of observed transits: daily counts by source and vintage over the band of normal days, as static SVG."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import altair as alt

from muster.base.case import load_case
from muster.base.errors import InputError
from muster.observed.baseline import LEVEL, Baseline
from muster.observed.series import DailySeries
from muster.passage.scenario import load_scenario
from muster.passage.simulate import simulate_passages
from muster.surfaces.brief.charts import SERIES, SKY, render_svg

DEFAULT_DAYS = 400
NORMAL = "nine of ten normal days"
SIMULATED = "nine of ten simulated runs"
_BAND = "#999999"  # the grey of the Okabe-Ito palette: no series


def simulated_range(case_name: str, n_runs: int) -> list[dict[str, Any]]:
    """Return the 5 %, 50 % and 95 % quantiles of seen passages a day in a case's scenario, as rows for the chart."""
    scenario = load_scenario(load_case(case_name).folder / "scenario.toml")
    outcomes = simulate_passages(scenario, n_runs=n_runs, seed=1, n_threads=1)
    days = (scenario.start + timedelta(days=k) for k in range(10_000))
    return [
        {"day": day.isoformat(), "low": float(low), "middle": float(middle), "high": float(high)}
        for day, (low, middle, high) in zip(days, outcomes.quantiles_by_day("seen", (0.05, 0.5, 0.95)), strict=False)
    ]


def draw_transits(
    series: Sequence[DailySeries], baseline: Baseline, place: str, *, first: date | None = None,
    last: date | None = None, expected: Sequence[Mapping[str, Any]] = (), width: int = 760, height: int = 300,
) -> str:  # fmt: skip
    """Return the SVG: a line a series, and the range in which nine of ten normal days lie.

    Parameters
    ----------
    first, last : date, optional
        The days shown; by default the newest 400, and those expected.
    expected : sequence of mappings, optional
        `simulated_range`: keys `day`, `low`, `middle`, `high`.
    """
    end = last or max(s.days[-1] for s in series)
    start = first or end - timedelta(days=DEFAULT_DAYS)
    if expected:
        end = max(end, date.fromisoformat(expected[-1]["day"]))
    if end < start:
        raise InputError(f"no day to draw from {start} to {end}", rule="the first day comes before the last")
    days = tuple(start + timedelta(days=k) for k in range((end - start).days + 1))
    normal = baseline.normal(days)
    bands = [baseline.day_interval(day) for day in days]
    band = [
        {"day": day.isoformat(), "low": low, "high": high, "normal": float(mean), "label": NORMAL}
        for day, (low, high), mean in zip(days, bands, normal, strict=True)
    ]
    rows = [
        {"day": day.isoformat(), "ships": float(value), "series": s.label}
        for s in series
        for day, value in zip(s.days, s.total, strict=True)
        if start <= day <= end and math.isfinite(value)
    ]
    names = list(dict.fromkeys(row["series"] for row in rows))
    domain = [*names, NORMAL, *([SIMULATED] if expected else [])]
    palette = [*SERIES[: len(names)], _BAND, SKY][: len(domain)]
    scale = alt.Scale(domain=domain, range=palette)
    key = alt.Legend(symbolOpacity=1, symbolType="stroke", symbolStrokeWidth=3, columnPadding=34)
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%b %y", labelOverlap=True, tickCount="month"))
    y = alt.Y("low:Q", title="transits a day")
    ground = alt.Chart(alt.Data(values=band)).encode(x=x, color=alt.Color("label:N", scale=scale, legend=key))
    layers = [
        ground.mark_area(opacity=0.25).encode(y=y, y2="high:Q"),
        ground.mark_line(strokeWidth=1.2, strokeDash=[4, 3]).encode(y="normal:Q"),
        alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=1.4).encode(
            x=x, y="ships:Q", color=alt.Color("series:N", scale=scale, legend=key)
        ),
    ]  # fmt: skip
    reference = baseline.reference
    description = (
        f"{place}: transits a day by source and vintage, {start} to {end}; grey: the range of {100 * LEVEL:.0f} % of "
        f"normal days by {baseline.label}, {reference.first} to {reference.last}"
    )
    if expected:
        values = [{**row, "label": SIMULATED} for row in expected]
        future = alt.Chart(alt.Data(values=values)).encode(x=x, color=alt.Color("label:N", scale=scale, legend=key))
        layers.append(future.mark_area(opacity=0.3).encode(y=y, y2="high:Q"))
        layers.append(future.mark_line(strokeWidth=1.6).encode(y="middle:Q"))
        description += "; light blue: nine of ten simulated runs and their median, passages that observers would see"
    return render_svg(alt.layer(*layers).properties(width=width, height=height), description)
