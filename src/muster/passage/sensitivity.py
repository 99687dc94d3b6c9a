"""Which assumptions matter: Morris' elementary effects of every uncertain number of a scenario on one measure.

Each number moves through its own prior (by quantile) while all runs keep their ships, clocks and luck, so that an
effect is an effect and not noise. Needs SALib (extra `sensitivity`).

References
----------
M. D. Morris, Factorial sampling plans for preliminary computational experiments, Technometrics 33(2), 1991.
F. Campolongo, J. Cariboni, A. Saltelli, An effective screening design, Env. Modelling & Software 22, 2007 (mu*).
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from muster.base.errors import InputError
from muster.passage.forces import ForceUnit
from muster.passage.outcomes import MEASURES
from muster.passage.philox_reference import triangular
from muster.passage.policy import Policy
from muster.passage.priors import Number
from muster.passage.scenario import Scenario
from muster.passage.simulate import Progress, compile_scenario, simulate_compiled

_LEVELS = 4  # Morris' customary number of grid levels
_TAIL = 0.05  # the grid runs from the 5 % to the 95 % quantile, so that no extreme of a prior decides alone


@dataclass(frozen=True, slots=True)
class Effect:
    """How much a number moves a measure.

    Attributes
    ----------
    strength : float
        Mean absolute change of the measure when the number goes from the 5 % to the 95 % quantile of its prior (mu*).
    strength_half_width : float
        Half of its 95 % bootstrap interval.
    direction : float
        Mean signed change (mu).
    unevenness : float
        Standard deviation of the change over the other numbers' values (sigma): large = depends on them.
    """

    key: str
    strength: float
    strength_half_width: float
    direction: float
    unevenness: float
    share: float

    @property
    def sentence(self) -> str:
        """The effect in plain words."""
        if self.strength == 0:
            return f"{self.key} has no effect"
        way = "raises" if self.direction > 0 else "lowers"
        steady = abs(self.direction) > 0.9 * self.strength
        more = "" if steady else ", by how much (or even which way) depends on the other assumptions"
        return f"more {self.key} {way} it by about {self.strength:.3g}{more}"


def quantile(number: Number, u: float) -> float:
    """Return a prior's quantile at u in (0, 1)."""
    if number.shape == "triangular":
        return triangular(u, number.low, number.mode, number.high)
    if number.shape == "uniform":
        return number.low + u * (number.high - number.low)
    if number.shape == "log_uniform":
        return math.exp(math.log(number.low) + u * (math.log(number.high) - math.log(number.low)))
    if number.shape == "lognormal":
        return number.mode * math.exp(number.high * statistics.NormalDist().inv_cdf(u))
    return number.mode


def rank_assumptions(
    scenario: Scenario,
    *,
    measure: str = "passages",
    n_paths: int = 6,
    n_runs: int = 32,
    n_days: int | None = None,
    seed: int,
    policy: Policy | str | None = None,
    forces: Sequence[ForceUnit] | None = None,
    on_progress: Progress | None = None,
) -> list[Effect]:
    """Return the scenario's uncertain numbers by strength of their effect on a measure, strongest first.

    Cost: n_paths * (n_numbers + 1) simulations of n_runs runs.

    Raises
    ------
    InputError
        The measure is not known, nothing is uncertain, or SALib is not installed.
    """
    try:
        from SALib.analyze import morris as analysis
        from SALib.sample import morris as sampling
    except ImportError:
        raise InputError("SALib is not installed", next_step="Install musterroll[sensitivity]") from None
    if measure not in MEASURES:
        raise InputError(f"measure {measure!r} is not known", rule=f"measures are {', '.join(MEASURES)}")
    numbers = scenario.uncertain()
    if len(numbers) < 2:
        raise InputError(f"scenario {scenario.name} has {len(numbers)} uncertain numbers", rule="ranking needs two")
    problem = {
        "num_vars": len(numbers),
        "names": [number.key for number in numbers],
        "bounds": [[_TAIL, 1 - _TAIL]] * len(numbers),
    }
    word = seed % (1 << 32)  # SALib's generator takes 32 bits
    points = sampling.sample(problem, n_paths, num_levels=_LEVELS, seed=word)
    found = np.empty(len(points))
    for k, point in enumerate(points):
        values = {number.key: quantile(number, float(u)) for number, u in zip(numbers, point, strict=True)}
        compiled = compile_scenario(scenario, seed=seed, n_days=n_days, policy=policy, values=values)
        found[k] = simulate_compiled(compiled, forces, n_runs=n_runs)[measure].mean()
        if on_progress is not None:
            on_progress(1)
    result = analysis.analyze(problem, points, found, num_levels=_LEVELS, seed=word)
    total = float(np.sum(result["mu_star"])) or 1.0
    columns = zip(result["mu_star"], result["mu_star_conf"], result["mu"], result["sigma"], strict=True)
    effects = []
    for number, (star, half, mu, sigma) in zip(numbers, columns, strict=True):
        effects.append(Effect(number.key, float(star), float(half), float(mu), float(sigma), float(star) / total))
    return sorted(effects, key=lambda effect: (-effect.strength, effect.key))
