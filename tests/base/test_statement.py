"""A statement carries exactly the fields of its kind, and its quote is verbatim."""

import pytest

from muster.base.errors import InputError, QuoteError
from muster.base.ids import content_id
from muster.base.scheme import ALL_FIELDS, FIELDS, KINDS, allowed_codes
from muster.base.statement import Statement

TEXT = "Spain refused the use of its bases."
ROW = {
    "kind": "response", "actor": "ESP", "what": "basing", "status": "refused",
    "quote": "Spain refused the use of its bases", "start": 0, "end": 34, "rule": "refuse",
}  # fmt: skip


def test_a_row_survives_the_round_trip() -> None:
    """of(to_row(x)) is x."""
    statement = Statement.of(ROW)

    assert Statement.of(statement.to_row()) == statement
    statement.check_quote(TEXT)


@pytest.mark.parametrize("text", ["Spain Refused the use of its bases.", " Spain refused the use of its bases", ""])
def test_a_quote_elsewhere_is_refused(text: str) -> None:
    """No case folding, no shift, no fuzzy match."""
    with pytest.raises(QuoteError, match="quotes must be verbatim"):
        Statement.of(ROW).check_quote(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "rumour"}, "kind 'rumour' is not one of ask"),
        ({"status": "maybe"}, "status 'maybe'; status must be one of refused"),
        ({"what": ""}, "what ''"),
        ({"target": "USA"}, "has key 'target'; a response carries actor, what, status"),
        ({"colour": "red"}, "has key 'colour'"),
        ({"end": 33}, r"offsets \[0, 33\) do not fit a quote of 34 characters"),
        ({"quote": None}, "needs quote, start and end"),
    ],
)
def test_a_row_outside_the_scheme_is_named(change: dict[str, object], message: str) -> None:
    """The error names the place, the key and the value."""
    with pytest.raises(InputError, match=message):
        Statement.of({**ROW, **change}, place="line 3")


def test_the_id_ignores_reader_and_rule() -> None:
    """The same words read the same way are the same statement, whoever read them."""
    first = Statement.of({**ROW, "reader": "rules/1"})
    second = Statement.of({**ROW, "reader": "rules/2", "rule": "other"})

    assert first.id_in("d") == second.id_in("d")
    assert first.id_in("d") != first.id_in("e")


def test_every_field_of_every_kind_has_codes_or_is_an_actor() -> None:
    """Only actor and target take open actor codes."""
    open_fields = {name for kind in KINDS for name in FIELDS[kind] if not allowed_codes(kind, name)}

    assert open_fields == {"actor", "target"}


@pytest.mark.parametrize("quote", ["plain words", "3:abc-", "Türkiye said no", "Cafe\u0301"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_id_is_the_content_id_of_kind_codes_and_quote(kind, quote):
    """The short way to a statement's id gives the id of the canonical form, whatever the characters."""
    codes = {name: (allowed_codes(kind, name) or ("GBR",))[0] for name in FIELDS[kind]}
    statement = Statement(kind, quote=quote, start=7, end=7 + len(quote), **codes)
    fields = [getattr(statement, name) or None for name in ALL_FIELDS]

    assert statement.id_in("d1") == content_id("statement", ["d1", kind, *fields, "7", str(7 + len(quote)), quote])
