"""The search keeps what nobody beats, and the same seed searches the same."""

from muster.passage.policy_search import frontier, search_policies
from passage.scenario_strategies import base_scenario


def test_the_frontier_keeps_what_nobody_beats():
    """More at no higher price beats; of two equals the first stays."""
    found = {"a": (10.0, 1.0), "b": (12.0, 1.0), "c": (12.0, 1.0), "d": (15.0, 3.0), "e": (9.0, 0.5), "f": (14.0, 4.0)}
    assert frontier(found) == ["b", "d", "e"]


def test_a_search_is_repeatable_and_starts_from_none():
    """Two searches with one seed agree; `none` is always shown; nobody on the frontier is beaten."""
    scenario = base_scenario()
    first = search_policies(scenario, n_trials=12, n_runs=4, n_runs_final=8, n_days=15, seed=3)
    again = search_policies(scenario, n_trials=12, n_runs=4, n_runs_final=8, n_days=15, seed=3)
    assert first == again
    assert "none" in {row.policy for row in first}
    best = [row for row in first if row.is_on_frontier]
    assert [row.gain.mean for row in best] == sorted(row.gain.mean for row in best)
