"""Draw the figures of docs/validation.md and write its tables into it; run after a change of engine or scenario.

python docs/figures/validation.py            # writes docs/img/*.svg and the tables of docs/validation.md

Sentences are not written: read them against the new tables.
"""

import math
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import altair as alt
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from muster.passage.backtest import (  # noqa: E402
    LEVEL_WINDOWS,
    WINDOWS,
    forecast_aspides,
    forecast_convoy_dates,
    forecast_duncan,
    forecast_escort_ratio,
    forecast_seen_share,
    load_episodes,
    load_transits,
    model_level,
    score_window,
)
from muster.passage.chart import draw_strait  # noqa: E402
from muster.passage.layout import SCALARS  # noqa: E402
from muster.passage.reference import CASES, ReferenceParameters, simulate_reference  # noqa: E402
from muster.passage.reference.exact import exact_moments, stationary_wait_h  # noqa: E402
from muster.passage.scenario import load_scenario  # noqa: E402
from muster.passage.simulate import simulate_passages  # noqa: E402
from muster.passage.story import replay_run  # noqa: E402
from muster.passage.words import ACTS, ROUTES  # noqa: E402
from passage.statistical.closed_forms import md_c_wait, renewals, triangular_moments  # noqa: E402
from passage.statistical.plain_strait import escorts, plain_strait  # noqa: E402

IMG = ROOT / "docs" / "img"
PAGE = ROOT / "docs" / "validation.md"
INK, BLUE, ORANGE, GREY, BAND = "#1c2a35", "#0067a5", "#b84a00", "#8a97a0", "#9cc3dd"
FONT = "system-ui, -apple-system, Segoe UI, Noto Sans, DejaVu Sans, sans-serif"
Z_LIMIT = 4.8916


def styled(chart):
    return (
        chart.configure(font=FONT, background="white")
        .configure_axis(
            labelFontSize=14, titleFontSize=14, labelColor=INK, titleColor=INK, gridColor="#e3e8eb", labelLimit=420
        )
        .configure_title(fontSize=17, anchor="start", color=INK, subtitleFontSize=13, subtitleColor="#55636d")
        .configure_view(stroke=None)
        .configure_legend(labelFontSize=14, titleFontSize=14, orient="top", labelColor=INK)
    )


def rows(**columns):
    names = list(columns)
    return alt.Data(values=[dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)])


def closed_forms():
    """Return (name, expected, found, standard error) of every closed form, reference engine and full model."""
    found = []

    def add(name, values, expected):
        values = np.asarray(values, float)
        found.append((name, expected, values.mean(), values.std(ddof=1) / math.sqrt(len(values))))

    for case in "AB":
        runs, exact = simulate_reference(CASES[case], n_runs=20_000, seed=11), exact_moments(CASES[case])
        for name, label in (("sailed_convoy", "ships sailed"), ("backlog", "backlog"), ("mean_queue", "mean queue"),
                            ("utilisation", "escort use")):  # fmt: skip
            add(f"bulk service, case {case}: {label}", getattr(runs, name)[:, 0], getattr(exact, name))
    long = ReferenceParameters(p_alone=0.45, horizon_h=48_000.0)
    runs = simulate_reference(long, n_runs=400, seed=12)
    add("stationary wait, 2,000 days (h)", runs.mean_wait_h[:, 0], stationary_wait_h(long))
    add("Little's law: mean queue", runs.mean_queue[:, 0], 2 * long.convoy_demand_per_h * stationary_wait_h(long))
    for servers, load in ((1, 0.7), (4, 0.8)):
        p = ReferenceParameters(
            arrivals_per_h=load * servers / 12, convoy_size=servers, n_escorts=100, horizon_h=60_000.0
        )
        runs = simulate_reference(p, n_runs=300, seed=13)
        add(f"M/D/{servers} wait + 6 h, load {load} (h)", runs.mean_wait_h[:, 0], md_c_wait(load, servers, 12.0) + 6)
    mean, variance = triangular_moments(9.0, 10.0, 13.0)
    p = ReferenceParameters(p_alone=0.9, n_escorts=0, horizon_h=100.0)
    runs = simulate_reference(p, n_runs=40_000, seed=14)
    under_way = runs.sailed_alone[:, 0] - runs.throughput_per_day[:, 0] * 100 / 24
    add("M/G/infinity: ships under way", under_way, 2 * p.arrivals_per_h * 0.9 * mean)
    p = ReferenceParameters(arrivals_per_h=40.0, interval_h=1.0, convoy_size=3)
    expected = sum(1 + renewals(2160.0 - (1 + k // 2), mean + 6, variance) for k in range(4))
    add("renewals: 8 escorts, 5.76 convoys a day", simulate_reference(p, n_runs=2000, seed=15).convoys[:, 0], expected)
    full = simulate_passages(
        plain_strait(arrivals_per_day=100, choice="free", headway_min=24.0),
        n_runs=300,
        n_days=400,
        seed=31,
        policy="none",
    )
    add("full model: lane as M/D/1, wait (h)", full.measure("mean_wait_h"), md_c_wait(100 / 2 / 60, 1, 0.4))
    full = simulate_passages(
        plain_strait(arrivals_per_day=48 * CASES["B"].convoy_demand_per_h, choice="escort"), n_runs=3000, n_days=90,
        seed=32, policy="convoy:12h:20:2", forces=escorts(8),
    )  # fmt: skip
    exact = exact_moments(CASES["B"])
    add("full model: bulk service, ships sailed", full.scalars[:, SCALARS.index("sailed")], exact.sailed_convoy)
    add("full model: bulk service, mean queue", full.scalars[:, SCALARS.index("mean_queue")], exact.mean_queue)
    full = simulate_passages(
        plain_strait(arrivals_per_day=8, choice="escort", convoy_h=(9.9999, 10.0, 10.0001)), n_runs=300, n_days=900,
        seed=33, policy="accompany:1:1", forces=escorts(4, turnaround_h=0.0),
    )  # fmt: skip
    add(
        "full model: accompaniment as M/D/4, wait (h)", full.measure("mean_wait_h"), md_c_wait(8 / 24 * 10 / 4, 4, 10.0)
    )
    return found


def draw_closed_forms(found):
    names = [name for name, *_ in found]
    z = [(value - expected) / error for _, expected, value, error in found]
    data = rows(name=names, z=z)
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(ticks=False, domain=False))
    scale = alt.Scale(domain=[-5.5, 5.5])
    band = (
        alt.Chart(rows(low=[-1.96], high=[1.96]))
        .mark_rect(color=BAND, opacity=0.35)
        .encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    )
    limits = (
        alt.Chart(rows(x=[-Z_LIMIT, Z_LIMIT])).mark_rule(color=ORANGE, strokeDash=[6, 4], strokeWidth=2).encode(x="x:Q")
    )
    zero = alt.Chart(rows(x=[0])).mark_rule(color=INK).encode(x="x:Q")
    dots = alt.Chart(data).mark_circle(size=90, color=BLUE, opacity=1).encode(
        x=alt.X("z:Q", scale=scale, title="(found - exact) in standard errors"), y=y
    )  # fmt: skip
    title = alt.Title(
        "Engine against closed forms", subtitle="Band: where 95 % should lie. Dashed: the tests fail beyond 4.89."
    )
    save(alt.layer(band, limits, zero, dots).properties(width=420, height=24 * len(names), title=title), "closed-forms")
    body = [
        [name, f"{expected:.5g}", f"{value:.5g}", f"{error:.2g}", f"{score:+.2f}"]
        for (name, expected, value, error), score in zip(found, z, strict=True)
    ]
    put_table(["closed form", "exact", "found", "standard error", "z"], *body)


def draw_hormuz(scores):
    transits = load_transits()
    seen = [(day, value) for day, value in zip(transits.days, transits.total, strict=True) if day >= date(2026, 2, 1)]
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%-d %b", tickCount="month"))
    scale = alt.Scale(type="sqrt", domain=[0, 140])
    layers = []
    for score in scores:
        days = [(score.window.first + timedelta(days=k)).isoformat() for k in range(score.window.n_days)]
        paths = score.paths["model"]
        low, middle, high = np.quantile(paths, [0.05, 0.5, 0.95], axis=0)
        week = np.median(score.paths["7-day mean"], axis=0)
        data = rows(day=days, low=low.tolist(), middle=middle.tolist(), high=high.tolist(), week=week.tolist())
        base = alt.Chart(data)
        layers += [
            base.mark_area(color=BAND, opacity=0.55).encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
            base.mark_line(color=BLUE, strokeWidth=2.5).encode(x=x, y="middle:Q"),
            base.mark_line(color=ORANGE, strokeWidth=2, strokeDash=[6, 4]).encode(x=x, y="week:Q"),
            alt.Chart(rows(day=[days[0]], name=[score.window.name])).mark_text(
                align="left", baseline="top", fontSize=14, color=INK, dx=2
            ).encode(x=x, y=alt.value(22 if score.window.name == "re-closure" else 4), text="name:N"),
        ]  # fmt: skip
    dots = alt.Chart(rows(day=[d.isoformat() for d, _ in seen], ships=[v for _, v in seen])).mark_circle(
        size=26, color=INK, opacity=0.8
    ).encode(x=x, y=alt.Y("ships:Q", scale=scale, title="transit calls a day (root scale)"))  # fmt: skip
    subtitle = [
        "Dots: IMF PortWatch, August 2026 vintage. Blue: forecast from earlier days, with 90 % interval.",
        "Dashed: mean of the last seven days. Nobody's forecast holds the first collapse.",
    ]
    title = alt.Title("Hormuz 2026, four windows", subtitle=subtitle)
    save(alt.layer(*layers, dots).properties(width=640, height=340, title=title), "hormuz-2026")


def draw_escorts(forecasts):
    short = {
        "Earnest Will: day": "Earnest Will, day of convoy 40",
        "Earnest Will: war": "Earnest Will, escort ratio of convoy 40",
        "Montrose": "Montrose, second month", "Duncan": "Duncan, from Montrose",
        "Aspides: ships protected, 20 April 2024 to 17 August": "Aspides, to August 2024",
        "Aspides: ships protected, 20 April 2024 to 17 February": "Aspides, to February 2025",
        "Aspides from": "Aspides, from Montrose's rate",
    }  # fmt: skip
    names = [next(label for start, label in short.items() if f.name.startswith(start)) for f in forecasts]
    data = rows(
        name=names,
        low=[max(f.interval_90[0] / f.observed, 0.06) for f in forecasts],
        high=[min(f.interval_90[1] / f.observed, 14) for f in forecasts],
        middle=[f.median / f.observed for f in forecasts],
        other=[f.point_other / f.observed for f in forecasts],
    )
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(ticks=False, domain=False))
    scale = alt.Scale(type="log", domain=[0.06, 14])
    base = alt.Chart(data)
    axis = alt.Axis(values=[0.1, 0.25, 0.5, 1, 2, 4, 10], format="~g")
    x = alt.X("low:Q", scale=scale, axis=axis, title="forecast over what happened (log scale)")
    layers = [
        base.mark_rule(color=BAND, strokeWidth=9).encode(x=x, x2="high:Q", y=y),
        alt.Chart(rows(x=[1])).mark_rule(color=INK).encode(x="x:Q"),
        base.mark_circle(size=110, color=BLUE, opacity=1).encode(x="middle:Q", y=y),
        base.mark_point(size=90, color=ORANGE, shape="diamond", strokeWidth=2.5).encode(x="other:Q", y=y),
    ]
    subtitle = "Bar: 90 % interval. Dot: median. Diamond: the simple forecast. Line at 1: what happened."
    title = alt.Title("Escort episodes, forecast from earlier facts", subtitle=subtitle)
    save(alt.layer(*layers).properties(width=420, height=34 * len(names), title=title), "escort-episodes")


def draw_earnest_will(forecast):
    facts = load_episodes()["earnest_will"]
    first = facts[0]["date"]
    known = [(row["n"] - 1, (row["date"] - first).days) for row in facts if 1 < row["n"] <= 12]
    slope, level = np.polyfit(np.log([k for k, _ in known]), np.log([d for _, d in known]), 1)
    n = np.arange(2, 46)
    curve = np.exp(level + slope * np.log(n - 1))
    constant = known[-1][1] / known[-1][0] * (n - 1)

    def day(values):
        return [(first + timedelta(days=float(v))).isoformat() for v in values]

    x = alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=8))
    y = alt.Y("n:Q", title="convoy number", scale=alt.Scale(domain=[0, 46]))
    low, high = forecast.interval_90
    dots = rows(day=[row["date"].isoformat() for row in facts], n=[row["n"] for row in facts])
    words = rows(day=["1987-12-28", "1988-05-15"], n=[38, 31], text=["learning curve", "constant pace"])

    def line(values, **style):
        return alt.Chart(rows(day=day(values), n=n.tolist())).mark_line(strokeWidth=2.5, **style).encode(x=x, y=y)

    bar = alt.Chart(rows(day=day([low]), end=day([high]), n=[40]))
    layers = [
        line(constant, color=ORANGE, strokeDash=[6, 4]),
        line(curve, color=BLUE),
        bar.mark_rule(color=BAND, strokeWidth=9).encode(x=x, x2="end:T", y=y),
        alt.Chart(dots).mark_circle(size=110, color=INK, opacity=1).encode(x=x, y=y),
        alt.Chart(words).mark_text(fontSize=14, color=INK, align="center").encode(x=x, y=y, text="text:N"),
    ]
    subtitle = "Dots: convoys reported by the press. Lines: fitted to convoys 1 to 12. Bar: 90 % interval for the 40th."
    title = alt.Title("Earnest Will: the convoys learnt", subtitle=subtitle)
    save(alt.layer(*layers).properties(width=600, height=320, title=title), "earnest-will")


def save(chart, name):
    styled(chart).save(str(IMG / f"{name}.svg"))


def put_table(*table):
    """Print rows of cells as a Markdown table and put them in the place of the page's table with the same head."""
    head, *body = ["| " + " | ".join(row) + " |" for row in table]
    print("\n" + "\n".join([head, *body]))
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index(head) + 2  # the line of dashes stays
    end = start
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    lines[start:end] = body
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def put_backtests(forecasts, scores):
    table = [["episode", "fitted to", "forecast (90 %)", "happened", "inside", "CRPS", "simple forecast (error)"]]
    for f in forecasts:
        low, high = f.interval_90
        d = 0 if f.observed > 3 else 2
        table.append([
            f.name, f.fitted_to, f"{f.median:.{d}f} ({low:.{d}f} to {high:.{d}f})", f"{f.observed:.{d}f}",
            "yes" if f.is_covered else "**no**", f"{f.crps:.1f}",
            f"{f.other}: {f.point_other:.{d}f} ({f.crps_other:.1f})",
        ])  # fmt: skip
    put_table(*table)
    table = [["window", "seen a day", "model", *[f"{name}: CRPS, covers" for name in scores[0].paths]]]
    for s in scores:
        cells = [f"{s.mean_crps(name):.1f}, {100 * s.coverage(name):.0f} %" for name in s.paths]
        window = f"{s.window.name}, {s.window.first:%d %b} to {s.window.last:%d %b} ({s.window.n_days} d)"
        table.append([window, f"{s.observed.mean():.1f}", f"{s.mean_forecast('model'):.1f}", *cells])
    put_table(*table)
    observed, samples = forecast_seen_share(load_transits())
    low, middle, high = np.quantile(samples, [0.05, 0.5, 0.95])
    print(f"\nseen share 6-8 August: {observed:.2f}, forecast {middle:.2f} ({low:.2f} to {high:.2f})")


def put_lanes(scenario):
    """Write where ships go and are attacked in a contested regime that lasts, by policy; a fit, not a test."""
    chain = replace(scenario.regime, start=(0.0, 0.0, 1.0, 0.0), rates_per_day=((None,) * 4,) * 4)
    contested = replace(scenario, regime=chain)
    table = [["policy", *[f"passages, {route}" for route in ROUTES], *[f"attacks, {route}" for route in ROUTES]]]
    for policy in ("none", "corridor:4", "accompany"):
        sailed, attacked = Counter(), Counter()
        for run in range(100):
            story = replay_run(contested, seed=1, run=run, n_days=30, policy=policy)
            route_of = {event.entity: ROUTES[event.values[0]] for event in story.events if event.kind == "sail"}
            sailed.update(route_of.values())
            attacked.update(
                route_of[event.entity]
                for event in story.events
                if event.kind == "act" and ACTS[event.values[0]] == "attack"
            )
        shares = [f"{count[r] / count.total():.2f}" for count in (sailed, attacked) for r in ROUTES]
        table.append([policy, *shares])
    put_table(*table)


def put_levels(scenario):
    """Write the level of the bundled case beside PortWatch's, window by window."""
    head = ["window", "", "PortWatch, a day", "model, seen a day (90 %)", "inside", "model, all", "permission share"]
    put_table(head, *[model_level(scenario, load_transits(), window).cells() for window in LEVEL_WINDOWS])


def main():
    IMG.mkdir(exist_ok=True)
    scenario = load_scenario(ROOT / "cases" / "hormuz-2026")
    for theme in ("light", "dark"):
        (IMG / f"strait-{theme}.svg").write_text(draw_strait(scenario, theme=theme) + "\n", encoding="utf-8")
    draw_closed_forms(closed_forms())
    forecasts = [forecast_convoy_dates(), forecast_escort_ratio(), *forecast_duncan(), *forecast_aspides()]
    scores = [score_window(load_transits(), window) for window in WINDOWS]
    draw_hormuz(scores)
    draw_escorts(forecasts)
    draw_earnest_will(forecasts[0])
    put_backtests(forecasts, scores)
    put_lanes(scenario)
    put_levels(scenario)


if __name__ == "__main__":
    main()
