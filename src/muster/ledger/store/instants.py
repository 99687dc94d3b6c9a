"""Instants as the ledger stores them: whole microseconds since 1970-01-01 UTC."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Return the whole microseconds since 1970 of an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=4_096)  # a view's rows share the stamps of few transactions
def from_micros(micros: int) -> datetime:
    """Return the UTC instant of whole microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros)
