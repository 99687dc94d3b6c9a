"""What the network states by itself: its answers over their thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from muster.base.scheme import ACTIONS, CAVEAT_TYPES, REALIS, STATUSES, TENSION_TYPES, WHATS
from muster.reading.learned.pairs import Pair

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on an answer becomes a statement; chosen on held-out documents, see docs/reading.md.

    All but `what` and `asked` are of the kind (for caveats, acts and tensions of the type or action) alone. `ruled` is
    for a statement of the rules that the network does not make itself. `ruled_status` and `ruled_what` say from which
    probability on the rules' own status, what or realis stands against a likelier one.
    """

    response: float = 0.35
    what: float = 0.35
    caveat: float = 0.25
    act: float = 0.25
    ask: float = 0.4
    asked: float = 0.3
    tension: float = 0.2
    ruled: float = 0.08
    ruled_status: float = 0.4
    ruled_what: float = 0.3


CHOSEN = Thresholds()


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
        if peers:
            found += _against(number, peers, pairs, answers, at_least)
    return found


def _own(n: int, code: str, answers: dict[str, Array], at_least: Thresholds) -> list[Found]:
    """Return the responses, caveats and acts of one pair."""
    found: list[Found] = []
    response = answers["response"][n]
    p = float(1 - response[0])
    if p > at_least.response:
        best = int(response[1:].argmax())
        p_status = float(response[1 + best])  # of this status, so of the kind too
        p_what = answers["response_what"][n]
        chosen = [i for i, one in enumerate(p_what) if one > at_least.what] or [int(p_what.argmax())]
        for i in chosen:
            fields = {"actor": code, "what": WHATS[i], "status": STATUSES[best]}
            found.append(Found(n, "response", fields, p, p_status * float(p_what[i])))
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
    return found


def _against(
    n: int, peers: Sequence[int], pairs: Sequence[Pair], answers: dict[str, Array], at_least: Thresholds
) -> list[Found]:
    """Return the asks and tensions of one pair toward others of its sentence."""
    found: list[Found] = []
    code = pairs[n].code
    p_asks = float(answers["ask"][n, 0])
    if p_asks > at_least.ask:
        what, p_what = _first(WHATS, answers["ask_what"][n])
        p_asked = {peer: float(answers["ask"][peer, 1]) for peer in peers}
        asked = [peer for peer in peers if p_asked[peer] > at_least.asked]
        for peer in asked or [max(peers, key=p_asked.__getitem__)]:
            fields = {"actor": code, "target": pairs[peer].code, "what": what}
            found.append(Found(n, "ask", fields, p_asks, p_asks * p_what * p_asked[peer]))
    for one, p_type in zip(TENSION_TYPES, answers["tension"][n], strict=True):
        if p_type > at_least.tension:
            p_opposed = {peer: float(answers["opposed"][peer, 0]) for peer in peers}
            peer = max(peers, key=p_opposed.__getitem__)
            fields = {"actor": code, "target": pairs[peer].code, "type": one}
            found.append(Found(n, "tension", fields, float(p_type), float(p_type) * p_opposed[peer]))
    return found


def _first(names: Sequence[str], answers: Array) -> tuple[str, float]:
    """Return the likeliest answer and its probability."""
    best = int(answers.argmax())
    return names[best], float(answers[best])
