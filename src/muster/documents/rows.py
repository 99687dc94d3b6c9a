"""One JSON row (a line, an array item, a Parquet row) becomes a Document."""

import calendar
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from muster.base.document import Document
from muster.base.errors import DocumentError
from muster.documents.decoding import stored_text
from muster.documents.language import detect_language

FORMAT_RULE = "a document is an object with id, text and, if known, url, publisher, title, published, language"
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")
_MAX_FIELD_CHARACTERS = 4096  # of id, url, publisher and title: longer is not one


def parse_json(text: str, *, place: str) -> Any:
    """Return the value of a JSON text; a DocumentError names the place and what is wrong."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise DocumentError(f"{place}: JSON is nested too deeply", rule=FORMAT_RULE) from None
    except ValueError as error:  # JSONDecodeError, and numbers of thousands of digits
        reason = str(error).split("\n", maxsplit=1)[0][:200]
        raise DocumentError(f"{place}: no valid JSON ({reason})", rule=FORMAT_RULE) from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def document_of_row(row: Any, *, place: str, name: str) -> tuple[Document, str]:
    """Return the document that a row describes, and what about it could not be used.

    Parameters
    ----------
    row : object
        `text` must be a text with something in it; `id`, `url`, `publisher`, `title`, `published`, `language`,
        `retrieved_at`, `flags`, `is_digest` are optional; other keys are ignored.
    place : str
        File and line, for the error.
    name : str
        The source id of a row without `id`.

    Returns
    -------
    document : Document
        `is_digest` is the key of that name if it is given, else whether `flags` lists `digest`.
    complaint : str
        Empty, or one clause about a value that was left out (a date that is none); the document is still good.

    Raises
    ------
    DocumentError
        The row is no object or has no text.
    """
    if not isinstance(row, Mapping):
        raise DocumentError(f"{place}: no JSON object", rule=FORMAT_RULE)
    text = row.get("text")
    if not isinstance(text, str):
        raise DocumentError(f"{place}: no text", rule=FORMAT_RULE)
    text = stored_text(text)
    if not text.strip():
        raise DocumentError(f"{place}: the text is empty", rule=FORMAT_RULE)
    published, complaint = parse_published(row.get("published"))
    retrieved_at, _ = _instant(row.get("retrieved_at"))
    language = row.get("language")
    flags = row.get("flags")
    is_digest = row.get("is_digest")
    if not isinstance(is_digest, bool):
        is_digest = isinstance(flags, (list, tuple)) and "digest" in flags
    document = Document(
        source_id=_field(row.get("id")) or name,
        text=text,
        url=_field(row.get("url")),
        publisher=_field(row.get("publisher")),
        title=_field(row.get("title")),
        published=published,
        language=_language_code(language) or detect_language(text),
        retrieved_at=retrieved_at,
        is_digest=is_digest,
    )
    return document, complaint


def parse_published(value: Any) -> tuple[date | None, str]:
    """Return the day of a publication date as feeds, pages and exports write it, and a complaint if it is none.

    ISO 8601 (`2026-04-09`, with or without a time), `20260409`, GDELT's `20260409T101500Z`, RFC 2822 (`Thu, 09 Apr
    2026 10:15:00 GMT`), and date values. An instant with a zone is taken in UTC. A month (`2026-04`) or a year stands
    for its last day: a document must not be seen in the past of its publication.
    """
    if value is None or value == "":
        return None, ""
    instant, known = _instant(value)
    if known:
        return (instant.date() if instant else None), ""
    return None, f"published {str(value)[:60]!r} is not a date"


def _instant(value: Any) -> tuple[datetime | None, bool]:
    """An instant (UTC) from what may be a date; False where it is none."""
    if value is None:
        return None, True
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC), True
    if isinstance(value, str):
        value = _last_day(value.strip())
        for parse in (datetime.fromisoformat, parsedate_to_datetime):
            try:
                value = parse(value)
                break
            except (ValueError, TypeError, IndexError):
                continue
    if not isinstance(value, datetime):
        return None, False
    try:
        return (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)), True
    except OverflowError:
        return None, False


def _last_day(text: str) -> str:
    """`2026-04` -> `2026-04-30`, `2026` -> `2026-12-31`; anything else as it is."""
    found = _PARTIAL_DATE.fullmatch(text)
    if not found:
        return text
    year, month = int(found[1]), int(found[2] or 12)
    return f"{found[1]}-{month:02d}-{calendar.monthrange(year, month)[1]}" if year and 1 <= month <= 12 else text


def _field(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    try:
        return " ".join(stored_text(str(value)).split())[:_MAX_FIELD_CHARACTERS]
    except ValueError:  # an integer of thousands of digits
        return ""


def _language_code(value: Any) -> str:
    """`en`, `EN`, `en-GB`, `en_US` -> `en`; anything else is left to detection."""
    if not isinstance(value, str):
        return ""
    code = value.strip().lower().replace("_", "-").split("-")[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
