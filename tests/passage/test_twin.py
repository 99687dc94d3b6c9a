"""The kernel and its plain SimPy twin give the same events, to the second and the ship."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.passage import philox_reference as plain
from muster.passage.forces import ForceUnit
from muster.passage.layout import DAY_S, R_ARRIVAL
from muster.passage.ships import draw_ships
from muster.passage.simulate import compile_scenario, make_space
from muster.passage.story import replay_run
from muster.passage.streams import MODULATION, SHIP
from muster.passage.twin import simulate_reference
from muster.passage.words import ACTS
from passage.scenario_strategies import base_scenario, policies, pools, scenarios


def _assert_same(scenario, policy, forces, *, seed, run, n_days):
    story = replay_run(scenario, seed=seed, run=run, n_days=n_days, policy=policy, forces=forces)
    compiled = compile_scenario(scenario, seed=seed, n_days=n_days, policy=policy)
    twin = simulate_reference(compiled, forces, run, make_space(compiled, capacity=20_000))
    for mine, theirs in zip(story.events, twin.events, strict=False):
        assert mine == theirs
    assert len(story.events) == len(twin.events)
    for k, act in enumerate(ACTS):
        # Expected acts are summed in another order, so they agree to rounding, not to the bit.
        total = twin.expected[0][k] + twin.expected[1][k]
        assert math.isclose(story.measures[f"expected_{act}"], total, rel_tol=1e-9, abs_tol=1e-12)
    return story


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(scenarios(), policies(), pools(), st.integers(0, 2**64 - 1), st.integers(0, 600))
def test_kernel_and_twin_agree_on_random_scenarios(scenario, policy, forces, seed, run):
    """Whatever the traffic, tempers, caveats, policy and seed: the same events."""
    forces = tuple({unit.id: unit for unit in forces}.values())
    _assert_same(scenario, policy, forces, seed=seed, run=run, n_days=5)


def test_nothing_happens_at_the_horizon():
    """A unit that would arrive in the very second in which the run ends does not: found by the random scenarios."""
    scenario = base_scenario()
    unit = ForceUnit(id="late", nation="GBR", arrival_day=3.0)
    story = _assert_same(scenario, "corridor:1", (unit,), seed=1, run=0, n_days=3)
    assert not any(event.kind == "unit" for event in story.events)


@pytest.mark.parametrize("policy", ["none", "convoy:12h:20:2", "demand:6:48h:2:8", "accompany+clear", "corridor:3"])
def test_kernel_and_twin_agree_on_the_bundled_case(policy):
    """The founding scenario, ninety days, under every kind of policy."""
    scenario = base_scenario()
    story = _assert_same(scenario, policy, scenario.units, seed=20_260_818, run=3, n_days=90)
    kinds = {event.kind for event in story.events}
    assert kinds >= {"arrive", "sail", "leave", "act", "regime"}


def test_ships_are_drawn_as_plain_arithmetic_says():
    """Arrival times follow from the addressed draws alone: recomputed in plain Python, to the second."""
    scenario = base_scenario()
    seed, run = 99, 5
    compiled = compile_scenario(scenario, seed=seed, n_days=20)
    space = make_space(compiled, capacity=8000)
    fx, dr = compiled.fixed, compiled.block(0).arrays
    n = draw_ships(np.uint64(seed), run, run, fx, dr, space.ships, space.multiplier)
    shape = float(dr.modulation_shape[run])
    multipliers = [plain.gamma(seed, run, MODULATION, m, 0, shape) / shape for m in range(fx.n_modulations)]
    rates = [
        float(dr.segment_rate_s[run, s]) * multipliers[fx.segment_modulation[s]]
        for s in range(len(fx.segment_modulation))
    ]
    starts = fx.segment_start_s.tolist()
    n_initial = int(dr.n_initial[run])
    expected = [0] * n_initial
    x, begin, s, end = 0.0, 0.0, 0, rates[0] * (starts[1] - starts[0])
    while True:
        ship = len(expected)
        x += plain.exponential(seed, run, SHIP, ship, 0)
        while s < len(rates) and x >= end:
            s += 1
            if s < len(rates):
                begin, end = end, end + rates[s] * (starts[s + 1] - starts[s])
        if s == len(rates):
            break
        expected.append(starts[s] + min(int((x - begin) / rates[s]), starts[s + 1] - starts[s] - 1))
    assert space.ships.record[:n, R_ARRIVAL].tolist() == expected
    assert max(expected) < 20 * DAY_S
