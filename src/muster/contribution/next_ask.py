"""The next ask: of all open asks, liftable caveats and unmet pledges, which would change most if it were answered?

Each possibility is a supposition about the roll; the pool it gives and the pool as it stands are played in the same
runs, so that the difference is theirs alone. Runs in which both pools hold the same units cost nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from muster.assessment.roll import Roll, is_addressed
from muster.assessment.standing import Standing
from muster.assessment.tension import Tension
from muster.base.case import Case
from muster.base.scheme import DIRECTION_OF_STATUS, STATUS_LADDER
from muster.contribution.effects import check_outcome
from muster.contribution.executor import Executor, SerialExecutor
from muster.contribution.paired import LESS_IS_BETTER, OUTCOMES, PairedRuns, Waters
from muster.contribution.pool import Change, ForcePool, LiftCaveat, SetAnswer, build_force_pool
from muster.contribution.pool_offers import SHIP_TYPES
from muster.contribution.pool_tables import load_tables
from muster.contribution.shapley import MeanShare, mean_share
from muster.ledger.view import View
from muster.passage.forces import ForceUnit
from muster.passage.layout import BLOCK_RUNS
from muster.passage.scenario import Scenario

ANSWERED = "deployed"
"""What an answered ask or a kept pledge is taken to be: the unit sails, with the odds and delay of that status."""

TASK_RUNS = 16
PRICE_KINDS = ("with-lead", "with-adversary", "dual-role", "between-partners", "words-and-deeds")
"""Tensions that make an answer politically dear; read beside the rank, not added to it."""


@dataclass(frozen=True, slots=True)
class NextAsk:
    """One possibility with what it would change.

    Attributes
    ----------
    kind : {"ask", "pledge", "caveat"}
        An ask without a yes; a yes that has not moved; a caveat that limits a unit.
    member, matter : str
        Whose, and the matter or the type of caveat.
    change : SetAnswer or LiftCaveat
    status : str
        The standing now.
    effects : mapping of outcome word to MeanShare
        Changed pool minus pool as it stands, paired runs.
    reasons : tuple of str
        Why it is open: one sentence and the verbatim quotes.
    price : tuple of str
        Tensions of the member, newest first.
    statement_ids : tuple of str
    """

    kind: str
    member: str
    matter: str
    change: Change
    status: str
    effects: dict[str, MeanShare]
    reasons: tuple[str, ...]
    price: tuple[str, ...]
    statement_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: str
    member: str
    matter: str
    change: Change
    status: str
    reasons: tuple[str, ...]
    statement_ids: tuple[str, ...]


def _why(standing: Standing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sentence and quotes behind a standing, with the statements' ids."""
    entries = [*standing.entries[:3], *standing.caveats[:2]]
    sentence = standing.reasons[0].sentence if standing.reasons else f"{standing.member}: {standing.status}"
    quotes = [f"“{entry.statement.quote}” ({entry.document.publisher}, {entry.valid_from})" for entry in entries]
    return (sentence, *quotes), tuple(entry.id for entry in entries)


def find_candidates(roll: Roll, pool: ForcePool, case: Case) -> list[_Candidate]:
    """Return all open asks, unmet pledges and limiting caveats that could change what is at sea."""
    tables = load_tables()
    coalition = str(case.raw.get("roll", {}).get("coalition", "COALITION"))
    insiders = set(case.groups.members(coalition, roll.as_of))
    found: dict[tuple[str, str], _Candidate] = {}
    for ask in roll.asks:
        if ask.what not in tables.defaults:
            continue
        for member in roll.members:
            standing = roll.cell(member, ask.id)
            has_spoken = bool(standing.entries) and not standing.is_collective
            if not (is_addressed(ask, member, case, roll.as_of) or member in insiders or has_spoken):
                continue
            if member in tables.without_navy and tables.defaults[ask.what][0] in SHIP_TYPES:
                continue
            moved = STATUS_LADDER.index(ANSWERED)
            if standing.status in STATUS_LADDER and STATUS_LADDER.index(standing.status) >= moved:
                continue
            kind = "pledge" if DIRECTION_OF_STATUS.get(standing.status) == "yes" else "ask"
            reasons, ids = _why(standing)
            change = SetAnswer(member, ask.what, ANSWERED, roll.as_of)
            found.setdefault(
                (member, ask.what), _Candidate(kind, member, ask.what, change, standing.status, reasons, ids)
            )
    for member in roll.members:  # ships for the mission are ships: one ask, the more specific one
        if (member, "escort") in found:
            found.pop((member, "mission"), None)
    limits: dict[tuple[str, str], dict[str, str]] = {}
    for unit in pool.sailing:
        for (type_, entry_id), sentence in zip(unit.caveat_ids, unit.caveats, strict=False):
            limits.setdefault((unit.force.nation, type_), {})[entry_id] = sentence
    for (member, type_), said in limits.items():
        status = ", ".join(sorted({unit.status for unit in pool.units if unit.force.nation == member}))
        found[member, f"caveat {type_}"] = _Candidate(
            "caveat", member, type_, LiftCaveat(member, type_), status, tuple(said.values()), tuple(said)
        )
    return [found[key] for key in sorted(found)]


@dataclass(frozen=True, slots=True)
class _PairTask:
    waters: Waters
    units: tuple[ForceUnit, ...]
    pools: tuple[tuple[int, ...], ...]
    first_run: int
    n_runs: int


def _play_pairs(task: _PairTask) -> NDArray[np.float64]:
    """Return the outcomes of every pool in some runs, shape (n_pools, n_runs, K)."""
    values = np.zeros((len(task.pools), task.n_runs, len(OUTCOMES)))
    runs: PairedRuns | None = None
    is_in = np.zeros((0, 0), bool)
    for r in range(task.n_runs):
        run = task.first_run + r
        if runs is None or run >= runs.first + BLOCK_RUNS:
            runs = PairedRuns(task.waters, task.units, run)
            place = {id(unit): k for k, unit in enumerate(runs.units)}
            is_in = np.zeros((len(task.pools), len(task.units)), bool)
            for p, members in enumerate(task.pools):
                is_in[p, [place[id(task.units[u])] for u in members]] = True
        values[:, r] = runs.play(run, is_in)
    return values


def play_pools(
    pools: Sequence[Sequence[ForceUnit]],
    waters: Waters,
    *,
    n_runs: int,
    executor: Executor | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> NDArray[np.float64]:
    """Return the outcomes of several pools in the same runs, shape (n_pools, n_runs, K) in the order of `OUTCOMES`.

    Units that are equal in two pools are one unit; in a run in which two pools hold the same arriving units they are
    played once.
    """
    universe: dict[ForceUnit, int] = {}
    chosen = tuple(
        tuple(universe.setdefault(replace(unit, nation="-"), len(universe)) for unit in pool) for pool in pools
    )  # the simulator does not ask for the nation: equal units of two nations are one
    units = tuple(universe)
    tasks = [
        _PairTask(waters, units, chosen, first, min(TASK_RUNS, n_runs - first)) for first in range(0, n_runs, TASK_RUNS)
    ]
    parts = []
    for part in (executor or SerialExecutor()).map(_play_pairs, tasks):
        parts.append(part)
        if on_progress is not None:
            on_progress(part.shape[1])
    return np.concatenate(parts, axis=1)


def _exchangeable(pool: ForcePool) -> tuple[ForceUnit, ...]:
    """Return a pool's units, those supposed out of nothing without their nation.

    The same unit, asked of any nation, then draws the same luck and is played once: what differs between two nations is
    what they said, not the dice.
    """
    units, count = [], 0
    for unit in pool.sailing:
        force = unit.force
        if unit.basis == "supposed" and not force.statement_ids:
            count += 1
            force = replace(force, id=f"supposed-{force.type}-{count}")
        units.append(force)
    return (*units, *pool.background)


def _price(member: str, tensions: Sequence[Tension]) -> tuple[str, ...]:
    mine = [t for t in tensions if member in (t.actor, t.target) and t.kind in PRICE_KINDS]
    return tuple(f"{t.on}: {t.sentence}" for t in sorted(mine, key=lambda t: t.on, reverse=True)[:3])


def rank_next_asks(
    roll: Roll,
    view: View,
    case: Case,
    scenario: Scenario,
    *,
    outcome: str = "passages",
    n_runs: int = 96,
    n_days: int = 90,
    seed: int = 1,
    policy: str | None = None,
    tensions: Sequence[Tension] = (),
    executor: Executor | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> tuple[NextAsk, ...]:
    """Return all possibilities, the one that improves the outcome most first.

    Parameters
    ----------
    roll, view, case, scenario
        As for `build_force_pool`.
    outcome : word of `paired.OUTCOMES`
        Ranks by its mean change; for risk, confrontations, cost and waiting a fall is an improvement.
    n_runs, n_days, seed : int
    tensions : sequence of Tension
        For the political price.
    """
    names = list(OUTCOMES)
    check_outcome(outcome)
    pool = build_force_pool(roll, view, case, scenario=scenario)
    candidates = find_candidates(roll, pool, case)
    pools = [pool.force_units()]
    for candidate in candidates:
        changed = build_force_pool(roll, view, case, scenario=scenario, changes=(candidate.change,))
        pools.append(_exchangeable(changed))
    waters = Waters.of(scenario, n_days=n_days, seed=seed, policy=policy)
    values = play_pools(pools, waters, n_runs=n_runs, executor=executor, on_progress=on_progress)
    rows = []
    for k, candidate in enumerate(candidates, 1):
        effects = {name: mean_share(values[k, :, o] - values[0, :, o]) for o, name in enumerate(names)}
        rows.append(
            NextAsk(
                candidate.kind, candidate.member, candidate.matter, candidate.change, candidate.status, effects,
                candidate.reasons, _price(candidate.member, tensions), candidate.statement_ids,
            )
        )  # fmt: skip
    sign = 1 if outcome in LESS_IS_BETTER else -1
    return tuple(sorted(rows, key=lambda row: (sign * row.effects[outcome].mean, row.member, row.matter)))
