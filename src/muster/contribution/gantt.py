"""The roster as a picture: one bar per stint, with transit and rest, and what is on station against what is needed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from muster.contribution.roster import Roster
from muster.contribution.roster_units import Requirement, RosterUnit

TASK_COLOURS = ("#1b6ca8", "#c8553d", "#4f7942", "#8a6fb0", "#b8860b", "#5f6b73")


def _words(role: str) -> str:
    return role.replace("_", " ")


def _ticks(top: int) -> list[int]:
    """Return whole numbers from 0 to the top, five at most."""
    step = max(1, -(-top // 4))
    return list(range(0, top + 1, step))


def gantt_chart(roster: Roster, units: Sequence[RosterUnit], needs: Sequence[Requirement]) -> Any:
    """Return an Altair chart: units by row, days across, coverage of each task below."""
    import altair as alt

    roles = [_words(need.role) for need in needs]
    colour = alt.Color(
        "task:N", scale=alt.Scale(domain=roles, range=list(TASK_COLOURS)), title="Task", legend=alt.Legend(orient="top")
    )
    order = sorted({unit.id: (unit.nation, unit.type, unit.id) for unit in units}.items(), key=lambda pair: pair[1])
    names = [name for name, _ in order]
    days = alt.Scale(domain=[0, roster.n_days], nice=False)
    bars, rests = [], []
    for stint in roster.stints:
        end = min(stint.until_day, roster.n_days)
        bars.append({"unit": stint.unit_id, "from": stint.from_day, "to": end, "task": _words(stint.role)})
        edges = ((stint.sail_day, stint.from_day), (stint.until_day, stint.home_day))
        rests += [
            {"unit": stint.unit_id, "from": max(0, start), "to": min(stop, roster.n_days)}
            for start, stop in edges
            if max(0, start) < min(stop, roster.n_days)
        ]
    y = alt.Y("unit:N", sort=names, scale=alt.Scale(domain=names), title=None, axis=alt.Axis(labelLimit=220))
    x = alt.X("from:Q", scale=days, title="Day of the horizon")
    transit = alt.Chart(alt.Data(values=rests)).mark_bar(color="#c9ced6", height=4).encode(y=y, x=x, x2="to:Q")
    station = alt.Chart(alt.Data(values=bars)).mark_bar(height=10).encode(y=y, x=x, x2="to:Q", color=colour)
    plan = (transit + station).properties(width=760, height=max(120, 14 * len(names)))
    levels, needed = [], []
    for need in needs:
        first, last = roster.windows[need.role]
        there = roster.coverage[need.role]
        levels += [{"day": day, "task": _words(need.role), "n": int(n)} for day, n in enumerate([*there, there[-1]])]
        needed.append({"task": _words(need.role), "needed": need.needed, "from": first, "to": last})
    panels = []
    for need in needs:
        top = max(need.needed, int(roster.coverage[need.role].max()))
        height = alt.Y(
            "n:Q", title="on station", scale=alt.Scale(domain=[0, top]), axis=alt.Axis(values=_ticks(top), format="d")
        )
        there = (
            alt.Chart(alt.Data(values=[row for row in levels if row["task"] == _words(need.role)]))
            .mark_area(interpolate="step-after", opacity=0.75)
            .encode(x=alt.X("day:Q", scale=days, title=None), y=height, color=colour)
        )
        line = (
            alt.Chart(alt.Data(values=[row for row in needed if row["task"] == _words(need.role)]))
            .mark_rule(strokeDash=[4, 3], color="#222222")
            .encode(x=alt.X("from:Q", scale=days, title=None), x2="to:Q", y="needed:Q")
        )
        panels.append((there + line).properties(width=760, height=60, title=f"{_words(need.role)}: dashed = needed"))
    title = (
        f"Roster: {roster.covered_unit_days:.0f} of {roster.needed_unit_days:.0f} unit-days covered, "
        f"proven within {100 * roster.gap:.2f} %; grey: transit"
    )
    return alt.vconcat(plan, *panels).properties(title=title).configure(font="sans-serif").configure_view(stroke=None)


def write_gantt(roster: Roster, units: Sequence[RosterUnit], needs: Sequence[Requirement], path: Path) -> None:
    """Write the picture as SVG, or PNG if the name ends so."""
    import vl_convert as vlc

    spec = gantt_chart(roster, units, needs).to_json()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        path.write_bytes(vlc.vegalite_to_png(spec, scale=2))
    else:
        path.write_text(vlc.vegalite_to_svg(spec), encoding="utf-8")
