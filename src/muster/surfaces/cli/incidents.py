"""`muster incidents`: incident lists in one table, and rates per passage where the exposure is stated."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from muster.base.clock import parse_date
from muster.base.errors import InputError
from muster.surfaces.cli.options import format_option, print_rows


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--since", metavar="DATE", help="First day.")
@click.option("--until", metavar="DATE", help="Last day.")
@click.option("--box", metavar="WEST,SOUTH,EAST,NORTH", help="Only positions in this box, degrees.")
@click.option("--class", "classes", multiple=True, metavar="CLASS", help="attack, seizure, boarding, ...; repeatable.")
@click.option("--rates", is_flag=True, help="Incidents per passage, with exact 95 % intervals; needs --exposure.")
@click.option(
    "--exposure", type=click.IntRange(min=1), metavar="N", help="Passages in the same days and waters; implies --rates."
)
@format_option
def incidents(
    files: tuple[Path, ...], since: str | None, until: str | None, box: str | None, classes: tuple[str, ...],
    rates: bool, exposure: int | None, output_format: str,
) -> None:  # fmt: skip
    """Read incident lists (ASAM, UKMTO, IMB, ReCAAP and the like; CSV or JSON) into one table, repeats flagged.

    \b
    Examples:
      muster incidents asam.json ukmto.csv
      muster incidents ukmto.csv --box 54,24,58,27.5 --since 2026-03-01 --format csv
      muster incidents ukmto.csv --class attack --rates --exposure 5800
    """
    from muster.observed.incidents import rates_per_passage, read_incidents

    if rates and exposure is None:
        rates_per_passage((), None)
    found = read_incidents(files)
    first = parse_date(since, name="--since") if since else date.min
    last = parse_date(until, name="--until") if until else date.max
    edges = _edges(box)
    chosen = [
        incident
        for incident in found.incidents
        if first <= incident.on <= last
        and (not classes or incident.incident_class in classes)
        and (edges is None or _is_inside(incident, edges))
    ]
    if exposure is not None:
        print_rows([_rate_row(rate) for rate in rates_per_passage(chosen, exposure)], output_format)
    else:
        print_rows([_row(incident) for incident in chosen], output_format, title="Incidents")
    n_repeats = sum(bool(incident.repeats) for incident in chosen)
    n_nowhere = sum(not incident.has_position for incident in chosen)
    click.echo(
        f"{len(chosen)} of {len(found.incidents)} incidents, {n_repeats} told before, {n_nowhere} without a position; "
        f"{found.n_no_incident} rows are advisories or news, {found.n_malformed} have no readable date.",
        err=True,
    )


def _edges(box: str | None) -> tuple[float, float, float, float] | None:
    if box is None:
        return None
    try:
        west, south, east, north = (float(edge) for edge in box.split(","))
    except ValueError:
        raise InputError(f"--box {box!r}", rule="a box is WEST,SOUTH,EAST,NORTH in degrees") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InputError(f"--box {box!r}", rule="west lies before east and south before north, in degrees")
    return west, south, east, north


def _is_inside(incident: Any, edges: tuple[float, float, float, float]) -> bool:
    west, south, east, north = edges
    return bool(west <= incident.lon_deg <= east and south <= incident.lat_deg <= north)


def _row(incident: Any) -> dict[str, object]:
    return {
        "date": incident.on, "class": incident.incident_class, "severity": incident.severity, "place": incident.place,
        "lat": round(incident.lat_deg, 4) if incident.has_position else None,
        "lon": round(incident.lon_deg, 4) if incident.has_position else None,
        "vessel": incident.vessel, "source": incident.source, "id": incident.id, "repeats": incident.repeats,
    }  # fmt: skip


def _rate_row(rate: Any) -> dict[str, object]:
    return {
        "class": rate.incident_class, "incidents": rate.n_incidents, "passages": rate.n_passages, "rate": rate.rate,
        "low_95": rate.interval[0], "high_95": rate.interval[1],
    }  # fmt: skip
