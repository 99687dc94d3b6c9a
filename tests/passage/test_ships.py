"""Arrivals are as over-dispersed and as correlated as the scenario says."""

from dataclasses import replace

import numpy as np
import pytest

from muster.passage.layout import BLOCK_RUNS, DAY_S, R_ARRIVAL, R_KIND
from muster.passage.priors import Number
from muster.passage.ships import draw_ships
from muster.passage.simulate import compile_scenario, make_space
from passage.scenario_strategies import base_scenario

RATE = 75.2
DAYS = 90


def _daily(process: str) -> tuple[np.ndarray, np.ndarray]:
    """Return daily totals (runs, days) and the ships' kinds."""
    base = base_scenario()
    traffic = replace(
        base.traffic,
        process=process,
        demand=(),
        arrivals_per_day=Number.point("rate", RATE),
        initial_ships=Number.point("initial", 0.0),
    )
    compiled = compile_scenario(replace(base, traffic=traffic), seed=5, n_days=DAYS)
    space = make_space(compiled, capacity=20_000)
    drawn = compiled.block(0).arrays
    days, kinds = [], []
    for run in range(BLOCK_RUNS):
        n = draw_ships(np.uint64(5), run, run, compiled.fixed, drawn, space.ships, space.multiplier)
        days.append(np.bincount(space.ships.record[:n, R_ARRIVAL] // DAY_S, minlength=DAYS))
        kinds.append(space.ships.record[:n, R_KIND].copy())
    return np.array(days, float), np.concatenate(kinds)


@pytest.mark.statistical
@pytest.mark.parametrize(("process", "dispersion"), [("gamma", 4.6), ("poisson", 1.0)])
def test_daily_totals_have_the_scenario_s_mean_and_dispersion(process, dispersion):
    """Mean and variance/mean over 256 runs lie within 4.9 standard errors (false alarm 1e-6 each).

    The standard error comes from the runs' own spread; the detectable error of the dispersion is about 8 % (gamma).
    """
    days, _ = _daily(process)
    means = days.mean(axis=1)
    assert abs(means.mean() - RATE) < 4.9 * means.std(ddof=1) / np.sqrt(len(days))
    per_run = ((days - RATE) ** 2).mean(axis=1) / RATE
    assert abs(per_run.mean() - dispersion) < 4.9 * per_run.std(ddof=1) / np.sqrt(len(days))


@pytest.mark.statistical
def test_kinds_have_the_scenario_s_shares():
    """Direction, class and flag shares lie within 4.9 standard errors of the file's."""
    _, kinds = _daily("poisson")
    traffic = base_scenario().traffic
    n = len(kinds)
    wanted = [(kinds >> 8 == 0, traffic.in_share)]
    wanted += [(((kinds >> 4) & 15) == c, item.share) for c, item in enumerate(traffic.classes)]
    wanted += [((kinds & 15) == f, item.share) for f, item in enumerate(traffic.flags)]
    for found, share in wanted:
        assert abs(found.mean() - share) < 4.9 * np.sqrt(share * (1 - share) / n)
