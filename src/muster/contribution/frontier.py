"""More passages or fewer confrontations: policies and pools on one plane, with what a passage and a barrel cost.

Costs are those of the passage model (escort days, tolls, war-risk premium, waiting), whose prices stand with their
sources in the scenario: premiums 0.1 to 10 % of hull value (S&P, Marsh, Reuters, Lloyd's List 2026), tolls up to two
million dollars a large tanker (Bloomberg, Lloyd's List 2026), waiting by day rates, unit days as an assumption.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from muster.contribution.executor import Executor, SerialExecutor
from muster.contribution.paired import Waters, compiled_waters
from muster.contribution.pool import ForcePool
from muster.contribution.shapley import MeanShare, mean_share
from muster.passage.forces import ForceUnit
from muster.passage.scenario import Scenario
from muster.passage.simulate import simulate_compiled

POLICIES = ("none", "convoy:12h:20:2", "demand:6:48h:2:8", "accompany:1:2", "corridor:8", "corridor:8+clear")
"""Ways of organising protection that are compared unless others are named; see `muster.passage.policy`."""

COST_PARTS = ("toll", "premium", "waiting", "escort")


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One policy with one pool.

    Attributes
    ----------
    policy, pool : str
    n_units : int
    passages, confrontations, risk, oil : MeanShare
        A day; in the whole time; per passage; Mbbl a day.
    usd_per_passage, usd_per_bbl : mapping of cost part (and "all") to USD
        Mean cost over mean passages, or over mean barrels carried.
    is_frontier : bool
        No other point has at least as many passages with no more confrontations, and one of both better.
    """

    policy: str
    pool: str
    n_units: int
    passages: MeanShare
    confrontations: MeanShare
    risk: MeanShare
    oil: MeanShare
    usd_per_passage: Mapping[str, float]
    usd_per_bbl: Mapping[str, float]
    is_frontier: bool


@dataclass(frozen=True, slots=True)
class _Task:
    waters: Waters
    forces: tuple[ForceUnit, ...]
    n_runs: int


_WANTED = ("passages", "confrontations", "risk", "oil_mbbl", "cost_usd", *[f"cost_{part}_usd" for part in COST_PARTS])


def _play(task: _Task) -> dict[str, np.ndarray]:
    measures = simulate_compiled(compiled_waters(task.waters), task.forces, n_runs=task.n_runs)
    return {name: measures[name] for name in _WANTED}


def named_pools(pool: ForcePool) -> dict[str, tuple[ForceUnit, ...]]:
    """Return the pools that are compared: the lead alone, what has moved, all that is promised, all as if unbound.

    "unbound" is the whole pool without its masks: what the same promises would be worth without caveats on when, where
    and whom.
    """
    moved = tuple(unit.force for unit in pool.sailing if unit.status in ("deployed", "delivered"))
    free = tuple(_unbound(unit.force) for unit in pool.sailing)
    return {
        "lead alone": pool.background,
        "moved": (*moved, *pool.background),
        "promised": pool.force_units(),
        "unbound": (*free, *pool.background),
    }


def _unbound(unit: ForceUnit) -> ForceUnit:
    from dataclasses import replace

    return replace(unit, flags=None, classes=None, routes=None, regimes=None, may_answer_boarding=True)


def _undominated(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Return which (passages, confrontations) no other point beats."""
    return [
        not any(
            (p >= passages and c <= confrontations) and (p > passages or c < confrontations) for p, c in points
        )
        for passages, confrontations in points
    ]  # fmt: skip


def play_frontier(
    pools: Mapping[str, Sequence[ForceUnit]],
    scenario: Scenario,
    *,
    policies: Sequence[str] = POLICIES,
    n_runs: int = 200,
    n_days: int = 90,
    seed: int = 1,
    executor: Executor | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> tuple[FrontierPoint, ...]:
    """Return every policy with every pool, in the same runs, fewest confrontations first.

    Under policy none all pools are one point (nobody sails).
    """
    tasks, labels = [], []
    for policy in policies:
        waters = Waters.of(scenario, n_days=n_days, seed=seed, policy=policy)
        uses_forces = compiled_waters(waters).policy.uses_forces
        for name, units in pools.items() if uses_forces else [("none", ())]:
            tasks.append(_Task(waters, tuple(units), n_runs))
            labels.append((policy, name))
    found = []
    for measures in (executor or SerialExecutor()).map(_play, tasks):
        found.append(measures)
        if on_progress is not None:
            on_progress(1)
    plane = [(float(m["passages"].mean()), float(m["confrontations"].mean())) for m in found]
    points = []
    for (policy, name), task, measures, is_best in zip(labels, tasks, found, _undominated(plane), strict=True):
        n_passages, barrels = measures["passages"].mean() * n_days, measures["oil_mbbl"].mean() * 1e6 * n_days
        costs = {part: float(measures[f"cost_{part}_usd"].mean()) for part in COST_PARTS}
        costs["all"] = float(measures["cost_usd"].mean())
        points.append(
            FrontierPoint(
                policy, name, len(task.forces), mean_share(measures["passages"]),
                mean_share(measures["confrontations"]), mean_share(measures["risk"]), mean_share(measures["oil_mbbl"]),
                {part: cost / n_passages if n_passages else float("nan") for part, cost in costs.items()},
                {part: cost / barrels if barrels else float("nan") for part, cost in costs.items()}, is_best,
            )
        )  # fmt: skip
    return tuple(sorted(points, key=lambda point: (point.confrontations.mean, -point.passages.mean)))
