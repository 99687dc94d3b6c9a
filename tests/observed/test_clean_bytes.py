"""A stream without what is not UTF-8."""

import io

from hypothesis import given
from hypothesis import strategies as st

from muster.observed.clean_bytes import CleanBytes


@given(st.binary(max_size=200), st.integers(5, 40))
def test_what_is_left_is_what_decoding_would_leave(data: bytes, size: int) -> None:
    """However the reads cut it, and never more bytes than asked for."""
    stream, parts = CleanBytes(io.BytesIO(data)), []
    while part := stream.read(size):
        assert len(part) <= size
        parts.append(part)
    assert b"".join(parts) == data.decode("utf-8", "ignore").encode()


@given(st.text(max_size=60), st.integers(5, 40))
def test_good_text_passes_whole(text: str, size: int) -> None:
    """Characters cut in two by a read are put together again."""
    stream, parts = CleanBytes(io.BytesIO(text.encode())), []
    while part := stream.read(size):
        parts.append(part)
    assert b"".join(parts).decode() == text
