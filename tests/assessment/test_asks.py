"""Asks find their answers by matter, addressee and time."""

from datetime import date

from factory import ListView, make_ask, make_case, response, said_ask
from muster.assessment.asks import AskLinks, link_asks
from muster.base.groups import Membership
from muster.ledger.entry import Entry

ASKS = (make_ask("basing"), make_ask("escort", since="2026-03-14"))
CASE = make_case("GBR FRA USA FIN", asks=ASKS, groups=[Membership("EU-MEMBERS", "FRA", date(1958, 1, 1))])


def links(*entries: Entry, as_of: str = "2026-09-01") -> AskLinks:
    """Return the links over these entries."""
    return link_asks(ListView(entries, as_of), CASE)


def test_a_response_after_the_ask_answers_it() -> None:
    """Same matter, addressed, later: linked; who said nothing is listed."""
    link = links(response("GBR", "escort", "refused", "2026-03-15")).links[1]

    assert [(answer.member, answer.link) for answer in link.answers] == [("GBR", "after")]
    assert link.unanswered == ("FIN", "FRA")
    assert link.addressed == ("FIN", "FRA", "GBR")


def test_a_response_before_the_ask_is_no_answer_unless_the_text_says_so() -> None:
    """Ships announced on 9 March do not answer the call of 14 March; a request named in the same text makes it one."""
    early = response("FRA", "escort", "pledged", "2026-03-09", document_id="d1")
    request = said_ask("USA", "FRA", "escort", "2026-03-09", document_id="d1")

    assert links(early).links[1].answers == ()
    assert [entry.id for entry in links(early).responses_without_ask] == [early.id]
    assert [answer.link for answer in links(early, request).links[1].answers] == ["named"]


def test_an_ask_that_is_not_open_yet_is_not_listed() -> None:
    """As of 1 March nobody had asked for ships."""
    assert [link.ask.id for link in links(as_of="2026-03-01").links] == ["basing"]


def test_an_ask_said_to_a_group_meets_an_ask_to_its_member() -> None:
    """An ask statement to EU members is the ask to allies, for France is both; one to Japan is outside."""
    to_group = said_ask("USA", "EU-MEMBERS", "escort", "2026-03-20")
    to_japan = said_ask("USA", "JPN", "escort", "2026-03-20")
    found = links(to_group, to_japan)

    assert [entry.id for entry in found.links[1].said] == [to_group.id]
    assert [entry.id for entry in found.asks_outside] == [to_japan.id]


def test_a_response_on_another_matter_is_given_unasked() -> None:
    """Mediation answers no ask; the asker's own acts are no responses to itself."""
    entries = (
        response("GBR", "diplomacy", "delivered", "2026-04-01"),
        response("USA", "escort", "delivered", "2026-05-04"),
    )

    assert [entry.statement.actor for entry in links(*entries).responses_without_ask] == ["GBR"]
