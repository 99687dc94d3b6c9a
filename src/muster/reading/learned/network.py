"""The network: memories along a sentence both ways, attention from each pair, one hidden layer, a head a question.

`forward_all` is written once for numpy (reading) and jax.numpy (training). Shapes are those of `encoding`.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
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
from muster.reading.learned.encoding import N_PLACES, NEAR
from muster.reading.learned.vectors import vector_table
from muster.reading.learned.words import Vocabulary

WEIGHTS_FILE, WORDS_FILE = "weights.npz", "words.json"
N_STATES, N_MET, N_HEADS, N_PER_HEAD, N_HIDDEN = 192, 192, 12, 32, 160
N_OWN, N_SMALL = 32, 8  # components of own word vectors, and of endings and roles
FAR_BELOW, LEAST = -1e9, -1.0  # no score, no state is lower
# The first network is asked about every pair, the others about those of which it thinks anything this likely at least:
# 17 of 100 pairs of the benchmark's news, 39 of 100 of digests; the held-out sets move by 0.003 F1 at most.
P_SETTLED = 0.08

# What is asked of a pair, with the number of answers. `one of` heads are softmax, the others are each yes or no.
HEADS = {
    "response": 1 + len(STATUSES),
    "direction": 4,
    "response_what": len(WHATS),
    "status_of_what": len(WHATS) * len(STATUSES),
    "caveat": len(CAVEAT_TYPES),
    "caveat_what": len(WHATS),
    "ask": 2,
    "ask_what": len(WHATS),
    "act": len(ACTIONS),
    "realis": len(REALIS),
    "tension": len(TENSION_TYPES),
    "opposed": 1,
    "claim": 1 + len(QUANTIFIERS),
    "population": len(GROUPS),
    "polarity": len(POLARITIES),
}
QUOTED_KINDS = ("response", "caveat", "ask", "tension", "act", "claim")  # whose quotes the first heads attend to
ONE_OF = frozenset(
    ("response", "direction", "status_of_what", "caveat_what", "realis", "claim", "population", "polarity")
)

WORD_PARTS = ("vector", "own", "ending", "role")  # what a word is told by; but for the vectors each has a table

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Network:
    """Trained weights, one set for each of the networks that answer together, and their vocabulary."""

    weights: tuple[dict[str, Array], ...]
    vocabulary: Vocabulary
    trained_on: str

    def answer(self, batch: dict[str, Array]) -> dict[str, Array]:
        """Return the probabilities of every head, as `forward_all` shapes them.

        They are the mean of the networks; of a pair that the first network thinks settled (`P_SETTLED`) its own alone.
        """
        first, *others = self.weights
        answers = _probabilities(forward_all(np, (first,), batch)[0])
        is_open = _likeliest(answers) >= P_SETTLED
        if not others or not is_open.any():
            return answers
        told = [_probabilities(found) for found in forward_all(np, others, _of_pairs(batch, is_open))]
        for name, found in answers.items():
            found[is_open] = (found[is_open] + sum(one[name] for one in told)) / len(self.weights)
        return answers


def _probabilities(scores: dict[str, Array]) -> dict[str, Array]:
    """Return the probabilities of every head."""
    return {  # a tanh never overflows
        name: _softmax(scores[name]) if name in ONE_OF else 0.5 + 0.5 * np.tanh(scores[name] / 2) for name in HEADS
    }


def _likeliest(answers: dict[str, Array]) -> Array:
    """Return how likely the likeliest statement of each pair is, (N,), whatever its kind and part in it."""
    some = [1 - answers[name][:, 0] for name in ("response", "claim")]
    some += [answers[name].max(axis=1) for name in ("caveat", "ask", "act", "tension", "opposed")]
    likeliest: Array = np.max(some, axis=0)
    return likeliest


def _of_pairs(batch: dict[str, Array], chosen: Array) -> dict[str, Array]:
    """Return some pairs of a batch with their rows alone."""
    rows, row = np.unique(batch["row"][chosen], return_inverse=True)
    of_row = ("own", "vector", "ending", "role", "is_word", "is_own")
    width = 1 + int(np.flatnonzero(batch["is_word"][rows].any(axis=0)).max(initial=0))
    part = {name: batch[name][rows, :width] for name in of_row}
    part |= {name: batch[name][chosen, :width] for name in ("place", "is_target")}
    return part | {"features": batch["features"][chosen], "rules": batch["rules"][chosen], "row": row}


def forward_all(
    xp: Any, networks: Sequence[dict[str, Any]], batch: dict[str, Any], scan: Any = None, drop: Any = None
) -> list[dict[str, Any]]:
    """Return the scores of every head, (N, answers), `status_of_what` (N, whats, statuses), for each of some networks.

    Beside them `quoted`, the scores of each word for being quoted in a statement of a pair, and `heed`, the share of
    attention it gets, both (N, W, kinds) for the `QUOTED_KINDS`.

    Parameters
    ----------
    xp : module
        numpy or jax.numpy.
    networks : sequence of dict of arrays
        Each as `train.start_weights` makes them; they read along the sentences side by side.
    batch : dict of arrays
        As `encoding.encode` returns them.
    scan : callable or None
        `jax.lax.scan` in training, else a plain loop.
    drop : callable or None
        `drop(name, array)` sets some of an array to zero in training. Without it every distinct word is worked out
        once, which takes arrays of numpy.
    """
    if drop is None:
        words, at = _distinct(batch)
        read = _remember(xp, scan or _loop, [_given(xp, w, words) for w in networks], at, batch["is_word"], networks)
        drop = _keep
    else:
        given = [drop("input", _given(xp, w, batch)) for w in networks]
        read = _remember(xp, scan or _loop, given, None, batch["is_word"], networks)
    return [_answer(xp, w, batch, a, drop) for w, a in zip(networks, read, strict=True)]


def _keep(_: str, array: Any) -> Any:
    return array


def _distinct(batch: dict[str, Array]) -> tuple[dict[str, Array], Array]:
    """Return the distinct words of a batch, U each, and where they stand, (S, W).

    Of the places in a batch of an article one in nine, of a digest one in three holds a word not met before.
    """
    key = np.zeros(batch["own"].shape, np.int64)
    for name in WORD_PARTS:
        key = key * (1 + int(batch[name].max(initial=0))) + batch[name]
    _, first, at = np.unique(key, return_index=True, return_inverse=True)
    return {name: batch[name].reshape(-1)[first] for name in WORD_PARTS}, at.reshape(key.shape)


def _given(xp: Any, w: dict[str, Any], words: dict[str, Any]) -> Any:
    """Return what is known of words, (..., in)."""
    return xp.concatenate(
        [xp.asarray(vector_table())[words["vector"]] @ w["turn"], *(w[name][words[name]] for name in WORD_PARTS[1:])],
        axis=-1,
    )


def _answer(xp: Any, w: dict[str, Any], batch: dict[str, Any], a: Any, drop: Any) -> dict[str, Any]:
    """Return the scores of every head, (N, answers), from what was read at each word, (S, W, N_STATES)."""
    row, place, is_word = batch["row"], batch["place"], batch["is_word"]
    of_pair = a[row]  # (N, W, states)
    at = place + N_PLACES * (batch["is_target"] > 0)  # a table for other words, one for those that mean the code

    def by_place(table: Any, target: Any) -> Any:
        return xp.concatenate([table, table + target])[at]

    met = (a @ w["meet"])[row]
    met += by_place(w["meet_place"], w["meet_target"])
    met = xp.maximum(met, 0)  # (N, W, N_MET): a word as the pair meets it
    called = met @ w["called"] + w["called_0"]
    heed = (a @ w["heed"])[row] + by_place(w["heed_place"], w["heed_target"]) + called
    heed = _softmax(xp.where(is_word[row][..., None] > 0, heed, FAR_BELOW), axis=1, xp=xp)  # (N, W, heads)
    heads = xp.matmul(heed.transpose(0, 2, 1), of_pair).transpose(1, 0, 2)  # (heads, N, states)
    seen = xp.matmul(heads, w["value"]).transpose(1, 0, 2).reshape(len(row), N_HEADS * N_PER_HEAD)

    is_own = batch["is_own"][row] > 0
    is_near = (place >= NEAR[0]) & (place <= NEAR[1]) & is_own
    whole = _most(xp, a, batch["is_own"] > 0, LEAST)[row]
    near = _most(xp, of_pair, is_near, LEAST)
    most = _most(xp, met, is_own, 0)

    features, rules = batch["features"], batch["rules"]
    z = drop("hidden", xp.concatenate([seen, whole, near, most, features], axis=-1))
    h = drop("answer", xp.maximum(z @ w["hidden"] + rules @ w["hidden_rules"] + w["hidden_0"], 0))
    scores = xp.concatenate([h, rules, features], axis=-1) @ w["heads"] + w["heads_0"]
    found, start = {}, 0
    for name, n_answers in HEADS.items():
        found[name] = scores[..., start : start + n_answers]
        start += n_answers
    by_what = found["status_of_what"].reshape(-1, len(WHATS), len(STATUSES))
    found["status_of_what"] = by_what + found["response"][:, None, 1:]
    found["quoted"], found["heed"] = called[..., : len(QUOTED_KINDS)], heed[..., : len(QUOTED_KINDS)]
    return found


def _most(xp: Any, states: Any, counts: Any, least: float) -> Any:
    """Return the largest of each state over the words that count, (N, W, states) to (N, states); `least` if none."""
    out = xp.where(counts, 0, FAR_BELOW).astype(states.dtype)
    return xp.maximum((states + out[..., None]).max(axis=1), least)


def _remember(
    xp: Any, scan: Any, given: Sequence[Any], at: Any, is_word: Any, networks: Sequence[dict[str, Any]]
) -> list[Any]:
    """Return what long short-term memories hold at each word, of each network one read from either side.

    (S, W, in), or (U, in) where `at` says which word stands where, to (S, W, N_STATES). All M go on side by side; a
    place without a word leaves them as they are. The gates' sigmoid is a tanh of half the sum.
    """
    n, width = is_word.shape
    size = N_STATES // 2
    parts = []
    for x, w in zip(given, networks, strict=True):
        words = x.transpose(1, 0, 2).reshape(width * n, -1) if at is None else x
        for way in range(2):
            own = slice(way * 4 * size, (way + 1) * 4 * size)
            sums = words @ w["read"][:, own] + w["read_0"][own]
            sums = sums.reshape(width, n, 4 * size) if at is None else sums[at.T]
            parts.append(sums[::-1] if way else sums)
    sums = xp.stack(parts, axis=1)  # (W, M, S, 4 size)
    again = xp.concatenate([w["again"] for w in networks])
    here = is_word.T[..., None]
    here = xp.stack([here, here[::-1]] * len(networks), axis=1)  # (W, M, S, 1)

    def step(held: Any, told: Any) -> Any:
        cell, out = held
        own, is_here = told
        gates = xp.tanh(own + xp.matmul(out, again))
        keep, take, show = (0.5 + 0.5 * gates[..., i * size : (i + 1) * size] for i in range(3))
        new = keep * cell + take * gates[..., 3 * size :]
        cell = cell + is_here * (new - cell)
        out = out + is_here * (show * xp.tanh(new) - out)
        return (cell, out), out

    start = xp.zeros((len(parts), n, size), dtype=sums.dtype)
    outs = scan(step, (start, start), (sums, here))[1]
    ways = range(0, len(parts), 2)
    return [xp.concatenate([outs[:, i], outs[::-1, i + 1]], axis=-1).transpose(1, 0, 2) for i in ways]


def _loop(step: Any, start: Any, told: tuple[Array, Array]) -> Any:
    """Do in numpy what `jax.lax.scan` does."""
    held, outs = start, []
    for one in zip(*told, strict=True):
        held, out = step(held, one)
        outs.append(out)
    return held, np.stack(outs)


def _softmax(scores: Any, axis: int = -1, xp: Any = np) -> Any:
    raised = xp.exp(scores - scores.max(axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


@cache
def load_network() -> Network:
    """Return the network that comes with the package."""
    data = files("muster.reading.learned.data")
    told = json.loads(data.joinpath(WORDS_FILE).read_text(encoding="utf-8"))
    with np.load(io.BytesIO(data.joinpath(WEIGHTS_FILE).read_bytes()), allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    n = 1 + max(int(name.split("/")[0]) for name in arrays)
    weights = tuple({k.split("/")[1]: v for k, v in arrays.items() if k.startswith(f"{i}/")} for i in range(n))
    return Network(weights, Vocabulary(told["words"]), told["trained_on"])
