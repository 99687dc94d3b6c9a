"""The choice of standing entries agrees with a plain count over all statements."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.rows import make_document, make_statement
from muster.base.errors import InputError
from muster.ledger.entry import Entry
from muster.ledger.store import Ledger, open_ledger

AS_OF = date(2026, 4, 20)
ROWS = st.tuples(
    st.sampled_from(["DEU", "ESP"]),
    st.sampled_from(["escort", "basing"]),
    st.sampled_from(["refused", "pledged"]),
    st.integers(0, 3),  # origin
    st.integers(0, 40),  # day
    st.booleans(),  # rejected
)


def _plain(entries: tuple[Entry, ...], per_cell: int) -> dict[str, int]:
    cells = defaultdict(list)
    for entry in entries:
        item = entry.statement
        cells[item.kind, item.actor, item.what, item.status, item.type].append(entry)
    chosen = {}
    for rows in cells.values():
        by_origin: dict[str, str] = {}
        for entry in sorted(rows, key=lambda row: (row.valid_from, row.recorded_at), reverse=True):
            by_origin.setdefault(entry.document.origin, entry.id)
        for key in list(by_origin.values())[:per_cell]:
            chosen[key] = min(len(by_origin), per_cell)
    return chosen


def _fill(ledger: Ledger, rows: list[tuple[str, str, str, int, int, bool]]) -> None:
    for number, (actor, what, status, origin, day, is_rejected) in enumerate(rows):
        with ledger.writer() as writer:
            published = date(2026, 3, 20) + timedelta(days=day)
            document = make_document(f"Words number {number}.", number=number, published=published)
            statement = make_statement(document, actor=actor, what=what, status=status)
            writer.add_document(document, origin=f"origin {origin}")
            writer.add_statements(document.id, [statement])
            if is_rejected:
                writer.add_ruling(statement.id_in(document.id), "reject", reviewer="ann", reason="no")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, max_size=30), st.integers(1, 4))
def test_the_choice_is_the_newest_of_each_origin(
    rows: list[tuple[str, str, str, int, int, bool]], per_cell: int
) -> None:
    """Newest first, one per origin, rejected ones left out, with the number of origins."""
    with open_ledger("sqlite://") as ledger:
        _fill(ledger, rows)
        view = ledger.view(AS_OF)
        chosen = {entry.id: entry.n_origins for entry in view.standing_entries(per_cell=per_cell)}
        assert chosen == _plain(view.statements("response"), per_cell)


def test_both_engines_choose_alike(ledger: Ledger) -> None:
    """The choice by index on SQLite and by one lateral query on PostgreSQL follow the same rule."""
    rows = [("DEU", "escort", "refused", n % 3, n, n % 5 == 0) for n in range(30)]
    _fill(ledger, rows + [("ESP", "basing", "pledged", n, n, False) for n in range(12)])
    view = ledger.view(AS_OF)
    for per_cell in (1, 2, 8):
        chosen = {entry.id: entry.n_origins for entry in view.standing_entries(per_cell=per_cell)}
        assert chosen == _plain(view.statements("response"), per_cell)
    assert {e.statement.actor for e in view.standing_entries(actors=["ESP"], whats=["basing"])} == {"ESP"}
    assert view.standing_entries(actors=[]) == ()


def test_only_kinds_with_standings_are_chosen(ledger: Ledger) -> None:
    """A claim has no standing."""
    with pytest.raises(InputError, match="has no standings"):
        ledger.view(AS_OF).standing_entries(kinds=["claim"])


def test_the_earliest_are_the_first_of_all(ledger: Ledger) -> None:
    """A list with a limit, read in the order of an index, begins like the whole list."""
    rows = [("DEU", "escort", "refused", n % 3, (n * 7) % 30, n % 5 == 0) for n in range(20)]
    _fill(ledger, rows + [("ESP", "basing", "pledged", n, n % 4, False) for n in range(12)])
    view = ledger.view(AS_OF - timedelta(days=9))
    for chosen in ({}, {"actors": ["DEU"], "whats": ["escort", "basing"]}, {"actors": ["ESP", "DEU"]}):
        whole = view.statements("response", **chosen)
        assert whole
        for limit in (1, 3, 10, 1000):
            assert view.statements("response", **chosen, limit=limit) == whole[:limit]
            assert view.statements("response", **chosen, limit=limit, offset=2) == whole[2 : limit + 2]
