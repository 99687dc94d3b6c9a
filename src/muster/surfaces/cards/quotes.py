"""One verbatim quote with where it stands."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from muster.assessment.weight import MIN_CONFIDENCE
from muster.base.actors import display_name
from muster.base.scheme import FIELDS
from muster.base.statement import Statement
from muster.ledger.entry import Entry

WORDS = {
    "political_support": "political support", "mine_clearance": "mine clearance", "air_defence": "air defence",
    "nearly_all": "nearly all", "adversary_ties": "ties to the adversary", "dual_role": "dual role",
    "fulfil": "do", "fail": "do not",
}  # fmt: skip

ALL_BUT_SURE = 0.95  # from here on a page says nothing of a statement's confidence


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """A quote, what it was read as, and its source; `url` is empty unless http or https."""

    statement_id: str
    document_id: str
    label: str
    quote: str
    publisher: str
    title: str
    url: str
    date: str
    grade: str
    review: str
    rule: str
    is_digest: bool
    likely: str


def in_words(code: str) -> str:
    """Return a code of the scheme as a person would say it."""
    return WORDS.get(code, code.replace("_", " "))


def web_url(url: str) -> str:
    """Return the address if it is http or https, else nothing: documents are hostile."""
    return url if urlsplit(url).scheme in {"http", "https"} else ""


def describe(statement: Statement) -> str:
    """Return what a statement was read as, in a few words without its actor (`refused basing`)."""
    s = statement
    match s.kind:
        case "ask":
            return f"asks {display_name(s.target)} for {in_words(s.what)}"
        case "response":
            return f"{s.status}: {in_words(s.what)}"
        case "caveat":
            return f"{s.type} caveat on {in_words(s.what)}"
        case "claim":
            return f"says {in_words(s.quantifier)} of {display_name(s.population)} {in_words(s.polarity)}"
        case "tension":
            return f"{in_words(s.type)} towards {display_name(s.target)}"
        case _:
            return f"{s.action} ({s.realis})"


def how_likely(entry: Entry) -> str:
    """Return how likely its reader holds an unreviewed statement, in words; nothing where it is all but sure."""
    confidence = entry.statement.confidence
    if entry.review in {"accepted", "corrected"} or confidence >= ALL_BUT_SURE:
        return ""
    return f"read with {100 * confidence:.0f} % confidence" + (", not counted" if confidence < MIN_CONFIDENCE else "")


def quote_card(entry: Entry) -> QuoteCard:
    """Return the card of one entry."""
    document = entry.document
    return QuoteCard(
        statement_id=entry.id, document_id=document.id, label=describe(entry.statement), quote=entry.statement.quote,
        publisher=document.publisher or "unknown publisher", title=document.title, url=web_url(document.url),
        date=(document.published or entry.valid_from).isoformat(), grade=document.letter, review=entry.review,
        rule=entry.statement.rule, is_digest=document.is_digest, likely=how_likely(entry),
    )  # fmt: skip


def field_words(statement: Statement) -> dict[str, str]:
    """Return the fields of a statement by name, in words."""
    return {
        name: display_name(value) if name in {"actor", "target", "population"} else in_words(value)
        for name in FIELDS[statement.kind]
        if (value := getattr(statement, name))
    }
