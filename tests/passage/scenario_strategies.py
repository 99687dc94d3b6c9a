"""Random scenarios, small and full of events: every rule of the model is met within a few days."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from hypothesis import strategies as st

from muster.passage.forces import ForceUnit
from muster.passage.policy import parse_policy
from muster.passage.priors import Number
from muster.passage.scenario import Demand, Scenario, load_scenario
from muster.passage.words import CLASSES, REGIMES, ROUTES, UNIT_TYPES

CASE = Path(__file__).parents[2] / "cases" / "hormuz-2026"
FLAGS = ("us", "coalition", "open", "regional", "friendly", "shadow")


@lru_cache(maxsize=1)
def base_scenario() -> Scenario:
    """The bundled scenario, read once."""
    return replace(load_scenario(CASE), text="", anchorages=())  # short failure messages


_CHOICES = st.sampled_from(
    [("escort",), ("escort", "free"), ("free", "escort", "facilitated"), ("permission", "facilitated", "escort")]
)


def _point(key: str, low: float, high: float):
    return st.floats(low, high).map(lambda value: Number.point(key, value))


@st.composite
def policies(draw):
    """Any policy, tight enough that escorts bind."""
    kind = draw(st.sampled_from(["none", "convoy", "demand", "accompany", "corridor"]))
    need, cap = draw(st.integers(1, 3)), draw(st.integers(1, 12))
    head = {
        "none": "none",
        "convoy": f"convoy:{draw(st.sampled_from([1, 6, 12.5]))}h:{cap}:{need}",
        "demand": f"demand:{draw(st.integers(1, 9))}:{draw(st.sampled_from([1, 8, 48]))}h:{need}:{cap}",
        "accompany": f"accompany:{need}:{cap}",
        "corridor": f"corridor:{draw(st.sampled_from([1, 2.5, 6]))}",
    }[kind]
    reflag = draw(st.sampled_from(["", "+reflag:0.4"]))
    return parse_policy(head + reflag + draw(st.sampled_from(["", "+clear"])))


def _mask(names):
    return st.none() | st.none() | st.none() | st.sets(st.sampled_from(names), min_size=2).map(frozenset)


@st.composite
def units(draw, number: int = 0):
    """A unit with any caveats and a short cycle."""
    return ForceUnit(
        id=f"unit-{number}-{draw(st.integers(0, 99))}",
        nation="GBR",
        type=draw(st.sampled_from([*UNIT_TYPES, "escort", "escort"])),
        p_available=draw(st.sampled_from([1.0, 0.7, (0.2, 0.5, 0.9)])),
        arrival_day=draw(st.sampled_from([0.0, 0.0, 1.25, (0.0, 1.0, 3.0)])),
        on_station_days=draw(st.sampled_from([0.3, 2.0, 30.0])),
        off_station_days=draw(st.sampled_from([0.0, 0.5])),
        phase_days=draw(st.sampled_from([None, None, 0.0, 0.3])),
        turnaround_h=draw(st.sampled_from([0.0, 1.0, 9.5])),
        until_day=draw(st.sampled_from([None, 0.0, 3.0])),
        flags=draw(_mask(FLAGS)),
        classes=draw(_mask(CLASSES)),
        routes=draw(_mask(ROUTES)),
        regimes=draw(_mask(REGIMES)),
        may_answer_boarding=draw(st.booleans()),
    )


@st.composite
def scenarios(draw):
    """The bundled scenario with other traffic, tempers, lanes, regimes and mines."""
    base = base_scenario()
    rate = draw(st.sampled_from([0.5, 20.0, 150.0]))
    factor = draw(st.sampled_from([0.0, 0.3, 2.0]))
    lanes = tuple(
        replace(
            lane,
            headway_min=Number.point("headway", draw(st.sampled_from([0.0, 3.0, 90.0]))),
            regimes=frozenset(REGIMES),
        )
        for lane in base.lanes
    )
    rates = tuple(tuple(None if a == b else draw(st.none() | _point("rate", 0, 2)) for b in REGIMES) for a in REGIMES)
    return replace(
        base,
        lanes=lanes,
        traffic=replace(
            base.traffic,
            process=draw(st.sampled_from(["gamma", "poisson"])),
            arrivals_per_day=Number.point("arrivals", rate),
            initial_ships=Number.point("initial", float(draw(st.integers(0, 60)))),
            flags=tuple(replace(flag, choices=draw(_CHOICES)) for flag in base.traffic.flags),
            demand=(Demand(0.0, Number.point("d0", 1.0)), Demand(1.5, Number.point("d1", factor))),
        ),
        tolerance=replace(
            base.tolerance,
            wait_h=((0.0, 0.001), (1.0, draw(st.sampled_from([1.0, 48.0, 2000.0])))),
            perception=draw(_point("perception", 0.01, 3)),
        ),
        regime=replace(
            base.regime,
            start=draw(st.sampled_from([(1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.25, 0.25, 0.25, 0.25)])),
            rates_per_day=rates,
            p_escalates=tuple(Number.point("p", 0.5) for _ in REGIMES),
            escalates_to=tuple(draw(st.sampled_from(REGIMES)) for _ in REGIMES),
        ),
        mines=replace(
            base.mines,
            count=tuple(Number.point("mines", draw(st.sampled_from([0.0, 60.0]))) for _ in ROUTES),
            cleared_per_unit_day=Number.point("cleared", 20.0),
        ),
    )


@st.composite
def pools(draw):
    """Up to seven units."""
    return tuple(draw(units(k)) for k in range(draw(st.sampled_from([0, 3, 5, 7]))))
