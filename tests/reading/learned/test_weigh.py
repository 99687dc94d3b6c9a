"""From answers to statements."""

from typing import Any

import numpy as np
import pytest

from muster.base.scheme import ACTIONS, CAVEAT_TYPES, STATUSES, TENSION_TYPES, WHATS
from muster.base.statement import Statement
from muster.reading.learned.network import HEADS
from muster.reading.learned.pairs import Pair, find_pairs
from muster.reading.learned.weigh import take_rows, weigh
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
    answers["response"][:, 0] = 1
    return answers


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
    answers["response"][spain] = 0
    answers["response"][spain, 1 + STATUSES.index("refused")] = 0.9
    answers["response"][spain, 0] = 0.1
    answers["response_what"][spain, WHATS.index("escort")] = 1
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
    answers["ask"][spain, 1] = 0.1
    answers["ask_what"][america, WHATS.index("escort")] = 1
    answers["tension"][america, TENSION_TYPES.index("criticism")] = 0.7
    answers["opposed"][spain, 0] = 0.6
    found = {one.kind: one for one in weigh(TEXT, views, pairs, answers, ruled, reader="test")}
    assert (found["ask"].target, found["ask"].what) == ("ESP", "escort")
    assert (found["tension"].target, found["tension"].type) == ("ESP", "criticism")


def test_the_same_fact_is_stated_once_where_it_is_surest() -> None:
    """A document that says it twice gives one statement."""
    text = "Spain will not send frigates. Spain will send no frigates at all."
    views: list[SentenceView] = []
    read_with(load_lexicon("en"), text, None, views=views)
    pairs = find_pairs(views, ())
    answers = _silent(pairs)
    for number, pair in enumerate(pairs):
        if pair.code == "ESP":
            answers["response"][number, 0] = 0.4 if pair.sentence == 0 else 0.1
            answers["response"][number, 1 + STATUSES.index("refused")] = 1 - answers["response"][number, 0]
            answers["response_what"][number, WHATS.index("escort")] = 1
    (found,) = weigh(text, views, pairs, answers, (), reader="test")
    assert found.start == views[1].start


def test_rows_are_taken_apart_into_pairs() -> None:
    """Padding of a row is nobody's answer."""
    rows = [np.array([[1.0], [2.0], [0.0]]), np.array([[3.0], [9.0], [9.0]])]
    taken = take_rows({"opposed": rows}, [(0, 1), (2,)], 3)
    assert taken["opposed"].tolist() == [[1.0], [2.0], [3.0]]
