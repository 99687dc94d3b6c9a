"""The learned layer: multinomial logistic regression over the coder's features, weights as plain text."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from muster.reading.plover.lexicon import CLASSES

WEIGHTS_FILE = "weights.tsv"


@dataclass(frozen=True, slots=True)
class Weights:
    """One row of fifteen weights for each feature, in the order of `CLASSES`; the row of `bias` always counts."""

    rows: Mapping[str, tuple[float, ...]]

    def probabilities(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each class, summing to 1; features without a row are ignored."""
        scores = list(self.rows.get("bias", (0.0,) * len(CLASSES)))
        for name, value in features.items():
            row = self.rows.get(name)
            if row is not None:
                for place, weight in enumerate(row):
                    scores[place] += weight * value
        top = max(scores)
        shares = [math.exp(score - top) for score in scores]
        total = sum(shares)
        return {name: share / total for name, share in zip(CLASSES, shares, strict=True)}


@cache
def load_weights() -> Weights:
    """Return the weights in data/weights.tsv: lines of a feature and its non-zero weights, `CLASS=weight`."""
    rows: dict[str, tuple[float, ...]] = {}
    text = files("muster.reading.plover.data").joinpath(WEIGHTS_FILE).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        name, *cells = line.split("\t")
        row = [0.0] * len(CLASSES)
        for cell in cells:
            label, _, weight = cell.partition("=")
            row[CLASSES.index(label)] = float(weight)
        rows[name] = tuple(row)
    return Weights(rows)
