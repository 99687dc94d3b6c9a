"""What is given or refused to another state is no answer to the asker."""

from datetime import date

import pytest

from factory import ListView, make_ask, make_case, response
from muster.assessment.asks import link_asks
from muster.assessment.roll import build_roll
from muster.assessment.third_party import beneficiaries

CASE = make_case("FRA GBR USA", asks=(make_ask("basing"),))
REFUSED = "France refused to let Israel use its airspace to carry American weapons."


@pytest.mark.parametrize(
    ("quote", "codes"),
    [
        (REFUSED, {"ISR"}),
        ("Madrid closed its airspace to Israeli flights.", {"ISR"}),
        ("Spain denied the United States the use of Rota.", {"USA"}),
        ("Italy denied US and Israeli aircraft the use of Sigonella.", {"USA", "ISR"}),
        ("Rome let Israel and the United States refuel there.", {"USA", "ISR"}),
        ("Bern refused Israel's request to fly over.", {"ISR"}),
        ("Britain says its bases may be used for limited strikes.", set()),
        ("Saudi Arabia barred the base and its airspace.", set()),
    ],
)
def test_the_quote_says_who_is_lent_it(quote: str, codes: set[str]) -> None:
    """Narrow wordings name who is let, denied or barred; other sentences name nobody."""
    assert beneficiaries(quote) == codes


def test_a_refusal_to_a_third_state_is_no_answer_to_the_asker() -> None:
    """France refused Israel its airspace; what it answered the United States stays unreported."""
    view = ListView([response("FRA", "basing", "refused", "2026-03-31", quote=REFUSED)], date(2026, 4, 9))

    assert build_roll(view, CASE).cell("FRA", "basing").status == "unreported"
    links = link_asks(view, CASE)
    assert links.links[0].answers == ()
    assert [entry.statement.quote for entry in links.responses_without_ask] == [REFUSED]


def test_a_refusal_to_the_asker_and_another_is_an_answer() -> None:
    """Naming a second state beside the asker takes nothing away."""
    quote = "France denied US and Israeli aircraft the use of Istres."
    view = ListView([response("FRA", "basing", "refused", "2026-03-31", quote=quote)], date(2026, 4, 9))

    assert build_roll(view, CASE).cell("FRA", "basing").status == "refused"
