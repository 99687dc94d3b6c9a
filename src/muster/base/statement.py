"""One statement: a fact that a text asserts or reports, with the verbatim words that carry it.

Invariant: a Statement made with `Statement.of` has exactly the fields of its kind, each with a code of the scheme.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Self

from muster.base.errors import InputError, QuoteError
from muster.base.ids import ID_HEX_DIGITS, content_id
from muster.base.scheme import ALL_FIELDS, FIELDS, KINDS, allowed_codes


@lru_cache(maxsize=16_384)
def _codes_part(kind: str, *codes: str) -> str:
    """Return kind and codes as `content_id` writes them; few combinations make up a whole ledger."""
    return f"{len(kind)}:{kind}" + "".join([f"{len(code)}:{code}" if code else "-" for code in codes])


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a document.

    Attributes
    ----------
    kind : one of `scheme.KINDS`
    actor, target, what, status, type, quantifier, population, polarity, action, realis : str
        Codes of the scheme; empty where the kind has no such field (see `scheme.FIELDS`).
    quote : str
        Verbatim: `text[start:end] == quote` in the stored text of the document.
    start, end : int
        Offsets in characters (code points), 0 <= start < end.
    rule : str
        Name of the frame (or model) that produced it.
    reader : str
        Name and version of the reader, such as `rules/0.1.0`.
    confidence : float
        0..1, the reader's own; 1 for rules without a score.
    event, mode : str
        PLOVER event class and mode, empty where not coded.
    assets : tuple of str
        Named or counted forces that the quote promises (`HMS Dragon`, `2 minehunters`); responses only.
    valid_from, valid_to : date or None
        When it holds in the world, where the text says so; else the ledger uses the document's date.
    """

    kind: str
    actor: str
    quote: str
    start: int
    end: int
    target: str = ""
    what: str = ""
    status: str = ""
    type: str = ""
    quantifier: str = ""
    population: str = ""
    polarity: str = ""
    action: str = ""
    realis: str = ""
    rule: str = ""
    reader: str = ""
    confidence: float = 1.0
    event: str = ""
    mode: str = ""
    assets: tuple[str, ...] = field(default=())
    valid_from: date | None = None
    valid_to: date | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any], *, place: str = "statement") -> Self:
        """Return the statement that a mapping (a JSON line) describes, checked against the scheme.

        Parameters
        ----------
        row : mapping
            `kind`, the fields of that kind, `quote`, `start`, `end`; optional `rule`, `reader`, `confidence`, `event`,
            `mode`, `assets`, `valid_from`, `valid_to`. Other keys are an error.
        place : str
            Where the row stands (file and line), for the error.

        Raises
        ------
        InputError
            A key is missing, unknown, or has a code outside the scheme; names place, key and value.
        """
        kind = row.get("kind")
        if kind not in KINDS:
            raise InputError(f"{place}: kind {kind!r} is not one of {', '.join(KINDS)}", next_step="Correct the row")
        for name in FIELDS[kind]:
            value = row.get(name)
            codes = allowed_codes(kind, name)
            if not isinstance(value, str) or not value or (codes and value not in codes):
                rule = f"one of {', '.join(codes)}" if codes else "an actor code such as GBR or NATO"
                raise InputError(
                    f"{place}: {kind} has {name} {value!r}", rule=f"{name} must be {rule}", next_step="Correct the row"
                )
        foreign = [name for name in ALL_FIELDS if row.get(name) and name not in FIELDS[kind]]
        unknown = [name for name in row if name not in cls.__dataclass_fields__]
        if foreign or unknown:
            raise InputError(
                f"{place}: {kind} has key {(foreign + unknown)[0]!r}",
                rule=f"a {kind} carries {', '.join(FIELDS[kind])} and a quote",
                next_step="Drop the key",
            )
        values: dict[str, Any] = dict(row)
        for name in ("valid_from", "valid_to"):
            if isinstance(values.get(name), str):
                values[name] = date.fromisoformat(values[name]) if values[name] else None
        values["assets"] = tuple(values.get("assets") or ())
        start, end, quote = values.get("start"), values.get("end"), values.get("quote")
        if not isinstance(quote, str) or not quote or not isinstance(start, int) or not isinstance(end, int):
            raise InputError(
                f"{place}: {kind} needs quote, start and end", rule="every statement carries a verbatim quote"
            )
        if not 0 <= start < end or end - start != len(quote):
            raise QuoteError(
                f"{place}: offsets [{start}, {end}) do not fit a quote of {len(quote)} characters",
                rule="end - start equals the quote's length",
                next_step="Read the document again",
            )
        return cls(**values)

    def fields(self) -> dict[str, str]:
        """Return the codes of this statement by field name, in canonical order."""
        return {name: getattr(self, name) for name in FIELDS[self.kind]}

    def id_in(self, document_id: str) -> str:
        """Return this statement's content id within a document.

        Reader and rule are left out on purpose: the same words read the same way are the same statement, so reading
        twice, or with a newer reader that agrees, adds nothing.
        """
        codes = _codes_part(
            self.kind, self.actor, self.target, self.what, self.status, self.type, self.quantifier, self.population,
            self.polarity, self.action, self.realis,
        )  # fmt: skip
        start, end = str(self.start), str(self.end)
        span = f"{len(start)}:{start}{len(end)}:{end}{len(self.quote)}:{self.quote}"
        data = f"9:statement{len(document_id)}:{document_id}{codes}{span}"
        if data.isascii():
            return hashlib.sha256(data.encode("ascii")).hexdigest()[:ID_HEX_DIGITS]
        fields = [getattr(self, name) or None for name in ALL_FIELDS]
        return content_id("statement", [document_id, self.kind, *fields, start, end, self.quote])

    def check_quote(self, text: str, *, place: str = "statement") -> None:
        """Raise QuoteError unless `text[start:end]` is this quote, character for character."""
        if text[self.start : self.end] != self.quote:
            raise QuoteError(
                f"{place}: quote not at [{self.start}, {self.end})",
                rule="quotes must be verbatim",
                next_step="Read the document again or drop the statement",
            )

    def to_row(self) -> dict[str, Any]:
        """Return the JSON form: kind, the kind's fields, quote, start, end, rule, and what else is set."""
        row: dict[str, Any] = {"kind": self.kind, **self.fields()}
        row |= {"quote": self.quote, "start": self.start, "end": self.end, "rule": self.rule}
        optional = {"reader": self.reader, "event": self.event, "mode": self.mode, "assets": list(self.assets)}
        row |= {name: value for name, value in optional.items() if value}
        if self.confidence != 1.0:
            row["confidence"] = round(self.confidence, 4)
        for name in ("valid_from", "valid_to"):
            day: date | None = getattr(self, name)
            if day is not None:
                row[name] = day.isoformat()
        return row
