"""Asks linked to the responses that answer them; asks nobody answered; responses nobody asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from muster.assessment.relation import relate, whats_for
from muster.assessment.roll import open_asks
from muster.base.actors import state_codes
from muster.base.case import AskLine, Case
from muster.base.groups import Groups
from muster.base.scheme import ORGANISATIONS
from muster.ledger.entry import Entry
from muster.ledger.view import View

PER_CELL = 4
"""Responses taken from each (actor, what, status): the newest four of different origins."""

MOST_ASKS = 1_000
"""Ask statements taken for each ask of the case, and of those outside it: the earliest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that answers an ask, and how we know: `after` the ask, or `named` beside it in one document."""

    member: str
    entry: Entry
    link: str


@dataclass(frozen=True, slots=True)
class AskLink:
    """One ask of the case with what was said of it and what answers it.

    Attributes
    ----------
    ask : AskLine
    said : tuple of Entry
        Ask statements in documents on the same matter by the same asker, oldest first.
    addressed : tuple of str
        States that it was addressed to on the view's day, without the asker.
    answers : tuple of Answer
        Oldest first.
    unanswered : tuple of str
        Addressed states from which no response is known.
    """

    ask: AskLine
    said: tuple[Entry, ...]
    addressed: tuple[str, ...]
    answers: tuple[Answer, ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskLinks:
    """All asks of a case as linked on one date.

    Attributes
    ----------
    links : tuple of AskLink
        In the case's order.
    responses_without_ask : tuple of Entry
        Responses of states that answer none of the asks: given unasked, or the ask is not known.
    asks_outside : tuple of Entry
        Ask statements in documents that none of the case's asks covers.
    """

    links: tuple[AskLink, ...]
    responses_without_ask: tuple[Entry, ...]
    asks_outside: tuple[Entry, ...]


def link_asks(view: View, case: Case) -> AskLinks:
    """Return the asks of a case, each with the responses that answer it.

    A response answers an ask if it bears on the same matter (see `relation`), its actor was addressed on the
    response's day, and it came on or after the day of the ask, or one document names both.
    """
    asks = open_asks(case, view.as_of)
    responses = [
        entry
        for entry in view.standing_entries(
            None, (*state_codes(), *ORGANISATIONS), kinds=("response",), per_cell=PER_CELL
        )
        if entry.valid_from >= case.start
    ]
    answered: set[str] = set()
    covered: set[str] = set()
    links = []
    for ask in asks:
        said = view.statements("ask", [ask.asker], [ask.what, "everything"], limit=MOST_ASKS)
        here = [entry for entry in said if entry.valid_from >= case.start and _is_about(entry, ask, case.groups)]
        covered.update(entry.id for entry in here)
        bearing = whats_for(ask)
        answers = _answers(ask, [entry for entry in responses if entry.statement.what in bearing], here, case)
        answered.update(answer.entry.id for answer in answers)
        addressed = tuple(code for code in case.groups.expand(ask.target, view.as_of) if code != ask.asker)
        silent = set(addressed) - {answer.member for answer in answers}
        links.append(
            AskLink(ask, tuple(here), addressed, tuple(answers), tuple(code for code in addressed if code in silent))
        )
    unasked = tuple(entry for entry in responses if entry.id not in answered and entry.statement.actor != case.lead)
    outside = [entry for entry in view.statements("ask", limit=MOST_ASKS) if entry.valid_from >= case.start]
    return AskLinks(tuple(links), unasked, tuple(entry for entry in outside if entry.id not in covered))


def _is_about(entry: Entry, ask: AskLine, groups: Groups) -> bool:
    """Return whether an ask statement says this ask: same asker and matter, and targets that meet."""
    statement = entry.statement
    if statement.actor != ask.asker or statement.what not in {ask.what, "everything"}:
        return False
    if statement.target == ask.target:
        return True
    day = entry.valid_from
    theirs = set(groups.expand(statement.target, day))
    ours = set(groups.expand(ask.target, day)) or set(groups.expand(ask.target, ask.since))
    return bool(theirs & ours)


def _answers(ask: AskLine, responses: Sequence[Entry], said: Sequence[Entry], case: Case) -> list[Answer]:
    named = {
        (entry.document.id, code)
        for entry in said
        for code in case.groups.expand(entry.statement.target, entry.valid_from)
    }
    addressed: dict[date, frozenset[str]] = {}
    answers = []
    for entry in responses:
        if relate(entry, ask, case_start=case.start).strength == 0.0:
            continue
        actor, day = entry.statement.actor, max(entry.valid_from, ask.since)
        if day not in addressed:
            addressed[day] = frozenset(case.groups.expand(ask.target, day)) - {ask.asker}
        if actor not in addressed[day]:
            continue
        if (entry.document.id, actor) in named:
            answers.append(Answer(actor, entry, "named"))
        elif entry.valid_from >= ask.since:
            answers.append(Answer(actor, entry, "after"))
    return answers
