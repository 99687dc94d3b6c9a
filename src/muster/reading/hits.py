"""Hits: cues found in a sketch, vetoes applied, the longest cue kept where two of a kind overlap."""

import re
from typing import NamedTuple

from muster.reading.candidates import Held, cuts_word
from muster.reading.guarded import Guarded, encoded, part_of
from muster.reading.lexicon import Frame, Lexicon

# How far around a cue a frame's `unless` is looked for, in characters: three or four words each side.
VETO_LEFT, VETO_RIGHT = 40, 45


class Hit(NamedTuple):
    """A frame's cue at a place of a sketch."""

    frame: Frame
    start: int
    end: int
    match: re.Match[str]

    def group(self, name: str) -> int:
        """Return the sketch offset of the actor in a named group, or -1 where there is none."""
        groups = self.match.re.groupindex
        if name not in groups or self.match.start(name) < 0:
            return -1
        at = self.match.start(name)
        for offset, char in enumerate(self.match.group(name)):
            if char in "◆◇":
                return at + offset
        return -1


def find_hits(text: str, lexicon: Lexicon, held: Held | None = None) -> list[Hit]:
    """Return the cues in a sketch, left to right; `held` is what its sentence holds, if that is known."""
    if held is None:
        held = lexicon.held(text)
    hits: list[Hit] = []
    for number, match in lexicon.cue_set.finditer(text, held):
        frame = lexicon.frames[lexicon.cue_owner[number]]
        if frame.unless is None or not _is_vetoed(text, frame.unless, match, held.mask):
            hits.append(Hit(frame, match.start(), match.end(), match))
    return _without_overlaps(hits)


def _is_vetoed(text: str, unless: Guarded, match: re.Match[str], mask: int) -> bool:
    start, end = match.span()
    left, right = max(0, start - VETO_LEFT), end + VETO_RIGHT
    if not unless.may(mask) and not cuts_word(text, left) and not cuts_word(text, right):
        return False
    view = part_of(encoded(text), left, right)
    window = text[left:right]
    for veto in unless.find_in(window, view) if view else unless.find_all(window):
        if left + veto.end() >= start - 1 and left + veto.start() < end + 12:
            return True
    return False


def _without_overlaps(hits: list[Hit]) -> list[Hit]:
    """Keep, among overlapping cues of one kind, the longest; conditions stand apart from typed caveats."""
    if len(hits) < 2:
        return hits
    ranked = sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start, hit.frame.rank))
    kept: list[Hit] = []
    by_lane: dict[tuple[str, str], list[Hit]] = {}
    for hit in ranked:
        start, end = hit.start, hit.end
        lane = by_lane.setdefault(hit.frame.lane, [])
        for other in lane:
            if start < other.end and other.start < end:
                break
        else:
            lane.append(hit)
            kept.append(hit)
    return sorted(kept, key=lambda hit: (hit.start, hit.end))
