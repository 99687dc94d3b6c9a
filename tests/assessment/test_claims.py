"""Claims of the case and of documents are checked on their day and again later."""

from datetime import date

from factory import ListView, make_ask, make_case, response, said_claim
from muster.assessment.claims import CheckedClaim, check_claims
from muster.base.case import Case, CaseClaim
from muster.ledger.entry import Entry

CASE_CLAIM = CaseClaim("most", "Most allies have sent warships", "NATO", date(2026, 4, 1), "7")


def case_with(*claims: CaseClaim) -> Case:
    """Return a small case with claims."""
    from dataclasses import replace

    return replace(make_case("GBR FRA DEU USA", asks=(make_ask("escort", since="2026-03-14"),)), claims=claims)


def check(*entries: Entry, claims: tuple[CaseClaim, ...] = (), as_of: str = "2026-06-01") -> tuple[CheckedClaim, ...]:
    """Check everything over these entries."""
    view = ListView(entries)
    return check_claims(view.at, case_with(*claims), date.fromisoformat(as_of))


def test_a_claim_may_be_open_on_its_day_and_settled_later() -> None:
    """Two of three allies sent ships in May: nothing known in April, supported in June."""
    sent = [response(code, "escort", "deployed", "2026-05-01") for code in ("GBR", "FRA")]
    (row,) = check(*sent, claims=(CASE_CLAIM,))

    assert row.then is not None
    assert row.now is not None
    assert (row.then.verdict, row.now.verdict) == ("undetermined", "supported")
    assert (row.then.as_of, row.now.as_of) == (date(2026, 4, 1), date(2026, 6, 1))


def test_a_claim_of_a_document_keeps_its_own_quantifier_and_side() -> None:
    """`some ... fail` counts those who do not do all that was asked; a quote that can be read says what is done."""
    refused = response("FRA", "escort", "refused", "2026-03-20")
    claim = said_claim("NATO", "some", "NATO-MEMBERS", "fail", "2026-04-09", quote="Some of them did less")
    (row,) = check(refused, claim)

    assert row.entry is claim
    assert row.now is not None
    assert (row.now.verdict, row.now.known_yes) == ("supported", ("FRA",))
    read = said_claim("NATO", "most", "NATO-MEMBERS", "fulfil", "2026-04-09", quote="most allies have sent warships")
    assert check(read)[0].now.claim.predicate.whats == ("escort",)  # type: ignore[union-attr]


def test_a_population_without_a_list_is_a_problem_and_not_a_verdict() -> None:
    """Nobody can be counted among `many countries`."""
    (row,) = check(said_claim("USA", "many", "OTHERS", "fulfil", "2026-04-09"))

    assert (row.then, row.now) == (None, None)
    assert "population OTHERS has no dated list" in row.problem


def test_claims_made_later_are_left_out() -> None:
    """As of March the claim of April had not been made."""
    assert check(claims=(CASE_CLAIM,), as_of="2026-03-20") == ()
