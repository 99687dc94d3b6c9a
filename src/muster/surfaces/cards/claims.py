"""A claim with its verdict, the three counts and the exceptions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from muster.assessment.claim import Breaker, Verdict
from muster.base.actors import display_name
from muster.base.case import Case
from muster.ledger.entry import Entry
from muster.surfaces.cards.quotes import QuoteCard, quote_card, web_url


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """A member that breaks the claim, with what shows it: quotes, or a note for a dated list."""

    member: str
    member_code: str
    on: str
    quotes: tuple[QuoteCard, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """A verdict as a page shows it; shares are per cent, 0..100."""

    id: str
    text: str
    speaker: str
    made_on: str
    source: str
    source_url: str
    checked_on: str
    verdict: str
    sentence: str
    n_population: int
    n_yes: int
    n_no: int
    n_unreported: int
    yes_pct: float
    no_pct: float
    unreported_pct: float
    worst_pct: float
    best_pct: float
    threshold: str
    needed: str
    yes_names: tuple[str, ...]
    no_names: tuple[str, ...]
    unreported_names: tuple[str, ...]
    exceptions: tuple[ExceptionRow, ...]
    notes: tuple[str, ...]
    parse: tuple[tuple[str, str], ...]


_SIGNS = {">=": "at least", ">": "more than", "<=": "at most", "<": "fewer than", "=": "exactly"}


def threshold_words(threshold: str) -> str:
    """Return a published threshold in words: `>= 0.9` is `at least 90 %`; what has another form stays."""
    found = re.search(r"(>=|<=|[<>=]) (all but )?([\d.]+)( members)?", threshold)
    if found is None:
        return threshold
    sign, all_but, number, members = found.groups(default="")
    amount = f"{number} members" if members else f"{100 * float(number):.3g} %"
    words = f"{all_but}{amount}" if all_but else f"{_SIGNS[sign]} {amount}"
    return threshold.replace(found[0], words)


def claim_card(
    verdict: Verdict, case: Case, *, claim_id: str = "", speaker: str = "", made_on: str = "", source: str = "",
    source_url: str = "", note: str = "",
) -> ClaimCard:  # fmt: skip
    """Return the card of a verdict."""
    n = verdict.n_population
    n_open = len(verdict.unreported) + verdict.n_unnamed
    pct = 100.0 / n if n else 0.0
    needed = ""
    if verdict.needed_share is not None:
        direction = "at most" if verdict.claim.quantity.is_upper else "at least"
        needed = f"{direction} {verdict.needed_share:.0%} of the unreported would have to do it"
    threshold = threshold_words(verdict.claim.quantity.threshold)
    sentence = verdict.headline().replace(verdict.claim.quantity.threshold, threshold)
    unreported = tuple(display_name(code) for code in verdict.unreported)
    if verdict.n_unnamed:
        unreported = (*unreported, f"{verdict.n_unnamed} whom no document names")
    return ClaimCard(
        id=claim_id, text=verdict.sentence, speaker=display_name(speaker) if speaker else "", made_on=made_on,
        source=source, source_url=web_url(source_url), checked_on=verdict.as_of.isoformat(), verdict=verdict.verdict,
        sentence=sentence, n_population=n, n_yes=len(verdict.known_yes), n_no=len(verdict.known_no),
        n_unreported=n_open, yes_pct=len(verdict.known_yes) * pct, no_pct=len(verdict.known_no) * pct,
        unreported_pct=n_open * pct, worst_pct=100 * verdict.worst_share, best_pct=100 * verdict.best_share,
        threshold=threshold, needed=needed,
        yes_names=tuple(display_name(code) for code in verdict.known_yes),
        no_names=tuple(display_name(code) for code in verdict.known_no), unreported_names=unreported,
        exceptions=_exceptions(verdict, case), notes=(*verdict.notes, *([note] if note else [])),
        parse=tuple(verdict.parse.items()),
    )  # fmt: skip


def unread_claim(text: str, reason: str, *, claim_id: str = "", speaker: str = "") -> ClaimCard:
    """Return the card of a sentence that could not be read, with the reason: it is shown, not dropped."""
    return ClaimCard(
        id=claim_id, text=text, speaker=display_name(speaker) if speaker else "", made_on="", source="", source_url="",
        checked_on="", verdict="unread", sentence=reason, n_population=0, n_yes=0, n_no=0, n_unreported=0, yes_pct=0.0,
        no_pct=0.0, unreported_pct=0.0, worst_pct=0.0, best_pct=0.0, threshold="", needed="", yes_names=(), no_names=(),
        unreported_names=(), exceptions=(), notes=(), parse=(),
    )  # fmt: skip


def _exceptions(verdict: Verdict, case: Case) -> tuple[ExceptionRow, ...]:
    by_member: dict[str, list[Breaker]] = {}
    for row in verdict.exceptions:
        by_member.setdefault(row.member, []).append(row)
    titles = {ask.id: ask.title for ask in case.asks}
    return tuple(
        ExceptionRow(
            member=display_name(member), member_code=member,
            on="; ".join(f"{titles.get(row.ask, row.ask)}: {row.status}" for row in rows),
            quotes=tuple(quote_card(entry) for entry in _each_once(row.entry for row in rows)),
            notes=tuple(row.note for row in rows if row.note),
        )
        for member, rows in by_member.items()
    )  # fmt: skip


def _each_once(entries: Iterable[Entry | None]) -> Iterable[Entry]:
    return {entry.id: entry for entry in entries if entry is not None}.values()
