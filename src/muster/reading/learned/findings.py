"""What the network states by itself: its answers over their thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from muster.base.scheme import (
    ACTIONS,
    CAVEAT_TYPES,
    GROUPS,
    POLARITIES,
    QUANTIFIERS,
    REALIS,
    STATUSES,
    TENSION_TYPES,
    WHATS,
)
from muster.reading.learned.pairs import Pair

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on an answer becomes a statement; chosen on held-out documents, see docs/reading.md.

    All but `what`, `asked` and `asked_at_all` are of the kind (for caveats, acts and tensions of the type or action)
    alone. Where nobody of the sentence is asked with `asked_at_all`, the ask is to nobody named. `ruled` is for a
    statement of the rules that the network does not make itself. `ruled_also` says from which probability on
    another what of theirs stands beside the network's.
    """

    response: float = 0.45
    what: float = 0.45
    caveat: float = 0.3
    act: float = 0.3
    claim: float = 0.4
    ask: float = 0.4
    asked: float = 0.3
    asked_at_all: float = 0.05
    tension: float = 0.25
    ruled: float = 0.4
    ruled_also: float = 0.3


CHOSEN = Thresholds()
NOBODY_NAMED = "OTHERS"  # "the president appealed for warships"


@dataclass(frozen=True, slots=True)
class Found:
    """A statement the network makes, before it is written.

    Attributes
    ----------
    pair : int
        Number of the pair.
    kind : str
    fields : dict
        The codes of its kind.
    p : float
        Probability of its kind and type, 0..1.
    p_all : float
        That times the probabilities of its other codes, 0..1.
    """

    pair: int
    kind: str
    fields: dict[str, str]
    p: float
    p_all: float


def find_all(pairs: Sequence[Pair], answers: dict[str, Array], at_least: Thresholds) -> list[Found]:
    """Return what the network states of the pairs of a document."""
    of_sentence: dict[int, list[int]] = {}
    for number, pair in enumerate(pairs):
        of_sentence.setdefault(pair.sentence, []).append(number)
    found: list[Found] = []
    for number, pair in enumerate(pairs):
        found += _own(number, pair.code, answers, at_least)
        peers = [other for other in of_sentence[pair.sentence] if other != number]
        if peers or float(answers["ask"][number, 0]) > at_least.ask:
            found += _against(number, peers, pairs, answers, at_least)
    return found


def _own(n: int, code: str, answers: dict[str, Array], at_least: Thresholds) -> list[Found]:
    """Return the responses, caveats, acts and claims of one pair."""
    found: list[Found] = []
    response = answers["response"][n]
    p = float(1 - response[0])
    if p > at_least.response:
        p_what = answers["response_what"][n]
        for i in _several(p_what, at_least.what):
            status, p_status = _first(STATUSES, answers["status_of_what"][n, i])
            fields = {"actor": code, "what": WHATS[i], "status": status}
            found.append(Found(n, "response", fields, p, p * p_status * float(p_what[i])))
    for one, p_type in zip(CAVEAT_TYPES, answers["caveat"][n], strict=True):
        if p_type > at_least.caveat:
            what, p_what = _first(WHATS, answers["caveat_what"][n])
            fields = {"actor": code, "type": one, "what": what}
            found.append(Found(n, "caveat", fields, float(p_type), float(p_type) * p_what))
    for action, p_act in zip(ACTIONS, answers["act"][n], strict=True):
        if p_act > at_least.act:
            realis, p_realis = _first(REALIS, answers["realis"][n])
            fields = {"actor": code, "action": action, "realis": realis}
            found.append(Found(n, "act", fields, float(p_act), float(p_act) * p_realis))
    claim = answers["claim"][n]
    p = float(1 - claim[0])
    if p > at_least.claim:
        quantifier, p_quantifier = _first(QUANTIFIERS, claim[1:])
        population, p_population = _first(GROUPS, answers["population"][n])
        polarity, p_polarity = _first(POLARITIES, answers["polarity"][n])
        fields = {"actor": code, "quantifier": quantifier, "population": population, "polarity": polarity}
        found.append(Found(n, "claim", fields, p, p_quantifier * p_population * p_polarity))
    return found


def _against(
    n: int, peers: Sequence[int], pairs: Sequence[Pair], answers: dict[str, Array], at_least: Thresholds
) -> list[Found]:
    """Return the asks and tensions of one pair toward others of its sentence."""
    found: list[Found] = []
    code = pairs[n].code
    p_asks = float(answers["ask"][n, 0])
    if p_asks > at_least.ask:
        p_what = answers["ask_what"][n]
        p_asked = {peer: float(answers["ask"][peer, 1]) for peer in peers}
        asked = [peer for peer in peers if p_asked[peer] > at_least.asked]
        likeliest = max(peers, key=p_asked.__getitem__, default=-1)
        if not asked and p_asked.get(likeliest, 0.0) > at_least.asked_at_all:
            asked = [likeliest]
        for peer in asked:
            p_both = asked_for(answers, n, peer)
            for i in _several(p_both, at_least.what):
                fields = {"actor": code, "target": pairs[peer].code, "what": WHATS[i]}
                found.append(Found(n, "ask", fields, p_asks, p_asks * float(p_both[i]) * p_asked[peer]))
        if not asked and code != NOBODY_NAMED:
            for i in _several(p_what, at_least.what):
                fields = {"actor": code, "target": NOBODY_NAMED, "what": WHATS[i]}
                p_all = p_asks * float(p_what[i]) * (1 - p_asked.get(likeliest, 0.0))
                found.append(Found(n, "ask", fields, p_asks, p_all))
    if not peers:
        return found
    for one, p_type in zip(TENSION_TYPES, answers["tension"][n], strict=True):
        if p_type > at_least.tension:
            p_opposed = {peer: float(answers["opposed"][peer, 0]) for peer in peers}
            peer = max(peers, key=p_opposed.__getitem__)
            fields = {"actor": code, "target": pairs[peer].code, "type": one}
            found.append(Found(n, "tension", fields, float(p_type), float(p_type) * p_opposed[peer]))
    return found


def asked_for(answers: dict[str, Array], asking: int, asked: int) -> Array:
    """Return how likely each what is asked by one pair of another: one may ask several for different things."""
    both: Array = (answers["ask_what"][asking] * answers["ask_what"][asked]) ** 0.5
    return both


def _several(answers: Array, at_least: float) -> list[int]:
    """Return the numbers of the answers over a threshold, or of the likeliest alone."""
    return [i for i, one in enumerate(answers) if one > at_least] or [int(answers.argmax())]


def _first(names: Sequence[str], answers: Array) -> tuple[str, float]:
    """Return the likeliest answer and its probability."""
    best = int(answers.argmax())
    return names[best], float(answers[best])
