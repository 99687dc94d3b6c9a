"""What gold rows answer to the questions asked of each pair."""

from typing import Any

from muster.base.scheme import CAVEAT_TYPES, GROUPS, POLARITIES, QUANTIFIERS, STATUSES, WHATS
from muster.reading.learned.labels import NOT_ASKED, NOT_QUOTED, QUOTED, Labels, label_pairs, word_starts
from muster.reading.learned.network import QUOTED_KINDS
from muster.reading.learned.pairs import Pair, find_pairs
from muster.reading.learned.words import MARKS, split_words
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import read_with
from muster.reading.sketch import NOUN
from muster.reading.views import SentenceView

TEXT = "Spain will not send frigates to the Gulf, the United States said."
REFUSED = {"kind": "response", "actor": "ESP", "what": "escort", "status": "refused", "quote": TEXT[:40]}
DOUBTED = {"kind": "caveat", "actor": "ESP", "type": "political", "what": "escort", "quote": TEXT[:40]}
ASKED = {"kind": "ask", "actor": "USA", "target": "ESP", "what": "escort", "quote": TEXT}


def _label(statements: list[Any], optional: list[Any]) -> tuple[Labels, dict[str, int]]:
    views: list[SentenceView] = []
    ruled = read_with(load_lexicon("en"), TEXT, None, views=views)
    pairs: list[Pair] = find_pairs(views, ruled)
    numbers = {pair.code: number for number, pair in enumerate(pairs)}
    return label_pairs(TEXT, views, pairs, statements, optional), numbers


def test_a_response_is_told_of_its_actor_only() -> None:
    """Status, direction and what; of the other actor that it did not respond."""
    labels, at = _label([REFUSED], [])
    assert labels["response"][at["ESP"], 1 + STATUSES.index("refused")] == 1
    assert labels["response"][at["ESP"], 0] == 0
    assert labels["direction"][at["ESP"]].tolist() == [0, 1, 0, 0]
    assert labels["response_what"][at["ESP"], WHATS.index("escort")] == 1
    assert labels["response"][at["USA"], 0] == 1


def test_what_is_asked_only_where_something_was_given() -> None:
    """Of a pair without a response there is no what to learn."""
    labels, at = _label([REFUSED], [])
    assert labels["response_what_counts"][at["ESP"]].all()
    assert not labels["response_what_counts"][at["USA"]].any()


def test_an_optional_row_is_neither_true_nor_false() -> None:
    """Its own answer is not asked, the others are."""
    labels, at = _label([], [DOUBTED])
    political = CAVEAT_TYPES.index("political")
    assert labels["caveat"][at["ESP"], political] == 0
    assert labels["caveat_counts"][at["ESP"], political] == 0
    assert labels["caveat_counts"][at["ESP"]].sum() == len(CAVEAT_TYPES) - 1


def test_a_thing_that_only_an_optional_row_names_is_not_asked() -> None:
    """Not whether it is given too; of the other things it is known that they are not."""
    labels, at = _label([REFUSED], [{**REFUSED, "what": "funding", "status": "pledged"}])
    counts = labels["response_what_counts"][at["ESP"]]
    assert counts[WHATS.index("funding")] == 0
    assert counts[WHATS.index("escort")] == counts[WHATS.index("basing")] == 1


def test_an_ask_is_told_of_both_sides() -> None:
    """Who asks and who is asked."""
    labels, at = _label([ASKED], [])
    assert labels["ask"][at["USA"]].tolist() == [1, 0]
    assert labels["ask"][at["ESP"]].tolist() == [0, 1]


def test_several_whats_each_have_their_status() -> None:
    """One actor of a sentence may refuse one thing and give another."""
    labels, at = _label([REFUSED, {**REFUSED, "what": "funding", "status": "pledged"}], [])
    spain = at["ESP"]
    assert labels["response_what"][spain].sum() == 2
    told = labels["status_of_what"][spain]
    assert told[WHATS.index(REFUSED["what"])].argmax() == STATUSES.index("refused")
    assert told[WHATS.index("funding")].argmax() == STATUSES.index("pledged")
    assert labels["status_of_what_counts"][spain].any(axis=-1).sum() == 2


def test_a_claim_is_told_of_who_makes_it() -> None:
    """How many of whom do what; of the other actor that it claims nothing."""
    row = {
        "kind": "claim",
        "actor": "USA",
        "quantifier": "most",
        "population": "EUROPE",
        "polarity": "fail",
        "quote": TEXT,
    }
    labels, at = _label([row], [])
    america = at["USA"]
    assert labels["claim"][america].argmax() == 1 + QUANTIFIERS.index("most")
    assert labels["population"][america].argmax() == GROUPS.index("EUROPE")
    assert labels["polarity"][america].argmax() == POLARITIES.index("fail")
    assert labels["claim"][at["ESP"], 0] == 1
    assert not labels["polarity_counts"][at["ESP"]].any()
    labels, at = _label([], [row])
    assert not labels["claim_counts"][at["USA"]].any()


def test_words_of_a_sketch_start_where_they_stand_in_the_document() -> None:
    """Names are one mark in the sketch; the words behind them are found all the same."""
    text = "Oslo is far. The United States asked the United Kingdom for two minehunters, and London agreed."
    views: list[SentenceView] = []
    read_with(load_lexicon("en"), text, None, views=views)
    for view in views:
        words = split_words(view.text)
        for (word, _), start in zip(words, word_starts(view), strict=True):
            assert word in MARKS or text[start:].lower().startswith(word)
    second = zip(split_words(views[1].text), word_starts(views[1]), strict=True)
    names = [text[at:].split()[:2] for (word, _), at in second if word in MARKS]
    assert names == [["United", "States"], ["United", "Kingdom"], ["London", "agreed."]]


def test_quoted_are_the_words_of_the_quote_of_that_pair_and_kind() -> None:
    """First and last word; of the other kinds and the other actor none."""
    labels, at = _label([{**REFUSED, "quote": "will not send frigates"}], [])
    words = [word for word, _ in split_words(f"{NOUN} will not send frigates")]
    assert labels[QUOTED][at["ESP"], QUOTED_KINDS.index("response")].tolist() == [1, len(words) - 1]
    assert (labels[QUOTED][at["ESP"], QUOTED_KINDS.index("caveat")] == NOT_QUOTED).all()
    assert (labels[QUOTED][at["USA"]] == NOT_QUOTED).all()


def test_two_quotes_of_a_kind_are_one_stretch_of_words() -> None:
    """From the first word of the one to the last of the other."""
    first, second = {**REFUSED, "quote": "will not"}, {**REFUSED, "what": "personnel", "quote": "to the Gulf"}
    labels, at = _label([second, first], [])
    assert labels[QUOTED][at["ESP"], QUOTED_KINDS.index("response")].tolist() == [1, 7]


def test_where_only_an_optional_row_has_a_quote_none_is_asked() -> None:
    """A firm row of the same kind is asked all the same."""
    caveat = QUOTED_KINDS.index("caveat")
    labels, at = _label([], [DOUBTED])
    assert (labels[QUOTED][at["ESP"], caveat] == NOT_ASKED).all()
    labels, at = _label([{**DOUBTED, "type": "legal"}], [DOUBTED])
    assert (labels[QUOTED][at["ESP"], caveat] >= 0).all()
