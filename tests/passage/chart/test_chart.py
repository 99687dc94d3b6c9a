"""The chart and its animation: true positions, words for those who cannot see it, nothing fetched."""

import json
import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.base.errors import InputError
from muster.passage.chart import (
    DARK,
    LIGHT,
    ActMark,
    Movement,
    RegimeSpell,
    animation_frames,
    draw_strait,
    player_source,
)
from muster.passage.chart.geometry import coast_in, frame_around, length_of, point_along, smooth
from muster.passage.chart.labels import text_box
from muster.passage.chart.picture import NOTE, chart_frame, describe_chart
from muster.passage.chart.theme import DASHES
from muster.passage.scenario import load_scenario

SVG = "{http://www.w3.org/2000/svg}"
CASE = Path(__file__).parents[3] / "cases" / "hormuz-2026"
CONVOY = Movement(arrive_h=2.0, sail_h=10.0, end_h=20.0, direction="in", route="free", n_ships=9, n_escorts=2)
LONE = Movement(arrive_h=0.5, sail_h=1.0, end_h=6.0, direction="out", route="permission")
STUCK = Movement(arrive_h=3.0, sail_h=None, end_h=None, direction="in", leave_h=5.5)


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(CASE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_picture_is_well_formed_and_self_contained(scenario, theme):
    """The SVG parses, says what it is and that it is approximate, and refers to nothing outside itself."""
    text = draw_strait(scenario, theme=theme, movements=[CONVOY], at_h=12)
    root = ET.fromstring(text)
    assert root.find(f"{SVG}title").text.startswith(scenario.title)
    words = "".join(root.itertext())
    assert NOTE in words
    assert "Not for navigation" in words
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    for tag in ("script", "style", "image", "use", "foreignObject"):
        assert root.find(f".//{SVG}{tag}") is None
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(set(ids)) == len(ids)


def test_every_lane_has_its_own_dash_and_hue(scenario):
    """Routes are told apart without colour: three dash patterns; and with it: three hues in both themes."""
    assert len({DASHES[lane.route] for lane in scenario.lanes}) == len(scenario.lanes)
    for theme in (LIGHT, DARK):
        assert len({theme.lane(lane.route) for lane in scenario.lanes}) == len(scenario.lanes)


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_contrast_suffices(theme):
    """Text has a contrast of 4.5 with sea, land and halo; lanes and marks 3 (WCAG 2.2)."""

    def contrast(a, b):
        low, high = sorted((_luminance(a), _luminance(b)))
        return (high + 0.05) / (low + 0.05)

    for ground in (theme.sea, theme.land, theme.halo):
        assert contrast(theme.ink, ground) >= 4.5
        assert contrast(theme.faint, ground) >= 4.5
        for colour in (*dict(theme.lanes).values(), theme.act, theme.anchorage):
            assert contrast(colour, ground) >= 3.0


def test_text_is_legible_on_a_phone(scenario):
    """At 360 px wide no text is under 8 px: 16 units of the 720 wide drawing."""
    root = ET.fromstring(draw_strait(scenario, movements=[CONVOY], at_h=12))
    assert min(float(node.get("font-size")) for node in root.iter(f"{SVG}text")) >= 16


def _overlap(a, b):
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]


@pytest.mark.parametrize("shift", [(0.0, 0.0), (-13.3, -13.8)])
def test_no_label_covers_another(scenario, shift):
    """Names and anchorages keep clear of each other, in the strait and in a chart of another sea."""
    lanes = tuple(
        replace(lane, points=tuple((x + shift[0], y + shift[1]) for x, y in lane.points)) for lane in scenario.lanes
    )
    anchorages = tuple(replace(a, lon=a.lon + shift[0], lat=a.lat + shift[1]) for a in scenario.anchorages)
    root = ET.fromstring(draw_strait(replace(scenario, lanes=lanes, anchorages=anchorages)))
    boxes = []
    for node in root.iter(f"{SVG}text"):
        x, y, size = (float(node.get(key)) for key in ("x", "y", "font-size"))
        if y < 600:
            box = text_box(x, y, node.text, size=size, anchor=node.get("text-anchor") or "start",
                           spacing=float(node.get("letter-spacing") or 0))  # fmt: skip
            assert not any(_overlap(box, other) for other in boxes), node.text
            boxes.append(box)
    assert len(boxes) >= 3


def _is_land(rings, lon, lat):
    inside = False
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (ay > lat) != (by > lat) and lon < (bx - ax) * (lat - ay) / (by - ay) + ax:
                inside = not inside
    return inside


def test_coast_is_where_it_is(scenario):
    """Larak and Qeshm are land, the throat between Musandam and Larak is water, in the bundled Natural Earth."""
    rings = coast_in(chart_frame(scenario).box)
    assert _is_land(rings, 56.36, 26.85)
    assert _is_land(rings, 55.9, 26.8)
    assert not _is_land(rings, 56.5, 26.55)


@pytest.mark.parametrize("case", ["hormuz-2026", "red-sea-2023", "earnest-will-1987"])
def test_lanes_of_bundled_cases_stay_in_water(case):
    """No drawn lane crosses land, and each case has a coast."""
    bundled = load_scenario(CASE.parent / case)
    frame = chart_frame(bundled)
    rings = coast_in(frame.box)
    assert rings
    west, south, east, north = frame.box
    for lane in bundled.lanes:
        for x, y in smooth([frame.place(*point) for point in lane.points]):
            lon, lat = west + x / frame.width * (east - west), north - y / frame.height * (north - south)
            assert not _is_land(rings, lon, lat), f"the {lane.route} lane crosses land at {lon:.2f}, {lat:.2f}"


def test_area_without_coast_says_so(scenario):
    """A strait outside the bundled regions is drawn without a coast and with the reason."""
    lanes = tuple(replace(lane, points=((100.0, 2.0), (101.0, 3.0))) for lane in scenario.lanes)
    assert "No coast is bundled" in draw_strait(replace(scenario, lanes=lanes, anchorages=()))


def test_frame_keeps_the_shape_of_the_world():
    """A nautical mile is as long along a parallel as along a meridian, at the middle of the chart."""
    frame = frame_around([(55.0, 25.0), (57.0, 27.0)], width=720, height=600, margin=0.1)
    x0, y0 = frame.place(56.0, 26.0)
    x1, y1 = frame.place(56.1, 26.1)
    assert (x1 - x0) / math.cos(math.radians(26.0)) == pytest.approx(y0 - y1, rel=1e-6)
    assert frame.units_per_nm * 6 == pytest.approx(y0 - y1, rel=1e-9)


@given(st.floats(0, 1), st.floats(0, 1))
def test_ships_keep_their_order_along_a_line(a, b):
    """Who has made more of the way is farther along, by the length of the line."""
    line = [(0.0, 0.0), (3.0, 4.0), (3.0, 10.0)]
    assert length_of(line) == 11.0
    low, high = sorted((a, b))
    travelled = []
    for share in (low, high):
        x, y, _ = point_along(line, share)
        travelled.append(math.hypot(x, y) if y <= 4.0 else 5.0 + y - 4.0)
    assert travelled[0] <= travelled[1] + 1e-9
    assert travelled[1] == pytest.approx(11.0 * high, abs=1e-6)


def test_description_counts_what_the_picture_shows(scenario):
    """The words for those who cannot see the picture give ships, convoys and waiting at that hour."""
    words = describe_chart(scenario, [CONVOY, LONE, STUCK], 4.0)
    assert "At hour 4: 1 ships under way, 0 convoys among them, 10 ships waiting." in words


def test_animation_keeps_every_movement(scenario):
    """Rows, acts, regimes and the queue by the hour are those of the run; JSON holds them."""
    run = animation_frames(
        scenario,
        [CONVOY, LONE, STUCK],
        acts=[ActMark(3.0, "permission", 0.4, "inspected")],
        regimes=[RegimeSpell(12.0, "tolled"), RegimeSpell(0.0, "contested")],
        hours=24,
    )
    assert json.loads(json.dumps(run)) == run
    assert [row[:2] for row in run["moves"]] == [[1.0, 6.0], [10.0, 20.0]]
    assert run["moves"][1][3:] == [1, 9, 2]
    assert [name for _, name in run["regimes"]] == ["contested", "tolled"]
    waiting = run["waiting"]["in"]["ships"]
    assert len(waiting) == 25
    for hour, count in enumerate(waiting):
        assert count == sum(m.n_ships for m in (CONVOY, STUCK) if m.waits_at(hour)), hour
    assert run["waiting"]["out"]["ships"][0:2] == [0, 0]


def test_movement_refuses_nonsense():
    """A passage has a start and an end in that order, and a known direction."""
    with pytest.raises(InputError, match="both or neither"):
        Movement(0.0, 1.0, None, "in")
    with pytest.raises(InputError, match="arrives, then sails"):
        Movement(2.0, 1.0, 3.0, "in")
    with pytest.raises(InputError, match="in and out"):
        Movement(0.0, 1.0, 2.0, "north")
    with pytest.raises(InputError, match="light and dark"):
        draw_strait(load_scenario(CASE), theme="sepia")


def test_player_needs_nothing_from_elsewhere():
    """The player makes no request, evaluates no text and sets no inline handler."""
    source = player_source()
    for word in (
        "fetch(",
        "XMLHttpRequest",
        "eval(",
        "new Function",
        "innerHTML",
        "import ",
        ".onclick",
        "document.write",
    ):
        assert word not in source
    assert "prefers-reduced-motion" in source
