"""Sentences of a text with their offsets: line ends and sentence ends, not abbreviations or initials."""

import re
from collections.abc import Iterator

from muster.reading.guarded import Guarded

# One class of characters first, which `re` looks for fast; then what must stand behind each: nothing behind a line end,
# a capital, a digit or a quotation mark behind an end.
_END = re.compile(
    r"""[.!?…\n](?:(?<=[.!?…])["”’')\]]*(?=\s+["“‘'(\[–—-]?\s?[A-ZÀ-Þ0-9"“(]) | (?<=\n)\n*)""",
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Gen|Adm|Col|Lt|Sen|Rep|Gov|Capt|Sgt|Cmdr|Prof|Jr|Sr|No|Nos|vs|approx|ca|cf|Jan|Feb|Mar|Apr|Aug|"
    r"Sept|Sep|Oct|Nov|Dec|Ft|Mt|Inc|Ltd|Co|Corp|Art|art|p|pp|Zr|Ms|etc)|(?<![\w/])[A-Z]|\b[A-Z]\.[A-Z]|\b(?:U\.S|U\.K|U\.N|E\.U))\.$"
)


def find_sentences(
    text: str, start: int = 0, end: int | None = None, *, no_end: Guarded | None = None
) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the sentences in `text[start:end]`, without white space at their ends.

    `no_end` matches, at a full stop, what shows it to be none in the language of the text ("am 3. Mai").
    """
    stop = len(text) if end is None else end
    begin = start
    for match in _END.finditer(text, start, stop):
        mark = text[match.start()]
        if mark == "." and _ABBREVIATION.search(text, max(begin, match.start() - 8), match.start() + 1):
            continue
        if no_end and no_end.match(text, match.start()):
            continue
        a, b = _trimmed(text, begin, match.end())
        if a < b:
            yield a, b
        begin = match.end()
    a, b = _trimmed(text, begin, stop)
    if a < b:
        yield a, b


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
