"""Words of a sketch as numbers: the network's own vocabulary, word vectors for the rest, endings for the unknown."""

import re
import zlib
from collections import Counter
from collections.abc import Iterable

from muster.reading.learned.vectors import vector_rows
from muster.reading.sketch import ADJECTIVE, NOUN, PERSON

MARKS = frozenset((NOUN, ADJECTIVE, PERSON))
N_ENDINGS = 400
UNKNOWN = 1  # 0 is the padding
_WORD = re.compile(
    rf"[{NOUN}{ADJECTIVE}{PERSON}]|[A-Za-zÀ-ÿ]+(?:['’](?:s|t|re|ve|ll|d|m)\b)?|\d[\d,.]*|[^\s\w]",
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDING_LETTERS = 4
_MAX_KNOWN = 100_000  # words remembered, about 20 MB
MIN_COUNT = 2  # a word met once in training is treated as unknown, so that the unknown is trained too


def split_words(text: str) -> list[tuple[str, int]]:
    """Return the words of a sketch in lower case with their offsets; numbers and years are one word each."""
    words = []
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word[0].isdigit():
            word = "<year>" if _YEAR.fullmatch(word) else "<number>"
        words.append((word, match.start()))
    return words


class Vocabulary:
    """The words the network has weights of its own for."""

    def __init__(self, words: Iterable[str]) -> None:
        """Number the words from 2 on, in the order given."""
        self.words = tuple(words)
        self._own = {word: i + UNKNOWN + 1 for i, word in enumerate(self.words)}
        self._known: dict[str, tuple[int, int, int]] = {}

    @classmethod
    def of_texts(cls, texts: Iterable[Iterable[str]]) -> "Vocabulary":
        """Return the words of training texts that occur at least `MIN_COUNT` times, the most frequent first."""
        counts = Counter(word for text in texts for word in text)
        return cls(word for word, n in counts.most_common() if n >= MIN_COUNT)

    def __len__(self) -> int:
        """Return how many rows a table for this vocabulary needs."""
        return len(self.words) + UNKNOWN + 1

    def ids(self, word: str) -> tuple[int, int, int]:
        """Return a word's own row, its row of word vectors and that of its ending."""
        found = self._known.get(word)
        if found is None:
            rows = vector_rows()
            row = rows.get(word) or (rows.get(word[:-2], 0) if word.endswith("'s") else 0)
            ending = zlib.crc32(word[-_ENDING_LETTERS:].encode("utf-8", "replace")) % N_ENDINGS
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            found = self._known[word] = (self._own.get(word, UNKNOWN), row, ending)
        return found
