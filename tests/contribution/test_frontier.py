"""The frontier: undominated points, and costs that add up."""

import math

import pytest

from contribution.strait import case, entry, response, roll, scenario, view
from muster.contribution import build_force_pool
from muster.contribution.frontier import COST_PARTS, named_pools, play_frontier
from muster.contribution.what_if_chart import frontier_chart


@pytest.fixture(scope="module")
def points():
    """Two policies and none, over the four pools of a small roll."""
    limit = entry("caveat", "GBR", "only after a ceasefire", what="escort", type="operational")
    answers = {
        "GBR": [response("GBR", "escort", "deployed", "3 frigates")],
        "FRA": [response("FRA", "escort", "pledged")],
    }
    pool = build_force_pool(roll(answers, {"GBR": [limit]}), view(), case(), scenario=scenario())
    policies = ("none", "corridor:8", "accompany:1:2")
    return play_frontier(named_pools(pool), scenario(), policies=policies, n_runs=24, n_days=30)


def test_policy_none_is_one_point_and_the_others_have_one_for_each_pool(points):
    """Nobody sails under none, whatever the pool."""
    assert len(points) == 1 + 2 * 4
    assert next(point for point in points if point.policy == "none").confrontations.mean == 0


def test_no_point_beats_a_frontier_point_and_every_other_is_beaten(points):
    """The mark is exactly Pareto."""
    for point in points:
        beaten = any(
            other.passages.mean >= point.passages.mean
            and other.confrontations.mean <= point.confrontations.mean
            and (other.passages.mean, other.confrontations.mean) != (point.passages.mean, point.confrontations.mean)
            for other in points
        )
        assert point.is_frontier != beaten


def test_costs_add_up_per_passage_and_per_barrel(points):
    """The parts sum to the whole, and both scales are the same money."""
    for point in points:
        for scale in (point.usd_per_passage, point.usd_per_bbl):
            assert math.isclose(sum(scale[part] for part in COST_PARTS), scale["all"], rel_tol=1e-9)
        money = point.usd_per_passage["all"] * point.passages.mean
        assert math.isclose(money, point.usd_per_bbl["all"] * point.oil.mean * 1e6, rel_tol=1e-9)


def test_the_picture_is_an_svg_in_the_pages_own_colour(points):
    """Text takes currentColor, so one picture serves light and dark."""
    rows = [
        {"policy": p.policy, "pool": p.pool, "passages": p.passages.mean, "confrontations": p.confrontations.mean,
         "is_frontier": p.is_frontier}
        for p in points
    ]  # fmt: skip
    assert "currentColor" in frontier_chart(rows)
