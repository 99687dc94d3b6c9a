"""Words of a sketch as numbers."""

from muster.reading.learned.vectors import vector_rows
from muster.reading.learned.words import N_ENDINGS, UNKNOWN, Vocabulary, split_words


def test_marks_words_and_signs_are_words_with_their_offsets() -> None:
    """Each actor is one word, a possessive stays with its noun, signs stand alone."""
    assert split_words("◆ won't send Rome's ships.") == [
        ("◆", 0), ("won't", 2), ("send", 8), ("rome's", 13), ("ships", 20), (".", 25),
    ]  # fmt: skip


def test_numbers_and_years_are_one_word_each() -> None:
    """How many is not learnt by heart; a year is told from a count."""
    assert [word for word, _ in split_words("1,200 sailors in 2026")] == ["<number>", "sailors", "in", "<year>"]


def test_a_word_met_once_in_training_is_unknown() -> None:
    """Its vector and its ending still tell something of it."""
    vocabulary = Vocabulary.of_texts([["send", "ships"], ["send", "frigates"]])
    assert vocabulary.words == ("send",)
    own, vector, ending = vocabulary.ids("frigates")
    assert own == UNKNOWN
    assert vector == vector_rows()["frigates"]
    assert 0 <= ending < N_ENDINGS


def test_a_possessive_has_the_vector_of_its_noun() -> None:
    """Vectors know no possessives."""
    vocabulary = Vocabulary([])
    assert vocabulary.ids("ship's")[1] == vector_rows()["ship"]


def test_a_word_nobody_knows_has_row_zero() -> None:
    """Row 0 of the vectors is all zeros."""
    assert Vocabulary(["a"]).ids("xqzzzvk")[:2] == (UNKNOWN, 0)
