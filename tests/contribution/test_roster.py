"""The roster: it keeps every rule, is optimal where that can be counted by hand, and says why where it cannot be."""

import json
import time

import numpy as np
import pytest

from contribution.strait import case, escort, response, roll, scenario, view
from muster.base.errors import InputError
from muster.contribution.gantt import write_gantt
from muster.contribution.roster import solve_roster
from muster.contribution.roster_forces import default_needs, planned_forces, roster_units
from muster.contribution.roster_network import build_network
from muster.contribution.roster_solver import solve_problem
from muster.contribution.roster_units import Requirement, RosterUnit, read_units
from muster.passage.simulate import simulate_passages


def ship(name: str, nation: str = "GBR", **fields) -> RosterUnit:
    """A ship a week from its station."""
    return RosterUnit(name, nation, "escort", ("escort",), **{"transit_days": 7, **fields})


def fleet() -> tuple[RosterUnit, ...]:
    """Six ships with windows, refits and two tasks."""
    return (
        ship("a", ready_day=-7),
        ship("b", "FRA", maintenance=((40, 61),)),
        ship("c", "FRA", mandates=((0, 60),)),
        RosterUnit("d", "ITA", "destroyer", ("escort", "air_defence"), 14),
        RosterUnit("e", "ITA", "destroyer", ("escort", "air_defence"), 7, ready_day=30),
        ship("f", "DEU", max_station_days=28, max_stints=1),
    )


NEEDS = (Requirement("escort", 2), Requirement("air_defence", 1, weight=2.0))


@pytest.fixture(scope="module")
def plan():
    """The weekly plan of the fleet over 120 days."""
    return solve_roster(fleet(), NEEDS, n_days=120, time_limit_s=8)


def test_every_stint_keeps_every_rule(plan):
    """Transit, rest, maintenance, mandate, tasks, limits: checked from the stints alone."""
    units = {unit.id: unit for unit in fleet()}
    assert plan.status == "optimal"
    for name, unit in units.items():
        mine = sorted((stint for stint in plan.stints if stint.unit_id == name), key=lambda stint: stint.sail_day)
        assert len(mine) <= unit.max_stints
        assert sum(stint.until_day - (stint.sail_day + unit.transit_days) for stint in mine) <= unit.max_station_days
        free = unit.ready_day
        for stint in mine:
            length = stint.until_day - stint.sail_day - unit.transit_days
            assert stint.role in unit.roles
            assert stint.sail_day >= free
            assert length in unit.stint_days
            assert stint.home_day == stint.until_day + unit.transit_days
            free = stint.home_day + unit.rest_days(length)
            for since, until in unit.maintenance:
                assert stint.home_day <= since or stint.sail_day >= until
            for since, until in unit.mandates:
                assert since <= stint.from_day
                assert stint.until_day <= until


def test_coverage_is_that_of_the_stints(plan):
    """What the roster reports is counted again from its stints."""
    for need in NEEDS:
        there = np.zeros(plan.n_days, int)
        for stint in plan.stints:
            if stint.role == need.role:
                there[stint.from_day : min(stint.until_day, plan.n_days)] += 1
        assert np.array_equal(there, plan.coverage[need.role])
        first, last = plan.windows[need.role]
        assert plan.smallest_coverage[need.role] == min(1.0, there[first:last].min() / need.needed)
    assert plan.covered_unit_days <= plan.covered_bound + 1e-6
    assert plan.gap <= 1e-3


def test_bounds_of_the_worst_day_hold_for_each_task_and_for_all_together():
    """One destroyer for two tasks: each could be kept whole alone, not both; each bound is at least what is reached."""
    both = RosterUnit("d", "ITA", "destroyer", ("escort", "air_defence"), 7, ready_day=-7, max_station_days=42)
    needs = (Requirement("escort", 1, from_day=0), Requirement("air_defence", 1, from_day=0))
    found = solve_roster([both], needs, n_days=28, time_limit_s=4)
    assert dict(found.smallest_bound) == {"escort": 1.0, "air_defence": 1.0}
    assert dict(found.joint_bound) == {"escort": 0.0, "air_defence": 0.0}
    assert all(found.smallest_coverage[role] <= found.smallest_bound[role] for role in found.smallest_bound)
    assert found.status == "optimal"


def test_three_ships_in_turn_cover_one_station_for_ever():
    """At most 42 days on, then 14 home, 21 at rest and 14 out again: three ships keep one on station, two cannot."""
    three = [ship(name, transit_days=14, ready_day=-14, max_station_days=180) for name in "abc"]
    need = (Requirement("escort", 1, from_day=0),)
    full = solve_roster(three, need, n_days=140, time_limit_s=6)
    assert full.smallest_coverage["escort"] == 1.0
    assert full.covered_unit_days == 140
    two = solve_roster(three[:2], need, n_days=140, time_limit_s=6)
    assert two.smallest_coverage["escort"] == two.smallest_bound["escort"]
    assert two.covered_unit_days < 140


@pytest.mark.slow
def test_daily_is_never_worse_than_weekly():
    """The daily grid holds the weekly plan."""
    weekly = solve_roster(fleet()[:4], NEEDS, n_days=90, time_limit_s=4)
    daily = solve_roster(fleet()[:4], NEEDS, n_days=90, step="daily", time_limit_s=8)
    assert daily.covered_unit_days >= weekly.covered_unit_days - 1e-9


def test_equal_ships_of_two_nations_share_the_days_evenly():
    """Among plans of equal coverage the even one is taken."""
    ships = [ship("a", "GBR"), ship("b", "FRA")]
    found = solve_roster(ships, (Requirement("escort", 1),), n_days=91, time_limit_s=30)
    assert found.smallest_coverage["escort"] == 1.0
    assert abs(found.burdens["GBR"] - found.burdens["FRA"]) <= 14 / 90


def test_an_impossible_floor_says_what_to_relax():
    """A mandate that ends too early is named, with the days it would have to last; a floor no fleet can keep too."""
    ended = [ship("a", ready_day=-7, mandates=((0, 30),), max_station_days=70)]
    found = solve_roster(ended, (Requirement("escort", 1, floor=1, from_day=0, until_day=35),), n_days=35)
    assert found.status == "infeasible"
    assert found.stints == ()
    assert [(item.rule, item.subject) for item in found.relaxations] == [("mandate", "a")]
    many = solve_roster(ended, (Requirement("escort", 3, floor=3, from_day=0, until_day=20),), n_days=35)
    assert {item.rule for item in many.relaxations} == {"floor"}
    assert "at most 1 units" in many.relaxations[0].sentence


def test_the_time_limit_is_kept_from_outside():
    """A problem far too large for its time ends soon after it, whatever the solver does."""
    units = [ship(f"u{k}", max_station_days=90 + k % 3, transit_days=5 + k % 9) for k in range(40)]
    network = build_network(units, (Requirement("escort", 13),), n_days=180, step_days=1)
    began = time.perf_counter()
    solution = solve_problem(network.problem.with_cost(network.coverage_cost()), time_limit_s=1.0, gap=0.0, n_threads=1)
    assert time.perf_counter() - began < 25  # the limit, the grace, and the start of a process on a loaded machine
    assert solution.status in {"feasible", "unknown", "optimal"}


def test_a_plan_goes_back_into_the_simulator():
    """Stints become units that are there on their days and not on others."""
    from muster.contribution import build_force_pool

    answers = {"GBR": [response("GBR", "escort", "delivered", "2 frigates")]}
    pool = build_force_pool(roll(answers), view(), case(), scenario=scenario())
    units = roster_units(pool, n_days=60)
    found = solve_roster(units, default_needs(units), n_days=60, time_limit_s=4)
    planned = planned_forces(found, pool.force_units())
    assert {(unit.arrival_day, unit.until_day) for unit in planned} == {
        (stint.from_day, stint.until_day) for stint in found.stints
    }
    outcomes = simulate_passages(scenario(), n_runs=4, n_days=60, seed=1, forces=(escort("USA"), *planned))
    assert outcomes.measure("passages").mean() > 0


def test_units_are_read_from_toml_json_and_csv(tmp_path):
    """The same fleet in three formats."""
    (tmp_path / "u.toml").write_text(
        '[[unit]]\nid = "a"\nnation = "GBR"\ntype = "escort"\nroles = ["escort"]\ntransit_days = 7\n'
        'mandates = [[0, 60]]\n[[requirement]]\nrole = "escort"\nneeded = 1\n'
    )
    row = {"id": "a", "nation": "GBR", "type": "escort", "roles": ["escort"], "transit_days": 7, "mandates": [[0, 60]]}
    (tmp_path / "u.json").write_text(json.dumps({"unit": [row]}))
    (tmp_path / "u.csv").write_text('id,nation,type,roles,transit_days,mandates\na,GBR,escort,escort,7,"[[0, 60]]"\n')
    first, second, third = (read_units(tmp_path / f"u.{kind}") for kind in ("toml", "json", "csv"))
    assert first[0] == second[0] == third[0]
    assert first[1] == (Requirement("escort", 1),)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('[[unit]]\nid = "a"\n', "lacks 'nation'"),
        ("[[unit]\n", "TOML, JSON or CSV"),
        ("", "no units"),
        ('[[unit]]\nid="a"\nnation="X"\ntype="t"\nroles=["r"]\ntransit_days="soon"\n', "must be a number"),
        ('[[unit]]\nid="a"\nnation="X"\ntype="t"\nroles=["r"]\ntransit_days=1\nmandates=[[9, 3]]\n', "a window is"),
        ('[[unit]]\nid="a"\nnation="X"\ntype="t"\nroles=["r"]\ntransit_days=1\ncolour="red"\n', "unknown key 'colour'"),
    ],
)
def test_a_bad_units_file_is_one_clear_sentence(tmp_path, text, match):
    """File, row, key and rule are named."""
    path = tmp_path / "units.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=match):
        read_units(path)


def test_bad_requests_are_refused():
    """Two needs of a task, no units, an odd step."""
    with pytest.raises(InputError, match="one requirement per task"):
        solve_roster(fleet(), (*NEEDS, Requirement("escort", 1)))
    with pytest.raises(InputError, match="at least one of each"):
        solve_roster((), NEEDS)
    with pytest.raises(InputError, match="weekly or daily"):
        solve_roster(fleet(), NEEDS, step="hourly")


def test_the_picture_shows_every_unit_with_a_stint(plan, tmp_path):
    """The Gantt is an SVG that names the units."""
    path = tmp_path / "roster.svg"
    write_gantt(plan, fleet(), NEEDS, path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "escort: dashed = needed" in text
