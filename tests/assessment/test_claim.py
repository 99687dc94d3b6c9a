"""Claims are checked by arithmetic over standings and dated lists."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory import ListView, make_ask, make_case, response, said_ask
from muster.assessment.claim import Verdict, check_claim
from muster.base.case import Case
from muster.base.errors import CaseError, InputError
from muster.base.groups import Membership
from muster.ledger.entry import Entry

TEN = "AAA BBB CCC DDD EEE FFF GGG HHH III JJJ"
ASKS = (make_ask("basing"), make_ask("escort", since="2026-03-14"))


def check(sentence: str, *entries: Entry, as_of: str = "2026-06-01", case: Case | None = None) -> Verdict:
    """Check a sentence in a case of ten members and the asker."""
    return check_claim(sentence, ListView(entries, as_of), case or make_case(f"{TEN} USA", asks=ASKS))


def said(what: str, status: str, codes: str, on: str = "2026-04-01") -> list[Entry]:
    """Return one response for each member."""
    return [response(code, what, status, on) for code in codes.split()]


def test_the_asker_is_not_counted() -> None:
    """Ten members and the asker make a population of ten."""
    verdict = check("All allies have sent warships")

    assert verdict.n_population == 10
    assert "USA" not in verdict.population
    assert (verdict.known_yes, verdict.known_no) == ((), ())
    assert len(verdict.unreported) == 10


def test_silence_is_never_compliance() -> None:
    """Nothing known: most is undetermined, and more than half of the silent would have to do it."""
    verdict = check("Most allies have sent warships")

    assert verdict.verdict == "undetermined"
    assert (verdict.worst_share, verdict.best_share, verdict.needed_share) == (0.0, 1.0, 0.6)


def test_a_claim_holds_if_even_the_worst_case_meets_it() -> None:
    """Six of ten are more than half, whatever the other four do."""
    verdict = check("Most allies have sent warships", *said("escort", "deployed", "AAA BBB CCC DDD EEE FFF"))

    assert verdict.verdict == "supported"
    assert verdict.worst_share == 0.6
    assert verdict.needed_share is None
    assert "Supported on 2026-06-01: 6 of 10 are known to" in verdict.headline()


def test_a_claim_falls_if_even_the_best_case_fails_it() -> None:
    """Two refusals of ten leave 0.8 at best; nearly all needs 0.9. The refusals are the exceptions."""
    refusals = said("escort", "refused", "CCC AAA")
    verdict = check("Nearly all allies have sent warships", *refusals)

    assert verdict.verdict == "contradicted"
    assert verdict.best_share == 0.8
    assert [(row.member, row.ask, row.status) for row in verdict.exceptions] == [
        ("AAA", "escort", "refused"), ("CCC", "escort", "refused")
    ]  # fmt: skip
    assert verdict.exceptions[0].entry is not None
    assert verdict.exceptions[0].entry.statement.quote == "AAA escort refused 2026-04-01"


def test_everything_means_all_asks_addressed_to_the_member() -> None:
    """Bases given and ships refused is not everything; bases alone leaves the ships open."""
    entries = [
        *said("basing", "authorised", "AAA BBB CCC"), *said("escort", "refused", "AAA"),
        *said("escort", "deployed", "BBB"),
    ]  # fmt: skip
    verdict = check("Nearly without exception, allies are doing everything the United States has asked", *entries)

    assert (verdict.known_yes, verdict.known_no) == (("BBB",), ("AAA",))
    assert "CCC" in verdict.unreported
    assert verdict.verdict == "undetermined"


def test_asks_that_were_not_open_yet_do_not_count() -> None:
    """As of 1 March only bases had been asked for."""
    sentence = "All allies are doing everything the United States has asked"
    verdict = check(sentence, *said("basing", "delivered", TEN, "2026-02-25"), as_of="2026-03-01")

    assert verdict.verdict == "supported"


def test_contested_and_group_words_are_not_counted() -> None:
    """A contradiction leaves a member open, and so does a sentence about its group; both are said."""
    entries = [
        response("AAA", "escort", "refused", "2026-04-01"), response("AAA", "escort", "deployed", "2026-04-02"),
        response("NATO-MEMBERS", "escort", "refused", "2026-04-02"),
    ]  # fmt: skip
    verdict = check("All allies have sent warships", *entries)

    assert len(verdict.unreported) == 10
    assert any(note.startswith("Contested") for note in verdict.notes)
    assert any("a group" in note for note in verdict.notes)


def test_a_ceiling_is_broken_by_those_who_do_it() -> None:
    """No ally has sent warships: the one that has is the exception."""
    verdict = check("No ally has sent warships", *said("escort", "deployed", "BBB"), *said("escort", "refused", "AAA"))

    assert verdict.verdict == "contradicted"
    assert [row.member for row in verdict.exceptions] == ["BBB"]
    open_one = check("Few allies have sent warships", *said("escort", "deployed", "BBB"))
    assert (open_one.verdict, open_one.needed_share) == ("undetermined", pytest.approx(1 / 9))


def test_a_denied_predicate_counts_those_known_not_to() -> None:
    """Have not sent: refusals are a yes, deployments a no, silence stays open."""
    entries = [*said("escort", "refused", "AAA BBB CCC DDD EEE FFF"), *said("escort", "deployed", "GGG")]
    verdict = check("Most allies have not sent warships", *entries)

    assert verdict.verdict == "supported"
    assert (len(verdict.known_yes), verdict.known_no) == (6, ("GGG",))


def test_promises_are_counted_against_those_who_promised() -> None:
    """Who promised ships and sent them kept its promise; who only promised did not; who promised nothing is open."""
    entries = [*said("escort", "deployed", "AAA"), *said("escort", "pledged", "BBB")]
    verdict = check("Most allies have done what they promised", *entries)

    assert (verdict.known_yes, verdict.known_no) == (("AAA",), ("BBB",))
    early = check("Most allies have done what they promised", *entries, as_of="2026-04-20")
    assert (early.known_yes, early.known_no) == (("AAA",), ())


def test_the_rung_depends_on_the_verb() -> None:
    """A promise meets `agreed to send`, not `sent`."""
    entries = said("escort", "pledged", TEN)

    assert check("All allies have agreed to send warships", *entries).verdict == "supported"
    assert check("All allies have sent warships", *entries).verdict == "contradicted"


@given(
    st.lists(st.sampled_from(["refused", "deployed", ""]), min_size=10, max_size=10),
    st.sampled_from(["all", "nearly all", "most", "many", "some", "few", "no", "at least 4", "all but 2", "exactly 5"]),
)
def test_verdicts_follow_from_every_way_to_fill_the_silence(statuses: list[str], words: str) -> None:
    """Supported: true however the silent act; contradicted: false however; undetermined: it depends."""
    entries = [entry for code, status in zip(TEN.split(), statuses, strict=True) if status
               for entry in said("escort", status, code)]  # fmt: skip
    verdict = check(f"{words} allies have sent warships", *entries)
    low, high = verdict.claim.quantity.allowed(10)
    n_yes, n_open = statuses.count("deployed"), statuses.count("")
    truths = {low <= n_yes + extra <= high for extra in range(n_open + 1)}

    assert verdict.verdict == {(True,): "supported", (False,): "contradicted"}.get(tuple(truths), "undetermined")


def test_a_matter_nobody_asked_for_is_an_error() -> None:
    """The case has no ask about intelligence; the message lists what there is."""
    with pytest.raises(InputError, match="no ask about intelligence; asks open on 2026-06-01: basing, escort"):
        check("All allies share intelligence", said_ask("USA", "AAA", "intelligence", "2026-04-01"))


def list_case(*sizes: dict[str, object]) -> Case:
    """Return a case with three named signatories since 20 March and reported sizes."""
    table = {"code": "SIGNATORIES", "belonging": ["signed the statement"], "source": "9",
             "members": [{"code": code, "source": "7"} for code in ("AAA", "BBB", "ZZZ")]}  # fmt: skip
    groups = [Membership("SIGNATORIES", code, date(2026, 3, 20)) for code in ("AAA", "BBB", "ZZZ")]
    return make_case(f"{TEN} USA", asks=ASKS, groups=groups, raw={"group": [table], "size": list(sizes)})


def size(count: int, on: str = "2026-03-20") -> dict[str, object]:
    """Return a size row."""
    return {"unit": "signatories", "group": "SIGNATORIES", "on": on, "count": count, "source": "9"}


def test_sizes_are_counted_by_their_unit() -> None:
    """Three named of three counted: three is right, four is wrong, whatever else is called a coalition."""
    case = list_case(size(3))

    assert check("3 countries have signed the statement", case=case).verdict == "supported"
    assert check("4 countries have signed the statement", case=case).verdict == "contradicted"
    assert check("More than 4 countries have signed the statement", case=case).verdict == "contradicted"


def test_unnamed_members_leave_a_count_undetermined() -> None:
    """Five counted and three named: two names are missing, and the note says so."""
    case = list_case(size(3), size(5, "2026-04-01"))
    verdict = check("5 countries have signed the statement", case=case)

    assert (verdict.verdict, verdict.n_unnamed, verdict.n_population) == ("undetermined", 2, 5)
    assert "2 of them are not named" in verdict.notes[0]
    assert check("5 countries have signed the statement", case=case, as_of="2026-03-25").verdict == "contradicted"


def test_members_off_a_complete_list_are_known_not_to_be_on_it() -> None:
    """With all names known, eight allies are known not to have signed; with names missing they are open."""
    closed = check("Most allies have signed the statement", case=list_case(size(3)))
    open_one = check("Most allies have signed the statement", case=list_case(size(5)))

    assert (closed.verdict, len(closed.known_no)) == ("contradicted", 8)
    assert "Not on the list SIGNATORIES" in closed.exceptions[0].note
    assert len(open_one.unreported) == 8


def test_a_broken_size_is_named() -> None:
    """The error names row and key."""
    with pytest.raises(CaseError, match=r"\[\[size\]\] 1: count = 'many'"):
        check("3 countries have signed the statement", case=list_case({**size(3), "count": "many"}))


def test_a_population_without_members_is_an_error() -> None:
    """The case has no dated Gulf states."""
    with pytest.raises(InputError, match="population GULF-STATES has no members on 2026-06-01"):
        check("All Gulf states have sent warships")


def test_who_only_considers_it_is_named_in_a_note() -> None:
    """A maybe is a known no for now, and the verdict says so; a refusal beside it is no mere maybe."""
    entries = [*said("escort", "considering", "AAA"), *said("escort", "refused", "BBB")]
    verdict = check("Most allies have sent warships", *entries)

    assert verdict.known_no == ("AAA", "BBB")
    assert [note for note in verdict.notes if "no refusal known" in note] == [
        "Considering or setting conditions, with no refusal known: counted as not doing it (yet): AAA."
    ]
    assert check("Some allies are considering sending warships", *entries).known_yes == ("AAA",)


def test_a_case_may_leave_a_maybe_unreported() -> None:
    """`[check] open_answers` decides; another word is refused."""
    base = make_case(f"{TEN} USA", asks=ASKS)
    entries = said("escort", "conditional", "AAA BBB")
    case = replace(base, raw={**base.raw, "check": {"open_answers": "unreported"}})
    verdict = check("Most allies have sent warships", *entries, case=case)

    assert verdict.known_no == ()
    assert {"AAA", "BBB"} <= set(verdict.unreported)
    assert any("left unreported, as the case says: AAA, BBB." in note for note in verdict.notes)
    with pytest.raises(CaseError, match="one of no, unreported"):
        check("Most allies have sent warships", case=replace(base, raw={**base.raw, "check": {"open_answers": "yes"}}))


@pytest.mark.parametrize("sentence", ["France has refused bases", "The United Kingdom will not send warships"])
def test_a_sentence_about_one_state_leads_to_its_cell(sentence: str) -> None:
    """That is no claim about a whole; `muster why` shows the cell."""
    with pytest.raises(InputError, match=r"speaks of one state.*muster why (?:FRA|GBR)"):
        check(sentence)
