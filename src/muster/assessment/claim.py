"""Claims checked by arithmetic: who is known to do it, who is known not to, who is unreported, and what follows.

Silence is never compliance: the worst case counts every unreported member against the claim, the best case for it.
A claim is supported if even the worst case meets it, contradicted if even the best case fails it, else undetermined.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from muster.assessment.belonging import Membership, list_of
from muster.assessment.quantity import Quantity
from muster.assessment.roll import Roll, build_roll
from muster.assessment.sentence import Claim, Predicate, parse_claim
from muster.assessment.standing import PATIENCE_DAYS, UNREPORTED, Standing
from muster.base.actors import display_name
from muster.base.case import Case
from muster.base.errors import CaseError, InputError
from muster.base.scheme import STATUS_LADDER
from muster.ledger.entry import Entry
from muster.ledger.view import View

_REFUSALS = ("refused", "withdrawn")
_MAYBE = ("considering", "conditional")
KEPT_AT = {
    "political_support": "pledged", "basing": "authorised", "logistics": "authorised", "intelligence": "authorised",
}  # fmt: skip
"""The rung at which a promise is kept: words are the deed of political support, permission that of bases. Ships,
minehunters, aircraft and people must have moved (`deployed`)."""
ENOUGH = KEPT_AT | {"mission": "pledged"}
"""The rung at which a matter is as good as done, whatever the verb: who was asked to join and joined has done it."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """One member that breaks a claim, with what shows it.

    `ask` and `status` say which standing; `entry` carries the quote (None for a dated list, where `note` says it).
    """

    member: str
    ask: str
    status: str
    entry: Entry | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence says of a claim on one date.

    Attributes
    ----------
    claim : Claim
    verdict : str
        `supported`, `contradicted` or `undetermined`.
    as_of : date
    population : tuple of str
        The members counted, without the asker.
    known_yes, known_no, unreported : tuple of str
        A partition of the population.
    n_unnamed : int
        Members that a source counts and nobody names; in open lists only.
    worst_share, best_share : float
        Share that does it if no unreported member does, and if all do; 0..1.
    needed_share : float or None
        Least share of the unreported that must do it for the claim to hold (for a ceiling: the largest that may).
        None where the verdict does not depend on them.
    exceptions : tuple of Breaker
        The rows that break the claim, refusals first.
    notes : tuple of str
        What a reader must know: contested and group-only standings that were not counted, other sizes.
    """

    claim: Claim
    verdict: str
    as_of: date
    population: tuple[str, ...]
    known_yes: tuple[str, ...]
    known_no: tuple[str, ...]
    unreported: tuple[str, ...]
    n_unnamed: int
    worst_share: float
    best_share: float
    needed_share: float | None
    exceptions: tuple[Breaker, ...]
    notes: tuple[str, ...]

    @property
    def n_population(self) -> int:
        """Return how many members are counted, unnamed ones included."""
        return len(self.population) + self.n_unnamed

    @property
    def sentence(self) -> str:
        """Return the claim as it was given."""
        return self.claim.sentence

    @property
    def quantifier(self) -> str:
        """Return the name of the quantifier."""
        return self.claim.quantifier

    @property
    def parse(self) -> dict[str, str]:
        """Return how the sentence was read."""
        return dict(self.claim.parse)

    def headline(self) -> str:
        """Return the verdict in one sentence with its counts."""
        n_open = len(self.unreported) + self.n_unnamed
        counts = (
            f"{len(self.known_yes)} of {self.n_population} are known to, {len(self.known_no)} are known not to, "
            f"{n_open} {'is' if n_open == 1 else 'are'} unreported"
        )
        return (
            f"{self.verdict.capitalize()} on {self.as_of}: {counts}; the share is between {self.worst_share:.0%} and "
            f"{self.best_share:.0%}, the claim needs {self.claim.quantity.threshold}."
        )


def check_claim(claim: str | Claim, view: View, case: Case, roll: Roll | None = None) -> Verdict:
    """Return the verdict on a sentence, or on a parsed claim.

    Parameters
    ----------
    claim : str or Claim
    view : View
        Its `as_of` is the day of the check; a date in the sentence is not applied here (open the view there).
    roll : Roll, optional
        A roll of the same view and case that has the whole population as rows; built if left out.

    Raises
    ------
    InputError
        The sentence could not be read, or names a population or matter that the case does not know.
    """
    parsed = parse_claim(claim, case) if isinstance(claim, str) else claim
    if parsed.predicate.kind == "belonging":
        return _check_belonging(parsed, view, case)
    population = population_of(parsed, case, view.as_of)
    if roll is None or roll.as_of != view.as_of or not set(population) <= set(roll.members):
        roll = build_roll(view, case, members=population)
    return _check_standings(parsed, population, roll, case)


def population_of(claim: Claim, case: Case, on: date) -> tuple[str, ...]:
    """Return the members that a claim counts on a day: its groups intersected, without the asker.

    Raises
    ------
    InputError
        A group has no dated members in this case.
    """
    chosen: set[str] | None = None
    for code in claim.population:
        members = set(case.members(on)) if code == "ROLL" else set(case.groups.members(code, on))
        if not members:
            rule = (
                f"groups with members on {on}: {', '.join(c for c in case.groups.codes if case.groups.members(c, on))}"
            )
            raise InputError(f"claim {claim.sentence!r}: population {code} has no members on {on}", rule=rule)
        chosen = members if chosen is None else chosen & members
    return tuple(sorted((chosen or set()) - {case.lead}))


def _check_standings(claim: Claim, population: Sequence[str], roll: Roll, case: Case) -> Verdict:
    asks = _columns(claim, roll, case)
    what_of = {ask.id: ask.what for ask in roll.asks}
    yes: list[str] = []
    no: list[str] = []
    unknown: list[str] = []
    breakers: list[Breaker] = []
    contested: list[str] = []
    group_only: list[str] = []
    undecided: list[str] = []
    is_open_no = open_answers_of(case) == "no"
    for member in population:
        standings = _relevant(claim.predicate, [roll.cell(member, ask) for ask in asks])
        truths = [
            None
            if not is_open_no and _is_undecided(standing, claim.predicate)
            else _truth(standing, claim.predicate, what_of[standing.ask_id], roll.as_of)
            for standing in standings
        ]
        answer = _joined(truths, claim.predicate)
        (yes if answer else unknown if answer is None else no).append(member)
        if answer is None and any(standing.is_contested for standing in standings):
            contested.append(member)
        if answer is None and any(standing.is_collective for standing in standings):
            group_only.append(member)
        if _is_undecided_alone(standings, truths, claim.predicate, answer):
            undecided.append(member)
        if answer is not None and answer == claim.quantity.is_upper:
            wanted = claim.quantity.is_upper != claim.predicate.is_negated
            breakers.extend(
                Breaker(member, standing.ask_id, standing.status, _witness(standing))
                for standing, truth in zip(standings, truths, strict=True)
                if truth is wanted
            )
    notes = []
    if contested:
        notes.append(f"Contested, so not counted either way: {_names(contested)}.")
    if group_only:
        notes.append(
            f"Known only from what is said of a group, so left unreported: {_names(group_only)}. "
            "A claim about all is not checked by another claim about all."
        )
    if undecided:
        counted = "counted as not doing it (yet)" if is_open_no else "left unreported, as the case says"
        notes.append(f"Considering or setting conditions, with no refusal known: {counted}: {_names(undecided)}.")
    breakers.sort(key=_severity)
    return _verdict(claim, roll.as_of, population, yes, no, unknown, 0, breakers, notes)


def _severity(row: Breaker) -> tuple[bool, str, str, str]:
    """Sort refusals before the rest, better graded sources before worse."""
    letter = row.entry.document.letter if row.entry else "Z"
    return row.status not in _REFUSALS, letter, row.member, row.ask


def _columns(claim: Claim, roll: Roll, case: Case) -> tuple[str, ...]:
    """Return the ids of the asks that a predicate is about; those of the lead first of all."""
    by_lead = [ask for ask in roll.asks if ask.asker == case.lead]
    whats = claim.predicate.whats
    if claim.predicate.kind == "promises" or whats in {("everything",), ("anything",)}:
        found = by_lead
    else:
        found = [ask for ask in by_lead if ask.what in whats] or [ask for ask in roll.asks if ask.what in whats]
    if not found:
        rule = f"asks open on {roll.as_of}: {', '.join(ask.id for ask in by_lead) or 'none'}"
        raise InputError(f"claim {claim.sentence!r}: no ask about {' or '.join(whats) or 'anything'}", rule=rule)
    return tuple(ask.id for ask in found)


def _relevant(predicate: Predicate, standings: Sequence[Standing]) -> list[Standing]:
    """Return the standings that decide: for everything and anything only asks that were addressed to the member."""
    if predicate.kind == "promises":
        return [standing for standing in standings if standing.direction == "yes" and not standing.is_collective]
    if predicate.whats in {("everything",), ("anything",)}:
        return [standing for standing in standings if standing.is_asked]
    return list(standings)


def _truth(standing: Standing, predicate: Predicate, what: str, on: date) -> bool | None:
    """Return whether one standing meets the test (negation left out); None where it is not known."""
    if standing.status == UNREPORTED or standing.is_contested or standing.is_collective:
        return None
    if predicate.test == "refusal":
        return standing.status in _REFUSALS
    if standing.status not in STATUS_LADDER:
        return False
    needed = STATUS_LADDER.index(predicate.test)
    enough = (KEPT_AT if predicate.kind == "promises" else ENOUGH).get(what)
    if enough is not None:
        needed = min(needed, STATUS_LADDER.index(enough))
    is_met = STATUS_LADDER.index(standing.status) >= needed
    if not is_met and predicate.kind == "promises" and _is_young(standing, on):
        return None
    return is_met


def open_answers_of(case: Case) -> str:
    """Return how a case counts members that consider it or set conditions: `no` (not yet) or `unreported`.

    Raises
    ------
    CaseError
        `[check] open_answers` is something else.
    """
    value = case.raw.get("check", {}).get("open_answers", "no")
    if value not in {"no", "unreported"}:
        raise CaseError(
            f"case {case.name} [check]: open_answers = {value!r}", rule="one of no, unreported",
            next_step="Correct the case file",
        )  # fmt: skip
    return str(value)


def _is_undecided(standing: Standing, predicate: Predicate) -> bool:
    """Return whether a standing is a maybe and more than that is tested."""
    return standing.direction == "maybe" and predicate.test not in {"refusal", *_MAYBE}


def _is_undecided_alone(
    standings: Sequence[Standing], truths: Sequence[bool | None], predicate: Predicate, answer: bool | None
) -> bool:
    """Return whether nothing but undecided answers keeps a member from a known yes."""
    short = [standing for standing, truth in zip(standings, truths, strict=True) if truth is not True]
    decisive = [standing for standing in short if standing.status != UNREPORTED]
    is_yes = answer is not None and answer != predicate.is_negated
    return not is_yes and bool(decisive) and all(_is_undecided(standing, predicate) for standing in decisive)


def _is_young(standing: Standing, on: date) -> bool:
    """Return whether a promise is so recent that it may still be kept."""
    made = min(entry.valid_from for entry in standing.entries)
    return (on - made).days <= PATIENCE_DAYS


def _joined(truths: Sequence[bool | None], predicate: Predicate) -> bool | None:
    """Join the truths of several asks: all of them for everything and promises, one of them otherwise."""
    if not truths:
        return None
    if predicate.whats == ("everything",) or predicate.kind == "promises":
        answer = False if False in truths else None if None in truths else True
    else:
        answer = True if True in truths else None if None in truths else False
    return answer if answer is None or not predicate.is_negated else not answer


def _witness(standing: Standing) -> Entry | None:
    """Return the statement to quote for a standing: of its status, the best graded, then the newest."""
    fitting = [entry for entry in standing.entries if entry.statement.status == standing.status] or standing.entries
    return min(
        fitting, key=lambda entry: (entry.document.letter, -entry.valid_from.toordinal(), entry.id), default=None
    )


def _check_belonging(claim: Claim, view: View, case: Case) -> Verdict:
    """Check a claim about a dated list: signatories, participants, members of a coalition."""
    listed = list_of(case, claim.predicate.group, view.as_of)
    notes = list(listed.notes())
    if not claim.population:
        return _verdict(
            claim, view.as_of, listed.names, listed.names, (), (), listed.n_unnamed, (), notes, is_open=True
        )
    population = population_of(claim, case, view.as_of)
    yes = [member for member in population if member in listed.names]
    rest = [member for member in population if member not in listed.names]
    no, unknown = (rest, []) if listed.is_complete else ([], rest)
    if claim.predicate.is_negated:
        yes, no = no, yes
    breakers = _list_breakers(claim.quantity, listed, yes, no)
    return _verdict(claim, view.as_of, population, yes, no, unknown, 0, breakers, notes)


def _list_breakers(quantity: Quantity, listed: Membership, yes: Iterable[str], no: Iterable[str]) -> list[Breaker]:
    rows = []
    for member in yes if quantity.is_upper else no:
        is_on = member in listed.names
        note = (
            f"{'On' if is_on else 'Not on'} the list {listed.group} ({listed.unit}); source {listed.source_of(member)}."
        )
        rows.append(Breaker(member, listed.group, "listed" if is_on else "not listed", None, note))
    return rows


def _verdict(
    claim: Claim,
    as_of: date,
    population: Sequence[str],
    yes: Sequence[str],
    no: Sequence[str],
    unknown: Sequence[str],
    n_unnamed: int,
    breakers: Sequence[Breaker],
    notes: Sequence[str],
    *,
    is_open: bool = False,
) -> Verdict:
    """Compare what is possible with what the quantity allows."""
    n = len(population) + n_unnamed
    n_open = len(unknown) + n_unnamed
    notes = list(notes)
    if "not read" in claim.parse:
        notes.append(f"These words of the sentence were not read: {claim.parse['not read']}.")
    if n == 0:
        notes.append("Nobody is in the population on this day, so there is nothing to count.")
        return Verdict(claim, "undetermined", as_of, (), (), (), (), 0, 0.0, 0.0, None, (), tuple(notes))
    if claim.n_stated is not None and claim.n_stated != n and not is_open:
        notes.append(f"The sentence counts {claim.n_stated} members; the dated group has {n} without the asker.")
    least, most = len(yes), len(yes) + n_open
    low, high = claim.quantity.allowed(max(n, int(claim.quantity.number)) if is_open else n)
    possible_low, possible_high = max(least, low), min(most, high)
    needed: float | None = None
    if possible_low > possible_high:
        verdict = "contradicted"
    elif low <= least and most <= high:
        verdict = "supported"
    else:
        verdict = "undetermined"
        bound = possible_high if claim.quantity.is_upper else possible_low
        needed = (bound - least) / n_open
    return Verdict(
        claim, verdict, as_of, tuple(population), tuple(yes), tuple(no), tuple(unknown), n_unnamed, least / n, most / n,
        needed, tuple(breakers), tuple(notes),
    )  # fmt: skip


def _names(codes: Iterable[str]) -> str:
    return ", ".join(display_name(code) for code in codes)
