"""Experiments: policies compared under common random numbers, and runs until an interval is narrow enough."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from muster.base.errors import InputError
from muster.passage.forces import ForceUnit
from muster.passage.layout import BLOCK_RUNS, Histograms, Series
from muster.passage.outcomes import Estimate, Outcomes, estimate
from muster.passage.policy import Policy, parse_policy
from muster.passage.scenario import Scenario
from muster.passage.simulate import Progress, Workers, compile_scenario, run_compiled, simulate_passages

MAX_RUNS_UNTIL = 1_048_576
"""Where `run_until` gives up: about 340 MB of per-run results."""


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """A measure under a policy minus under the baseline, run by run with the same ships.

    `independent_half_width` is what the interval would be with independent seeds: the gain of pairing is the square of
    the ratio.
    """

    measure: str
    baseline: float
    value: float
    difference: Estimate
    independent_half_width: float

    @property
    def variance_ratio(self) -> float:
        """How many times fewer runs the pairing needs; NaN when the difference is certain."""
        half = self.difference.half_width
        return (self.independent_half_width / half) ** 2 if half > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Comparison:
    """Outcomes of policies on the same ships; the first is the baseline."""

    outcomes: tuple[Outcomes, ...]

    def differences(self, k: int) -> dict[str, PairedDifference]:
        """Return the paired differences of policy k from the baseline, by measure."""
        base, other = self.outcomes[0].measures(), self.outcomes[k].measures()
        found = {}
        for name, values in other.items():
            apart = math.hypot(estimate(base[name]).half_width, estimate(values).half_width)
            found[name] = PairedDifference(
                name, float(base[name].mean()), float(values.mean()), estimate(values - base[name]), apart
            )
        return found


def compare_policies(
    scenario: Scenario,
    policies: Sequence[Policy | str],
    *,
    n_runs: int,
    n_days: int | None = None,
    seed: int,
    forces: Sequence[ForceUnit] | None = None,
    n_threads: int = 1,
    on_progress: Progress | None = None,
) -> Comparison:
    """Return the outcomes of several policies on the same ships, clocks and priors; the first is the baseline.

    Raises
    ------
    ScenarioError
        A policy's text is not one.
    """
    parsed = [parse_policy(item) if isinstance(item, str) else item for item in policies]
    return Comparison(
        tuple(
            simulate_passages(
                scenario, n_runs=n_runs, n_days=n_days, seed=seed, policy=policy, forces=forces, n_threads=n_threads,
                on_progress=on_progress,
            )
            for policy in parsed
        )
    )  # fmt: skip


def run_until(
    scenario: Scenario,
    *,
    relative: float,
    measure: str = "passages",
    n_runs: int = 1024,
    n_days: int | None = None,
    seed: int,
    policy: Policy | str | None = None,
    forces: Sequence[ForceUnit] | None = None,
    n_threads: int = 1,
    workers: Workers | None = None,
    on_progress: Progress | None = None,
) -> Outcomes:
    """Run until the half-width of a measure's 95 % interval is at most `relative` times its mean.

    Starts with `n_runs` (rounded up to whole blocks), then as many more as the last interval asks for, at most a
    doubling. Stopping on the interval itself makes its true coverage a little less than 95 %; with 1,024 runs at the
    start the difference is under one point.

    Raises
    ------
    InputError
        `relative` is not in (0, 1), the mean is 0, or the interval is still wider after `MAX_RUNS_UNTIL` runs.
    """
    if not 0 < relative < 1:
        raise InputError(f"interval {relative:g}", rule="the interval's half-width is a share of the mean, 0 to 1")
    compiled = compile_scenario(scenario, seed=seed, n_days=n_days, policy=policy)
    step = -(-n_runs // BLOCK_RUNS) * BLOCK_RUNS
    found: Outcomes | None = None
    while True:
        done = 0 if found is None else found.n_runs
        part = run_compiled(
            compiled, forces, n_runs=step, first_run=done, n_threads=n_threads, workers=workers, on_progress=on_progress
        )
        found = part if found is None else _joined(found, part)
        now = estimate(found.measure(measure))
        if now.mean != 0 and now.half_width <= relative * abs(now.mean):
            return found
        if now.sd == 0 or found.n_runs >= MAX_RUNS_UNTIL:
            raise InputError(
                f"{measure}: {now.mean:.4g} +- {now.half_width:.2g} after {found.n_runs} runs",
                rule=f"the interval is to be {relative:.2%} of the mean", next_step="Ask for a wider interval",
            )  # fmt: skip
        need = found.n_runs * (now.half_width / (relative * abs(now.mean))) ** 2 if now.mean else 2 * found.n_runs
        more = min(max(need * 1.05 - found.n_runs, BLOCK_RUNS), found.n_runs, MAX_RUNS_UNTIL - found.n_runs)
        step = -(-int(more) // BLOCK_RUNS) * BLOCK_RUNS


def _joined(first: Outcomes, second: Outcomes) -> Outcomes:
    """Return the outcomes of both parts as one."""
    return replace(
        first,
        n_runs=first.n_runs + second.n_runs,
        scalars=np.concatenate([first.scalars, second.scalars]),
        series=Series(*[a + b for a, b in zip(first.series, second.series, strict=True)]),
        histograms=Histograms(*[a + b for a, b in zip(first.histograms, second.histograms, strict=True)]),
    )
