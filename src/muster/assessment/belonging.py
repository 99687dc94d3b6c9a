"""Dated lists of a case (signatories, participants, contributors) and the sizes that sources reported for them.

A list holds the names that documents give; a size is what somebody counted. Both are shown: 22 of 35 signatories are
named, so what the other 13 did is not known by name. Sizes are compared only within their own unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from muster.base.case import Case
from muster.base.clock import parse_date
from muster.base.errors import CaseError


@dataclass(frozen=True, slots=True)
class Size:
    """How many a source counted: `unit` says what was counted, `group` whose names would be on the list."""

    unit: str
    group: str
    on: date
    count: int
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """A list on one day: its names, and the newest reported size.

    Attributes
    ----------
    group, unit : str
    names : tuple of str
        Codes of the named members, sorted.
    size : Size or None
        The newest count up to the day that leaves room for the names; else the newest.
    sources : mapping of code to source id
    """

    group: str
    unit: str
    names: tuple[str, ...]
    size: Size | None
    sources: Mapping[str, str]

    @property
    def n_unnamed(self) -> int:
        """Return how many members a source counts beyond the names."""
        return max(self.size.count - len(self.names), 0) if self.size else 0

    @property
    def is_complete(self) -> bool:
        """Return whether every counted member is named, so that who is not named is not on it."""
        return self.size is not None and self.n_unnamed == 0

    def source_of(self, member: str) -> str:
        """Return the source id for a member, or of the size, or of the list."""
        return self.sources.get(member) or (self.size.source if self.size else "") or self.sources.get("", "")

    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know about the list."""
        if self.size is None:
            return (f"{len(self.names)} names are on the list; no source says how many there are.",)
        reported = f"{self.size.count} {self.size.unit} reported on {self.size.on} (source {self.size.source}"
        note = f"; {self.size.note})" if self.size.note else ")"
        unnamed = f"; {self.n_unnamed} of them are not named in any document here" if self.n_unnamed else ""
        return (f"{len(self.names)} named; {reported}{note}{unnamed}.",)


def sizes_of(case: Case) -> tuple[Size, ...]:
    """Return the sizes of a case (`[[size]]`), oldest first.

    Raises
    ------
    CaseError
        A row lacks a key or has one of the wrong form; names it.
    """
    found = []
    for number, row in enumerate(case.raw.get("size", []), 1):
        place = f"case {case.name} [[size]] {number}"
        count = row.get("count")
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise CaseError(
                f"{place}: count = {count!r}", rule="count is a whole number", next_step="Correct the case file"
            )
        texts: dict[str, Any] = {name: row.get(name, "") for name in ("unit", "group", "source", "note")}
        for name in ("unit", "group", "source"):
            if not isinstance(texts[name], str) or not texts[name]:
                raise CaseError(f"{place}: {name} = {texts[name]!r}", rule=f"{name} must be a text")
        found.append(Size(on=parse_date(row.get("on", ""), name=f"{place}: on"), count=count, **texts))
    return tuple(sorted(found, key=lambda size: size.on))


def list_of(case: Case, group: str, on: date) -> Membership:
    """Return a dated list of a case as it was on a day."""
    sizes = [size for size in sizes_of(case) if size.group == group and size.on <= on]
    table: Mapping[str, Any] = next((row for row in case.raw.get("group", []) if row.get("code") == group), {})
    sources = {row["code"]: str(row.get("source", "")) for row in table.get("members", [])}
    sources[""] = str(table.get("source", ""))
    names = case.groups.members(group, on)
    fitting = [size for size in sizes if size.count >= len(names)] or sizes
    size = fitting[-1] if fitting else None
    unit = size.unit if size else str(table.get("title", group))
    return Membership(group, unit, names, size, sources)
