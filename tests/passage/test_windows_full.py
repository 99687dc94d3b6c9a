"""The window level of the full model: refused without a proof, and with one equal to the ship level on average."""

from dataclasses import replace

import numpy as np
import pytest

from muster.base.errors import NotFoundError, ScenarioError
from muster.passage.philox import draw_unit
from muster.passage.priors import Number
from muster.passage.scenario import load_scenario
from muster.passage.simulate import compile_scenario, simulate_passages
from muster.passage.window_kernel import poisson_count
from muster.passage.windows import prove_windows, screen_passages
from passage.statistical.tolerance import tolerance
from passage.windowed_strait import CASE, guards, windowed_strait

PATIENT = ((0.0, 4_800.0), (1.0, 7_200.0))  # hours: nobody gives up within 90 days, even at half the patience
ROUNDING = 3e-5  # times are whole seconds, against a least patience of 6 h = 21,600 s


def proof(scenario, policy="convoy:12h:20:2", forces=None, n_days=90):
    return prove_windows(compile_scenario(scenario, seed=1, n_days=n_days, policy=policy), forces)


def test_the_bundled_case_is_refused_with_every_reason():
    """The founding case has slots, a queue at the start, a changing regime and units that come and go."""
    with pytest.raises(ScenarioError, match="window level refused") as refusal:
        screen_passages(load_scenario(CASE), n_runs=1, seed=1, policy="convoy:12h:20:2")
    for words in (
        "regime: contested may turn", "up to 620 ships wait at the start", "3 min for a slot of the free lane",
        "mines: clearance", "may be absent or late", "may not protect every ship", "the pool has 9", "gives up after",
    ):  # fmt: skip
        assert words in str(refusal.value)


def _point(key, value):
    return Number.point(key, value)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda s: (s, "demand:6:48h:2:8", None), "departures"),
        (lambda s: (replace(s, regime=load_scenario(CASE).regime), "convoy", None), "regime"),
        (lambda s: (replace(s, traffic=replace(s.traffic, initial_ships=_point("x", 1.0))), "none", None), "start"),
        (lambda s: (replace(s, lanes=load_scenario(CASE).lanes), "none", None), "lanes"),
        (lambda s: (s, "convoy", (*guards(16), replace(guards(1)[0], id="m", type="mcm"))), "mines"),
        (lambda s: (s, "convoy", (*guards(15), replace(guards(1)[0], id="m", p_available=0.99))), "units"),
        (lambda s: (s, "convoy", (*guards(15), replace(guards(1)[0], id="m", until_day=89.0))), "units"),
        (lambda s: (s, "convoy", (*guards(15), replace(guards(1)[0], id="m", flags=frozenset({"us"})))), "escorts"),
        (lambda s: (s, "convoy", (*guards(15), replace(guards(1)[0], id="m", turnaround_h=7.0))), "escorts"),
        (lambda s: (s, "convoy", guards(7)), "pool"),
        (lambda s: (replace(s, tolerance=replace(s.tolerance, wait_h=((0.0, 12.0), (1.0, 9e3)))), "convoy", None),
         "patience"),
    ],
)  # fmt: skip
def test_each_condition_is_refused_by_name(change, name):
    """A scenario that breaks one condition fails that condition and no other."""
    scenario, policy, forces = change(windowed_strait(wait_h=PATIENT))
    found = proof(scenario, policy, forces)
    assert [c.name for c in found.conditions if not c.holds] == [name]


def test_a_lognormal_prior_has_no_hard_bound():
    """A queue at the start that is lognormal around zero is not taken for an empty one."""
    scenario = windowed_strait(wait_h=PATIENT)
    ships = Number("traffic.initial_ships", "lognormal", 0.0, 1e-9, 0.1)
    assert not proof(replace(scenario, traffic=replace(scenario.traffic, initial_ships=ships))).is_admitted


@pytest.mark.parametrize(("policy", "needed"), [("convoy:12h:4:2", 8), ("convoy:3h:4:2", 24), ("convoy:18h:4:1", 2)])
def test_the_pool_that_is_proven_never_binds(policy, needed):
    """A convoy is away at most 18 h; with the pool that the proof asks for, twenty more escorts change no ship."""
    scenario = windowed_strait(wait_h=PATIENT)
    assert not proof(scenario, policy, guards(needed - 1)).is_admitted
    assert proof(scenario, policy, guards(needed)).is_admitted
    few, many = (
        simulate_passages(scenario, n_runs=8, n_days=60, seed=4, policy=policy, forces=guards(n)).series
        for n in (needed, needed + 20)
    )
    assert all(np.array_equal(a, b) for a, b in zip(few, many, strict=True))


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("policy", "options"),
    [
        ("none", {}),
        ("corridor:20", {}),
        ("convoy:12h:20:2", {"wait_h": PATIENT}),
        ("convoy:8h:3:2+reflag:0.4", {"wait_h": PATIENT}),
        ("none", {"regime": "tolled"}),
    ],
)
def test_windows_agree_with_ships(policy, options):
    """Run by run with the same priors and rates, every measure differs by 0 on average, to 4.9 standard errors.

    Detects 2.5 % of the mean of passages, queue and risk, and 8 % of any measure.
    """
    scenario = windowed_strait(**options)
    n = 1024
    windows = screen_passages(scenario, n_runs=n, seed=21, policy=policy).measures()
    ships = simulate_passages(scenario, n_runs=n, seed=21, policy=policy, n_threads=2).measures()
    for name, values in windows.items():
        mean = ships[name].mean()
        allowed = tolerance(values - ships[name]) + ROUNDING * abs(mean)
        detects = 0.025 if name in {"passages", "waiting", "risk"} else 0.08
        assert 2 * allowed <= detects * abs(mean) + 1e-12, f"{name}: {n} runs cannot show {detects:.1%}"
        assert abs(values.mean() - mean) <= allowed + 1e-12, name


@pytest.mark.statistical
def test_windows_vary_as_ships_do():
    """Counts of passages have the ship level's spread over runs; seen passages, an expectation, have less."""
    scenario = windowed_strait(wait_h=PATIENT)
    windows = screen_passages(scenario, n_runs=2048, seed=22, policy="convoy:12h:20:2").measures()
    ships = simulate_passages(scenario, n_runs=2048, seed=23, policy="convoy:12h:20:2", n_threads=2).measures()
    ratio = windows["passages"].std() / ships["passages"].std()
    assert abs(ratio - 1) <= 4.8916 * (1 / 2048) ** 0.5  # two standard deviations, each known to 1 / sqrt(2 n)


def test_threads_change_no_bit():
    """One thread and two give the same bytes."""
    scenario = windowed_strait(wait_h=PATIENT)
    one, two = (
        screen_passages(scenario, n_runs=600, n_days=20, seed=5, policy="convoy", n_threads=k).scalars for k in (1, 2)
    )
    assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize("mean", [0.3, 3.0, 15.9, 16.0, 40.0, 900.0, 20_000.0])
def test_counts_are_poisson(mean):
    """Mean and variance of 20,000 counts are the law's, to 4.9 standard errors."""
    counts = np.array([poisson_count(draw_unit(np.uint64(3), 1, 0, k, 0), mean) for k in range(20_000)], float)
    assert abs(counts.mean() - mean) <= 4.8916 * (mean / 20_000) ** 0.5
    spread = (counts - mean) ** 2
    assert abs(spread.mean() - mean) <= 4.8916 * ((mean + 2 * mean**2) / 20_000) ** 0.5


def test_the_law_is_exact_where_it_can_be_listed():
    """The shares of a fine grid of uniforms are the Poisson probabilities, on both sides of the change of formula."""
    for mean in (2.5, 24.0):
        found = np.bincount([poisson_count((k + 0.5) / 100_000, mean) for k in range(100_000)], minlength=60)[:60]
        p = np.exp(-mean) * np.cumprod(np.concatenate([[1.0], mean / np.arange(1, 60)]))
        assert np.abs(found / 100_000 - p).max() < 3e-5


def test_no_arrivals_no_counts():
    """A mean of zero gives zero."""
    assert poisson_count(0.999, 0.0) == 0


def test_what_is_not_sampled_is_not_a_measure():
    """Sampled acts are refused by name; expected ones are there."""
    outcomes = screen_passages(windowed_strait(), n_runs=4, n_days=10, seed=1, policy="none")
    assert outcomes.measure("acts").shape == (4,)
    with pytest.raises(NotFoundError, match="sampled_acts"):
        outcomes.measure("sampled_acts")
