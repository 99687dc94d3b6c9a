"""Dates and instants parse strictly."""

from datetime import UTC, date, datetime

import pytest

from muster.base.clock import parse_date, parse_instant
from muster.base.errors import InputError


def test_a_bare_day_means_its_end() -> None:
    """Known at 10 April includes what was learnt on that day."""
    assert parse_instant("2026-04-10") == datetime(2026, 4, 10, 23, 59, 59, 999999, UTC)


def test_an_instant_is_carried_to_utc() -> None:
    """A zone other than UTC is converted."""
    assert parse_instant("2026-04-10T02:00+02:00") == datetime(2026, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "10/04/2026"])
def test_a_wrong_date_is_named(text: str) -> None:
    """The error shows the value that was typed and the form that is wanted."""
    with pytest.raises(InputError, match="is not a date; dates are ISO 8601"):
        parse_date(text)


def test_an_instant_without_zone_is_refused() -> None:
    """A naive instant is ambiguous."""
    with pytest.raises(InputError, match="has no time zone"):
        parse_instant("2026-04-10T00:00")


def test_a_datetime_is_cut_to_its_day() -> None:
    """Dates are days."""
    assert parse_date("2026-04-09T23:00Z") == date(2026, 4, 9)
