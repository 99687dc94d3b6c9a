"""Content ids: sha256 over fields in canonical, length-prefixed form."""

import hashlib
import unicodedata
from collections.abc import Iterable

ID_HEX_DIGITS = 32  # 128 bits: a collision among 10**9 rows has probability below 10**-20 (birthday bound)


def content_id(kind: str, fields: Iterable[str | None]) -> str:
    """Return the id of a row: hex sha256 of its kind and fields, cut to 128 bits.

    Each field is written as its byte length, a colon and its bytes; None is written as `-`. So no two different
    lists of fields give the same bytes, whatever characters they hold.

    Parameters
    ----------
    kind : str
        What the row is (`document`, `statement`, ...): ids of different kinds never meet.
    fields : iterable of str or None
        The content in a fixed order. Text is taken in Unicode form NFC.

    Returns
    -------
    str
        32 lower-case hex digits.
    """
    given = (kind, *fields)
    joined = "".join(["-" if field is None else f"{len(field)}:{field}" for field in given])
    data = joined.encode("ascii") if joined.isascii() else b"".join(map(_field_bytes, given))
    return hashlib.sha256(data).hexdigest()[:ID_HEX_DIGITS]


def _field_bytes(field: str | None) -> bytes:
    if field is None:
        return b"-"
    data = unicodedata.normalize("NFC", field).encode("utf-8", "surrogatepass")
    return b"%d:%b" % (len(data), data)
