"""The passage half of the brief: with what is committed, what gets through, at which risk and cost."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from muster.passage.outcomes import Estimate, Outcomes
from muster.surfaces.brief.charts import draw_fan
from muster.surfaces.brief.page import PolicyRow

POLICY_WORDS = {
    "none": "no protection", "convoy": "convoys at fixed intervals", "demand": "convoys on demand",
    "accompany": "accompaniment on request", "corridor": "corridor patrol",
}  # fmt: skip
DAYS_PER_MONTH = 30.0


def policy_name(text: str) -> str:
    """Return a policy as a person would say it, with its numbers after."""
    kind, _, rest = text.partition(":")
    words = POLICY_WORDS.get(kind, kind)
    return f"{words} ({rest.replace(':', ', ')})" if rest else words


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
