"""What patterns need, kept in a cache: the same as worked out anew, never stale, and no error without a folder."""

from pathlib import Path

import pytest

from muster.reading import needs
from muster.reading.needs import CACHE_VARIABLE, MAX_FILES, ranked_needs

PATTERNS = (r"\b(?:will|would) (?:\w+ )*sail\b", r"◆ lends?\b", r".", r"\b(?:will|would) (?:\w+ )*sail\b")
SAMPLES = ("Kenya will lend a ship.", "It will sail.", "Peru will not.")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache folder that is not there yet."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_rarest_clause_comes_first(folder: Path) -> None:
    """Of two clauses the one that fewer sample sentences hold is looked for first; a mark last."""
    found = ranked_needs(PATTERNS, SAMPLES)
    assert found[PATTERNS[0]] == ((frozenset((" sail ",)), frozenset((" will ", " would "))),)
    assert found[PATTERNS[1]] == ((frozenset((" lend ", " lends ")), frozenset(("◆",))),)
    assert found[PATTERNS[2]] == ((),)


def test_second_time_is_read_from_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is worked out once, and the same comes back."""
    first = ranked_needs(PATTERNS, SAMPLES)
    monkeypatch.setattr(needs, "_worked_out", lambda *_: pytest.fail("worked out again"))
    assert ranked_needs(PATTERNS, SAMPLES) == first
    assert len(list(folder.iterdir())) == 1


def test_other_patterns_or_samples_are_worked_out(folder: Path) -> None:
    """A table serves only what it was made of."""
    ranked_needs(PATTERNS, SAMPLES)
    assert set(ranked_needs(PATTERNS[:1], SAMPLES)) == set(PATTERNS[:1])
    ranked_needs(PATTERNS, SAMPLES[:1])
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("text", ["", "{", "[]", '{"spellings": [], "clauses": [[7]], "patterns": []}', "\x00"])
def test_broken_table_is_made_anew(folder: Path, text: str) -> None:
    """A file cut short or overwritten is no error."""
    first = ranked_needs(PATTERNS, SAMPLES)
    (table,) = folder.iterdir()
    table.write_text(text, encoding="utf-8")
    assert ranked_needs(PATTERNS, SAMPLES) == first
    assert len(table.read_text(encoding="utf-8")) > 20


def test_no_folder_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty name means no cache; a name that cannot be a folder is passed over."""
    expected: dict[str, needs.Alternatives] = {}
    for name in ("", str(tmp_path / "file" / "cache")):
        (tmp_path / "file").write_text("no folder", encoding="utf-8")
        monkeypatch.setenv(CACHE_VARIABLE, name)
        expected = expected or ranked_needs(PATTERNS, SAMPLES)
        assert ranked_needs(PATTERNS, SAMPLES) == expected
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_oldest_tables_are_removed(folder: Path) -> None:
    """However often the data change, a few tables stay, and other files are left alone."""
    folder.mkdir()
    (folder / "other.json").write_text("{}", encoding="utf-8")
    for i in range(MAX_FILES + 3):
        ranked_needs((f"word{i}",), ())
    assert len(list(folder.glob("needs-*.json"))) == MAX_FILES
    assert (folder / "other.json").exists()


def test_modules_that_are_no_files_are_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from an archive, the table is worked out each time."""
    expected = ranked_needs(PATTERNS, SAMPLES)
    monkeypatch.setattr("muster.reading.literals.__file__", str(folder / "archive.zip" / "literals.py"))
    assert ranked_needs(PATTERNS, SAMPLES) == expected
    assert len(list(folder.iterdir())) == 1
