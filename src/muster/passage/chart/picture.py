"""`draw_strait`: one SVG of coast, lanes, anchorages and, at a given hour of a run, ships and convoys."""

import math
from collections.abc import Iterable, Sequence
from html import escape

from muster.passage.chart.geometry import NM_PER_DEGREE, Frame, Point, coast_in, frame_around, point_along, smooth
from muster.passage.chart.labels import LabelSpace, text_box
from muster.passage.chart.movement import Movement
from muster.passage.chart.places import COUNTRIES, SEAS, SPOTS
from muster.passage.chart.theme import DASHES, LANE_NAMES, Theme, theme_named
from muster.passage.scenario import Anchorage, Lane, Scenario

WIDTH = 720.0
HEIGHT = 600.0
FOOT = 92.0  # legend and note below the chart
FONT = "font-family=\"system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif\""
NOTE = "Lanes and anchorages are approximate. Not for navigation. Coast: Natural Earth."
SCALE_STEPS_NM = (2, 5, 10, 20, 50, 100, 200)


def chart_frame(scenario: Scenario) -> Frame:
    """Return the window that holds every lane and every anchorage within 60 nm of one."""
    points = [point for lane in scenario.lanes for point in lane.points]
    for anchorage in near_anchorages(scenario):
        reach = anchorage.radius_nm / NM_PER_DEGREE
        points += [(anchorage.lon + dx, anchorage.lat + dy) for dx in (-reach, reach) for dy in (-reach, reach)]
    return frame_around(points, width=WIDTH, height=HEIGHT, margin=0.07)


def near_anchorages(scenario: Scenario) -> list[Anchorage]:
    """Return the anchorages within 60 nm of a point of a lane; farther ones would shrink the lanes to a knot."""
    points = [point for lane in scenario.lanes for point in lane.points]
    return [a for a in scenario.anchorages if min(math.dist((a.lon, a.lat), point) for point in points) <= 1.0]


def lane_line(frame: Frame, lane: Lane) -> list[Point]:
    """Return a lane as a smooth line in drawing units, in the order of its points (inbound)."""
    return smooth([frame.place(lon, lat) for lon, lat in lane.points])


def _path(points: Iterable[Point], *, close: bool = False) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if close else "")


def _text(x: float, y: float, text: str, *, size: float, fill: str, halo: str = "", more: str = "") -> str:
    edge = f' stroke="{halo}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}"{edge} {more}>{escape(text)}</text>'


def _land(frame: Frame, theme: Theme) -> str:
    rings = coast_in(frame.box)
    if rings is None:
        return _text(WIDTH / 2, 30, "No coast is bundled for this area", size=20, fill=theme.faint, more=_MIDDLE)
    shape = "".join(_path((frame.place(lon, lat) for lon, lat in ring), close=True) for ring in rings)
    return f'<path d="{shape}" fill="{theme.land}" stroke="{theme.coast}" stroke-width="1.2" fill-rule="evenodd"/>'


_MIDDLE = 'text-anchor="middle"'


SPOTS_FROM = 1.6  # drawing units a nautical mile from which islands and capes are named: charts under about 350 nm


def _names(space: LabelSpace, theme: Theme) -> Iterable[str]:
    """Name seas, countries and spots where there is room; each name once, at the first of its places that is free."""
    frame = space.frame
    drawn: set[str] = set()
    for names, size, spacing, more in (
        (COUNTRIES, 19, 4.0, 'letter-spacing="4"'),
        (SEAS, 20, 0.0, 'font-style="italic"'),
        (SPOTS, 17, 0.0, ""),
    ):
        if names is SPOTS and frame.units_per_nm < SPOTS_FROM:
            continue
        for name, lon, lat in names:
            x, y = frame.place(lon, lat)
            if name in drawn or not space.take(text_box(x, y, name, size=size, spacing=spacing)):
                continue
            drawn.add(name)
            halo = theme.halo if names is SPOTS else ""
            yield _text(x, y, name, size=size, fill=theme.faint, halo=halo, more=f"{_MIDDLE} {more}")


def _anchorage(space: LabelSpace, theme: Theme, anchorage: Anchorage) -> Iterable[str]:
    x, y = space.frame.place(anchorage.lon, anchorage.lat)
    radius = _radius(space.frame, anchorage)
    title = escape(f"{anchorage.name}, {anchorage.radius_nm:g} nm: {anchorage.source}")
    yield (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{theme.anchorage}" fill-opacity="0.16" '
        f'stroke="{theme.anchorage}" stroke-width="2" stroke-dasharray="2 5" stroke-linecap="round">'
        f"<title>{title}</title></circle>"
    )
    sides = [
        (x + radius + 6, y + 6, "start"),
        (x - radius - 6, y + 6, "end"),
        (x, y + radius + 20, "middle"),
        (x, y - radius - 8, "middle"),
    ]
    if x > WIDTH / 2:
        sides[0], sides[1] = sides[1], sides[0]
    chosen = space.first_free(text_box(a, b, anchorage.name, size=18, anchor=at) for a, b, at in sides)
    if chosen is not None:
        a, b, at = sides[chosen]
        more = f'text-anchor="{at}"'
        yield _text(a, b, anchorage.name, size=18, fill=theme.anchorage, halo=theme.halo, more=more)


def _radius(frame: Frame, anchorage: Anchorage) -> float:
    return max(anchorage.radius_nm * frame.units_per_nm, 7.0)


def _lane(line: Sequence[Point], theme: Theme, lane: Lane) -> Iterable[str]:
    colour, dash = theme.lane(lane.route), DASHES.get(lane.route, "")
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    d = _path(line)
    yield f'<path d="{d}" fill="none" stroke="{theme.halo}" stroke-opacity="0.75" stroke-width="9"/>'
    yield (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="4" stroke-linecap="round" '
        f'stroke-linejoin="round"{dashed}><title>{escape(f"{LANE_NAMES.get(lane.route, lane.route)}: {lane.source}")}'
        "</title></path>"
    )


def ship_shape(x: float, y: float, heading: float, *, size: float, fill: str, edge: str) -> str:
    """Return a hull seen from above, bow along the heading."""
    hull = f"M{size:.1f} 0L{size * 0.2:.1f} {size * 0.5:.1f}H{-size:.1f}V{-size * 0.5:.1f}H{size * 0.2:.1f}Z"
    return (
        f'<path transform="translate({x:.1f} {y:.1f}) rotate({heading:.0f})" d="{hull}" fill="{fill}" '
        f'stroke="{edge}" stroke-width="2" stroke-linejoin="round"/>'
    )


def _convoy(x: float, y: float, n_ships: int, theme: Theme, *, radius: float, size: float) -> Iterable[str]:
    yield (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{theme.halo}" stroke="{theme.escort}" '
        'stroke-width="2.5"/>'
    )
    yield _text(x, y + 6, str(n_ships), size=size, fill=theme.ink, more=f'{_MIDDLE} font-weight="700"')


def _ships(lines: dict[str, list[Point]], theme: Theme, movements: Sequence[Movement], at_h: float) -> Iterable[str]:
    for movement in movements:
        share = movement.share_at(at_h)
        if share is None or movement.route not in lines:
            continue
        line = lines[movement.route] if movement.direction == "in" else lines[movement.route][::-1]
        x, y, heading = point_along(line, share)
        if movement.n_escorts:
            yield from _convoy(x, y, movement.n_ships, theme, radius=17, size=18)
        else:
            yield ship_shape(x, y, heading, size=12, fill=theme.ink, edge=theme.halo)


def _legend(theme: Theme, frame: Frame, lanes: Sequence[Lane], *, has_ships: bool) -> Iterable[str]:
    x, y = 16.0, HEIGHT + 28
    for lane in lanes:
        colour, dash = theme.lane(lane.route), DASHES.get(lane.route, "")
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        yield (f'<path d="M{x:.0f} {y - 6:.0f}h44" stroke="{colour}" stroke-width="4" stroke-linecap="round"{dashed}/>')
        name = LANE_NAMES.get(lane.route, lane.route)
        yield _text(x + 54, y, name, size=19, fill=theme.ink)
        x += 76 + 9.6 * len(name)
    y += 30
    x = 16.0
    if has_ships:
        yield ship_shape(x + 11, y - 6, 0, size=12, fill=theme.ink, edge=theme.halo)
        yield _text(x + 26, y, "ship", size=19, fill=theme.ink)
        yield from _convoy(x + 98, y - 6, 9, theme, radius=12, size=16)
        yield _text(x + 118, y, "convoy", size=19, fill=theme.ink)
        x += 206
        cross = f"M{x - 1:.0f} {y - 13:.0f}l14 14m-14 0l14 -14"
        yield f'<path d="{cross}" stroke="{theme.act}" stroke-width="4" stroke-linecap="round"/>'
        yield _text(x + 24, y, "incident", size=19, fill=theme.ink)
        x += 122
    yield (
        f'<circle cx="{x + 10:.0f}" cy="{y - 6:.0f}" r="9" fill="{theme.anchorage}" fill-opacity="0.16" '
        f'stroke="{theme.anchorage}" stroke-width="2" stroke-dasharray="2 4"/>'
    )
    yield _text(x + 28, y, "anchorage", size=19, fill=theme.ink)
    step = max((nm for nm in SCALE_STEPS_NM if nm * frame.units_per_nm <= 150), default=SCALE_STEPS_NM[0])
    length = step * frame.units_per_nm
    right = WIDTH - 16
    bar = f"M{right - length:.1f} {y - 14:.0f}v8h{length:.1f}v-8"
    yield f'<path d="{bar}" fill="none" stroke="{theme.ink}" stroke-width="2"/>'
    yield _text(right - length - 10, y, f"{step} nm", size=19, fill=theme.ink, more='text-anchor="end"')
    yield _text(16, y + 27, NOTE, size=16.5, fill=theme.faint)


def draw_strait(
    scenario: Scenario,
    *,
    theme: str | Theme = "light",
    movements: Sequence[Movement] = (),
    at_h: float = 0.0,
    element_id: str = "strait",
    has_player: bool = False,
) -> str:
    """Return the strait as one self-contained SVG.

    Coast, lanes and anchorages of the scenario, approximate and saying so on the picture; with `movements`, the ships
    under way at `at_h`: single ships as hulls, convoys as rings with their number of ships. Route is told by hue and by
    dash; text keeps 8 px on a screen 360 px wide.

    Parameters
    ----------
    scenario : Scenario
    theme : "light", "dark" or Theme
    movements : sequence of Movement
    at_h : float
        Hours since the run's start.
    element_id : str
        Prefix of ids inside, unique on the page.
    has_player : bool
        Explain ships and convoys in the legend, because `player.js` will draw them.

    Returns
    -------
    str
        `<svg>` with viewBox 720 x 692, a title and a description; no script, no style sheet, no external request.
    """
    chosen = theme_named(theme)
    frame = chart_frame(scenario)
    lines = {lane.route: lane_line(frame, lane) for lane in scenario.lanes}
    labels = f'aria-labelledby="{element_id}-title {element_id}-description"'
    size = f'viewBox="0 0 {WIDTH:g} {HEIGHT + FOOT:g}" width="100%"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {labels} {FONT}>',
        f'<title id="{element_id}-title">{escape(scenario.title)}: chart</title>',
        f'<desc id="{element_id}-description">{escape(describe_chart(scenario, movements, at_h))}</desc>',
        f'<defs><clipPath id="{element_id}-clip"><rect width="{WIDTH:g}" height="{HEIGHT:g}"/></clipPath></defs>',
        f'<rect width="{WIDTH:g}" height="{HEIGHT + FOOT:g}" fill="{chosen.halo}"/>',
        f'<g clip-path="url(#{element_id}-clip)"><rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="{chosen.sea}"/>',
        _land(frame, chosen),
    ]
    space = LabelSpace(frame)
    for line in lines.values():
        space.take_line(line)
    for anchorage in near_anchorages(scenario):
        space.take_disc(*frame.place(anchorage.lon, anchorage.lat), _radius(frame, anchorage))
    for anchorage in near_anchorages(scenario):
        parts.extend(_anchorage(space, chosen, anchorage))
    parts.extend(_names(space, chosen))
    for lane in scenario.lanes:
        parts.extend(_lane(lines[lane.route], chosen, lane))
    roles = f'data-ink="{chosen.ink}" data-halo="{chosen.halo}" data-act="{chosen.act}"'
    parts += [f'<g id="{element_id}-ships" {roles}>', *_ships(lines, chosen, movements, at_h), "</g></g>"]
    parts.extend(_legend(chosen, frame, scenario.lanes, has_ships=bool(movements) or has_player))
    return "\n".join([*parts, "</svg>"])


def describe_chart(scenario: Scenario, movements: Sequence[Movement], at_h: float) -> str:
    """Return in words what the picture shows, for those who cannot see it."""
    lanes = ", ".join(LANE_NAMES.get(lane.route, lane.route) for lane in scenario.lanes)
    words = f"Coast, {len(scenario.lanes)} approximate lanes ({lanes}) and {len(scenario.anchorages)} anchorages."
    if movements:
        under_way = [m for m in movements if m.share_at(at_h) is not None]
        ships = sum(m.n_ships for m in under_way)
        convoys = sum(m.n_escorts > 0 for m in under_way)
        waiting = sum(m.n_ships for m in movements if m.waits_at(at_h))
        words += f" At hour {at_h:g}: {ships} ships under way, {convoys} convoys among them, {waiting} ships waiting."
    return words
