"""Train the network: `python -m muster.reading.learned.train SETS... [--tuned SETS...] [--held-out SETS...] [--write]`.

Needs jax and optax beside the project (`make network` installs them). SETS is a folder of pairs of files, or the
beginning of one pair's names: NAME.docs.jsonl and NAME.gold.jsonl. Sets under `--held-out` are not trained on but
scored, with the rules beside the network, over several thresholds. `--write` puts the weights into the package. The
rules were written with some sets in sight (`--tuned`): what they read there is better than what they read elsewhere,
so it is hidden from the network nine times in ten. What stands under `--last` too (of SETS and `--tuned`) is learnt
more often at the end: texts like those that will be read. `--go-on` spares most of the time: it starts with the weights
of the package instead of none.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import jax  # type: ignore[import-not-found, unused-ignore]
import jax.numpy as jnp  # type: ignore[import-not-found, unused-ignore]
import numpy as np
import optax  # type: ignore[import-not-found, import-untyped, unused-ignore]
from numpy.typing import NDArray

from muster.base.document import Document
from muster.base.errors import InputError
from muster.base.statement import Statement
from muster.reading.learned import network as net
from muster.reading.learned.encoding import N_PLACES, WIDTH, Row, encode
from muster.reading.learned.findings import Thresholds
from muster.reading.learned.labels import NOT_ASKED, QUOTED
from muster.reading.learned.lessons import Lesson, list_sets, make_lessons, read_set
from muster.reading.learned.pairs import FEATURES, N_ROLES, RULE_FEATURES
from muster.reading.learned.reader import LearnedReader
from muster.reading.learned.torn import lose_words, needed_words
from muster.reading.learned.vectors import N_COMPONENTS
from muster.reading.learned.words import N_ENDINGS, Vocabulary
from muster.reading.rules import RuleReader
from muster.reading.scoring import score_documents

SEED = 20260409
N_NETWORKS = 4  # see `network.P_SETTLED`; as many at once in training as there are cores
N_EPOCHS, N_MORE_EPOCHS = 6, 3  # the rate falls to zero, then from a lower one again
ROWS_A_STEP, PAIRS_A_STEP = 64, 256  # a step takes rows of like length until one of the two is full
WIDTHS = (22, 31, 40, 51, WIDTH)  # words a row takes in a step
POOL = 8 * ROWS_A_STEP  # rows among which those of like length are put together
LEARNING_RATE, MORE_LEARNING_RATE, WARM_STEPS, WEIGHT_DECAY = 3e-3, 2e-3, 100, 0.02
# The last epochs: low rate, the lessons nearest to what will be read several times over, with some of the others.
N_LAST_EPOCHS, N_TIMES_LAST, N_OTHERS, LAST_LEARNING_RATE = 2, 8, 2000, 5e-4
P_DROP = {"input": 0.15, "hidden": 0.3, "answer": 0.3}
P_FORGET = 0.1  # own words treated as unknown
P_HIDDEN, P_HIDDEN_TUNED = 0.25, 0.9  # how often the rules' reading is hidden
# What the parts of the loss count; a direction is asked beside the status so that near statuses share what is learnt.
SHARE = {
    "direction": 0.7, "response_what": 0.8, "status_of_what": 0.7, "caveat_what": 0.8, "ask_what": 0.8, "realis": 0.6,
    "population": 0.6, "polarity": 0.6, "quoted": 0.5, "heed": 0.3,
}  # fmt: skip
PACKAGE_DATA = Path(__file__).parent / "data"

Array = NDArray[Any]


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def start_weights(n_words: int, seed: int) -> dict[str, Array]:
    """Return random weights for a vocabulary of `n_words` rows."""
    rng = np.random.default_rng(seed)

    def normal(*shape: int, scale: float | None = None) -> Array:
        return rng.normal(0, scale or shape[0] ** -0.5, shape).astype(np.float32)

    c, heads, d = net.N_STATES, net.N_HEADS, net.N_PER_HEAD
    seldom_called = [-3.0] * len(net.QUOTED_KINDS) + [0.0] * (heads - len(net.QUOTED_KINDS))  # few words are quoted
    n_input = N_COMPONENTS + net.N_OWN + 2 * net.N_SMALL
    n_seen = 2 * c + net.N_MET + heads * d + len(FEATURES)
    is_gate = np.concatenate([np.full(3 * c // 2, 0.5), np.ones(c // 2)]).astype(np.float32)  # see `net._remember`
    opens = np.concatenate([np.full(c // 2, 0.5), np.zeros(3 * c // 2)]).astype(np.float32)  # at first most is kept
    weights = {
        "turn": np.eye(N_COMPONENTS, dtype=np.float32) * 1.5,
        "own": normal(n_words, net.N_OWN, scale=0.1),
        "ending": normal(N_ENDINGS, net.N_SMALL, scale=0.1),
        "role": normal(N_ROLES, net.N_SMALL, scale=0.3),
        "read": normal(n_input, 4 * c, scale=0.6 * c**-0.5) * np.tile(is_gate, 2),
        "read_0": np.tile(opens, 2),
        "again": normal(2, c // 2, 2 * c, scale=0.6 * c**-0.5) * is_gate,
        "meet": normal(c, net.N_MET),
        "meet_place": normal(N_PLACES, net.N_MET, scale=0.3),
        "meet_target": normal(net.N_MET, scale=0.3),
        "called": normal(net.N_MET, heads, scale=0.5 * net.N_MET**-0.5),
        "called_0": np.array(seldom_called, np.float32),
        "heed": normal(c, heads),
        "heed_place": normal(N_PLACES, heads, scale=0.5),
        "heed_target": normal(heads, scale=0.5),
        "value": normal(heads, c, d, scale=c**-0.5),
        "hidden": normal(n_seen, net.N_HIDDEN),
        "hidden_rules": normal(len(RULE_FEATURES), net.N_HIDDEN, scale=0.1),
        "hidden_0": np.zeros(net.N_HIDDEN, np.float32),
    }
    n_answers = sum(net.HEADS.values())
    told = np.zeros((len(RULE_FEATURES) + len(FEATURES), n_answers), np.float32)
    names = [name for name, n in net.HEADS.items() for _ in range(n)]
    heard = normal(net.N_HIDDEN, n_answers)
    heard[:, [name == "status_of_what" for name in names]] = 0  # at first the same status whatever is given
    weights["heads"] = np.concatenate([heard, told])
    seldom = [0.0 if name in net.ONE_OF or name.endswith("_what") else -2.0 for name in names]
    weights["heads_0"] = np.array(seldom, np.float32)
    return weights


def _loss(w: Any, batch: Any, asked: Any, key: Any) -> Any:
    """Return the cross entropies of all heads, where one was asked, over the pairs of a full step."""
    keys = iter(jax.random.split(key, 4))

    def drop(name: str, array: Any) -> Any:
        kept = 1 - P_DROP[name]
        return array * jax.random.bernoulli(next(keys), kept, array.shape) / kept

    forgotten = jax.random.bernoulli(next(keys), P_FORGET, batch["own"].shape) & (batch["own"] > 1)
    known = {**batch, "own": jnp.where(forgotten, 1, batch["own"])}
    (scores,) = net.forward_all(jnp, (w,), known, jax.lax.scan, drop)
    total = _quote_cost(batch, scores.pop("quoted"), scores.pop("heed"), asked[QUOTED])
    for name, found in scores.items():
        truth, counts = asked[name], asked[f"{name}_counts"]
        if name in net.ONE_OF:
            cost = -(truth * jax.nn.log_softmax(found)).sum(-1) * counts[..., 0]
            cost = cost.reshape(len(truth), -1).sum(-1)
        else:
            cost = (optax.sigmoid_binary_cross_entropy(found, truth) * counts).sum(-1)
        total += SHARE.get(name, 1.0) * cost
    return (total * batch["is_pair"]).sum() / PAIRS_A_STEP  # all pairs weigh the same, in whatever step they fall


def _quote_cost(batch: Any, scores: Any, heed: Any, quoted: Any) -> Any:
    """Return what it costs each pair to call other words quoted than those that are, and to heed others, over kinds."""
    is_own = batch["was_own"][batch["row"]][..., None] > 0
    number = (jnp.cumsum(batch["was_own"], axis=1) - 1)[batch["row"]][..., None]
    is_quoted = (number >= quoted[:, None, :, 0]) & (number <= quoted[:, None, :, 1]) & is_own  # (N, W, kinds)
    called = optax.sigmoid_binary_cross_entropy(scores, is_quoted.astype(scores.dtype)) * is_own
    called = called.sum(axis=1) / jnp.maximum(is_own.sum(axis=1), 1) * (quoted[..., 0] != NOT_ASKED)
    heeded = jnp.where(is_quoted.any(axis=1), -jnp.log((heed * is_quoted).sum(axis=1) + 1e-6), 0)
    return (SHARE["quoted"] * called + SHARE["heed"] * heeded).sum(axis=-1)


def train(
    lessons: Sequence[Lesson],
    last: Sequence[Lesson],
    vocabulary: Vocabulary,
    seed: int,
    before: dict[str, Array] | None = None,
) -> dict[str, Array]:
    """Return the weights of one network trained on lessons, at the end on those of `last` above all.

    It goes on from the weights of `before` where they are given: those of a vocabulary with which this one begins.
    """
    told, weights = f"seed {seed}", start_weights(len(vocabulary), seed)
    if before is None:
        weights = _learn(weights, lessons, vocabulary, seed, N_EPOCHS, _falling, told)
    else:
        weights = {**before, "own": np.concatenate([before["own"], weights["own"][len(before["own"]) :]])}
    weights = _learn(weights, lessons, vocabulary, seed + 1000, N_MORE_EPOCHS, _falling_again, f"{told}, once more")
    if not last:
        return weights
    again = {id(lesson) for lesson in last}
    others = [lesson for lesson in lessons if id(lesson) not in again]
    some = np.random.default_rng(seed).permutation(len(others))[:N_OTHERS]
    chosen = [*last] * N_TIMES_LAST + [others[i] for i in some]
    return _learn(weights, chosen, vocabulary, seed + SEED, N_LAST_EPOCHS, _low, f"{told}, at last")


def _falling(n_steps: int) -> Any:
    return optax.warmup_cosine_decay_schedule(0, LEARNING_RATE, WARM_STEPS, max(WARM_STEPS + 1, n_steps))


def _falling_again(n_steps: int) -> Any:
    return optax.warmup_cosine_decay_schedule(0, MORE_LEARNING_RATE, WARM_STEPS, max(WARM_STEPS + 1, n_steps))


def _low(n_steps: int) -> Any:
    return optax.linear_schedule(LAST_LEARNING_RATE, LAST_LEARNING_RATE / 10, n_steps)


def _learn(
    start: dict[str, Array],
    lessons: Sequence[Lesson],
    vocabulary: Vocabulary,
    seed: int,
    n_epochs: int,
    rate: Callable[[int], Any],
    told: str,
) -> dict[str, Array]:
    """Return weights after some epochs over lessons, at the rate that `rate` gives for so many steps."""
    rows = [row for lesson in lessons for row in lesson.rows]
    batch = encode(rows, vocabulary)
    asked = _stack(lessons)
    is_needed = needed_words(rows, asked[QUOTED])
    p_hidden = np.array(
        [P_HIDDEN_TUNED if lesson.is_tuned else P_HIDDEN for lesson in lessons for _ in lesson.rows], np.float32
    )
    weights: Any = {name: jnp.asarray(value) for name, value in start.items()}
    rng = np.random.default_rng(seed)
    n_steps = sum(1 for _ in _steps(rows, rng))
    optimiser = optax.chain(
        optax.clip_by_global_norm(1.0), optax.adamw(rate(n_epochs * n_steps), weight_decay=WEIGHT_DECAY)
    )
    state = optimiser.init(weights)

    def step(weights: Any, state: Any, part: Any, truth: Any, key: Any) -> Any:
        cost, slope = jax.value_and_grad(_loss)(weights, part, truth, key)
        change, state = optimiser.update(slope, state, weights)
        return optax.apply_updates(weights, change), state, cost

    fast_step: Callable[..., Any] = jax.jit(step, donate_argnums=(0, 1))
    key = jax.random.PRNGKey(seed)
    first = np.concatenate([[0], np.cumsum([len(row.pairs) for row in rows])])
    begun = time.perf_counter()
    for epoch in range(n_epochs):
        costs = []
        for chosen, width in _steps(rows, rng):
            pairs = np.concatenate([np.arange(first[i], first[i + 1]) for i in chosen])
            shown = rng.random(len(chosen)) >= p_hidden[chosen]
            part = _part(batch, chosen, pairs, width)
            part["rules"] *= shown[part["row"]][:, None]
            lose_words(part, _padded(is_needed[chosen, :width], ROWS_A_STEP), rng)
            key, own_key = jax.random.split(key)
            truth = {name: _padded(value[pairs], PAIRS_A_STEP) for name, value in asked.items()}
            weights, state, cost = fast_step(weights, state, part, truth, own_key)
            costs.append(float(cost))
        _say(f"{told}, epoch {epoch + 1} of {n_epochs}: loss {np.mean(costs):.3f}, {time.perf_counter() - begun:.0f} s")
    return {name: np.asarray(value) for name, value in weights.items()}


def _steps(rows: Sequence[Row], rng: np.random.Generator) -> Iterator[tuple[Array, int]]:
    """Yield the rows of each step of an epoch, in random order, with the words a row takes."""
    n_words = np.array([1 + len(row.words) for row in rows])
    order = rng.permutation(len(rows))
    steps: list[list[int]] = []
    for i in range(0, len(rows), POOL):
        pool = order[i : i + POOL]
        step: list[int] = []
        n_pairs = 0
        for number in pool[np.argsort(n_words[pool], kind="stable")]:
            n_own = len(rows[number].pairs)
            if n_own > PAIRS_A_STEP:
                continue  # a list of actors, no sentence
            if len(step) == ROWS_A_STEP or n_pairs + n_own > PAIRS_A_STEP:
                steps.append(step)
                step, n_pairs = [], 0
            step.append(int(number))
            n_pairs += n_own
        if step:
            steps.append(step)
    for j in rng.permutation(len(steps)):
        longest = n_words[steps[j]].max()
        yield np.array(steps[j]), next(width for width in WIDTHS if width >= longest)


def _part(batch: dict[str, Array], rows: Array, pairs: Array, width: int) -> dict[str, Array]:
    """Return some rows with their pairs, filled up to the size of a step."""
    part = {
        name: _padded(batch[name][rows, :width], ROWS_A_STEP)
        for name in ("own", "vector", "ending", "role", "is_word", "is_own")
    }
    part |= {name: _padded(batch[name][pairs, :width], PAIRS_A_STEP) for name in ("place", "is_target")}
    part |= {name: _padded(batch[name][pairs], PAIRS_A_STEP) for name in ("features", "rules")}
    n_pairs = np.unique(batch["row"][pairs], return_counts=True)[1]
    at = np.empty(len(rows), np.int64)
    at[np.argsort(rows)] = n_pairs
    part["row"] = _padded(np.repeat(np.arange(len(rows), dtype=np.int32), at), PAIRS_A_STEP)
    part["is_pair"] = _padded(np.ones(len(pairs), np.float32), PAIRS_A_STEP)
    return part


def _padded(array: Array, n: int) -> Array:
    return np.concatenate([array, np.zeros((n - len(array), *array.shape[1:]), array.dtype)])


def _stack(lessons: Sequence[Lesson]) -> dict[str, Array]:
    """Return the labels of all pairs, as `label_pairs` shapes them, in the order of their rows."""
    chosen = [[number for row in lesson.rows for number in row.numbers] for lesson in lessons]
    return {
        name: np.concatenate([lesson.labels[name][some] for lesson, some in zip(lessons, chosen, strict=True) if some])
        for name in lessons[0].labels
    }


def train_network(
    lessons: Sequence[Lesson], last: Sequence[Lesson], n_networks: int, told: str, before: net.Network | None = None
) -> net.Network:
    """Return the network trained on lessons, at the end on those of `last` above all; from `before` on, if given."""
    vocabulary = Vocabulary.of_texts(row.words[row.n_before :] for lesson in lessons for row in lesson.rows)
    starts: Sequence[dict[str, Array] | None] = [None] * n_networks
    if before is not None:
        vocabulary = Vocabulary(dict.fromkeys([*before.vocabulary.words, *vocabulary.words]))
        starts = before.weights
    n_workers = min(len(starts), os.cpu_count() or 1)  # each on a core of its own
    with ProcessPoolExecutor(n_workers, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(train, lessons, last, vocabulary, SEED + i, start) for i, start in enumerate(starts)]
        weights = tuple(one.result() for one in running)
    return net.Network(weights, vocabulary, told)


def save_network(network: net.Network, folder: Path) -> None:
    """Write the weights (half precision) and the words of a network."""
    arrays: Any = {
        f"{i}/{name}": value.astype(np.float16)
        for i, weights in enumerate(network.weights)
        for name, value in weights.items()
    }
    np.savez_compressed(folder / net.WEIGHTS_FILE, **arrays)
    told = {"trained_on": network.trained_on, "words": list(network.vocabulary.words)}
    (folder / net.WORDS_FILE).write_text(json.dumps(told, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def _placed(row: dict[str, Any], text: str) -> dict[str, Any]:
    start = row.get("start", text.find(row["quote"]))
    return {**row, "start": start, "end": start + len(row["quote"])}


def compare(network: net.Network, names: Sequence[str]) -> None:
    """Print how rules and network score on sets not trained on, over thresholds."""
    held = [(document, gold) for name in names for document, gold in read_set(name)]
    gold_rows = [
        {
            **gold,
            **{
                part: [_placed(row, document.text) for row in gold.get(part, [])] for part in ("statements", "optional")
            },
        }
        for document, gold in held
    ]

    def tell(label: str, read: Callable[[Document], Sequence[Statement]]) -> None:
        predicted = {document.source_id: [one.to_row() for one in read(document)] for document, _ in held}
        for name in ("strict", "core"):
            found = score_documents(gold_rows, predicted, core=name == "core")
            t = found.total
            kinds = " ".join(f"{kind} {tally.f1:.2f}" for kind, tally in found.by_kind.items())
            _say(f"{label} {name:6} P {t.precision:.3f} R {t.recall:.3f} F1 {t.f1:.3f} | {kinds}")

    tell("rules      ", RuleReader().read)
    for p in (0.3, 0.4, 0.5):
        at_least = Thresholds(response=p, caveat=p - 0.05, act=p - 0.05, claim=p, ask=p, tension=p - 0.05)
        tell(f"network {p:.1f}", LearnedReader(network, at_least).read)


def main() -> None:
    """Train, and write the weights or compare on held-out sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", metavar="SETS")
    parser.add_argument("--tuned", nargs="*", default=[], metavar="SETS", help="also: the rules were written on them")
    parser.add_argument("--last", nargs="*", default=[], metavar="SETS", help="of these: learnt most at the end")
    parser.add_argument("--held-out", nargs="*", default=[], metavar="SETS", help="score on these")
    parser.add_argument("--networks", type=int, default=N_NETWORKS, help="how many to average")
    parser.add_argument("--go-on", action="store_true", help="from the weights of the package, all its networks")
    parser.add_argument("--write", action="store_true", help="put the weights into the package")
    given = parser.parse_args()

    tuned, last_sets = list_sets(given.tuned), list_sets(given.last)
    names = list(dict.fromkeys([*list_sets(given.sets), *tuned]))
    strangers = set(last_sets) - set(names)
    if strangers:
        parser.error(f"--last {min(strangers)} is none of the sets; name it under SETS or --tuned too")
    try:
        of_set = {name: make_lessons([name], tuned) for name in names}
    except (InputError, OSError) as problem:
        parser.error(str(problem))
    lessons = [lesson for some in of_set.values() for lesson in some]
    last = [lesson for name in last_sets for lesson in of_set[name]]
    n_rows = sum(len(lesson.rows) for lesson in lessons)
    _say(f"{len(lessons)} documents, {n_rows} rows")
    n_texts = len({lesson.document.text for lesson in lessons})  # a set named twice counts for more, not as more
    before = net.load_network() if given.go_on else None
    network = train_network(lessons, last, given.networks, f"{n_texts} documents", before)
    if given.write:
        save_network(network, PACKAGE_DATA)
    if given.held_out:
        compare(network, list_sets(given.held_out))


if __name__ == "__main__":
    main()
