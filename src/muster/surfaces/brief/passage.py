"""The passage half of the brief: with what is committed, what gets through, at which risk and cost."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from muster.assessment.roll import build_roll
from muster.base.actors import display_name
from muster.base.case import Case
from muster.contribution.effects import MemberEffect, leave_one_out
from muster.contribution.pool import ForcePool, build_force_pool
from muster.ledger.view import View
from muster.passage.chart import draw_strait
from muster.passage.forces import ForceUnit
from muster.passage.outcomes import Estimate, Outcomes
from muster.passage.scenario import Scenario, load_scenario
from muster.passage.simulate import simulate_passages
from muster.surfaces.brief.charts import draw_effects, draw_fan
from muster.surfaces.brief.page import EffectRow, ForceRow, PassageSection, PolicyRow
from muster.surfaces.cards.quotes import in_words

POLICIES = {
    "none": "no protection",
    "convoy:12h:20:2": "a convoy every 12 h, up to 20 ships, 2 escorts",
    "demand:6:48h:2:8": "a convoy when 6 ships wait, 2 escorts, up to 8 ships",
    "accompany:1:2": "accompaniment on request, 1 escort, up to 2 ships",
    "corridor:8": "corridor patrol, full cover with 8 units",
}
"""Ways of organising protection that the brief compares; numbers as in `muster.passage.policy`."""
STRAIT_NOTE = (
    "The strait with the lanes of the scenario. Lanes and anchorages are approximate and no chart: no chart-grade "
    "coordinates could be had. Coast: Natural Earth, public domain."
)

DAYS_PER_MONTH = 30.0


def policy_name(policy: str) -> str:
    """Return a policy as a person would say it."""
    plain = policy.removesuffix("+clear")
    name = POLICIES.get(plain, plain)
    return name if plain == policy else f"{name}, mines cleared first"


def policy_row(policy: str, estimates: Mapping[str, Estimate], n_days: int) -> PolicyRow:
    """Return a policy's row: means with the 5 to 95 % range of the runs."""
    passages, share = estimates["passages"], estimates["share_of_normal"]
    month = DAYS_PER_MONTH / n_days
    cost = estimates["cost_usd"].mean / max(passages.mean * n_days, 1e-9)
    return PolicyRow(
        name=policy_name(policy), passages_per_day=f"{passages.mean:.1f} ({passages.low:.1f} to {passages.high:.1f})",
        share_of_normal=f"{share.mean:.0%}", acts_per_30_days=f"{estimates['acts'].mean * month:.2f}",
        confrontations_per_30_days=f"{estimates['confrontations'].mean * month:.2f}", cost=f"${cost:,.0f}",
    )  # fmt: skip


def draw_passages(outcomes: Sequence[tuple[str, Outcomes]], start: date, *, description: str) -> str:
    """Return the fan chart of passages a day, one fan an outcome."""
    rows = []
    for name, outcome in outcomes:
        for day, levels in enumerate(outcome.quantiles_by_day("passages")):
            p05, p25, p50, p75, p95 = (float(value) for value in levels)
            when = (start + timedelta(days=day)).isoformat()
            rows.append({"day": when, "series": name, "p05": p05, "p25": p25, "p50": p50, "p75": p75, "p95": p95})
    return draw_fan(rows, y_title="passages a day", description=description)


def compose_passage(
    case: Case, view: View, *, n_runs: int, n_days: int, seed: int, tell: Callable[[str], None]
) -> PassageSection | None:
    """Return the passage section of a case, or None where the case has no scenario.

    Every policy runs with the same seed: the same ships meet the same dangers, so that differences are the policies'.
    """
    path = case.folder / "scenario.toml"
    if not path.exists():
        return None
    scenario = load_scenario(path)
    pool = build_force_pool(build_roll(view, case), view, case, scenario=scenario)
    units = pool.force_units()
    n_threads = os.cpu_count() or 1

    def run(policy: str) -> Outcomes:
        tell(f"running the strait: {policy_name(policy)}")
        return simulate_passages(
            scenario, n_runs=n_runs, n_days=n_days, seed=seed, policy=policy, forces=units, n_threads=n_threads
        )

    outcomes = {policy: run(policy) for policy in POLICIES}
    estimates = {policy: outcome.estimates() for policy, outcome in outcomes.items()}
    best = max(POLICIES, key=lambda policy: estimates[policy]["passages"].mean)
    shown = [(policy_name(policy), outcomes[policy]) for policy in dict.fromkeys(("none", best))]
    tell("leaving each member out")
    effects = leave_one_out(
        pool, scenario, n_runs=n_runs, n_days=n_days, seed=seed, outcomes=("passages",), policy=best
    )
    rows = [effect_row(effect) for effect in effects]
    return PassageSection(
        sentence=_sentence(estimates, best), strait_svg=_both_themes(scenario), strait_note=STRAIT_NOTE,
        fan_svg=draw_passages(shown, pool.as_of, description="Passages a day by policy, fan chart"),
        fan_note=f"Simulated passages a day from {pool.as_of}, {n_runs} runs: median, half of the runs, nine of ten.",
        policies=tuple(policy_row(policy, estimates[policy], n_days) for policy in POLICIES),
        forces=force_rows(pool), n_forces=len(pool.units), effects_svg=_draw_effects(effects), effects=tuple(rows),
        effects_note=_effects_note(effects, best),
    )  # fmt: skip


def force_rows(pool: ForcePool) -> tuple[ForceRow, ...]:
    """Return the units of the pool with what each rests on."""
    rows = []
    for unit in pool.units:
        force = unit.force
        limits = mask_words(force) + (f" ({len(unit.caveats)} caveats)" if unit.caveats else "")
        what = unit.asset or f"{force.type} (default)"
        if unit.basis != "statement":
            what += ", signature only"
        rows.append(
            ForceRow(
                display_name(force.nation),
                f"{what}: {in_words(unit.what)}, {unit.status}",
                _range(force.p_available, 2),
                f"day {_range(force.arrival_day, 0)}",
                limits,
                unit.quotes[0] if unit.quotes else "",
            )
        )
    return tuple(rows)


def mask_words(force: ForceUnit) -> str:
    """Return a unit's limits in a few words: whom, which lanes, in which regimes, how."""
    parts = [
        f"{name}: {', '.join(sorted(mask)) or 'none'}"
        for name, mask in (
            ("only flags", force.flags), ("only classes", force.classes), ("only lanes", force.routes),
            ("only while the coast is", force.regimes),
        )
        if mask is not None
    ]  # fmt: skip
    if not force.may_answer_boarding:
        parts.append("may not answer a boarding")
    return "; ".join(parts) or "no limit"


def effect_row(effect: MemberEffect) -> EffectRow:
    """Return a member's effect in figures."""
    interval = f"{effect.ci_low:+.2f} to {effect.ci_high:+.2f}"
    return EffectRow(display_name(effect.member), f"{effect.mean_change:+.2f}", interval)


def _draw_effects(effects: Sequence[MemberEffect]) -> str:
    if not effects:
        return ""
    rows = [
        {"name": display_name(e.member), "mean": e.mean_change, "low": e.ci_low, "high": e.ci_high} for e in effects
    ]
    return draw_effects(rows, x_title="change in passages a day", description="Change in passages a day without each")


def _effects_note(effects: Sequence[MemberEffect], policy: str) -> str:
    if not effects:
        return "No member's force is on the roll by this date, so nobody's leaving changes anything."
    return (
        f"Change in passages a day if a member's units do not come, all else equal, under {policy_name(policy)}; mean "
        "and 95 % interval over paired runs."
    )


def _range(value: float | tuple[float, float, float], digits: int) -> str:
    if isinstance(value, tuple):
        low, mode, high = value
        return f"{mode:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
    return f"{value:.{digits}f}"


def _sentence(estimates: Mapping[str, Mapping[str, Estimate]], best: str) -> str:
    """Return what gets through in one sentence: without protection, and with the best way of protecting."""
    bare, helped = estimates["none"], estimates[best]
    more = helped["confrontations"].mean - bare["confrontations"].mean
    return (
        f"Simulated: {bare['passages'].mean:.0f} passages a day without protection "
        f"({bare['share_of_normal'].mean:.0%} of normal; AIS would show {bare['seen'].mean:.0f} of them), "
        f"{helped['passages'].mean:.0f} with the best of the ways compared ({policy_name(best)}), "
        f"at {more:.1f} more confrontations over the whole time."
    )


def _both_themes(scenario: Scenario) -> str:
    """Return the chart twice: the page shows the one that fits the reader's light or dark screen."""
    light = draw_strait(scenario, theme="light", element_id="strait-light")
    dark = draw_strait(scenario, theme="dark", element_id="strait-dark")
    return f'<div class="only-light">{light}</div><div class="only-dark">{dark}</div>'
