"""Who may have done something in a sentence, and what the network is told of them."""

from muster.base.statement import Statement
from muster.reading.learned.pairs import (
    ADVERSARY,
    FEATURES,
    GROUP,
    LEAD,
    ORGANISATION,
    RULE_FEATURES,
    SHIPPING,
    STATE,
    UNRESOLVED,
    Pair,
    Places,
    find_pairs,
    role_of,
)
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import read_with
from muster.reading.views import SentenceView

TEXT = "Spain will not send frigates to the Gulf. It may, however, refuel American aircraft at Rota. Rain fell."


def _seen(text: str) -> tuple[list[SentenceView], tuple[Statement, ...]]:
    views: list[SentenceView] = []
    return views, read_with(load_lexicon("en"), text, None, views=views)


def _names(pair: Pair) -> set[str]:
    return {FEATURES[number] for number in pair.features}


def test_every_sentence_is_seen_also_those_without_an_actor() -> None:
    """The network may read what is only understood."""
    views, _ = _seen(TEXT)
    assert [TEXT[view.start : view.end].split(maxsplit=1)[0] for view in views] == ["Spain", "It", "Rain"]


def test_a_named_actor_and_one_that_a_pronoun_means_are_candidates() -> None:
    """ "It" of the second sentence is Spain."""
    views, statements = _seen(TEXT)
    pairs = {(pair.sentence, pair.code): pair for pair in find_pairs(views, statements)}
    assert {"role.state", "way.noun", "has.escort", "first_sentence"} <= _names(pairs[0, "ESP"])
    assert {"way.pronoun", "way.focus"} <= _names(pairs[1, "ESP"])
    assert {"role.lead", "way.adjective"} <= _names(pairs[1, "USA"])


def test_who_was_spoken_of_before_is_a_candidate_without_a_place() -> None:
    """No word of the third sentence means anybody."""
    views, statements = _seen(TEXT)
    last = [pair for pair in find_pairs(views, statements) if pair.sentence == 2]
    assert last
    assert all(not pair.offsets and "implicit" in _names(pair) for pair in last)


def test_the_lead_may_be_meant_where_it_is_not_named() -> None:
    """ "Allies were asked for ships" does not say by whom."""
    views, statements = _seen("Allies were asked for ships.")
    pairs = {pair.code: pair for pair in find_pairs(views, statements)}
    assert {"role.lead", "implicit"} <= _names(pairs["USA"])


def test_an_adversary_only_understood_is_a_candidate_where_the_rules_read_of_it() -> None:
    """Nobody laid the mines by name; the rules give them to the adversary, and the network is asked about it."""
    text = (
        "France and Germany met. France spoke of Iran. France waited and Germany waited. Mines were laid in the strait."
    )
    views, _ = _seen(text)
    last, quote = len(views) - 1, "Mines were laid"
    row = {"kind": "act", "actor": "IRN", "action": "mining", "realis": "done", "quote": quote}
    ruled = Statement.of({**row, "start": text.index(quote), "end": text.index(quote) + len(quote)})
    assert views[last].adversary == "IRN"
    assert "IRN" not in {pair.code for pair in find_pairs(views, ()) if pair.sentence == last}
    told = {pair.code: pair.rule_features for pair in find_pairs(views, (ruled,)) if pair.sentence == last}
    assert told["IRN"]


def test_what_the_rules_read_is_told() -> None:
    """The rule's status, and to the others of the sentence that somebody else responded."""
    text = "Spain will not send frigates to the Gulf, the United States said."
    views, statements = _seen(text)
    assert [one.status for one in statements if one.kind == "response"] == ["refused"]
    pairs = {pair.code: pair for pair in find_pairs(views, statements)}
    told = {code: {RULE_FEATURES[number] for number in pair.rule_features} for code, pair in pairs.items()}
    assert {"response.refused", "response.escort"} <= told["ESP"]
    assert "other.response.refused" in told["USA"]


def test_parts_are_told_apart() -> None:
    """Lead, adversary, organisation, group, shipping, state, nobody known."""
    codes = [("USA",), ("IRN",), ("NATO",), ("EUROPE",), ("SHIPPING",), ("PRT",), ()]
    expected = [LEAD, ADVERSARY, ORGANISATION, GROUP, SHIPPING, STATE, UNRESOLVED]
    assert [role_of(code, "IRN") for code in codes] == expected
    assert role_of(("RUS",), "RUS") == ADVERSARY


def test_a_quote_goes_to_the_sentence_that_names_its_actor() -> None:
    """A quote over two sentences belongs where the actor is named; one elsewhere to nobody."""
    views, statements = _seen(TEXT)
    pairs = find_pairs(views, statements)
    places = Places(views, pairs)
    at = places.pair_of("USA", 0, views[1].end)
    assert (pairs[at].sentence, pairs[at].code) == (1, "USA")
    assert places.pair_of("NZL", 0, 20) == -1


def test_features_have_one_number_each() -> None:
    """A name listed twice would shift all numbers behind it."""
    assert len(set(FEATURES)) == len(FEATURES)
    assert len(set(RULE_FEATURES)) == len(RULE_FEATURES)
