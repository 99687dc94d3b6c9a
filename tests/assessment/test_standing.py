"""One rule decides a standing: own words before group words, later before earlier, better before worse."""

from datetime import date

import pytest

from factory import ListView, caveat, make_ask, make_case, make_entry, make_statement, rejected, response
from muster.assessment.roll import build_roll
from muster.assessment.standing import UNREPORTED, Standing
from muster.assessment.weight import HALF_LIFE_DAYS, combined, recency
from muster.base.errors import NotFoundError
from muster.base.groups import Membership
from muster.ledger.entry import Entry

ASKS = (
    make_ask("basing"),
    make_ask("escort", since="2026-03-14"),
    make_ask("mine_clearance", since="2026-03-15"),
    make_ask("mission", since="2026-03-16"),
)


def standing(*entries: Entry, ask: str = "basing", member: str = "GBR", as_of: str = "2026-09-01") -> Standing:
    """Return one cell of the roll over these entries."""
    groups = [Membership("EUROPE", code) for code in ("GBR", "FRA", "DEU")]
    groups.append(Membership("COALITION", "CAN", date(2026, 3, 20)))
    case = make_case("GBR FRA DEU CAN USA", asks=ASKS, groups=groups)
    return build_roll(ListView(entries, as_of), case).cell(member, ask)


def test_silence_is_unreported_and_never_refused() -> None:
    """No statement gives no answer, with a sentence that says so."""
    cell = standing()

    assert cell.status == UNREPORTED
    assert cell.direction == ""
    assert cell.support == 0.0
    assert cell.reasons[0].rule == "nothing-reported"


def test_a_later_permission_replaces_an_earlier_refusal() -> None:
    """The refusal of February gives way to the permission of March; as of February it still stood."""
    entries = (
        response("GBR", "basing", "refused", "2026-02-19"),
        response("GBR", "basing", "authorised", "2026-03-01"),
    )
    cell = standing(*entries)

    assert (cell.status, cell.is_contested) == ("authorised", False)
    assert [entry.statement.status for entry in cell.superseded] == ["refused"]
    assert standing(*entries, as_of="2026-02-25").status == "refused"


def test_yes_and_no_of_one_week_are_contested() -> None:
    """Two sources of equal grade that contradict each other within days are shown as a contradiction."""
    cell = standing(
        response("GBR", "basing", "refused", "2026-03-01"), response("GBR", "basing", "authorised", "2026-03-03")
    )

    assert cell.is_contested
    assert cell.status == "authorised"
    assert {entry.statement.status for entry in cell.entries} == {"refused", "authorised"}
    assert cell.reasons[0].rule == "contested"


def test_a_weak_source_does_not_contest_a_strong_one() -> None:
    """A page of grade E against a wire agency is no contradiction of comparable weight."""
    cell = standing(
        response("GBR", "basing", "authorised", "2026-03-01", letter="B"),
        response("GBR", "basing", "refused", "2026-03-02", letter="E"),
    )

    assert (cell.status, cell.is_contested) == ("authorised", False)


def test_a_weak_later_source_does_not_replace_a_strong_earlier_one() -> None:
    """What is newer must also be comparable."""
    cell = standing(
        response("GBR", "basing", "refused", "2026-03-01", letter="A"),
        response("GBR", "basing", "authorised", "2026-03-20", letter="E"),
    )

    assert cell.status == "refused"
    assert cell.superseded == ()


def test_independent_origins_outweigh_copies() -> None:
    """Two independent sources beat five copies of one story of the same grade and day."""
    copies = [
        response("GBR", "basing", "refused", "2026-03-02", origin="wire", quote=f"copy {number}") for number in range(5)
    ]
    others = [
        response("GBR", "basing", "authorised", "2026-03-02", publisher=name, quote=f"by {name}") for name in ("X", "Y")
    ]

    assert standing(*copies, *others).status == "authorised"


def test_ships_that_sailed_are_not_undone_by_a_condition() -> None:
    """A promise falls back to conditional when a condition is set later; assets that moved do not."""
    promised = (
        response("DEU", "escort", "pledged", "2026-03-20"), response("DEU", "escort", "conditional", "2026-06-15")
    )  # fmt: skip
    moved = (response("DEU", "escort", "deployed", "2026-05-04"), promised[1])

    assert standing(*promised, ask="escort", member="DEU").status == "conditional"
    assert standing(*moved, ask="escort", member="DEU").status == "deployed"


def test_a_withdrawal_undoes_what_was_delivered() -> None:
    """What stopped no longer counts."""
    cell = standing(
        response("GBR", "escort", "delivered", "2026-05-04"), response("GBR", "escort", "withdrawn", "2026-05-20"),
        ask="escort",
    )  # fmt: skip

    assert cell.status == "withdrawn"


def test_the_highest_carried_rung_stands() -> None:
    """A deployment outranks many older promises, but not on the word of one page of grade E."""
    pledges = [response("FRA", "escort", "pledged", "2026-03-20", publisher=name, quote=name) for name in "ABC"]
    sailing = response("FRA", "escort", "deployed", "2026-03-22")
    rumour = response("FRA", "escort", "deployed", "2026-03-22", letter="E")

    assert standing(*pledges, sailing, ask="escort", member="FRA").status == "deployed"
    assert standing(*pledges, rumour, ask="escort", member="FRA").status == "pledged"


def test_a_group_speaks_only_for_members_that_are_silent() -> None:
    """Europeans refused: France, silent, is refused by its group; Britain has spoken for itself."""
    entries = (
        response("EUROPE", "escort", "refused", "2026-04-02"),
        response("GBR", "escort", "pledged", "2026-04-02"),
    )
    france = standing(*entries, ask="escort", member="FRA")

    assert (france.status, france.is_collective) == ("refused", True)
    assert france.reasons[0].rule == "group-only"
    assert standing(*entries, ask="escort", member="GBR").status == "pledged"
    assert standing(*entries, ask="escort", member="CAN").status == UNREPORTED


def test_a_part_of_a_group_speaks_for_nobody() -> None:
    """What most, several or no European allies did is no answer of France; what the Europeans did is."""
    quotes = {
        "Most European allies declined to take part": False, "several of the allies restricted access": False,
        "zero European allies joined the air campaign": False, "No ally would send ships": False,
        "Capitals had refused his demand for navies": True, "European allies have refused": True,
    }  # fmt: skip
    for quote, speaks in quotes.items():
        entry = response("EUROPE", "escort", "refused", "2026-04-02", quote=quote)
        assert (standing(entry, ask="escort", member="FRA").status == "refused") is speaks, quote


def test_one_source_does_not_contradict_itself() -> None:
    """Yes and no from one origin is an unclear page, read with caution and not as a contradiction of sources."""
    cell = standing(
        response("GBR", "basing", "refused", "2026-03-01", origin="one", quote="no"),
        response("GBR", "basing", "authorised", "2026-03-01", origin="one", quote="yes"),
    )

    assert (cell.status, cell.is_contested) == ("refused", False)


def test_a_group_speaks_for_its_members_of_that_day() -> None:
    """Canada joined on 20 March: what the coalition said before does not speak for it."""
    before = response("COALITION", "escort", "pledged", "2026-03-19")
    after = response("COALITION", "escort", "pledged", "2026-03-21")

    assert standing(before, ask="escort", member="CAN").status == UNREPORTED
    assert standing(after, ask="escort", member="CAN").status == "pledged"


def test_a_refusal_of_the_mission_covers_its_ships_but_a_yes_does_not() -> None:
    """Who stays out sends no ships; who joins has promised none."""
    no = response("GBR", "mission", "refused", "2026-03-17")
    yes = response("GBR", "mission", "pledged", "2026-03-17")

    assert standing(no, ask="escort").status == "refused"
    assert standing(no, ask="basing").status == UNREPORTED
    assert standing(yes, ask="escort").status == UNREPORTED
    assert standing(yes, ask="mission").status == "pledged"


def test_ships_sent_are_a_part_in_the_mission() -> None:
    """A deployed minehunter answers the call for the mission; a promised one does not yet."""
    assert standing(
        response("DEU", "mine_clearance", "deployed", "2026-05-04"), ask="mission", member="DEU"
    ).status == ("deployed")
    pledge = response("DEU", "mine_clearance", "pledged", "2026-05-04")
    assert standing(pledge, ask="mission", member="DEU").status == UNREPORTED


def test_everything_covers_each_open_ask_at_half_strength() -> None:
    """A refusal of everything counts for basing, unless basing itself was answered better."""
    no = response("GBR", "everything", "refused", "2026-03-17")
    yes = response("GBR", "basing", "delivered", "2026-03-17")

    assert standing(no).status == "refused"
    both = standing(no, yes)
    assert (both.status, both.is_contested) == ("delivered", True)
    early = response("GBR", "everything", "refused", "2026-02-10")
    assert standing(early).status == UNREPORTED


def test_what_was_said_before_the_case_began_does_not_count() -> None:
    """A condition of 2019 is no answer of 2026."""
    assert standing(response("GBR", "basing", "refused", "2019-07-31")).status == UNREPORTED


def test_rejected_and_doubtful_statements_do_not_count() -> None:
    """A reviewer's rejection and a reader's low confidence both silence; acceptance restores."""
    refused = response("GBR", "basing", "refused", "2026-03-01")
    doubtful = response("GBR", "basing", "refused", "2026-03-01", confidence=0.2)
    accepted = response("GBR", "basing", "refused", "2026-03-01", confidence=0.2, review="accepted")

    assert standing(rejected(refused)).status == UNREPORTED
    assert standing(doubtful).status == UNREPORTED
    assert standing(accepted).status == "refused"


def test_a_rumour_about_a_group_decides_nothing() -> None:
    """A page of grade E on Europeans is listed, and the cell stays unreported."""
    cell = standing(response("EUROPE", "escort", "refused", "2026-04-02", letter="E"), ask="escort", member="FRA")

    assert (cell.status, cell.reasons[0].rule, len(cell.entries)) == (UNREPORTED, "too-weak", 1)


def test_several_later_pages_replace_together_what_none_replaces_alone() -> None:
    """Two pages of grade D weigh 0.58 together and replace a refusal by an agency; one of them does not."""
    old = response("GBR", "escort", "refused", "2026-03-15", letter="B")
    later = [
        response("GBR", "escort", "deployed", "2026-05-09", letter="D", publisher=name, quote=name)
        for name in ("X", "Y")
    ]

    assert standing(old, *later, ask="escort").status == "deployed"
    assert [entry.id for entry in standing(old, *later, ask="escort").superseded] == [old.id]
    assert standing(old, later[0], ask="escort").superseded == ()


def test_caveats_are_attached_to_what_they_limit() -> None:
    """A limit on the mission limits its ships; a limit on bases does not."""
    entries = (
        caveat("DEU", "parliamentary", "mission", "2026-03-13"), caveat("DEU", "legal", "everything", "2026-03-13"),
        caveat("DEU", "operational", "basing", "2026-03-13"), caveat("EUROPE", "political", "escort", "2026-04-02"),
    )  # fmt: skip

    escort = {entry.statement.type for entry in standing(*entries, ask="escort", member="DEU").caveats}
    basing = {entry.statement.type for entry in standing(*entries, ask="basing", member="DEU").caveats}
    assert escort == {"parliamentary", "legal", "political"}
    assert basing == {"legal", "operational"}


def test_every_statement_that_counts_has_its_reason() -> None:
    """Reasons name the statement, the rule, and one sentence."""
    cell = standing(
        response("GBR", "basing", "authorised", "2026-03-01"), response("GBR", "basing", "delivered", "2026-04-09")
    )

    assert [reason.statement_id for reason in cell.reasons[1:]] == [entry.id for entry in cell.entries]
    assert {reason.rule for reason in cell.reasons[1:]} == {"same-matter"}
    assert all(reason.sentence.endswith(".") for reason in cell.reasons)


def test_who_was_not_asked_is_marked() -> None:
    """Canada is on the roll, and the ask to Europeans was not addressed to it."""
    case = make_case("GBR CAN USA", asks=(make_ask("basing", target="EUROPE"),), groups=[Membership("EUROPE", "GBR")])
    roll = build_roll(ListView([]), case)

    assert roll.cell("GBR", "basing").is_asked
    assert not roll.cell("CAN", "basing").is_asked


def test_an_unknown_cell_lists_what_there_is() -> None:
    """The error is a menu."""
    roll = build_roll(ListView([]), make_case())

    with pytest.raises(NotFoundError, match="the roll of 2026-09-01 has DEU, ESP, FRA, GBR, ITA"):
        roll.cell("CHN", "basing")
    with pytest.raises(NotFoundError, match="the asks open on 2026-09-01 are basing"):
        roll.cell("GBR", "escort")


def test_what_nobody_asked_for_is_listed_as_given() -> None:
    """Mediation answers no ask of the case and is not lost."""
    roll = build_roll(ListView([response("ITA", "diplomacy", "delivered", "2026-04-09")]), make_case())

    assert [entry.statement.what for entry in roll.given["ITA"]] == ["diplomacy"]
    assert roll.given["GBR"] == ()


def test_age_halves_and_origins_combine() -> None:
    """Half after one half-life; independent doubts multiply; an origin counts once with its best."""
    from datetime import timedelta

    on = date(2026, 4, 1)
    assert recency(on, on) == 1.0
    assert recency(on, on + timedelta(days=int(HALF_LIFE_DAYS))) == pytest.approx(0.5)
    assert recency(on, date(2026, 1, 1)) == 1.0
    assert combined([("a", 0.5), ("b", 0.5)]) == pytest.approx(0.75)
    assert combined([("a", 0.5), ("a", 0.4)]) == pytest.approx(0.5)
    assert combined([]) == 0.0


def test_the_text_of_a_foreign_entry_is_not_needed() -> None:
    """An entry of another kind on the same matter does not disturb the cell."""
    ask = make_entry(make_statement("ask", "USA", target="GBR", what="basing"), "2026-03-01")

    assert standing(ask).status == UNREPORTED
