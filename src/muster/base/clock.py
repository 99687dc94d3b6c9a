"""Dates and instants: the world's clock (`valid_from`, `valid_to`) and ours (`recorded_at`, `superseded_at`).

The world is dated in days, muster's own records in UTC instants. Both parse strictly and fail with one sentence.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

from muster.base.errors import InputError

_DAY_LENGTH = len("2026-04-09")

Clock = Callable[[], datetime]
"""A source of the present instant; tests inject their own."""


def utc_now() -> datetime:
    """Return the present instant, UTC-aware, to the microsecond."""
    return datetime.now(UTC)


def parse_date(text: str | date, *, name: str = "date") -> date:
    """Return the day that `text` names in ISO form (`2026-04-09`; a longer instant is cut to its day).

    Raises
    ------
    InputError
        `text` is no ISO date; names the value and where it was given.
    """
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    cleaned = text.strip()
    try:
        return date.fromisoformat(cleaned) if len(cleaned) <= _DAY_LENGTH else datetime.fromisoformat(cleaned).date()
    except ValueError:
        raise InputError(
            f"{name} {text!r} is not a date", rule="dates are ISO 8601, such as 2026-04-09", next_step="Correct it"
        ) from None


def parse_instant(text: str | datetime, *, name: str = "instant") -> datetime:
    """Return the UTC instant that `text` names (`2026-04-10T00:00Z`; a bare day means its last microsecond).

    A bare day means its end, because "as known on 10 April" includes what was learnt on that day.

    Raises
    ------
    InputError
        `text` is no ISO instant, or has no zone.
    """
    if isinstance(text, datetime):
        instant = text
    else:
        cleaned = text.strip()
        try:
            if len(cleaned) == _DAY_LENGTH:
                return datetime.combine(date.fromisoformat(cleaned), time.max, UTC)
            instant = datetime.fromisoformat(cleaned)
        except ValueError:
            raise InputError(
                f"{name} {text!r} is not an instant",
                rule="instants are ISO 8601 with a zone, such as 2026-04-10T00:00Z",
                next_step="Correct it",
            ) from None
    if instant.tzinfo is None:
        raise InputError(f"{name} {text!r} has no time zone", rule="instants carry a zone", next_step="Add Z for UTC")
    return instant.astimezone(UTC)
