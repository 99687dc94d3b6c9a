"""What annotated documents answer to the questions asked of each pair, and where they are silent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.base.scheme import (
    ACTIONS,
    CAVEAT_TYPES,
    DIRECTION_OF_STATUS,
    GROUPS,
    POLARITIES,
    QUANTIFIERS,
    REALIS,
    STATUSES,
    TENSION_TYPES,
    WHATS,
)
from muster.reading.learned.network import HEADS, QUOTED_KINDS
from muster.reading.learned.pairs import Pair, Places
from muster.reading.learned.words import MARKS, split_words
from muster.reading.views import SentenceView

Labels = dict[str, NDArray[Any]]
_DIRECTIONS = ("no", "maybe", "yes")  # 0 is none
_NONE = 0
QUOTED, NOT_QUOTED, NOT_ASKED = "quoted", -1, -2


def label_pairs(
    text: str,
    views: Sequence[SentenceView],
    pairs: Sequence[Pair],
    statements: Sequence[Mapping[str, Any]],
    optional: Sequence[Mapping[str, Any]],
) -> Labels:
    """Return, for each head, the truth of every pair and, under `HEAD_counts`, where it is known.

    Parameters
    ----------
    text : str
        The document.
    views, pairs
        Its sentences and pairs.
    statements, optional
        Gold rows; an optional one is neither true nor false, so what it would answer is not asked.

    Returns
    -------
    dict of arrays
        Truth and counts, (pairs, answers), `status_of_what` (pairs, whats, statuses), float32; of a question with one
        answer all counts of a pair are the same. Under `quoted` the first and last word of the sentence that quotes of
        each kind take up, (pairs, kinds, 2), int32.
    """
    n = len(pairs)
    shapes: dict[str, tuple[int, ...]] = {name: (n, size) for name, size in HEADS.items()}
    shapes["status_of_what"] = (n, len(WHATS), len(STATUSES))
    labels: Labels = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    for name in ("response", "direction", "claim"):
        labels[name][:, _NONE] = 1
    known: Labels = {name: np.ones(shape, np.float32) for name, shape in shapes.items()}
    for name in ("response_what", "status_of_what", "caveat_what", "ask_what", "realis", "population", "polarity"):
        known[name][:] = 0
    places = Places(views, pairs)
    peers: dict[tuple[int, str], int] = {(pair.sentence, pair.code): i for i, pair in enumerate(pairs)}
    for row in optional:
        at = _place(text, places, row)
        if at >= 0:
            _doubt(row, at, peers.get((pairs[at].sentence, str(row.get("target", ""))), -1), known)
    for row in statements:
        at = _place(text, places, row)
        if at >= 0:
            _tell(row, at, peers.get((pairs[at].sentence, str(row.get("target", ""))), -1), labels, known)
    for row in optional:  # after the rest: what a firm row tells of the same thing is known
        at = _place(text, places, row)
        if at >= 0 and row["kind"] in {"response", "ask"}:
            _doubt_what(row, (at, peers.get((pairs[at].sentence, str(row.get("target", ""))), -1)), labels, known)
    labels["caveat_what"] /= np.maximum(labels["caveat_what"].sum(axis=1, keepdims=True), 1)  # several share the truth
    counts = {f"{name}_counts": value for name, value in known.items()}
    return {**labels, **counts, QUOTED: _quoted(text, views, pairs, places, statements, optional)}


def _quoted(
    text: str,
    views: Sequence[SentenceView],
    pairs: Sequence[Pair],
    places: Places,
    statements: Sequence[Mapping[str, Any]],
    optional: Sequence[Mapping[str, Any]],
) -> NDArray[Any]:
    """Return the first and last word of its sentence that quotes of each kind take up, (pairs, kinds, 2).

    `NOT_QUOTED` where there is none, `NOT_ASKED` where only an optional row has one.
    """
    quoted = np.full((len(pairs), len(QUOTED_KINDS), 2), NOT_QUOTED, np.int32)
    for row in optional:
        at = _place(text, places, row)
        if at >= 0:
            quoted[at, QUOTED_KINDS.index(row["kind"])] = NOT_ASKED
    starts: dict[int, list[int]] = {}
    for row in statements:
        at = _place(text, places, row)
        if at < 0:
            continue
        number, kind = pairs[at].sentence, QUOTED_KINDS.index(row["kind"])
        if number not in starts:
            starts[number] = word_starts(views[number])
        start = _start(text, row)
        inside = [k for k, one in enumerate(starts[number]) if start <= one < start + len(row["quote"])]
        told = quoted[at, kind]
        if inside:
            told[:] = (inside[0] if told[0] < 0 else min(told[0], inside[0])), max(told[1], inside[-1])
        elif told[0] < 0:
            told[:] = NOT_ASKED
    return quoted


def word_starts(view: SentenceView) -> list[int]:
    """Return where the words of a sentence start in the document."""
    found, n_marks, behind = [], 0, view.start
    for word, at in split_words(view.text):
        if word in MARKS:
            start, end = view.marks[n_marks]
            n_marks, behind = n_marks + 1, end - at - 1
            found.append(start)
        else:
            found.append(behind + at)
    return found


def _start(text: str, row: Mapping[str, Any]) -> int:
    start: int = row.get("start", -1)
    return start if start >= 0 else text.find(row["quote"])


def _place(text: str, places: Places, row: Mapping[str, Any]) -> int:
    start = _start(text, row)
    return places.pair_of(row["actor"], start, start + len(row["quote"])) if start >= 0 else -1


def _doubt(row: Mapping[str, Any], at: int, peer: int, known: Labels) -> None:
    kind = row["kind"]
    if kind == "response":
        known["response"][at] = known["direction"][at] = 0
    elif kind == "caveat":
        known["caveat"][at, CAVEAT_TYPES.index(row["type"])] = 0
    elif kind == "claim":
        known["claim"][at] = 0
    elif kind == "act":
        known["act"][at, ACTIONS.index(row["action"])] = 0
    elif kind == "ask":
        known["ask"][at, 0] = 0
        if peer >= 0:
            known["ask"][peer, 1] = 0
    elif kind == "tension":
        known["tension"][at, TENSION_TYPES.index(row["type"])] = 0
        if peer >= 0:
            known["opposed"][peer, 0] = 0


def _doubt_what(row: Mapping[str, Any], sides: Iterable[int], labels: Labels, known: Labels) -> None:
    """Do not ask whether a thing is given or asked for that only an optional row names."""
    name, what = f"{row['kind']}_what", WHATS.index(row["what"])
    for number in sides:
        if number >= 0 and not labels[name][number, what]:
            known[name][number, what] = 0


def _tell(row: Mapping[str, Any], at: int, peer: int, labels: Labels, known: Labels) -> None:
    kind = row["kind"]
    if kind == "response":
        if labels["response"][at, _NONE]:  # of several statuses of one pair the first told is learnt
            _set_one(labels, known, "response", at, 1 + STATUSES.index(row["status"]))
            direction = DIRECTION_OF_STATUS[row["status"]]
            _set_one(labels, known, "direction", at, 1 + _DIRECTIONS.index(direction))
        what, status = WHATS.index(row["what"]), STATUSES.index(row["status"])
        _add(labels, known, "response_what", at, what)
        if not labels["status_of_what"][at, what].any():
            labels["status_of_what"][at, what, status] = 1
            known["status_of_what"][at, what] = 1
    elif kind == "caveat":
        _add(labels, known, "caveat", at, CAVEAT_TYPES.index(row["type"]))
        _add(labels, known, "caveat_what", at, WHATS.index(row["what"]))
    elif kind == "claim":
        _set_one(labels, known, "claim", at, 1 + QUANTIFIERS.index(row["quantifier"]))
        _set_one(labels, known, "population", at, GROUPS.index(row["population"]))
        _set_one(labels, known, "polarity", at, POLARITIES.index(row["polarity"]))
    elif kind == "act":
        _add(labels, known, "act", at, ACTIONS.index(row["action"]))
        _set_one(labels, known, "realis", at, REALIS.index(row["realis"]))
    elif kind == "ask":
        for number, side in ((at, 0), (peer, 1)):
            if number >= 0:
                _add(labels, known, "ask", number, side)
                _add(labels, known, "ask_what", number, WHATS.index(row["what"]))
    elif kind == "tension":
        _add(labels, known, "tension", at, TENSION_TYPES.index(row["type"]))
        if peer >= 0:
            _add(labels, known, "opposed", peer, 0)


def _set_one(labels: Labels, known: Labels, head: str, at: int, answer: int) -> None:
    labels[head][at] = 0
    labels[head][at, answer] = 1
    known[head][at] = 1


def _add(labels: Labels, known: Labels, head: str, at: int, answer: int) -> None:
    """Note one of several answers; of what is given or asked all is known then, else only this answer."""
    labels[head][at, answer] = 1
    if head.endswith("_what"):
        known[head][at] = 1
    else:
        known[head][at, answer] = 1
