"""Rows on a terminal: a table whose words stay whole, or one record below the other where the width does not do."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_GAP = 2  # spaces between columns
_WORD_MAX = 30  # longer words (identifiers, addresses) may be broken


def cell_text(value: Any) -> str:
    """Return a value as it stands in a cell: floats to four digits, lists with commas, None empty."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return str(value)


def terminal_table(rows: Sequence[Mapping[str, Any]], *, title: str, width: int) -> RenderableType:
    """Return rows (all with the same keys) laid out for a terminal of `width` columns.

    What is the same in all rows is said once below the table if the table is too wide with it; empty columns are left
    out. Where even whole words do not fit, each row becomes a block of lines, one for each key.
    """
    if not rows:
        return Text(f"{title}: none" if title else "none")
    names = [name for name in rows[0] if any(cell_text(row[name]) for row in rows)]
    same: list[str] = []
    widths = _widths(rows, names, width)
    if widths is None and len(rows) > 1:
        same = [name for name in names if len({cell_text(row[name]) for row in rows}) == 1]
        names = [name for name in names if name not in same]
        widths = _widths(rows, names, width)
    if widths is None or not names:
        return _records(rows, [*names, *same], title)
    table = Table(title=title or None, box=box.SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0), show_edge=False)
    for name, column_width in zip(names, widths, strict=True):
        is_number = all(isinstance(row[name], (int, float, type(None))) for row in rows)
        table.add_column(_heading(name), width=column_width, overflow="fold", justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*[Text(cell_text(row[name])) for name in names])
    if same:
        table.caption = "In all rows: " + "; ".join(f"{_heading(name)} {cell_text(rows[0][name])}" for name in same)
        table.caption_justify = "left"
    return table


def _widths(rows: Sequence[Mapping[str, Any]], names: Sequence[str], width: int) -> list[int] | None:
    """Return the columns' widths, or None if whole words do not fit."""
    cells = [[_heading(name), *(cell_text(row[name]) for row in rows)] for name in names]
    wished = [max(len(text) for text in column) for column in cells]
    least = [
        max((min(len(word), _WORD_MAX) for text in column for word in text.split()), default=1) for column in cells
    ]
    room = width - _GAP * len(names)
    if sum(wished) <= room:
        return wished
    spare, missing = room - sum(least), sum(wished) - sum(least)
    if spare < 0:
        return None
    return [low + spare * (high - low) // missing for low, high in zip(least, wished, strict=True)]


def _records(rows: Sequence[Mapping[str, Any]], names: Sequence[str], title: str) -> Group:
    key_width = max(len(_heading(name)) for name in names)
    blocks: list[RenderableType] = [Text(title, style="italic")] if title else []
    for row in rows:
        block = Table.grid(padding=(0, _GAP, 0, 0))
        block.add_column(style="bold", width=key_width)
        block.add_column(overflow="fold")
        for name in names:
            if value := cell_text(row[name]):
                block.add_row(_heading(name), Text(value))
        blocks += [block, Text("")]
    return Group(*blocks)


def _heading(name: str) -> str:
    return name.removeprefix("n_").replace("_", " ")
