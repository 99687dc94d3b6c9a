"""What the patterns of a language need, worked out once and kept in the user's cache folder.

Reading the syntax trees of 1,300 patterns takes a second, loading what they said a twentieth of it. The file's name is
a hash of all that goes in (patterns, sample sentences, the modules that read them), so that it is never stale; without
a folder to write to, the work is done again each time.
"""

import hashlib
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from muster.reading import literals
from muster.reading.literals import MARKS, Clause, needed_words, plain

Alternatives = tuple[tuple[Clause, ...], ...]
"""What one pattern needs: all clauses of one alternative, the one that fewest texts hold first."""

CACHE_VARIABLE: Final = "MUSTER_CACHE"
"""Names the folder to use instead of `muster` in the user's cache folder; empty for none."""
MAX_FILES: Final = 12  # of tables kept: five languages, and a change of the data now and then
_OFTEN: Final = 1_000_000  # more than any word of the samples: nearly every sentence has a mark


def ranked_needs(patterns: Sequence[str], samples: Sequence[str]) -> dict[str, Alternatives]:
    """Return what each pattern needs, from the cache if it has been worked out before.

    Parameters
    ----------
    patterns : sequence of str
        In any order; repeats are worked out once.
    samples : sequence of str
        Sentences of the language: how often a word stands there decides which clause of a pattern is looked for first.
        They change the speed, never the result.
    """
    folder = _cache_folder()
    path = None
    if folder:
        with suppress(OSError):  # modules that are no files of their own
            path = folder / f"needs-{_fingerprint(patterns, samples)}.json"
    if path:
        with suppress(OSError, ValueError, KeyError, IndexError, TypeError):
            return _unpacked(json.loads(path.read_text(encoding="utf-8")), patterns)
    found = _worked_out(patterns, samples)
    if path:
        with suppress(OSError):
            _write(path, json.dumps(_packed(found, patterns), ensure_ascii=False, separators=(",", ":")))
    return found


def _cache_folder() -> Path | None:
    named = os.environ.get(CACHE_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(base) / "muster" if base else Path.home() / ".cache" / "muster"
    except RuntimeError:  # nobody's home
        return None


def _fingerprint(patterns: Sequence[str], samples: Sequence[str]) -> str:
    """Return a name for all that decides what a table holds; Python's parser of patterns is part of it."""
    made_by = [Path(module).read_bytes() for module in (literals.__file__, __file__)]
    digest = hashlib.sha256(sys.version.encode())
    for part in (*made_by, *(text.encode("utf-8", "surrogatepass") for text in (*patterns, "\x00", *samples))):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:32]


def _worked_out(patterns: Iterable[str], samples: Iterable[str]) -> dict[str, Alternatives]:
    counts = _counts_of(samples)
    ranks: dict[Clause, tuple[int, int, list[str]]] = {}
    found: dict[str, Alternatives] = {}
    for pattern in patterns:
        if pattern in found:
            continue
        alternatives = needed_words(pattern)
        for clauses in alternatives:
            for clause in clauses:
                if clause not in ranks:
                    ranks[clause] = _commonness(clause, counts)
        found[pattern] = tuple(tuple(sorted(clauses, key=ranks.__getitem__)) for clauses in alternatives)
    return found


def _counts_of(samples: Iterable[str]) -> Counter[str]:
    """Return how often each word stands in samples, and each start and end of words, a blank marking the edges."""
    counts: Counter[str] = Counter()
    for word, count in Counter(word for sample in samples for word in plain(sample).split()).items():
        counts[f" {word} "] += count
        for i in range(1, len(word) + 1):
            counts[f" {word[:i]}"] += count
            counts[f"{word[-i:]} "] += count
    return counts


def _commonness(clause: Clause, counts: Counter[str]) -> tuple[int, int, list[str]]:
    """Return about how often a clause holds in the samples; the shorter the commoner where none does."""
    common = sum(min(_count(part, counts) for part in _parts_of(spelling)) for spelling in clause)
    common += _OFTEN * any(mark in clause for mark in MARKS)
    return common, -min(map(len, clause)), sorted(clause)


def _count(part: str, counts: Counter[str]) -> int:
    """Return about how often words with a part stand in the samples."""
    if part[0] == " " or part[-1] == " ":
        return counts[part]
    return counts[f" {part}"] + counts[f"{part} "]


def _parts_of(spelling: str) -> list[str]:
    """Return what single words a spelling asks for, with a blank where a word must begin or end."""
    words = spelling.split(" ")
    last = len(words) - 1
    return [f"{' ' if i else ''}{word}{' ' if i < last else ''}" for i, word in enumerate(words) if word]


def _packed(found: Mapping[str, Alternatives], patterns: Iterable[str]) -> dict[str, Any]:
    """Return a table as numbers into lists of spellings and clauses, which patterns share."""
    spellings: dict[str, int] = {}
    clauses: dict[Clause, int] = {}
    rows = [
        [[clauses.setdefault(clause, len(clauses)) for clause in each] for each in found[pattern]]
        for pattern in dict.fromkeys(patterns)
    ]
    listed = [[spellings.setdefault(one, len(spellings)) for one in sorted(clause)] for clause in clauses]
    return {"spellings": list(spellings), "clauses": listed, "patterns": rows}


def _unpacked(table: dict[str, Any], patterns: Iterable[str]) -> dict[str, Alternatives]:
    spellings = table["spellings"]
    clauses = [frozenset([spellings[i] for i in row]) for row in table["clauses"]]
    rows = [tuple([tuple([clauses[i] for i in each]) for each in row]) for row in table["patterns"]]
    return dict(zip(dict.fromkeys(patterns), rows, strict=True))


def _write(path: Path, text: str) -> None:
    """Write a file in one step, so that a reader finds it whole or not at all; the oldest tables are removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as part:
        part.write(text)
    Path(part.name).replace(path)
    tables = [one for one in path.parent.iterdir() if re.fullmatch(r"needs-[0-9a-f]{32}\.json", one.name)]
    for old in sorted(tables, key=lambda one: one.stat().st_mtime)[:-MAX_FILES]:
        old.unlink(missing_ok=True)
