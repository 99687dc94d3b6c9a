"""Comparisons pair runs, stopping rules stop, records replay."""

import json
import math

import numpy as np
import pytest

from muster.base.errors import InputError
from muster.passage import story as story_module
from muster.passage.experiments import compare_policies, run_until
from muster.passage.outcomes import MEASURES, estimate
from muster.passage.priors import Number, PriorDraws
from muster.passage.scenario import load_scenario
from muster.passage.sensitivity import quantile, rank_assumptions
from muster.passage.simulate import simulate_passages
from muster.passage.story import replay_run
from muster.passage.tidy import fingerprint, read_record, to_document, write_outcomes
from passage.scenario_strategies import CASE


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(CASE)


def test_pairing_narrows_the_interval(scenario):
    """The same ships under two policies: the difference is far better known than with independent seeds."""
    comparison = compare_policies(scenario, ["none", "accompany"], n_runs=200, n_days=30, seed=1)
    found = comparison.differences(1)["passages"]
    assert found.difference.mean == pytest.approx(found.value - found.baseline)
    assert found.difference.half_width < found.independent_half_width / 2
    assert set(comparison.differences(1)) == set(MEASURES)


def test_a_policy_compared_with_itself_differs_by_nothing(scenario):
    """Common random numbers leave no noise between equal policies."""
    comparison = compare_policies(scenario, ["convoy", "convoy:12h:20:2"], n_runs=20, n_days=20, seed=1)
    assert all(d.difference.mean == 0 and d.difference.sd == 0 for d in comparison.differences(1).values())


def test_run_until_stops_when_the_interval_is_narrow(scenario):
    """The interval asked for is reached, and the runs are those of a plain call."""
    found = run_until(scenario, relative=0.02, n_runs=256, n_days=10, seed=4)
    now = estimate(found.measure("passages"))
    assert now.half_width <= 0.02 * now.mean
    plain = simulate_passages(scenario, n_runs=found.n_runs, n_days=10, seed=4)
    assert plain.scalars.tobytes() == found.scalars.tobytes()
    assert np.array_equal(plain.histograms.passages, found.histograms.passages)


def test_run_until_refuses_what_cannot_be(scenario):
    """A zero mean has no relative interval; a share of the mean lies between 0 and 1."""
    with pytest.raises(InputError, match="escorted: 0"):
        run_until(scenario, relative=0.1, measure="escorted", n_runs=256, n_days=5, seed=4, policy="none")
    with pytest.raises(InputError, match="share of the mean"):
        run_until(scenario, relative=2, n_days=5, seed=4)


def test_a_record_replays_bit_by_bit(scenario, tmp_path):
    """The record holds the scenario's text, forces and seed: nothing else is needed."""
    outcomes = simulate_passages(scenario, n_runs=30, n_days=12, seed=8, policy="corridor:3")
    write_outcomes(outcomes, tmp_path / "out", scenario.units)
    past = read_record(tmp_path / "out")
    again = simulate_passages(
        past.scenario, n_runs=past.n_runs, n_days=past.n_days, seed=past.seed, policy=past.policy, forces=past.forces
    )
    assert fingerprint(again) == past.fingerprint == fingerprint(outcomes)
    assert json.dumps(to_document(again)) == json.dumps(to_document(outcomes))


def test_a_wrong_record_is_named(tmp_path):
    """Files that are no record give one line."""
    (tmp_path / "record.json").write_text("{}")
    with pytest.raises(InputError, match=r"record .* a record is the record\.json"):
        read_record(tmp_path)


def test_a_story_agrees_with_its_run(scenario):
    """What the replayed events say is what the run's measures say."""
    story = replay_run(scenario, seed=8, run=2, n_days=20, policy="demand:6:48h:2:8")
    measures = simulate_passages(scenario, n_runs=3, n_days=20, seed=8, policy="demand:6:48h:2:8").measures()
    sails = [event for event in story.events if event.kind == "sail"]
    assert len(sails) == round(float(measures["passages"][2]) * 20)
    assert sum(e.kind == "leave" for e in story.events) == round(float(measures["left"][2]) * 20)
    assert len(story.sentences()) == len(story.events)
    assert len(story.movements()) == sum(e.kind in {"arrive", "convoy"} for e in story.events)
    assert len(story.regime_spells()) == sum(e.kind == "regime" for e in story.events)


def test_a_long_story_is_complete(scenario, monkeypatch):
    """More convoys than the trace holds at first: the trace grows, nothing is cut."""
    whole = replay_run(scenario, seed=1, run=0, n_days=60, policy="accompany")
    monkeypatch.setattr(story_module, "_TRACE_ROWS", 4)
    assert sum(event.kind == "convoy" for event in whole.events) > 4
    assert replay_run(scenario, seed=1, run=0, n_days=60, policy="accompany").events == whole.events


def test_priors_are_drawn_from_what_they_say():
    """Means of 40,000 draws lie within five standard errors of the priors' means; every draw is inside its range."""
    numbers = (
        Number("a", "triangular", 1.0, 2.0, 6.0),
        Number("b", "uniform", 1.0, 1.0, 3.0),
        Number("c", "log_uniform", 0.01, 0.01, 1.0),
        Number("d", "lognormal", 0.0, 2.0, 0.5),
    )
    n = 40_000
    draws = PriorDraws(numbers, seed=3, first_run=0, n_runs=n)
    means = (3.0, 2.0, 0.99 / math.log(100), 2 * math.exp(0.125))
    for number, mean in zip(numbers, means, strict=True):
        values = draws(number)
        assert abs(values.mean() - mean) < 5 * values.std() / math.sqrt(n)
        if number.shape != "lognormal":
            assert number.low <= values.min()
            assert values.max() <= number.high
    other = PriorDraws((*numbers[1:], Number("e", "uniform", 0, 0, 1)), seed=3, first_run=0, n_runs=n)
    assert np.array_equal(other(numbers[2]), draws(numbers[2]))  # keyed by name, not by place


def test_assumptions_are_ranked_by_their_effect(scenario):
    """Demand moves passages; what only costs money moves them not at all; the first effects say which way."""
    effects = rank_assumptions(scenario, n_paths=2, n_runs=4, n_days=15, seed=2)
    by_key = {effect.key: effect for effect in effects}
    assert set(by_key) == {number.key for number in scenario.uncertain()}
    assert by_key["traffic.demand[1].factor"].direction > 0
    assert "raises it" in by_key["traffic.demand[1].factor"].sentence
    assert by_key["costs.unit_day_usd.escort"].strength == 0
    assert [effect.strength for effect in effects] == sorted((e.strength for e in effects), reverse=True)


@pytest.mark.parametrize(
    ("number", "low", "middle"),
    [
        (Number("a", "triangular", 1.0, 2.0, 3.0), 1.0, 2.0),
        (Number("b", "uniform", 1.0, 1.0, 3.0), 1.0, 2.0),
        (Number("c", "log_uniform", 0.01, 0.01, 1.0), 0.01, 0.1),
        (Number("d", "lognormal", 0.0, 2.0, 0.5), 0.0, 2.0),
    ],
)
def test_quantiles_of_priors(number, low, middle):
    """The lower end and the middle of each prior, and its `middle` and `bounds`."""
    assert quantile(number, 0.5) == pytest.approx(middle)
    assert number.middle == pytest.approx(middle)
    assert quantile(number, 1e-12) == pytest.approx(low, abs=0.1)
    assert number.bounds()[0] < quantile(number, 0.3) < number.bounds()[1]
