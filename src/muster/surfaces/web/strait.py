"""The passage half behind the pages: scenario, force pool, and fast paired runs, kept between requests."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from muster.contribution.pool import ForcePool, build_force_pool
from muster.ledger.view import View
from muster.passage.experiments import Comparison
from muster.passage.forces import ForceUnit
from muster.passage.outcomes import Outcomes
from muster.passage.policy import parse_policy
from muster.passage.scenario import Scenario, load_scenario
from muster.passage.simulate import simulate_passages
from muster.passage.story import RunStory, replay_run
from muster.surfaces.web.site import Site

LIVE_RUNS = 120
"""Runs of a live answer: under a second on one core, with an interval of about a tenth of the spread."""
LIVE_DAYS = 60
SEED = 7
_KEPT = 48


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader sets: a policy, the members whose units stay away, those whose caveats are lifted."""

    policy: str
    without: tuple[str, ...] = ()
    lifted: tuple[str, ...] = ()


@dataclass(slots=True)
class Strait:
    """The scenario of the served case; outcomes are kept by question and by the ledger's revision."""

    site: Site
    scenario: Scenario
    _kept: OrderedDict[tuple[object, ...], Outcomes] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, site: Site) -> "Strait | None":
        """Return the strait of a site's case, or None where it has no scenario."""
        path = site.case.folder / "scenario.toml"
        return cls(site, load_scenario(path)) if path.exists() else None

    def pool(self, view: View) -> ForcePool:
        """Return the force pool that the roll supports at a view."""
        return build_force_pool(self.site.roll(view), view, self.site.case, scenario=self.scenario)

    def units(self, pool: ForcePool, question: Question) -> tuple[ForceUnit, ...]:
        """Return the pool's units under a question."""
        units = pool.force_units(without=question.without)
        return tuple(
            replace(unit, flags=None, classes=None, routes=None, regimes=None, may_answer_boarding=True)
            if unit.nation in question.lifted
            else unit
            for unit in units
        )

    def outcomes(self, view: View, question: Question) -> Outcomes:
        """Return the outcomes of a question; the same ships under every question."""
        key = (view.as_of, view.known_at, question)
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = simulate_passages(
                self.scenario, n_runs=LIVE_RUNS, n_days=LIVE_DAYS, seed=SEED, policy=parse_policy(question.policy),
                forces=self.units(self.pool(view), question),
            )  # fmt: skip
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return found

    def warm(self) -> None:
        """Compile the model and keep the first answers, so that the first reader need not wait."""
        for policy in ("none", "convoy:12h:20:2"):
            self.outcomes(self.site.ledger.view(as_of=self.site.case.as_of), Question(policy))

    def compare(self, view: View, questions: Sequence[Question]) -> Comparison:
        """Return paired outcomes; the first is the base."""
        return Comparison(tuple(self.outcomes(view, question) for question in questions))

    def story(self, view: View, question: Question, run: int) -> RunStory:
        """Return one run, event by event."""
        return replay_run(
            self.scenario, seed=SEED, run=run, n_days=14, policy=parse_policy(question.policy),
            forces=self.units(self.pool(view), question),
        )  # fmt: skip
