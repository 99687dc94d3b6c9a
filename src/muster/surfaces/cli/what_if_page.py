"""The page of `muster what-if`: self-contained HTML, no script, no request to anywhere."""

from pathlib import Path

from jinja2 import Environment

from muster.base.actors import display_name
from muster.base.case import Case
from muster.contribution.paired import LESS_IS_BETTER, OUTCOME_UNITS, OUTCOMES
from muster.contribution.pool import Change, ForcePool, LiftCaveat
from muster.contribution.what_if import Comparison
from muster.contribution.what_if_chart import CURVE_TITLES, gained_curve, paired_curves
from muster.surfaces.style import style_sheet

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What if {{ changes | join(" and ") }}?</title>
<style>{{ css }} figure svg { max-width: 100%; height: auto; } blockquote { margin: .2rem 0; }</style>
<header>
<p class="kicker">{{ case.title }}, as the roll stands on {{ found.base_pool.as_of }}</p>
<h1>What if {{ changes | join(" and ") }}?</h1>
<p><strong>{{ headline }}</strong></p>
{% for sentence in found.unmoved() %}<p>{{ sentence }}.</p>
{% endfor %}</header>
<main>
<h2>What changes</h2>
<div class="scroll"><table>
<thead><tr><th>Outcome</th><th class="num">As it stands</th><th class="num">What if</th><th class="num">Difference</th>
<th class="num">95 % interval</th></tr></thead>
<tbody>{% for row in rows %}<tr><td>{{ row.word }}<br><small>{{ row.unit }}</small></td>
<td class="num">{{ row.base }}</td>
<td class="num">{{ row.changed }}</td><td class="num">{{ row.difference }}</td>
<td class="num">{{ row.interval }}</td></tr>
{% endfor %}</tbody></table></div>
<p class="small">{{ found.n_runs }} runs of {{ found.n_days }} days, seed {{ found.seed }}. Both pools sail in the same
runs: the same ships, the same luck, the same coastal regime until a confrontation changes it. The interval is that of
the difference.</p>
<h2>Day by day</h2>
<figure role="img" aria-label="Passages gained since day 0">{{ gained }}
<figcaption>Passages gained since day 0, mean of the paired differences.</figcaption></figure>
{% for title, svg in charts %}
<figure role="img" aria-label="{{ title }} by day, as the roll stands and what if">{{ svg }}
<figcaption>{{ title }}: median of the runs, and the middle half of them.</figcaption></figure>
{% endfor %}
<h2>The units that differ</h2>
<div class="scroll"><table>
<thead><tr><th>Unit</th><th>Now</th><th>What if</th><th>Words it rests on</th></tr></thead>
<tbody>{% for unit in units %}<tr><td>{{ unit.name }}</td><td>{{ unit.before }}</td><td>{{ unit.after }}</td>
<td>{% for quote in unit.quotes %}<blockquote>“{{ quote }}”</blockquote>{% endfor %}{{ unit.basis }}</td></tr>
{% else %}<tr><td colspan="4">No unit differs: the supposition changes nothing at sea.</td></tr>{% endfor %}</tbody>
</table></div>
<h2>How to read this</h2>
<p>A supposition changes the roll, the roll gives the units, the units sail in the simulator. How a status becomes a
probability and a date is a published table; numbers that nobody has measured are ranges. Nothing here says that a
member would or should do what is supposed.</p>
</main>
</html>
"""


def _number(value: float) -> str:
    size = abs(value)
    if size >= 1e9:
        return f"{value / 1e9:,.2f} bn"
    if size >= 1e6:
        return f"{value / 1e6:,.1f} m"
    return f"{value:,.2f}" if size >= 1 or not size else f"{value:.2g}"


def _describe(pool: ForcePool, name: str) -> str:
    unit = next((unit for unit in pool.units if unit.force.id == name), None)
    if unit is None:
        return "not there"
    force = unit.force
    p = force.p_available[1] if isinstance(force.p_available, tuple) else force.p_available
    day = force.arrival_day[1] if isinstance(force.arrival_day, tuple) else force.arrival_day
    when = f", only when {' or '.join(sorted(force.regimes))}" if force.regimes is not None else ""
    when += f", only on the {' or '.join(sorted(force.routes))} lane" if force.routes is not None else ""
    return f"{unit.status}: comes with probability {p:.2f}, about day {day:.0f}{when}"


def _words(change: Change) -> str:
    """Return a supposition in words."""
    name = display_name(change.member)
    if isinstance(change, LiftCaveat):
        return f"{name} lifts its {change.type} caveats"
    matter = change.what.replace("_", " ")
    return f"{name} stands at {change.status} on {matter} from {change.on.day} {change.on:%B %Y}"


def _headline(found: Comparison) -> str:
    ships, risk = found.difference["passages"], found.difference["confrontations"]
    if ships.mean == 0 and risk.mean == 0:
        return "Nothing changes: in no run do other units come."
    sure = "" if ships.ci_low * ships.ci_high > 0 else ", an interval that includes zero"
    word = "more" if ships.mean >= 0 else "fewer"
    text = f"{abs(ships.mean):.2g} {word} passages a day (95 %: {ships.ci_low:.2g} to {ships.ci_high:.2g}{sure})"
    change = "more" if risk.mean >= 0 else "fewer"
    return f"{text}, and {abs(risk.mean):.2g} {change} challenges of escorted ships in {found.n_days} days."


def write_what_if_page(found: Comparison, case: Case, path: Path) -> None:
    """Write the comparison as one self-contained HTML page."""
    before = {unit.force.id: unit for unit in found.base_pool.units}
    after = {unit.force.id: unit for unit in found.changed_pool.units}
    names = [
        name
        for name in sorted({*before, *after})
        if name not in before or name not in after or before[name].force != after[name].force
    ]
    units = [
        {
            "name": name, "before": _describe(found.base_pool, name), "after": _describe(found.changed_pool, name),
            "quotes": (before.get(name) or after[name]).quotes[:3],
            "basis": "" if (before.get(name) or after[name]).quotes else "supposed: no statement",
        }
        for name in names
    ]  # fmt: skip
    rows = [
        {
            "word": word + (" (less is better)" if word in LESS_IS_BETTER else ""), "unit": OUTCOME_UNITS[word],
            "base": _number(found.base[word].mean), "changed": _number(found.changed[word].mean),
            "difference": _number(found.difference[word].mean),
            "interval": f"{_number(found.difference[word].ci_low)} to {_number(found.difference[word].ci_high)}",
        }
        for word in OUTCOMES
    ]  # fmt: skip
    from markupsafe import Markup

    css = style_sheet()
    charts = [(CURVE_TITLES[name], Markup(paired_curves(name, curve))) for name, curve in found.curves.items()]  # noqa: S704 - our own SVG
    page = Environment(autoescape=True).from_string(_PAGE)
    text = page.render(
        case=case, found=found, changes=[_words(change) for change in found.changes],
        gained=Markup(gained_curve(found.gained)),  # noqa: S704 - our own SVG
        headline=_headline(found), rows=rows,
        charts=charts, units=units, css=Markup(css),  # noqa: S704 - our own style sheet
    )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
