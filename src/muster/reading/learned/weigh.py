"""Rules and network together: the rules' statements where the network agrees, new ones where it is sure enough."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from muster.base.scheme import ACTIONS, CAVEAT_TYPES, FIELDS, STATUSES, TENSION_TYPES, WHATS
from muster.base.statement import Statement
from muster.reading.assets import find_assets
from muster.reading.learned.encoding import N_WORDS
from muster.reading.learned.findings import CHOSEN, Found, Thresholds, asked_for, find_all
from muster.reading.learned.pairs import Pair, Places
from muster.reading.learned.words import split_words
from muster.reading.plover.mapping import plover_of
from muster.reading.provision import MULTI
from muster.reading.views import SentenceView

Array = NDArray[Any]
_WITH_ASSETS = MULTI | {"authorised"}
# Where one sentence holds two answers of one actor: what tells them apart, and what of the rules' goes with it.
_APART = {"response": ("what", "status"), "act": ("action", "realis"), "ask": ("target", "what")}
# Standing relations, told in asides of long sentences, of which the network had seen few (333 of 33,259 statements).
# What the rules read of them is kept: on the first third of these 31 of 56 were right, no worse than the rest, so that
# is their confidence, and that of what stands where the network does not look.
_RULES_ALONE = frozenset(("dual_role", "adversary_ties"))
_P_RULES_ALONE = 0.55
MAX_QUOTE = 1000  # characters; a "sentence" longer than this is a transcript or a table, and no quote

# For a pair and kind of which the rules read different answers: each answer by what tells it apart.
Several = dict[tuple[int, str], dict[str, str]]


def weigh(
    text: str,
    views: Sequence[SentenceView],
    pairs: Sequence[Pair],
    answers: dict[str, Array],
    ruled: Sequence[Statement],
    *,
    reader: str,
    thresholds: Thresholds = CHOSEN,
) -> list[Statement]:
    """Return the statements of a document, in the order of their quotes.

    A statement that both make keeps the rules' quote and frame, with the probability of its kind as confidence; a new
    one has the probability of all its codes; one of the rules alone that of its kind, a claim of theirs the rules' own.

    Parameters
    ----------
    text : str
        The document.
    views, pairs
        Its sentences and pairs.
    answers : dict of arrays
        Probabilities of every head for every pair, as `Network.answer` returns them.
    ruled : sequence of Statement
        What the rules read.
    reader : str
        Name and version for new statements.
    thresholds : Thresholds
    """
    places = Places(views, pairs)
    at = {id(one): places.pair_of(one.actor, one.start, one.end) for one in ruled}
    several = _several(ruled, at)
    aimed = {(at[id(one)], one.type): one.target for one in ruled if one.kind == "tension"}
    by_key = {(one.kind, *one.fields().values()): one for one in ruled}
    best: dict[tuple[str, ...], Found] = {}
    for found in find_all(pairs, answers, thresholds):
        _correct(found, several, aimed)
        key = (found.kind, *(found.fields[name] for name in FIELDS[found.kind]))
        view = views[pairs[found.pair].sentence]
        if key not in by_key and view.end - view.start > MAX_QUOTE:
            continue
        if key not in best or best[key].p < found.p:
            best[key] = found
    statements = [one for one in ruled if one.kind == "claim"]  # all: few words quantify
    claimed = {pairs[at[id(one)]].sentence for one in statements if at[id(one)] >= 0}
    placed = [(one, views[pairs[at[id(one)]].sentence]) for one in ruled if at[id(one)] >= 0]
    unseen = frozenset(id(one) for one, view in placed if _is_unseen(text, view, one))
    statements += _upheld(views, pairs, answers, by_key, at, best, several, unseen, thresholds)
    for key, found in best.items():
        told, view = by_key.get(key), views[pairs[found.pair].sentence]
        if found.kind == "claim" and (told is not None or pairs[found.pair].sentence in claimed):
            continue
        if told is not None:
            statements.append(replace(told, confidence=_rounded(found.p)))
        else:
            statements.append(_write(text, view, found, reader))
    return sorted(statements, key=lambda one: (one.start, one.end))


def _several(ruled: Iterable[Statement], at: dict[int, int]) -> Several:
    """Return the pairs and kinds of which the rules read different answers ("refused ships but pledged money")."""
    told: Several = {}
    for one in ruled:
        if one.kind in _APART:
            apart, answer = (one.fields()[name] for name in _APART[one.kind])
            told.setdefault((at[id(one)], one.kind), {})[apart] = answer
    return {place: answers for place, answers in told.items() if len(set(answers.values())) > 1}


def _correct(found: Found, several: Several, aimed: dict[tuple[int, str], str]) -> None:
    """Put right what the rules tell better: two answers of one actor, and whose policy a policy is."""
    if (found.pair, found.kind) in several:
        apart, answer = _APART[found.kind]
        told = several[found.pair, found.kind]
        found.fields[answer] = told.get(found.fields[apart], found.fields[answer])
    if found.kind == "tension":
        found.fields["target"] = aimed.get((found.pair, found.fields["type"]), found.fields["target"])


def _upheld(
    views: Sequence[SentenceView],
    pairs: Sequence[Pair],
    answers: dict[str, Array],
    by_key: dict[tuple[str, ...], Statement],
    at: dict[int, int],
    best: dict[tuple[str, ...], Found],
    several: Several,
    unseen: frozenset[int],
    at_least: Thresholds,
) -> list[Statement]:
    """Return the statements of the rules that the network does not make itself but does not gainsay.

    One is kept if the network thinks its kind there at all likely and states nothing else of that kind (and type or
    action, each of which is asked by itself) of that actor in the sentence. Where it does, it is kept as part of a list
    of which the network states another part, as one of several answers of the rules', and if what it gives is likely
    too, unless the network has another status for that very thing. Of a sentence that the network saw only the first
    words of what it thinks unlikely is kept too, and all whose quote begins behind those words (in `unseen`).
    """
    told_of = {(pairs[found.pair].sentence, found.kind, *_asked_as(found.fields)) for found in best.values()}
    agreed = {_but_for_what(one) for key, one in by_key.items() if key in best}
    given = {(found.pair, found.fields["what"]) for found in best.values() if found.kind == "response"}
    kept = []
    for key, one in by_key.items():
        number = at[id(one)]
        if key in best or number < 0 or one.kind == "claim":
            continue
        if one.kind == "response" and (number, one.what) in given and id(one) not in unseen:
            continue  # of this very thing the network has another status
        is_told = (pairs[number].sentence, one.kind, *_asked_as(one.fields())) in told_of
        is_apart = _but_for_what(one) in agreed or (number, one.kind) in several or id(one) in unseen
        if is_told and not is_apart and not _may_be_also(one, pairs, answers, number, at_least.ruled_also):
            continue
        p = _likely(one, answers, number)
        is_cut = len(split_words(views[pairs[number].sentence].text)) > N_WORDS
        if one.type in _RULES_ALONE or is_cut:
            kept.append(replace(one, confidence=max(_rounded(p), _P_RULES_ALONE)))
        elif p > at_least.ruled:
            kept.append(replace(one, confidence=_rounded(p)))
    return kept


def _asked_as(fields: Mapping[str, str]) -> tuple[str, str]:
    """Return the codes that, with its kind, say which question of the network a statement answers."""
    return fields["actor"], fields.get("type", "") or fields.get("action", "")


def _is_unseen(text: str, view: SentenceView, one: Statement) -> bool:
    """Return whether a statement's quote begins behind the words of its sentence that the network is shown."""
    n_shown = len(split_words(view.text))
    if n_shown <= N_WORDS:
        return False
    n_written = len(split_words(text[view.start : view.end]))  # a name of three words is one mark in the sketch
    return len(split_words(text[view.start : one.start])) - (n_written - n_shown) >= N_WORDS


def _may_be_also(
    one: Statement, pairs: Sequence[Pair], answers: dict[str, Array], number: int, at_least: float
) -> bool:
    """Return whether what a response gives or an ask is for is likely enough beside something likelier."""
    what = WHATS.index(one.what) if one.what else -1
    if one.kind == "response":
        status = answers["status_of_what"][number, what, STATUSES.index(one.status)]
        return float(answers["response_what"][number, what] * status) > at_least
    if one.kind == "ask":
        place = (pairs[number].sentence, one.target)
        asked = next((k for k, pair in enumerate(pairs) if (pair.sentence, pair.code) == place), number)
        return float(asked_for(answers, number, asked)[what]) > at_least
    return False


def _but_for_what(one: Statement) -> tuple[str, ...]:
    """Return all codes of a statement but what is given or asked, with the place of its quote."""
    return (one.kind, *(code for name, code in one.fields().items() if name != "what"), str(one.start), str(one.end))


def _likely(one: Statement, answers: dict[str, Array], number: int) -> float:
    """Return how likely the network thinks a statement of this kind (and type) of this pair."""
    if one.kind == "response":
        return float(1 - answers["response"][number, 0])
    if one.kind == "ask":
        return float(answers["ask"][number, 0])
    kinds, name = {
        "caveat": (CAVEAT_TYPES, one.type), "act": (ACTIONS, one.action), "tension": (TENSION_TYPES, one.type)
    }[one.kind]  # fmt: skip
    return float(answers[one.kind][number, kinds.index(name)])


def _rounded(p: float) -> float:
    """Return a probability to three digits, never 1: that is what the rules say of their own."""
    return min(round(p, 3), 0.999)


def _write(text: str, view: SentenceView, found: Found, reader: str) -> Statement:
    """Return a new statement, its sentence as the quote."""
    quote = text[view.start : view.end]
    fields: dict[str, Any] = dict(found.fields)
    has_assets = found.kind == "response" and fields["status"] in _WITH_ASSETS
    statement = Statement(
        kind=found.kind, quote=quote, start=view.start, end=view.end, rule=f"learned.{found.kind}", reader=reader,
        confidence=_rounded(found.p_all), assets=find_assets(quote) if has_assets else (), **fields,
    )  # fmt: skip
    event, mode = plover_of(statement)
    return replace(statement, event=event, mode=mode)
