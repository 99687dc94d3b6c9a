"""What changes if a member leaves: paired runs with and without its units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from muster.base.errors import NotFoundError
from muster.contribution.executor import Executor
from muster.contribution.game import Game, play_game
from muster.contribution.paired import OUTCOMES
from muster.contribution.pool import ForcePool
from muster.contribution.shapley import mean_share
from muster.passage.scenario import Scenario


@dataclass(frozen=True, slots=True)
class MemberEffect:
    """Change of an outcome if the member's units do not come (without - with), mean over paired runs, 95 % interval.

    `outcome` is a word of `paired.OUTCOMES`; units as in `paired.OUTCOME_UNITS`.
    """

    member: str
    outcome: str
    mean_change: float
    ci_low: float
    ci_high: float


def check_outcome(outcome: str) -> str:
    """Return the outcome; NotFoundError lists those there are."""
    if outcome not in OUTCOMES:
        raise NotFoundError(f"outcome {outcome!r} is not known", rule=f"outcomes are {', '.join(OUTCOMES)}")
    return outcome


def leave_one_out(
    pool: ForcePool,
    scenario: Scenario,
    *,
    n_runs: int,
    n_days: int,
    seed: int,
    outcomes: Sequence[str] = ("passages", "oil", "risk", "confrontations"),
    policy: str | None = None,
    executor: Executor | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> tuple[MemberEffect, ...]:
    """Return what each contributor's leaving changes, largest change of the first outcome first.

    Runs are paired: the ships, regimes and other units are the same with and without the member. In a run in which none
    of its units would have come the change is exactly zero and costs no simulation.

    Parameters
    ----------
    pool : ForcePool
    scenario : Scenario
    n_runs, n_days, seed : int
    outcomes : sequence of words of `paired.OUTCOMES`
    policy : str, optional
        The scenario's own if left out.
    executor, on_progress
        As in `game.play_game`.
    """
    wanted = [check_outcome(outcome) for outcome in outcomes]
    game = Game.of(
        scenario, pool.force_units(), players=pool.contributors, n_days=n_days, seed=seed, policy=policy
    )  # fmt: skip
    result = play_game(game, n_runs=n_runs, method="ends", executor=executor, on_progress=on_progress)
    names = list(OUTCOMES)
    effects = []
    for i, member in enumerate(game.players):
        for outcome in wanted:
            change = mean_share(-result.without[i, :, names.index(outcome)])
            effects.append(MemberEffect(member, outcome, change.mean, change.ci_low, change.ci_high))
    size = {effect.member: -abs(effect.mean_change) for effect in effects if effect.outcome == wanted[0]}
    order = {outcome: k for k, outcome in enumerate(wanted)}
    return tuple(sorted(effects, key=lambda e: (size[e.member], e.member, order[e.outcome])))
