"""Pictures of the contribution room as SVG that takes the page's own text colour (light and dark)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

BASE_COLOUR, CHANGED_COLOUR = "#0072B2", "#D55E00"
"""Blue and vermilion of the Okabe-Ito palette, which people with colour-blindness can tell apart."""

POLICY_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7f7f7f", "#8a6d00")
"""The same palette, its black and yellow, which vanish on one of the two grounds, left out for grey and brown."""

_INK = "#123457"
CURVE_TITLES = {
    "passages": "Passages a day",
    "oil_mbbl": "Oil carried, million barrels a day",
    "waiting": "Ships waiting",
}


def render_svg(chart: Any) -> str:
    """Return a chart as SVG with a transparent ground and `currentColor` for text and rules."""
    import vl_convert as vlc

    axis = {
        "labelColor": _INK, "titleColor": _INK, "domainColor": _INK, "tickColor": _INK, "gridColor": _INK,
        "gridOpacity": 0.12, "titleFontWeight": "normal",
    }  # fmt: skip
    legend = {"labelColor": _INK, "titleColor": _INK, "orient": "top"}
    spec = chart.configure(
        background="transparent", font="sans-serif", axis=axis, legend=legend, view={"strokeOpacity": 0}
    ).to_dict()
    svg: str = vlc.vegalite_to_svg(spec)
    return svg.replace(_INK, "currentColor")


def paired_curves(name: str, curves: NDArray[np.float64]) -> str:
    """Return base and changed by day as SVG: medians, and the middle half of the runs as bands.

    Parameters
    ----------
    name : key of `CURVE_TITLES`
    curves : float64 array, shape (2, n_days, 3)
    """
    import altair as alt

    rows = [
        {
            "day": day,
            "pool": pool,
            "low": float(curves[k, day, 0]),
            "mid": float(curves[k, day, 1]),
            "high": float(curves[k, day, 2]),
        }
        for k, pool in enumerate(("as the roll stands", "what if"))
        for day in range(curves.shape[1])
    ]
    colour = alt.Color(
        "pool:N", title=None,
        scale=alt.Scale(domain=["as the roll stands", "what if"], range=[BASE_COLOUR, CHANGED_COLOUR]),
    )  # fmt: skip
    base = alt.Chart(alt.Data(values=rows)).encode(x=alt.X("day:Q", title="Day"), color=colour)
    band = base.mark_area(opacity=0.16).encode(y=alt.Y("low:Q", title=CURVE_TITLES[name]), y2="high:Q")
    line = base.mark_line(strokeWidth=2).encode(y="mid:Q")
    return render_svg((band + line).properties(width=640, height=220))


def gained_curve(gained: NDArray[np.float64]) -> str:
    """Return the passages gained since day 0 (mean over paired runs) as SVG; `gained` has shape (n_days,)."""
    import altair as alt

    rows = [{"day": day, "gained": float(value)} for day, value in enumerate(gained)]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("day:Q", title="Day"), y=alt.Y("gained:Q", title="Passages gained since day 0")
    )
    area = base.mark_area(opacity=0.2, color=CHANGED_COLOUR)
    return render_svg((area + base.mark_line(color=CHANGED_COLOUR)).properties(width=640, height=180))


def frontier_chart(rows: list[dict[str, Any]]) -> str:
    """Return passages against confrontations for each policy and pool as SVG.

    A dashed step shows the most passages found with at most so many challenges; between its corners nothing was played.
    """
    import altair as alt

    data = alt.Data(values=rows)
    x = alt.X(
        "confrontations:Q", title="Expected challenges of escorted ships in the whole time (fewer is better)",
        scale=alt.Scale(padding=12, nice=False),
    )  # fmt: skip
    y = alt.Y(
        "passages:Q", title="Passages a day (more is better)", scale=alt.Scale(zero=False, padding=12, nice=False)
    )
    pools = list(dict.fromkeys(row["pool"] for row in rows))
    policies = sorted({row["policy"] for row in rows})
    points = (
        alt.Chart(data)
        .mark_point(filled=True, size=90)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape("pool:N", title="Force pool", sort=pools, legend=alt.Legend(columns=2)),
            color=alt.Color(
                "policy:N",
                title="Policy; dashed: the most passages with at most so many challenges",
                scale=alt.Scale(domain=policies, range=[POLICY_COLOURS[k % 8] for k in range(len(policies))]),
                legend=alt.Legend(columns=3, labelLimit=420, titleLimit=480),
            ),
        )
    )
    front = (
        alt.Chart(alt.Data(values=[row for row in rows if row["is_frontier"]]))
        .mark_line(strokeDash=[5, 4], color=_INK, interpolate="step-after")
        .encode(x=x, y=y, order="confrontations:Q")
    )
    return render_svg((front + points).properties(width=640, height=360))
