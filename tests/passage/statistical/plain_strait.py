"""A full-model scenario without any of its complications, so that queueing theory has the answers."""

from dataclasses import replace
from pathlib import Path

from muster.passage.forces import ForceUnit
from muster.passage.priors import Number
from muster.passage.scenario import Demand, load_scenario

CASE = Path(__file__).parents[3] / "cases" / "hormuz-2026"


def _point(number, value):
    return Number.point(number.key, value)


def plain_strait(*, arrivals_per_day, choice, headway_min=0.05, transit_h=(5.0, 6.0, 10.0), convoy_h=(9.0, 10.0, 13.0),
                 in_share=0.5, p_attack=0.0):  # fmt: skip
    """Return a scenario in which everybody is alike, patient and unafraid, arrivals are Poisson, the coast is open.

    `choice`: "free" (all sail alone on the free lane) or "escort" (all wait for protection).
    """
    scenario = load_scenario(CASE)
    traffic, acts = scenario.traffic, scenario.acts
    flag = replace(
        traffic.flags[0], share=1.0, choices=(choice,), may_reflag=False,
        tolerance_factor=_point(traffic.flags[0].tolerance_factor, 1.0),
    )  # fmt: skip
    base = tuple(
        tuple(tuple(_point(n, p_attack if k == 4 else 0.0) for k, n in enumerate(row)) for row in regime)
        for regime in acts.base
    )
    first_factor = tuple(_point(n, 1.0) for n in acts.flag_factor[0])
    return replace(
        scenario,
        lanes=tuple(
            replace(lane, headway_min=_point(lane.headway_min, headway_min), transit_h=transit_h,
                    regimes=frozenset({"open", "tolled", "contested", "closed"}))
            for lane in scenario.lanes
        ),
        convoy_transit_h=convoy_h,
        traffic=replace(
            traffic, process="poisson", arrivals_per_day=_point(traffic.arrivals_per_day, arrivals_per_day),
            in_share=in_share, initial_ships=_point(traffic.initial_ships, 0), flags=(flag,), protecting_flag=flag.name,
            demand=(Demand(0.0, _point(traffic.demand[0].factor, 1.0)),),
        ),
        tolerance=replace(
            scenario.tolerance, risk=((0.0, 0.98), (1.0, 0.99)), wait_h=((0.0, 1e6), (1.0, 1.1e6)),
            perception=_point(scenario.tolerance.perception, 1.0),
            patience_factor=_point(scenario.tolerance.patience_factor, 1.0),
        ),
        regime=replace(
            scenario.regime, start=(1.0, 0.0, 0.0, 0.0), rates_per_day=((None,) * 4,) * 4,
            p_escalates=tuple(_point(n, 0.0) for n in scenario.regime.p_escalates),
        ),
        acts=replace(
            acts, base=base, flag_factor=(first_factor,),
            escort_factor=tuple(_point(n, 1.0) for n in acts.escort_factor),
        ),
        mines=replace(scenario.mines, count=tuple(_point(n, 0.0) for n in scenario.mines.count)),
        units=(),
    )  # fmt: skip


def escorts(n, *, turnaround_h=6.0):
    """Return n escorts that are there from the first second to the last."""
    return tuple(
        ForceUnit(f"escort-{k}", "GBR", "escort", 1.0, 0.0, on_station_days=30_000.0, turnaround_h=turnaround_h)
        for k in range(n)
    )
