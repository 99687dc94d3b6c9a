"""Charts as static SVG: Altair draws, vl-convert renders; no browser, no network, no script in the page.

Text and rules take the page's own colour (`currentColor`), so that one picture serves light and dark. Marks use the
Okabe-Ito palette, which people with colour-blindness can tell apart (Okabe and Ito 2008, "Color Universal Design").
"""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert as vlc

BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
SKY = "#56B4E9"
YELLOW = "#E69F00"
PURPLE = "#CC79A7"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, YELLOW, SKY)

LEGEND_CHARACTERS = 70
"""So many fit beside each other above a chart of the usual width."""
_INK = "#123457"  # replaced by currentColor in the SVG: a colour that no mark uses
_FONT = "system-ui, sans-serif"


def render_svg(chart: alt.TopLevelMixin, description: str) -> str:
    """Return a chart as SVG in the page's own colours, with its description for readers who cannot see it."""
    spec = chart.configure(
        background="transparent",
        # A page may measure text wider than the renderer did: leave room.
        padding={"left": 28, "right": 12, "top": 4, "bottom": 4},
        font=_FONT,
        axis=alt.AxisConfig(
            labelColor=_INK, titleColor=_INK, domainColor=_INK, tickColor=_INK, gridColor=_INK, gridOpacity=0.12,
            labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
        ),
        legend=alt.LegendConfig(
            labelColor=_INK, titleColor=_INK, labelFontSize=12, orient="top", title=None, labelLimit=460
        ),
        view=alt.ViewConfig(strokeOpacity=0),
    )  # fmt: skip
    svg: str = vlc.vegalite_to_svg(spec.to_dict())
    svg = svg.replace(_INK, "currentColor")
    label = description.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def draw_fan(
    rows: Sequence[Mapping[str, Any]],
    *,
    y_title: str,
    description: str,
    observed: Sequence[Mapping[str, Any]] = (),
    width: int = 640,
    height: int = 240,
) -> str:
    """Return a fan chart: median, half of the runs, nine runs of ten, by day; one fan a series.

    Parameters
    ----------
    rows : sequence of mappings
        Keys `day` (ISO date), `series`, `p05`, `p25`, `p50`, `p75`, `p95`.
    observed : sequence of mappings
        Keys `day`, `value`: drawn as points where there are any.
    """
    names = list(dict.fromkeys(row["series"] for row in rows))
    # Long names stand one a line; side by side they would run into each other.
    legend = alt.Legend(columns=1, labelLimit=width) if sum(map(len, names)) > LEGEND_CHARACTERS else alt.Legend()
    scale = alt.Scale(domain=names, range=list(SERIES[: len(names)]))
    colour = alt.Color("series:N", scale=scale, legend=legend)
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%-d %b", labelOverlap=True, tickCount=8))
    base = alt.Chart(alt.Data(values=[dict(row) for row in rows])).encode(x=x)
    outer = base.mark_area(opacity=0.16).encode(y=alt.Y("p05:Q", title=y_title), y2="p95:Q", color=colour)
    inner = base.mark_area(opacity=0.28).encode(y="p25:Q", y2="p75:Q", color=colour)
    middle = base.mark_line(strokeWidth=2).encode(y="p50:Q", color=colour)
    layers: list[alt.Chart] = [outer, inner, middle]
    if observed:
        points = alt.Chart(alt.Data(values=[dict(row) for row in observed]))
        layers.append(points.mark_point(size=18, filled=True, color=_INK, opacity=0.8).encode(x=x, y="value:Q"))
    return render_svg(alt.layer(*layers).properties(width=width, height=height), description)


def draw_effects(
    rows: Sequence[Mapping[str, Any]], *, x_title: str, description: str, width: int = 520, row_height: int = 22
) -> str:
    """Return bars with intervals: what changes without each member.

    Parameters
    ----------
    rows : sequence of mappings
        Keys `name`, `mean`, `low`, `high`, in the order to show.
    """
    order = [row["name"] for row in rows]
    base = alt.Chart(alt.Data(values=[dict(row) for row in rows])).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=200))
    )
    bars = base.mark_bar(height={"band": 0.62}).encode(
        x=alt.X("mean:Q", title=x_title),
        color=alt.condition("datum.mean < 0", alt.value(ORANGE), alt.value(BLUE)),
    )
    whiskers = base.mark_rule(strokeWidth=1.5, color=_INK).encode(x="low:Q", x2="high:Q")
    return render_svg((bars + whiskers).properties(width=width, height=row_height * max(len(rows), 1)), description)
