"""The reader by rules and network: the rules read a document, the network weighs what they read and adds to it."""

from collections.abc import Sequence
from datetime import date

from muster import __version__
from muster.base.document import Document
from muster.base.statement import Statement
from muster.reading.learned.encoding import N_BEFORE, encode, rows_of
from muster.reading.learned.findings import CHOSEN, Thresholds
from muster.reading.learned.network import Network, load_network
from muster.reading.learned.pairs import find_pairs
from muster.reading.learned.weigh import take_rows, weigh
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import RuleReader, read_with
from muster.reading.views import SentenceView

NAME = f"learned/{__version__}"
LANGUAGE = "en"  # the network has only been trained on English; other languages are left to the rules
_ROWS_AT_ONCE = 64  # bounds the memory for a long document


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
        rows = list(rows_of(views, pairs))
        if not rows:
            return tuple(ruled)
        parts = []
        for i in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[i : i + _ROWS_AT_ONCE]
            width = N_BEFORE + 1 + max(len(row.words) - row.n_before for row in some)
            parts.append((some, self.network.answer(encode(some, self.network.vocabulary, width))))
        answers = {name: [value for _, part in parts for value in part[name]] for name in parts[0][1]}
        taken = take_rows(answers, [row.numbers for row in rows], len(pairs))
        return tuple(weigh(text, views, pairs, taken, ruled, reader=NAME, thresholds=self.thresholds))
