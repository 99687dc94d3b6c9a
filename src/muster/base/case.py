"""A case: one alliance or coalition under study, as a folder with `case.toml` and its documents.

Nothing in muster's code knows a case by name. The evidence half's keys are parsed here; the scenario of the passage
half stays a file that `muster.passage` parses. docs/case-file.md lists every key.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from muster.base.clock import parse_date
from muster.base.errors import CaseError, NotFoundError
from muster.base.groups import Groups, Membership
from muster.base.scheme import WHATS

DEFAULT_CASE = "hormuz-2026"
ADMIRALTY_LETTERS = "ABCDEF"


@dataclass(frozen=True, slots=True)
class AskLine:
    """One column of the roll: a matter that was asked of members.

    `since`/`until` bound when it was open; `target` is a state or a group code; `text` one plain sentence; `sources`
    source ids of the case's documents.
    """

    id: str
    asker: str
    target: str
    what: str
    since: date
    until: date | None
    title: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseClaim:
    """A sentence about the whole that the case wants checked, with who said it and when."""

    id: str
    text: str
    actor: str
    on: date
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PublisherGrade:
    """Admiralty source letter for publishers whose name contains `match` (case-insensitive)."""

    match: str
    letter: str
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """A parsed case file; `raw` keeps every table for the rooms that own further keys."""

    name: str
    title: str
    summary: str
    folder: Path
    start: date
    as_of: date
    lead: str
    adversaries: tuple[str, ...]
    coalition_lead: str
    roll_group: str
    roll_extra: tuple[str, ...]
    groups: Groups
    asks: tuple[AskLine, ...]
    claims: tuple[CaseClaim, ...]
    grades: tuple[PublisherGrade, ...]
    raw: Mapping[str, Any]

    def document_paths(self) -> tuple[Path, ...]:
        """Return the bundled document files (JSON lines), sorted."""
        return tuple(sorted((self.folder / "documents").glob("*.jsonl")))

    def members(self, on: date) -> tuple[str, ...]:
        """Return the rows of the roll on a day: the roll's group without the asker, then the extra states."""
        inside = [code for code in self.groups.members(self.roll_group, on) if code != self.lead]
        return (*inside, *[code for code in self.roll_extra if code not in inside])

    def ask(self, ask_id: str) -> AskLine:
        """Return the ask with this id; NotFoundError lists the ids there are."""
        for ask in self.asks:
            if ask.id == ask_id:
                return ask
        known = ", ".join(ask.id for ask in self.asks)
        raise NotFoundError(f"ask {ask_id!r} is not in case {self.name}", rule=f"its asks are {known}")


class _Table:
    """A TOML table that fails with file, key and rule."""

    def __init__(self, table: Mapping[str, Any], place: str) -> None:
        self.table = table
        self.place = place

    def fail(self, key: str, rule: str) -> CaseError:
        value = self.table.get(key)
        return CaseError(f"{self.place}: {key} = {value!r}", rule=rule, next_step="Correct the case file")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.table.get(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.fail(key, f"{key} must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(key, f"{key} must be a list of texts")
        return tuple(value)

    def day(self, key: str) -> date:
        found = self.maybe_day(key)
        if found is None:
            raise self.fail(key, f"{key} must be a date")
        return found

    def maybe_day(self, key: str) -> date | None:
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, (date, str)):
            raise self.fail(key, f"{key} must be a date")
        return parse_date(value, name=f"{self.place}: {key}")

    def tables(self, key: str) -> "Sequence[_Table]":
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.fail(key, f"[[{key}]] must be an array of tables")
        return [_Table(item, f"{self.place} [[{key}]] {number}") for number, item in enumerate(value, 1)]


def _parse_groups(root: _Table) -> Groups:
    memberships: list[Membership] = []
    for group in root.tables("group"):
        code = group.text("code")
        memberships.extend(
            Membership(code, row.text("code"), row.maybe_day("from"), row.maybe_day("to"))
            for row in group.tables("members")
        )
    return Groups(memberships)


def _parse_asks(root: _Table) -> tuple[AskLine, ...]:
    asks = []
    for row in root.tables("ask"):
        what = row.text("what")
        if what not in WHATS:
            raise row.fail("what", f"what must be one of {', '.join(WHATS)}")
        asks.append(
            AskLine(
                id=row.text("id"),
                asker=row.text("asker"),
                target=row.text("target"),
                what=what,
                since=row.day("since"),
                until=row.maybe_day("until"),
                title=row.text("title"),
                text=row.text("text"),
                sources=row.texts("sources"),
            )
        )
    ids = [ask.id for ask in asks]
    if len(set(ids)) != len(ids):
        raise CaseError(f"{root.place}: two asks share an id", rule="ask ids are unique", next_step="Rename one")
    return tuple(asks)


def _parse_grades(root: _Table) -> tuple[PublisherGrade, ...]:
    grades = []
    for row in root.tables("publisher"):
        letter = row.text("letter")
        if len(letter) != 1 or letter not in ADMIRALTY_LETTERS:
            raise row.fail("letter", "letter must be one of A B C D E F (NATO Admiralty source reliability)")
        grades.append(PublisherGrade(row.text("match"), letter, row.text("reason", "")))
    return tuple(grades)


def load_case_file(path: Path) -> Case:
    """Return the case in a `case.toml`.

    Raises
    ------
    CaseError
        The file is missing, is no TOML, or a key breaks its rule; names file, key, value and rule.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CaseError(f"case file {path}: {error.strerror}", next_step="See `muster cases`") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(f"case file {path}: {error}", rule="a case file is UTF-8 TOML") from None
    root = _Table(raw, str(path))
    head = _Table(raw.get("case", {}), f"{path} [case]")
    roll = _Table(raw.get("roll", {}), f"{path} [roll]")
    claims = tuple(
        CaseClaim(
            row.text("id"), row.text("text"), row.text("actor"), row.day("on"), row.text("source"), row.text("note", "")
        )
        for row in root.tables("claim")
    )
    return Case(
        name=head.text("name"), title=head.text("title"), summary=head.text("summary"), folder=path.parent,
        start=head.day("start"), as_of=head.day("as_of"), lead=head.text("lead"), adversaries=head.texts("adversaries"),
        coalition_lead=head.text("coalition_lead"), roll_group=roll.text("group"), roll_extra=roll.texts("extra"),
        groups=_parse_groups(root), asks=_parse_asks(root), claims=claims, grades=_parse_grades(root), raw=raw,
    )  # fmt: skip


def case_folders() -> dict[str, Path]:
    """Return the bundled cases by name: `cases/` of a checkout, else the copy inside the installed package."""
    package = Path(__file__).resolve().parents[1]
    for root in (package.parents[1] / "cases", package / "_cases"):
        found = {path.parent.name: path.parent for path in sorted(root.glob("*/case.toml"))}
        if found:
            return found
    return {}


def load_case(name_or_file: str = DEFAULT_CASE) -> Case:
    """Return a bundled case by name, or the case of a `case.toml` (or its folder) by path.

    Raises
    ------
    NotFoundError
        Neither a bundled name nor a file; lists the bundled names.
    CaseError
        The file breaks a rule.
    """
    folders = case_folders()
    if name_or_file in folders:
        return load_case_file(folders[name_or_file] / "case.toml")
    path = Path(name_or_file)
    if path.is_dir():
        path = path / "case.toml"
    if not path.is_file():
        known = ", ".join(folders) or "none"
        raise NotFoundError(f"case {name_or_file!r} is not known", rule=f"bundled cases: {known}; or give a case.toml")
    return load_case_file(path)
