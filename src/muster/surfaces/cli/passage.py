"""`muster passage`: do ships get through the strait, at which risk and cost."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from muster.base.case import load_case
from muster.base.errors import InputError, ScenarioError
from muster.surfaces.cli.options import case_option, format_option, print_rows

_HEADLINE = (
    "passages", "share_of_normal", "seen", "oil_mbbl", "waiting", "mean_wait_h", "left", "passages_free",
    "passages_permission", "passages_facilitated", "escorted", "acts", "risk", "confrontations", "utilisation",
    "cost_usd", "days_open", "days_tolled", "days_contested", "days_closed",
)  # fmt: skip


def scenario_path(case_name: str, scenario_file: str | None) -> Path:
    """Return the scenario file to use: the one given, else the case's."""
    return Path(scenario_file) if scenario_file else load_case(case_name).folder / "scenario.toml"


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr, if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda n: bar.advance(task, n)


@click.command()
@case_option
@click.option("--scenario", "scenario_file", metavar="FILE", help="A scenario.toml instead of the case's.")
@click.option("--runs", "n_runs", default=1000, show_default=True, type=click.IntRange(1), help="Independent runs.")
@click.option("--days", "n_days", type=click.IntRange(1), help="Days to simulate; the scenario's own by default.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Same seed, same bytes.")
@click.option(
    "--policy", help="none, convoy:12h:20:2, demand:10:24h:2, accompany:1:2, corridor:8; +reflag:0.2, +clear."
)
@click.option("--compare", metavar="P1,P2,...", help="Policies on the same ships; differences from the first.")
@click.option("--until-ci", metavar="PERCENT", help="Run until the interval of --outcome is this narrow, such as 1%.")
@click.option("--outcome", default="passages", show_default=True, help="The measure for --until-ci and --compare.")
@click.option("--threads", "n_threads", default=0, type=click.IntRange(0), help="Threads; 0 = one a core.")
@click.option(
    "--engine",
    type=click.Choice(["threads", "processes", "ray"]),
    default="threads",
    show_default=True,
    help="Where runs are played; the bits are the same.",
)
@click.option("--address", metavar="ADDRESS", help="Of a Ray cluster, such as auto; a local one if left out.")
@click.option(
    "--level",
    type=click.Choice(["ship", "window"]),
    default="ship",
    show_default=True,
    help="window: counts between departures instead of ships; only where a proof admits it.",
)
@click.option("--out", "out_folder", metavar="DIR", help="Write tidy CSV/Parquet and record.json there.")
@click.option("--replay", "record", metavar="RECORD", help="Repeat the run of a record.json bit by bit.")
@click.option("--story", "story_run", type=click.IntRange(0), help="Tell one run event by event instead.")
@click.option("--chart", "chart_file", metavar="FILE", help="Draw the strait (.svg), or a run to play (.html).")
@click.option("--sensitivity", is_flag=True, help="Rank the uncertain numbers by their effect on --outcome.")
@click.option("--all", "show_all", is_flag=True, help="All measures in the table, not only the main ones.")
@format_option
def passage(
    case_name: str, scenario_file: str | None, n_runs: int, n_days: int | None, seed: int, policy: str | None,
    compare: str | None, until_ci: str | None, outcome: str, n_threads: int, engine: str, address: str | None,
    level: str, out_folder: str | None, record: str | None, story_run: int | None, chart_file: str | None,
    sensitivity: bool, show_all: bool, output_format: str,
) -> None:  # fmt: skip
    """Simulate ships through the strait of a case: passages, waiting, acts, confrontations, costs.

    \b
    Examples:
      muster passage --runs 1000 --days 90 --seed 7
      muster passage --policy convoy:12h:20:2 --format json
      muster passage --compare none,convoy,accompany,corridor --outcome passages
      muster passage --until-ci 1% --outcome risk
      muster passage --out results && muster passage --replay results
      muster passage --story 0 | head
      muster passage --story 0 --days 14 --chart run.html
      muster passage --sensitivity --outcome risk
      muster passage --scenario my/scenario.toml --level window
      muster passage --runs 100000 --engine ray --address auto
    """
    from muster.passage.experiments import run_until
    from muster.passage.scenario import load_scenario
    from muster.passage.simulate import simulate_passages
    from muster.passage.tidy import write_outcomes

    threads = n_threads or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else n_threads or 1
    if record:
        _replay(Path(record), threads, output_format, show_all)
        return
    scenario = load_scenario(scenario_path(case_name, scenario_file))
    if chart_file is not None:
        _draw(scenario, Path(chart_file), seed, story_run or 0, n_days, policy)
        return
    if level == "window":
        given = {"--out": out_folder, "--story": story_run, "--compare": compare, "--until-ci": until_ci}
        _refuse_at_window_level([name for name, value in given.items() if value is not None], sensitivity)
        _screen(scenario, n_runs, n_days, seed, policy, threads, output_format, show_all)
        return
    if story_run is not None:
        _tell(scenario, seed, story_run, n_days, policy, output_format)
        return
    if sensitivity:
        _rank(scenario, seed, n_days, policy, outcome, output_format)
        return
    if compare:
        _compare(scenario, compare.split(","), n_runs, n_days, seed, threads, outcome, output_format)
        return
    with (
        _workers(engine, address, threads) as workers,
        progress(n_runs, f"simulating {scenario.name}") as advance,
    ):
        if until_ci:
            outcomes = run_until(
                scenario, relative=_percent(until_ci), measure=outcome, n_runs=n_runs, n_days=n_days, seed=seed,
                policy=policy, n_threads=threads, workers=workers, on_progress=advance,
            )  # fmt: skip
        else:
            outcomes = simulate_passages(
                scenario, n_runs=n_runs, n_days=n_days, seed=seed, policy=policy, n_threads=threads, workers=workers,
                on_progress=advance,
            )  # fmt: skip
    if out_folder:
        for path in write_outcomes(outcomes, Path(out_folder), scenario.units):
            click.echo(f"wrote {path}", err=True)
    _show(outcomes, output_format, show_all)


@contextmanager
def _workers(engine: str, address: str | None, n_threads: int) -> Iterator[Any]:
    """Give the workers of an engine, None for threads, and close them."""
    if address is not None and engine != "ray":
        raise InputError(f"--address {address}", rule="an address is that of a Ray cluster", next_step="--engine ray")
    if engine == "threads":
        yield None
        return
    if engine == "ray":
        from muster.contribution.executor import open_executor

        workers: Any = open_executor("ray", address=address, n_threads=n_threads)
    else:
        from muster.passage.workers import ProcessWorkers

        workers = ProcessWorkers(n_threads)
    try:
        yield workers
    finally:
        workers.close()


def _refuse_at_window_level(options: list[str], has_sensitivity: bool) -> None:
    options += ["--sensitivity"] if has_sensitivity else []
    if options:
        raise InputError(
            f"--level window with {' and '.join(options)}", rule="the window level has means only: no ships, no days",
            next_step="Leave it out, or use --level ship",
        )  # fmt: skip


def _screen(
    scenario: Any, n_runs: int, n_days: int | None, seed: int, policy: str | None, n_threads: int, output_format: str,
    show_all: bool,
) -> None:  # fmt: skip
    """Print the window level's means, and on which grounds it was admitted."""
    from muster.passage.tidy import measure_rows
    from muster.passage.windows import screen_passages

    found = screen_passages(scenario, n_runs=n_runs, n_days=n_days, seed=seed, policy=policy, n_threads=n_threads)
    for condition in found.proof.conditions:
        click.echo(f"admitted, {condition.sentence}", err=True)
    rows = measure_rows(found)
    if output_format == "table" and not show_all:
        rows = [row for row in rows if row["measure"] in _HEADLINE]
    title = f"{scenario.title}, window level: {found.policy}, {n_runs} runs of {found.n_days} days, seed {seed}"
    print_rows(rows, output_format, title=title)


def _percent(text: str) -> float:
    try:
        return float(text.removesuffix("%")) / 100
    except ValueError:
        raise InputError(f"--until-ci {text!r}", rule="an interval is a percentage such as 1%") from None


def _show(outcomes: Any, output_format: str, show_all: bool) -> None:
    from muster.passage.tidy import measure_rows, to_document

    if output_format == "json":
        click.echo(json.dumps(to_document(outcomes), ensure_ascii=False, indent=1))
        return
    rows = measure_rows(outcomes)
    if output_format == "table" and not show_all:
        rows = [row for row in rows if row["measure"] in _HEADLINE]
    title = (
        f"{outcomes.scenario.title}: {outcomes.policy}, {outcomes.n_runs} runs of {outcomes.n_days} days, "
        f"seed {outcomes.seed}"
    )
    print_rows(rows, output_format, title=title)


def _compare(
    scenario: Any, policies: list[str], n_runs: int, n_days: int | None, seed: int, n_threads: int, outcome: str,
    output_format: str,
) -> None:  # fmt: skip
    from muster.passage.experiments import compare_policies
    from muster.passage.outcomes import MEASURES
    from muster.passage.tidy import rounded

    if outcome not in MEASURES:
        raise ScenarioError(f"--outcome {outcome!r} is not a measure", rule=f"measures are {', '.join(MEASURES)}")
    with progress(n_runs * len(policies), "comparing policies") as advance:
        comparison = compare_policies(
            scenario, policies, n_runs=n_runs, n_days=n_days, seed=seed, n_threads=n_threads, on_progress=advance
        )
    measures = list(dict.fromkeys([outcome, "passages", "oil_mbbl", "risk", "confrontations", "waiting", "cost_usd"]))
    rows = []
    for k, outcomes in enumerate(comparison.outcomes):
        differences = comparison.differences(k)
        for name in measures:
            found = differences[name]
            rows.append(
                {
                    "policy": outcomes.policy,
                    "measure": name,
                    "mean": rounded(found.value),
                    "difference": rounded(found.difference.mean) if k else None,
                    "ci95_half_width": rounded(found.difference.half_width) if k else None,
                    "unpaired_half_width": rounded(found.independent_half_width) if k else None,
                    "runs_saved_factor": rounded(found.variance_ratio) if k else None,
                }
            )
    baseline = comparison.outcomes[0]
    title = f"{scenario.title}: differences from {baseline.policy}, same ships, {n_runs} runs, seed {seed}"
    print_rows(rows, output_format, title=title)


def _tell(scenario: Any, seed: int, run: int, n_days: int | None, policy: str | None, output_format: str) -> None:
    from muster.passage.story import replay_run

    story = replay_run(scenario, seed=seed, run=run, n_days=n_days, policy=policy)
    if output_format == "table":
        for line in story.sentences():
            click.echo(line)
        return
    rows = [
        {"t_s": e.t_s, "kind": e.kind, "entity": e.entity, "values": " ".join(map(str, e.values))} for e in story.events
    ]
    print_rows(rows, output_format)


def _draw(scenario: Any, path: Path, seed: int, run: int, n_days: int | None, policy: str | None) -> None:
    """Write the chart: a picture, or a page that plays one run."""
    from muster.passage.chart import chart_page, draw_strait
    from muster.passage.story import replay_run

    if path.suffix == ".svg":
        text = draw_strait(scenario, theme="light") + "\n"
    elif path.suffix == ".html":
        text = chart_page(replay_run(scenario, seed=seed, run=run, n_days=n_days, policy=policy))
    else:
        raise InputError(f"--chart {path}", rule="a chart is an .svg picture or an .html page that plays a run")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"--chart {path}: {error.strerror}", next_step="Give another file") from None
    click.echo(f"wrote {path}", err=True)


def _rank(
    scenario: Any, seed: int, n_days: int | None, policy: str | None, outcome: str, output_format: str
) -> None:  # fmt: skip
    from muster.passage.sensitivity import rank_assumptions
    from muster.passage.tidy import rounded

    n_paths = 6
    with progress(n_paths * (len(scenario.uncertain()) + 1), "moving one assumption at a time") as advance:
        effects = rank_assumptions(
            scenario, measure=outcome, n_paths=n_paths, n_days=n_days, seed=seed, policy=policy, on_progress=advance
        )
    rows = [
        {
            "rank": k,
            "effect": rounded(effect.strength),
            "ci95_half_width": rounded(effect.strength_half_width),
            "share": rounded(effect.share),
            "in_words": effect.sentence,
        }
        for k, effect in enumerate(effects, 1)
    ]
    print_rows(rows if output_format != "table" else rows[:20], output_format, title=f"What moves {outcome} most")


def _replay(path: Path, n_threads: int, output_format: str, show_all: bool) -> None:
    from muster.passage.simulate import simulate_passages
    from muster.passage.tidy import fingerprint, read_record

    past = read_record(path)
    with progress(past.n_runs, "replaying") as advance:
        outcomes = simulate_passages(
            past.scenario, n_runs=past.n_runs, n_days=past.n_days, seed=past.seed, policy=past.policy,
            forces=past.forces, n_threads=n_threads, on_progress=advance,
        )  # fmt: skip
    if fingerprint(outcomes) != past.fingerprint:
        raise InputError(
            f"record {path}: the replay's bits differ from the recorded ones",
            rule="equal inputs give equal bits on equal versions",
            next_step="Compare the versions in the record with the installed ones",
        )
    click.echo("replayed: every bit is the same", err=True)
    _show(outcomes, output_format, show_all)
