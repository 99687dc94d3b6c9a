"""Which texts are worth reading: words of the field first, then a linear model over windows of words.

Most news concerns no coalition, and wars and diplomacy that do not are most of what the words let through. A longer
English text is read if any window of it looks like one that states something: `data/en/concern.tsv` holds a weight for
each word, written by `python -m muster.reading.concern_training`. Windows overlap, so that one paragraph keeps a text.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, repeat

from muster.reading.lexicon import Lexicon

# A longer text without words of the field (ships, troops, allies, blockade ...), a long one without two different ones,
# is not read at all: most news concerns no coalition. The longer of the development data have 3 or more.
UNGATED_CHARACTERS = 600
LONG_CHARACTERS = 1000
WEIGHTS_FILE = "concern.tsv"
WINDOW_WORDS = 60  # about 370 characters, the length of a digest; 100 words dismissed fewer texts
STEP_WORDS = 20  # of 60, so that a paragraph of 40 words stands whole in some window
_LETTERS = bytes(ord(chr(byte).lower()) if byte < 128 and chr(byte).isalpha() else 32 for byte in range(256))


@dataclass(frozen=True, slots=True)
class WordWeights:
    """What each word of a window counts for, and the sum from which a window is worth reading.

    Attributes
    ----------
    weights : dict of bytes to float
        By lower-case word of ASCII letters; other words count nothing.
    threshold : float
        The least sum over a window of `WINDOW_WORDS` words, each counted as often as it stands there.
    """

    weights: dict[bytes, float]
    threshold: float

    def best(self, text: str) -> float:
        """Return the highest sum of any window of a text."""
        sums: list[float] = [0.0, *accumulate(map(self.weights.get, words_of(text), repeat(0.0)))]
        n_words = len(sums) - 1
        if n_words <= WINDOW_WORDS:
            return sums[-1]
        last = n_words - WINDOW_WORDS
        best: float = max(sums[i + WINDOW_WORDS] - sums[i] for i in (*range(0, last, STEP_WORDS), last))
        return best


def words_of(text: str) -> list[bytes]:
    """Return the words of a text, lower-case; a letter beyond ASCII parts words."""
    return text.encode("ascii", "replace").translate(_LETTERS).split()


@cache
def load_weights() -> WordWeights:
    """Return the weights that are shipped."""
    text = files("muster.reading").joinpath("data", "en", WEIGHTS_FILE).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return WordWeights({word.encode(): float(weight) for word, weight in rows[1:]}, float(rows[0][1]))


def concerns_coalition(lexicon: Lexicon, text: str) -> bool:
    """Return whether a text is worth reading: short, or with words of the field in a window that may state something.

    The windows are judged in English only.
    """
    if len(text) <= UNGATED_CHARACTERS:
        return True
    if not has_words_of_field(lexicon, text):
        return False
    if lexicon.language != "en":
        return True
    weights = load_weights()
    return weights.best(text) >= weights.threshold


def has_words_of_field(lexicon: Lexicon, text: str) -> bool:
    """Return whether a longer text has a word of the field, a long one two; sport and business seldom do."""
    if "concern" not in lexicon.words:  # a language that lists its words of the field only
        return bool(lexicon.words["domain"].search(text))
    n_needed = 2 if len(text) > LONG_CHARACTERS else 1
    found: set[str] = set()
    for match in lexicon.words["concern"].finditer(text):
        found.add(match.group().lower())
        if len(found) >= n_needed:
            return True
    return False
