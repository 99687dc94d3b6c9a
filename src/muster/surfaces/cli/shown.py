"""How standings, entries and quotes are put into rows and words; no decisions here."""

from typing import Any

from muster.assessment.roll import Roll
from muster.assessment.standing import UNREPORTED, Standing
from muster.base.actors import display_name
from muster.ledger.entry import Entry

STATUS_STYLES = {
    "refused": "red", "withdrawn": "red", "considering": "yellow", "conditional": "yellow", "pledged": "cyan",
    "authorised": "green", "deployed": "green", "delivered": "bold green", UNREPORTED: "dim",
}  # fmt: skip
LEGEND = "! contested   * said of a group only   ~ not asked   (n) caveats"


def quoted(entry: Entry) -> dict[str, Any]:
    """Return an entry as a row: quote, source, grade, date."""
    document = entry.document
    return {
        "statement": entry.id,
        "quote": entry.statement.quote,
        "source": document.publisher or document.source_id,
        "grade": document.letter,
        "url": document.url,
        "date": entry.valid_from.isoformat(),
        "title": document.title,
        "rule": entry.statement.rule,
        "review": entry.review,
        "is_digest": document.is_digest,
    }


def mark(standing: Standing) -> str:
    """Return a standing in a few characters: status, marks, number of caveats."""
    if standing.status == UNREPORTED:
        text = "." if standing.is_asked else ""
    else:
        text = standing.status + "!" * standing.is_contested + "*" * standing.is_collective
        text += "" if standing.is_asked else "~"
    return f"{text} ({len(standing.caveats)})" if standing.caveats and text not in {"", "."} else text


def cell_row(standing: Standing) -> dict[str, Any]:
    """Return a cell of the roll as a flat row, with the quote that carries it."""
    first = quoted(standing.entries[0]) if standing.entries else {}
    return {
        "member": standing.member,
        "name": display_name(standing.member),
        "ask": standing.ask_id,
        "status": standing.status,
        "is_asked": standing.is_asked,
        "is_contested": standing.is_contested,
        "is_collective": standing.is_collective,
        "support": round(standing.support, 4),
        "n_statements": len(standing.entries),
        "n_caveats": len(standing.caveats),
        **{key: first.get(key, "") for key in ("quote", "source", "grade", "url", "date")},
    }


def cell_object(standing: Standing) -> dict[str, Any]:
    """Return a cell of the roll with its reasons, statements and caveats."""
    return {
        "status": standing.status,
        "is_asked": standing.is_asked,
        "is_contested": standing.is_contested,
        "is_collective": standing.is_collective,
        "support": round(standing.support, 4),
        "reasons": [
            {"statement": reason.statement_id, "rule": reason.rule, "sentence": reason.sentence}
            for reason in standing.reasons
        ],
        "statements": [{**entry.statement.fields(), **quoted(entry)} for entry in standing.entries],
        "caveats": [{**entry.statement.fields(), **quoted(entry)} for entry in standing.caveats],
        "superseded": [{**entry.statement.fields(), **quoted(entry)} for entry in standing.superseded],
    }


def roll_object(roll: Roll) -> list[dict[str, Any]]:
    """Return the rows of a roll with everything in them."""
    return [
        {
            "member": member,
            "name": display_name(member),
            "asks": {standing.ask_id: cell_object(standing) for standing in roll.row(member)},
            "caveats": [{**entry.statement.fields(), **quoted(entry)} for entry in roll.caveats[member]],
            "given_unasked": [{**entry.statement.fields(), **quoted(entry)} for entry in roll.given[member]],
        }
        for member in roll.members
    ]
