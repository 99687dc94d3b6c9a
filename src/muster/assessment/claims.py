"""All claims of a case and of its documents, each checked on the day it was made and again on the view's day."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from muster.assessment.claim import Verdict, check_claim
from muster.assessment.quantity import named_quantity, thresholds_of
from muster.assessment.sentence import Claim, Predicate, parse_claim
from muster.base.case import Case
from muster.base.errors import InputError
from muster.ledger.entry import Entry
from muster.ledger.view import View

OpenView = Callable[[date], View]
"""Opens the view of a day, as known at one and the same instant."""

MAX_FOUND = 200
"""Claims taken from documents at most, the newest: a year of news holds thousands, and a page shows what is recent."""


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """One claim with its two verdicts.

    Attributes
    ----------
    id : str
        The case's id, or the start of the statement's id.
    actor, sentence : str
    on : date
        When it was made.
    source : str
        Source id of a document, or where the document came from.
    entry : Entry or None
        The statement, for claims found in documents.
    then, now : Verdict or None
        On the day it was made, and on the later day; None where it could not be checked.
    problem : str
        Why not; empty otherwise.
    note : str
    """

    id: str
    actor: str
    sentence: str
    on: date
    source: str
    entry: Entry | None
    then: Verdict | None
    now: Verdict | None
    problem: str = ""
    note: str = ""


def check_claims(open_at: OpenView, case: Case, as_of: date) -> tuple[CheckedClaim, ...]:
    """Return the claims of the case file and of the documents, oldest first, each checked then and now.

    Parameters
    ----------
    open_at : callable
        Opens a view of a day.
    as_of : date
        The later day; claims made after it are left out.
    """
    now = open_at(as_of)
    views = {as_of: now}

    def view(day: date) -> View:
        if day not in views:
            views[day] = open_at(day)
        return views[day]

    checked = [
        _checked(claim.id, claim.actor, claim.text, claim.on, claim.source, None, claim.note, case, view, now)
        for claim in case.claims
        if claim.on <= as_of
    ]
    found = [entry for entry in now.statements("claim") if entry.valid_from >= case.start][-MAX_FOUND:]
    for entry in found:
        said = entry.statement
        source = entry.document.publisher or entry.document.source_id
        checked.append(
            _checked(entry.id[:12], said.actor, said.quote, entry.valid_from, source, entry, "", case, view, now)
        )
    return tuple(sorted(checked, key=lambda item: (item.on, item.entry is not None, item.id)))


def claim_of(entry: Entry, case: Case) -> Claim:
    """Return the claim that a statement of kind `claim` makes.

    Quantifier, population and polarity are the statement's; what is done is read from the quote where it can be, else
    it is everything that was asked.

    Raises
    ------
    InputError
        The population has no dated members in this case.
    """
    said = entry.statement
    if not case.groups.memberships(said.population):
        raise InputError(
            f"claim of {entry.id[:12]}: population {said.population} has no dated list", rule="nobody can be counted"
        )
    quantity = named_quantity(said.quantifier, thresholds_of(case.raw, place=f"case {case.name}"))
    predicate = Predicate("standing", ("everything",), "authorised", is_negated=said.polarity == "fail")
    source = "the statement's polarity"
    try:
        read = parse_claim(said.quote, case).predicate
    except InputError:
        pass
    else:
        predicate, source = read, f"the quote ({read.text})"
    parse = {
        "quantifier": f"{said.quantifier} ({quantity.threshold})",
        "population": said.population,
        "predicate": f"{source} -> {predicate.in_words()}",
    }
    return Claim(said.quote, said.quantifier, quantity, (said.population,), predicate, None, None, parse)


def _checked(
    claim_id: str,
    actor: str,
    sentence: str,
    on: date,
    source: str,
    entry: Entry | None,
    note: str,
    case: Case,
    view: Callable[[date], View],
    now: View,
) -> CheckedClaim:
    row = CheckedClaim(claim_id, actor, sentence, on, source, entry, None, None, note=note)
    try:
        claim = claim_of(entry, case) if entry is not None else parse_claim(sentence, case)
        return replace(row, then=check_claim(claim, view(on), case), now=check_claim(claim, now, case))
    except InputError as error:
        return replace(row, problem=str(error))
