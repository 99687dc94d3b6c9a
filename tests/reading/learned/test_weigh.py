"""From answers to statements."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from muster.base.scheme import (
    ACTIONS,
    CAVEAT_TYPES,
    GROUPS,
    POLARITIES,
    QUANTIFIERS,
    STATUSES,
    TENSION_TYPES,
    WHATS,
)
from muster.base.statement import Statement
from muster.reading.learned.encoding import N_WORDS
from muster.reading.learned.findings import CHOSEN
from muster.reading.learned.network import HEADS
from muster.reading.learned.pairs import Pair, find_pairs
from muster.reading.learned.weigh import weigh
from muster.reading.learned.words import split_words
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import read_with
from muster.reading.views import SentenceView

TEXT = "Spain will not send frigates to the Gulf, the United States said."
Answers = dict[str, Any]


@pytest.fixture(name="read")
def _read() -> tuple[list[SentenceView], list[Pair], tuple[Statement, ...]]:
    views: list[SentenceView] = []
    ruled = read_with(load_lexicon("en"), TEXT, None, views=views)
    return views, find_pairs(views, ruled), ruled


def _silent(pairs: list[Pair]) -> Answers:
    """Return answers that say nothing of any pair."""
    answers = {name: np.zeros((len(pairs), n)) for name, n in HEADS.items()}
    answers["response"][:, 0] = answers["claim"][:, 0] = 1
    answers["status_of_what"] = np.zeros((len(pairs), len(WHATS), len(STATUSES)))
    return answers


def _respond(answers: Answers, number: int, status: str, what: str, p: float, p_what: float = 1) -> None:
    """Make a pair respond."""
    answers["response"][number] = 0
    answers["response"][number, 0] = 1 - p
    answers["response"][number, 1 + STATUSES.index(status)] = p
    answers["response_what"][number, WHATS.index(what)] = p_what
    answers["status_of_what"][number, WHATS.index(what), STATUSES.index(status)] = 1


def _number(pairs: list[Pair], code: str) -> int:
    return [pair.code for pair in pairs].index(code)


def test_where_nothing_is_likely_nothing_is_stated(read: Any) -> None:
    """Not even what the rules read: the network has the last word, claims apart."""
    views, pairs, ruled = read
    assert ruled
    assert weigh(TEXT, views, pairs, _silent(pairs), ruled, reader="test") == []


def test_a_statement_of_the_rules_keeps_its_frame_and_quote(read: Any) -> None:
    """Its confidence is the network's."""
    views, pairs, ruled = read
    answers = _silent(pairs)
    spain = _number(pairs, "ESP")
    _respond(answers, spain, "refused", "escort", 0.9)
    (found,) = weigh(TEXT, views, pairs, answers, ruled, reader="test")
    assert (found.rule, found.quote, found.reader) == (ruled[0].rule, ruled[0].quote, ruled[0].reader)
    assert found.confidence == pytest.approx(0.9)


def test_a_new_statement_quotes_its_sentence(read: Any) -> None:
    """The quote is verbatim, and the rule's name says that no frame read it."""
    views, pairs, ruled = read
    answers = _silent(pairs)
    spain = _number(pairs, "ESP")
    answers["caveat"][spain, CAVEAT_TYPES.index("political")] = 0.8
    answers["caveat_what"][spain, WHATS.index("escort")] = 1
    answers["act"][spain, ACTIONS.index("toll")] = 0.2
    (found,) = weigh(TEXT, views, pairs, answers, ruled, reader="test")
    assert (found.kind, found.actor, found.type, found.what) == ("caveat", "ESP", "political", "escort")
    assert (found.rule, found.quote) == ("learned.caveat", TEXT)
    found.check_quote(TEXT)


def test_an_ask_and_a_tension_need_somebody_else(read: Any) -> None:
    """The target is the likeliest other of the sentence."""
    views, pairs, ruled = read
    answers = _silent(pairs)
    america, spain = _number(pairs, "USA"), _number(pairs, "ESP")
    answers["ask"][america, 0] = 0.9
    answers["ask"][spain, 1] = 0.2
    answers["ask_what"][[america, spain], WHATS.index("basing")] = 1
    answers["tension"][america, TENSION_TYPES.index("criticism")] = 0.7
    answers["opposed"][spain, 0] = 0.6
    found = {one.kind: one for one in weigh(TEXT, views, pairs, answers, ruled, reader="test")}
    assert (found["ask"].target, found["ask"].what) == ("ESP", "basing")
    assert (found["tension"].target, found["tension"].type) == ("ESP", "criticism")


def test_several_may_be_asked_for_different_things() -> None:
    """What is asked of each is what both sides of the ask say."""
    text = "The United States asked Spain for bases and Italy for money."
    views: list[SentenceView] = []
    read_with(load_lexicon("en"), text, None, views=views)
    pairs = find_pairs(views, ())
    answers = _silent(pairs)
    america, basing, funding = _number(pairs, "USA"), WHATS.index("basing"), WHATS.index("funding")
    answers["ask"][america, 0] = 0.9
    answers["ask_what"][america, [basing, funding]] = 0.9
    for code, what in (("ESP", basing), ("ITA", funding)):
        answers["ask"][_number(pairs, code), 1] = 0.9
        answers["ask_what"][_number(pairs, code), what] = 0.9
    found = weigh(text, views, pairs, answers, (), reader="test")
    assert sorted((one.target, one.what) for one in found) == [("ESP", "basing"), ("ITA", "funding")]


def test_what_is_given_of_each_thing_has_its_own_status(read: Any) -> None:
    """No ships, but money."""
    views, pairs, _ = read
    answers = _silent(pairs)
    _respond(answers, _number(pairs, "ESP"), "pledged", "funding", 0.9)
    _respond(answers, _number(pairs, "ESP"), "refused", "escort", 0.9)
    found = weigh(TEXT, views, pairs, answers, (), reader="test")
    assert {(one.what, one.status) for one in found} == {("escort", "refused"), ("funding", "pledged")}


def test_an_ask_to_nobody_of_the_sentence_is_to_others(read: Any) -> None:
    """ "The president appealed for warships" names no partner."""
    views, pairs, ruled = read
    answers = _silent(pairs)
    america = _number(pairs, "USA")
    answers["ask"][america, 0] = 0.9
    answers["ask_what"][america, WHATS.index("escort")] = 1
    (found,) = weigh(TEXT, views, pairs, answers, ruled, reader="test")
    assert (found.kind, found.actor, found.target) == ("ask", "USA", "OTHERS")


def test_others_do_not_ask_themselves(read: Any) -> None:
    """Nobody unnamed is asked by somebody unnamed."""
    views, pairs, ruled = read
    pairs = [pair._replace(code="OTHERS") if pair.code == "USA" else pair for pair in pairs]
    answers = _silent(pairs)
    answers["ask"][_number(pairs, "OTHERS"), 0] = 0.9
    answers["ask_what"][_number(pairs, "OTHERS"), WHATS.index("escort")] = 1
    assert weigh(TEXT, views, pairs, answers, (), reader="test") == []
    assert ruled


def _claim(answers: Answers, number: int) -> None:
    answers["claim"][number] = 0
    answers["claim"][number, 1 + QUANTIFIERS.index("most")] = 0.9
    answers["claim"][number, 0] = 0.1
    answers["population"][number, GROUPS.index("EUROPE")] = 0.8
    answers["polarity"][number, POLARITIES.index("fail")] = 1


def test_a_claim_that_no_rule_reads_is_stated(read: Any) -> None:
    """Quantifier, population and polarity are each the likeliest."""
    views, pairs, ruled = read
    answers = _silent(pairs)
    _claim(answers, _number(pairs, "USA"))
    (found,) = weigh(TEXT, views, pairs, answers, ruled, reader="test")
    assert (found.kind, found.actor, found.quantifier) == ("claim", "USA", "most")
    assert (found.population, found.polarity, found.confidence) == ("EUROPE", "fail", pytest.approx(0.72))


def test_a_claim_of_the_rules_stands_alone() -> None:
    """Whatever the network makes of its sentence."""
    text = "Nearly all allies are doing what the United States asked for, NATO said."
    views: list[SentenceView] = []
    ruled = read_with(load_lexicon("en"), text, None, views=views)
    pairs = find_pairs(views, ruled)
    claims = [one for one in ruled if one.kind == "claim"]
    assert claims
    answers = _silent(pairs)
    for number in range(len(pairs)):
        _claim(answers, number)
    assert weigh(text, views, pairs, answers, ruled, reader="test") == claims


def _given(text: str, what: str) -> tuple[Any, ...]:
    """Return what the rules read of a text, with answers that Spain delivers `what` and nothing else."""
    views: list[SentenceView] = []
    ruled = read_with(load_lexicon("en"), text, None, views=views)
    pairs = find_pairs(views, ruled)
    answers = _silent(pairs)
    spain = _number(pairs, "ESP")
    _respond(answers, spain, "delivered", what, 0.9, 0.9)
    return views, pairs, ruled, answers, spain


def test_what_the_rules_read_beside_it_stands_if_it_is_likely_too() -> None:
    """A state may give two things in two clauses of a sentence."""
    text = "Spain has supplied fuel to the ships and has shared intelligence with the allies."
    views, pairs, ruled, answers, spain = _given(text, "logistics")
    at = text.index("has shared")
    told = [replace(one, quote=text[at:], start=at) if one.what == "intelligence" else one for one in ruled]
    both = {"logistics", "intelligence"}
    assert {one.what for one in told} == both
    assert {one.what for one in weigh(text, views, pairs, answers, told, reader="test")} == {"logistics"}
    answers["response_what"][spain, WHATS.index("intelligence")] = CHOSEN.ruled_also + 0.1
    answers["status_of_what"][spain, WHATS.index("intelligence"), STATUSES.index("refused")] = 1
    assert {one.what for one in weigh(text, views, pairs, answers, told, reader="test")} == {"logistics"}
    answers["status_of_what"][spain, WHATS.index("intelligence")] = 0
    answers["status_of_what"][spain, WHATS.index("intelligence"), STATUSES.index("delivered")] = 1
    assert {one.what for one in weigh(text, views, pairs, answers, told, reader="test")} == both


def test_one_thing_has_one_status() -> None:
    """Where the network has another status for a thing that the rules list with others, the network's stands."""
    text = "Spain will send a frigate and two minehunters to the strait."
    views: list[SentenceView] = []
    ruled = read_with(load_lexicon("en"), text, None, views=views)
    assert {(one.what, one.status) for one in ruled} == {("escort", "pledged"), ("mine_clearance", "pledged")}
    pairs = find_pairs(views, ruled)
    answers = _silent(pairs)
    spain = _number(pairs, "ESP")
    _respond(answers, spain, "considering", "mine_clearance", 0.9)
    _respond(answers, spain, "pledged", "escort", 0.9)
    found = weigh(text, views, pairs, answers, ruled, reader="test")
    assert {(one.what, one.status) for one in found} == {("escort", "pledged"), ("mine_clearance", "considering")}


def test_what_the_network_does_not_see_is_the_rules_to_say() -> None:
    """A sentence of which it is shown only the first words; behind these even against what it says of them."""
    text = f"Spain, after talks about {'schools and ' * 40}roads, said that it will not send frigates to the Gulf."
    views: list[SentenceView] = []
    ruled = [one for one in read_with(load_lexicon("en"), text, None, views=views) if one.actor == "ESP"]
    pairs = find_pairs(views, ruled)
    assert {one.status for one in ruled} == {"refused"}
    (late,) = (replace(one, quote=text[-50:], start=len(text) - 50, end=len(text)) for one in ruled)
    (found,) = weigh(text, views, pairs, _silent(pairs), [late], reader="test")
    assert found.status == "refused"
    early = replace(late, quote=text[:50], start=0, end=50)
    assert [one.status for one in weigh(text, views, pairs, _silent(pairs), [early], reader="test")] == ["refused"]
    answers = _silent(pairs)
    _respond(answers, _number(pairs, "ESP"), "deployed", late.what, 0.9)
    for told, expected in ((late, {"refused", "deployed"}), (early, {"deployed"})):
        found = weigh(text, views, pairs, answers, [told], reader="test")
        assert {one.status for one in found} == expected


def test_long_names_hide_nothing_from_the_network() -> None:
    """A name of several words is one mark of the sketch, so what stands behind many of them is still shown."""
    text = f"Spain told {', '.join(['the United Arab Emirates'] * 14)} that it will not send frigates."
    views: list[SentenceView] = []
    ruled = [one for one in read_with(load_lexicon("en"), text, None, views=views) if one.actor == "ESP"]
    pairs = find_pairs(views, ruled)
    assert len(split_words(text)) > N_WORDS >= len(split_words(views[0].text))
    told = [replace(one, quote=text[-30:], start=len(text) - 30, end=len(text)) for one in ruled]
    assert told
    assert weigh(text, views, pairs, _silent(pairs), told, reader="test") == []


def test_the_same_fact_is_stated_once_where_it_is_surest() -> None:
    """A document that says it twice gives one statement."""
    text = "Spain will not send frigates. Spain will send no frigates at all."
    views: list[SentenceView] = []
    read_with(load_lexicon("en"), text, None, views=views)
    pairs = find_pairs(views, ())
    answers = _silent(pairs)
    for number, pair in enumerate(pairs):
        if pair.code == "ESP":
            _respond(answers, number, "refused", "escort", 0.6 if pair.sentence == 0 else 0.9)
    (found,) = weigh(text, views, pairs, answers, (), reader="test")
    assert found.start == views[1].start
