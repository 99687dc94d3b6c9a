"""Full-text search: words, beginnings (`convoy*`) and phrases (`"mine clearance"`), all of which a document must hold.

What a reader types never becomes SQL, and never query syntax of the index: it is cut into words first.
Scripts that are written without spaces are not cut into words by either engine; there a part of the text is sought.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from muster.ledger.store.search_schema import BARE, DAY_SHIFT, JULIAN_OF_ORDINAL, MARKED

MOST_TERMS = 12
_FOLD = str.maketrans(MARKED, BARE)
_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side; `is_beginning` where the last may go on; `is_part` where the text is unspaced."""

    words: tuple[str, ...]
    is_beginning: bool = False
    is_part: bool = False


def parse_terms(query: str) -> tuple[Term, ...]:
    """Return what a query asks for; nothing where it holds no letter or figure."""
    terms = []
    for phrase, word in _TERM.findall(unicodedata.normalize("NFC", query.replace("\x00", " "))):
        words = tuple(_WORD.findall((phrase or word).translate(_FOLD).lower()))
        if words:
            is_part = any(_UNSPACED.search(item) for item in words)
            terms.append(Term(words, word.endswith("*"), is_part))
    return tuple(terms[:MOST_TERMS])


def match_text(terms: Sequence[Term], dialect: str) -> str:
    """Return the index's query of terms; words hold letters and figures only, so nothing in them is syntax."""
    if dialect == "sqlite":
        return " AND ".join(f'"{" ".join(term.words)}"{" *" if term.is_beginning else ""}' for term in terms)
    return " & ".join(f"({' <-> '.join(term.words)}{':*' if term.is_beginning else ''})" for term in terms)


def find_documents(
    connection: sa.Connection, query: str, *, as_of: date, known_at: int, limit: int, offset: int
) -> list[str]:
    """Return the ids of the documents that hold all terms of a query, newest first.

    Parameters
    ----------
    as_of : date
        Documents published later are left out; undated ones come last.
    known_at : int
        Microseconds since 1970; documents recorded later are left out.
    """
    terms = parse_terms(query)
    whole = [term for term in terms if not term.is_part]
    parts = ["".join(term.words) for term in terms if term.is_part]
    if not terms:
        return []
    dialect = connection.dialect.name
    values = {"match": match_text(whole, dialect), "known": known_at, "limit": limit, "offset": offset}
    values |= {f"part{n}": _like(part) for n, part in enumerate(parts)}
    has_parts = "".join(f" AND document.text LIKE :part{n} ESCAPE '!'" for n in range(len(parts)))
    if dialect == "sqlite":
        values["bound"] = (as_of.toordinal() + 1 + JULIAN_OF_ORDINAL) << DAY_SHIFT
        sql = _SQLITE_MATCHING if whole else _SQLITE_ALL
    else:
        values["day"] = as_of
        sql = _POSTGRES_MATCHING if whole else _POSTGRES_ALL
    bound = {name: value for name, value in values.items() if f":{name}" in sql + has_parts}
    return list(connection.execute(sa.text(sql.replace("{parts}", has_parts)), bound).scalars())


def _like(part: str) -> str:
    return "%" + re.sub(r"([!%_])", r"!\1", part) + "%"


# The order of the joins is fixed, so that places are read from the index's end and reading stops at the limit.
_SQLITE_JOIN = (
    "CROSS JOIN document ON document.id = document_place.document_id WHERE document_place.place < :bound "
    "AND document.recorded_at <= :known{parts}"
)
_SQLITE_MATCHING = (  # only our own text is joined; values are bound
    "SELECT document.id FROM document_words CROSS JOIN document_place ON document_place.place = document_words.rowid "  # noqa: S608
    f"{_SQLITE_JOIN} AND document_words MATCH :match AND document_words.rowid < :bound "
    "ORDER BY document_words.rowid DESC LIMIT :limit OFFSET :offset"
)
_SQLITE_ALL = (
    f"SELECT document.id FROM document_place {_SQLITE_JOIN} "  # noqa: S608
    "ORDER BY document_place.place DESC LIMIT :limit OFFSET :offset"
)
_POSTGRES_ALL = (
    "SELECT document.id FROM document WHERE (published IS NULL OR published <= :day) "
    "AND document.recorded_at <= :known{parts} "
    "ORDER BY published DESC NULLS LAST, recorded_at DESC, id DESC LIMIT :limit OFFSET :offset"
)
_POSTGRES_MATCHING = _POSTGRES_ALL.replace("{parts}", "{parts} AND words @@ to_tsquery('simple', :match)")
