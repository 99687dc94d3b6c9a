"""`muster roster`: which unit is on station when, with a proven gap and a picture."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from muster.assessment.roll import build_roll
from muster.base.errors import InputError
from muster.contribution.pool import build_force_pool
from muster.contribution.roster import Roster, solve_roster
from muster.contribution.roster_forces import default_needs, roster_units
from muster.contribution.roster_units import Requirement, RosterUnit, read_units
from muster.surfaces.cli.case_ledger import as_of_option, known_at_option, open_case_ledger, open_view
from muster.surfaces.cli.options import case_option, format_option, ledger_option, print_rows


@click.command()
@click.option("--units", "units_path", metavar="FILE", type=click.Path(path_type=Path),
              help="TOML, JSON or CSV of units (and needs) [default: the units that the roll supports].")  # fmt: skip
@click.option("--need", "needs", multiple=True, metavar="TASK=N[:FLOOR]",
              help="Units needed on station, such as escort=8 or mine_clearance=4:2; may be repeated.")  # fmt: skip
@click.option("--days", "n_days", type=click.IntRange(1, 730), default=180, show_default=True)
@click.option("--step", type=click.Choice(["weekly", "daily"]), default="weekly", show_default=True)
@click.option("--time-limit", "time_limit_s", type=click.FloatRange(1), help="Seconds [default: 30 weekly, 90 daily].")
@click.option("--gantt", "gantt_path", type=click.Path(path_type=Path), metavar="FILE", help="Picture, .svg or .png.")
@case_option
@ledger_option
@as_of_option
@known_at_option
@format_option
def roster(
    units_path: Path | None, needs: tuple[str, ...], n_days: int, step: str, time_limit_s: float | None,
    gantt_path: Path | None, case_name: str, ledger_url: str, as_of: str | None, known_at: str | None,
    output_format: str,
) -> None:  # fmt: skip
    """Plan who is on station when: most coverage first, then an even burden.

    Keeps transit, crew rest, maintenance, mandates, limits of days and stints; docs/contribution.md lists the keys of
    the units file. An infeasible plan says which rules would have to give way.

    \b
    Examples:
      muster roster --gantt out/roster.svg
      muster roster --units units.toml --need escort=8:4 --need mine_clearance=4 --step daily
      muster roster --as-of 2026-07-03 --days 120 --format csv
    """
    if units_path is not None:
        units, wanted = read_units(units_path)
    else:
        case, ledger = open_case_ledger(case_name, ledger_url)
        with ledger:
            view = open_view(case, ledger, as_of, known_at)
            units = roster_units(build_force_pool(build_roll(view, case), view, case), n_days=n_days)
        wanted = ()
    requirements = tuple(_need(text) for text in needs) or wanted or default_needs(units)
    found = solve_roster(units, requirements, n_days=n_days, step=step, time_limit_s=time_limit_s)
    if gantt_path is not None:
        from muster.contribution.gantt import write_gantt

        write_gantt(found, units, requirements, gantt_path)
        click.echo(f"muster: wrote {gantt_path}", err=True)
    if output_format == "json":
        click.echo(json.dumps(_as_object(found, units, requirements), ensure_ascii=False, indent=1))
        return
    print_rows([_row(found, index) for index in range(len(found.stints))], output_format, title="Stints")
    for line in _summary(found, requirements):
        click.echo(line, err=True)
    if found.status == "infeasible":
        raise click.exceptions.Exit(1)


def _need(text: str) -> Requirement:
    role, equals, number = text.partition("=")
    needed, _, floor = number.partition(":")
    if not equals or not needed.isdigit() or not (floor or "0").isdigit() or not 0 < int(needed) <= 500:
        raise InputError(f"--need {text!r}", rule="a need reads escort=8, or escort=8:4 with a hard floor of 4")
    if int(floor or 0) > int(needed):
        raise InputError(f"--need {text!r}", rule="the floor is at most the need")
    return Requirement(role.strip(), int(needed), int(floor or 0))


def _row(found: Roster, index: int) -> dict[str, Any]:
    stint = found.stints[index]
    return {
        "unit": stint.unit_id, "nation": stint.nation, "type": stint.type, "task": stint.role,
        "sails": stint.sail_day, "on_station_from": stint.from_day, "until": stint.until_day, "home": stint.home_day,
        "rested": stint.rested_day,
    }  # fmt: skip


def _summary(found: Roster, needs: Sequence[Requirement]) -> list[str]:
    if found.status == "infeasible":
        return [
            "muster: no roster keeps the hard floors; the least that has to give way:",
            *[f"  {item.rule}: {item.sentence} ({item.amount:g} {item.unit})" for item in found.relaxations],
        ]
    covered, needed = found.covered_unit_days, found.needed_unit_days
    head = f"{found.status}: {covered:.0f} of {needed:.0f} needed unit-days, proven within {100 * found.gap:.2f} %"
    lines = [f"{head} of the best, {found.seconds:.1f} s"]
    for need in needs:
        first, last = found.windows[need.role]
        worst = f"worst day {100 * found.smallest_coverage[need.role]:.0f} % of {need.needed}"
        lines.append(f"  {need.role}: {worst}, days {first} to {last - 1}{_limit_of(found, need.role)}")
    return lines


def _limit_of(found: Roster, role: str) -> str:
    """Return why a task keeps no more on its worst day, empty where it keeps all or that is not proven."""
    worst, alone, joint = found.smallest_coverage[role], found.smallest_bound[role], found.joint_bound[role]
    if worst >= 1.0:
        return ""
    if alone <= worst:
        return " (no roster keeps more)"
    if joint <= worst:
        return f" (alone at most {100 * alone:.0f} %, but not with the tasks that share its units)"
    return f" (that {100 * min(alone, joint):.0f} % cannot be kept is not proven)"


def _as_object(found: Roster, units: Sequence[RosterUnit], needs: Sequence[Requirement]) -> dict[str, Any]:
    ids = {unit.id: list(unit.statement_ids) for unit in units}
    return {
        "status": found.status, "gap": None if found.gap == float("inf") else found.gap, "seconds": found.seconds,
        "n_days": found.n_days, "step_days": found.step_days, "covered_unit_days": found.covered_unit_days,
        "covered_bound": found.covered_bound, "needed_unit_days": found.needed_unit_days,
        "needs": [{"role": n.role, "needed": n.needed, "floor": n.floor, "days": found.windows[n.role]} for n in needs],
        "smallest_coverage": dict(found.smallest_coverage), "smallest_bound": dict(found.smallest_bound),
        "joint_bound": dict(found.joint_bound),
        "coverage": {role: days.tolist() for role, days in found.coverage.items()}, "burdens": dict(found.burdens),
        "stints": [
            {**_row(found, index), "statements": ids[found.stints[index].unit_id]} for index in range(len(found.stints))
        ],
        "relaxations": [
            {"rule": r.rule, "subject": r.subject, "amount": r.amount, "unit": r.unit, "sentence": r.sentence}
            for r in found.relaxations
        ],
    }  # fmt: skip
