"""Train the learned layer of the event coder from our own sentences: `python -m muster.reading.plover.train`.

With `--left-out` it prints what the layer reaches on each round of judged sentences when trained without that round.
Needs scipy (part of the test extra); coding needs only the weights. No sentence of the PLOVER codebook is used.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from muster.reading.plover.corpus import sentences
from muster.reading.plover.features import features, features_of, read_sentence
from muster.reading.plover.lexicon import CLASSES, load_lexicon
from muster.reading.plover.marked import parse_marked
from muster.reading.plover.model import WEIGHTS_FILE, Weights

N_EACH = 8  # sentences drawn from each pattern; few, so that training takes seconds
SEED = 20260409
RIDGE = 2e-4  # weight of the squared norm per example; chosen on the codebook sentences, which are not trained on
N_STEPS = 100  # of L-BFGS, at most
MIN_COUNT = 3  # a feature must occur so often
MIN_WEIGHT = 0.03  # weights nearer to zero are not written
JUDGED_FILE = "judged.tsv"
V_DRAWN, V_JUDGED, V_PARTIAL = 0.2, 2.0, 2.0  # what an example counts, by scores on left-out rounds
N_PARTIAL = 2  # copies of a judged sentence with phrases forgotten
P_FORGOTTEN = 0.5  # share of phrases forgotten; between 0.4 and 0.6, which scored alike
P_WORDLESS = 0.4  # share of training sentences seen without their plain words, so that the lexicon carries weight
_WORD_FEATURES = ("w:", "b:", "s:", "t:")


Example = tuple[str, Mapping[str, float]]


def lexicon_examples() -> list[Example]:
    """Return each phrase of the lexicon as a bare sentence of its class, so that each has a weight of its own."""
    by_first, _ = load_lexicon()
    phrases = {phrase.name: phrase for group in by_first.values() for phrase in group}
    found: list[Example] = []
    for _, phrase in sorted(phrases.items()):
        words = " ".join("its" if part is None else min(part) for part in phrase.parts)
        row = features(parse_marked(f"<s>Xanadu</s> {words} <t>Ruritania</t>."))
        found += [(label, row) for label in phrase.classes]
    return found


def hint_examples() -> list[Example]:
    """Return each hint word of the lexicon alone, between and after the marks, as an example of its class."""
    table = tomllib.loads(files("muster.reading.plover.data").joinpath("lexicon.toml").read_text(encoding="utf-8"))
    found: list[Example] = []
    for label, words in table["hints"].items():
        for word in words.split():
            for sentence in (f"<s>Xanadu</s> {word} <t>Ruritania</t>.", f"<s>Xanadu</s> Xa <t>Ruritania</t> {word}."):
                row = features(parse_marked(sentence))
                found.append((label, {name: value for name, value in row.items() if name.startswith("w:")}))
    return found


def drawn_examples(n_each: int = N_EACH, seed: int = SEED) -> list[Example]:
    """Return sentences drawn from our patterns, some without their plain words, and the lexicon's phrases."""
    rng = np.random.default_rng(seed)
    found: list[Example] = []
    for label, sentence in sentences(n_each, seed=seed):
        row = features(parse_marked(sentence))
        found.append((label, _without(row, _WORD_FEATURES) if rng.random() < P_WORDLESS else row))
    return found + lexicon_examples() + hint_examples()


def judged_sentences() -> dict[str, list[tuple[str, str]]]:
    """Return our own sentences with the class that was written down before the coder saw them, by round."""
    text = files("muster.reading.plover.data").joinpath(JUDGED_FILE).read_text(encoding="utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for line in text.splitlines():
        name, label, sentence = line.split("\t")
        found.setdefault(name, []).append((label, sentence))
    return found


def train(drawn: Sequence[Example], judged: Iterable[tuple[str, str]], *, seed: int = SEED) -> Weights:
    """Return the weights fitted to drawn examples and judged sentences.

    Each judged sentence is also seen with some phrases forgotten, so that the other features learn to stand in for a
    phrase that the lexicon lacks.
    """
    rng = np.random.default_rng(seed)
    whole: list[Example] = []
    partial: list[Example] = []
    for label, line in judged:
        sentence = parse_marked(line)
        reading = read_sentence(sentence)
        whole.append((label, features_of(reading, sentence)))
        for _ in range(N_PARTIAL):
            kept = tuple(hit for hit in reading.hits if rng.random() >= P_FORGOTTEN)
            partial.append((label, features_of(replace(reading, hits=kept), sentence)))
    counts = [V_DRAWN] * len(drawn) + [V_JUDGED] * len(whole) + [V_PARTIAL] * len(partial)
    return fit([*drawn, *whole, *partial], counts=counts)


def _without(row: Mapping[str, float], prefixes: tuple[str, ...]) -> dict[str, float]:
    return {name: value for name, value in row.items() if not name.startswith(prefixes)}


def left_out_scores(drawn: Sequence[Example]) -> dict[str, float]:
    """Return the macro F1 on each round of judged sentences by weights that were trained without the round."""
    rounds = judged_sentences()
    scores = {}
    for name, held in rounds.items():
        weights = train(drawn, (row for other, rows in rounds.items() if other != name for row in rows))
        shares = [weights.probabilities(features(parse_marked(sentence))) for _, sentence in held]
        scores[name] = macro_f1([label for label, _ in held], [max(share, key=share.__getitem__) for share in shares])
    return scores


def fit(rows: Sequence[Example], *, counts: Sequence[float] | None = None, ridge: float = RIDGE) -> Weights:
    """Return the weights that minimise the mean cross-entropy plus `ridge` times the squared norm (L-BFGS).

    An example counts as often as `counts` says (once without it); then classes are weighted so that each counts the
    same.
    """
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    occurrences = Counter(name for _, row in rows for name in row)
    names = ["bias", *sorted(name for name, count in occurrences.items() if count >= MIN_COUNT)]
    index = {name: place for place, name in enumerate(names)}
    labels = np.array([CLASSES.index(label) for label, _ in rows])
    cells = [
        (line, index[name], value) for line, (_, row) in enumerate(rows) for name, value in row.items() if name in index
    ]
    cells += [(line, 0, 1.0) for line in range(len(rows))]
    lines, columns, values = zip(*cells, strict=True)
    matrix = csr_matrix((values, (lines, columns)), shape=(len(rows), len(names)))
    turned = matrix.T.tocsr()
    n_classes = len(CLASSES)
    share = np.ones(len(rows)) if counts is None else np.asarray(counts, dtype=np.float64)
    balance = share / n_classes / np.bincount(labels, weights=share, minlength=n_classes)[labels]
    target = np.zeros((len(rows), n_classes))
    target[np.arange(len(rows)), labels] = 1.0

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(len(names), n_classes)
        scores = matrix @ weights
        scores -= scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        value = -(balance * log_p[np.arange(len(rows)), labels]).sum() + ridge * (weights**2).sum()
        gradient = turned @ (balance[:, None] * (np.exp(log_p) - target)) + 2 * ridge * weights
        return float(value), gradient.ravel()

    found = minimize(loss, np.zeros(len(names) * n_classes), jac=True, method="L-BFGS-B", options={"maxiter": N_STEPS})
    weights = found.x.reshape(len(names), n_classes)
    return Weights({name: tuple(row) for name, row in zip(names, weights.tolist(), strict=True)})


def write(weights: Weights, path: Path) -> int:
    """Write the weights as text, small ones left out; return the number of features written."""
    lines = [
        "# Weights of the event coder: feature, then CLASS=weight. Written by `python -m muster.reading.plover.train`",
        "# from our own sentences (sentences.txt) and lexicon (lexicon.toml); under the licence of this project.",
    ]
    for name, row in sorted(weights.rows.items()):
        cells = [
            f"{label}={weight:.2f}" for label, weight in zip(CLASSES, row, strict=True) if abs(weight) >= MIN_WEIGHT
        ]
        if cells:
            lines.append("\t".join([name, *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines) - 2


def macro_f1(gold: Sequence[str], guessed: Iterable[str | None]) -> float:
    """Return the unweighted mean of the F1 of the classes that occur in `gold`, 0..1."""
    pairs = list(zip(gold, guessed, strict=True))
    scores = []
    for name in sorted(set(gold)):
        n_right = sum(label == guess == name for label, guess in pairs)
        n_wrong = sum((label == name) != (guess == name) for label, guess in pairs)
        scores.append(2 * n_right / (2 * n_right + n_wrong) if n_right else 0.0)
    return sum(scores) / len(scores)


def main() -> None:
    """Train and write data/weights.tsv, or print the scores of left-out rounds."""
    drawn = drawn_examples()
    if "--left-out" in sys.argv:
        for name, score in left_out_scores(drawn).items():
            sys.stdout.write(f"{name}\t{score:.3f}\n")
        return
    weights = train(drawn, (row for rows in judged_sentences().values() for row in rows))
    path = Path(__file__).parent / "data" / WEIGHTS_FILE
    n_written = write(weights, path)
    sys.stdout.write(f"{n_written} features written to {path.name}\n")


if __name__ == "__main__":
    main()
