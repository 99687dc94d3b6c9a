"""What a page says of how sure a reading is."""

import pytest

from factory import response
from muster.assessment.weight import MIN_CONFIDENCE
from muster.surfaces.cards.quotes import how_likely, quote_card


@pytest.mark.parametrize(
    ("confidence", "told"),
    [
        (1.0, ""),
        (0.96, ""),
        (0.62, "read with 62 % confidence"),
        (MIN_CONFIDENCE, "read with 35 % confidence"),
        (0.21, "read with 21 % confidence, not counted"),
    ],
)
def test_a_doubtful_reading_says_so(confidence: float, told: str) -> None:
    """And that it does not count where it does not."""
    read = response("GBR", "basing", "refused", "2026-02-19", confidence=confidence)
    assert how_likely(read) == quote_card(read).likely == told


def test_what_a_reviewer_accepted_is_not_doubted() -> None:
    """A person's word goes before the reader's figure."""
    read = response("GBR", "basing", "refused", "2026-02-19", confidence=0.2, review="accepted")
    assert how_likely(read) == ""
