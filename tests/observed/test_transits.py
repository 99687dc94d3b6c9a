"""Synthetic tracks of known truth: every passage is counted once, the right way, with its doubts."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.base.errors import ScenarioError
from muster.observed.gates import CountingArea, load_counting_area
from muster.observed.identity import flag_of, ship_class
from muster.observed.positions import Positions
from muster.observed.tracker import Tracker
from muster.observed.transits import Transit, find_transits

CASE = Path(__file__).resolve().parents[2] / "cases" / "hormuz-2026" / "gates.toml"
T0 = 1_767_225_600  # 2026-01-01
OUTSIDE, INSIDE = (56.9, 26.1), (55.6, 26.3)
HOUR = 3600


def area() -> CountingArea:
    """Return the bundled counting area of the Strait of Hormuz."""
    return load_counting_area(CASE)


def track(mmsi: int, points: list[tuple[float, float, float]]) -> list[tuple[int, int, float, float]]:
    """Return rows (mmsi, t, lon, lat) from (hours, lon, lat)."""
    return [(mmsi, T0 + int(hours * HOUR), lon, lat) for hours, lon, lat in points]


def sail(
    mmsi: int, start: tuple[float, float], end: tuple[float, float], *, from_h: float, hours: float = 6, n: int = 37
) -> list[tuple[int, int, float, float]]:
    """Return a straight voyage with `n` reports."""
    steps = np.linspace(0, 1, n)
    return track(
        mmsi,
        [
            (from_h + hours * f, start[0] + f * (end[0] - start[0]), start[1] + f * (end[1] - start[1]))
            for f in steps.tolist()
        ],
    )


def positions(rows: list[tuple[int, int, float, float]]) -> Positions:
    """Return rows in time order as positions."""
    rows = sorted(rows, key=lambda row: row[1])
    n = len(rows)
    array = np.array(rows, dtype=np.float64).reshape(n, 4)
    nothing = np.full(n, np.nan, dtype=np.float32)
    unknown = np.full(n, -1, dtype=np.int16)
    return Positions(
        array[:, 0].astype(np.int64), array[:, 1].astype(np.int64), array[:, 3].copy(), array[:, 2].copy(),
        nothing, nothing, unknown, unknown,
    )  # fmt: skip


def transits_of(rows: list[tuple[int, int, float, float]]) -> tuple[Transit, ...]:
    """Return the transits in the rows."""
    return find_transits(Tracker(area()).follow([positions(rows)]))


def test_a_voyage_in_and_one_out_are_two_transits() -> None:
    """Direction follows from the side the ship comes from."""
    found = transits_of(sail(538000001, OUTSIDE, INSIDE, from_h=0) + sail(538000001, INSIDE, OUTSIDE, from_h=30))

    assert [transit.direction for transit in found] == ["inbound", "outbound"]
    assert not any(transit.is_inferred or transit.is_suspect for transit in found)
    assert {transit.flag for transit in found} == {"MHL"}


def test_the_lane_is_where_the_track_cuts_the_gate() -> None:
    """South, middle and north of the throat are three routes."""
    routes = [
        transits_of(sail(538000001, (56.9, lat_0), (55.9, lat_1), from_h=0))[0].route
        for lat_0, lat_1 in ((26.1, 26.2), (26.3, 26.4), (26.55, 26.6))
    ]

    assert routes == ["facilitated", "free", "permission"]


def test_turning_back_is_no_transit() -> None:
    """Over the line and back within two hours cancels."""
    rows = track(538000001, [(0, 56.6, 26.3), (0.5, 56.2, 26.35), (1.2, 56.6, 26.3), (2, 56.8, 26.2)])

    assert transits_of(rows) == ()


def test_silence_on_the_way_makes_the_transit_inferred() -> None:
    """Heard outside, silent ten hours, heard inside: it passed, but nobody saw where."""
    found = transits_of(track(477000001, [(0, *OUTSIDE), (10, *INSIDE)]))

    assert len(found) == 1
    assert found[0].is_inferred
    assert found[0].route == ""
    assert found[0].direction == "inbound"
    assert found[0].silence_h == pytest.approx(10)


def test_a_dark_passage_that_misses_every_gate_line_is_still_inferred() -> None:
    """The straight line between both reports may run over land: the two sides decide."""
    found = transits_of(track(477000001, [(0, 57.0, 25.3), (20, 55.5, 25.9)]))

    assert [(t.direction, t.is_inferred) for t in found] == [("inbound", True)]


def test_one_spoofed_position_changes_nothing() -> None:
    """A single report inland, out of reach, is held aside and dropped."""
    rows = sail(538000001, (57.2, 26.0), (56.7, 26.1), from_h=0)
    rows.insert(len(rows) // 2, (538000001, rows[len(rows) // 2][1] + 60, 54.4, 24.4))
    tracker = Tracker(area()).follow([positions(rows)])

    assert find_transits(tracker) == ()
    assert tracker.suspects() == {538000001: (1, 0)}


def test_two_ships_with_one_identity_are_flagged_and_counted_nowhere() -> None:
    """A track that keeps changing between two places is suspected; no crossing is made up between them."""
    places = ((55.5, 26.2), (57.0, 26.3))
    reports = [(0.5 * n + late_h, *places[n % 2]) for n in range(20) for late_h in (0.0, 0.1)]
    tracker = Tracker(area()).follow([positions(track(538000001, reports))])
    jumps, switches = tracker.suspects()[538000001]

    assert jumps > switches >= 3
    assert find_transits(tracker) == ()


def test_waiting_before_the_passage_is_measured() -> None:
    """Twelve hours in the anchorage outside count for the inbound transit."""
    wait = track(636000001, [(h / 2, 56.40, 25.15) for h in range(25)])
    approach = sail(636000001, (56.40, 25.15), OUTSIDE, from_h=12.5, hours=5)
    passage = sail(636000001, OUTSIDE, INSIDE, from_h=17.6, hours=7)
    found = transits_of(wait + approach + passage)

    assert [transit.direction for transit in found] == ["inbound"]
    assert found[0].waited_h == pytest.approx(12, abs=0.6)


VOYAGE = st.tuples(st.booleans(), st.floats(26.0, 26.2), st.floats(26.25, 26.5), st.integers(10, 60))
VOYAGES = st.lists(VOYAGE, min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(VOYAGES, st.integers(1, 500))
def test_every_voyage_is_counted_once_in_whatever_pieces_it_comes(
    voyages: list[tuple[bool, float, float, int]], batch: int
) -> None:
    """Counts and directions equal the truth, and do not depend on how the stream is cut."""
    rows = []
    for number, (is_inbound, lat_outside, lat_inside, n_reports) in enumerate(voyages):
        ends = ((56.9, lat_outside), (55.8, lat_inside))
        start, end = ends if is_inbound else ends[::-1]
        rows += sail(538_000_001 + number, start, end, from_h=number * 1.7, n=n_reports)
    whole = positions(rows)
    parts = [whole.take(np.arange(i, min(i + batch, len(whole)))) for i in range(0, len(whole), batch)]
    found = find_transits(Tracker(area()).follow(parts))

    assert found == find_transits(Tracker(area()).follow([whole]))
    assert len(found) == len(voyages)
    truth = {538_000_001 + n: "inbound" if v[0] else "outbound" for n, v in enumerate(voyages)}
    assert {transit.mmsi: transit.direction for transit in found} == truth


def test_the_vessel_table_grows_without_losing_anyone() -> None:
    """More vessels than the first table holds are all counted."""
    rows = [row for n in range(5000) for row in track(300_000_000 + n, [(0, *OUTSIDE), (2.8, *INSIDE)])]
    tracker = Tracker(area()).follow([positions(rows)])

    assert tracker.n_vessels == 5000
    assert len(find_transits(tracker)) == 5000


def test_unusable_and_late_reports_are_counted() -> None:
    """Nothing is dropped in silence."""
    rows = [(538000001, T0 - 60, 56.9, 26.1), (538000001, T0, 56.9, 26.1), (0, T0, 56.9, 26.1), (2, T0, 999.0, 1.0)]
    whole = positions(rows)
    tracker = Tracker(area())
    tracker.feed(whole.take(np.array([1])))
    tracker.feed(whole.take(np.array([0, 2, 3])))

    assert tracker.count_dict() == {"positions": 4, "unusable": 2, "late": 1, "jumps": 0}


@pytest.mark.parametrize(
    ("mmsi", "flag"),
    [(232001234, "GBR"), (422001234, "IRN"), (636001234, "LBR"), (2320012, ""), (970001234, ""), (999999999, "")],
)
def test_flags_come_from_the_mid(mmsi: int, flag: str) -> None:
    """Only ships' identities have a flag."""
    assert flag_of(mmsi) == flag


def test_classes_say_no_more_than_the_type() -> None:
    """Type 0 is unknown, never cargo."""
    assert [ship_class(t) for t in (-1, 0, 30, 35, 52, 70, 89, 60, 99)] == [
        "unknown", "unknown", "fishing", "naval", "tug", "cargo", "tanker", "passenger", "other",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "speed_limit_kn = 45.0",
            "speed_limit_kn = 4500",
            "speed_limit_kn = 4500; speed_limit_kn must be a number from",
        ),
        ('inbound_side = "left"', 'inbound_side = "up"', "inbound_side must be left or right"),
        ("start = [56.50, 26.05]", "start = [256.50, 26.05]", r"start must be \[longitude, latitude\]"),
        ("[inner]", "[inside]", r"\[inner\] must be a table"),
    ],
)
def test_a_broken_gates_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The error names the key, the value and the rule."""
    path = tmp_path / "gates.toml"
    path.write_text(CASE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(ScenarioError, match=message):
        load_counting_area(path)
