"""The founding case, made fit for the window level: one lasting regime, no slots, no queue at the start, a big pool."""

from dataclasses import replace
from pathlib import Path

from muster.passage.forces import ForceUnit
from muster.passage.priors import Number
from muster.passage.scenario import load_scenario
from muster.passage.words import REGIMES

CASE = Path(__file__).parents[2] / "cases" / "hormuz-2026"


def windowed_strait(regime="contested", *, wait_h=((0.0, 12.0), (0.5, 336.0), (1.0, 2160.0))):
    """Return the bundled case without what the window level cannot bear; priors, classes, flags, acts are its own."""
    scenario = load_scenario(CASE)
    traffic = scenario.traffic
    return replace(
        scenario,
        lanes=tuple(replace(lane, headway_min=Number.point(lane.headway_min.key, 0.0)) for lane in scenario.lanes),
        traffic=replace(traffic, initial_ships=Number.point(traffic.initial_ships.key, 0.0)),
        regime=replace(
            scenario.regime,
            start=tuple(float(name == regime) for name in REGIMES),
            rates_per_day=((None,) * 4,) * 4,
            p_escalates=tuple(Number.point(n.key, 0.0) for n in scenario.regime.p_escalates),
        ),
        tolerance=replace(scenario.tolerance, wait_h=wait_h),
        units=guards(16),
    )


def guards(n, **changes):
    """Return n escorts that are on station from the first second to the last, without caveats."""
    return tuple(
        ForceUnit(f"guard-{k:02d}", "GBR", "escort", 1.0, 0.0, on_station_days=30_000.0, turnaround_h=6.0, **changes)
        for k in range(n)
    )
