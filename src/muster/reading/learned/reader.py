"""The reader by rules and network: the rules read a document, the network weighs what they read and adds to it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import numpy as np

from muster import __version__
from muster.base.document import Document
from muster.base.statement import Statement
from muster.reading.learned.encoding import Row, encode, rows_of
from muster.reading.learned.findings import CHOSEN, Thresholds
from muster.reading.learned.network import Network, load_network
from muster.reading.learned.pairs import find_pairs
from muster.reading.learned.weigh import weigh
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import RuleReader, read_with
from muster.reading.views import SentenceView

NAME = f"learned/{__version__}"
LANGUAGE = "en"  # the network has only been trained on English; other languages are left to the rules
_ROWS_AT_ONCE, _PAIRS_AT_ONCE = 64, 512  # bound the memory for a long document and for long lists of states
# A row is filled up to the longest of its batch: eight rows or more wait for none half as long again as the shortest
# (on eight articles 1.35 times as fast as one batch each; four rows or 1.8 times: no faster).
_ENOUGH_ROWS, _MOST_LONGER = 8, 1.5


class LearnedReader:
    """Reads by rules and a small network trained on annotated documents of our own.

    A document in another language than English is read by the rules alone, one without a lexicon not at all.
    """

    name = NAME

    def __init__(self, network: Network | None = None, thresholds: Thresholds = CHOSEN) -> None:
        """Take a network, or the one of the package."""
        self.network = network or load_network()
        self.thresholds = thresholds
        self._rules = RuleReader()

    def can_read(self, document: Document) -> bool:
        """Return whether there is a lexicon for the document's language (an unknown language is read as English)."""
        return self._rules.can_read(document)

    def read(self, document: Document) -> tuple[Statement, ...]:
        """Return the statements of a document, in the order of their quotes; empty where `can_read` is false."""
        if (document.language or LANGUAGE)[:2].lower() != LANGUAGE:
            return self._rules.read(document)
        return self.read_text(document.text, document.published)

    def read_text(self, text: str, published: date | None = None) -> tuple[Statement, ...]:
        """Return the statements of an English text."""
        views: list[SentenceView] = []
        ruled = read_with(load_lexicon(LANGUAGE), text, published, views=views)
        return self._weigh(text, views, ruled) if views else ruled

    def _weigh(self, text: str, views: Sequence[SentenceView], ruled: Sequence[Statement]) -> tuple[Statement, ...]:
        pairs = find_pairs(views, ruled)
        parts, numbers = [], []
        for some in _batches(rows_of(views, pairs)):
            width = 1 + max(len(row.words) for row in some)
            parts.append(self.network.answer(encode(some, self.network.vocabulary, width)))
            numbers += [number for row in some for number in row.numbers]
        order = np.argsort(numbers)
        answers = {name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]}
        return tuple(weigh(text, views, pairs, answers, ruled, reader=NAME, thresholds=self.thresholds))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows in batches that are answered at once, those of like length together, the shortest first."""
    batch: list[Row] = []
    n_pairs = 0
    for row in sorted(rows, key=lambda row: len(row.words)):
        is_full = len(batch) == _ROWS_AT_ONCE or n_pairs + len(row.pairs) > _PAIRS_AT_ONCE
        is_longer = len(batch) >= _ENOUGH_ROWS and len(row.words) > _MOST_LONGER * len(batch[0].words)
        if batch and (is_full or is_longer):
            yield batch
            batch, n_pairs = [], 0
        batch.append(row)
        n_pairs += len(row.pairs)
    if batch:
        yield batch
