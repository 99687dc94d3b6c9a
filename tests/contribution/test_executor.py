"""Executors: results in the order of the tasks, and the same bits on threads and on a Ray cluster of two nodes."""

import os
import sys
import time
import warnings

import numpy as np
import pytest

from contribution.strait import escort, scenario
from muster.base.errors import InputError
from muster.contribution.executor import SerialExecutor, ThreadsExecutor, open_executor
from muster.contribution.game import Game, play_game


def late_first(number: int) -> int:
    """Return the square; the first tasks take longest."""
    time.sleep(0.02 * (4 - number) if number < 4 else 0)
    return number * number


def fail_on_three(number: int) -> int:
    """Return the number, or fail."""
    if number == 3:
        raise InputError("three", rule="no threes")
    return number


@pytest.mark.parametrize("engine", ["serial", "threads"])
def test_results_come_in_the_order_of_the_tasks(engine):
    """Whichever task ends first."""
    executor = open_executor(engine, n_threads=3)
    assert list(executor.map(late_first, list(range(9)))) == [k * k for k in range(9)]
    executor.close()


@pytest.mark.parametrize("executor", [SerialExecutor(), ThreadsExecutor(2)])
def test_a_failing_task_fails_the_call(executor):
    """The task's own error is raised where its result would stand."""
    results = executor.map(fail_on_three, [1, 2, 3, 4])
    assert (next(results), next(results)) == (1, 2)
    with pytest.raises(InputError, match="no threes"):
        next(results)
    executor.close()


def test_an_unknown_engine_is_refused():
    """The message lists the engines."""
    with pytest.raises(InputError, match="threads, serial, ray"):
        open_executor("magic")


def die_once(path: str) -> int:
    """Kill the worker on the first call, answer on the second."""
    if not os.path.exists(path):  # noqa: PTH110 - runs in a bare worker
        with open(path, "w"):  # noqa: PTH123
            os._exit(1)
    return 42


@pytest.fixture(scope="module")
def ray_executor():
    """An executor on a local Ray cluster of two nodes with one CPU each."""
    pytest.importorskip("ray")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ray
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        cluster.add_node(num_cpus=1)
        ray.init(address=cluster.address, logging_level="ERROR", log_to_driver=False)
        ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers have no tests on their path
        executor = open_executor("ray", address=cluster.address)
        yield executor
        executor.close()
        ray.shutdown()
        cluster.shutdown()


def small_game():
    """Return a small game."""
    units = (escort("USA"), escort("FRA", p_available=0.6), escort("GBR", p_available=0.5))
    return Game.of(scenario(), units, players=("FRA", "GBR"), n_days=5, seed=4)


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
class TestRay:
    """A cluster of two nodes on this machine."""

    def test_shares_have_the_same_bits_as_in_threads(self, ray_executor):
        """Runs spread over nodes are reduced in their own order."""
        local = play_game(small_game(), n_runs=32)
        progress = []
        remote = play_game(small_game(), n_runs=32, executor=ray_executor, on_progress=progress.append)
        assert sum(progress) == 32
        for name in ("shares", "without", "alone", "full", "none", "interaction", "n_present"):
            assert np.array_equal(getattr(local, name), getattr(remote, name))

    def test_a_killed_worker_costs_only_its_task(self, ray_executor, tmp_path):
        """The task is run again elsewhere and the call goes on."""
        assert list(ray_executor.map(die_once, [str(tmp_path / "dead"), str(tmp_path / "dead2")])) == [42, 42]

    def test_a_failing_task_raises_its_own_error(self, ray_executor):
        """An InputError of a task stays an InputError."""
        with pytest.raises(InputError, match="no threes"):
            list(ray_executor.map(fail_on_three, [1, 2, 3]))
