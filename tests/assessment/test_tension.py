"""Tensions are stated in texts or shown by the roll; each stands on statements."""

from factory import ListView, make_ask, make_case, rejected, response, tension
from muster.assessment.tension import KINDS, Tension, find_tensions
from muster.ledger.entry import Entry

ASKS = (make_ask("basing"), make_ask("escort", since="2026-03-14"))


def find(*entries: Entry, as_of: str = "2026-09-01") -> tuple[Tension, ...]:
    """Return the tensions over these entries."""
    return find_tensions(ListView(entries, as_of), make_case("GBR FRA ESP TUR HUN USA", asks=ASKS))


def kinds(*entries: Entry, as_of: str = "2026-09-01") -> list[tuple[str, str, str]]:
    """Return (kind, actor, type) of each."""
    return [(item.kind, item.actor, item.type) for item in find(*entries, as_of=as_of)]


def test_stated_tensions_are_sorted_by_their_sides() -> None:
    """Against the lead, with the adversary, in two roles, between partners; oldest first."""
    entries = (
        tension("USA", "ESP", "threat", "2026-03-03"), tension("FRA", "USA", "dissent", "2026-03-04"),
        tension("TUR", "IRN", "dual_role", "2026-04-09"), tension("HUN", "IRN", "adversary_ties", "2026-04-10"),
        tension("FRA", "GBR", "criticism", "2026-04-11"),
    )  # fmt: skip

    assert kinds(*entries) == [
        ("with-lead", "USA", "threat"), ("with-lead", "FRA", "dissent"), ("dual-role", "TUR", "dual_role"),
        ("with-adversary", "HUN", "adversary_ties"), ("between-partners", "FRA", "criticism"),
    ]  # fmt: skip
    assert all(kind in KINDS for kind, _, _ in kinds(*entries))


def test_the_same_day_and_pair_is_one_tension_with_all_its_sources() -> None:
    """Two papers on one threat make one line with two quotes; a rejected one is gone."""
    one = tension("USA", "ESP", "threat", "2026-03-03", publisher="X")
    two = tension("USA", "ESP", "threat", "2026-03-03", publisher="Y")

    assert [len(item.entries) for item in find(one, two)] == [2]
    assert find(rejected(one)) == ()


def test_a_fall_on_the_ladder_is_shown_with_both_statements() -> None:
    """Pledged in March, refused in May: fallen; conditional after pledged too, but not after deployed."""
    fallen = find(
        response("GBR", "escort", "pledged", "2026-03-20"), response("GBR", "escort", "refused", "2026-05-20")
    )

    assert [(item.kind, item.type) for item in fallen] == [("falling-back", "fallen")]
    assert [entry.statement.status for entry in fallen[0].entries] == ["refused", "pledged"]
    assert "pledged on 2026-03-20, refused on 2026-05-20" in fallen[0].sentence
    kept = kinds(
        response("GBR", "escort", "deployed", "2026-03-20"), response("GBR", "escort", "conditional", "2026-05-20")
    )
    assert kept == []


def test_a_rise_is_no_tension() -> None:
    """Refused, then authorised: a change of mind upward."""
    assert (
        kinds(response("GBR", "basing", "refused", "2026-02-20"), response("GBR", "basing", "authorised", "2026-03-01"))
        == []
    )


def test_a_promise_without_a_move_is_shown_after_two_months() -> None:
    """Patience first; a deployment ends it."""
    promise = response("FRA", "escort", "pledged", "2026-03-20")

    assert kinds(promise, as_of="2026-04-20") == []
    assert kinds(promise, as_of="2026-06-20") == [("words-and-deeds", "FRA", "not_moved")]
    assert kinds(promise, response("FRA", "escort", "deployed", "2026-05-06")) == []


def test_refusing_and_moving_in_one_week_is_a_contradiction() -> None:
    """Both as words against deeds and, from two sources, as a contradiction between them."""
    found = kinds(
        response("GBR", "escort", "refused", "2026-03-15"), response("GBR", "escort", "deployed", "2026-03-17")
    )

    assert ("words-and-deeds", "GBR", "refused_and_moved") in found
    assert ("between-sources", "GBR", "contradiction") in found


def test_disagreeing_and_supporting_is_shown() -> None:
    """France disagrees in public and lets tankers land."""
    found = kinds(tension("FRA", "USA", "dissent", "2026-03-04"), response("FRA", "basing", "authorised", "2026-03-05"))

    assert ("words-and-deeds", "FRA", "dissent_and_support") in found


def test_every_tension_has_a_sentence_and_statements() -> None:
    """Nothing is claimed without a quote."""
    for item in find(tension("USA", "ESP", "threat", "2026-03-03"), response("FRA", "escort", "pledged", "2026-03-20")):
        assert item.sentence.endswith(".")
        assert item.entries[0].valid_from == item.on
