"""A supposition that changes no unit says so."""

from datetime import date

from contribution.strait import case, entry, response, roll, scenario, view
from muster.contribution import build_force_pool
from muster.contribution.pool import LiftCaveat, SetAnswer
from muster.contribution.what_if import compare_pools


def compared(*changes, caveats=None):
    """Base and changed pool of a member with two escorts on task and a minehunter, two runs."""
    answers = {
        "GBR": [
            response("GBR", "escort", "delivered", "2 frigates", number=1),
            response("GBR", "mine_clearance", "deployed", "RFA Lyme Bay", number=2),
        ]
    }
    rolled = roll(answers, {"GBR": caveats or []})
    pools = [build_force_pool(rolled, view(), case(), scenario=scenario(), changes=c) for c in ((), changes)]
    return compare_pools(*pools, scenario(), changes=changes, n_runs=2, n_days=5, n_threads=1)


def test_a_supposition_without_effect_says_why():
    """One line for each: no such caveat, as high already, or nothing that follows; and the difference is zero."""
    changes = (
        LiftCaveat("GBR", "operational"),
        SetAnswer("GBR", "mine_clearance", "deployed", date(2026, 6, 1)),
        SetAnswer("FRA", "escort", "refused", date(2026, 6, 1)),
    )
    found = compared(*changes)
    assert found.unmoved() == (
        "GBR.operational changes no unit: no unit has such a caveat (theirs: none)",
        "GBR.mine_clearance=deployed@2026-06-01 changes no unit: gbr-mcm-1 (RFA Lyme Bay) stands as deployed already",
        "FRA.escort=refused@2026-06-01 changes no unit: FRA has no unit",
    )
    assert found.difference["passages"].mean == 0


def test_a_lifted_caveat_that_other_caveats_double_says_so():
    """Two caveats with the same mask: without one the other still binds."""
    caveats = [
        entry("caveat", "GBR", "only after a ceasefire", what="escort", type="operational", number=1),
        entry("caveat", "GBR", "in coordination with Iran", what="escort", type="relational", number=2),
    ]
    (sentence,) = compared(LiftCaveat("GBR", "operational"), caveats=caveats).unmoved()
    assert sentence.endswith("its words limit no unit beyond what else binds it (relational)")


def test_a_supposition_with_effect_is_not():
    """A withdrawal changes units."""
    assert compared(SetAnswer("GBR", "escort", "withdrawn", date(2026, 6, 1))).unmoved() == ()
