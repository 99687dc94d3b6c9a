"""The next ask and what-if: suppositions about the roll, played in the same runs as the roll as it stands."""

from types import SimpleNamespace

import numpy as np
import pytest

from contribution.strait import DAY, case, entry, escort, response, roll, scenario, view
from muster.base.errors import InputError, NotFoundError
from muster.contribution import build_force_pool
from muster.contribution.next_ask import find_candidates, play_pools, rank_next_asks
from muster.contribution.paired import OUTCOMES, Waters
from muster.contribution.pool import LiftCaveat, SetAnswer
from muster.contribution.shares import burden_source, burden_tables, play_shares, shares_of, unit_cost_usd
from muster.contribution.what_if import compare_pools, parse_answer, parse_lift
from muster.passage.simulate import compile_scenario, simulate_compiled

LIMIT = entry("caveat", "DEU", "only after a ceasefire", what="escort", type="operational")


def small_roll():
    """Germany pledges with a caveat, Greece refuses, Hungary is silent."""
    answers = {
        "DEU": [response("DEU", "escort", "pledged", "2 frigates", quote="Germany pledges two frigates.")],
        "GRC": [response("GRC", "escort", "refused", quote="Greece will not.")],
        "HUN": [],
    }
    return roll(answers, {"DEU": [LIMIT]})


def test_a_pledge_kept_arrives_sooner_and_surer():
    """A supposed deployment raises the odds, keeps the number of units, and its caveats."""
    plain = build_force_pool(small_roll(), view(), case(), scenario=scenario())
    change = SetAnswer("DEU", "escort", "deployed", DAY)
    supposed = build_force_pool(small_roll(), view(), case(), scenario=scenario(), changes=[change])
    old, new = ([u.force for u in pool.units if u.force.nation == "DEU"] for pool in (plain, supposed))
    assert len(old) == len(new) == 2
    assert new[0].p_available[1] > old[0].p_available[1]
    assert new[0].arrival_day[1] < old[0].arrival_day[1]
    assert new[0].regimes == old[0].regimes == {"open", "tolled"}


def test_a_lifted_caveat_is_gone_and_nothing_else_changes():
    """Lifting takes the mask off and leaves odds and dates."""
    change = LiftCaveat("DEU", "operational")
    (unit, _) = build_force_pool(small_roll(), view(), case(), scenario=scenario(), changes=[change]).units
    assert unit.force.regimes is None
    assert unit.caveat_ids == ()


def test_candidates_are_open_asks_unmet_pledges_and_limiting_caveats():
    """A state without a navy is not asked for ships."""
    found = find_candidates(small_roll(), build_force_pool(small_roll(), view(), case(), scenario=scenario()), case())
    kinds = {(c.kind, c.member, c.matter) for c in found}
    assert ("pledge", "DEU", "escort") in kinds
    assert ("ask", "GRC", "escort") in kinds
    assert ("caveat", "DEU", "operational") in kinds
    assert not any(member == "HUN" for _, member, _ in kinds)


def test_next_asks_are_ranked_by_their_paired_effect_with_reasons_and_price():
    """The best comes first; each says why it is open, in quotes, and what it costs politically."""
    tension = SimpleNamespace(kind="with-lead", actor="GRC", target="USA", on=DAY, sentence="Greece dissents.")
    rows = rank_next_asks(
        small_roll(), view(), case(), scenario(), n_runs=32, n_days=40, seed=5, tensions=[tension]
    )  # fmt: skip
    means = [row.effects["passages"].mean for row in rows]
    assert means == sorted(means, reverse=True)
    greek = next(row for row in rows if row.member == "GRC" and row.matter == "escort")
    assert any("Greece will not." in reason for reason in greek.reasons)
    assert greek.price == (f"{DAY}: Greece dissents.",)
    for row in rows:
        assert set(row.effects) == set(OUTCOMES)


def test_pools_played_together_equal_pools_played_alone():
    """Paired runs give bit for bit what the simulator gives for each pool."""
    pools = [[escort("USA")], [escort("USA"), escort("GBR", p_available=0.5)], [escort("USA")]]
    waters = Waters.of(scenario(), n_days=15, seed=2)
    together = play_pools(pools, waters, n_runs=12)
    compiled = compile_scenario(scenario(), seed=2, n_days=15)
    for k, pool in enumerate(pools):
        alone = simulate_compiled(compiled, pool, n_runs=12)
        assert np.array_equal(together[k, :, 0], alone["passages"])
    assert np.array_equal(together[0], together[2])


def test_what_if_without_a_change_changes_nothing():
    """The paired difference of equal pools is exactly zero."""
    pool = build_force_pool(small_roll(), view(), case(), scenario=scenario())
    found = compare_pools(pool, pool, scenario(), n_runs=8, n_days=10, n_threads=1)
    assert all(found.difference[word].mean == 0.0 for word in OUTCOMES)
    assert np.array_equal(found.curves["passages"][0], found.curves["passages"][1])


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ("DEU.escort", InputError, "a supposition reads"),
        ("DEU.cheese=deployed", InputError, "matters are"),
        ("DEU.escort=sailed", InputError, "statuses are"),
        ("DEU.escort=deployed@soon", InputError, "not a date"),
        ("XYZ.escort=deployed", NotFoundError, "not on the roll"),
    ],
)
def test_a_bad_supposition_is_one_clear_sentence(text, error, match):
    """What cannot be parsed says which form is right."""
    with pytest.raises(error, match=match):
        parse_answer(text, members=("DEU",), as_of=DAY)


def test_suppositions_are_parsed_and_printed_alike():
    """Text to value and back."""
    text = "DEU.mine_clearance=deployed@2026-06-01"
    assert str(parse_answer(text, members=("DEU",), as_of=DAY)) == text
    assert str(parse_lift("DEU.operational", members=("DEU",))) == "DEU.operational"
    with pytest.raises(InputError, match="types are"):
        parse_lift("DEU.everything", members=("DEU",))


def test_burden_tables_name_publication_day_and_url_and_what_is_less_certain():
    """Every table says whence and how it was read; members named as less certain are in it."""
    for name, host in (("gdp", "https://data.worldbank.org/"), ("trade", "https://www.eia.gov/")):
        table = burden_tables()[name]
        assert table["url"].startswith(host)
        assert table["publication"]
        assert table["read_from"]
        assert table["date"].year >= 2025
        assert {*table["one_copy"], *table["other_update"]} <= set(table["value"])
        assert table["url"] in burden_source(name, ())
    assert burden_source("trade", ["QAT", "SAU"]).endswith("less certain for QAT")


def test_oil_through_the_strait_agrees_with_the_shares_that_its_publisher_prints():
    """Saudi Arabia 38 % (5.5), the four in Asia 69 %, the United States about 0.5."""
    table = burden_tables()["trade"]
    oil, total = table["value"], table["total"]
    assert round(oil["SAU"], 1) == 5.5
    assert round(100 * oil["SAU"] / total) == 38
    assert round(100 * sum(oil[code] for code in ("CHN", "IND", "JPN", "KOR")) / total) == 69
    assert round(oil["USA"], 1) == 0.5


def test_shares_have_parts_that_sum_to_one_and_burdens_that_say_their_source():
    """Parts of share and cost are parts of a whole; GDP and trade name unit and source."""
    answers = {m: [response(m, "escort", "delivered")] for m in ("FRA", "GBR", "JPN")}
    pool = build_force_pool(roll(answers), view(), case(), scenario=scenario())
    game, result = play_shares(pool, scenario(), n_runs=12, n_days=20)
    found = shares_of(game, result, "passages")
    assert sum(member.part for member in found.members) == pytest.approx(1.0)
    for name in ("cost_part", "gdp_part"):
        assert sum(getattr(member, name) for member in found.members) == pytest.approx(1.0)
    assert {member.member for member in found.members if member.trade_part is not None} == {"JPN"}
    assert unit_cost_usd(escort("GBR", off_station_days=0.0), scenario(), 10) == 10 * 300e3
