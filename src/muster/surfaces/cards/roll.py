"""The roll as a table of cells that open on their quotes."""

from dataclasses import dataclass

from muster.assessment.roll import Roll
from muster.assessment.standing import Standing
from muster.base.actors import display_name
from muster.base.case import AskLine
from muster.surfaces.cards.quotes import QuoteCard, quote_card

LETTERS = {
    "delivered": "De", "deployed": "Dp", "authorised": "Au", "pledged": "Pl", "conditional": "Co", "considering": "Cs",
    "refused": "Re", "withdrawn": "Wd", "unreported": "·",
}  # fmt: skip
"""Letters carry the status too, so that no reader depends on colour."""

COLOURS = {
    "delivered": "s-yes", "deployed": "s-yes", "authorised": "s-yes", "pledged": "s-yes", "conditional": "s-part",
    "considering": "s-part", "refused": "s-no", "withdrawn": "s-no", "unreported": "s-none",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RollCell:
    """One member's standing on one ask."""

    id: str
    member: str
    member_code: str
    ask: str
    ask_id: str
    letters: str
    css: str
    status: str
    is_contested: bool
    is_asked: bool
    is_collective: bool
    sentence: str
    quotes: tuple[QuoteCard, ...]
    superseded: tuple[QuoteCard, ...]
    caveats: tuple[QuoteCard, ...]


@dataclass(frozen=True, slots=True)
class RollRow:
    """A member and its cells in the order of the columns."""

    code: str
    name: str
    cells: tuple[RollCell, ...]
    n_reported: int


@dataclass(frozen=True, slots=True)
class RollColumn:
    """An ask: short title, the sentence, since when, how many members have answered."""

    id: str
    title: str
    text: str
    since: str
    n_reported: int


def roll_columns(roll: Roll) -> tuple[RollColumn, ...]:
    """Return the columns of a roll."""
    columns = []
    for ask in roll.asks:
        since = f"{ask.since:%d %b %Y}".lstrip("0")
        columns.append(RollColumn(ask.id, ask.title, ask.text, since, _n_reported(roll, ask)))
    return tuple(columns)


def roll_rows(roll: Roll) -> tuple[RollRow, ...]:
    """Return the rows of a roll, in the roll's order."""
    rows = []
    for member in roll.members:
        cells = tuple(roll_cell(roll.cell(member, ask.id), ask) for ask in roll.asks)
        n_reported = sum(cell.status != "unreported" for cell in cells)
        rows.append(RollRow(member, display_name(member), cells, n_reported))
    return tuple(rows)


def roll_cell(standing: Standing, ask: AskLine) -> RollCell:
    """Return the cell of one standing."""
    return RollCell(
        id=f"cell-{standing.member}-{ask.id}", member=display_name(standing.member), member_code=standing.member,
        ask=ask.title, ask_id=ask.id, letters=LETTERS[standing.status], css=COLOURS[standing.status],
        status=standing.status, is_contested=standing.is_contested, is_asked=standing.is_asked,
        is_collective=standing.is_collective, sentence=standing.reasons[0].sentence if standing.reasons else "",
        quotes=tuple(quote_card(entry) for entry in standing.entries),
        superseded=tuple(quote_card(entry) for entry in standing.superseded),
        caveats=tuple(quote_card(entry) for entry in standing.caveats),
    )  # fmt: skip


def _n_reported(roll: Roll, ask: AskLine) -> int:
    return sum(roll.cell(member, ask.id).status != "unreported" for member in roll.members)
