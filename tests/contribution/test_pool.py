"""The force pool: from standings and caveats to units, each linked to its statements."""

import itertools
from datetime import date

import numpy as np
import pytest

from contribution.strait import DAY, case, entry, response, roll, scenario, view
from muster.contribution import build_force_pool, leave_one_out
from muster.contribution.frontier import named_pools
from muster.contribution.pool_tables import load_tables
from muster.contribution.roster_forces import roster_units
from muster.passage.words import REGIMES, ROUTES, UNIT_TYPES


def pool_of(answers, caveats=None, **options):
    """The pool of a small roll."""
    return build_force_pool(roll(answers, caveats, **options), view(), case(), scenario=scenario())


def test_named_assets_become_units_that_link_to_their_quotes():
    """A ship by name and a counted class become units of their types with statement ids and quotes."""
    pool = pool_of(
        {"ITA": [response("ITA", "mine_clearance", "deployed", "2 minehunters", quote="Two minehunters sail.")]}
    )
    assert [(unit.force.type, unit.asset, unit.force.statement_ids) for unit in pool.units] == [
        ("mcm", "2 minehunters", ("ITA-response-0",))
    ] * 2
    assert {unit.quotes for unit in pool.units} == {("Two minehunters sail.",)}


def test_the_same_assets_told_twice_are_not_added_up():
    """Two ships by name and a count of two are two units."""
    told = [
        response("ITA", "mine_clearance", "deployed", "Crotone", "Rimini", number=1),
        response("ITA", "mine_clearance", "pledged", "2 minehunters", number=2),
    ]
    assert [unit.asset for unit in pool_of({"ITA": told}).units] == ["Crotone", "Rimini"]


def test_a_ship_of_another_nation_is_not_a_members_unit():
    """A sentence on two nations' ships gives each its own."""
    both = ("HMS Dragon", "Charles de Gaulle")
    pool = pool_of({m: [response(m, "escort", "deployed", *both)] for m in ("FRA", "GBR")})
    assert {(unit.force.nation, unit.asset) for unit in pool.units} == {
        ("GBR", "HMS Dragon"),
        ("FRA", "Charles de Gaulle"),
    }


def test_a_number_before_a_singular_noun_is_no_count():
    """A Type 45 destroyer is one ship."""
    assert load_tables().asset_units("45 destroyer", "GBR") == ("escort", 1, False)
    assert load_tables().asset_units("8 frigates", "FRA") == ("escort", 8, False)
    assert load_tables().asset_units("400 soldiers", "ROU")[0] == "none"


def test_refusal_and_silence_bring_nothing():
    """No unit follows from a no or from no answer."""
    pool = pool_of({"ESP": [response("ESP", "escort", "refused", "2 frigates")], "HUN": []})
    assert pool.units == ()


def test_probability_and_date_rise_with_the_status():
    """A higher rung never has a lower probability or a later date."""
    ladder = ["considering", "conditional", "pledged", "authorised", "deployed", "delivered"]
    rows = [load_tables().statuses[status] for status in ladder]
    for low, high in itertools.pairwise(rows):
        assert all(np.array(low.p_available) <= high.p_available)
        assert all(np.array(low.delay_days) >= high.delay_days)


def test_days_since_the_statement_are_taken_off_the_delay_but_an_old_pledge_still_has_to_sail():
    """Arrival counts from the pool's day and keeps the least delay of its status."""
    old, new = date(2026, 3, 20), DAY
    days = [
        pool_of({"NLD": [response("NLD", "escort", "pledged", on=on)]}).units[0].force.arrival_day for on in (old, new)
    ]
    low = load_tables().statuses["pledged"].delay_days[0]
    assert days[0][2] == days[1][2] - 53
    assert days[0][0] == low


@pytest.mark.parametrize(
    ("type_", "quote", "check"),
    [
        ("operational", "only after a ceasefire", lambda f: f.regimes == {"open", "tolled"}),
        ("operational", "escorts ships under its own flag", lambda f: f.flags == {"coalition"}),
        ("operational", "stays in the Gulf of Oman", lambda f: f.routes == {"free"}),
        ("relational", "in coordination with Iran", lambda f: not f.may_answer_boarding),
        ("parliamentary", "parliament must vote", lambda f: f.p_available[1] == pytest.approx(0.25 * 0.7)),
    ],
)
def test_typed_caveats_become_masks_or_odds(type_, quote, check):
    """Whom, where, when and how: each typed caveat limits the unit in its own way and is linked."""
    limit = entry("caveat", "DEU", quote, what="escort", type=type_)
    pool = pool_of({"DEU": [response("DEU", "escort", "pledged", "1 frigate")]}, {"DEU": [limit]})
    (unit,) = pool.units
    assert check(unit.force)
    assert unit.caveat_ids == ((type_, limit.id),)
    assert quote in unit.caveats[0]


def test_a_contested_standing_halves_the_odds():
    """A live yes against a live no."""
    answers = {"CAN": [response("CAN", "escort", "pledged")]}
    sure, doubtful = (pool_of(answers, contested=names).units[0].force.p_available for names in ((), ("CAN",)))
    assert doubtful == tuple(0.5 * p for p in sure)


def test_no_unit_stands_higher_than_its_standing():
    """The roll says deployed; a page of its own that says delivered lifts no unit, and the newer statement leads."""
    stands = response("FRA", "mission", "deployed", number=1)
    alone = response("FRA", "mission", "delivered", number=2, on=date(2026, 3, 17))
    (unit,) = pool_of({"FRA": [stands, alone]}).units
    assert (unit.status, unit.force.statement_ids) == ("deployed", (stands.id, alone.id))
    assert unit.force.p_available == load_tables().statuses["deployed"].p_available


def test_an_air_defence_ship_elsewhere_sails_no_lane_of_the_coalition():
    """What shields Cyprus escorts nobody through the strait; an escort on its way through the same sea may."""
    words = "France will deploy two frigates in the eastern Mediterranean."
    shield = pool_of({"FRA": [response("FRA", "air_defence", "pledged", "2 frigates", quote=words)]})
    assert {unit.force.routes for unit in shield.units} == {frozenset({"free"})}
    assert all(words in unit.caveats[0] for unit in shield.units)
    assert roster_units(shield, n_days=180) == ()
    assert shield.contributors == ()
    assert all(unit.nation != "FRA" for pool in named_pools(shield).values() for unit in pool)
    on_its_way = pool_of({"FRA": [response("FRA", "escort", "pledged", "2 frigates", quote=words)]})
    assert {unit.force.routes for unit in on_its_way.units} == {None}


def test_what_is_elsewhere_makes_no_ship_of_the_strait_one_less():
    """A frigate off Cyprus and an escort under way are two; a ship told of in both places is the strait's."""
    cyprus = "The frigate Languedoc and the carrier Charles de Gaulle go to Cyprus."
    told = [
        response("FRA", "air_defence", "deployed", "Languedoc", "Charles de Gaulle", quote=cyprus, number=1),
        response("FRA", "escort", "deployed", number=2),
        response("FRA", "escort", "deployed", "Charles de Gaulle", number=3),
    ]
    pool = pool_of({"FRA": told})
    assert {(unit.asset, unit.is_elsewhere) for unit in pool.units} == {
        ("Languedoc", True), ("", False), ("Charles de Gaulle", False),
    }  # fmt: skip


def test_what_serves_another_operation_is_no_unit_of_this_one():
    """A frigate kept with Aspides escorts nobody through the strait; one promised out of Aspides will."""
    kept = "Greece takes part in Operation Aspides in the Red Sea."
    pool = pool_of({"GRC": [response("GRC", "mission", "delivered", quote=kept)]})
    assert [unit.is_elsewhere for unit in pool.units] == [True]
    moved = "Greece will move its frigate from Aspides to the strait."
    pool = pool_of({"GRC": [response("GRC", "mission", "pledged", quote=moved)]})
    assert [unit.is_elsewhere for unit in pool.units] == [False]


def test_a_bare_signature_is_worth_little_and_says_so():
    """A member of the coalition without a statement of its own: one doubtful escort, basis membership."""
    (unit,) = pool_of({"ALB": []}).units
    assert (unit.status, unit.basis, unit.quotes) == ("member", "membership", ())
    assert unit.force.p_available[1] < load_tables().statuses["pledged"].p_available[1]


def test_every_row_of_the_tables_is_valid_and_sourced():
    """Units of all types and masks use the passage model's words; every row has a source."""
    tables = load_tables()
    assert {kind for _, kind, _ in tables.assets} <= {*UNIT_TYPES, "none"}
    assert all(row.source for row in tables.statuses.values())
    assert tables.elsewhere.source
    assert tables.elsewhere.routes <= set(ROUTES)
    for rule in tables.caveats:
        assert rule.source
        assert (rule.regimes or frozenset()) <= set(REGIMES)
        assert (rule.routes or frozenset()) <= set(ROUTES)


def test_leave_one_out_changes_nothing_where_a_member_has_no_unit_and_is_zero_for_the_improbable():
    """Only contributors are listed; a unit that never comes changes nothing at all."""
    answers = {"GBR": [response("GBR", "escort", "delivered", "HMS Dragon", "1 frigate")], "HUN": []}
    effects = leave_one_out(pool_of(answers), scenario(), n_runs=16, n_days=20, seed=3)
    assert {effect.member for effect in effects} == {"GBR"}
    by_outcome = {effect.outcome: effect for effect in effects}
    assert by_outcome["passages"].ci_low <= by_outcome["passages"].mean_change <= by_outcome["passages"].ci_high
    assert by_outcome["confrontations"].mean_change < 0  # fewer escorts, fewer challenges of escorted ships
