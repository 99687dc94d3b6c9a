"""What full-text search adds to the schema: derived from `document` by the database itself, never written by hand.

SQLite: `document_words` is an FTS5 index without a copy of the texts, filled by a trigger. Its row number is a *place*:
the day of publication (Julian day, 0 where undated) times 2**32, plus a counter, so that the newest matches are read
first and reading stops after a page of them. `document_place` leads from a place to its document.
PostgreSQL: `document.words` is a generated column with a GIN index.

Both fold case and the accents of Latin letters (`Türkiye` is found by `turkiye`) and take punctuation for gaps.
Nothing here is evidence: it is left out of dumps and made anew from the documents.
"""

import unicodedata

DAY_SHIFT = 32
JULIAN_OF_ORDINAL = 1_721_424
"""`CAST(julianday(day) AS INTEGER)` less Python's `date.toordinal()`."""
INDEXED_CHARACTERS = 250_000
"""PostgreSQL's word lists end at 1 MiB; the beginning of a longer document is searched (about 40,000 words)."""

_PUNCTUATION = "!#$&()*+,-./:;<=>?@[]^_`{|}~\"\\'’‘“”–—…«»"


def _folds() -> tuple[str, str]:
    """Return Latin letters with accents, and each one's bare letter."""
    marked, bare = [], []
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            marked.append(chr(code))
            bare.append(base.lower())
    return "".join(marked), "".join(bare)


MARKED, BARE = _folds()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def postgres_words(expression: str) -> str:
    """Return the SQL of the words of a text as PostgreSQL keeps them."""
    before, after = _PUNCTUATION + MARKED, " " * len(_PUNCTUATION) + BARE
    return f"to_tsvector('simple'::regconfig, translate({expression}, {_quoted(before)}, {_quoted(after)}))"


def search_ddl(dialect: str) -> list[str]:
    """Return the DDL of search on `dialect` ("sqlite" or "postgresql")."""
    if dialect == "postgresql":
        text = f"left(title || ' ' || publisher || ' ' || text, {INDEXED_CHARACTERS})"
        return [
            f"ALTER TABLE document ADD COLUMN words tsvector GENERATED ALWAYS AS ({postgres_words(text)}) STORED",
            "CREATE INDEX document_words ON document USING gin (words)",
            "CREATE INDEX document_of_source ON document (source_id)",
        ]
    day = f"(COALESCE(CAST(julianday(NEW.published) AS INTEGER), 0) << {DAY_SHIFT})"
    newest = f"SELECT MAX(place) FROM document_place WHERE place < {day} + (1 << {DAY_SHIFT})"  # noqa: S608
    index = "title, publisher, text, content='', columnsize=0, tokenize='unicode61 remove_diacritics 2'"
    place = f"INSERT INTO document_place VALUES (MAX({day}, COALESCE(({newest}), 0)) + 1, NEW.id)"  # noqa: S608
    words = "VALUES (last_insert_rowid(), NEW.title, NEW.publisher, NEW.text)"
    words = f"INSERT INTO document_words(rowid, title, publisher, text) {words}"
    return [
        "CREATE INDEX document_of_source ON document (source_id)",
        "CREATE TABLE document_place (place INTEGER NOT NULL PRIMARY KEY, document_id VARCHAR(32) NOT NULL)",
        f"CREATE VIRTUAL TABLE document_words USING fts5({index})",
        f"CREATE TRIGGER document_searched AFTER INSERT ON document BEGIN {place}; {words}; END",
    ]
