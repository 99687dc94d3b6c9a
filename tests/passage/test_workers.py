"""Where the runs are played changes no bit: this thread, threads, processes, a Ray cluster."""

import os
from pathlib import Path

import pytest

from muster.base.errors import InputError, RemoteError, ScenarioError
from muster.contribution.executor import open_executor
from muster.passage.forces import ForceUnit
from muster.passage.policy import parse_policy
from muster.passage.scenario import load_scenario
from muster.passage.simulate import BlockTask, play_block, simulate_passages
from muster.passage.tidy import fingerprint
from muster.passage.workers import ProcessWorkers

CASE = Path(__file__).parents[2] / "cases" / "hormuz-2026"
RUNS = {"n_runs": 600, "n_days": 10, "seed": 5, "policy": "demand:6:48h:2:8"}  # three blocks, the last one short


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(CASE)


@pytest.fixture(scope="module")
def expected(scenario):
    return fingerprint(simulate_passages(scenario, **RUNS))


@pytest.fixture(scope="module")
def processes():
    workers = ProcessWorkers(2)
    yield workers
    workers.close()


def test_processes_change_no_bit(scenario, expected, processes):
    """Two processes give the bytes of one thread, and progress counts every run once."""
    done = []
    assert fingerprint(simulate_passages(scenario, **RUNS, workers=processes, on_progress=done.append)) == expected
    assert done == [256, 256, 88]


def test_another_pool_travels_to_the_processes(scenario, processes):
    """Units are sent with the task, not read from the scenario there."""
    units = (ForceUnit("x", "GBR", "escort", (0.2, 0.5, 0.9)), ForceUnit("y", "FRA", "escort"))
    here = simulate_passages(scenario, **RUNS, forces=units)
    there = simulate_passages(scenario, **RUNS, forces=units, workers=processes)
    assert fingerprint(here) == fingerprint(there)
    assert here.unit_ids == there.unit_ids == ("x", "y")


def test_any_executor_with_map_will_do(scenario, expected):
    """The serial executor of the contribution room gives the same bytes through the same door."""
    assert fingerprint(simulate_passages(scenario, **RUNS, workers=open_executor("serial"))) == expected


@pytest.mark.ray
@pytest.mark.slow
def test_ray_changes_no_bit(scenario, expected):
    """Ray tasks give the bytes of one thread."""
    pytest.importorskip("ray")
    executor = open_executor("ray", n_threads=2)
    try:
        assert fingerprint(simulate_passages(scenario, **RUNS, workers=executor)) == expected
    finally:
        executor.close()


def test_an_error_of_a_task_comes_back_as_it_is(processes):
    """What a task raises is raised here."""
    task = BlockTask(load_scenario(CASE), parse_policy("none"), 0, 1, (), 0, 1)
    with pytest.raises(ScenarioError, match="0 days"):
        list(processes.map(play_block, [task]))


def test_a_dead_process_is_named():
    """A process that dies is an error in one sentence, not a traceback."""
    workers = ProcessWorkers(1)
    with pytest.raises(RemoteError, match="worker process died"):
        list(workers.map(os._exit, [3]))
    workers.close()


def test_no_process_is_refused():
    """At least one process is needed."""
    with pytest.raises(InputError, match="0 processes"):
        ProcessWorkers(0)
