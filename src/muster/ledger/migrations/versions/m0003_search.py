"""Full-text search of documents, and an index by their sources' own ids; no row of evidence is touched."""

import unicodedata

from alembic import op

revision = "0003"
down_revision = "0002"

_PUNCTUATION = "!#$&()*+,-./:;<=>?@[]^_`{|}~\"\\'’‘“”–—…«»"


def upgrade() -> None:
    """Make the index and fill it from the documents that are there."""
    op.execute("CREATE INDEX document_of_source ON document (source_id)")
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgres()


def _sqlite() -> None:
    run = op.get_bind().exec_driver_sql
    run("CREATE TABLE document_place (place INTEGER NOT NULL PRIMARY KEY, document_id VARCHAR(32) NOT NULL)")
    run(
        "CREATE VIRTUAL TABLE document_words USING fts5(title, publisher, text, content='', columnsize=0, "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    run(
        "INSERT INTO document_place SELECT (COALESCE(CAST(julianday(published) AS INTEGER), 0) << 32) "
        "+ row_number() OVER (PARTITION BY published ORDER BY recorded_at, id), id FROM document"
    )
    run(
        "INSERT INTO document_words(rowid, title, publisher, text) SELECT place, title, publisher, text "
        "FROM document_place CROSS JOIN document ON document.id = document_id ORDER BY place"
    )
    day = "(COALESCE(CAST(julianday(NEW.published) AS INTEGER), 0) << 32)"
    newest = f"SELECT MAX(place) FROM document_place WHERE place < {day} + (1 << 32)"  # noqa: S608
    run(
        "CREATE TRIGGER document_searched AFTER INSERT ON document BEGIN "  # noqa: S608
        f"INSERT INTO document_place VALUES (MAX({day}, COALESCE(({newest}), 0)) + 1, NEW.id); "
        "INSERT INTO document_words(rowid, title, publisher, text) "
        "VALUES (last_insert_rowid(), NEW.title, NEW.publisher, NEW.text); END"
    )


def _postgres() -> None:
    pairs = [(chr(code), unicodedata.normalize("NFD", chr(code))[0].lower()) for code in range(0xC0, 0x250)]
    folds = [(marked, bare) for marked, bare in pairs if bare.isascii() and bare.isalpha()]
    before = (_PUNCTUATION + "".join(marked for marked, _ in folds)).replace("'", "''")
    after = " " * len(_PUNCTUATION) + "".join(bare for _, bare in folds)
    text = f"translate(left(title || ' ' || publisher || ' ' || text, 250000), '{before}', '{after}')"
    run = op.get_bind().exec_driver_sql
    run(
        "ALTER TABLE document ADD COLUMN words tsvector "
        f"GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, {text})) STORED"
    )
    run("CREATE INDEX document_words ON document USING gin (words)")
