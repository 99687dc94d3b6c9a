"""Builders for tests of the contribution room: a short scenario of the bundled case, units, entries, rolls."""

from datetime import UTC, date, datetime
from functools import lru_cache
from types import SimpleNamespace

from muster.assessment.roll import Roll
from muster.assessment.standing import Standing
from muster.base.case import Case, load_case
from muster.base.statement import Statement
from muster.ledger.entry import DocumentInfo, Entry
from muster.passage.forces import ForceUnit
from muster.passage.scenario import Scenario, load_scenario

DAY = date(2026, 5, 12)


@lru_cache(maxsize=1)
def case() -> Case:
    """The bundled case."""
    return load_case("hormuz-2026")


@lru_cache(maxsize=1)
def scenario() -> Scenario:
    """Its scenario."""
    return load_scenario(case().folder)


def escort(nation: str, number: int = 1, **fields) -> ForceUnit:
    """An escort that is there from the first day unless told otherwise."""
    return ForceUnit(id=f"{nation.lower()}-escort-{number}", nation=nation, **{"turnaround_h": 24.0, **fields})


def entry(kind: str, actor: str, quote: str, *, on: date = DAY, number: int = 0, **fields) -> Entry:
    """An entry as a view hands it out."""
    statement = Statement(kind=kind, actor=actor, quote=quote, start=0, end=len(quote), **fields)
    info = DocumentInfo("d" * 32, "doc", "AP", "t", "https://example.org", on, "en", "B", "o", is_digest=True)
    return Entry(f"{actor}-{kind}-{number}", statement, info, on, None, datetime(2026, 6, 1, tzinfo=UTC))


def response(actor: str, what: str, status: str, *assets: str, quote: str = "It will.", **fields) -> Entry:
    """A response."""
    return entry("response", actor, quote, what=what, status=status, assets=assets, **fields)


def roll(
    answers: dict[str, list[Entry]], caveats: dict[str, list[Entry]] | None = None, *, contested: tuple[str, ...] = ()
) -> Roll:
    """A roll with one column per matter of the answers, each cell standing on its newest answer."""
    asks = tuple(ask for ask in case().asks if ask.id in {"escort", "mine_clearance", "mission"})
    cells = {}
    for member, entries in answers.items():
        for ask in asks:
            mine = tuple(found for found in entries if found.statement.what == ask.what)
            status = mine[0].statement.status if mine else "unreported"
            cells[member, ask.id] = Standing(
                member, ask.id, status, member in contested and bool(mine), 0.9, (), mine, (), True, False
            )
    given = {
        member: tuple(e for e in entries if e.statement.what not in {ask.what for ask in asks})
        for member, entries in answers.items()
    }
    limits = {member: tuple((caveats or {}).get(member, ())) for member in answers}
    return Roll(DAY, tuple(answers), asks, given, limits, cells)


def view() -> SimpleNamespace:
    """What the force pool needs of a view: its day."""
    return SimpleNamespace(as_of=DAY)
