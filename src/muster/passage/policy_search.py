"""Search for the policy that lets most ships through at a bearable risk, and the frontier between the two.

Optuna's NSGA-II proposes policies; every proposal is tried on the same ships, clocks and priors, so that a small
difference between policies is seen with few runs. The frontier is then run again with more runs. Needs Optuna (extra
`search`).

References
----------
K. Deb et al., A fast and elitist multiobjective genetic algorithm: NSGA-II, IEEE Trans. Evol. Comp. 6(2), 2002.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from muster.base.errors import InputError
from muster.passage.forces import ForceUnit
from muster.passage.outcomes import MEASURES, Estimate, estimate
from muster.passage.policy import Policy
from muster.passage.scenario import Scenario
from muster.passage.simulate import Progress, compile_scenario, simulate_compiled


@dataclass(frozen=True, slots=True)
class TriedPolicy:
    """A policy with what it gives; `is_on_frontier`: no tried policy has both more of `gain` and less of `price`."""

    policy: str
    gain: Estimate
    price: Estimate
    gain_over_none: Estimate
    is_on_frontier: bool


def _propose(trial: Any, n_escorts: int) -> Policy:
    """Return the policy that a trial of Optuna stands for; ranges end where the force pool ends."""
    kind = trial.suggest_categorical("kind", ["none", "convoy", "demand", "accompany", "corridor"])
    need = trial.suggest_int("need_escorts", 1, max(1, min(4, n_escorts)))
    cap = trial.suggest_int("cap_ships", 1, 30)
    interval = trial.suggest_categorical("interval_h", [6.0, 12.0, 24.0, 48.0])
    batch = trial.suggest_int("batch_ships", 1, 12)
    wait = trial.suggest_categorical("longest_wait_h", [12.0, 24.0, 48.0, 96.0])
    cover = trial.suggest_int("full_cover_units", 4, 12)
    clear = trial.suggest_categorical("clear_first", [False, True])
    reflag = trial.suggest_categorical("reflag_share", [0.0, 0.25, 0.5])
    if kind == "none":
        return Policy("none")
    common = {"reflag_share": reflag, "clear_first": clear}
    if kind == "convoy":
        return Policy("convoy", interval_h=interval, cap_ships=cap, need_escorts=need, **common)
    if kind == "demand":
        return Policy(
            "demand", batch_ships=batch, longest_wait_h=wait, need_escorts=need, cap_ships=cap, **common
        )  # fmt: skip
    if kind == "accompany":
        return Policy("accompany", need_escorts=need, cap_ships=cap, batch_ships=1, **common)
    return Policy("corridor", full_cover_units=float(cover), **common)


def search_policies(
    scenario: Scenario,
    *,
    gain: str = "passages",
    price: str = "risk",
    n_trials: int = 120,
    n_runs: int = 64,
    n_runs_final: int = 512,
    n_days: int | None = None,
    seed: int,
    forces: Sequence[ForceUnit] | None = None,
    n_threads: int = 1,
    on_progress: Progress | None = None,
) -> list[TriedPolicy]:
    """Return the tried policies that were best at some price, run again with `n_runs_final` runs, cheapest first.

    Parameters
    ----------
    gain, price : str
        Measures: more of one, less of the other.
    n_trials : int
        Policies proposed; equal ones are tried once.

    Raises
    ------
    InputError
        A measure is not known, or Optuna is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise InputError("Optuna is not installed", next_step="Install musterroll[search]") from None
    for name in (gain, price):
        if name not in MEASURES:
            raise InputError(f"measure {name!r} is not known", rule=f"measures are {', '.join(MEASURES)}")
    units = scenario.units if forces is None else tuple(forces)
    n_escorts = sum(unit.type == "escort" for unit in units)
    tried: dict[str, tuple[float, float]] = {}

    def score(trial: Any) -> tuple[float, float]:
        policy = _propose(trial, n_escorts)
        if str(policy) not in tried:
            compiled = compile_scenario(scenario, seed=seed, n_days=n_days, policy=policy)
            found = simulate_compiled(compiled, units, n_runs=n_runs, n_threads=n_threads)
            tried[str(policy)] = (float(found[gain].mean()), float(found[price].mean()))
        if on_progress is not None:
            on_progress(1)
        return tried[str(policy)]

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.NSGAIISampler(seed=seed % (1 << 32), population_size=24)
    study = optuna.create_study(directions=["maximize", "minimize"], sampler=sampler)
    study.optimize(score, n_trials=n_trials)
    names = ["none", *[name for name in frontier(tried) if name != "none"]]
    results = {}
    for name in names:
        compiled = compile_scenario(scenario, seed=seed, n_days=n_days, policy=name)
        results[name] = simulate_compiled(compiled, units, n_runs=n_runs_final, n_threads=n_threads)
    final = {name: (float(found[gain].mean()), float(found[price].mean())) for name, found in results.items()}
    best = set(frontier(final))
    rows = [
        TriedPolicy(
            name, estimate(found[gain]), estimate(found[price]), estimate(found[gain] - results["none"][gain]),
            name in best,
        )
        for name, found in results.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.price.mean, -row.gain.mean))


def frontier(found: dict[str, tuple[float, float]]) -> list[str]:
    """Return the names that no other beats: as much gain at no more price, and better in one; of equals the first."""
    names = []
    for name, (gain, price) in found.items():
        is_beaten = any(
            g >= gain and p <= price and ((g, -p) != (gain, -price) or other in names)
            for other, (g, p) in found.items()
            if other != name
        )
        if not is_beaten:
            names.append(name)
    return names
