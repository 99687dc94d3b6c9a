"""Sentences with their source and target marked `<s>..</s>` and `<t>..</t>`, read from whatever a TSV may hold."""

import re
from dataclasses import dataclass

_MARK = re.compile(r"<\s*(/?)\s*([sStT])\s*>")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence without its marks, and where they stood.

    Attributes
    ----------
    text : str
    sources, targets : tuple of (int, int)
        Offsets in `text`; empty where nothing was marked. A mark that is not closed reaches one word far.
    """

    text: str
    sources: tuple[tuple[int, int], ...]
    targets: tuple[tuple[int, int], ...]


def parse_marked(line: str) -> MarkedSentence:
    """Return the sentence of a line of a TSV: quoting undone, marks taken out and turned into offsets."""
    line = line.strip()
    if len(line) > 1 and line[0] == line[-1] == '"' and (line.count('"') == 2 or '""' in line):
        line = line[1:-1].replace('""', '"')
    for escaped, plain in _ESCAPES:
        line = line.replace(escaped, plain)
    parts: list[str] = []
    spans: dict[str, list[tuple[int, int]]] = {"s": [], "t": []}
    opened: dict[str, int] = {}
    size = place = 0
    for mark in _MARK.finditer(line):
        piece = line[place : mark.start()]
        parts.append(piece)
        size += len(piece)
        place = mark.end()
        name = mark.group(2).lower()
        if not mark.group(1):
            opened.setdefault(name, size)
        elif name in opened:
            spans[name].append((opened.pop(name), size))
    parts.append(line[place:])
    text = "".join(parts)
    for name, start in opened.items():
        word = re.compile(r"\s*\S+").match(text, start)
        if word:
            spans[name].append((start, word.end()))
    return MarkedSentence(text, tuple(spans["s"]), tuple(spans["t"]))
