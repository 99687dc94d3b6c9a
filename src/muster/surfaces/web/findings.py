"""What the contribution half finds, for pages: shares, the next ask, the frontier, the roster; long work, kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import vl_convert as vlc
from markupsafe import Markup

from muster.assessment.tension import find_tensions
from muster.base.actors import display_name
from muster.base.errors import NotFoundError
from muster.contribution.executor import SerialExecutor
from muster.contribution.frontier import POLICIES, named_pools, play_frontier
from muster.contribution.gantt import gantt_chart
from muster.contribution.next_ask import NextAsk, rank_next_asks
from muster.contribution.paired import OUTCOME_UNITS
from muster.contribution.pool import ForcePool
from muster.contribution.roster import solve_roster
from muster.contribution.roster_forces import default_needs, roster_units
from muster.contribution.shares import play_shares, shares_of
from muster.contribution.what_if_chart import frontier_chart
from muster.ledger.view import View
from muster.passage.scenario import Scenario
from muster.surfaces.brief.charts import draw_effects
from muster.surfaces.brief.passage import policy_name
from muster.surfaces.web.site import Site

Tell = Callable[[str], None]

N_RUNS = 60
"""Runs of a finding on a page: a minute or so on one core; the command line takes more (`muster shares --runs`)."""
N_DAYS = 90
ROSTER_DAYS = 180
SEED = 1
OUTCOME = "passages"
MOST_DRAWN = 16


@dataclass(frozen=True, slots=True)
class Finding:
    """A table with a figure and sentences, for one revision of the ledger.

    Attributes
    ----------
    columns, rows : headings, and cells as text
    n_words : int
        So many columns from the left are words, the others numbers.
    """

    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_words: int
    figure: Markup
    revision: str
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of finding: its page's heading, what it means, and how it is found."""

    title: str
    meaning: str
    find: Callable[[Site, Tell], Finding]


def _finding(
    site: Site, sentences: tuple[str, ...], columns: str, rows: Sequence[tuple[str, ...]], n_words: int, svg: str
) -> Finding:
    figure = Markup(svg)  # noqa: S704  drawn by us; names in it are escaped by the drawer
    names = tuple(columns.split("|"))
    return Finding(sentences, names, tuple(rows), n_words, figure, site.revision(), datetime.now(UTC))


def _counter(tell: Tell, n_all: int, what: str) -> Callable[[int], None]:
    done = 0

    def count(n: int) -> None:
        nonlocal done
        done += n
        tell(f"{done} of {n_all} {what}")

    return count


def _scene(site: Site, tell: Tell) -> tuple[View, ForcePool, Scenario]:
    if site.strait is None:
        raise NotFoundError(f"case {site.case.name} has no passage scenario", next_step="Add a scenario.toml to it")
    tell("opening the view")
    view: View = site.ledger.view(as_of=site.case.as_of)
    return view, site.strait.pool(view), site.strait.scenario


def find_shares(site: Site, tell: Tell) -> Finding:
    """Shapley shares of passages a day, beside what each member pays."""
    _, pool, scenario = _scene(site, tell)
    game, result = play_shares(
        pool, scenario, n_runs=N_RUNS, n_days=N_DAYS, seed=SEED, executor=SerialExecutor(),
        on_progress=_counter(tell, N_RUNS, "runs"),
    )  # fmt: skip
    found = shares_of(game, result, OUTCOME)
    rows = [
        (
            display_name(m.member), str(m.n_units), f"{m.share.mean:+.3f}",
            f"{m.share.ci_low:+.3f} to {m.share.ci_high:+.3f}", f"{m.leave_one_out.mean:+.3f}",
            f"{m.add_one_in.mean:+.3f}", f"${m.cost_usd / 1e6:,.1f} M", _percent(m.cost_part), _percent(m.gdp_part),
        )
        for m in found.members
    ]  # fmt: skip
    drawn = [
        {"name": display_name(m.member), "mean": m.share.mean, "low": m.share.ci_low, "high": m.share.ci_high}
        for m in found.members[:MOST_DRAWN]
    ]
    unit = OUTCOME_UNITS[OUTCOME]
    sentences = (
        (
            f"All members together change {unit} by {found.whole.mean:+.2f} (95 %: {found.whole.ci_low:+.2f} to "
            f"{found.whole.ci_high:+.2f}), from {found.none.mean:.2f} without them; {found.n_runs} runs of {N_DAYS} "
            f"days, {found.n_simulations:,} simulations."
        ),
        "A share is the Shapley value: the member's mean addition over all orders of joining.",
    )
    columns = "Member|Units|Share|95 %|Leaving alone|Joining alone|Cost|Part of cost|Part of GDP"
    chart = draw_effects(drawn, x_title=f"Share of {unit}", description=f"Shares of {unit} by member")
    return _finding(site, sentences, columns, rows, 1, chart)


def find_next(site: Site, tell: Tell) -> Finding:
    """The open ask, caveat or pledge that would change most if it were met."""
    view, _, scenario = _scene(site, tell)
    roll = site.roll(view)
    tell("playing each possibility against the roll as it stands, in the same runs")
    found = rank_next_asks(
        roll, view, site.case, scenario, outcome=OUTCOME, n_runs=N_RUNS, n_days=N_DAYS, seed=SEED,
        tensions=find_tensions(view, site.case, roll), executor=SerialExecutor(),
        on_progress=_counter(tell, N_RUNS, "runs"),
    )  # fmt: skip
    groups: dict[tuple[object, ...], list[NextAsk]] = {}
    for row in found:
        effect = row.effects[OUTCOME]
        groups.setdefault((row.kind, row.matter, effect.mean, effect.half_width), []).append(row)
    same = list(groups.values())
    words = {"ask": "answers the ask for", "pledge": "keeps its pledge of", "caveat": "lifts caveats:"}
    rows, drawn = [], []
    for group in same:
        row, effect = group[0], group[0].effects[OUTCOME]
        names = ", ".join(display_name(item.member) for item in group)
        what = f"{words[row.kind]} {row.matter.replace('_', ' ')}"
        rows.append(
            (
                names if len(group) == 1 else f"any of {len(group)}: {names}", what, row.status,
                row.reasons[0] if row.reasons else "", row.price[0] if row.price else "", f"{effect.mean:+.3f}",
                f"{effect.ci_low:+.3f} to {effect.ci_high:+.3f}", f"{row.effects['confrontations'].mean:+.2f}",
            )
        )  # fmt: skip
        name = display_name(row.member) if len(group) == 1 else f"any of {len(group)}"
        drawn.append(
            {"name": f"{name}: {row.matter.replace('_', ' ')}", "mean": effect.mean, "low": effect.ci_low,
             "high": effect.ci_high}
        )  # fmt: skip
    unit = OUTCOME_UNITS[OUTCOME]
    sentences = (
        f"{len(found)} possibilities, each in the same {N_RUNS} runs of {N_DAYS} days; those alike are one row.",
    )
    columns = "Member|If it|Now|Why it is open|Political price|Change|95 %|Confrontations"
    chart = draw_effects(drawn[:MOST_DRAWN], x_title=f"Change of {unit}", description=f"Change of {unit} if met")
    return _finding(site, sentences, columns, rows, 5, chart)


def find_frontier(site: Site, tell: Tell) -> Finding:
    """More passages or fewer confrontations: policies and force pools."""
    _, pool, scenario = _scene(site, tell)
    pools = named_pools(pool)
    points = play_frontier(
        pools, scenario, policies=POLICIES, n_runs=N_RUNS, n_days=N_DAYS, seed=SEED, executor=SerialExecutor(),
        on_progress=_counter(tell, len(POLICIES) * len(pools), "points at most"),
    )  # fmt: skip
    rows = [
        (
            policy_name(p.policy), p.pool, "yes" if p.is_frontier else "", str(p.n_units), f"{p.passages.mean:.2f}",
            f"{p.passages.ci_low:.2f} to {p.passages.ci_high:.2f}", f"{p.confrontations.mean:.2f}",
            f"${p.usd_per_passage['all']:,.0f}", f"${p.usd_per_bbl['all']:.2f}",
        )
        for p in points
    ]  # fmt: skip
    chart = frontier_chart([
        {"policy": policy_name(p.policy), "pool": p.pool, "passages": p.passages.mean, "is_frontier": p.is_frontier,
         "confrontations": p.confrontations.mean}
        for p in points
    ])  # fmt: skip
    sentences = (
        (
            f"{len(points)} points, {N_RUNS} runs of {N_DAYS} days each, the same ships in all. Best: no other point "
            "has at least as many passages with no more confrontations."
        ),
    )
    columns = "Policy|Force pool|Best|Units|Passages a day|95 %|Confrontations|Cost a passage|Cost a barrel"
    return _finding(site, sentences, columns, rows, 3, chart)


def find_roster(site: Site, tell: Tell) -> Finding:
    """Which unit is on station when."""
    _, pool, _ = _scene(site, tell)
    units = roster_units(pool, n_days=ROSTER_DAYS)
    needs = default_needs(units)
    tell("solving; at most half a minute")
    found = solve_roster(units, needs, n_days=ROSTER_DAYS)
    if found.status == "infeasible":
        why = tuple(f"{item.rule}: {item.sentence} ({item.amount:g} {item.unit})" for item in found.relaxations)
        return _finding(site, ("No roster keeps the hard floors.", *why), "Unit", [], 1, "")
    sentences = (
        (
            f"{found.status.capitalize()}: {found.covered_unit_days:.0f} of {found.needed_unit_days:.0f} needed unit-"
            f"days over {ROSTER_DAYS} days, proven within {100 * found.gap:.2f} % of the best; {found.seconds:.1f} s."
        ),
        *(
            f"{need.role.replace('_', ' ').capitalize()}: {need.needed} needed; the worst day has "
            f"{100 * found.smallest_coverage[need.role]:.0f} % of that, and no roster could keep more than "
            f"{100 * found.smallest_bound[need.role]:.0f} %."
            for need in needs
        ),
    )
    rows = [
        (s.unit_id, display_name(s.nation), s.type, s.role.replace("_", " "), str(s.sail_day), str(s.from_day),
         str(s.until_day), str(s.home_day))
        for s in found.stints
    ]  # fmt: skip
    columns = "Unit|Member|Type|Task|Sails, day|On station from|Until|Home"
    tell("drawing")
    svg: str = vlc.vegalite_to_svg(gantt_chart(found, units, needs).to_json())
    return _finding(site, sentences, columns, rows, 4, svg)


def _percent(part: float | None) -> str:
    return "" if part is None else f"{100 * part:.1f} %"


QUESTIONS: dict[str, Question] = {
    "shares": Question(
        "Who adds what: shares of the passage",
        "What each member's units add to the passages a day, beside what it pays and what it has.", find_shares,
    ),
    "next": Question(
        "The next ask: what would change most",
        "Each open ask, each caveat that could be lifted and each unmet pledge, as if it were met.", find_next,
    ),
    "frontier": Question(
        "The frontier: more passages or fewer confrontations",
        "Ways of protecting ships with the lead alone, with units that have moved, and with all that is promised.",
        find_frontier,
    ),
    "roster": Question(
        "The roster: who is on station when",
        "A plan that keeps transit, rest and mandates: most coverage first, then an even burden.", find_roster,
    ),
}  # fmt: skip
