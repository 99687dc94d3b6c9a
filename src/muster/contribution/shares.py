"""Shares of an outcome by member, beside what each pays, earns and has at stake."""

import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.contribution.effects import check_outcome
from muster.contribution.executor import Executor
from muster.contribution.game import Game, GameResult, play_game
from muster.contribution.paired import OUTCOMES
from muster.contribution.pool import ForcePool
from muster.contribution.shapley import MeanShare, mean_share
from muster.passage.forces import ForceUnit
from muster.passage.scenario import Scenario
from muster.passage.words import UNIT_TYPES

MAX_EXACT_PLAYERS = 12
"""Blocks up to which method auto plays every coalition of the members present in every run."""


@dataclass(frozen=True, slots=True)
class MemberShare:
    """A member's share of what the coalition changes.

    Attributes
    ----------
    member : str
    n_units : int
    share : MeanShare
        Shapley value, in units of the outcome.
    part : float
        Share as a part of the whole; NaN where the whole is zero. Parts sum to 1.
    leave_one_out, add_one_in : MeanShare
        v(all) - v(all without it), and v(it alone) - v(none).
    cost_usd : float
        Expected cost of its units' days on station within the horizon.
    cost_part, gdp_part, trade_part : float or None
        Its part of the players' total; None where no figure is known.
    """

    member: str
    n_units: int
    share: MeanShare
    part: float
    leave_one_out: MeanShare
    add_one_in: MeanShare
    cost_usd: float
    cost_part: float | None
    gdp_part: float | None
    trade_part: float | None


@dataclass(frozen=True, slots=True)
class Shares:
    """All members' shares of one outcome.

    Attributes
    ----------
    outcome : str
    whole : MeanShare
        v(all) - v(none): what the coalition changes.
    none : MeanShare
        The outcome without any member.
    members : tuple of MemberShare, largest share first
    n_runs, n_simulations, n_sampled_runs : int
    n_falling, n_steps : int
        Single additions that lowered the outcome (it is not monotone if any), and all that were seen.
    interaction : float64 array, shape (n, n), or None
        Mean interaction index in the order of `players`; None if a run was sampled.
    players : tuple of str
    """

    outcome: str
    whole: MeanShare
    none: MeanShare
    members: tuple[MemberShare, ...]
    n_runs: int
    n_simulations: int
    n_sampled_runs: int
    n_falling: int
    n_steps: int
    interaction: NDArray[np.float64] | None
    players: tuple[str, ...]

    @property
    def is_monotone(self) -> bool:
        """Return whether no addition was seen to lower the outcome."""
        return self.n_falling == 0


@lru_cache(maxsize=1)
def burden_tables() -> Mapping[str, Any]:
    """Return the tables of GDP and trade with unit, publication, date and URL (data/burden.toml)."""
    text = files("muster.contribution").joinpath("data/burden.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def burden_source(name: str, among: Collection[str]) -> str:
    """Return one line on where the `gdp` or `trade` table comes from: unit, publisher, day, URL, and what is weaker.

    Members whose figure rests on less are named if they are `among` these.
    """
    table = burden_tables()[name]
    line = f"{table['unit']}: {table['publisher']}, {table['publication']}, {table['date']}, {table['url']}"
    weaker = sorted({*table["one_copy"], *table["other_update"]} & set(among))
    return f"{line}; less certain for {', '.join(weaker)}" if weaker else line


def unit_cost_usd(unit: ForceUnit, scenario: Scenario, n_days: int) -> float:
    """Return the expected cost of a unit's days on station within the horizon, USD.

    Probability times days from mean arrival to the end, times the on-station share of the cycle, times the middle price
    of a day of its type.
    """
    arrival = unit.arrival_day if isinstance(unit.arrival_day, tuple) else (unit.arrival_day,) * 3
    p = unit.p_available if isinstance(unit.p_available, tuple) else (unit.p_available,) * 3
    end = min(n_days, unit.until_day if unit.until_day is not None else n_days)
    days = max(0.0, end - sum(arrival) / 3)
    on = unit.on_station_days / (unit.on_station_days + unit.off_station_days)
    price = scenario.costs.unit_day_usd[UNIT_TYPES.index(unit.type)].middle
    return sum(p) / 3 * days * on * price


def _parts(values: Mapping[str, float], players: Sequence[str]) -> dict[str, float | None]:
    known = {player: float(values[player]) for player in players if player in values}
    total = sum(known.values())
    return {player: known[player] / total if player in known and total else None for player in players}


def play_shares(
    pool: ForcePool,
    scenario: Scenario,
    *,
    method: str = "auto",
    n_runs: int = 200,
    n_days: int = 90,
    seed: int = 1,
    policy: str | None = None,
    with_lead: bool = False,
    executor: Executor | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> tuple[Game, GameResult]:
    """Return the game of a pool's members and its result for all outcomes; see `game.play_game` for the method.

    The lead's own units are there in every coalition, unless `with_lead` makes the lead a player as well. Method auto
    is exact for up to `MAX_EXACT_PLAYERS` players.
    """
    lead = sorted({unit.nation for unit in pool.background}) if with_lead else []
    players = sorted({*pool.contributors, *lead})
    chosen = "exact" if method == "auto" and len(players) <= MAX_EXACT_PLAYERS else method
    game = Game.of(scenario, pool.force_units(), players=players, n_days=n_days, seed=seed, policy=policy)
    return game, play_game(game, n_runs=n_runs, method=chosen, executor=executor, on_progress=on_progress)


def shares_of(game: Game, result: GameResult, outcome: str) -> Shares:
    """Return the shares of one outcome from a played game, with the burden views."""
    o = list(OUTCOMES).index(check_outcome(outcome))
    players, scenario, n_days = game.players, game.waters.scenario, game.waters.n_days
    whole = mean_share(result.full[:, o] - result.none[:, o])
    costs = {
        player: sum(unit_cost_usd(unit, scenario, n_days) for unit in game.units if unit.nation == player)
        for player in players
    }
    cost_parts = _parts(costs, players)
    gdp_parts = _parts(burden_tables()["gdp"]["value"], players)
    trade_parts = _parts(burden_tables()["trade"]["value"], players)
    members = []
    for i, player in enumerate(players):
        share = mean_share(result.shares[i, :, o])
        members.append(
            MemberShare(
                member=player,
                n_units=sum(unit.nation == player for unit in game.units),
                share=share,
                part=share.mean / whole.mean if whole.mean else float("nan"),
                leave_one_out=mean_share(result.without[i, :, o]),
                add_one_in=mean_share(result.alone[i, :, o]),
                cost_usd=costs[player],
                cost_part=cost_parts[player],
                gdp_part=gdp_parts[player],
                trade_part=trade_parts[player],
            )
        )
    return Shares(
        outcome=outcome, whole=whole, none=mean_share(result.none[:, o]),
        members=tuple(sorted(members, key=lambda member: (-abs(member.share.mean), member.member))),
        n_runs=len(result.full), n_simulations=result.n_simulations, n_sampled_runs=result.n_sampled_runs,
        n_falling=int(result.n_falling[o]), n_steps=int(result.n_steps[o]),
        interaction=None if result.n_sampled_runs else result.interaction[:, :, o], players=players,
    )  # fmt: skip
