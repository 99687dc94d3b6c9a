"""The passage page: the strait, a run that plays, and controls that run the model again against the base."""

import json
from dataclasses import dataclass, replace

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from muster.base.actors import display_name
from muster.base.errors import InputError, NotFoundError
from muster.ledger.view import View
from muster.passage.chart import animation_frames, draw_strait
from muster.passage.outcomes import MEASURES, estimate
from muster.surfaces.brief.passage import POLICIES, draw_passages, force_rows, policy_name, policy_row
from muster.surfaces.web.site import Site
from muster.surfaces.web.strait import LIVE_DAYS, LIVE_RUNS, Question, Strait

SHOWN_MEASURES = ("passages", "oil_mbbl", "mean_wait_h", "acts", "confrontations", "cost_usd")
MOST_POLICY_CHARACTERS = 60
PLAYED_HOURS = 14 * 24


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One measure under the question against the base."""

    meaning: str
    base: str
    value: str
    change: str


def question_of(request: Request, members: tuple[str, ...]) -> Question:
    """Return what the address asks; the scenario's own policy by default.

    Raises
    ------
    InputError
        A member or the policy's text is not known.
    """
    from muster.passage.policy import parse_policy

    query = request.query_params
    policy = query.get("policy", "").strip()[:MOST_POLICY_CHARACTERS] or "convoy:12h:20:2"
    parse_policy(policy)
    chosen = {}
    for name in ("without", "lift"):
        codes = tuple(sorted(set(query.getlist(name))))
        unknown = [code for code in codes if code not in members]
        if unknown:
            rule = f"members with units: {', '.join(members) or 'none'}"
            raise InputError(f"{name} {unknown[0]!r} has no units in the pool", rule=rule)
        chosen[name] = codes
    return Question(policy, chosen["without"], chosen["lift"])


def base_of(question: Question) -> Question:
    """Return the base: no protection where only the policy was changed, else the same policy with everybody."""
    return Question(question.policy if question.without or question.lifted else "none")


def show_passage(site: Site, request: Request) -> Response:
    """The whole page."""
    strait, view = _strait(site), site.view(request)
    pool = strait.pool(view)
    members = tuple(pool.contributors)
    question = question_of(request, members)
    values = _figures(strait, view, question) | {
        "policies": [(text, policy_name(text)) for text in POLICIES], "question": question,
        "members": [(code, display_name(code), code in question.without, code in question.lifted) for code in members],
        "forces": force_rows(pool), "rows": _policy_rows(strait, view), "strait_light": _chart(strait, "light"),
        "strait_dark": _chart(strait, "dark"), "run": _run_json(strait, view, question), "n_runs": LIVE_RUNS,
        "n_days": LIVE_DAYS,
    }  # fmt: skip
    return HTMLResponse(site.render("passage.html.j2", "/passage", values, view))


def show_fragment(site: Site, request: Request) -> Response:
    """The figures alone, for the controls that run live."""
    strait, view = _strait(site), site.view(request)
    question = question_of(request, tuple(strait.pool(view).contributors))
    return HTMLResponse(site.render("passage_figures.html.j2", "/passage", _figures(strait, view, question), view))


def _strait(site: Site) -> Strait:
    found: Strait | None = site.strait
    if found is None:
        raise NotFoundError(f"case {site.case.name} has no passage scenario", next_step="Add a scenario.toml to it")
    return found


def _figures(strait: Strait, view: View, question: Question) -> dict[str, object]:
    base = base_of(question)
    comparison = strait.compare(view, (base, question))
    names = (_name(base), _name(question))
    fan = draw_passages(
        list(zip(names, comparison.outcomes, strict=True)), view.as_of, description="Passages a day, base and question"
    )
    rows = []
    for measure, row in comparison.differences(1).items():
        if measure in SHOWN_MEASURES:
            change = row.difference
            low, high = change.mean - change.half_width, change.mean + change.half_width
            rows.append(
                DifferenceRow(
                    MEASURES[measure], _figure(row.baseline), _figure(row.value),
                    f"{_figure(change.mean, sign=True)} ({_figure(low, sign=True)} to {_figure(high, sign=True)})",
                )
            )  # fmt: skip
    return {"fan": Markup(fan), "differences": rows, "base_name": names[0], "question_name": names[1]}  # noqa: S704


def _name(question: Question) -> str:
    name = policy_name(question.policy)
    if question.without:
        name += f", without {', '.join(display_name(code) for code in question.without)}"
    if question.lifted:
        name += f", caveats of {', '.join(display_name(code) for code in question.lifted)} lifted"
    return name


def _figure(value: float, *, sign: bool = False) -> str:
    plus = "+" if sign else ""
    size = abs(value)
    if size >= 1e9:
        return f"{value / 1e9:{plus}.2f} bn"
    if size >= 1e6:
        return f"{value / 1e6:{plus}.2f} M"
    return f"{value:{plus},.0f}" if size >= 1000 else f"{value:{plus}.2f}"


def _policy_rows(strait: Strait, view: View) -> list[object]:
    rows: list[object] = []
    for policy in POLICIES:
        measures = strait.outcomes(view, Question(policy)).measures()
        estimates = {name: estimate(values) for name, values in measures.items()}
        rows.append(policy_row(policy, estimates, LIVE_DAYS))
    return rows


def _chart(strait: Strait, theme: str) -> Markup:
    svg = draw_strait(strait.scenario, theme=theme, element_id=f"strait-{theme}", has_player=True)
    return Markup(svg)  # noqa: S704  drawn by us; names from the case file are escaped there


def _run_json(strait: Strait, view: View, question: Question) -> Markup:
    story = strait.story(view, question, 0)
    # Day 0 of a run is the view's day, as in the fan: units arrive counted from it.
    dated = replace(strait.scenario, start=view.as_of)
    frames = animation_frames(
        dated, story.movements(), acts=story.act_marks(), regimes=story.regime_spells(), hours=PLAYED_HOURS
    )
    text = json.dumps(frames).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704  every character that could end the element is escaped above
