"""Content ids: equal content, equal id; different fields, different id."""

from hypothesis import given
from hypothesis import strategies as st

from muster.base.ids import content_id

FIELD_LISTS = st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=5)


def test_fields_never_run_into_each_other() -> None:
    """Moving a separator between fields gives another id."""
    assert content_id("x", ["a", "b.c"]) != content_id("x", ["a.b", "c"])
    assert content_id("x", ["ab", ""]) != content_id("x", ["a", "b"])


def test_none_is_not_the_empty_text() -> None:
    """An absent field and an empty one are different content."""
    assert content_id("x", [None]) != content_id("x", [""])
    assert content_id("x", ["-"]) != content_id("x", [None])


def test_unicode_forms_of_one_text_share_an_id() -> None:
    """Composed and decomposed accents are the same content."""
    assert content_id("x", ["Rott\u00e9"]) == content_id("x", ["Rotte\u0301"])


@given(FIELD_LISTS, FIELD_LISTS)
def test_ids_are_equal_only_for_equal_fields(left: list[str | None], right: list[str | None]) -> None:
    """Two ids agree exactly when the normalised fields do."""
    import unicodedata

    def normal(fields: list[str | None]) -> list[str | None]:
        return [None if field is None else unicodedata.normalize("NFC", field) for field in fields]

    assert (content_id("x", left) == content_id("x", right)) == (normal(left) == normal(right))
