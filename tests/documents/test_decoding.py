"""Bytes to text: encodings, line ends, control characters, binaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.documents.decoding import decode_text, stored_text, what_is_binary

GERMAN = "Die Türkei prüft, ob sie Schiffe schickt. Das sagte der Außenminister in München."


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252"], ids=lambda name: name
)
def test_a_german_text_survives_every_common_encoding(encoding):
    """UTF-8, the marked UTF forms and the western byte pages give the same text."""
    assert decode_text(GERMAN.encode(encoding)) == GERMAN


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_the_byte_order_mark_decides_and_is_dropped(mark):
    """Both byte orders are read; the mark is no part of the text."""
    assert decode_text(("\ufeff" + GERMAN).encode(mark)) == GERMAN


def test_windows_quotes_are_read_as_quotation_marks():
    """Bytes 0x91-0x97 are typographic signs, not Latin-1 control characters."""
    assert decode_text(b"\x93We will not\x94 \x96 said Sanchez, caf\xe9") == "“We will not” – said Sanchez, café"


def test_cyrillic_bytes_are_detected():
    """A Russian text in Windows-1251 is not taken for western letters."""
    text = "Министерство обороны заявило, что корабли не будут отправлены в пролив. " * 4
    assert decode_text(text.encode("cp1251")) == text


def test_the_declared_encoding_comes_before_detection():
    """A Greek page that names ISO 8859-7 is read by it."""
    text = "Η Ελλάδα δεν θα στείλει πλοία."
    assert decode_text(text.encode("iso8859-7"), declared="iso-8859-7") == text


@pytest.mark.parametrize("declared", ["rot13", "zlib", "no-such", "base64", "utf-8\x00"])
def test_a_hostile_declared_encoding_is_ignored(declared):
    """Codecs that are no text encodings (zlib: a bomb) are never used."""
    assert decode_text("café".encode("latin-1"), declared=declared) == "café"


def test_line_ends_become_one_newline():
    """CR LF, CR, NEL, vertical tab, form feed and the Unicode separators are line ends."""
    assert stored_text("a\r\nb\rc\x85d\u2028e\u2029f\x0bg\x0ch\n") == "a\nb\nc\nd\ne\nf\ng\nh\n"


def test_control_characters_and_surrogates_are_replaced_one_for_one():
    """Only line ends change the length of a text."""
    assert stored_text("a\x00b\x1b\x7f\ud800\tc") == "a b  \ufffd\tc"


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_storing_a_stored_text_changes_nothing(text):
    """`stored_text` is idempotent, and its result can be written as UTF-8."""
    stored = stored_text(text)
    assert stored_text(stored) == stored
    stored.encode("utf-8")
    assert "\r" not in stored


@given(st.binary(max_size=400))
def test_any_bytes_decode(data):
    """Decoding never fails."""
    stored_text(decode_text(data)).encode("utf-8")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x00" * 5000, "zeros"),
        (GERMAN.encode("utf-16-le"), "zero bytes"),
        (bytes(range(256)) * 4, "binary"),
    ],
    ids=["png", "pdf", "zip", "zeros", "utf16-unmarked", "bytes"],
)
def test_binaries_are_named(data, name):
    """What is no text is named by its first bytes."""
    assert name in what_is_binary(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_text_is_not_binary(encoding):
    """Text in a known encoding passes, a stray control character included."""
    assert what_is_binary((GERMAN + "\x00").encode(encoding)) == ""
