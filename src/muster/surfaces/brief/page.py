"""What the brief shows, as plain values: the template reads these and nothing else.

Invariant: every number arrives here already computed, every text unescaped (the template escapes), every SVG ours.
"""

from dataclasses import dataclass

from muster.surfaces.cards.claims import ClaimCard
from muster.surfaces.cards.roll import RollColumn, RollRow
from muster.surfaces.cards.tensions import ActRow, TensionRow


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
