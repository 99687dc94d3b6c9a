"""A supposition that changes no unit says so."""

from datetime import date

from contribution.strait import case, response, roll, scenario, view
from muster.contribution import build_force_pool
from muster.contribution.pool import LiftCaveat, SetAnswer
from muster.contribution.what_if import compare_pools


def compared(*changes):
    """Base and changed pool of a member with one delivered escort, two runs."""
    answers = {"GBR": [response("GBR", "escort", "delivered", "2 frigates")]}
    pools = [build_force_pool(roll(answers), view(), case(), scenario=scenario(), changes=c) for c in ((), changes)]
    return compare_pools(*pools, scenario(), changes=changes, n_runs=2, n_days=5, n_threads=1)


def test_a_supposition_without_effect_is_named():
    """Lifting a caveat that binds no unit: the member is named, and the difference is zero."""
    found = compared(LiftCaveat("GBR", "operational"))
    assert found.unmoved() == (
        "GBR: no unit changes; those there stand as high already, or are bound by no such caveat",
    )
    assert found.difference["passages"].mean == 0


def test_a_supposition_with_effect_is_not():
    """A withdrawal changes units."""
    assert compared(SetAnswer("GBR", "escort", "withdrawn", date(2026, 6, 1))).unmoved() == ()
