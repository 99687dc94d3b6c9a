"""The full model keeps its books and its promises about seeds and threads."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from muster.base.errors import ScenarioError
from muster.passage.backtest.levels import held_in
from muster.passage.layout import SCALARS
from muster.passage.scenario import load_scenario
from muster.passage.simulate import compile_scenario, simulate_compiled, simulate_passages
from muster.passage.words import REGIMES

CASE = Path(__file__).parents[2] / "cases" / "hormuz-2026"
POLICIES = ("none", "convoy:12h:20:2", "demand:6:48h:2:8", "accompany", "corridor:4+clear", "demand+reflag:0.3")


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(CASE)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_ship_is_somewhere(scenario, policy):
    """Arrived = sailed + left + waiting in every run, and days, routes and queue agree with the totals."""
    outcomes = simulate_passages(scenario, n_runs=20, n_days=60, seed=3, policy=policy)
    column = {name: outcomes.scalars[:, k] for k, name in enumerate(SCALARS)}
    assert (column["arrived"] == column["sailed"] + column["left"] + column["waiting_end"]).all()
    by_route = column["passages_free"] + column["passages_permission"] + column["passages_facilitated"]
    assert (by_route == column["sailed"]).all()
    regime_s = sum(column[f"{name}_s"] for name in ("open", "tolled", "contested", "closed"))
    assert (regime_s == 60 * 86_400).all()
    # Little's law, exactly: ship-seconds in the queue are the sum of the ships' waits.
    np.testing.assert_allclose(column["mean_queue"] * 60 * 86_400, column["wait_s"], rtol=1e-12)
    assert outcomes.series.passages.sum() == column["sailed"].sum()
    assert outcomes.histograms.wait_h.sum() == column["sailed"].sum()
    assert (outcomes.measure("utilisation") <= 1).all()


def test_threads_change_no_bit(scenario):
    """One thread and two give the same bytes."""
    one = simulate_passages(scenario, n_runs=600, n_days=10, seed=5, n_threads=1)
    two = simulate_passages(scenario, n_runs=600, n_days=10, seed=5, n_threads=2)
    assert one.scalars.tobytes() == two.scalars.tobytes()
    for a, b in zip((*one.series, *one.histograms), (*two.series, *two.histograms), strict=True):
        assert a.tobytes() == b.tobytes()


def test_a_run_does_not_depend_on_how_many_run(scenario):
    """Run r is the same run among 3 and among 300; another seed gives another."""
    few = simulate_passages(scenario, n_runs=3, n_days=20, seed=5).scalars
    many = simulate_passages(scenario, n_runs=300, n_days=20, seed=5).scalars
    other = simulate_passages(scenario, n_runs=3, n_days=20, seed=6).scalars
    assert few.tobytes() == many[:3].tobytes()
    assert few.tobytes() != other.tobytes()


def test_the_same_ships_come_under_every_policy(scenario):
    """Arrivals per run do not depend on the policy or the force pool."""
    arrived = [
        simulate_passages(scenario, n_runs=5, n_days=20, seed=5, policy=policy).measure("arrived").tobytes()
        for policy in POLICIES
    ]
    assert len(set(arrived)) == 1


def test_compiled_scenarios_give_what_the_full_call_gives(scenario):
    """The cheap path returns the same measures as the full one."""
    compiled = compile_scenario(scenario, seed=9, n_days=15)
    cheap = simulate_compiled(compiled, n_runs=40)
    full = simulate_passages(scenario, n_runs=40, n_days=15, seed=9).measures()
    assert cheap.keys() == full.keys()
    assert all(cheap[name].tobytes() == full[name].tobytes() for name in full)


def test_without_forces_nobody_is_escorted(scenario):
    """An empty force pool is allowed and escorts nobody."""
    outcomes = simulate_passages(scenario, n_runs=5, n_days=20, seed=5, policy="convoy", forces=[])
    assert outcomes.measure("escorted").sum() == 0


def test_silly_numbers_are_refused(scenario):
    """Runs and days out of range are named."""
    with pytest.raises(ScenarioError, match="0 runs"):
        simulate_passages(scenario, n_runs=0, seed=1)
    with pytest.raises(ScenarioError, match="99999 days"):
        simulate_passages(scenario, n_runs=1, n_days=99_999, seed=1)


def test_what_is_seen_depends_on_lane_and_regime(scenario):
    """With a factor of 0 on two lanes of a lasting regime only the third is seen; what sails stays the same."""
    held = held_in(scenario, "contested")
    blind = tuple((0.0, 1 / 0.46, 0.0) if name == "contested" else (1.0, 1.0, 1.0) for name in REGIMES)
    dark = replace(held, seen=tuple(replace(period, lane_factor=blind) for period in held.seen))
    as_it_is = simulate_passages(held, n_runs=20, n_days=20, seed=5).measures()
    found = simulate_passages(dark, n_runs=20, n_days=20, seed=5).measures()
    assert found["passages"].tobytes() == as_it_is["passages"].tobytes()
    assert found["seen"].tobytes() == found["passages_permission"].tobytes()
    assert as_it_is["seen"].sum() < found["passages"].sum()
