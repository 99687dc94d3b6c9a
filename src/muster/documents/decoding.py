"""Bytes become text: encodings, line ends, control characters; and what is no text at all is named.

Stored text is the contract of every offset in muster, so it is made in one place: line ends are `\\n`, each control
character is one space, each lone surrogate is U+FFFD. Nothing else is changed: no Unicode normal form, no trimming.
"""

import codecs
import re

_HEAD_BYTES = 8192  # what is looked at to tell text from other things

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ\x00", "xz-compressed"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "an RTF document"),
)

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_LINE_END = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def stored_text(text: str) -> str:
    """Return the form in which a text is kept: the one that offsets count in.

    Every line end (CR LF, CR, vertical tab, form feed, NEL, U+2028, U+2029) becomes one `\\n`, every other control
    character but the tab one space, every lone surrogate U+FFFD. Applying it twice changes nothing.
    """
    if not _ODD.search(text):
        return text
    text = _LINE_END.sub("\n", text)
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))


def byte_order_mark(data: bytes) -> tuple[str, int]:
    """Return the encoding that a byte order mark names and the mark's length; `("", 0)` without one."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding, len(mark)
    return "", 0


def what_is_binary(data: bytes) -> str:
    """Return what the first bytes say a file is if it is no text ("a PNG image"), else the empty string."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[4:12] in {b"ftypavif", b"ftypheic", b"ftypmp42", b"ftypisom"} or data[8:12] == b"WEBP":
        return "an image or a film"
    if byte_order_mark(data)[0]:
        return ""
    head = data[:_HEAD_BYTES]
    n_zero = head.count(0)
    if n_zero and n_zero == len(head):
        return "zeros only"
    n_control = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head)
    # Text has none to speak of; 2 % leaves room for a stray sign in an old wire file. Compressed data has about 10 %.
    if n_control <= max(2, 0.02 * len(head)):
        return ""
    return "binary (zero bytes; UTF-16 needs its byte order mark)" if 2 * n_zero > n_control else "binary"


def decode_text(data: bytes, *, declared: str = "") -> str:
    """Return the text of some bytes, before `stored_text`.

    The order is: a byte order mark; UTF-8; the declared encoding (an HTTP header or a meta tag); detection by
    charset-normalizer on the first 64 KB; Windows-1252, and Latin-1 for the bytes that it leaves undefined. It never
    fails: what cannot be decoded becomes U+FFFD.

    Parameters
    ----------
    data : bytes
    declared : str
        The encoding that the source itself names, if any; ignored where Python does not know it.
    """
    encoding, skip = byte_order_mark(data)
    if encoding:
        return data[skip:].decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4 and len(data) > _HEAD_BYTES:  # cut inside the last character
            return data.decode("utf-8", "replace")
    for encoding in (declared, _detected(data[: 1 << 16])):
        text = _decoded(data, encoding)
        if text is not None:
            return text
    return "".join(_WINDOWS_1252[byte] for byte in data)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        is_text = bool(encoding) and codecs.lookup(encoding)._is_text_encoding
        return data.decode(encoding) if is_text else None
    except (LookupError, UnicodeError, ValueError):
        return None


def _detected(head: bytes) -> str:
    # Western Europe's byte pages differ in a few signs, and short texts mislead a detector: where Windows-1252 gives
    # letters only, it is taken (WHATWG reads "latin-1" so too). The detector decides for the rest: Cyrillic, Greek, ...
    from charset_normalizer import from_bytes

    western = "".join(_WINDOWS_1252[byte] for byte in head if byte > 127)
    n_western = sum(sign in _WESTERN for sign in western)
    if n_western >= 0.9 * len(western) and len(western) < 0.3 * len(head):
        return ""
    best = from_bytes(head, cp_isolation=_CANDIDATES).best()
    return best.encoding if best is not None else ""


_CANDIDATES = [
    "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "iso8859_5", "iso8859_7",
    "iso8859_9", "koi8_r", "koi8_u", "cp866", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
]  # fmt: skip
_WINDOWS_1252 = [bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in range(256)]
_WESTERN = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿœŒŠšŽž€£§°«»‘’“”–—…·¿¡ºª\xa0®©")
