"""Tables on a terminal: whole words, nothing wider than the terminal, nothing lost."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from muster.surfaces.cli.terminal_table import terminal_table

WORDS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)


def shown(rows: list[dict[str, Any]], width: int) -> list[str]:
    """Return the lines of the table as a terminal of `width` columns shows them."""
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(terminal_table(rows, title="Ships", width=width))
    return capture.get().splitlines()


@given(st.lists(st.fixed_dictionaries({"name": WORDS, "what": SENTENCES, "n_ships": st.integers(0, 99)}), min_size=1))
def test_lines_fit_and_words_stay_whole(rows: list[dict[str, Any]]) -> None:
    """Short words are never broken, and no line is wider than the terminal."""
    lines = shown(rows, 60)
    words = " ".join(lines).split()
    assert max(len(line) for line in lines) <= 60
    assert all(word in words for row in rows for word in f"{row['name']} {row['what']} {row['n_ships']}".split())


def test_what_is_the_same_in_all_rows_is_said_once() -> None:
    """Only where the table would be too wide with it."""
    rows = [{"source": "International Monetary Fund", "day": f"2026-01-0{n}", "n_ships": n} for n in (1, 2)]
    narrow, wide = "\n".join(shown(rows, 30)), "\n".join(shown(rows, 90))
    assert narrow.count("International") == 1
    assert "In all rows" in narrow
    assert wide.count("International Monetary Fund") == 2


def test_a_terminal_too_narrow_for_columns_gets_a_block_for_each_row() -> None:
    """One line for each key."""
    rows = [
        {"ship_identity": f"Alphabetical{n}", "last_port_of_call": f"Bandar{n}", "link": "x" * 9 + str(n)}
        for n in (1, 2)
    ]
    lines = shown(rows, 30)
    assert [line.split() for line in lines if "Bandar" in line] == [
        ["last", "port", "of", "call", "Bandar1"],
        ["last", "port", "of", "call", "Bandar2"],
    ]


def test_no_rows_are_said() -> None:
    """An empty list is not an empty screen."""
    assert shown([], 80) == ["Ships: none"]
