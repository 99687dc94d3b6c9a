"""What every store must keep: one suite, run on SQLite and on PostgreSQL by `test_conformance.py`.

The heart is a random history: writers of all kinds under a clock that jumps both ways, with views taken in between. At
the end every view must still give the answers it gave, and so must a new view opened at the same two instants.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ledger.rows import FakeClock, make_document, make_statement
from muster.base.document import Document
from muster.base.errors import InputError, QuoteError
from muster.base.scheme import STATUSES
from muster.base.statement import Statement
from muster.ledger.store import Ledger
from muster.ledger.view import View

FIRST_DAY = date(2026, 3, 1)


def answers(view: View) -> dict[str, Any]:
    """Return everything a view says."""
    entries = view.statements(include_rejected=True)
    return {
        "documents": view.documents(),
        "statements": entries,
        "unrejected": view.statements(),
        "of kind": view.statements("response", actors=["DEU"], whats=["escort"]),
        "standing": view.standing_entries(kinds=("response", "caveat")),
        "counts": dict(view.counts()),
        "reviewed": view.reviewed(),
        "review counts": dict(view.review_counts()),
        "unreviewed": view.unreviewed(limit=1000),
        "rulings": view.rulings(),
        "witnesses": [view.witnesses(entry.id) for entry in entries],
        "entries": [view.entry(entry.id) for entry in entries],
        "vintages": view.vintages(),
        "figures": {info.series: dict(view.vintage(info.series)) for info in view.vintages()},
    }


@dataclass
class History:
    """A ledger under random use, with what past views answered."""

    ledger: Ledger
    clock: FakeClock
    choose: random.Random
    documents: list[tuple[Document, list[Statement]]] = field(default_factory=list)
    taken: list[tuple[View, dict[str, Any]]] = field(default_factory=list)
    number: int = 0

    def step(self) -> None:
        """Do one random thing."""
        actions: list[Callable[[], None]] = [
            self.add_document, self.add_document, self.copy_document, self.regrade, self.read_again, self.rule,
            self.rule, self.restate, self.fail, self.take_view, self.take_view,
        ]  # fmt: skip
        self.clock.move(seconds=self.choose.choice([-86400, -1, 0, 0, 1, 3600]))
        self.choose.choice(actions)()

    def _statements(self, document: Document) -> list[Statement]:
        parts = document.text.split(" | ")
        chosen = self.choose.sample(parts, self.choose.randint(0, len(parts)))
        return [
            make_statement(
                document, part, actor=self.choose.choice(["DEU", "ESP"]), status=self.choose.choice(STATUSES),
                valid_to="2026-03-20" if self.choose.random() < 0.2 else "", reader=f"r/{self.choose.randint(1, 2)}",
            )
            for part in chosen
        ]  # fmt: skip

    def add_document(self) -> None:
        self.number += 1
        tag = f"{self.number} of {self.choose.random()}"
        text = " | ".join(f"Part {n} in {tag}" for n in range(3))
        published = FIRST_DAY + timedelta(days=self.choose.randint(0, 40))
        document = make_document(text, number=self.number, published=self.choose.choice([published, published, None]))
        self._write(document, self._statements(document), origin="")

    def copy_document(self) -> None:
        """A reprint: same text, other publisher, same origin."""
        if self.documents:
            self.number += 1
            first, statements = self.choose.choice(self.documents)
            copy = make_document(first.text, number=self.number, published=first.published)
            self._write(copy, statements, origin=f"story {first.id}")

    def _write(self, document: Document, statements: list[Statement], *, origin: str) -> None:
        with self.ledger.writer() as writer:
            writer.add_document(document, origin=origin, letter=self.choose.choice("ABCDEF"))
            writer.add_statements(document.id, statements)
        self.documents.append((document, statements))

    def regrade(self) -> None:
        if self.documents:
            document, _ = self.choose.choice(self.documents)
            story = self.choose.choice(self.documents)[0].id
            with self.ledger.writer() as writer:
                writer.add_document(document, origin=f"story {story}", letter=self.choose.choice("ABCDEF"))

    def read_again(self) -> None:
        if self.documents:
            document, _ = self.choose.choice(self.documents)
            with self.ledger.writer() as writer:
                writer.add_statements(document.id, self._statements(document), replaces=True)

    def rule(self) -> None:
        entries = self.ledger.view(date(2027, 1, 1)).statements(include_rejected=True)
        if not entries:
            return
        entry = self.choose.choice(entries)
        action = self.choose.choice(["accept", "reject", "correct", "undo"])
        more = {"reason": "wrong"} if action == "reject" else {}
        if action == "correct":
            more = {"field": "status", "value": self.choose.choice(STATUSES)}
        with suppress(InputError), self.ledger.writer() as writer:  # nothing to undo yet
            writer.add_ruling(entry.id, action, reviewer=self.choose.choice(["ann", "bob"]), **more)

    def restate(self) -> None:
        self.number += 1
        rows = [(FIRST_DAY + timedelta(days=n), float(self.choose.randint(0, 9))) for n in range(5)]
        with self.ledger.writer() as writer:
            writer.add_vintage("transits", f"edition {self.number} {self.choose.random()}", "s", rows)

    def fail(self) -> None:
        """A writer that breaks off: nothing of it may ever show."""

        false = make_document(f"Never stored {self.choose.random()}", publisher="")
        other = make_document("Never said anywhere, this sentence.")
        with suppress(QuoteError), self.ledger.writer() as writer:
            writer.add_document(false)
            writer.add_statements(false.id, [make_statement(false)])
            writer.add_statements(false.id, [make_statement(other)])

    def take_view(self) -> None:
        """Open a view at some day and some instant, past or not, and keep what it says."""
        as_of = FIRST_DAY + timedelta(days=self.choose.randint(-1, 60))
        known_at: datetime | None = None
        if self.taken and self.choose.random() < 0.5:
            known_at = self.choose.choice(self.taken)[0].known_at + timedelta(microseconds=self.choose.randint(-1, 1))
        view = self.ledger.view(as_of, known_at)
        self.taken.append((view, answers(view)))

    def check(self) -> None:
        """Every view ever taken still says the same, also when it is opened anew at its two instants."""
        for view, said in self.taken:
            assert answers(view) == said
            again = self.ledger.view(view.as_of, view.known_at)
            assert again.known_at == view.known_at
            assert answers(again) == said
        never = [info for info in self.ledger.view(date(2027, 1, 1)).documents() if not info.publisher]
        assert never == []
