"""`muster transits compare|open|scenario|plot`: published and counted daily series beside each other and normal."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from muster.base.clock import parse_date
from muster.base.errors import InputError, NotFoundError
from muster.surfaces.cli.options import case_option, format_option, print_rows, read_mapping

F = TypeVar("F", bound=Callable[..., Any])

_DARK = (
    "Published counts rest on AIS: ships that run dark are missing, and vintages differ (`muster transits compare`)."
)


def series_options(function: F) -> F:
    """Add the files of daily series and how to read them."""
    for decorate in (
        click.option("--strait", default="hormuz", show_default=True, help="The strait in files that have several."),
        click.option("--map", "mapping", metavar="date=COLUMN,total=COLUMN", help="Columns of a CSV of any layout."),
        click.option(
            "--portwatch", "portid", metavar="ID", help="Ask IMF PortWatch's service now; chokepoint6 is Hormuz.",
        ),
        click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]..."),
    ):  # fmt: skip
        function = decorate(function)
    return function


def baseline_options(function: F) -> F:
    """Add the choice of series, reference period and last day."""
    for decorate in (
        click.option("--as-of", metavar="DATE", help="Use days up to this one only."),
        click.option("--reference", metavar="FIRST..LAST", help="What is normal [default: 2023-01-01..2025-12-31]."),
        click.option("--vintage", metavar="TEXT", help="Which series, by a part of its name or vintage."),
    ):  # fmt: skip
        function = decorate(function)
    return series_options(function)


days_option = click.option(
    "--days", "n_days", default=14, show_default=True, type=click.IntRange(1, 366), help="The latest days to judge."
)


def _load(files: tuple[Path, ...], mapping: str | None, strait: str, portid: str | None) -> list[Any]:
    """Return the series of all files, of the service if asked, else the bundled ones."""
    from muster.observed.series import bundled_series, read_series

    pairs = read_mapping(mapping)
    found = [series for path in files for series in read_series(path, mapping=pairs, strait=strait)]
    if portid:
        from muster.observed.portwatch import fetch_portwatch

        found.append(fetch_portwatch(portid))
    return found or list(bundled_series())


def _choose(all_series: list[Any], vintage: str | None, as_of: str | None) -> Any:
    chosen = next((s for s in all_series if not vintage or vintage.lower() in s.label.lower()), None)
    if chosen is None:
        raise NotFoundError(f"series {vintage!r}", rule=f"there are {', '.join(s.label for s in all_series)}")
    if as_of:
        chosen = chosen.until(parse_date(as_of, name="--as-of"))
    if not chosen.known()[0]:
        raise InputError(f"{chosen.label} has no days up to {as_of}")
    return chosen


def _judge(
    files: tuple[Path, ...], mapping: str | None, strait: str, portid: str | None, vintage: str | None,
    reference: str | None, as_of: str | None, n_days: int,
) -> tuple[Any, Any]:  # fmt: skip
    from muster.observed.baseline import REFERENCE, fit_baseline, judge_openness
    from muster.observed.comparison import parse_period

    series = _choose(_load(files, mapping, strait, portid), vintage, as_of)
    baseline = fit_baseline(series, parse_period(reference) if reference else REFERENCE)
    return series, judge_openness(series, baseline, n_days=n_days)


def _place(strait: str) -> str:
    return "Strait of Hormuz" if strait == "hormuz" else strait.replace("_", " ").title()


@click.command(name="compare")
@series_options
@click.option("--period", "periods", multiple=True, metavar="FIRST..LAST", help="Repeat for several [default: years].")
@click.option("--column", default="total", show_default=True, help="total, tanker, container, inbound, ...")
@click.option("--ledger", "ledger_url", metavar="URL", help="Also keep the series in this ledger, by vintage.")
@format_option
def compare(
    files: tuple[Path, ...], mapping: str | None, strait: str, portid: str | None, periods: tuple[str, ...],
    column: str, ledger_url: str | None, output_format: str,
) -> None:  # fmt: skip
    """Show how sources and vintages of daily counts differ by period, on the days that both have.

    The first series is the base; without files, the bundled vintages of IMF PortWatch are compared.

    \b
    Examples:
      muster transits compare
      muster transits compare portwatch_2026-05-14.csv portwatch_2026-08-16.csv --period 2026-03-01..2026-05-10
      muster transits compare portwatch.csv windward.json --column total --format csv
      muster transits compare own.csv portwatch.csv --map date=day,total=ships
    """
    from muster.observed.comparison import compare_series, parse_period

    found = _load(files, mapping, strait, portid)
    rows = [
        {
            "period": str(row.period), "base": row.base, "other": row.other, "days": row.n_days,
            "base_per_day": round(row.base_mean, 2), "other_per_day": round(row.other_mean, 2),
            "ratio": round(row.ratio, 3) if math.isfinite(row.ratio) else None, "days_restated": row.n_restated,
            "largest": f"{row.largest[0]}: {row.largest[1]:g} against {row.largest[2]:g}",
        }
        for row in compare_series(found, [parse_period(text) for text in periods], column=column)
    ]  # fmt: skip
    if not rows:
        raise InputError("the series have no day in common", rule="figures are compared on common days")
    print_rows(rows, output_format, title=f"Daily {column} by source and vintage")
    if ledger_url:
        _keep(found, column, strait, ledger_url)


def _keep(found: list[Any], column: str, strait: str, ledger_url: str) -> None:
    from muster.ledger import open_ledger

    with open_ledger(ledger_url) as ledger, ledger.writer() as writer:
        for series in found:
            if column in series.columns:
                name = f"{re.sub(r'[^a-z0-9]+', '-', series.name.lower()).strip('-')}/{strait}/{column}"
                values = zip(series.days, series.columns[column].tolist(), strict=True)
                rows = [(day, value) for day, value in values if math.isfinite(value)]
                n_new = writer.add_vintage(name, series.vintage or str(series.days[-1]), series.source, rows)
                click.echo(f"{n_new} figures added to {name}, vintage {series.vintage or series.days[-1]}", err=True)


@click.command(name="open")
@baseline_options
@days_option
@format_option
def is_open(
    files: tuple[Path, ...], mapping: str | None, strait: str, portid: str | None, vintage: str | None,
    reference: str | None, as_of: str | None, n_days: int, output_format: str,
) -> None:  # fmt: skip
    """Answer "is it open?" in one sentence with its grounds: the share of normal, its interval, the last change.

    Without files, the newest bundled vintage of IMF PortWatch speaks. Words and thresholds: docs/observed.md.

    \b
    Examples:
      muster transits open
      muster transits open --as-of 2026-07-05
      muster transits open --portwatch chokepoint6
      muster transits open counts.csv --map date=day,total=ships --reference 2024-01-01..2025-12-31
    """
    from muster.observed.baseline import open_sentence

    series, found = _judge(files, mapping, strait, portid, vintage, reference, as_of, n_days)
    sentence = open_sentence(_place(strait), found, series.label)
    segments = [
        {
            "first": segment.first, "last": segment.last, "seen_per_day": round(segment.seen_per_day, 2),
            "normal_per_day": round(segment.normal_per_day, 2), "share": round(segment.share, 4),
        }
        for segment in found.segments
    ]  # fmt: skip
    if output_format == "csv":
        print_rows(segments, "csv")
        return
    if output_format == "json":
        document = {
            "sentence": sentence, "verdict": found.verdict, "possible": list(found.words), "share": found.share,
            "interval": list(found.interval), "seen_per_day": found.seen_per_day,
            "normal_per_day": found.normal_per_day, "window": str(found.window), "days": found.n_days,
            "days_below_normal": found.n_days_below_normal, "reference": str(found.baseline.reference),
            "reference_days": found.baseline.n_days, "outages_left_out": found.baseline.n_outages,
            "dispersion": found.baseline.dispersion, "autocorrelation": found.baseline.autocorrelation,
            "segments": segments, "source": series.source,
        }  # fmt: skip
        click.echo(json.dumps(document, indent=1, default=str))
        return
    click.echo(sentence)
    click.echo(_DARK, err=True)


@click.command(name="scenario")
@baseline_options
@days_option
def scenario(
    files: tuple[Path, ...], mapping: str | None, strait: str, portid: str | None, vintage: str | None,
    reference: str | None, as_of: str | None, n_days: int,
) -> None:  # fmt: skip
    """Print the traffic keys of a scenario.toml from observed counts, as TOML.

    \b
    Examples:
      muster transits scenario
      muster transits scenario --vintage 2026-08 --days 28 > traffic.toml
    """
    from muster.observed.traffic_keys import traffic_toml

    series, found = _judge(files, mapping, strait, portid, vintage, reference, as_of, n_days)
    click.echo(traffic_toml(series, found), nl=False)


@click.command(name="plot")
@baseline_options
@click.option("--out", "out_file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The SVG file.")
@click.option("--from", "first", metavar="DATE", help="First day shown [default: 400 days before the last].")
@click.option(
    "--simulate", "n_runs", type=click.IntRange(10), metavar="RUNS", help="Add what the case's model expects."
)
@case_option
def plot(
    files: tuple[Path, ...], mapping: str | None, strait: str, portid: str | None, vintage: str | None,
    reference: str | None, as_of: str | None, out_file: Path, first: str | None,
    n_runs: int | None, case_name: str,
) -> None:  # fmt: skip
    """Draw the daily counts of all vintages over the band of normal days, as SVG.

    With --simulate, the range of passages that observers would see in the case's scenario, from its first day on.

    \b
    Examples:
      muster transits plot --out transits.svg
      muster transits plot portwatch.csv windward.json --from 2026-02-01 --out transits.svg
      muster transits plot --from 2026-05-01 --simulate 500 --out transits.svg
    """
    from muster.observed.baseline import REFERENCE, fit_baseline
    from muster.observed.comparison import parse_period
    from muster.surfaces.transit_chart import draw_transits, simulated_range

    found = _load(files, mapping, strait, portid)
    base = _choose(found, vintage, None)
    baseline = fit_baseline(base, parse_period(reference) if reference else REFERENCE)
    last = parse_date(as_of, name="--as-of") if as_of else None
    expected = simulated_range(case_name, n_runs) if n_runs else ()
    start = parse_date(first) if first else None
    svg = draw_transits(found, baseline, _place(strait), first=start, last=last, expected=expected)
    try:
        out_file.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out_file}: {error.strerror}") from None
    click.echo(f"wrote {out_file}", err=True)
