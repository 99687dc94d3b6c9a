"""The bound holds against the solver's optimum, and leaving out stints by their loss loses no better roster."""

import subprocess
import sys

import numpy as np
import pytest

from muster.contribution.roster_bound import losses_at, lower_bound_by_prices, rounded_down
from muster.contribution.roster_candidates import find_candidates
from muster.contribution.roster_network import build_network
from muster.contribution.roster_part import _Level, _lower_bound, _narrowed
from muster.contribution.roster_search import search_roster
from muster.contribution.roster_solver import solve_linear, solve_problem
from muster.contribution.roster_units import Requirement, RosterUnit

UNITS = (
    RosterUnit("a", "GBR", "escort", ("escort",), 7, ready_day=-7),
    RosterUnit("b", "FRA", "escort", ("escort",), 9, maintenance=((40, 61),)),
    RosterUnit("c", "ITA", "destroyer", ("escort", "air_defence"), 14, max_station_days=60),
    RosterUnit("d", "DEU", "destroyer", ("escort", "air_defence"), 5, mandates=((0, 70),)),
)
NEEDS = (Requirement("escort", 2), Requirement("air_defence", 1, weight=2.0))


@pytest.fixture(scope="module")
def solved():
    """Network, linear and whole optimum of four ships over 100 days."""
    network = build_network(UNITS, NEEDS, n_days=100, step_days=7)
    problem = network.problem.with_cost(network.coverage_cost())
    offset = -network.needed_unit_days
    linear = solve_linear(problem, time_limit_s=20, offset=offset)
    whole = solve_problem(problem, time_limit_s=40, gap=0.0, n_threads=1, offset=offset)
    assert whole.status == "optimal"
    return network, linear, -whole.objective


def test_the_root_by_interior_point_gives_the_same_optimum(solved):
    """Without presolve and simplex HiGHS proves the same."""
    network, _, optimum = solved
    problem = network.problem.with_cost(network.coverage_cost())
    found = solve_problem(
        problem, time_limit_s=40, gap=0.0, n_threads=1, offset=-network.needed_unit_days, is_degenerate=True
    )
    assert found.status == "optimal"
    assert -found.objective == pytest.approx(optimum)


@pytest.mark.parametrize("most_arcs", [0, 5, 20, 60, 10_000])
def test_a_narrowed_choice_says_what_the_stints_left_out_could_cover_at_most(solved, most_arcs):
    """The best roster lies in the choice, or covers no more than is said of the rest; a proof by HiGHS lowers `bound`
    alone, and losses go on counting from the bound of the prices."""
    network, linear, optimum = solved
    frame = _Level(network, UNITS, 0.0, find_candidates(UNITS, network, 0.0), network.needed_unit_days, None)
    _lower_bound(frame, network.day_prices(linear.prices), target=optimum)
    frame.bound = optimum
    kept, with_others = _narrowed(frame, most_loss=1.0, most_arcs=most_arcs)
    assert len(kept.arcs) <= most_arcs
    if not kept.arcs:
        assert with_others >= optimum - 1e-6
        return
    chosen = build_network(UNITS, NEEDS, n_days=100, step_days=7, arcs=list(kept.arcs), windows=network.windows)
    best = solve_problem(
        chosen.problem.with_cost(chosen.coverage_cost()), time_limit_s=20, gap=0.0, n_threads=1,
        offset=-network.needed_unit_days,
    )  # fmt: skip
    assert max(-best.objective, with_others) >= optimum - 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_any_prices_give_a_valid_bound(solved, seed):
    """From prices drawn at random, and without one step, no roster covers more than the bound."""
    network, _, optimum = solved
    candidates = find_candidates(UNITS, network, 0.0)
    price = np.random.default_rng(seed).uniform(0, 2, candidates.needed.shape)
    bound, _ = lower_bound_by_prices(candidates, price, target=0.0, n_steps=1)
    assert bound >= optimum - 1e-6


def test_the_bound_is_no_weaker_than_the_linear_relaxation(solved):
    """Paths keep whole stints, so the bound lies between the optimum and the linear bound."""
    network, linear, optimum = solved
    candidates = find_candidates(UNITS, network, 0.0)
    bound, _ = lower_bound_by_prices(candidates, network.day_prices(linear.prices), target=optimum)
    assert optimum - 1e-6 <= bound <= -linear.objective + 1e-3


def test_stints_with_a_loss_beyond_the_gap_are_in_no_better_roster(solved):
    """A forced stint never reaches more than the bound less its loss."""
    network, linear, optimum = solved
    candidates = find_candidates(UNITS, network, 0.0)
    bound, price = lower_bound_by_prices(candidates, network.day_prices(linear.prices), target=optimum)
    losses = losses_at(candidates, price)
    assert losses.min() >= -1e-9
    order = np.argsort(losses)
    columns = {arc: j for j, arc in enumerate(network.arcs)}
    for j in (order[len(order) // 2], order[-1]):
        forced = network.problem.with_cost(network.coverage_cost())
        forced.lower[columns[candidates.arcs[j]]] = 1.0
        found = solve_problem(forced, time_limit_s=40, gap=0.0, n_threads=1, offset=-network.needed_unit_days)
        forced.lower[columns[candidates.arcs[j]]] = 0.0
        reached = -found.objective if found.status == "optimal" else -np.inf
        assert reached <= bound - losses[j] + 1e-6


def test_the_search_reaches_the_optimum_of_a_small_fleet(solved):
    """What the search reports is what its stints cover, and no more than the optimum."""
    import time

    network, _, optimum = solved
    candidates = find_candidates(UNITS, network, 0.0)
    arcs, missing, is_kept = search_roster(candidates, until=time.perf_counter() + 1.5, seed=1)
    assert is_kept
    assert missing == candidates.missing(arcs)
    assert network.needed_unit_days - missing == pytest.approx(optimum)


def test_bounds_are_rounded_only_where_unit_days_are_whole():
    """With whole weights coverage is a whole number; with others it need not be."""
    assert rounded_down(12.7, np.array([1.0, 2.0])) == 12.0
    assert rounded_down(12.7, np.array([1.0, 0.5])) == 12.7


def test_a_program_read_from_stdin_can_plan():
    """The solver does not need the caller's main module (an earlier one waited for ever here)."""
    code = (
        "from muster.contribution.roster import solve_roster\n"
        "from muster.contribution.roster_units import *\n"
        "u=[RosterUnit('a','GBR','escort',('escort',),7),RosterUnit('b','FRA','escort',('escort',),7)]\n"
        "print(solve_roster(u,(Requirement('escort',1),),n_days=40,time_limit_s=6).status)\n"
    )
    ran = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True, timeout=120, check=True)
    assert ran.stdout.strip() in {"optimal", "feasible"}
