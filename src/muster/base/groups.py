"""Dated membership of groups: who belonged to NATO-MEMBERS or COALITION on a day.

Collective actors in statements stay collective in the ledger; they are expanded here, at query time, for one date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Membership:
    """One member's time in a group, both ends inclusive; None is open."""

    group: str
    member: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether the membership held on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Groups:
    """The dated memberships of a case."""

    def __init__(self, memberships: Iterable[Membership]) -> None:
        by_group: dict[str, list[Membership]] = {}
        for membership in memberships:
            by_group.setdefault(membership.group, []).append(membership)
        self._by_group = {code: tuple(rows) for code, rows in by_group.items()}

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the groups that have members, sorted."""
        return tuple(sorted(self._by_group))

    def memberships(self, group: str) -> tuple[Membership, ...]:
        """Return all memberships of a group, past ones included."""
        return self._by_group.get(group, ())

    def members(self, group: str, on: date) -> tuple[str, ...]:
        """Return the codes of a group's members on a day, sorted; empty for an unknown group."""
        return tuple(sorted({row.member for row in self.memberships(group) if row.holds_on(on)}))

    def groups_of(self, member: str, on: date) -> tuple[str, ...]:
        """Return the codes of the groups that `member` belonged to on a day, sorted."""
        return tuple(code for code in self.codes if member in self.members(code, on))

    def expand(self, code: str, on: date) -> tuple[str, ...]:
        """Return the members where `code` is a group, else the code itself."""
        return self.members(code, on) if code in self._by_group else (code,)
