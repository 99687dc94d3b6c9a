"""The full model against the same closed forms, through scenarios stripped to what queueing theory knows."""

import math
from itertools import pairwise

import numpy as np
import pytest

from muster.passage.layout import SCALARS
from muster.passage.reference import CASES
from muster.passage.reference.exact import exact_moments
from muster.passage.scenario import load_scenario
from muster.passage.simulate import simulate_passages
from passage.statistical.closed_forms import md_c_wait, triangular_moments
from passage.statistical.plain_strait import CASE, escorts, plain_strait
from passage.statistical.tolerance import Z_FALSE_ALARM, assert_mean, tolerance

pytestmark = pytest.mark.statistical


def _column(outcomes, name):
    return outcomes.scalars[:, SCALARS.index(name)]


def test_lane_is_an_m_d_1_queue():
    """Ships a headway of 24 minutes apart on one lane wait as M/D/1 at load 0.83; 0.1 h of 1.0 h would be seen.

    The start without a queue lowers the mean by under 0.01 h over 400 days: slack.
    """
    scenario = plain_strait(arrivals_per_day=100, choice="free", headway_min=24.0)
    found = simulate_passages(scenario, n_runs=300, n_days=400, seed=31, policy="none")
    assert_mean(found.measure("mean_wait_h"), md_c_wait(100 / 2 / 60, 1, 0.4), detects=0.1, slack=0.01)


def test_convoys_are_bulk_service():
    """Case B's convoys in the full model: sailed, mean queue and utilisation of the exact programme."""
    case = CASES["B"]
    scenario = plain_strait(arrivals_per_day=48 * case.convoy_demand_per_h, choice="escort")
    found = simulate_passages(scenario, n_runs=3000, n_days=90, seed=32, policy="convoy:12h:20:2", forces=escorts(8))
    exact = exact_moments(case)
    assert_mean(_column(found, "sailed"), exact.sailed_convoy, detects=20.0)
    assert_mean(_column(found, "mean_queue"), exact.mean_queue, detects=0.35)
    # All ships in integer seconds: a convoy's escorts are busy for whole seconds, 4e-5 of their hours at most.
    assert_mean(found.measure("utilisation"), exact.utilisation, detects=6e-4, slack=4e-5)


@pytest.mark.parametrize(("n_units", "per_day", "detects"), [(1, 1.44, 1.8), (4, 8.0, 0.8)])
def test_accompaniment_is_an_m_d_c_queue(n_units, per_day, detects):
    """Escorts that take one ship at a time for 10 h each are the servers of M/D/c."""
    scenario = plain_strait(arrivals_per_day=per_day, choice="escort", convoy_h=(9.9999, 10.0, 10.0001))
    found = simulate_passages(
        scenario, n_runs=300, n_days=900, seed=33, policy="accompany:1:1", forces=escorts(n_units, turnaround_h=0.0)
    )
    load = per_day / 24 * 10 / n_units
    assert_mean(found.measure("mean_wait_h"), md_c_wait(load, n_units, 10.0), detects=detects, slack=0.02)


def test_ships_under_way_are_m_g_infinity():
    """Without a queue, ships in passage at the end are Poisson of mean rate x E[T]: mean and variance."""
    scenario = plain_strait(arrivals_per_day=120, choice="free", headway_min=0.001, transit_h=(5.0, 6.0, 10.0))
    found = simulate_passages(scenario, n_runs=20_000, n_days=2, seed=34, policy="none")
    under_way = _column(found, "sailed") - _column(found, "completed")
    mean = 120 / 24 * triangular_moments(5.0, 6.0, 10.0)[0]
    assert_mean(under_way, mean, detects=0.45, slack=0.01)  # transits are quantiles in 4,096 steps: slack
    error = math.sqrt((mean + 2 * mean**2) / len(under_way))
    assert abs(under_way.var() - mean) <= Z_FALSE_ALARM * error + 0.02


def test_arrivals_are_poisson_where_the_scenario_says_so():
    """Arrivals of 30 days have the mean and the variance of a Poisson count."""
    found = simulate_passages(
        plain_strait(arrivals_per_day=100, choice="free"), n_runs=10_000, n_days=30, seed=35, policy="none"
    )
    arrived = _column(found, "arrived")
    assert_mean(arrived, 3000.0, detects=6.0)
    assert abs(arrived.var() / 3000 - 1) <= Z_FALSE_ALARM * math.sqrt(2 / len(arrived))


def test_no_risk_no_act():
    """With every probability at zero nothing happens and nothing is expected to happen."""
    found = simulate_passages(
        plain_strait(arrivals_per_day=100, choice="free"), n_runs=50, n_days=60, seed=36, policy="none"
    )
    for name in ("acts", "sampled_acts", "confrontations", "risk", "left"):
        assert found.measure(name).max() == 0.0, name


def test_acts_are_binomial():
    """An attack with probability 1 % a passage: sampled less expected is zero on average, with binomial variance."""
    scenario = plain_strait(arrivals_per_day=100, choice="free", p_attack=0.01)
    found = simulate_passages(scenario, n_runs=10_000, n_days=30, seed=37, policy="none")
    sailed, attacks = _column(found, "sailed"), _column(found, "acts_attack")
    np.testing.assert_allclose(_column(found, "expected_attack"), 0.01 * sailed, rtol=1e-9)
    assert_mean(attacks - 0.01 * sailed, 0.0, detects=0.6)
    z2 = (attacks - 0.01 * sailed) ** 2 / (0.01 * 0.99 * sailed)
    assert abs(z2.mean() - 1) <= Z_FALSE_ALARM * math.sqrt(2.2 / len(z2))


@pytest.mark.parametrize("policy", ["none", "convoy:12h:20:2"])
def test_directions_are_mirror_images(policy):
    """Exchanging the shares of the directions exchanges their passages; totals and waits agree."""
    choice = "free" if policy == "none" else "escort"
    n_runs, n_days = 800, 60
    runs = [
        simulate_passages(
            plain_strait(arrivals_per_day=50, choice=choice, in_share=share), n_runs=n_runs, n_days=n_days, seed=seed,
            policy=policy, forces=escorts(12),
        )
        for share, seed in ((0.4, 38), (0.6, 39))
    ]  # fmt: skip
    for name, detects in (("passages", 0.5), ("mean_wait_h", 0.2)):
        assert_mean(runs[0].measure(name) - runs[1].measure(name), 0.0, detects=detects)
    by_direction = [run.series.passages.reshape(n_days, 2, -1).sum(axis=(0, 2)) / (n_runs * n_days) for run in runs]
    assert by_direction[0][0] < 0.75 * by_direction[0][1]
    # A mean over 48,000 days of some 30 Poisson ships a day has an error of sqrt(30 / 48,000); two are compared.
    error = math.sqrt(2 * 30 / (n_runs * n_days))
    assert by_direction[0] == pytest.approx(by_direction[1][::-1], abs=Z_FALSE_ALARM * error)


def test_every_ship_of_the_bundled_case_is_somewhere():
    """Arrived = sailed + gave up + waiting, under each kind of policy, in every run of the full case."""
    scenario = load_scenario(CASE)
    for policy in ("none", "convoy:12h:20:2", "demand:6:48h:2:8", "accompany", "corridor:4"):
        found = simulate_passages(scenario, n_runs=100, n_days=60, seed=40, policy=policy)
        total = _column(found, "sailed") + _column(found, "left") + _column(found, "waiting_end")
        assert np.array_equal(_column(found, "arrived"), total), policy


def test_more_escorts_do_not_lower_throughput_on_average():
    """From 2 to 10 escorts, same ships: mean completed passages never fall and the mean queue never grows.

    Ships that *sailed* by the last day may be fewer: a convoy that left late took later ships along (a snapshot's
    artefact, which is why passages completed and time averages are compared).
    """
    scenario = plain_strait(arrivals_per_day=70, choice="escort")
    runs = [
        simulate_passages(scenario, n_runs=400, n_days=60, seed=41, policy="convoy:12h:20:2", forces=escorts(n))
        for n in (2, 4, 6, 8, 10)
    ]
    for fewer, more in pairwise(runs):
        gain = _column(more, "completed") - _column(fewer, "completed")
        relief = _column(fewer, "mean_queue") - _column(more, "mean_queue")
        assert gain.mean() >= -tolerance(gain)
        assert relief.mean() >= -tolerance(relief)
    assert (_column(runs[-1], "completed") - _column(runs[0], "completed")).mean() > 20 * 60
