"""Passages a day, observed and simulated, as one small chart for the front page."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from markupsafe import Markup

from muster.ledger.view import View
from muster.passage.backtest.record import load_transits
from muster.surfaces.brief.charts import draw_fan
from muster.surfaces.web.strait import LIVE_DAYS, LIVE_RUNS, Question, Strait

POLICY = "convoy:12h:20:2"
SHOWN_DAYS = 240
SOURCE = "IMF PortWatch, transit calls a day (portwatch.imf.org)"


@cache
def _observed() -> tuple[tuple[str, float], ...]:
    """Return the newest bundled vintage of transit calls through the Strait of Hormuz as (day, number)."""
    found = load_transits()
    return tuple(
        (day.isoformat(), float(n))
        for day, n in zip(found.days, found.total, strict=True)
        if n == n  # noqa: PLR0124
    )


def traffic_chart(strait: Strait, view: View) -> Mapping[str, object] | None:
    """Return the chart and its caption, or None for a case whose strait has no bundled series.

    Observed days end at `as_of`; the simulated ones begin there, with the forces that the roll supports.
    """
    if not strait.site.case.name.startswith("hormuz"):
        return None
    first = (view.as_of - timedelta(days=SHOWN_DAYS)).isoformat()
    observed = [{"day": day, "value": n} for day, n in _observed() if first <= day <= view.as_of.isoformat()]
    outcomes = strait.outcomes(view, Question(POLICY))
    rows = []
    for day, levels in enumerate(outcomes.quantiles_by_day("passages")):
        p05, p25, p50, p75, p95 = (float(value) for value in levels)
        when = (view.as_of + timedelta(days=day)).isoformat()
        rows.append({"day": when, "series": "simulated", "p05": p05, "p25": p25, "p50": p50, "p75": p75, "p95": p95})
    words = "Passages a day: observed, and simulated from the view's day on"
    svg = draw_fan(rows, observed=observed, y_title="passages a day", description=words, width=760, height=190)
    until = f"to {observed[-1]['day']}" if observed else "none by this day"
    caption = (
        f"Points: {SOURCE}, {until}. From {view.as_of}: the "
        f"model with the forces on the roll, convoys; median, half of the runs, nine of ten ({LIVE_RUNS} runs of "
        f"{LIVE_DAYS} days). The model's first days clear the ships that wait."
    )
    return {"figure": Markup(svg), "caption": caption}  # noqa: S704  drawn by us from numbers
