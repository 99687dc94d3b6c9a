"""From case, view and simulation to the values of the brief. Calls the rooms; decides nothing."""

from collections.abc import Sequence

from muster.assessment.claim import Verdict, check_claim
from muster.assessment.roll import Roll, build_roll
from muster.assessment.tension import find_tensions
from muster.base.actors import display_name
from muster.base.case import Case
from muster.base.document import Document
from muster.base.errors import InputError
from muster.base.record import make_record
from muster.base.statement import Statement
from muster.ledger.entry import DocumentInfo
from muster.ledger.view import View
from muster.surfaces.brief.page import Article, ArticleRow, Brief, PassageSection, Precedent, SourceRow
from muster.surfaces.cards.claims import ClaimCard, claim_card, unread_claim
from muster.surfaces.cards.limits import method_limits
from muster.surfaces.cards.observed import observed_sentence
from muster.surfaces.cards.quotes import describe, web_url
from muster.surfaces.cards.roll import roll_columns, roll_rows
from muster.surfaces.cards.tensions import act_rows, tension_rows


def compose_brief(
    case: Case, view: View, *, articles: Sequence[tuple[Document, Sequence[Statement]]] = (),
    passage: PassageSection | None = None, inputs: dict[str, object] | None = None,
) -> Brief:  # fmt: skip
    """Return the brief of a case at a view.

    Parameters
    ----------
    articles : sequence of (document, statements)
        Documents that the user asked about; they are shown first.
    passage : PassageSection, optional
        What the simulator says; left out where the case has no scenario.
    inputs : mapping, optional
        What the run was asked for, for the run record.
    """
    roll = build_roll(view, case)
    claims = claim_cards(case, view, roll)
    head = claims[0] if claims else None
    return Brief(
        title=case.title, summary=case.summary, as_of=view.as_of.isoformat(),
        known_at=f"{view.known_at:%Y-%m-%d %H:%M} UTC", headline=_headline(head, case),
        headline_verdict=head.verdict if head else "",
        lead=_lead(head, roll, passage, observed_sentence(case, view.as_of)),
        columns=roll_columns(roll), rows=roll_rows(roll), claims=claims,
        articles=tuple(_article(document, statements) for document, statements in articles),
        tensions=tension_rows(find_tensions(view, case, roll)), acts=act_rows(view.statements("act")),
        passage=passage, precedents=precedents(case), sources=_sources(view), limits=method_limits(),
        record=make_record("brief", {"case": case.name, "as_of": view.as_of.isoformat(), **(inputs or {})}).to_json(),
    )  # fmt: skip


def claim_cards(case: Case, view: View, roll: Roll) -> tuple[ClaimCard, ...]:
    """Return the case's claims checked on the view's day; a claim that cannot be read says so."""
    documents = {info.source_id: info for info in view.documents_of_sources({row.source for row in case.claims})}
    cards = []
    for claim in case.claims:
        if claim.on > view.as_of:
            continue
        source = documents.get(claim.source)
        name = f"{source.publisher}: {source.title}" if source else claim.source
        url = source.url if source else claim.source
        try:
            verdict: Verdict = check_claim(claim.text, view, case, roll)
        except InputError as error:
            cards.append(unread_claim(claim.text, str(error), claim_id=claim.id, speaker=claim.actor))
            continue
        cards.append(
            claim_card(
                verdict, case, claim_id=claim.id, speaker=claim.actor, made_on=claim.on.isoformat(), source=name,
                source_url=url, note=claim.note,
            )
        )  # fmt: skip
    return tuple(cards)


def precedents(case: Case) -> tuple[Precedent, ...]:
    """Return the case's precedents, facts with their sources."""
    return tuple(
        Precedent(row["title"], row["text"], row["source"], web_url(row.get("url", "")))
        for row in case.raw.get("precedent", [])
    )


def _headline(head: ClaimCard | None, case: Case) -> str:
    """Return the answer first: the claim and its verdict."""
    if head is None:
        return case.title
    words = {"contradicted": "is contradicted", "supported": "is supported"}.get(head.verdict, "cannot be decided")
    return f"The claim “{head.text}” {words}"


def _lead(head: ClaimCard | None, roll: Roll, passage: PassageSection | None, observed: str) -> tuple[str, ...]:
    """Return the sentences under the headline: counts, exceptions, what silence could change, contested, passage."""
    lines = []
    if head is not None:
        lines.append(
            f"{head.n_yes} of {head.n_population} are known to do it, {head.n_no} are known not to, "
            f"{head.n_unreported} are unreported."
        )
        if head.exceptions:
            lines.append(f"The exceptions: {', '.join(row.member for row in head.exceptions)}.")
        lines.append(
            f"If every unreported member did it, {head.best_pct:.0f} % would; if none, {head.worst_pct:.0f} %. "
            f"The claim needs {head.threshold}."
        )
    contested = [
        f"{display_name(standing.member)} on {ask.title.lower()}"
        for member in roll.members
        for ask in roll.asks
        if (standing := roll.cell(member, ask.id)).is_contested and not standing.is_collective
    ]
    if contested:
        lines.append(f"Contested, because live statements disagree: {'; '.join(contested[:5])}.")
    if observed:
        lines.append(observed)
    if passage is not None:
        lines.append(passage.sentence)
    return tuple(lines)


def _article(document: Document, statements: Sequence[Statement]) -> Article:
    rows = tuple(ArticleRow(s.kind, display_name(s.actor), describe(s), s.quote) for s in statements)
    day = document.published.isoformat() if document.published else ""
    return Article(document.title or document.source_id, document.publisher, day, rows)


def _sources(view: View) -> tuple[SourceRow, ...]:
    counts: dict[str, int] = {}
    for entry in view.statements():
        counts[entry.document.id] = counts.get(entry.document.id, 0) + 1
    newest_first = sorted(view.documents(), key=lambda info: (info.published is None, info.published), reverse=True)
    return tuple(_source(info, counts.get(info.id, 0)) for info in newest_first if counts.get(info.id))


def _source(info: DocumentInfo, n_statements: int) -> SourceRow:
    day = info.published.isoformat() if info.published else "undated"
    return SourceRow(
        info.id, info.publisher or "unknown publisher", info.title or info.source_id, web_url(info.url), day,
        info.letter, n_statements, info.is_digest,
    )  # fmt: skip
