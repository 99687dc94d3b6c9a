"""One run as data that a page can play: tracks in drawing units, acts, regimes, queue by the hour."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from muster.base.errors import InputError
from muster.passage.chart.movement import ActMark, Movement, RegimeSpell
from muster.passage.chart.picture import HEIGHT, WIDTH, chart_frame, lane_line, near_anchorages
from muster.passage.chart.theme import LANE_NAMES
from muster.passage.scenario import Scenario

FORMAT = "muster-strait-animation/1"


def _waiting_spot(scenario: Scenario, side: str) -> list[float]:
    """Return where the number of waiting ships is written: beside the outermost point of the lanes on that side."""
    frame = chart_frame(scenario)
    ends = [lane_line(frame, lane)[0 if side == "in" else -1] for lane in scenario.lanes]
    x = sum(point[0] for point in ends) / len(ends)
    y = sum(point[1] for point in ends) / len(ends)
    near = [a for a in near_anchorages(scenario) if a.side == side]
    if near:
        spots = [frame.place(a.lon, a.lat) for a in near]
        ax, ay = min(spots, key=lambda spot: (spot[0] - x) ** 2 + (spot[1] - y) ** 2)
        x, y = (x + ax) / 2, (y + ay) / 2
    x, y = x - 30, y + (20 if side == "in" else 45)  # beside the ends of the lanes and the convoys there, not on them
    return [round(min(max(x, 90), WIDTH - 90), 1), round(min(max(y, 30), HEIGHT - 30), 1)]


def _queue(movements: Sequence[Movement], direction: str, hours: int) -> list[int]:
    """Return the ships of a direction that wait at each full hour."""
    change = [0] * (hours + 2)
    for m in movements:
        until = m.sail_h if m.sail_h is not None else m.leave_h
        if m.direction != direction:
            continue
        first = min(max(-int(-m.arrive_h // 1), 0), hours + 1)
        last = hours + 1 if until is None else min(max(-int(-until // 1), 0), hours + 1)
        change[first] += m.n_ships
        change[last] -= m.n_ships
    counts, now = [], 0
    for step in change[: hours + 1]:
        now += step
        counts.append(now)
    return counts


def animation_frames(
    scenario: Scenario,
    movements: Sequence[Movement],
    *,
    acts: Sequence[ActMark] = (),
    regimes: Sequence[RegimeSpell] = (),
    hours: int = 336,
) -> dict[str, Any]:
    """Return one replayed run as a JSON-able dict for `player.js`.

    Parameters
    ----------
    scenario : Scenario
        The same that `draw_strait` drew: positions are in its drawing units.
    movements, acts, regimes : sequences
        Of one run, times in hours since its start.
    hours : int, >= 1
        How much is kept; a fortnight of busy traffic is about 60 kB.

    Returns
    -------
    dict
        `format`, `title`, `start` (ISO date), `hours`; `lanes` (route, name, points inbound); `moves` as rows
        [sail_h, end_h, lane index, 1 if inbound, ships, escorts]; `acts` as rows [hour, lane index, share, kind];
        `regimes` as rows [from_h, name]; `waiting` by direction: where it is written, ships at each full hour.
    """
    if hours < 1:
        raise InputError(f"animation: hours = {hours!r}", rule="hours must be at least 1")
    frame = chart_frame(scenario)
    index = {lane.route: k for k, lane in enumerate(scenario.lanes)}
    # A ship inside a convoy has a passage of no length: the convoy as a whole carries its number.
    under_way = [m for m in movements if m.sail_h is not None and m.sail_h != m.end_h and m.route in index]
    under_way = [m for m in under_way if (m.sail_h or 0.0) < hours]
    moves = [
        [*(round(hour or 0.0, 3) for hour in (m.sail_h, m.end_h)), index[m.route], int(m.direction == "in"),
         m.n_ships, m.n_escorts]
        for m in sorted(under_way, key=lambda m: (m.sail_h or 0.0, m.route))
    ]  # fmt: skip
    return {
        "format": FORMAT,
        "title": scenario.title,
        "start": scenario.start.isoformat(),
        "hours": hours,
        "lanes": [
            {
                "route": lane.route,
                "name": LANE_NAMES.get(lane.route, lane.route),
                "points": [[round(x, 1), round(y, 1)] for x, y in lane_line(frame, lane)],
            }
            for lane in scenario.lanes
        ],
        "moves": moves,
        "acts": [
            [round(a.hour, 3), index[a.route], round(a.share, 3), a.kind]
            for a in sorted(acts, key=lambda a: a.hour)
            if a.route in index and a.hour < hours
        ],
        "regimes": [[round(r.from_h, 3), r.regime] for r in sorted(regimes, key=lambda r: r.from_h)],
        "waiting": {
            side: {"at": _waiting_spot(scenario, side), "ships": _queue(movements, side, hours)}
            for side in ("in", "out")
        },
    }


def player_source() -> str:
    """Return the text of `player.js`, a module without dependencies, to be served from the page's own origin."""
    return files("muster.passage.chart").joinpath("player.js").read_text(encoding="utf-8")


def player_style() -> str:
    """Return the text of `player.css`, the style of the player's controls, for the page's own origin."""
    return files("muster.passage.chart").joinpath("player.css").read_text(encoding="utf-8")
