"""The passage game: collapsed coalitions are the real ones, and shares obey the axioms run by run."""

import numpy as np
import pytest

from contribution.strait import escort, scenario
from muster.base.errors import InputError
from muster.contribution.executor import SerialExecutor, ThreadsExecutor
from muster.contribution.game import Game, play_game
from muster.contribution.paired import OUTCOMES
from muster.passage.simulate import compile_scenario, simulate_compiled

N_DAYS, SEED, N_RUNS = 20, 11, 24
MEMBERS = ("FRA", "GBR", "ITA")


def units():
    """Three members with uncertain units, and the lead's escort that is always there."""
    return (
        escort("USA"),
        escort("FRA", p_available=0.6),
        escort("FRA", 2, p_available=0.5, arrival_day=3),
        escort("GBR", p_available=0.5, arrival_day=(0, 5, 30)),
        escort("ITA", p_available=0.4),
    )


@pytest.fixture(scope="module")
def result():
    """The game played exactly."""
    game = Game.of(scenario(), units(), players=MEMBERS, n_days=N_DAYS, seed=SEED)
    return play_game(game, n_runs=N_RUNS, method="exact")


def values_without(*missing: str) -> np.ndarray:
    """Outcomes (n_runs, K) of the simulator itself with a pool that lacks some members."""
    compiled = compile_scenario(scenario(), seed=SEED, n_days=N_DAYS)
    pool = [unit for unit in units() if unit.nation not in missing]
    measures = simulate_compiled(compiled, pool, n_runs=N_RUNS)
    return np.stack([measures[name] for name in OUTCOMES.values()], axis=1)


def test_a_member_left_out_by_mask_is_a_member_left_out_of_the_pool(result):
    """Values by mask equal, bit for bit, those of the simulator with the smaller pool."""
    assert np.array_equal(result.full, values_without())
    assert np.array_equal(result.none, values_without(*MEMBERS))
    for i, member in enumerate(MEMBERS):
        assert np.array_equal(result.without[i], values_without() - values_without(member))


def test_shares_sum_to_the_whole_in_every_run(result):
    """Efficiency holds run by run for every outcome."""
    whole = result.full - result.none
    assert np.allclose(result.shares.sum(axis=0), whole, rtol=1e-9, atol=1e-9 * np.abs(whole).max(axis=0))


def test_a_member_that_does_not_come_in_a_run_has_no_share_in_it(result):
    """Absent members are null players: zero share, zero change."""
    is_absent = np.all(result.without == 0, axis=2) & np.all(result.alone == 0, axis=2)
    assert is_absent.any()
    assert np.all(result.shares[is_absent] == 0)
    assert result.n_simulations < N_RUNS * 2 ** len(MEMBERS)


def test_threads_give_the_same_bits(result):
    """The results do not depend on how the runs were spread."""
    game = Game.of(scenario(), units(), players=MEMBERS, n_days=N_DAYS, seed=SEED)
    executor = ThreadsExecutor(2)
    threaded = play_game(game, n_runs=N_RUNS, method="exact", executor=executor)
    executor.close()
    serial = play_game(game, n_runs=N_RUNS, method="exact", executor=SerialExecutor())
    for name in ("shares", "without", "alone", "full", "none", "interaction"):
        assert np.array_equal(getattr(threaded, name), getattr(serial, name))
        assert np.array_equal(getattr(threaded, name), getattr(result, name))


def test_sampled_orders_keep_efficiency_and_the_exact_leave_one_out(result):
    """Method sampled gives other shares, with the same sum and the same ends."""
    game = Game.of(scenario(), units(), players=MEMBERS, n_days=N_DAYS, seed=SEED)
    sampled = play_game(game, n_runs=N_RUNS, method="sampled")
    assert sampled.n_sampled_runs > 0
    assert np.array_equal(sampled.without, result.without)
    assert np.allclose(sampled.shares.sum(axis=0), result.shares.sum(axis=0), rtol=1e-9, atol=1e-6)


def test_ends_cost_two_simulations_a_member_present(result):
    """Method ends gives leave-one-out and add-one-in only."""
    game = Game.of(scenario(), units(), players=MEMBERS, n_days=N_DAYS, seed=SEED)
    ends = play_game(game, n_runs=N_RUNS, method="ends")
    assert np.array_equal(ends.without, result.without)
    assert ends.n_simulations <= np.sum(2 + 2 * result.n_present)


def test_without_a_policy_nobody_has_a_share():
    """Under policy none the units stay in port: every share is zero."""
    game = Game.of(scenario(), units(), players=MEMBERS, n_days=N_DAYS, seed=SEED, policy="none")
    assert not play_game(game, n_runs=4).shares.any()


def test_bad_input_is_refused():
    """A member twice, or an unknown method, is one clear sentence."""
    with pytest.raises(InputError, match="different members"):
        Game.of(scenario(), units(), players=("FRA", "FRA"), n_days=5, seed=1)
    game = Game.of(scenario(), units(), players=MEMBERS, n_days=5, seed=1)
    with pytest.raises(InputError, match="methods are auto"):
        play_game(game, n_runs=4, method="guess")
