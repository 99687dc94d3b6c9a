"""Tensions and acts against shipping, with their quotes."""

from collections.abc import Iterable
from dataclasses import dataclass

from muster.assessment.tension import Tension
from muster.base.actors import display_name
from muster.base.scheme import ACTIONS, WHATS
from muster.ledger.entry import Entry
from muster.surfaces.cards.quotes import QuoteCard, in_words, quote_card

KIND_WORDS = {
    "with-lead": "with the lead", "with-adversary": "ties to the adversary", "dual-role": "dual role",
    "between-partners": "between partners", "falling-back": "falling back", "words-and-deeds": "words against deeds",
    "between-sources": "sources disagree",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TensionRow:
    """A tension: when, who, against whom or on what, of which kind, with its quotes."""

    date: str
    actor: str
    target: str
    kind: str
    type: str
    sentence: str
    quotes: tuple[QuoteCard, ...]


@dataclass(frozen=True, slots=True)
class ActRow:
    """Acts of one kind by one actor against shipping or the strait."""

    action: str
    actor: str
    n_done: int
    n_other: int
    quotes: tuple[QuoteCard, ...]


def _said(sentence: str) -> str:
    """Return a sentence with the scheme's codes as a person would say them."""
    for code in WHATS:
        if "_" in code:
            sentence = sentence.replace(code, in_words(code))
    return sentence


def tension_rows(tensions: Iterable[Tension]) -> tuple[TensionRow, ...]:
    """Return the rows, newest first."""
    rows = [
        TensionRow(
            date=tension.on.isoformat(), actor=display_name(tension.actor),
            target=in_words(tension.target) if tension.target in WHATS else display_name(tension.target),
            kind=KIND_WORDS.get(tension.kind, tension.kind), type=in_words(tension.type),
            sentence=_said(tension.sentence),
            quotes=tuple(quote_card(entry) for entry in tension.entries),
        )
        for tension in tensions
    ]  # fmt: skip
    return tuple(reversed(rows))


def act_rows(entries: Iterable[Entry], *, most_quotes: int = 6) -> tuple[ActRow, ...]:
    """Return one row an actor and action in the scheme's order; the newest quotes of each."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.statement.action, entry.statement.actor), []).append(entry)
    rows = []
    for (action, actor), found in sorted(groups.items(), key=lambda item: (ACTIONS.index(item[0][0]), item[0][1])):
        n_done = sum(entry.statement.realis == "done" for entry in found)
        newest = sorted(found, key=lambda entry: (entry.valid_from, entry.id), reverse=True)[:most_quotes]
        quotes = tuple(quote_card(entry) for entry in newest)
        rows.append(ActRow(in_words(action), display_name(actor), n_done, len(found) - n_done, quotes))
    return tuple(rows)
