"""Same story, one origin: copies of a text, cut, re-headlined or lightly edited, are found and share an origin.

Four ways in, all conservative, because a wrong merge hides a second witness and a missed one invents it:

0. the same page: a URL that was fetched again, corrected, or summed up in another language;
1. the same words (letter case, punctuation and white space ignored);
2. near-duplicates: MinHash signatures (datasketch, seeded) of word 3-shingles, of the whole text and of its first
   words, in locality-sensitive bands give candidates; the exact share of common shingles decides;
3. an agency's story retold: both documents credit the same agency, lie at most a day apart and their titles share most
   of their words.

A document joins the origin of the document it matches best; origins never chain through a third document, so a round-up
of the day does not make one origin of all its stories.
"""

import hashlib
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations
from urllib.parse import urlsplit

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

from muster.base.document import Document
from muster.documents.agencies import agencies_of

SEED = 20260409  # fixed: the same documents give the same origins everywhere
SHINGLE_WORDS = 3
N_PERMUTATIONS = 128
N_BANDS, BAND_ROWS = 42, 3  # a pair with Jaccard 0.5 becomes a candidate with p = 0.996, with 0.1 p = 0.04
LEAD_SHINGLES = 60  # the first three sentences have bands of their own: a copy cut to a tenth still begins alike
MIN_SHARED = 0.5  # of the smaller text's shingles. A tenth of the words edited leaves 0.9**3 = 0.73
MIN_SHINGLES = 12  # shorter texts share phrases by chance: only the same words count
MAX_BUCKET = 64  # documents kept in one band: the first ones, which are the origins
MIN_TITLE_SHARED = 0.6  # of the shorter title's content words, for two documents that credit the same agency
MIN_TITLE_WORDS = 4  # three are the name of the place and of the matter
MAX_AGENCY_DAYS = 1

# Scripts without spaces between words are taken sign by sign.
_TOKEN = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")
_MULTIPLIERS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


def cluster_origins(documents: Iterable[Document]) -> dict[str, str]:
    """Return the origin of each document: the content id of the earliest document of its story.

    Documents are taken in order of their date (unknown dates last, then by id), so the result does not depend on the
    order in which they are given. For documents that arrive over time use OriginIndex.

    Parameters
    ----------
    documents : iterable of Document

    Returns
    -------
    dict
        Document id -> origin id; an origin maps to itself.

    Notes
    -----
    About linear in the number of documents; docs/documents.md has measured times.
    """
    index = OriginIndex()
    ordered = sorted(documents, key=lambda document: (document.published or date.max, document.id))
    return {document.id: index.add(document) for document in ordered}


class OriginIndex:
    """Origins of documents that come one after another; an origin once given never changes.

    A document that is added later but was published earlier joins an origin, and does not become it: ids that are
    already in a ledger stay valid.

    Parameters
    ----------
    seed : int
        Of the MinHash permutations; two indexes with the same seed and order agree.
    """

    def __init__(self, *, seed: int = SEED) -> None:
        self._blank = MinHash(num_perm=N_PERMUTATIONS, seed=seed, hashfunc=int)
        self._origin_of: dict[str, str] = {}
        self._exact: dict[bytes, str] = {}
        self._pages: dict[str, str] = {}
        self._origins: list[str] = []
        self._shingles: list[NDArray[np.uint32]] = []
        self._bands: dict[int, int | list[int]] = {}  # one number, or a list where several share the band
        self._stories: dict[tuple[str, int, str, str], list[tuple[str, frozenset[str]]]] = defaultdict(list)

    def __len__(self) -> int:
        """Return how many documents are in the index."""
        return len(self._origin_of)

    def add(self, document: Document) -> str:
        """Return the origin of a document, adding it; a document that is already there keeps its origin."""
        known = self._origin_of.get(document.id)
        if known is not None:
            return known
        tokens = tokens_of(document.text)
        exact = hashlib.blake2b(" ".join(tokens).encode("utf-8", "replace"), digest_size=16).digest()
        page = page_key(document.url)
        origin = self._pages.get(page) or self._exact.get(exact)
        if origin is None or exact not in self._exact:
            shingles = shingles_of(tokens)
            keys = list(self._band_keys(shingles)) if len(shingles) >= MIN_SHINGLES else []
            origin = origin or self._near(np.unique(shingles), keys) or self._retold(document) or document.id
            self._exact[exact] = origin
            if keys:
                self._insert(np.unique(shingles), keys, origin)
        if page:
            self._pages.setdefault(page, origin)
        self._remember_story(document, origin)
        self._origin_of[document.id] = origin
        return origin

    def _band_keys(self, shingles: NDArray[np.uint32]) -> Iterator[int]:
        """Keys of the bands of the whole text and of its first words (64-bit hashes, for this process only)."""
        for place, part in enumerate((shingles, shingles[:LEAD_SHINGLES])):
            signature = self._blank.copy()
            signature.update_batch(np.unique(part).tolist())
            values = np.asarray(signature.hashvalues, dtype=np.uint32)
            for band in range(N_BANDS):
                yield hash((place, band, values[band * BAND_ROWS : (band + 1) * BAND_ROWS].tobytes()))

    def _insert(self, shingles: NDArray[np.uint32], keys: list[int], origin: str) -> None:
        number = len(self._origins)
        self._origins.append(origin)
        self._shingles.append(shingles)
        for key in keys:
            there = self._bands.get(key)
            if there is None:
                self._bands[key] = number
            elif isinstance(there, int):
                self._bands[key] = [there, number]
            elif len(there) < MAX_BUCKET:
                there.append(number)

    def _near(self, shingles: NDArray[np.uint32], keys: list[int]) -> str | None:
        """Origin of the document with the largest share of common shingles, the first of equals."""
        found: set[int] = set()
        for key in keys:
            there = self._bands.get(key, [])
            found.update((there,) if isinstance(there, int) else there)
        candidates = sorted(found)
        best, best_shared = None, 0.0
        for number in candidates:
            shared = shared_part(shingles, self._shingles[number])
            if shared >= MIN_SHARED and shared > best_shared:
                best, best_shared = self._origins[number], shared
        return best

    def _retold(self, document: Document) -> str | None:
        words = title_words(document.title)
        if document.published is None or len(words) < MIN_TITLE_WORDS:
            return None
        best, best_shared = None, 0.0
        for key in _story_keys(document, words, MAX_AGENCY_DAYS):
            for origin, other in self._stories.get(key, ()):
                n_common = len(words & other)
                shared = n_common / min(len(words), len(other))
                if n_common >= MIN_TITLE_WORDS and shared >= MIN_TITLE_SHARED and shared > best_shared:
                    best, best_shared = origin, shared
        return best

    def _remember_story(self, document: Document, origin: str) -> None:
        words = title_words(document.title)
        if document.published is None or len(words) < MIN_TITLE_WORDS:
            return
        for key in _story_keys(document, words, 0):
            if len(self._stories[key]) < MAX_BUCKET:
                self._stories[key].append((origin, words))


def page_key(url: str) -> str:
    """Return host, path and query of a page; empty for a site's front page, which changes with the day."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    return f"{host.removeprefix('www.')}{path}?{parts.query}" if host and (path or parts.query) else ""


def shared_part(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Return the share, 0..1, of the smaller set's shingles that the other has; both sorted and unique."""
    n_smaller = min(len(one), len(other))
    if not n_smaller:
        return 0.0
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    places = np.searchsorted(large, small)
    places[places == len(large)] = 0
    return float(np.count_nonzero(large[places] == small)) / n_smaller


def title_words(title: str) -> frozenset[str]:
    """Return the content words of a title: numbers, and words of four letters or more."""
    words = _TOKEN.findall(title.casefold())
    return frozenset(word for word in words if word.isdigit() or len(word) >= 4)


def _story_keys(document: Document, words: frozenset[str], n_days: int) -> Iterator[tuple[str, int, str, str]]:
    """Keys (agency, day, pair of title words): titles with four words in common share six pairs."""
    day = document.published
    assert day is not None  # noqa: S101 - both callers return early without a date
    pairs = list(combinations(sorted(words)[:16], 2))
    for agency in sorted(agencies_of(document)):
        for offset in range(-n_days, n_days + 1):
            ordinal = (day + timedelta(days=offset)).toordinal()
            for first, second in pairs:
                yield agency, ordinal, first, second


def tokens_of(text: str) -> list[str]:
    """Return the words of a text, letter case, punctuation and white space ignored."""
    return _TOKEN.findall(text.casefold())


def shingles_of(tokens: list[str]) -> NDArray[np.uint32]:
    """Return hashes of the runs of SHINGLE_WORDS words, in order of the text; the same in every process."""
    words = np.fromiter((zlib.crc32(token.encode("utf-8", "replace")) for token in tokens), np.uint64, len(tokens))
    n_shingles = len(words) - SHINGLE_WORDS + 1
    if n_shingles < 1:
        return np.empty(0, np.uint32)
    mixed = np.zeros(n_shingles, np.uint64)
    for place, multiplier in enumerate(_MULTIPLIERS):
        mixed += (words[place : place + n_shingles] + np.uint64(1)) * multiplier
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)
