"""A byte stream without what is not UTF-8: one odd cell must not stop a table."""

import codecs
import io


class CleanBytes(io.RawIOBase):
    """Read `stream`, leaving out bytes that are not UTF-8 (ship names in other encodings, line noise).

    Plain ASCII passes untouched. No more than the bytes asked for are returned (where more than four are): what is left
    out makes room for the at most three bytes of a character that the read before cut in two.
    """

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` clean bytes, at least one unless the stream is at its end."""
        while True:
            data = self._stream.read(size - 3 if size > 4 else size)
            if not data:
                return self._decoder.decode(b"", final=True).encode()
            if data.isascii() and not self._decoder.getstate()[0]:
                return data
            if clean := self._decoder.decode(data).encode():
                return clean

    def close(self) -> None:
        """Close the stream below."""
        self._stream.close()
        super().close()
