"""What the commands on contributions share: a case's roll and pool, run options, an executor with progress."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from muster.base.case import Case
from muster.contribution.executor import ENGINES, Executor, open_executor
from muster.contribution.paired import OUTCOMES
from muster.passage.scenario import Scenario, load_scenario
from muster.passage.words import REGIMES

F = TypeVar("F", bound=Callable[..., Any])


def run_options(default_runs: int) -> Callable[[F], F]:
    """Add `--runs`, `--days`, `--seed`, `--policy`."""

    def add(function: F) -> F:
        for option in (
            click.option(
                "--policy", metavar="POLICY", help="Such as demand:6:48h:2:8 or corridor:8 [default: case's]."
            ),
            click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Same seed, same bits."),
            click.option("--days", "n_days", type=click.IntRange(1, 3660), default=90, show_default=True),
            click.option(
                "--runs", "n_runs", type=click.IntRange(2, 1_000_000), default=default_runs, show_default=True
            ),
        ):
            function = option(function)
        return function

    return add


def start_option(function: F) -> F:
    """Add `--start`."""
    return click.option(
        "--start", "start_regime", type=click.Choice(REGIMES),
        help="Coastal state on day 0 [default: drawn from the scenario's shares, which are those of its own start].",
    )(function)  # fmt: skip


def open_strait(case: Case, as_of: date, start_regime: str | None) -> Scenario:
    """Return the case's scenario with the coastal state on day 0; say so where the units are of another day."""
    scenario = load_scenario(case.folder)
    if start_regime is not None:
        start = tuple(float(name == start_regime) for name in REGIMES)
        scenario = replace(scenario, regime=replace(scenario.regime, start=start))
    if as_of != scenario.start:
        state = f"it begins {start_regime}" if start_regime else "--start sets the coastal state on day 0"
        click.echo(
            f"muster: units as of {as_of}; the strait (traffic, acts, mines) is that of {scenario.start}, and {state}",
            err=True,
        )
    return scenario


def outcome_option(function: F) -> F:
    """Add `--outcome`."""
    return click.option(
        "--outcome", type=click.Choice(list(OUTCOMES)), default="passages", show_default=True,
        help="What is counted; risk and confrontations are better lower.",
    )(function)  # fmt: skip


def engine_options(function: F) -> F:
    """Add `--engine`, `--address`, `--threads`."""
    for option in (
        click.option("--threads", "n_threads", type=click.IntRange(1, 256), default=2, show_default=True),
        click.option("--address", metavar="ADDRESS", help="Of a Ray cluster, such as auto or ray://head:10001."),
        click.option("--engine", type=click.Choice(ENGINES), default="threads", show_default=True),
    ):
        function = option(function)
    return function


@contextmanager
def running(
    label: str, n_runs: int, *, engine: str = "threads", address: str | None = None, n_threads: int = 2
) -> Iterator[tuple[Executor, Callable[[int], None]]]:
    """Give an executor and a progress function; a bar is shown on standard error where that is a terminal."""
    executor = open_executor(engine, address=address, n_threads=n_threads)
    try:
        if not sys.stderr.isatty():
            yield executor, lambda _: None
            return
        columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("runs", total=n_runs)
            yield executor, lambda n: bar.advance(task, n)
    finally:
        executor.close()
