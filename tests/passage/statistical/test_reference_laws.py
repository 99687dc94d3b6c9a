"""The reference engine against closed forms: bulk service, M/D/c, M/G/infinity, renewals, fluid limits, symmetry."""

import math
from dataclasses import replace

import numpy as np
import pytest

from muster.passage.reference import CASES, ReferenceParameters, kernel, simulate_reference
from muster.passage.reference.exact import exact_moments, stationary_wait_h
from passage.statistical.closed_forms import md_c_wait, renewals, triangular_moments
from passage.statistical.tolerance import Z_FALSE_ALARM, assert_mean, tolerance

pytestmark = pytest.mark.statistical

MEAN_TRANSIT_H, TRANSIT_VARIANCE = triangular_moments(9.0, 10.0, 13.0)


@pytest.mark.parametrize(
    ("case", "name", "detects"),
    [
        ("A", "sailed_convoy", 0.04), ("A", "backlog", 10.0), ("A", "mean_queue", 5.0), ("A", "utilisation", 1.4e-4),
        ("B", "sailed_convoy", 8.0), ("B", "backlog", 0.7), ("B", "mean_queue", 0.12), ("B", "utilisation", 1.4e-4),
    ],
)  # fmt: skip
def test_bulk_service_meets_the_exact_programme(case, name, detects):
    """20,000 runs of 90 days meet the exact finite-horizon means of the bulk-service queue with fixed epochs."""
    found = simulate_reference(CASES[case], n_runs=20_000, seed=11)
    assert_mean(getattr(found, name)[:, 0], getattr(exact_moments(CASES[case]), name), detects=detects, slack=1e-9)


def test_long_run_wait_is_the_stationary_wait():
    """Case B over 2,000 days: the mean wait is the stationary 7.568 h; 0.06 h would be seen.

    The empty start lowers the mean by under 0.002 h (0.032 h in 90 days, falling as 1 / length): slack.
    """
    p = replace(CASES["B"], horizon_h=48_000.0)
    found = simulate_reference(p, n_runs=400, seed=12)
    assert stationary_wait_h(p) == pytest.approx(7.567687, abs=1e-6)
    assert_mean(found.mean_wait_h[:, 0], stationary_wait_h(p), detects=0.06, slack=0.002)


@pytest.mark.parametrize(("n_servers", "load"), [(1, 0.5), (1, 0.9), (4, 0.8), (20, 0.894)])
def test_exact_programme_is_m_d_c(n_servers, load):
    """A convoy of c ships every D hours leaves the queue of M/D/c behind: wait = Pollaczek + D / 2, exactly."""
    p = ReferenceParameters(arrivals_per_h=load * n_servers / 12.0, convoy_size=n_servers, n_escorts=100)
    assert stationary_wait_h(p) == pytest.approx(md_c_wait(load, n_servers, 12.0) + 6.0, rel=1e-8)


def test_m_d_1_has_its_textbook_wait():
    """The closed form itself: M/D/1 waits rho D / (2 (1 - rho))."""
    for load in (0.1, 0.5, 0.9):
        assert md_c_wait(load, 1, 12.0) == pytest.approx(load * 12.0 / (2 * (1 - load)), rel=1e-9)


@pytest.mark.parametrize(("n_servers", "load", "detects"), [(1, 0.7, 0.6), (4, 0.8, 0.25)])
def test_engine_is_m_d_c(n_servers, load, detects):
    """Convoys of c every 12 h with escorts to spare: the engine's wait is that of M/D/c plus 6 h."""
    p = ReferenceParameters(
        arrivals_per_h=load * n_servers / 12.0, convoy_size=n_servers, n_escorts=100, horizon_h=60_000.0
    )
    found = simulate_reference(p, n_runs=300, seed=13)
    assert_mean(found.mean_wait_h[:, 0], md_c_wait(load, n_servers, 12.0) + 6.0, detects=detects, slack=0.01)


def test_lone_ships_under_way_are_m_g_infinity():
    """Ships alone in transit at the horizon are Poisson with mean rate x E[T]: mean, variance and whole law."""
    p = ReferenceParameters(p_alone=0.9, n_escorts=0, horizon_h=100.0)
    found = simulate_reference(p, n_runs=40_000, seed=14)
    under_way = found.sailed_alone[:, 0] - found.throughput_per_day[:, 0] * p.horizon_h / 24
    under_way = np.rint(under_way)
    mean = 2 * p.arrivals_per_h * p.p_alone * MEAN_TRANSIT_H
    assert_mean(under_way, mean, detects=0.4)
    # Poisson: variance = mean; the variance of a sample variance is about (mu4 - var^2) / n, mu4 = mean + 3 mean^2.
    error = math.sqrt((mean + 2 * mean**2) / len(under_way))
    assert abs(under_way.var() - mean) <= Z_FALSE_ALARM * error
    law = np.array([math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(200)]).cumsum()
    empirical = np.searchsorted(np.sort(under_way), np.arange(200), side="right") / len(under_way)
    assert np.abs(empirical - law).max() <= math.sqrt(math.log(2 / 1e-6) / (2 * len(under_way)))


@pytest.mark.parametrize("n_escorts", [2, 8, 14])
def test_saturated_escorts_renew(n_escorts):
    """Under more demand than they can meet, each pair of escorts is a renewal process of cycle T + 6 h.

    Eight escorts: 5.76 convoys a day, the bound of the literature review; 0.02 a day would be seen.
    """
    p = ReferenceParameters(arrivals_per_h=40.0, interval_h=1.0, n_escorts=n_escorts, convoy_size=3, horizon_h=2160.0)
    found = simulate_reference(p, n_runs=2000, seed=15)
    cycle_h = MEAN_TRANSIT_H + p.turnaround_h
    n_pairs = n_escorts // 2
    # Two pairs leave at each of the first epochs; every pair is then never idle: requests come faster than cycles end.
    expected = sum(1 + renewals(p.horizon_h - (1 + pair // 2), cycle_h, TRANSIT_VARIANCE) for pair in range(n_pairs))
    assert_mean(found.convoys[:, 0], expected, detects=0.02 * 90)
    if n_escorts == 8:
        assert 24 / cycle_h * n_pairs == pytest.approx(5.76)


def test_overloaded_queue_grows_as_a_fluid():
    """Case A: between day 90 and day 180 the backlog grows by 25 ships a day and direction; 0.1 would be seen."""
    at = [
        simulate_reference(replace(CASES["A"], horizon_h=24.0 * days + 0.0), n_runs=4000, seed=16).backlog[:, 0]
        for days in (90, 180)
    ]
    assert_mean((at[1] - at[0]) / 90 / 2, 25.0, detects=0.1)


def test_littles_law_holds_in_the_long_run():
    """Mean queue = demand x stationary wait (both directions), over 2,000 days of case B; 0.3 ships would be seen."""
    p = replace(CASES["B"], horizon_h=48_000.0)
    found = simulate_reference(p, n_runs=400, seed=17)
    assert_mean(found.mean_queue[:, 0], 2 * p.convoy_demand_per_h * stationary_wait_h(p), detects=0.35, slack=0.01)


def test_littles_law_holds_in_every_run():
    """Ship-hours in the queue are the waits of those that sailed plus at most the horizon for each that did not."""
    found = simulate_reference(CASES["A"], n_runs=200, seed=18)
    hours = found.mean_queue * found.parameters.horizon_h
    served = found.mean_wait_h * found.sailed_convoy
    assert (hours - served >= -1e-6).all()
    assert (hours - served <= found.backlog * found.parameters.horizon_h).all()


def test_incidents_have_their_expectation():
    """Sampled incidents less their expectation given the traffic average zero; 0.35 of 19 a run would be seen."""
    found = simulate_reference(CASES["B"], n_runs=20_000, seed=19)
    assert_mean((found.incidents - found.expected_incidents)[:, 0], 0.0, detects=0.35)


def test_more_escorts_do_not_lower_throughput_on_average():
    """From 2 to 12 escorts the mean throughput never falls (single runs may: a late convoy can board more)."""
    found = simulate_reference(CASES["B"], n_runs=2000, seed=20, pools=(2, 4, 6, 8, 10, 12))
    for k in range(5):
        gain = found.throughput_per_day[:, k + 1] - found.throughput_per_day[:, k]
        assert gain.mean() >= -tolerance(gain)
    assert (found.throughput_per_day[:, 1] - found.throughput_per_day[:, 0]).mean() > 10


def test_more_demand_means_longer_queues():
    """The mean queue rises with demand, from 20 to 60 ships a day and direction."""
    means = [
        simulate_reference(ReferenceParameters(arrivals_per_h=per_day / 24), n_runs=300, seed=21).mean_queue.mean()
        for per_day in (20, 30, 38, 45, 60)
    ]
    assert means == sorted(means)


def test_larger_convoys_shorten_waits():
    """Above the demand, every larger convoy size waits no longer; far above, the wait is half an interval."""
    waits = [
        simulate_reference(replace(CASES["B"], convoy_size=size), n_runs=300, seed=22).mean_wait_h[:, 0]
        for size in (19, 20, 24, 40, 400)
    ]
    means = [w.mean() for w in waits]
    assert means == sorted(means, reverse=True)
    assert_mean(waits[-1], 6.0, detects=0.1, slack=0.02)


def test_clock_has_no_favourite_unit():
    """Doubling every time and halving the rate is the same story at half the speed: equal counts, doubled waits."""
    p = CASES["B"]
    slow = replace(
        p, arrivals_per_h=p.arrivals_per_h / 2, interval_h=24.0, transit_low_h=18.0, transit_mode_h=20.0,
        transit_high_h=26.0, turnaround_h=12.0, horizon_h=2 * p.horizon_h,
    )  # fmt: skip
    a = simulate_reference(p, n_runs=100, seed=23)
    b = simulate_reference(slow, n_runs=100, seed=23)
    for name in ("sailed", "incidents", "backlog", "convoys"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    np.testing.assert_allclose(2 * a.mean_wait_h, b.mean_wait_h, rtol=1e-7)


def test_directions_are_mirror_images():
    """While escorts do not bind, exchanging the two directions' ships and transits changes no column at all."""
    hour = 3_600_000_000
    rng = np.random.Generator(np.random.Philox(26))
    horizon = 500 * hour
    times = np.sort(rng.integers(0, horizon, (2, 1500)), axis=1)
    transits = rng.integers(9 * hour, 13 * hour, (2, 50))
    n_ships = np.array([1400, 1500])
    space = [np.empty(200, np.int64) for _ in range(2)]

    def dispatch(order):
        out = np.zeros(kernel.N_COLUMNS, np.int64)
        kernel._dispatch(
            times[order], n_ships[order], transits[order], 12 * hour, horizon, 6 * hour, 20, 2, 8, *space, out
        )
        return out.tolist()

    assert dispatch([0, 1]) == dispatch([1, 0])
    assert dispatch([0, 1])[kernel.SAILED_CONVOY] > 1000
