"""What the brief shows, as plain values: the template reads these and nothing else.

Invariant: every number arrives here already computed, every text unescaped (the template escapes), every SVG made by us.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """One verbatim quote with where it stands."""

    statement_id: str
    label: str
    quote: str
    publisher: str
    title: str
    url: str
    date: str
    grade: str
    is_digest: bool
    is_rejected: bool = False


@dataclass(frozen=True, slots=True)
class RollCell:
    """One member's standing on one ask; `code` is one or two letters, `css` the status class."""

    id: str
    member: str
    ask: str
    code: str
    css: str
    status: str
    is_contested: bool
    sentence: str
    quotes: tuple[QuoteCard, ...]
    caveats: tuple[QuoteCard, ...]


@dataclass(frozen=True, slots=True)
class RollRow:
    """A member and its cells in the order of the columns."""

    code: str
    name: str
    cells: tuple[RollCell, ...]


@dataclass(frozen=True, slots=True)
class RollColumn:
    """An ask: short title, the sentence, since when, how many members answered."""

    id: str
    title: str
    text: str
    since: str
    n_reported: int


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """A member that breaks the claim, with its words."""

    member: str
    quotes: tuple[QuoteCard, ...]


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """A claim with its verdict and the three counts; shares are per cent, 0..100."""

    id: str
    text: str
    speaker: str
    made_on: str
    source: str
    source_url: str
    checked_on: str
    verdict: str
    sentence: str
    n_population: int
    n_yes: int
    n_no: int
    n_unreported: int
    worst_pct: float
    best_pct: float
    threshold: str
    yes_names: tuple[str, ...]
    unreported_names: tuple[str, ...]
    exceptions: tuple[ExceptionRow, ...]
    note: str


@dataclass(frozen=True, slots=True)
class TensionRow:
    """A tension: who, against whom, of which kind, with its quotes."""

    date: str
    actor: str
    target: str
    kind: str
    sentence: str
    quotes: tuple[QuoteCard, ...]


@dataclass(frozen=True, slots=True)
class ActRow:
    """Acts of one kind against shipping or the strait."""

    action: str
    n_done: int
    n_other: int
    quotes: tuple[QuoteCard, ...]


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One statement of an article that the reader was asked about."""

    kind: str
    actor: str
    detail: str
    quote: str


@dataclass(frozen=True, slots=True)
class Article:
    """What was read in one given document."""

    title: str
    publisher: str
    date: str
    rows: tuple[ArticleRow, ...]


@dataclass(frozen=True, slots=True)
class ForceRow:
    """One unit that the roll supports."""

    member: str
    unit: str
    p_available: str
    arrives: str
    limits: str
    quote_id: str


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """What gets through under one way of protecting ships."""

    name: str
    passages_per_day: str
    share_of_normal: str
    acts_per_30_days: str
    confrontations_per_30_days: str
    cost: str


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What changes without one member."""

    member: str
    change: str
    interval: str


@dataclass(frozen=True, slots=True)
class PassageSection:
    """The strait: pictures and tables."""

    sentence: str
    strait_svg: str
    strait_note: str
    fan_svg: str
    fan_note: str
    policies: tuple[PolicyRow, ...]
    forces: tuple[ForceRow, ...]
    n_forces: int
    effects_svg: str
    effects: tuple[EffectRow, ...]
    effects_note: str


@dataclass(frozen=True, slots=True)
class Precedent:
    """What an earlier operation of the kind did."""

    title: str
    text: str
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A document that the brief rests on."""

    id: str
    publisher: str
    title: str
    url: str
    date: str
    grade: str
    n_statements: int
    is_digest: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """The whole page."""

    title: str
    summary: str
    as_of: str
    known_at: str
    headline: str
    headline_verdict: str
    lead: tuple[str, ...]
    columns: tuple[RollColumn, ...]
    rows: tuple[RollRow, ...]
    claims: tuple[ClaimCard, ...]
    articles: tuple[Article, ...]
    tensions: tuple[TensionRow, ...]
    acts: tuple[ActRow, ...]
    passage: PassageSection | None
    precedents: tuple[Precedent, ...]
    sources: tuple[SourceRow, ...]
    limits: tuple[str, ...]
    record: str
