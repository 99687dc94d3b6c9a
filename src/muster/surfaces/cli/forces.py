"""`muster forces`: the force pool that the roll supports, with its quotes."""

import json
from typing import Any

import click

from muster.assessment.roll import build_roll
from muster.contribution.pool import ForcePool, PoolUnit, build_force_pool
from muster.surfaces.cli.case_ledger import as_of_option, known_at_option, open_case_ledger, open_view
from muster.surfaces.cli.options import case_option, format_option, ledger_option, print_rows


@click.command()
@case_option
@ledger_option
@as_of_option
@known_at_option
@format_option
def forces(case_name: str, ledger_url: str, as_of: str | None, known_at: str | None, output_format: str) -> None:
    """List the units that pledges and deployments amount to on a day.

    Probability and arrival follow from the status of the statement behind a unit, masks from the member's typed
    caveats; docs/contribution.md has the tables with their sources.

    \b
    Examples:
      muster forces
      muster forces --as-of 2026-05-12 --format json
      muster forces --as-of 2026-05-12 --format csv
    """
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        view = open_view(case, ledger, as_of, known_at)
        pool = build_force_pool(build_roll(view, case), view, case)
    if output_format == "json":
        click.echo(json.dumps(_as_object(pool), ensure_ascii=False, indent=1))
        return
    rows = [_row(unit) for unit in pool.units]
    print_rows(rows, output_format, title=f"{case.title}: force pool as of {pool.as_of}")


def _triple(value: float | tuple[float, float, float]) -> tuple[float, float, float]:
    low, mode, high = value if isinstance(value, tuple) else (value, value, value)
    return round(low, 4), round(mode, 4), round(high, 4)


def _row(unit: PoolUnit) -> dict[str, Any]:
    force = unit.force
    p, day = _triple(force.p_available), _triple(force.arrival_day)
    return {
        "unit": force.id,
        "type": force.type,
        "asset": unit.asset,
        "status": unit.status,
        "matter": unit.what,
        "p": f"{p[1]:.2f} ({p[0]:.2f}-{p[2]:.2f})",
        "arrival_day": f"{day[1]:.0f} ({day[0]:.0f}-{day[2]:.0f})",
        "only_when": ", ".join(sorted(force.regimes)) if force.regimes is not None else "",
        "only_where": "elsewhere" if unit.is_elsewhere else ", ".join(sorted(force.routes or ())),
        "only_whom": ", ".join(sorted(force.flags)) if force.flags is not None else "",
        "answers_boarding": "yes" if force.may_answer_boarding else "no",
        "quote": unit.quotes[0] if unit.quotes else f"(basis: {unit.basis})",
        "statement": force.statement_ids[0][:12] if force.statement_ids else "",
    }


def _unit_object(unit: PoolUnit) -> dict[str, Any]:
    force = unit.force
    masks = {name: getattr(force, name) for name in ("flags", "classes", "routes", "regimes")}
    return {
        "id": force.id, "nation": force.nation, "type": force.type, "asset": unit.asset, "matter": unit.what,
        "status": unit.status, "basis": unit.basis, "p_available": _triple(force.p_available),
        "arrival_day": _triple(force.arrival_day), "on_station_days": force.on_station_days,
        "off_station_days": force.off_station_days, "turnaround_h": force.turnaround_h,
        "masks": {name: sorted(mask) for name, mask in masks.items() if mask is not None},
        "may_answer_boarding": force.may_answer_boarding, "is_elsewhere": unit.is_elsewhere,
        "statements": [{"id": i, "quote": q} for i, q in zip(force.statement_ids, unit.quotes, strict=True)],
        "caveats": list(unit.caveats), "caveat_statements": [entry_id for _, entry_id in unit.caveat_ids],
    }  # fmt: skip


def _as_object(pool: ForcePool) -> dict[str, Any]:
    return {
        "as_of": str(pool.as_of),
        "contributors": list(pool.contributors),
        "units": [_unit_object(unit) for unit in pool.units],
        "background": [{"id": unit.id, "nation": unit.nation, "type": unit.type} for unit in pool.background],
    }
