"""Speed of the full passage model: kernel against its SimPy twin, in one process on one core; prints JSON.

    python benchmarks/passage_full.py [--runs 256] [--rounds 3]

CPU time, median of interleaved rounds. A passage is a ship that sailed. The twin's time leaves out the drawing of its
ships (it takes them ready made), which favours the twin. Scenes: `bundled` is the founding case as it stands (most
ships wait); `busy` is the same strait with full demand in a mostly open sea and convoys, so that most ships sail; every
feature is on in both: three lanes, regime chain, eight classes, six flag groups, caveats, priors, over-dispersed
arrivals, mines.
"""

import argparse
import json
import platform
import statistics
import threading
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from muster.passage.priors import Number
from muster.passage.scenario import Scenario, load_scenario
from muster.passage.simulate import compile_scenario, make_space, simulate_compiled
from muster.passage.twin import Twin

CASE = Path(__file__).parents[1] / "cases" / "hormuz-2026"


def busy(scenario: Scenario) -> Scenario:
    """Full demand, a coast that is open or tolled most of the time, no backlog at the start."""
    traffic = replace(
        scenario.traffic,
        demand=(),
        arrivals_per_day=Number.point("traffic.arrivals_per_day", 130.0),  # the reference model's 65 a day each way
        initial_ships=Number.point("traffic.initial_ships", 0.0),
    )
    return replace(scenario, traffic=traffic, regime=replace(scenario.regime, start=(0.7, 0.3, 0.0, 0.0)))


def kernel_seconds(compiled, n_runs: int) -> tuple[float, float, float]:
    start = time.process_time()
    measures = simulate_compiled(compiled, n_runs=n_runs)
    seconds = time.process_time() - start
    return seconds, measures["passages"].sum() * compiled.n_days, measures["arrived"].sum() * compiled.n_days


def twin_seconds(compiled, runs: range, space) -> tuple[float, int]:
    seconds, passages = 0.0, 0
    for run in runs:
        twin = Twin(compiled, compiled.scenario.units, run, space)
        start = time.process_time()
        events = twin.play()
        seconds += time.process_time() - start
        passages += sum(event.kind == "sail" for event in events)
    return seconds, passages


def scene(name: str, scenario: Scenario, policy: str, n_runs: int, rounds: int) -> dict[str, object]:
    compiled = compile_scenario(scenario, seed=7, n_days=90, policy=policy)
    simulate_compiled(compiled, n_runs=n_runs)  # compile, draw the tables
    space = make_space(compiled, capacity=40_000)
    mine, theirs, ships = [], [], []
    for k in range(rounds):
        seconds, passages, arrived = kernel_seconds(compiled, n_runs)
        mine.append(passages / seconds)
        ships.append(arrived / seconds)
        seconds, passages = twin_seconds(compiled, range(2 * k, 2 * k + 2), space)
        theirs.append(passages / seconds)
    rate, twin = statistics.median(mine), statistics.median(theirs)
    return {
        "scene": name, "policy": policy, "runs": n_runs, "passages_per_s": round(rate),
        "ships_per_s": round(statistics.median(ships)), "twin_passages_per_s": round(twin),
        "ratio": round(rate / twin, 1),
    }  # fmt: skip


def thread_scaling(scenario: Scenario, n_runs: int) -> dict[str, float]:
    """Wall time of the same runs on one and on two threads."""
    compiled = compile_scenario(scenario, seed=7, n_days=90)
    simulate_compiled(compiled, n_runs=n_runs)
    walls = {}
    for n_threads in (1, 2, 1, 2):
        start = time.perf_counter()
        simulate_compiled(compiled, n_runs=n_runs, n_threads=n_threads)
        walls.setdefault(n_threads, []).append(time.perf_counter() - start)
    return {
        "wall_1_thread_s": min(walls[1]),
        "wall_2_threads_s": min(walls[2]),
        "speedup": min(walls[1]) / min(walls[2]),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    scenario = load_scenario(CASE)
    start = time.process_time()
    simulate_compiled(compile_scenario(scenario, seed=7), n_runs=1)
    first_call = time.process_time() - start
    scenes = [
        scene("bundled", scenario, str(scenario.policy), options.runs, options.rounds),
        scene("bundled", scenario, "none", options.runs, options.rounds),
        scene("bundled", scenario, "convoy:12h:20:2", options.runs, options.rounds),
        scene("busy", busy(scenario), str(scenario.policy), options.runs, options.rounds),
        scene("busy", busy(scenario), "convoy:12h:20:2", options.runs, options.rounds),
    ]
    print(
        json.dumps(
            {
                "first_call_cpu_s": round(first_call, 2), "scenes": scenes,
                "threads": thread_scaling(scenario, 4 * options.runs), "active_threads": threading.active_count(),
                "machine": platform.machine(), "python": platform.python_version(), "numba": version("numba"),
                "numpy": version("numpy"), "simpy": version("simpy"),
            },
            indent=1,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
