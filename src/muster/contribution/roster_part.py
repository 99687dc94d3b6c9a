"""The best roster of tasks that share units: the highest level that can be kept, then the most coverage.

From the highest level that the linear relaxation allows downwards: a bound (`roster_bound`), searches (`roster_search`)
over the stints that can be in a good roster, then HiGHS over those that can be in a better one than was found. A level
for which no roster is found is handed to HiGHS in a process of its own to be excluded, while the next one is solved.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from muster.contribution.roster_bound import N_STEPS, losses_at, lower_bound_by_prices, rounded_down
from muster.contribution.roster_candidates import Candidates, find_candidates
from muster.contribution.roster_level import levels_of, most_alone
from muster.contribution.roster_network import Arc, Network, build_network
from muster.contribution.roster_search import search_roster
from muster.contribution.roster_solver import Solution, solve_linear, solve_problem
from muster.contribution.roster_units import RosterUnit

COVERAGE_GAP = 1e-3
"""Stop when coverage is proven within this share of the best possible."""

NARROW_SHARE = 2e-3
"""Searches keep to stints with a loss of at most this share of the bound: a tenth to a third of all, three times as
fast, and what they find is better (measured on the generated fleets)."""

LEAST_LOSS = 1e-6
"""Unit-days: a smaller loss is within the tolerance of the relaxation that the prices come from."""

SEARCH_SHARE = 0.12
"""The first pair of searches takes this share of the time left; then HiGHS is asked, and one search goes on beside."""

ROUND_SHARE, LEAST_ROUND_S = 0.7, 10.0
"""HiGHS is asked in rounds of this share of the time left: a better roster leaves it fewer stints in the next."""

MOST_SEARCHED_ARCS = 6000
"""Stints that a search is given at most, those with the least loss."""

WIDEN = 4.0
"""HiGHS is given the stints within `NARROW_SHARE` first, which it solves in seconds, then so many times that loss each
time it has done with a choice, up to the open gap: 2,395 stints of daily fleet 1 took 8 s and held the best roster."""

MOST_ARCS = 12_000
"""Stints that HiGHS is given at most; the bound of the rest is that of the prices less their loss. Those of equal worth
must be among them: of the 19,060 stints of daily fleet 2 5,691 have no loss, and a smaller choice can prove nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """A solved part: `level` is the share of the need kept on the worst day, `covered` weighted unit-days.

    `level_bound` is the most that its tasks could all keep together, `alone` what each could if it came first.
    """

    arcs: tuple[Arc, ...]
    level: float
    level_bound: float
    alone: tuple[float, ...]
    covered: float
    bound: float
    status: str


@dataclass(slots=True)
class _Level:
    """One level under work: what is proven and what is found.

    `bound` is the lowest that is proven, by prices or by HiGHS; `price_bound` is that of `price`, not rounded: losses
    count from it. `width` is the loss up to which HiGHS is given stints, in `NARROW_SHARE`s of the bound.
    """

    network: Network
    units: Sequence[RosterUnit]
    level: float
    candidates: Candidates
    bound: float
    price: NDArray[np.float64] | None
    price_bound: float = float("inf")
    width: float = 1.0
    best: tuple[Arc, ...] = ()
    missing: float = float("inf")

    @property
    def covered(self) -> float:
        return self.network.needed_unit_days - self.missing

    def is_found(self) -> bool:
        """Whether a roster that keeps the level is known."""
        return bool(np.isfinite(self.missing))

    @property
    def enough(self) -> float:
        """Missing unit-days at which the gap is closed."""
        return self.network.needed_unit_days - self.bound / (1.0 + COVERAGE_GAP)

    @property
    def is_closed(self) -> bool:
        return self.is_found() and self.missing <= self.enough + 1e-9

    def take(self, arcs: Sequence[Arc]) -> None:
        """Keep a roster if it is better and keeps the level."""
        if self.candidates.keeps_floor(arcs):
            missing = self.candidates.missing(arcs)
            if missing < self.missing:
                self.best, self.missing = tuple(sorted(arcs)), missing

    def losses(self) -> NDArray[np.float64]:
        """Return each stint's loss against the bound; none where there are no prices."""
        if self.price is None:
            return np.zeros(len(self.candidates.arcs))
        return losses_at(self.candidates, self.price)


def _open_level(network: Network, units: Sequence[RosterUnit], level: float, until: float) -> _Level | None:
    """Return a level with its bound; None where the linear relaxation excludes it."""
    problem, needed = network.with_level(level).with_cost(network.coverage_cost()), network.needed_unit_days
    solved = solve_linear(problem, time_limit_s=max(1.0, until - perf_counter()), offset=-needed)
    if solved.status == "infeasible":
        return None
    candidates = find_candidates(units, network, level)
    frame = _Level(network, units, level, candidates, needed, None)
    if solved.prices is not None:
        _lower_bound(frame, network.day_prices(solved.prices), target=0.99 * -solved.objective)
    return frame


def _lower_bound(frame: _Level, price: NDArray[np.float64], *, target: float, n_steps: int = N_STEPS) -> None:
    frame.price_bound, frame.price = lower_bound_by_prices(frame.candidates, price, target=target, n_steps=n_steps)
    frame.bound = min(frame.bound, rounded_down(frame.price_bound, frame.candidates.weights))


def _search_pair(frame: _Level, candidates: Candidates, *, seconds: float, seed: int) -> None:
    """Search twice at once: from nothing, and from the best roster so far."""
    until = perf_counter() + seconds

    def search(number: int) -> tuple[Arc, ...]:
        begin = frame.best if number else ()
        return search_roster(candidates, until=until, start=begin, seed=seed + number, enough=frame.enough)[0]

    with ThreadPoolExecutor(2) as pool:
        for arcs in list(pool.map(search, range(2))):
            frame.take(arcs)


def _narrowed(frame: _Level, *, most_loss: float, most_arcs: int) -> tuple[Candidates, float]:
    """Return the candidates with a loss up to a limit, so many at most, and the most that a roster with another covers.

    A roster with a stint that is left out covers at most the bound of the prices less that stint's loss.
    """
    losses = frame.losses()
    chance = np.random.default_rng(len(losses)).random(len(losses))  # of stints with no loss at all some of every unit
    kept = losses <= max(most_loss, 0.0) + LEAST_LOSS
    kept[np.lexsort((chance, losses))[most_arcs:]] = False
    if kept.all():
        return frame.candidates, 0.0
    return frame.candidates.only(kept), frame.price_bound - float(losses[~kept].min())


def columns_of(
    network: Network, arcs: Sequence[Arc], level: float = 0.0, *, time_limit_s: float = 10.0
) -> NDArray[np.float64] | None:
    """Return the columns of a known roster: stints, waiting and coverage."""
    index = {arc: j for j, arc in enumerate(network.arcs)}
    if any(arc not in index for arc in arcs):
        return None
    problem, n_arcs = network.with_level(level), len(network.arcs)
    fixed = replace(problem, lower=problem.lower.copy(), upper=problem.upper.copy())
    fixed.lower[:n_arcs] = fixed.upper[:n_arcs] = 0.0
    chosen = [index[arc] for arc in arcs]
    fixed.lower[chosen] = fixed.upper[chosen] = 1.0
    values = solve_linear(fixed.with_cost(network.coverage_cost()), time_limit_s=time_limit_s).values
    if values is not None:
        values[:n_arcs] = np.round(values[:n_arcs])
    return values


def chosen_arcs(network: Network, solution: Solution) -> tuple[Arc, ...]:
    """Return the stints that a solution sails."""
    if solution.values is None:
        return ()
    picked = np.flatnonzero(solution.values[: len(network.arcs)] > 0.5)
    return tuple(network.arcs[j] for j in picked)


def _ask_solver(frame: _Level, *, until: float) -> None:
    """Give HiGHS the stints that a better roster can have, search on beside it, and keep what both find."""
    open_gap = frame.price_bound - frame.covered if frame.is_found() else np.inf
    most_loss = min(open_gap, frame.width * NARROW_SHARE * frame.bound)
    candidates, with_others = _narrowed(frame, most_loss=most_loss, most_arcs=MOST_ARCS)
    searched, _ = _narrowed(frame, most_loss=NARROW_SHARE * frame.bound, most_arcs=MOST_SEARCHED_ARCS)
    arcs = sorted({*candidates.arcs, *frame.best})
    whole = frame.network
    network = build_network(
        frame.units, whole.needs, n_days=candidates.n_days, step_days=1, arcs=arcs, windows=whole.windows
    )
    left = max(1.0, 0.3 * (until - perf_counter()))
    start = columns_of(network, frame.best, frame.level, time_limit_s=left) if frame.is_found() else None
    ends = until - perf_counter()
    if ends < 1.0:
        return
    stop = [False]
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(
            solve_problem, network.with_level(frame.level).with_cost(network.coverage_cost()), start=start,
            offset=-whole.needed_unit_days, gap=COVERAGE_GAP, n_threads=1, time_limit_s=ends,
            is_degenerate=True, is_stopped=lambda: stop[0],
        )  # fmt: skip
        seed = 100
        while not asked.done() and until - perf_counter() > 0.5:
            ends = perf_counter() + min(5.0, until - perf_counter())
            begin = frame.best if seed % 2 else ()
            frame.take(search_roster(searched, until=ends, start=begin, seed=seed, enough=frame.enough)[0])
            seed += 1
            if frame.is_closed:
                stop[0] = True
                break
        solved = asked.result()
    frame.take(chosen_arcs(network, solved))
    excluded = -solved.bound if np.isfinite(solved.bound) else frame.bound
    if solved.status == "infeasible":
        excluded = 0.0
    if solved.status in ("optimal", "infeasible"):
        frame.width *= WIDEN
    proven = max(frame.covered if frame.is_found() else 0.0, excluded, with_others)
    frame.bound = min(frame.bound, rounded_down(proven, candidates.weights))


def _improve(frame: _Level, *, until: float) -> None:
    """Search and solve until the gap is closed or time is up."""
    left = until - perf_counter()
    if frame.is_closed or left < 1.0:
        return
    narrow, _ = _narrowed(frame, most_loss=NARROW_SHARE * frame.bound, most_arcs=MOST_SEARCHED_ARCS)
    _search_pair(frame, narrow, seconds=SEARCH_SHARE * left, seed=10)
    while not frame.is_closed and (left := until - perf_counter()) > 1.0:
        if frame.price is not None and frame.is_found():
            _lower_bound(frame, frame.price, target=frame.covered, n_steps=N_STEPS // 5)
        share = 1.0 if left < 2 * LEAST_ROUND_S else ROUND_SHARE
        _ask_solver(frame, until=perf_counter() + share * left)


def _find_first(frame: _Level, start: Sequence[Arc], *, seconds: float) -> None:
    """Look for any roster that keeps the level: the one given, else among good stints, else among all."""
    known = set(frame.candidates.arcs)
    frame.take([arc for arc in start if arc in known])
    if frame.is_found():
        return
    narrow, _ = _narrowed(frame, most_loss=NARROW_SHARE * frame.bound, most_arcs=MOST_SEARCHED_ARCS)
    for candidates in (narrow, frame.candidates):
        _search_pair(frame, candidates, seconds=seconds, seed=1)
        if frame.is_found():
            return


def _exclude(frame: _Level, *, until: float, is_stopped: Callable[[], bool]) -> Solution:
    """Ask HiGHS whether any roster keeps the level; without heuristics, which take most of its time here in vain."""
    problem = frame.network.with_level(frame.level)
    return solve_problem(
        problem.with_cost(np.zeros(len(problem.cost))), time_limit_s=max(1.0, until - perf_counter()), n_threads=1,
        heuristic_effort=0.0, is_stopped=is_stopped,
    )  # fmt: skip


def solve_part(network: Network, *, until: float, start: Sequence[Arc], units: Sequence[RosterUnit]) -> Part:
    """Return the best roster of one part; see the module for how.

    Parameters
    ----------
    network : Network
    until : float
        When to end (`time.perf_counter`), seconds.
    start : sequence of Arc
        A known roster, empty where there is none.
    units : sequence of RosterUnit
    """
    doubted: list[tuple[_Level, Future[Solution]]] = []
    top: float | None = None
    is_over = [False]
    alone = tuple(most_alone(network, r, until=until) for r in range(len(network.needs)))
    pairs = tuple(zip(network.needs, alone, strict=True))
    with ThreadPoolExecutor(1) as pool:
        for level in levels_of(network.needs):
            if any(need.units_at(level) > share * need.needed + 1e-9 for need, share in pairs):
                continue
            frame = _open_level(network, units, level, until)
            if frame is None:
                continue
            top = level if top is None else top
            _find_first(frame, start, seconds=max(0.5, 0.06 * (until - perf_counter())))
            if not frame.is_found():
                asked = pool.submit(_exclude, frame, until=until, is_stopped=lambda: is_over[0])
                doubted.append((frame, asked))
                continue
            _improve(frame, until=until)
            higher = _settle(doubted, until=until)
            if higher is not None:
                frame = higher
                _improve(frame, until=until)
            is_over[0] = True
            return _finished(frame, doubted, alone)
        answers = [asked.result().status for _, asked in doubted]
    is_excluded = all(answer == "infeasible" for answer in answers)
    return Part((), 0.0, top or 0.0, alone, 0.0, network.needed_unit_days, "infeasible" if is_excluded else "unknown")


def _settle(doubted: Sequence[tuple[_Level, Future[Solution]]], *, until: float) -> _Level | None:
    """Wait for the higher levels' proofs; return the highest that turned out to have a roster after all."""
    for frame, asked in doubted:
        solved = asked.result(timeout=max(10.0, 10.0 + until - perf_counter()))
        if solved.values is not None and solved.status != "infeasible":
            frame.take(chosen_arcs(frame.network, solved))
            if frame.is_found():
                return frame
    return None


def _finished(frame: _Level, doubted: Sequence[tuple[_Level, Future[Solution]]], alone: tuple[float, ...]) -> Part:
    """Return the part that a level makes; its level is proven where all higher ones are excluded."""
    higher = [other.level for other, asked in doubted if other.level > frame.level and not _is_excluded(asked)]
    is_proven = not higher
    status = "optimal" if is_proven and frame.is_closed else "feasible"
    together = max(higher, default=frame.level)
    alone = (min(together, *alone),) if len(alone) == 1 else alone
    return Part(frame.best, frame.level, together, alone, frame.covered, frame.bound, status)


def _is_excluded(asked: Future[Solution]) -> bool:
    return asked.done() and asked.result().status == "infeasible"
