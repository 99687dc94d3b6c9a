"""Which of many stored documents can share an origin with a few new ones: a sieve before `OriginIndex`.

The sieve is exact for the same page, the same words and the share of common shingles (the index itself finds candidates
by bands, with a small chance of a miss); for retold agency stories it looks at the titles and days. So an import
compares itself with a ledger of any size in memory that depends on the new documents alone.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from muster.base.document import Document
from muster.documents.origins import (
    MAX_AGENCY_DAYS,
    MIN_SHARED,
    MIN_SHINGLES,
    MIN_TITLE_SHARED,
    MIN_TITLE_WORDS,
    page_key,
    shingles_of,
    title_words,
    tokens_of,
)


class Likeness:
    """What the new documents say, ready to be held against stored ones.

    Parameters
    ----------
    documents : iterable of Document
        The new ones.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._ids: set[str] = set()
        self._pages: set[str] = set()
        self._texts: set[bytes] = set()
        self._titles: dict[str, list[int]] = defaultdict(list)  # word -> titles
        self._stories: list[tuple[int, int]] = []  # title -> day, number of words
        hashes: list[NDArray[np.uint32]] = []
        for document in documents:
            self._ids.add(document.id)
            tokens = tokens_of(document.text)
            self._texts.add(_digest(tokens))
            self._pages.add(page_key(document.url))
            shingles = shingles_of(tokens)
            if len(shingles) >= MIN_SHINGLES:
                hashes.append(np.unique(shingles))
            self._put_title(document)
        self._pages.discard("")
        self._sizes = np.array([len(part) for part in hashes], np.int64)
        owners = np.repeat(np.arange(len(hashes)), self._sizes)
        joined = np.concatenate(hashes) if hashes else np.empty(0, np.uint32)
        order = np.argsort(joined, kind="stable")
        self._hashes, self._owners = joined[order], owners[order]

    def _put_title(self, document: Document) -> None:
        words = title_words(document.title)
        if document.published is not None and len(words) >= MIN_TITLE_WORDS:
            for word in words:
                self._titles[word].append(len(self._stories))
            self._stories.append((document.published.toordinal(), len(words)))

    def may_match(self, document: Document) -> bool:
        """Return whether a stored document is one of the new ones or can share an origin with one of them."""
        if document.id in self._ids or page_key(document.url) in self._pages:
            return True
        if self._is_retold(document):
            return True
        tokens = tokens_of(document.text)
        return _digest(tokens) in self._texts or self._shares_shingles(shingles_of(tokens))

    def _shares_shingles(self, shingles: NDArray[np.uint32]) -> bool:
        if len(shingles) < MIN_SHINGLES or not len(self._sizes):
            return False
        own = np.unique(shingles)
        first = np.searchsorted(self._hashes, own, side="left")
        n_each = np.searchsorted(self._hashes, own, side="right") - first
        n_hits = int(n_each.sum())
        if not n_hits:
            return False
        # Places of all hits: each run of equal hashes counted up from its first place.
        places = np.repeat(first - np.cumsum(n_each) + n_each, n_each) + np.arange(n_hits)
        n_common = np.bincount(self._owners[places], minlength=len(self._sizes))
        return bool(np.any(n_common >= MIN_SHARED * np.minimum(self._sizes, len(own))))

    def _is_retold(self, document: Document) -> bool:
        words = title_words(document.title)
        if document.published is None or len(words) < MIN_TITLE_WORDS:
            return False
        day = document.published.toordinal()
        n_common: dict[int, int] = defaultdict(int)
        for word in words:
            for number in self._titles.get(word, ()):
                n_common[number] += 1
        for number, n in n_common.items():
            other_day, n_words = self._stories[number]
            is_alike = n >= MIN_TITLE_WORDS and n >= MIN_TITLE_SHARED * min(len(words), n_words)
            if is_alike and abs(day - other_day) <= MAX_AGENCY_DAYS:
                return True
        return False


def _digest(tokens: list[str]) -> bytes:
    return hashlib.blake2b(" ".join(tokens).encode("utf-8", "replace"), digest_size=16).digest()
