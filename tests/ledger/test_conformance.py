"""The conformance suite on both engines."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.conformance import History, answers
from ledger.rows import FakeClock, make_document, make_statement
from muster.ledger.store import Ledger, open_ledger

RELAXED = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(max_examples=12, **RELAXED)
@given(st.integers(0, 2**32), st.integers(5, 30))
def test_a_past_view_never_changes_sqlite(seed: int, n_steps: int) -> None:
    """Whatever is written later, a view gives the answers it gave, on SQLite."""
    clock = FakeClock()
    with open_ledger("sqlite://", clock=clock) as ledger:
        _run(ledger, clock, seed, n_steps)


@pytest.mark.postgres
@settings(max_examples=5, **RELAXED)
@given(st.integers(0, 2**32), st.integers(5, 30))
def test_a_past_view_never_changes_postgres(postgres_url: str, seed: int, n_steps: int) -> None:
    """The same on PostgreSQL; examples share one database, which only makes the histories longer."""
    clock = FakeClock()
    with open_ledger(postgres_url, clock=clock) as ledger:
        _run(ledger, clock, seed, n_steps)


def _run(ledger: Ledger, clock: FakeClock, seed: int, n_steps: int) -> None:
    history = History(ledger, clock, random.Random(seed))
    for _ in range(n_steps):
        history.step()
    history.take_view()
    history.check()


def test_the_history_check_can_fail(ledger: Ledger, clock: FakeClock) -> None:
    """A store that let a writer stamp rows into the past would be caught."""
    history = History(ledger, clock, random.Random(1))
    history.add_document()
    history.take_view()
    view, _ = history.taken[0]
    document = make_document("Slipped into the past", published=view.as_of)
    with ledger.writer() as writer:
        writer.stamp = 1  # what no writer does: an instant that is long past
        writer.add_document(document)
        writer.add_statements(document.id, [make_statement(document)])
    with pytest.raises(AssertionError):
        history.check()


def test_two_histories_of_one_order_are_equal(ledger_url: str) -> None:
    """What a view says depends on the rows alone: SQLite and PostgreSQL give equal answers to equal histories."""
    clock, other_clock = FakeClock(), FakeClock()
    with open_ledger(ledger_url, clock=clock) as one, open_ledger("sqlite://", clock=other_clock) as two:
        histories = [History(one, clock, random.Random(5)), History(two, other_clock, random.Random(5))]
        for history in histories:
            for _ in range(40):
                history.step()
            history.take_view()
        assert answers(histories[0].taken[-1][0]) == answers(histories[1].taken[-1][0])
