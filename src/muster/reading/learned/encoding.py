"""Sentences and their pairs as arrays for the network.

A sentence is written as the last `N_BEFORE` words of the sentence before it, a gap, and its own first `N_WORDS` words.
Shapes: S sentences, W = `WIDTH` words, N pairs of all sentences.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from muster.reading.learned.pairs import FEATURES, PRONOUN, RULE_FEATURES, Pair, role_of
from muster.reading.learned.words import Vocabulary, split_words
from muster.reading.views import SentenceView

N_BEFORE, N_WORDS = 22, 56  # 99.9 % of the training sentences are no longer; the rest is cut
WIDTH = N_BEFORE + 1 + N_WORDS

# Classes of a word's distance from the nearest mention of the pair's code: exact near it, coarse far from it.
_EDGES = (0, 1, 2, 3, 4, 6, 10, 18)
BEFORE_SENTENCE, NO_MENTION = 0, 2 * len(_EDGES) + 2
N_PLACES = NO_MENTION + 1
_MIDDLE = len(_EDGES) + 1
_REACH = WIDTH
_PLACE_OF_DISTANCE = np.array(
    [_MIDDLE + int(np.sign(d)) * int(np.searchsorted(_EDGES, abs(d), side="left")) for d in range(-_REACH, _REACH + 1)],
    dtype=np.int32,
)
NEAR = (_MIDDLE - 6, _MIDDLE + 6)  # within ten words

Array = NDArray[Any]


class Row(NamedTuple):
    """A sentence with its pairs, and the pairs' numbers in the document."""

    words: tuple[str, ...]
    n_before: int
    roles: tuple[int, ...]
    codes: tuple[tuple[str, ...], ...]
    pairs: tuple[Pair, ...]
    numbers: tuple[int, ...]


def rows_of(views: Sequence[SentenceView], pairs: Sequence[Pair]) -> Iterator[Row]:
    """Yield the rows of a document."""
    of_sentence: dict[int, list[int]] = {}
    for number, pair in enumerate(pairs):
        of_sentence.setdefault(pair.sentence, []).append(number)
    told = [_annotated(view) for view in views]
    for k, numbers in of_sentence.items():
        before = told[k - 1][-N_BEFORE:] if k else []
        both = [*before, *told[k][:N_WORDS]]
        words, roles, codes = zip(*both, strict=True) if both else ((), (), ())
        yield Row(words, len(before), roles, codes, tuple(pairs[n] for n in numbers), tuple(numbers))


def _annotated(view: SentenceView) -> list[tuple[str, int, tuple[str, ...]]]:
    """Return the words of a sentence, each with its role and the codes it means."""
    actors = {actor.offset: actor.codes for actor in view.actors}
    pronouns = dict(view.pronouns)
    found = []
    for word, at in split_words(view.text):
        codes = actors.get(at)
        if codes is not None:
            found.append((word, role_of(codes, view.adversary), codes))
        elif at in pronouns:
            found.append((word, PRONOUN, pronouns[at]))
        else:
            found.append((word, 0, ()))
    return found


def encode(rows: Sequence[Row], vocabulary: Vocabulary, width: int = WIDTH) -> dict[str, Array]:
    """Return the arrays of some rows.

    Parameters
    ----------
    rows : sequence of Row
    vocabulary : Vocabulary
    width : int
        Words a row takes; at least what the longest of them needs.

    Returns
    -------
    dict of arrays
        `own`, `vector`, `ending`, `role` (S, W), `row` (N,) and `place` (N, W), int32; `is_word` and `is_own`
        (S, W), `is_target` (N, W), `features` (N, F) and `rules` (N, R), float32.
    """
    n, n_pairs = len(rows), sum(len(row.pairs) for row in rows)
    ids = np.zeros((3, n, width), np.int32)
    role = np.zeros((n, width), np.int32)
    is_word, is_own = np.zeros((2, n, width), np.float32)
    place = np.zeros((n_pairs, width), np.int32)
    is_target = np.zeros((n_pairs, width), np.float32)
    features = np.zeros((n_pairs, len(FEATURES)), np.float32)
    rules = np.zeros((n_pairs, len(RULE_FEATURES)), np.float32)
    of_pair = np.repeat(np.arange(n, dtype=np.int32), [len(row.pairs) for row in rows])
    j = 0
    for i, row in enumerate(rows):
        gap = row.n_before
        at = [k + (k >= gap) for k in range(len(row.words))]
        if at:
            ids[:, i, at] = np.array([vocabulary.ids(word) for word in row.words], np.int32).T
            role[i, at] = row.roles
            is_word[i, at] = 1
            is_own[i, gap + 1 :] = is_word[i, gap + 1 :]
        for pair in row.pairs:
            meant = np.array([at[k] for k, codes in enumerate(row.codes) if pair.code in codes], np.int64)
            is_target[j, meant] = 1
            place[j, gap:] = _places(meant[meant > gap], gap, width)
            features[j, list(pair.features)] = 1
            rules[j, list(pair.rule_features)] = 1
            j += 1
    return {
        "own": ids[0], "vector": ids[1], "ending": ids[2], "role": role, "is_word": is_word, "is_own": is_own,
        "row": of_pair, "place": place, "is_target": is_target, "features": features, "rules": rules,
    }  # fmt: skip


def _places(meant: Array, gap: int, width: int) -> Array | int:
    """Return the classes of distance of a sentence's words (from the gap on) from the nearest of some words."""
    if not len(meant):
        return NO_MENTION
    distances = np.arange(gap, width)[:, None] - meant
    nearest = np.take_along_axis(distances, np.abs(distances).argmin(axis=1)[:, None], axis=1)[:, 0]
    found: Array = _PLACE_OF_DISTANCE[nearest + _REACH]
    return found
