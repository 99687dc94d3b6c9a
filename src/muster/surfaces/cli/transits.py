"""`muster transits`: passages really seen, what the counts are worth, and whether the strait is open."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from muster.base.case import load_case
from muster.surfaces.cli.options import case_option, format_option, print_rows, read_mapping
from muster.surfaces.cli.transits_series import compare, is_open, plot, scenario

_LATE_SHARE = 0.01  # above this the order of the file, not the radio, is the likely reason


@click.group()
def transits() -> None:
    """Ships that really passed: counts from AIS, published counts by vintage, and whether the strait is open.

    \b
    Examples:
      muster transits count day1.nmea day2.csv.gz --daily
      muster transits open
      muster transits compare
    """


@contextmanager
def _counter() -> Iterator[Callable[[int], None]]:
    """Show on stderr how many positions were read, if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} positions"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("positions", total=None)
        yield lambda n: bar.advance(task, n)


@transits.command(name="count")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@case_option
@click.option("--gates", "gates_file", type=click.Path(path_type=Path), help="A gates.toml instead of the case's.")
@click.option("--daily", is_flag=True, help="Transits a day by class, direction and route instead of one row a ship.")
@click.option("--map", "mapping", metavar="KEY=COLUMN,...", help="Columns of a table: mmsi, time, lat, lon, ship_type.")
@format_option
def count(
    files: tuple[Path, ...], case_name: str, gates_file: Path | None, daily: bool, mapping: str | None,
    output_format: str,
) -> None:  # fmt: skip
    """Count ships through a strait's gates in AIS files: .nmea .txt .log, .csv .csv.gz .parquet, .jsonl (AISStream).

    Files of any size are streamed, in the order given. Rules and limits: docs/observed.md.

    \b
    Examples:
      muster transits count receiver.nmea
      muster transits count AIS_2026_01_0*.parquet --daily --format csv
      muster transits count tracks.csv --map mmsi=ship,time=utc,lat=y,lon=x
    """
    from muster.observed.counting import count_transits
    from muster.observed.gates import load_counting_area
    from muster.observed.layouts import layout_from_mapping

    area = load_counting_area(gates_file or load_case(case_name).folder / "gates.toml")
    layout = layout_from_mapping(read_mapping(mapping)) if mapping else None
    with _counter() as advance:
        found = count_transits(files, area, layout=layout, on_positions=advance)
    rows = found.daily() if daily else [_row(transit) for transit in found.transits]
    print_rows(rows, output_format, title=f"Transits: {area.name}")
    _tell_quality(found)


def _row(transit: Any) -> dict[str, object]:
    return {
        "at": transit.at.strftime("%Y-%m-%dT%H:%MZ"), "mmsi": transit.mmsi, "flag": transit.flag,
        "class": transit.ship_class, "direction": transit.direction, "route": transit.route,
        "how": "inferred" if transit.is_inferred else "seen", "speed_kn": transit.speed_kn,
        "silence_h": transit.silence_h, "waited_h": transit.waited_h, "suspect": "yes" if transit.is_suspect else "",
    }  # fmt: skip


def _tell_quality(found: Any) -> None:
    """Say on stderr what was used, what was not, and what AIS cannot see."""
    from muster.observed.counting import BLIND_SPOTS

    n_inferred = sum(transit.is_inferred for transit in found.transits)
    n_suspect = sum(transit.is_suspect for transit in found.transits)
    positions = found.positions
    click.echo(
        f"{len(found.transits)} transits ({n_inferred} inferred, {n_suspect} of suspect identity) by {found.n_vessels} "
        f"vessels heard{_span(found)}; {found.n_dark} silences beyond the limit.",
        err=True,
    )
    click.echo(
        f"{positions['positions']} positions: {positions['unusable']} unusable (of which {found.n_untimed} without a "
        f"time), {positions['late']} late, {positions['jumps']} jumps; {found.n_malformed} malformed lines.",
        err=True,
    )
    if positions["late"] > _LATE_SHARE * positions["positions"]:
        click.echo("Many reports came late: sort the files by time, for late ones are left out.", err=True)
    click.echo(BLIND_SPOTS, err=True)


def _span(found: Any) -> str:
    if found.first_s < 0:
        return ""
    first, last = (datetime.fromtimestamp(second, UTC) for second in (found.first_s, found.last_s))
    return f" from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"


for _command in (compare, is_open, scenario, plot):
    transits.add_command(_command)
