"""The reader that asks a language model, and believes only what the text bears out.

Invariant: every statement it returns has a quote that the strict verifier found in the document. What cannot be
verified is in the report with its reason; nothing is dropped in silence.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from muster.base.actors import display_name
from muster.base.document import Document
from muster.base.errors import MusterError, RemoteError
from muster.base.ids import content_id
from muster.base.scheme import FIELDS, GROUPS, KINDS, ORGANISATIONS, SHIPPING
from muster.base.statement import Statement
from muster.reading.llm.client import ChatClient
from muster.reading.llm.cues import disagreement, orders_near
from muster.reading.llm.prompt import KNOWN_KEYS, PROMPT_VERSION, answer_schema, messages
from muster.reading.plover.mapping import plover_of
from muster.reading.verify import check_quote

RULE: Final = "llm/answer"
REVIEW_RULE: Final = "llm/needs-review"
ACCEPTED_CONFIDENCE: Final = 0.7  # below a rule's 1: two models agree on about that share of statements; to be measured
REVIEW_CONFIDENCE: Final = 0.3  # below 0.5 a statement waits for a reviewer
CHUNK_CHARACTERS: Final = 12_000  # about 3,000 tokens: fits any model's window with the answer
MAX_CHUNKS: Final = 50  # of one document: 600,000 characters, a long book
MAX_ROWS: Final = 200  # statements of one chunk; an article of 12,000 characters has some 30
_PARAGRAPH: Final = re.compile(r"\n\s*\n|\n|(?<=[.!?])\s+")
_FENCE: Final = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?```\s*\Z", re.DOTALL)
_SHOWN_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class LlmReport:
    """What became of one document.

    Attributes
    ----------
    document_id : str
        The id the input gave.
    n_accepted, n_review : int
        Statements returned as read, and returned for review.
    failures : tuple of str
        Requests that failed, stretches not read and answers that could not be used, each with its reason.
    refused : tuple of (str, str)
        Rows of the model that are no statement: the reason and the start of the row as JSON.
    """

    document_id: str
    n_accepted: int = 0
    n_review: int = 0
    failures: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def is_complete(self) -> bool:
        """True if every stretch of the document was read and every row could be used."""
        return not self.failures and not self.refused

    def sentence(self) -> str:
        """Return the report as one line for people."""
        parts = [f"{self.n_accepted} accepted", f"{self.n_review} for review", f"{len(self.refused)} rows refused"]
        text = f"{self.document_id}: " + ", ".join(parts)
        return "; ".join([text, *self.failures])


@dataclass(slots=True)
class _Outcome:
    """What gathers while one document is read."""

    statements: dict[str, Statement] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, reason: str, row: object) -> None:
        self.refused.append((reason, json.dumps(row, ensure_ascii=False, default=str)[:_SHOWN_CHARACTERS]))


def chunks_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield stretches [start, end) of at most `CHUNK_CHARACTERS` that cover the text, cut after a sentence."""
    start = 0
    while start < len(text):
        end = min(start + CHUNK_CHARACTERS, len(text))
        if end < len(text):
            cuts = [match.end() for match in _PARAGRAPH.finditer(text, start + CHUNK_CHARACTERS // 2, end)]
            end = cuts[-1] if cuts else end
        yield start, end
        start = end


@cache
def _is_actor(code: str) -> bool:
    if code in ORGANISATIONS or code in GROUPS or code == SHIPPING:
        return True
    return bool(re.fullmatch(r"[A-Z]{3}", code)) and display_name(code) != code


class LlmReader:
    """A reader behind the same door as the rule reader, by way of a language model.

    Parameters
    ----------
    client : ChatClient
        Which model, where, with which cache and limits.

    Attributes
    ----------
    name : str
        `llm/MODEL/PROMPT_VERSION`.
    reports : list of LlmReport
        One for each document read, in order.
    """

    def __init__(self, client: ChatClient) -> None:
        self.client = client
        self.name = f"llm/{client.model}/{PROMPT_VERSION}"
        self.reports: list[LlmReport] = []
        self._schema = answer_schema()

    def can_read(self, document: Document) -> bool:
        """Return True: the model is asked whatever the language."""
        return bool(document.text)

    def read(self, document: Document) -> tuple[Statement, ...]:
        """Return the statements of a document whose quotes were verified, in the order of their quotes.

        A statement whose code does not agree with the cue in its quote, or that stands among words which give orders
        to a reading machine, has confidence below 0.5 and the rule `llm/needs-review`. The report of the document is
        appended to `reports`. A failed request does not raise: it is reported, and the rest of the document is read.
        """
        outcome = _Outcome()
        for number, (start, end) in enumerate(chunks_of(document.text)):
            if number >= MAX_CHUNKS:
                outcome.failures.append(f"characters {start:,} to {len(document.text):,} not read: document too long")
                break
            try:
                self._read_chunk(document, start, end, outcome)
            except RemoteError as error:
                outcome.failures.append(f"characters {start:,} to {end:,} not read: {error.what}")
        statements = tuple(sorted(outcome.statements.values(), key=lambda item: (item.start, item.end, item.kind)))
        n_review = sum(statement.rule == REVIEW_RULE for statement in statements)
        self.reports.append(
            LlmReport(
                document.source_id,
                n_accepted=len(statements) - n_review,
                n_review=n_review,
                failures=tuple(outcome.failures),
                refused=tuple(outcome.refused),
            )
        )
        return statements

    def _read_chunk(self, document: Document, start: int, end: int, outcome: _Outcome) -> None:
        text = document.text[start:end]
        if not text.strip():
            return
        chunk_id = content_id("chunk", [document.id, str(start), str(end)])[:16]
        asked = messages(chunk_id, text)
        answer = self.client.ask(asked, self._schema)
        try:
            rows = _parse(answer, chunk_id)
        except ValueError as error:
            self.client.forget(asked, self._schema)
            outcome.failures.append(f"characters {start:,} to {end:,} not read: {error}")
            return
        if len(rows) > MAX_ROWS:
            outcome.failures.append(f"characters {start:,} to {end:,}: {len(rows)} rows, only {MAX_ROWS} looked at")
        for row in rows[:MAX_ROWS]:
            self._take(document, start, text, row, outcome)

    def _take(self, document: Document, offset: int, text: str, row: object, outcome: _Outcome) -> None:
        """Turn a row into a statement, or say why not."""
        if not isinstance(row, Mapping) or row.get("kind") not in KINDS or not isinstance(row.get("quote"), str):
            outcome.refuse("no statement of the scheme with a quote", row)
            return
        wanted = FIELDS[row["kind"]]
        foreign = [
            name for name in row if name not in KNOWN_KEYS or (row[name] and name not in (*wanted, "kind", "quote"))
        ]
        if foreign:
            outcome.refuse(f"a {row['kind']} has no key {str(foreign[0])[:40]!r}", row)
            return
        strangers = [row.get(name) for name in ("actor", "target") if name in wanted and not _is_known(row.get(name))]
        if strangers:
            outcome.refuse(f"actor {str(strangers[0])[:40]!r} is not known", row)
            return
        check = check_quote(text, row["quote"])
        if check.span is None:
            outcome.refuse(f"quote refused: {check.reason}", row)
            return
        start, end = offset + check.span.start, offset + check.span.end
        codes = {name: row.get(name) for name in wanted}
        try:
            statement = Statement.of(
                {"kind": row["kind"], **codes, "quote": document.text[start:end], "start": start, "end": end,
                 "rule": RULE, "reader": self.name, "confidence": ACCEPTED_CONFIDENCE}
            )  # fmt: skip
        except MusterError as error:
            outcome.refuse(error.rule or error.what, row)
            return
        event, mode = plover_of(statement)
        statement = replace(statement, event=event, mode=mode)
        outcome.statements.setdefault(statement.id_in(""), _graded(document.text, statement))


def _is_known(code: object) -> bool:
    return isinstance(code, str) and _is_actor(code)


def _graded(text: str, statement: Statement) -> Statement:
    """Return the statement as accepted, or marked for review."""
    if disagreement(statement) or orders_near(text, statement.start, statement.end):
        return replace(statement, rule=REVIEW_RULE, confidence=REVIEW_CONFIDENCE)
    return statement


def _parse(answer: str, chunk_id: str) -> list[Any]:
    """Return the rows of an answer; ValueError says in words why there are none."""
    fenced = _FENCE.match(answer)
    try:
        found = json.loads(fenced.group(1) if fenced else answer)
    except (ValueError, RecursionError):
        raise ValueError("the answer is no JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("statements"), list):
        raise ValueError("the answer has no list of statements")  # noqa: TRY004 - one kind of failure for the caller
    if found.get("id") != chunk_id:
        raise ValueError("the answer is for another id")
    return list(found["statements"])
