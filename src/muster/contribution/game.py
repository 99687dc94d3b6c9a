# mypy: disable-error-code="no-untyped-def"
"""The passage game: members of a coalition as players, what gets through the strait as the value.

In a run a member none of whose units arrive within the horizon changes nothing: it is a null player of that run. So a
run's 2**n coalitions collapse to 2**k, k the members present in it, and exact Shapley values cost
prod(1 + p_present) simulations a run on average instead of 2**n. Which units are present is drawn by unit and run, the
same in every coalition.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muster.base.errors import InputError
from muster.contribution.executor import Executor, SerialExecutor
from muster.contribution.paired import OUTCOMES, PairedRuns, Waters
from muster.contribution.shapley import (
    add_one_in,
    exact_shares,
    falling_steps,
    interaction_index,
    leave_one_out,
    permutation_pairs,
)
from muster.passage.forces import ForceUnit
from muster.passage.layout import BLOCK_RUNS
from muster.passage.scenario import Scenario

TASK_RUNS = 16
"""Runs a task; progress and distribution go by tasks."""

EXACT_PRESENT = 7
"""Under method "auto" a run with more members present is sampled: 128 coalitions against 2 x 8 orders."""

PAIRS_PER_RUN = 8
"""Antithetic pairs of orders in a run that is sampled."""

MAX_PLAYERS = 62
"""A coalition is a 64-bit mask."""

_STREAM_ORDERS = 0x5348  # keeps the orders' generator apart from other uses of the seed


@dataclass(frozen=True, slots=True)
class Game:
    """Who plays, and in which waters.

    Attributes
    ----------
    waters : Waters
    players : tuple of str
        Members; each holds the units whose nation it is.
    units : tuple of ForceUnit
        Units of a nation that is no player are always there.
    """

    waters: Waters
    players: tuple[str, ...]
    units: tuple[ForceUnit, ...]

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        units: Sequence[ForceUnit],
        *,
        players: Sequence[str],
        n_days: int,
        seed: int,
        policy: str | None = None,
    ) -> "Game":
        """Return the game; InputError if there are more than 62 players or a player comes twice."""
        if len(players) > MAX_PLAYERS or len(set(players)) != len(players):
            raise InputError(f"{len(players)} players", rule=f"players are at most {MAX_PLAYERS} different members")
        waters = Waters.of(scenario, n_days=n_days, seed=seed, policy=policy)
        return cls(waters, tuple(players), tuple(units))


@dataclass(frozen=True, slots=True)
class GameTask:
    """Some runs of a game; `method` exact, sampled or auto."""

    game: Game
    first_run: int
    n_runs: int
    method: str


@dataclass(frozen=True, slots=True)
class GameResult:
    """What the runs of a game gave; K outcomes in the order of `OUTCOMES`.

    Attributes
    ----------
    shares, without, alone : float64 array, shape (n_players, n_runs, K)
        Shapley values; v(all) - v(all without i); v(i alone) - v(none).
    full, none : float64 array, shape (n_runs, K)
    interaction : float64 array, shape (n_players, n_players, K)
        Mean of the interaction index over the runs; NaN if a run was sampled.
    n_present : int64 array, shape (n_runs,)
    n_simulations, n_sampled_runs : int
    n_falling, n_steps : int64 array, shape (K,)
        Single additions that lowered the outcome, and all that were seen.
    """

    shares: NDArray[np.float64]
    without: NDArray[np.float64]
    alone: NDArray[np.float64]
    full: NDArray[np.float64]
    none: NDArray[np.float64]
    interaction: NDArray[np.float64]
    n_present: NDArray[np.int64]
    n_simulations: int
    n_sampled_runs: int
    n_falling: NDArray[np.int64]
    n_steps: NDArray[np.int64]


class _GameRuns:
    """The runs of one block of a game: values coalitions of the players present in one run."""

    def __init__(self, game: Game, run: int) -> None:
        self.game = game
        self.runs = PairedRuns(game.waters, game.units, run)
        index = {player: i for i, player in enumerate(game.players)}
        self.owner = np.array([index.get(unit.nation, -1) for unit in self.runs.units], np.int64)

    def present(self, run: int) -> list[int]:
        """Return the players with a unit that arrives in this run before its end."""
        return sorted({int(owner) for owner in self.owner[self.runs.arrives(run)] if owner >= 0})

    def value(self, run: int, masks: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the outcomes of each coalition in one run, shape (n_masks, K)."""
        is_in = (self.owner < 0) | ((masks[:, None] >> np.maximum(self.owner, 0)) & 1 == 1)
        return self.runs.play(run, is_in)


def _masks_of(local: NDArray[np.int64], present: Sequence[int]) -> NDArray[np.int64]:
    """Return coalitions of players from coalitions of the present ones."""
    masks = np.zeros_like(local)
    for bit, player in enumerate(present):
        masks |= ((local >> bit) & 1) << player
    return masks


def play_game_task(task: GameTask) -> GameResult:
    """Return the results of some runs; the same bits wherever it is called."""
    n, n_outcomes = len(task.game.players), len(OUTCOMES)
    shape = (n, task.n_runs, n_outcomes)
    shares, without, alone = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    full, none = np.zeros(shape[1:]), np.zeros(shape[1:])
    interaction = np.zeros((n, n, n_outcomes))
    n_present = np.zeros(task.n_runs, np.int64)
    n_falling, n_steps = np.zeros(n_outcomes, np.int64), np.zeros(n_outcomes, np.int64)
    n_sampled = n_simulations = 0
    runs: _GameRuns | None = None
    for r in range(task.n_runs):
        run = task.first_run + r
        if runs is None or run >= runs.runs.first + BLOCK_RUNS:
            n_simulations += runs.runs.n_simulations if runs is not None else 0
            runs = _GameRuns(task.game, run)
        present = runs.present(run)
        k = n_present[r] = len(present)
        limit = {"exact": MAX_PLAYERS, "sampled": 1, "auto": EXACT_PRESENT, "ends": -1}[task.method]
        if k <= limit:
            values = runs.value(run, _masks_of(np.arange(1 << k), present))
            shares[present, r] = exact_shares(values)
            without[present, r], alone[present, r] = leave_one_out(values), add_one_in(values)
            full[r], none[r] = values[-1], values[0]
            interaction[np.ix_(present, present)] += interaction_index(values)
            for o in range(n_outcomes):
                falling, steps = falling_steps(values[:, o])
                n_falling[o] += falling
                n_steps[o] += steps
        else:
            n_sampled += 1
            n_pairs = 0 if task.method == "ends" else PAIRS_PER_RUN
            _sample_run(runs, run, present, r, n_pairs, shares, without, alone, full, none)
    if runs is not None:
        n_simulations += runs.runs.n_simulations
    return GameResult(
        shares, without, alone, full, none, interaction, n_present, n_simulations, n_sampled, n_falling, n_steps
    )


def _sample_run(runs, run, present, r, n_pairs, shares, without, alone, full, none) -> None:
    """Fill one run's results from sampled orders of the members present; leave-one-out and alone stay exact."""
    k = len(present)
    rng = np.random.default_rng([runs.game.waters.seed, run, _STREAM_ORDERS])
    orders = permutation_pairs(k, n_pairs, rng)
    paths = np.zeros((len(orders), k + 1), np.int64)
    for t in range(k):
        paths[:, t + 1] = paths[:, t] | (1 << orders[:, t])
    whole = (1 << k) - 1
    ends = np.array([0, whole, *[1 << i for i in range(k)], *[whole ^ (1 << i) for i in range(k)]], np.int64)
    wanted, where = np.unique(np.concatenate([ends, paths.ravel()]), return_inverse=True)
    values = runs.value(run, _masks_of(wanted, present))
    at = values[where]
    none[r], full[r] = at[0], at[1]
    alone[present, r] = at[2 : 2 + k] - at[0]
    without[present, r] = at[1] - at[2 + k : 2 + 2 * k]
    along = at[len(ends) :].reshape(*paths.shape, len(OUTCOMES))
    steps = np.diff(along, axis=1)
    total = np.zeros((k, steps.shape[2]))
    for order, step in zip(orders, steps, strict=True):
        total[order] += step
    shares[present, r] = total / len(orders) if len(orders) else np.nan


def play_game(
    game: Game,
    *,
    n_runs: int,
    method: str = "auto",
    executor: Executor | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> GameResult:
    """Return Shapley values, leave-one-out and add-one-in of every player for every outcome, run by run.

    Parameters
    ----------
    game : Game
    n_runs : int, >= 2
    method : {"auto", "exact", "sampled", "ends"}
        exact: every coalition of the members present in a run (at most 16 of them); sampled: antithetic orders in
        every run; auto: exact in runs with up to `EXACT_PRESENT` present; ends: leave-one-out and add-one-in only,
        exact, shares are NaN. All are unbiased, and the intervals over runs hold both sources of error.
    executor : Executor, optional
    on_progress : function, optional
        Called with the number of runs finished since the last call.
    """
    if method not in {"auto", "exact", "sampled", "ends"} or n_runs < 2:
        raise InputError(f"method {method!r} with {n_runs} runs", rule="methods are auto, exact, sampled; runs >= 2")
    tasks = [
        GameTask(game, first, min(TASK_RUNS, n_runs - first), method) for first in range(0, n_runs, TASK_RUNS)
    ]  # fmt: skip
    parts = []
    for part in (executor or SerialExecutor()).map(play_game_task, tasks):
        parts.append(part)
        if on_progress is not None:
            on_progress(len(part.n_present))
    n_sampled = sum(part.n_sampled_runs for part in parts)
    interaction = np.sum([part.interaction for part in parts], axis=0) / n_runs
    return GameResult(
        shares=np.concatenate([part.shares for part in parts], axis=1),
        without=np.concatenate([part.without for part in parts], axis=1),
        alone=np.concatenate([part.alone for part in parts], axis=1),
        full=np.concatenate([part.full for part in parts]),
        none=np.concatenate([part.none for part in parts]),
        interaction=interaction if not n_sampled else np.full_like(interaction, np.nan),
        n_present=np.concatenate([part.n_present for part in parts]),
        n_simulations=sum(part.n_simulations for part in parts),
        n_sampled_runs=n_sampled,
        n_falling=np.sum([part.n_falling for part in parts], axis=0),
        n_steps=np.sum([part.n_steps for part in parts], axis=0),
    )
