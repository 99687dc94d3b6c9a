"""The window level: admitted only with a proof, equal in law to the ship level."""

import math

import numpy as np
import pytest

from muster.base.errors import ScenarioError
from muster.passage.reference import (
    CASES,
    ReferenceParameters,
    prove_window_level,
    screen_reference,
    simulate_reference,
)
from muster.passage.reference.exact import exact_moments

Z_1E6 = 4.892  # two-sided normal quantile for a false alarm of 1e-6


def test_proof_admits_what_cannot_bind():
    """Cases A and B need 8 escorts at most and have 8; case C has 4 and is refused with the numbers."""
    assert prove_window_level(CASES["A"]).is_admitted
    assert prove_window_level(CASES["B"]).is_admitted
    refused = prove_window_level(CASES["C"])
    assert not refused.is_admitted
    assert "need 8 escorts; the pool has 4" in refused.reasons[0]
    with pytest.raises(ScenarioError, match="never bind"):
        screen_reference(CASES["C"], n_runs=1, seed=1)


@pytest.mark.parametrize("interval_h", [3.0, 7.0, 9.5, 19.0, 24.0])
def test_proof_is_tight_enough(interval_h):
    """Where the proof holds, fifty more escorts change no integer of any run."""
    p = ReferenceParameters(p_alone=0.2, interval_h=interval_h, convoy_size=6, horizon_h=500.0)
    pool = next(n for n in range(100) if prove_window_level(p, n).is_admitted)
    o = simulate_reference(p, n_runs=40, seed=3, pools=(pool, pool + 50))
    assert np.array_equal(o.counts[:, 0], o.counts[:, 1])


@pytest.mark.statistical
@pytest.mark.parametrize("case", ["A", "B"])
def test_window_level_agrees_with_ship_level(case):
    """Means of all outcomes agree within 4.9 standard errors; in B that sees 0.03 h of wait and 6 ships sailed."""
    n = 4000
    ships = simulate_reference(CASES[case], n_runs=n, seed=101)
    windows = screen_reference(CASES[case], n_runs=4 * n, seed=102)
    for name in (
        "sailed_convoy", "sailed_alone", "arrivals", "mean_wait_h", "mean_queue", "throughput_per_day", "utilisation",
        "backlog", "expected_incidents",
    ):  # fmt: skip
        a, b = getattr(ships, name)[:, 0], getattr(windows, name)
        error = math.sqrt(a.var() / len(a) + b.var() / len(b))
        assert abs(a.mean() - b.mean()) <= Z_1E6 * error + 1e-9, name


@pytest.mark.statistical
@pytest.mark.parametrize("case", ["A", "B"])
def test_window_level_meets_the_exact_values(case):
    """20,000 window-level runs meet the dynamic programme within 4.9 standard errors."""
    exact = exact_moments(CASES[case])
    found = screen_reference(CASES[case], n_runs=20_000, seed=103)
    for name in ("sailed_convoy", "backlog", "mean_queue", "utilisation"):
        values = getattr(found, name)
        error = values.std() / math.sqrt(len(values))
        assert abs(values.mean() - getattr(exact, name)) <= Z_1E6 * error + 1e-6, name


def test_window_level_needs_an_epoch():
    """A horizon without an epoch is refused."""
    with pytest.raises(ScenarioError, match="at least one epoch"):
        screen_reference(ReferenceParameters(horizon_h=12.0, n_escorts=99), n_runs=1, seed=1)


@pytest.mark.parametrize("change", [{"n_runs": 0}, {"seed": 2**64}, {"first_run": -1}])
def test_arguments_out_of_range_are_refused(change):
    """Runs and seeds have the same ranges as at the ship level."""
    with pytest.raises(ScenarioError, match=next(iter(change))):
        screen_reference(CASES["A"], **{"n_runs": 1, "seed": 1, **change})
