"""Benchmarks of the contribution room: exact Shapley, 38 nations, the next ask, rosters, Ray.

    python benchmarks/contribution.py shapley nations next weekly daily ray ray-scheduling

Prints one JSON object: versions, load of the machine at the start, and for each part wall and CPU seconds with what was
reached. The rosters are generated (seeds 1 to 6; nothing was tuned on 4 to 6): 40 units of 12 nations, 180 days,
4 tasks.
"""

import json
import os
import platform
import random
import resource
import sys
import tempfile
import time
from importlib.metadata import version

from muster.base.case import load_case
from muster.contribution.executor import ThreadsExecutor, open_executor
from muster.contribution.game import Game, play_game
from muster.contribution.roster import solve_roster
from muster.contribution.roster_units import Requirement, RosterUnit
from muster.contribution.shapley import mean_share
from muster.passage.forces import ForceUnit
from muster.passage.scenario import load_scenario

NATIONS = ["GBR", "FRA", "ITA", "NLD", "DEU", "GRC", "DNK", "BEL", "JPN", "KOR", "AUS", "IND"]


def cpu_s() -> float:
    """CPU seconds of this process and its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def escorts(n: int, p: float, *, seed: int) -> list[ForceUnit]:
    """One escort a block, with different odds and arrivals."""
    rng = random.Random(seed)
    return [
        ForceUnit(
            id=f"block-{k:02d}", nation=f"B{k:02d}", p_available=min(1.0, p * rng.uniform(0.6, 1.4)),
            arrival_day=(0, rng.uniform(0, 20), 40), on_station_days=21, off_station_days=7, turnaround_h=24,
        )
        for k in range(n)
    ]  # fmt: skip


def shares(n: int, p: float, n_runs: int, method: str) -> dict[str, object]:
    """Play a game of n blocks; half widths as a part of the whole."""
    scenario = load_scenario(load_case("hormuz-2026").folder)
    units = escorts(n, p, seed=n)
    game = Game.of(scenario, units, players=[unit.nation for unit in units], n_days=90, seed=1)
    executor = ThreadsExecutor(2)
    play_game(game, n_runs=4, method="ends", executor=executor)  # compile
    began, cpu = time.perf_counter(), cpu_s()
    result = play_game(game, n_runs=n_runs, method=method, executor=executor)
    wall, used = time.perf_counter() - began, cpu_s() - cpu
    whole = mean_share(result.full[:, 0] - result.none[:, 0])
    halves = [mean_share(result.shares[i, :, 0]).half_width / abs(whole.mean) for i in range(n)]
    return {
        "n_blocks": n, "n_runs": n_runs, "method": method, "wall_s": wall, "cpu_s": used,
        "n_simulations": result.n_simulations, "mean_present": float(result.n_present.mean()),
        "sampled_runs": result.n_sampled_runs, "whole_passages_per_day": whole.mean,
        "largest_half_width_of_whole": max(halves),
        "efficiency_error": float(abs(result.shares.sum(axis=0) - (result.full - result.none))[:, 0].max()),
    }  # fmt: skip


def fleet(seed: int) -> tuple[tuple[RosterUnit, ...], tuple[Requirement, ...]]:
    """The generated instance: windows, mandates, refits, caveats on tasks."""
    rng = random.Random(seed)
    units = []
    for i in range(40):
        nation, luck = NATIONS[i % 12], rng.random()
        kind = "frigate" if luck < 0.5 else "destroyer" if luck < 0.68 else "minehunter" if luck < 0.88 else "supply"
        roles = {"frigate": ("escort",), "destroyer": ("escort", "air_defence"), "minehunter": ("mine_clearance",),
                 "supply": ("logistics",)}[kind]  # fmt: skip
        if nation in ("IND", "JPN") and "escort" in roles and rng.random() < 0.6:
            roles = tuple(role for role in roles if role != "escort") or ("logistics",)
        ready, mandate_ends = rng.choice([0, 0, 0, 15, 30, 60]), rng.choice([999, 999, 999, 150, 120])
        transit = rng.randint(6, 14) if nation in ("GBR", "FRA", "GRC", "ITA") else rng.randint(6, 24)
        refit = 60 + rng.randint(0, 60)
        maintenance = ((refit, refit + 21),) if rng.random() < 0.3 else ()
        if rng.random() < 0.3:
            ready = -transit
        units.append(
            RosterUnit(
                f"{nation}-{kind}-{i}", nation, kind, roles, transit, ready_day=ready, mandates=((0, mandate_ends),),
                maintenance=maintenance, max_station_days=rng.choice([60, 90, 90, 120]),
            )
        )  # fmt: skip
    return tuple(units), (
        Requirement("escort", 8), Requirement("air_defence", 2), Requirement("mine_clearance", 4),
        Requirement("logistics", 2),
    )  # fmt: skip


def rosters(step: str) -> list[dict[str, object]]:
    """Solve the instances: on 1 to 3 the solver was made, 4 to 6 it had never seen."""
    rows = []
    for seed in range(1, 7):
        units, needs = fleet(seed)
        cpu = cpu_s()
        found = solve_roster(units, needs, step=step)
        rows.append(
            {
                "seed": seed, "step": step, "status": found.status, "gap": found.gap, "wall_s": found.seconds,
                "cpu_s": cpu_s() - cpu, "covered": found.covered_unit_days, "bound": found.covered_bound,
                "needed": found.needed_unit_days, "smallest": dict(found.smallest_coverage),
                "smallest_bound": dict(found.smallest_bound), "joint_bound": dict(found.joint_bound),
                "load": os.getloadavg()[0],
            }
        )  # fmt: skip
    return rows


def next_ask() -> dict[str, object]:
    """Rank the next ask on the bundled case with a ledger already read in."""
    from muster.assessment.roll import build_roll
    from muster.assessment.tension import find_tensions
    from muster.contribution.next_ask import rank_next_asks
    from muster.surfaces.cli.case_ledger import open_case_ledger, open_view

    with tempfile.TemporaryDirectory() as folder:
        case, ledger = open_case_ledger("hormuz-2026", f"sqlite:///{folder}/bench.sqlite")
        with ledger:
            began, cpu = time.perf_counter(), cpu_s()
            view = open_view(case, ledger)
            roll = build_roll(view, case)
            tensions, scenario = find_tensions(view, case, roll), load_scenario(case.folder)
            rows = rank_next_asks(roll, view, case, scenario, tensions=tensions, executor=ThreadsExecutor(2))
            wall, used = time.perf_counter() - began, cpu_s() - cpu
    return {"n_possibilities": len(rows), "n_runs": 96, "wall_s": wall, "cpu_s": used}


def spin(seconds: float) -> float:
    """Work for so many CPU seconds."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return seconds


def ray_overhead() -> dict[str, object]:
    """Wall time of four tasks of 10 CPU seconds on two CPUs: Ray against plain processes doing the same, in turn."""
    from concurrent.futures import ProcessPoolExecutor

    executor = open_executor("ray", n_threads=2)
    list(executor.map(spin, [0.1] * 4))
    rows = []
    with ProcessPoolExecutor(2) as plain:
        list(plain.map(spin, [0.1] * 4))
        for _ in range(2):
            began = time.perf_counter()
            list(executor.map(spin, [10.0] * 4))
            middle = time.perf_counter()
            list(plain.map(spin, [10.0] * 4))
            rows.append({"ray_s": middle - began, "processes_s": time.perf_counter() - middle})
    executor.close()
    ratios = [row["ray_s"] / row["processes_s"] - 1 for row in rows]
    return {"tasks": 4, "work_s": 10, "rounds": rows, "least_overhead": min(ratios), "overhead_all": ratios}


def wait(seconds: float) -> float:
    """Hold a CPU slot for so long without using the CPU: other load on the machine does not stretch it."""
    time.sleep(seconds)
    return seconds


def ray_scheduling() -> dict[str, object]:
    """Wall time beyond 20 s of four tasks of 10 s on two slots: what Ray itself adds, whatever the machine's load."""
    executor = open_executor("ray", n_threads=2)
    list(executor.map(wait, [0.1] * 4))
    rounds = []
    for _ in range(2):
        began = time.perf_counter()
        list(executor.map(wait, [10.0] * 4))
        rounds.append((time.perf_counter() - began) / 20.0 - 1.0)
    executor.close()
    return {"tasks": 4, "wait_s": 10, "overheads": rounds}


PARTS = {
    "shapley": lambda: shares(12, 0.4, 600, "exact"),
    "nations": lambda: shares(38, 0.25, 400, "auto"),
    "next": next_ask,
    "weekly": lambda: rosters("weekly"),
    "daily": lambda: rosters("daily"),
    "ray": ray_overhead,
    "ray-scheduling": ray_scheduling,
}


def main() -> None:
    """Run the parts named on the command line (all if none)."""
    wanted = sys.argv[1:] or list(PARTS)
    head = {
        "python": platform.python_version(), "machine": platform.machine(), "n_cpus": os.cpu_count(),
        "load_at_start": os.getloadavg(), **{name: version(name) for name in ("numpy", "numba", "highspy", "ray")},
    }  # fmt: skip
    print(json.dumps({**head, **{name: PARTS[name]() for name in wanted}}, indent=1))


if __name__ == "__main__":
    main()
