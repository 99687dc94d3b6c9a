"""Between force pool and roster: units to plan with, and the plan back as units with their days on station."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil

from muster.contribution.pool import ForcePool
from muster.contribution.roster import Roster
from muster.contribution.roster_units import FAR_DAY, Requirement, RosterUnit
from muster.passage.forces import ForceUnit

TASK_OF_TYPE: Mapping[str, str] = {
    "escort": "escort",
    "mcm": "mine_clearance",
    "patrol": "patrol",
    "support": "logistics",
}
TRANSIT_DAYS = 21
"""Home to the strait: Kiel to the Mediterranean took Fulda two weeks, Augusta to the Gulf almost a month (2026)."""


def roster_units(pool: ForcePool, *, n_days: int) -> tuple[RosterUnit, ...]:
    """Return the pool's units to plan with: from their middle arrival on, one task by type, default rules otherwise.

    The first stint may begin on the middle of the arrival's range; units that would arrive after the horizon are left
    out, and those that their statement places outside the strait. The lead's own units are not planned.
    """
    units = []
    for unit in pool.sailing:
        force = unit.force
        arrival = force.arrival_day if isinstance(force.arrival_day, tuple) else (force.arrival_day,) * 3
        first = ceil(arrival[1])
        if first >= n_days:
            continue
        p = force.p_available if isinstance(force.p_available, tuple) else (force.p_available,) * 3
        until = FAR_DAY if force.until_day is None else int(force.until_day)
        units.append(
            RosterUnit(
                id=force.id, nation=force.nation, type=force.type, roles=(TASK_OF_TYPE[force.type],),
                transit_days=TRANSIT_DAYS, ready_day=first - TRANSIT_DAYS, mandates=((0, until),),
                p_available=round(sum(p) / 3, 4), statement_ids=force.statement_ids,
            )
        )  # fmt: skip
    return tuple(units)


def default_needs(units: Sequence[RosterUnit]) -> tuple[Requirement, ...]:
    """Return a need for each task there are units for: a third of them, at least one.

    A unit that takes its turn (stint, transit both ways, rest) is on station about a third of the time.
    """
    able = Counter(role for unit in units for role in unit.roles)
    return tuple(Requirement(role, max(1, count // 3)) for role, count in sorted(able.items()))


def planned_forces(roster: Roster, forces: Sequence[ForceUnit]) -> tuple[ForceUnit, ...]:
    """Return the roster's stints as force units: on station from their first to their last day, caveats kept.

    A unit with several stints becomes several; each keeps the unit's probability. Units without a stint stay at home.
    """
    by_id = {force.id: force for force in forces}
    planned = []
    for number, stint in enumerate(roster.stints, 1):
        force = by_id[stint.unit_id]
        planned.append(
            replace(
                force, id=f"{force.id}#{number}", arrival_day=float(stint.from_day), until_day=float(stint.until_day),
                on_station_days=float(max(1, stint.until_day - stint.from_day)), off_station_days=0.0,
            )
        )  # fmt: skip
    return tuple(planned)
