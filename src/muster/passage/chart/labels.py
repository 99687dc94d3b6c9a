"""Room for words: a label is drawn only where it covers no lane and no other label."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from muster.passage.chart.geometry import Frame, Point, length_of, point_along

Rectangle = tuple[float, float, float, float]
LETTER = 0.56  # width of a letter over the font's size, mean of the sans-serif fonts named; enough to keep clear


@dataclass(slots=True)
class LabelSpace:
    """What is already on the chart, as rectangles (left, top, right, bottom) in drawing units."""

    frame: Frame
    taken: list[Rectangle] = field(default_factory=list)

    def take_line(self, line: Sequence[Point], *, width: float = 7.0) -> None:
        """Keep labels off a line."""
        n = max(2, int(length_of(line) / 8))
        for k in range(n + 1):
            x, y, _ = point_along(line, k / n)
            self.taken.append((x - width, y - width, x + width, y + width))

    def take_disc(self, x: float, y: float, radius: float) -> None:
        """Keep labels off a disc."""
        r = radius * 0.8
        self.taken.append((x - r, y - r, x + r, y + r))

    def fits(self, box: Rectangle, *, margin: float = 6.0) -> bool:
        """Return whether a box lies on the chart and covers nothing."""
        left, top, right, bottom = box
        if left < margin or top < margin or right > self.frame.width - margin or bottom > self.frame.height - margin:
            return False
        return not any(left < r and right > x and top < b and bottom > y for x, y, r, b in self.taken)

    def take(self, box: Rectangle) -> bool:
        """Take the room if it is free; return whether it was."""
        if not self.fits(box):
            return False
        self.taken.append(box)
        return True

    def first_free(self, boxes: Iterable[Rectangle]) -> int | None:
        """Take the first free room and return its place in the list, None where all are taken."""
        for k, box in enumerate(boxes):
            if self.take(box):
                return k
        return None


def text_box(x: float, y: float, text: str, *, size: float, anchor: str = "middle", spacing: float = 0.0) -> Rectangle:
    """Return the rectangle that a text on the base line y covers, about."""
    width = len(text) * (size * LETTER + spacing)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return left, y - 0.85 * size, left + width, y + 0.25 * size
