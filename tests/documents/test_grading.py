"""Grades on the Admiralty scale."""

from types import SimpleNamespace

import pytest

from muster.base.case import PublisherGrade
from muster.base.document import Document
from muster.documents import information_digit, source_grade
from muster.documents.grading import DIGIT_NAMES, LETTER_NAMES

CASE = SimpleNamespace(
    grades=(
        PublisherGrade("AP", "A", "agency of record"),
        PublisherGrade("Manila Bulletin", "B", "national daily"),
        PublisherGrade("news-pravda", "E", "propaganda network"),
        PublisherGrade("gov.uk", "A", "official"),
        PublisherGrade("Daily", "C", ""),
        PublisherGrade("Daily", "D", "second in the table"),
    )
)


@pytest.mark.parametrize(
    ("publisher", "url", "letter"),
    [
        ("AP", "", "A"),
        ("ap via somewhere", "", "A"),
        ("AP via Manila Bulletin", "", "B"),
        ("Japan Times", "", "F"),
        ("norway.news-pravda.com", "", "E"),
        ("", "https://www.gov.uk/x", "A"),
        ("Unknown", "https://www.gov.uk/x", "F"),
        ("", "http://[broken", "F"),
        ("", "", "F"),
        ("The Daily", "", "C"),
    ],
)
def test_the_longest_whole_word_match_grades_the_publisher(publisher, url, letter):
    """The table decides; without a match the letter is F."""
    grade = source_grade(CASE, Document("1", "text", url=url, publisher=publisher))
    assert grade.letter == letter
    assert grade.reason.startswith(LETTER_NAMES[letter])


def test_the_reason_names_the_match_or_the_publisher():
    """A reader can check the grade."""
    assert "'Manila Bulletin'" in source_grade(CASE, Document("1", "t", publisher="Manila Bulletin")).reason
    assert (
        "'Unknown Blog' is not in the case's table"
        in source_grade(CASE, Document("1", "t", publisher="Unknown Blog")).reason
    )


@pytest.mark.parametrize(
    ("n_origins", "contradicted", "digit"),
    [
        (0, False, 6),
        (0, True, 6),
        (1, False, 3),
        (2, False, 2),
        (3, False, 1),
        (40, False, 1),
        (1, True, 5),
        (2, True, 4),
        (9, True, 4),
    ],
)
def test_the_digit_follows_the_table(n_origins, contradicted, digit):
    """The documented rule, cell by cell."""
    found, reason = information_digit(n_origins, contradicted)
    assert found == digit
    assert reason.startswith(DIGIT_NAMES[digit])


def test_a_negative_count_is_refused():
    """Counts are 0 or more."""
    with pytest.raises(ValueError, match="-1"):
        information_digit(-1, contradicted=False)
