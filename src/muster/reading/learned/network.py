"""The network: two convolutions over a sentence, attention from each pair, one hidden layer, a head for each question.

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

from muster.base.scheme import ACTIONS, CAVEAT_TYPES, REALIS, STATUSES, TENSION_TYPES, WHATS
from muster.reading.learned.encoding import NEAR, PAIRS_A_ROW
from muster.reading.learned.words import Vocabulary
from muster.reading.plover.vectors import N_COMPONENTS, vector_table

WEIGHTS_FILE, WORDS_FILE = "weights.npz", "words.json"
N_FILTERS, N_HEADS, N_PER_HEAD, N_HIDDEN = 128, 12, 32, 160
N_OWN, N_SMALL = 32, 8  # components of own word vectors, and of endings and roles
FAR_BELOW = -1e9

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
}
ONE_OF = frozenset(("response", "direction", "response_what", "caveat_what", "ask_what", "realis"))

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Network:
    """Trained weights, one set for each of the networks whose answers are averaged, and their vocabulary."""

    weights: tuple[dict[str, Array], ...]
    vocabulary: Vocabulary
    trained_on: str

    def answer(self, batch: dict[str, Array]) -> dict[str, Array]:
        """Return the probabilities of every head, (S, P, answers), the mean of the networks."""
        total: dict[str, Array] = {}
        for weights in self.weights:
            for name, scores in forward(np, weights, batch).items():
                found = _softmax(scores) if name in ONE_OF else 0.5 + 0.5 * np.tanh(scores / 2)  # never overflows
                total[name] = total[name] + found if name in total else found
        return {name: value / len(self.weights) for name, value in total.items()}


def forward(xp: Any, w: dict[str, Any], batch: dict[str, Any], drop: Any = None) -> dict[str, Any]:
    """Return the scores of every head, (S, P, answers).

    Parameters
    ----------
    xp : module
        numpy or jax.numpy.
    w : dict of arrays
        As `train.start_weights` makes them.
    batch : dict of arrays
        As `encoding.encode` returns them.
    drop : callable or None
        `drop(name, array)` sets some of an array to zero while training.
    """
    drop = drop or (lambda _, array: array)
    is_word = batch["is_word"][..., None]
    x = xp.concatenate(
        [xp.asarray(_vector_table())[batch["vector"]] @ w["turn"], w["own"][batch["own"]], w["ending"][batch["ending"]],
         w["role"][batch["role"]]],
        axis=-1,
    )  # fmt: skip
    x = drop("input", x) * is_word
    a = xp.maximum(_convolve(xp, x, w["conv1"], w["conv1_0"]), 0) * is_word
    a = a + xp.maximum(_convolve(xp, a, w["conv2"], w["conv2_0"]), 0) * is_word

    n, width = a.shape[:2]
    flat = a.reshape(n * width, N_FILTERS)
    heed = (flat @ w["heed"]).reshape(n, 1, width, N_HEADS) + w["heed_place"][batch["place"]]
    heed = heed + batch["is_target"][..., None] * w["heed_target"]
    heed = xp.where(batch["is_word"][:, None, :, None] > 0, heed, FAR_BELOW)
    heed = _softmax(heed, axis=2, xp=xp)  # (S, P, W, heads)
    values = (flat @ w["value"]).reshape(n, width, N_HEADS, N_PER_HEAD).transpose(0, 2, 1, 3)
    heads = xp.matmul(heed.transpose(0, 3, 1, 2), values)  # (S, heads, P, per head)
    seen = heads.transpose(0, 2, 1, 3).reshape(n, PAIRS_A_ROW, N_HEADS * N_PER_HEAD)

    is_own = batch["is_word"] * (batch["place"][:, 0] > 0)
    whole = xp.broadcast_to(xp.max(a * is_own[..., None], axis=1)[:, None], (n, PAIRS_A_ROW, N_FILTERS))
    is_near = ((batch["place"] >= NEAR[0]) & (batch["place"] <= NEAR[1])) * is_own[:, None]
    near = xp.max(a[:, None] * is_near[..., None], axis=2)

    features, rules = batch["features"], batch["rules"]
    z = drop("hidden", xp.concatenate([seen, whole, near, features], axis=-1))
    h = drop("answer", xp.maximum(z @ w["hidden"] + rules @ w["hidden_rules"] + w["hidden_0"], 0))
    scores = xp.concatenate([h, rules, features], axis=-1) @ w["heads"] + w["heads_0"]
    found, start = {}, 0
    for name, n_answers in HEADS.items():
        found[name] = scores[..., start : start + n_answers]
        start += n_answers
    return found


def _convolve(xp: Any, x: Any, kernel: Any, bias: Any) -> Any:
    """Return the convolution of width three along the words, (S, W, in) to (S, W, out)."""
    n, width, n_in = x.shape
    side_by_side = kernel.reshape(3, n_in, -1).transpose(1, 0, 2).reshape(n_in, -1)
    left, here, right = xp.split((x.reshape(n * width, n_in) @ side_by_side).reshape(n, width, -1), 3, axis=-1)
    edge = xp.zeros_like(here[:, :1])
    before = xp.concatenate([edge, left[:, :-1]], axis=1)
    after = xp.concatenate([right[:, 1:], edge], axis=1)
    return before + here + after + bias


def _softmax(scores: Any, axis: int = -1, xp: Any = np) -> Any:
    raised = xp.exp(scores - scores.max(axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


@cache
def _vector_table() -> Array:
    """Return the word vectors, a row of zeros first, shape (1 + words, N_COMPONENTS)."""
    return np.concatenate([np.zeros((1, N_COMPONENTS), np.float32), vector_table()[1]])


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
