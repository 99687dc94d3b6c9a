"""Train the gate for documents from annotated texts: `python -m muster.reading.concern_training training`.

Windows with a statement are told from windows of general news (`general-*`) by logistic regression over the counts of
their words. The threshold is the one that all but `P_LOST` of the windows with statements reach when their document is
not trained on. Texts of the field that state nothing are left out: told apart by words alone they cost recall.
Needs scipy (part of the test extra); reading needs only the weights. Takes ten seconds.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.reading.concern import STEP_WORDS, UNGATED_CHARACTERS, WEIGHTS_FILE, WINDOW_WORDS, WordWeights, words_of

SEED = 5
N_FOLDS = 3  # by document
P_LOST = 0.005  # of the windows with statements, not trained on
RIDGE = 5e-5  # of the squared norm; 2e-4 dismissed fewer
MIN_COUNT = 5  # windows that a word must stand in
MIN_WEIGHT = 0.02  # weights nearer to zero are not written
P_SURROUNDED = 0.3  # share of digests that are also seen with general news before and behind
V_SURROUNDED, V_GENERAL = 0.5, 3.0  # what such a window and one of longer general news counts
N_JOINED = 4  # pieces of general news of a line or two that make one window
N_STEPS = 150  # of L-BFGS, at most
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Window:
    """The words of a window, whether a statement stands in it, what it counts and the number of its document."""

    words: Sequence[bytes]
    states: bool
    value: float
    document: int
    is_surrounded: bool = False


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text, the set it is of and the places of its statements."""

    set_name: str
    text: str
    spans: tuple[tuple[int, int], ...]


def load_texts(folder: Path) -> list[Annotated]:
    """Return the annotated texts of a folder, by name of their set."""
    found = []
    for path in sorted(folder.glob("*.docs.jsonl")):
        name = path.name.removesuffix(".docs.jsonl")
        gold = {row["id"]: row for row in _rows(path.with_name(f"{name}.gold.jsonl"))}
        for row in _rows(path):
            spans = tuple((one["start"], one["end"]) for one in gold[row["id"]]["statements"])
            found.append(Annotated(name, row["text"], spans))
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def cut(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[list[bytes], bool]]:
    """Return the windows of a text, each with whether a whole statement stands in it."""
    matches = list(_WORD.finditer(text))
    found = []
    for i in range(0, max(1, len(matches) - WINDOW_WORDS // 2), STEP_WORDS):
        inside = matches[i : i + WINDOW_WORDS]
        start, end = inside[0].start(), inside[-1].end()
        states = any(start <= a + 1 and b <= end + 2 for a, b in spans)  # a quote may end in its full stop
        found.append(([match.group().lower().encode() for match in inside], states))
    return found


def windows_of(texts: Sequence[Annotated]) -> list[Window]:
    """Return the windows to train on."""
    rng = np.random.default_rng(SEED)
    stating: list[Window] = []
    general: list[Window] = []
    short: list[tuple[int, list[bytes]]] = []
    longer: list[list[bytes]] = []
    for number, one in enumerate(texts):
        words = words_of(one.text)
        if one.set_name.startswith("general"):
            if len(one.text) <= UNGATED_CHARACTERS:
                short.append((number, words))
                continue
            longer.append(words)
            steps = range(0, max(1, len(words) - WINDOW_WORDS // 2), STEP_WORDS // 2)
            general += [Window(words[i : i + WINDOW_WORDS], False, V_GENERAL, number) for i in steps]
        elif len(one.text) > UNGATED_CHARACTERS:
            stating += [Window(held, True, 1.0, number) for held, states in cut(one.text, one.spans) if states]
        elif one.spans:
            stating.append(Window(words, True, 1.0, number))
    for i in range(len(short) - N_JOINED + 1):
        joined = [word for _, words in short[i : i + N_JOINED] for word in words]
        general.append(Window(joined[:WINDOW_WORDS], False, 1.0, short[i][0] // N_JOINED))
    return [*stating, *general, *_surround(stating, longer, rng)]


def _surround(windows: Sequence[Window], longer: Sequence[list[bytes]], rng: np.random.Generator) -> list[Window]:
    """Return some of the shorter windows filled up on both sides with general news."""
    found = []
    for window in windows:
        n_each = (WINDOW_WORDS - len(window.words)) // 2
        if not longer or n_each < STEP_WORDS // 8 or rng.random() >= P_SURROUNDED:
            continue
        news = longer[int(rng.integers(len(longer)))]
        i = int(rng.integers(max(1, len(news) - 2 * n_each)))
        words = [*news[i : i + n_each], *window.words, *news[i + n_each : i + 2 * n_each]]
        found.append(Window(words, True, V_SURROUNDED, window.document, is_surrounded=True))
    return found


def fit(windows: Sequence[Window]) -> tuple[dict[bytes, float], float]:
    """Return the weight of each word and the constant of a logistic regression, both classes counting the same."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    counts = Counter(word for window in windows for word in set(window.words))
    words = sorted(word for word, count in counts.items() if count >= MIN_COUNT and len(word) > 1)
    place = {word: i + 1 for i, word in enumerate(words)}
    cells = [
        (line, place[word], float(n))
        for line, window in enumerate(windows)
        for word, n in Counter(window.words).items()
        if word in place
    ]
    cells += [(line, 0, 1.0) for line in range(len(windows))]
    lines, columns, values = zip(*cells, strict=True)
    matrix = csr_matrix((values, (lines, columns)), shape=(len(windows), len(words) + 1))
    turned = matrix.T.tocsr()
    states = np.array([window.states for window in windows])
    value = np.array([window.value for window in windows])
    value = value * np.where(states, 0.5 / value[states].sum(), 0.5 / value[~states].sum())
    sign = np.where(states, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (matrix @ weights)
        gradient = turned @ (-value * sign / (1 + np.exp(margin)))
        gradient[1:] += 2 * RIDGE * weights[1:]
        return float((value * np.logaddexp(0, -margin)).sum() + RIDGE * (weights[1:] ** 2).sum()), gradient

    weights = minimize(loss, np.zeros(len(words) + 1), jac=True, method="L-BFGS-B", options={"maxiter": N_STEPS}).x
    return {word: float(weights[i]) for word, i in place.items()}, float(weights[0])


def score(weights: dict[bytes, float], words: Sequence[bytes]) -> float:
    """Return the best sum of any window of words, as the reader finds it."""
    return WordWeights(weights, 0.0).best(b" ".join(words).decode())


def left_out(windows: Sequence[Window]) -> tuple[list[float], list[float]]:
    """Return the scores, constant added, of windows with statements and of general news not trained on."""
    stating: list[float] = []
    general: list[float] = []
    for fold in range(N_FOLDS):
        weights, constant = fit([window for window in windows if window.document % N_FOLDS != fold])
        for window in windows:
            if window.document % N_FOLDS == fold and not window.is_surrounded:
                (stating if window.states else general).append(score(weights, window.words) + constant)
    return stating, general


def train(texts: Sequence[Annotated]) -> tuple[WordWeights, float]:
    """Return the weights with their threshold, and the share of windows of general news that it dismisses unseen."""
    windows = windows_of(texts)
    stating, general = left_out(windows)
    lowest = float(np.quantile(stating, P_LOST))
    weights, constant = fit(windows)
    return WordWeights(weights, lowest - constant), float(np.mean(np.array(general) < lowest))


def write(gate: WordWeights, path: Path) -> int:
    """Write the weights as text, small ones left out; return the number of words written."""
    rows = [
        f"{word.decode()}\t{weight:.2f}" for word, weight in sorted(gate.weights.items()) if abs(weight) >= MIN_WEIGHT
    ]
    head = [
        "# Weights of words, after the least sum of a window. Written by `python -m muster.reading.concern_training`",
        "# from our own texts (training); under the licence of this project.",
        f"threshold\t{gate.threshold:.2f}",
    ]
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
    return len(rows)


def main() -> None:
    """Train on the folder that is named and write the weights."""
    gate, p_dismissed = train(load_texts(Path(sys.argv[1])))
    n_words = write(gate, Path(__file__).parent / "data" / "en" / WEIGHTS_FILE)
    sys.stdout.write(f"{n_words} words, threshold {gate.threshold:.2f}; general windows dismissed {p_dismissed:.3f}\n")


if __name__ == "__main__":
    main()
