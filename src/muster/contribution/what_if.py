"""What if a member did more, or lifted a caveat: the changed pool against the base, in the same runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from muster.base.clock import parse_date
from muster.base.errors import InputError, NotFoundError
from muster.base.scheme import CAVEAT_TYPES, STATUSES, WHATS
from muster.contribution.paired import OUTCOMES
from muster.contribution.pool import Change, ForcePool, LiftCaveat, SetAnswer
from muster.contribution.pool_tables import load_tables
from muster.contribution.shapley import MeanShare, mean_share
from muster.passage.scenario import Scenario
from muster.passage.simulate import simulate_passages

CURVES = ("passages", "oil_mbbl", "waiting")
"""Day-by-day measures drawn: median and the middle 50 % of the runs."""


def parse_answer(text: str, *, members: Sequence[str], as_of: date) -> SetAnswer:
    """Return the supposition in `DEU.mine_clearance=deployed@2026-06-01` (the day may be left out: at once).

    Raises
    ------
    InputError
        The text has another form, or a code the scheme does not have; names the text and the codes.
    NotFoundError
        The member is not on the roll.
    """
    head, equals, tail = text.partition("=")
    member, dot, what = head.strip().partition(".")
    status, _, day = tail.strip().partition("@")
    if not equals or not dot:
        raise InputError(f"--set {text!r}", rule="a supposition reads DEU.mine_clearance=deployed@2026-06-01")
    if what not in WHATS:
        raise InputError(f"--set {text!r}: {what!r} is no matter", rule=f"matters are {', '.join(WHATS)}")
    if status not in STATUSES:
        raise InputError(f"--set {text!r}: {status!r} is no status", rule=f"statuses are {', '.join(STATUSES)}")
    _check_member(member, members, f"--set {text!r}")
    return SetAnswer(member, what, status, parse_date(day, name="--set") if day else as_of)


def parse_lift(text: str, *, members: Sequence[str]) -> LiftCaveat:
    """Return the supposition in `FRA.operational`: the member's caveats of this type no longer hold."""
    member, dot, type_ = text.strip().partition(".")
    if not dot or type_ not in CAVEAT_TYPES:
        raise InputError(f"--lift {text!r}", rule=f"it reads FRA.operational; types are {', '.join(CAVEAT_TYPES)}")
    _check_member(member, members, f"--lift {text!r}")
    return LiftCaveat(member, type_)


def _check_member(member: str, members: Sequence[str], place: str) -> None:
    if member not in members:
        raise NotFoundError(f"{place}: {member!r} is not on the roll", rule=f"members are {', '.join(members)}")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Base and changed pool in the same runs.

    Attributes
    ----------
    changes : tuple of SetAnswer or LiftCaveat
    base_pool, changed_pool : ForcePool
    base, changed, difference : mapping of outcome word to MeanShare
        Means with 95 % intervals; the difference is paired.
    curves : mapping of measure to float64 array, shape (2, n_days, 3)
        Base and changed: lower quartile, median, upper quartile by day.
    gained : float64 array, shape (n_days,)
        Passages more than in the base since day 0, mean over runs.
    n_runs, n_days, seed : int
    """

    changes: tuple[Change, ...]
    base_pool: ForcePool
    changed_pool: ForcePool
    base: dict[str, MeanShare]
    changed: dict[str, MeanShare]
    difference: dict[str, MeanShare]
    curves: dict[str, NDArray[np.float64]]
    gained: NDArray[np.float64]
    n_runs: int
    n_days: int
    seed: int

    def unmoved(self) -> tuple[str, ...]:
        """Return one sentence for each change of a member none of whose units changes: why it moves nothing."""
        before, after = (
            {unit.force.id: unit.force for unit in pool.units} for pool in (self.base_pool, self.changed_pool)
        )
        moved = {
            (after.get(name) or before[name]).nation for name in before | after if before.get(name) != after.get(name)
        }
        return tuple(
            f"{change} changes no unit: {self._why(change)}" for change in self.changes if change.member not in moved
        )

    def _why(self, change: Change) -> str:
        units = [unit for unit in self.base_pool.units if unit.force.nation == change.member]
        if not units:
            return f"{change.member} has no unit"
        if isinstance(change, LiftCaveat):
            types = sorted({type_ for unit in units for type_, _ in unit.caveat_ids})
            if change.type not in types:
                return f"no unit has such a caveat (theirs: {', '.join(types) or 'none'})"
            others = ", ".join(type_ for type_ in types if type_ != change.type)
            return f"its words limit no unit beyond what else binds it ({others or 'no other caveat'})"
        kind, _ = load_tables().defaults.get(change.what, ("patrol", 1))
        mine = [unit for unit in units if unit.force.type == kind]
        if not mine:
            return f"no unit of {change.member} follows from {change.what}"
        standing = ", ".join(f"{unit.force.id}{f' ({unit.asset})' if unit.asset else ''}" for unit in mine)
        return f"{standing} stands as {mine[0].status} already"


def compare_pools(
    base_pool: ForcePool,
    changed_pool: ForcePool,
    scenario: Scenario,
    *,
    changes: Sequence[Change] = (),
    n_runs: int = 400,
    n_days: int = 90,
    seed: int = 1,
    policy: str | None = None,
    n_threads: int = 2,
) -> Comparison:
    """Return what changes between two pools, played in the same runs: same ships, regimes and other units."""
    played = [
        simulate_passages(
            scenario, n_runs=n_runs, n_days=n_days, seed=seed, policy=policy, forces=pool.force_units(),
            n_threads=n_threads,
        )
        for pool in (base_pool, changed_pool)
    ]  # fmt: skip
    measures = [outcomes.measures() for outcomes in played]
    base, changed = (
        {word: mean_share(found[name]) for word, name in OUTCOMES.items()} for found in measures
    )  # fmt: skip
    difference = {word: mean_share(measures[1][name] - measures[0][name]) for word, name in OUTCOMES.items()}
    curves = {
        name: np.stack([outcomes.quantiles_by_day(name, (0.25, 0.5, 0.75)) for outcomes in played]) for name in CURVES
    }
    by_day = [outcomes.passages_by_day().sum(axis=(1, 2, 3)) for outcomes in played]
    gained = np.cumsum(by_day[1] - by_day[0])
    return Comparison(
        tuple(changes), base_pool, changed_pool, base, changed, difference, curves, gained, n_runs, n_days, seed
    )  # fmt: skip
