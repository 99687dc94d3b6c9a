"""The chart of observed transits: daily counts by source and vintage over the band of normal days, as static SVG."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

import altair as alt

from muster.base.errors import InputError
from muster.observed.baseline import LEVEL, Baseline
from muster.observed.series import DailySeries
from muster.surfaces.brief.charts import SERIES, render_svg

DEFAULT_DAYS = 400
_BAND = "#999999"  # the grey of the Okabe-Ito palette: no series


def draw_transits(
    series: Sequence[DailySeries], baseline: Baseline, place: str, *, first: date | None = None,
    last: date | None = None, width: int = 760, height: int = 300,
) -> str:  # fmt: skip
    """Return the SVG: a line a series, and the range in which nine of ten normal days lie.

    Parameters
    ----------
    first, last : date, optional
        The days shown; by default the newest 400.
    """
    end = last or max(s.days[-1] for s in series)
    start = first or end - timedelta(days=DEFAULT_DAYS)
    if end < start:
        raise InputError(f"no day to draw from {start} to {end}", rule="the first day comes before the last")
    days = tuple(start + timedelta(days=k) for k in range((end - start).days + 1))
    normal = baseline.normal(days)
    bands = [baseline.day_interval(day) for day in days]
    band = [
        {"day": day.isoformat(), "low": low, "high": high, "normal": float(mean)}
        for day, (low, high), mean in zip(days, bands, normal, strict=True)
    ]
    rows = [
        {"day": day.isoformat(), "ships": float(value), "series": s.label}
        for s in series
        for day, value in zip(s.days, s.total, strict=True)
        if start <= day <= end and math.isfinite(value)
    ]
    names = list(dict.fromkeys(row["series"] for row in rows))
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%b %y", labelOverlap=True, tickCount="month"))
    ground = alt.Chart(alt.Data(values=band)).encode(x=x)
    area = ground.mark_area(opacity=0.22, color=_BAND).encode(y=alt.Y("low:Q", title="transits a day"), y2="high:Q")
    middle = ground.mark_line(strokeWidth=1.2, strokeDash=[4, 3], color=_BAND).encode(y="normal:Q")
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=list(SERIES[: len(names)])))
    lines = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=1.4).encode(x=x, y="ships:Q", color=colour)
    reference = baseline.reference
    description = (
        f"{place}: transits a day by source and vintage, {start} to {end}; grey: the range of {100 * LEVEL:.0f} % of "
        f"normal days by {baseline.label}, {reference.first} to {reference.last}"
    )
    return render_svg(alt.layer(area, middle, lines).properties(width=width, height=height), description)
