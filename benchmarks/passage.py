"""Speed and correctness of the reference model against SimPy, heapq and tuned C++, in one run on one core.

    python benchmarks/passage.py [--rounds 5] [--quick]

Rounds are interleaved, so that noise hits all engines alike; times are CPU seconds of the process; ratios are medians
of the per-round ratios. Prints JSON. C++ is measured where g++ is installed.
"""

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numba
import numpy as np
import simpy

from muster import __version__
from muster.passage.reference import CASES, screen_reference, simulate_reference
from muster.passage.reference.engine import _kernel_arguments
from muster.passage.reference.exact import exact_moments
from muster.passage.reference.kernel import N_COLUMNS
from reference_model import heapq_model, simpy_model, xoshiro_kernel

HERE = Path(__file__).parent / "reference_model"
START = """
import time
def now():
    return time.perf_counter(), time.process_time()
begin = now()
from muster.passage.reference import CASES, simulate_reference
loaded = now()
simulate_reference(CASES["B"], n_runs=1, seed=1)
done = now()
print(*[b - a for a, b in zip(begin, loaded)], *[b - a for a, b in zip(loaded, done)])
"""


def _cpu(work):
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def _python_speed(model, p, n_runs, seed):
    seconds, sailed = _cpu(lambda: sum(model.run(p, seed * 1000 + i)[0] for i in range(n_runs)))
    return sailed / seconds


def _kernel_speed(p, n_runs, seed):
    seconds, outcomes = _cpu(lambda: simulate_reference(p, n_runs=n_runs, seed=seed))
    return outcomes.sailed.sum() / seconds


def _xoshiro_speed(kernel, p, n_runs, seed):
    rates, ticks, counts, capacity = _kernel_arguments(p)
    out = np.zeros((n_runs, 1, N_COLUMNS), np.int64)
    pools = np.array([p.n_escorts])
    seconds, is_done = _cpu(lambda: kernel(np.uint64(seed), 0, n_runs, rates, ticks, counts, pools, capacity, out))
    if not is_done:
        raise RuntimeError("capacity did not suffice")
    return out[:, 0, 1:3].sum() / seconds


def _window_speed(p, n_runs, seed):
    seconds, outcomes = _cpu(lambda: screen_reference(p, n_runs=n_runs, seed=seed))
    return (outcomes.sailed_convoy + outcomes.sailed_alone).sum() / seconds


def _cpp_speed(program, generator, case, n_runs, seed):
    done = subprocess.run(
        [program, generator, case, str(n_runs), str(seed)], capture_output=True, text=True, check=True
    )
    seconds, sailed = (float(x) for x in done.stdout.split()[:2])
    return sailed / seconds


def build_cpp(folder):
    """Return the compiled C++ model, or None without g++."""
    if not shutil.which("g++"):
        return None
    program = str(Path(folder) / "tuned")
    flags = ["-O3", "-march=native", "-std=c++20"]
    subprocess.run(["g++", *flags, str(HERE / "tuned.cpp"), "-o", program], check=True)
    return program


def measure_speed(rounds, scale, cpp):
    """Return speeds and ratios per case and engine, from interleaved rounds."""
    kernel = xoshiro_kernel.load()
    n = max(200, int(4000 * scale))
    report = {}
    for case, p in CASES.items():
        engines = {
            "simpy": lambda s, p=p: _python_speed(simpy_model, p, 3, s),
            "heapq": lambda s, p=p: _python_speed(heapq_model, p, 8, s),
            "muster": lambda s, p=p: _kernel_speed(p, n, s),
            "muster_xoshiro": lambda s, p=p: _xoshiro_speed(kernel, p, n, s),
        }
        if case != "C":
            engines["muster_window"] = lambda s, p=p: _window_speed(p, 5 * n, s)
        if cpp:
            engines["cpp_philox"] = lambda s, c=case: _cpp_speed(cpp, "philox", c, n, s)
            engines["cpp_xoshiro"] = lambda s, c=case: _cpp_speed(cpp, "xoshiro", c, n, s)
        for work in engines.values():
            work(99)
        speeds = {name: [] for name in engines}
        for number in range(rounds):
            for name, work in engines.items():
                speeds[name].append(work(number + 1))

        def ratio(a, b, speeds=speeds):
            return round(statistics.median(x / y for x, y in zip(speeds[a], speeds[b], strict=True)), 3)

        report[case] = {
            "ships_per_s": {name: round(statistics.median(values)) for name, values in speeds.items()},
            "x_simpy": {name: ratio(name, "simpy") for name in engines},
            "x_simpy_lowest_round": round(min(a / b for a, b in zip(speeds["muster"], speeds["simpy"], strict=True))),
            "philox_costs_pct": round(100 * (ratio("muster_xoshiro", "muster") - 1), 1),
        }
        if cpp:
            report[case]["time_over_tuned_cpp_philox"] = ratio("cpp_philox", "muster")
            report[case]["time_over_tuned_cpp_xoshiro"] = ratio("cpp_xoshiro", "muster")
    return report


def check_exact(n_runs):
    """Return z scores of ship-level means against the exact programme."""
    scores = {}
    for case in "AB":
        exact, found = exact_moments(CASES[case]), simulate_reference(CASES[case], n_runs=n_runs, seed=2026)
        for name in ("sailed_convoy", "backlog", "mean_queue", "utilisation"):
            values = getattr(found, name)[:, 0]
            error = values.std() / math.sqrt(n_runs)
            scores[f"{case} {name}"] = {
                "exact": round(getattr(exact, name), 4),
                "found": round(values.mean(), 4),
                "z": round((values.mean() - getattr(exact, name)) / error, 2),
            }
    return scores


def measure_gain(n_pairs, simpy_pairs_s):
    """Return speed x variance ratio for the effect of two more escorts, against SimPy with independent seeds.

    The variance with independent seeds is that of our own runs: the law is the same (z scores above).
    """
    report = {}
    for label, case, pools in (("6 to 8 escorts, unsaturated", "B", (6, 8)), ("4 to 6 escorts, binding", "C", (4, 6))):
        seconds, paired = _cpu(
            lambda p=CASES[case], pools=pools: simulate_reference(p, n_runs=n_pairs, seed=5, pools=pools)
        )
        other = simulate_reference(CASES[case], n_runs=n_pairs, seed=6, pools=pools)
        speed = simpy_pairs_s / (seconds / n_pairs)
        entry = {"speed_ratio_per_pair": round(speed)}
        for name in ("mean_wait_h", "throughput_per_day", "mean_queue", "backlog", "incidents", "expected_incidents"):
            a, b = getattr(paired, name), getattr(other, name)
            effect = a[:, 1] - a[:, 0]
            ratio = (b[:, 1] - a[:, 0]).var() / effect.var()
            entry[name] = {
                "effect": round(float(effect.mean()), 5),
                "half_width_95": round(float(1.96 * effect.std() / math.sqrt(n_pairs)), 5),
                "variance_ratio": round(float(ratio), 2),
                "effective_gain": round(float(speed * ratio)),
            }
        report[label] = entry
    return report


def measure_start():
    """Return seconds of the first call without and with numba's cache, each in a fresh interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "NUMBA_CACHE_DIR": folder}
        runs = [
            subprocess.run([sys.executable, "-c", START], env=env, capture_output=True, text=True, check=True)
            for _ in range(3)
        ]
    names = ("import_s", "import_cpu_s", "first_call_s", "first_call_cpu_s")
    cold, _, warm = [dict(zip(names, (round(float(x), 2) for x in run.stdout.split()), strict=True)) for run in runs]
    return {"without_cache": cold, "with_cache": warm}


def measure_threads(n_runs):
    """Return wall-clock speed-up and extra CPU time of 2 threads over 1, medians of five interleaved rounds.

    On a machine that others load, the extra CPU time is the better witness: near 1 means that nothing is serialised.
    """
    gains, costs = [], []
    for seed in range(5):
        wall, cpu = [], []
        for n_threads in (1, 2):
            begin = time.perf_counter(), time.process_time()
            simulate_reference(CASES["B"], n_runs=n_runs, seed=seed, n_threads=n_threads)
            wall.append(time.perf_counter() - begin[0])
            cpu.append(time.process_time() - begin[1])
        gains.append(wall[0] / wall[1])
        costs.append(cpu[1] / cpu[0])
    return {
        "speedup_2_threads": round(statistics.median(gains), 2),
        "cpu_time_2_threads_over_1": round(statistics.median(costs), 2),
        "rounds": [round(x, 2) for x in gains],
        "load_average": round(os.getloadavg()[0], 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a tenth of the runs")
    options = parser.parse_args()
    scale = 0.1 if options.quick else 1.0
    with tempfile.TemporaryDirectory() as folder:
        speed = measure_speed(options.rounds, scale, build_cpp(folder))
    simpy_run_s = 11_650 / speed["B"]["ships_per_s"]["simpy"]
    print(
        json.dumps(
            {
                "benchmark": "reference model, docs/reference-model.md; 90 days, one core, CPU time",
                "versions": {
                    "muster": __version__,
                    "python": platform.python_version(),
                    "numba": numba.__version__,
                    "numpy": np.__version__,
                    "simpy": simpy.__version__,
                },
                "machine": {"processor": numba.config.CPU_NAME or platform.machine(), "n_cores": os.cpu_count()},
                "speed": speed,
                "exact": check_exact(int(20_000 * scale)),
                "marginal_value": measure_gain(int(8000 * scale), 2 * simpy_run_s),
                "start": measure_start(),
                "threads": measure_threads(int(20_000 * scale)),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
