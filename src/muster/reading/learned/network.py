"""The network: memories along a sentence both ways, attention from each pair, one hidden layer, a head a question.

`forward` is written once for numpy (reading) and jax.numpy (training). Shapes are those of `encoding`.
"""

import io
import json
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
from muster.reading.learned.encoding import NEAR
from muster.reading.learned.vectors import vector_table
from muster.reading.learned.words import Vocabulary

WEIGHTS_FILE, WORDS_FILE = "weights.npz", "words.json"
N_STATES, N_HEADS, N_PER_HEAD, N_HIDDEN = 192, 12, 32, 160
N_OWN, N_SMALL = 32, 8  # components of own word vectors, and of endings and roles
FAR_BELOW, LEAST = -1e9, -1.0  # no score, no state is lower

# What is asked of a pair, with the number of answers. `one of` heads are softmax, the others are each yes or no.
HEADS = {
    "response": 1 + len(STATUSES),
    "direction": 4,
    "response_what": len(WHATS),
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
ONE_OF = frozenset(
    ("response", "direction", "response_what", "caveat_what", "ask_what", "realis", "claim", "population", "polarity")
)

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Network:
    """Trained weights, one set for each of the networks whose answers are averaged, and their vocabulary."""

    weights: tuple[dict[str, Array], ...]
    vocabulary: Vocabulary
    trained_on: str

    def answer(self, batch: dict[str, Array]) -> dict[str, Array]:
        """Return the probabilities of every head, (N, answers), the mean of the networks."""
        total: dict[str, Array] = {}
        for weights in self.weights:
            for name, scores in forward(np, weights, batch).items():
                found = _softmax(scores) if name in ONE_OF else 0.5 + 0.5 * np.tanh(scores / 2)  # never overflows
                total[name] = total[name] + found if name in total else found
        return {name: value / len(self.weights) for name, value in total.items()}


def forward(xp: Any, w: dict[str, Any], batch: dict[str, Any], scan: Any = None, drop: Any = None) -> dict[str, Any]:
    """Return the scores of every head, (N, answers).

    Parameters
    ----------
    xp : module
        numpy or jax.numpy.
    w : dict of arrays
        As `train.start_weights` makes them.
    batch : dict of arrays
        As `encoding.encode` returns them.
    scan : callable or None
        `jax.lax.scan`, or a plain loop.
    drop : callable or None
        `drop(name, array)` sets some of an array to zero while training.
    """
    drop = drop or (lambda _, array: array)
    x = xp.concatenate(
        [xp.asarray(vector_table())[batch["vector"]] @ w["turn"], w["own"][batch["own"]], w["ending"][batch["ending"]],
         w["role"][batch["role"]]],
        axis=-1,
    )  # fmt: skip
    is_word = batch["is_word"]
    a = _remember(xp, scan or _loop, drop("input", x) * is_word[..., None], is_word, w)

    row, place = batch["row"], batch["place"]
    of_pair = a[row]  # (N, W, states)
    heed = of_pair @ w["heed"] + w["heed_place"][place] + batch["is_target"][..., None] * w["heed_target"]
    heed = _softmax(xp.where(is_word[row][..., None] > 0, heed, FAR_BELOW), axis=1, xp=xp)  # (N, W, heads)
    heads = xp.matmul(heed.transpose(0, 2, 1), of_pair).transpose(1, 0, 2)  # (heads, N, states)
    seen = xp.matmul(heads, w["value"]).transpose(1, 0, 2).reshape(len(row), N_HEADS * N_PER_HEAD)

    whole = xp.where(batch["is_own"][..., None] > 0, a, LEAST).max(axis=1)[row]
    is_near = (place >= NEAR[0]) & (place <= NEAR[1]) & (batch["is_own"][row] > 0)
    near = xp.where(is_near[..., None], of_pair, LEAST).max(axis=1)

    features, rules = batch["features"], batch["rules"]
    z = drop("hidden", xp.concatenate([seen, whole, near, features], axis=-1))
    h = drop("answer", xp.maximum(z @ w["hidden"] + rules @ w["hidden_rules"] + w["hidden_0"], 0))
    scores = xp.concatenate([h, rules, features], axis=-1) @ w["heads"] + w["heads_0"]
    found, start = {}, 0
    for name, n_answers in HEADS.items():
        found[name] = scores[..., start : start + n_answers]
        start += n_answers
    return found


def _remember(xp: Any, scan: Any, x: Any, is_word: Any, w: dict[str, Any]) -> Any:
    """Return what long short-term memories hold at each word, one read from the left, one from the right.

    (S, W, in) to (S, W, N_STATES). Both go on side by side; a place without a word leaves them as they are. The gates'
    sigmoid is a tanh of half the sum.
    """
    n, width, n_in = x.shape
    size = N_STATES // 2
    sums = (x.reshape(n * width, n_in) @ w["read"] + w["read_0"]).reshape(n, width, 2, 4 * size).transpose(1, 2, 0, 3)
    sums = xp.stack([sums[:, 0], sums[::-1, 1]], axis=1)  # (W, 2, S, 4 size)
    here = is_word.T[..., None]
    here = xp.stack([here, here[::-1]], axis=1)  # (W, 2, S, 1)

    def step(held: Any, told: Any) -> Any:
        cell, out = held
        own, is_here = told
        gates = xp.tanh(own + xp.matmul(out, w["again"]))
        keep, take, show = (0.5 + 0.5 * gates[..., i * size : (i + 1) * size] for i in range(3))
        new = keep * cell + take * gates[..., 3 * size :]
        cell = cell + is_here * (new - cell)
        out = out + is_here * (show * xp.tanh(new) - out)
        return (cell, out), out

    start = xp.zeros((2, n, size), dtype=x.dtype)
    outs = scan(step, (start, start), (sums, here))[1]
    both = xp.concatenate([outs[:, 0], outs[::-1, 1]], axis=-1)  # (W, S, N_STATES)
    return both.transpose(1, 0, 2)


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
