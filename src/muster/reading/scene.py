"""The scene: what a document has established so far (focus, speaker, topic), and the statements drawn from it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from muster.base.actors import state_codes
from muster.base.scheme import FIELDS, GROUPS, ORGANISATIONS
from muster.base.statement import Statement
from muster.reading.gazetteer import Mention
from muster.reading.plover.mapping import plover_codes

_SPEECH = re.compile(r'["“]')

# States that the coalitions of 1987-2026 stood against; they give no contribution to one. Which of them a document is
# about is decided by how often it names them.
ADVERSARIES = ("IRN", "RUS", "SUN", "LBY", "IRQ", "YUG", "SRB", "SYR", "PRK", "AFG")
NEVER_CONTRIBUTE = frozenset(("IRN", "RUS", "SUN", "PRK", "SYR"))
LEADS = ("USA",)


@dataclass(slots=True)
class Scene:
    """One document being read, sentence by sentence; the only thing in the reader that changes."""

    text: str
    published: date | None
    reader: str
    focus: tuple[str, ...] = ()
    speaker: tuple[str, ...] = ()
    topic: str = ""
    topic_age: int = 99
    is_past: bool = False
    we: tuple[str, ...] = ()
    adversary: str = ""
    named: frozenset[str] = frozenset()
    last_what: dict[str, str] = field(default_factory=dict)
    last_status: dict[str, str] = field(default_factory=dict)
    last_force: dict[str, str] = field(default_factory=dict)
    recent_held: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    last_partners: tuple[str, ...] = ()
    last_group: str = ""
    asked: str = ""
    surnames: dict[str, tuple[str, ...]] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)

    def meet(self, mentions: Iterable[Mention]) -> None:
        """Note who is named in the document, and thereby who its adversary is."""
        counts = Counter(code for mention in mentions for code in mention.codes)
        self.named = frozenset(counts)
        named = [code for code in ADVERSARIES if counts[code]]
        self.adversary = max(named, key=lambda code: counts[code]) if named else ""

    def add(
        self, kind: str, span: tuple[int, int], rule: str, assets: tuple[str, ...] = (), **codes: str
    ) -> Statement | None:
        """Add a statement unless the document already made it; return it if new."""
        key = (kind, *[codes[name] for name in FIELDS[kind]])
        start, end = span
        if key in self.seen:
            self._keep_clearest(key, start, end)
            return None
        self.seen.add(key)
        event, mode = plover_codes(
            kind, codes.get("what", ""), codes.get("status", ""), codes.get("type") or codes.get("action", ""),
            codes.get("realis", ""),
        )  # fmt: skip
        fields: dict[str, Any] = dict(codes)
        statement = Statement(
            kind=kind, quote=self.text[start:end], start=start, end=end,
            rule=rule, reader=self.reader, event=event, mode=mode, assets=assets, **fields,
        )  # fmt: skip
        self.statements.append(statement)
        if kind in {"response", "ask"}:
            self.topic, self.topic_age = codes["what"], 0
            if kind == "ask":
                self.asked = codes["what"]
            actor = codes["actor"] if kind == "response" else codes["target"]
            self.last_what[actor] = codes["what"]
            self.last_status[actor] = codes.get("status", "")
            if codes["what"] not in {"diplomacy", "political_support", "command"}:
                self.last_force[actor] = codes["what"]
        return statement

    def _keep_clearest(self, key: tuple[str, ...], start: int, end: int) -> None:
        """Let direct speech replace an earlier summary of the same claim: the speaker's own words are the clearest."""
        if key[0] != "claim" or not _SPEECH.search(self.text, max(0, start - 2), start + 4):
            return
        for i, old in enumerate(self.statements):
            if (
                not _SPEECH.search(self.text, max(0, old.start - 2), old.start + 4)
                and (old.kind, *old.fields().values()) == key
            ):
                self.statements[i] = replace(old, quote=self.text[start:end], start=start, end=end)

    def is_partner(self, code: str) -> bool:
        """Return whether a code can be an ally or partner in this document: anyone but the adversary."""
        return bool(code) and code != self.adversary and code not in {"IRN", "SHIPPING", "UN", "IMO"}

    def can_respond(self, code: str) -> bool:
        """Return whether a code's doings can be contributions to a coalition."""
        return bool(code) and code not in NEVER_CONTRIBUTE and code not in {"SHIPPING", "UN", "IMO"}


def is_state(code: str) -> bool:
    """Return whether a code is a state's."""
    return code in _STATES


def is_group(code: str) -> bool:
    """Return whether a code is a group or organisation with members."""
    return code in GROUPS or code in ORGANISATIONS


_STATES = frozenset(state_codes())
