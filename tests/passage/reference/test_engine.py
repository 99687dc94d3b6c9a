"""The compiled reference model: equal to its plain twin, the same on any number of threads, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.base.errors import ScenarioError
from muster.passage.reference import CASES, ReferenceParameters, simulate_reference
from muster.passage.reference.plain import simulate_plain


@st.composite
def _parameters(draw):
    low = draw(st.floats(0.5, 20))
    mode = low + draw(st.floats(0, 5))
    return ReferenceParameters(
        arrivals_per_h=draw(st.floats(0.05, 6)),
        p_alone=draw(st.sampled_from([0.0, 0.3, 0.9])),
        interval_h=draw(st.floats(1, 40)),
        convoy_size=draw(st.integers(1, 30)),
        n_escorts_needed=draw(st.integers(1, 4)),
        n_escorts=draw(st.integers(0, 10)),
        transit_low_h=low,
        transit_mode_h=mode,
        transit_high_h=mode + draw(st.floats(0.1, 9)),
        turnaround_h=draw(st.sampled_from([0.0, 6.0])),
        p_incident_escorted=draw(st.sampled_from([0.0, 0.05])),
        p_incident_alone=draw(st.sampled_from([0.0, 0.2])),
        horizon_h=draw(st.floats(1, 300)),
    )


@pytest.mark.parametrize("case", CASES)
def test_kernel_equals_plain_twin_on_the_published_cases(case):
    """Ninety days of each case: every column is the same integer in both twins."""
    outcomes = simulate_reference(CASES[case], n_runs=2, seed=20260822, first_run=7)
    for i in range(2):
        assert outcomes.counts[i, 0].tolist() == simulate_plain(CASES[case], seed=20260822, run=7 + i)


@settings(max_examples=40, deadline=None)
@given(_parameters(), st.integers(0, 2**64 - 1), st.integers(0, 2**20))
def test_kernel_equals_plain_twin_on_random_parameters(parameters, seed, run):
    """Whatever the parameters, every column is the same integer in both twins."""
    outcomes = simulate_reference(parameters, n_runs=1, seed=seed, first_run=run)
    assert outcomes.counts[0, 0].tolist() == simulate_plain(parameters, seed=seed, run=run)


@pytest.mark.parametrize("n_threads", [2, 3, 8])
def test_threads_change_no_bit(n_threads):
    """1, 2, 3 and 8 threads give the same bits."""
    one = simulate_reference(CASES["B"], n_runs=29, seed=5)
    assert np.array_equal(one.counts, simulate_reference(CASES["B"], n_runs=29, seed=5, n_threads=n_threads).counts)


def test_runs_do_not_depend_on_their_batch():
    """Run 13 is run 13, simulated alone or among others."""
    many = simulate_reference(CASES["B"], n_runs=20, seed=5)
    assert np.array_equal(many.counts[13:14], simulate_reference(CASES["B"], n_runs=1, first_run=13, seed=5).counts)


def test_pools_meet_the_same_ships():
    """Comparing pools in one call gives what each gives alone, and the arrivals are the same ships."""
    both = simulate_reference(CASES["B"], n_runs=5, seed=5, pools=(4, 8))
    for k, case in enumerate("CB"):
        alone = simulate_reference(CASES[case], n_runs=5, seed=5)
        assert np.array_equal(both.counts[:, k], alone.counts[:, 0])
    assert np.array_equal(both.arrivals[:, 0], both.arrivals[:, 1])


def test_no_ship_is_lost():
    """Arrived = left in convoy + left alone + still queued, in every run and pool."""
    o = simulate_reference(CASES["B"], n_runs=50, seed=6, pools=(0, 2, 4, 8))
    assert np.array_equal(o.arrivals, o.sailed_convoy + o.sailed_alone + o.backlog)


def test_no_escorts_no_convoys():
    """With an empty pool nobody leaves in convoy and everybody else still does."""
    o = simulate_reference(CASES["B"], n_runs=5, seed=6, pools=(0,))
    assert o.sailed_convoy.sum() == 0
    assert o.sailed_alone.min() > 0
    assert np.isnan(o.utilisation).all()


def test_no_risk_no_incident():
    """Incidents are exactly zero where their probabilities are zero."""
    p = ReferenceParameters(p_alone=0.45, p_incident_alone=0.0, p_incident_escorted=0.0)
    assert simulate_reference(p, n_runs=50, seed=6).incidents.sum() == 0


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"arrivals_per_h": 0.0}, "arrivals_per_h = 0.0; arrivals_per_h must be over 0"),
        ({"p_alone": 1.0}, r"p_alone must be in \[0, 1\)"),
        ({"transit_mode_h": 14.0}, "transit_high_h must be at least transit_mode_h"),
        ({"horizon_h": 1e9}, "horizon_h must be over 0 and at most"),
        ({"arrivals_per_h": 1000.0, "horizon_h": 50_000.0}, "under 4 million ships"),
    ],
)
def test_parameters_out_of_range_are_refused(change, match):
    """The refusal names the key, the value and the rule."""
    with pytest.raises(ScenarioError, match=match):
        ReferenceParameters(**change)


@pytest.mark.parametrize("change", [{"n_runs": 0}, {"seed": -1}, {"n_threads": 0}, {"first_run": -1}, {"pools": ()}])
def test_arguments_out_of_range_are_refused(change):
    """Run numbers, seeds, threads and pools have ranges."""
    with pytest.raises(ScenarioError, match=next(iter(change))):
        simulate_reference(CASES["A"], **{"n_runs": 1, "seed": 1, **change})
