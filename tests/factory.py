"""Plain builders for tests: an entry in one line, a case in code, and an in-memory view with the ledger's door."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from muster.base.case import AskLine, Case
from muster.base.document import Document
from muster.base.errors import NotFoundError
from muster.base.groups import Groups, Membership
from muster.base.statement import Statement
from muster.ledger.entry import DocumentInfo, Entry, Ruling, StandingEntry

RECORDED_AT = datetime(2026, 9, 1, tzinfo=UTC)


def day(text: str | date) -> date:
    """Return a date from ISO text."""
    return text if isinstance(text, date) else date.fromisoformat(text)


def make_statement(kind: str, actor: str, quote: str = "as the text says", **fields: object) -> Statement:
    """Return a statement with a quote at offset 0."""
    row = {"kind": kind, "actor": actor, "quote": quote, "start": 0, "end": len(quote), "rule": "test", **fields}
    return Statement.of(row)


def make_entry(
    statement: Statement,
    on: str | date,
    *,
    letter: str = "B",
    origin: str = "",
    publisher: str = "Wire",
    review: str = "unreviewed",
    recorded_at: datetime = RECORDED_AT,
    document_id: str = "",
) -> Entry:
    """Return an entry dated `on`; without `origin` it is a source of its own."""
    when = day(on)
    document_id = document_id or f"doc-{publisher}-{when}-{statement.quote}"
    url = f"https://example.org/{when}"
    info = DocumentInfo(document_id, "src", publisher, "Title", url, when, "en", letter, origin or document_id, True)
    return Entry(statement.id_in(document_id), statement, info, when, None, recorded_at, review)


def response(actor: str, what: str, status: str, on: str, **options: object) -> Entry:
    """Return a response entry: `response("GBR", "basing", "refused", "2026-02-19", letter="A")`."""
    quote = str(options.pop("quote", f"{actor} {what} {status} {on}"))
    confidence = options.pop("confidence", 1.0)
    statement = make_statement("response", actor, quote, what=what, status=status, confidence=confidence)
    return make_entry(statement, on, **options)  # type: ignore[arg-type]


def caveat(actor: str, kind: str, what: str, on: str, **options: object) -> Entry:
    """Return a caveat entry."""
    quote = str(options.pop("quote", f"{actor} {kind} limit"))
    return make_entry(make_statement("caveat", actor, quote, type=kind, what=what), on, **options)  # type: ignore[arg-type]


def tension(actor: str, target: str, kind: str, on: str, **options: object) -> Entry:
    """Return a tension entry."""
    quote = str(options.pop("quote", f"{actor} against {target}"))
    return make_entry(make_statement("tension", actor, quote, target=target, type=kind), on, **options)  # type: ignore[arg-type]


def said_ask(actor: str, target: str, what: str, on: str, **options: object) -> Entry:
    """Return an ask entry."""
    quote = str(options.pop("quote", f"{actor} asks {target} for {what}"))
    return make_entry(make_statement("ask", actor, quote, target=target, what=what), on, **options)  # type: ignore[arg-type]


def said_claim(actor: str, quantifier: str, population: str, polarity: str, on: str, **options: object) -> Entry:
    """Return a claim entry."""
    quote = str(options.pop("quote", f"{quantifier} of {population} {polarity}"))
    fields = {"quantifier": quantifier, "population": population, "polarity": polarity}
    return make_entry(make_statement("claim", actor, quote, **fields), on, **options)  # type: ignore[arg-type]


def make_ask(
    ask_id: str = "basing",
    *,
    what: str = "",
    target: str = "NATO-MEMBERS",
    asker: str = "USA",
    since: str = "2026-02-19",
    until: str = "",
) -> AskLine:
    """Return an ask of the case."""
    end = day(until) if until else None
    return AskLine(ask_id, asker, target, what or ask_id, day(since), end, ask_id.title(), "Please.", ("1",))


def make_case(
    members: str = "GBR FRA DEU ESP ITA USA",
    *,
    asks: Collection[AskLine] = (make_ask(),),
    groups: Collection[Membership] = (),
    extra: tuple[str, ...] = (),
    raw: Mapping[str, object] | None = None,
) -> Case:
    """Return a small case whose roll group NATO-MEMBERS has these members without dates."""
    rows = [Membership("NATO-MEMBERS", code) for code in members.split()]
    return Case(
        name="small", title="Small", summary="For tests.", folder=Path(), start=date(2026, 2, 1),
        as_of=date(2026, 9, 1), lead="USA", adversaries=("IRN",), coalition_lead="GBR", roll_group="NATO-MEMBERS",
        roll_extra=extra, groups=Groups([*rows, *groups]), asks=tuple(asks), claims=(), grades=(), raw=raw or {},
    )  # fmt: skip


class ListView:
    """The ledger's `View` over a list of entries, filtered by date, knowledge and review as the real one does."""

    def __init__(
        self, entries: Collection[Entry], as_of: str | date = "2026-09-01", known_at: datetime = RECORDED_AT
    ) -> None:
        self.as_of = day(as_of)
        self.known_at = known_at
        self.rulings_kept: list[Ruling] = []
        self._all = sorted(entries, key=lambda entry: (entry.valid_from, entry.id))
        self._entries = [
            entry
            for entry in self._all
            if entry.valid_from <= self.as_of
            and (entry.valid_to is None or entry.valid_to >= self.as_of)
            and entry.recorded_at <= known_at
        ]

    def at(self, as_of: str | date) -> "ListView":
        """Return the same rows as of another day."""
        return ListView(self._all, as_of, self.known_at)

    def statements(
        self,
        kind: str | None = None,
        actors: Collection[str] | None = None,
        whats: Collection[str] | None = None,
        include_rejected: bool = False,
        limit: int | None = None,
        *,
        document_id: str | None = None,
    ) -> tuple[Entry, ...]:
        """Filter as the real view does."""
        found = [
            entry
            for entry in self._entries
            if (kind is None or entry.statement.kind == kind)
            and (actors is None or entry.statement.actor in actors)
            and (whats is None or entry.statement.what in whats)
            and (include_rejected or entry.review != "rejected")
            and (document_id is None or entry.document.id == document_id)
        ]
        return tuple(found[:limit])

    def standing_entries(
        self,
        whats: Collection[str] | None = None,
        actors: Collection[str] | None = None,
        *,
        kinds: Collection[str] = ("response",),
        per_cell: int = 8,
    ) -> tuple[StandingEntry, ...]:
        """Choose the newest entries of each cell, one an origin."""
        cells: dict[tuple[str, ...], list[Entry]] = {}
        for kind in kinds:
            for entry in self.statements(kind, actors, whats):
                said = entry.statement
                cells.setdefault((kind, said.actor, said.what, said.status, said.type), []).append(entry)
        chosen = []
        for rows in cells.values():
            origins: dict[str, Entry] = {}
            for entry in reversed(rows):
                origins.setdefault(entry.document.origin, entry)
            for entry in list(origins.values())[:per_cell]:
                fields = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
                chosen.append(StandingEntry(**fields, n_origins=min(len(origins), per_cell)))
        return tuple(sorted(chosen, key=lambda entry: (entry.valid_from, entry.id)))

    def entry(self, statement_id: str) -> Entry:
        """Return one statement by id."""
        for entry in self._all:
            if entry.id.startswith(statement_id):
                return entry
        raise NotFoundError(f"statement {statement_id!r} is not known")

    def document(self, document_id: str) -> Document:
        """Texts are not kept here."""
        raise NotFoundError(f"document {document_id!r} has no text in this double")

    def document_info(self, document_id: str) -> DocumentInfo:
        """Return what is known of a document."""
        return next(entry.document for entry in self._all if entry.document.id == document_id)

    def documents(self, *, limit: int | None = None) -> tuple[DocumentInfo, ...]:
        """Return the documents of all entries."""
        return tuple({entry.document.id: entry.document for entry in self._entries}.values())[:limit]

    def rulings(self, statement_id: str | None = None) -> tuple[Ruling, ...]:
        """Return the rulings that a test put into `rulings_kept`."""
        return tuple(row for row in self.rulings_kept if statement_id in {None, row.statement_id})

    def counts(self) -> Mapping[str, int]:
        """Count by kind."""
        found = {"document": len(self.documents())}
        for entry in self._entries:
            found[entry.statement.kind] = found.get(entry.statement.kind, 0) + 1
        return found


def rejected(entry: Entry) -> Entry:
    """Return the entry as a reviewer rejected it."""
    return replace(entry, review="rejected")
