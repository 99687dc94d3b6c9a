"""End to end on the founding article: every system that it speaks of shows in the result."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from muster.assessment import Roll, build_roll, check_claim, find_tensions, link_asks
from muster.assessment.claims import check_claims
from muster.base.case import Case, load_case
from muster.ledger import Ledger, open_ledger
from muster.ledger.intake import load_documents
from muster.ledger.view import View
from muster.reading import RuleReader
from shared_data import shared_path

RUTTE = "Nearly without exception, allies are doing everything the United States has asked"


def fill(folder: Path, paths: list[Path], case: Case) -> Ledger:
    """Return a ledger with these documents read by rule."""
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.sqlite'}")
    load_documents(ledger, case, paths, RuleReader())
    return ledger


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case("hormuz-2026")


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory, case: Case) -> Iterator[View]:
    """The article alone."""
    path = shared_path("gold/founding.docs.jsonl")
    with fill(tmp_path_factory.mktemp("article"), [path], case) as ledger:
        yield ledger.view(case.as_of)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory, case: Case) -> Iterator[Ledger]:
    """The bundled documents of the case."""
    with fill(tmp_path_factory.mktemp("bundled"), list(case.document_paths()), case) as ledger:
        yield ledger


@pytest.fixture(scope="module")
def roll(article: View, case: Case) -> Roll:
    return build_roll(article, case)


def test_the_four_asks_are_found(article: View, case: Case) -> None:
    """Logistics, bases, intelligence, political support: each is said by the article."""
    said = {link.ask.id for link in link_asks(article, case).links if link.said}

    assert {"logistics", "basing", "intelligence", "political_support"} <= said


def test_what_allies_do_is_on_the_roll(roll: Roll) -> None:
    """The United Kingdom gives bases, logistics and intelligence and leads; Canada joined; France supports."""
    assert {roll.cell("GBR", ask).direction for ask in ("basing", "logistics", "intelligence")} == {"yes"}
    assert roll.cell("CAN", "mission").status == "pledged"
    assert roll.cell("FRA", "political_support").direction == "yes"
    assert "command" in {entry.statement.what for entry in roll.given["GBR"]} or roll.cell("GBR", "mission").direction
    assert "diplomacy" in {entry.statement.what for entry in roll.given["TUR"]}


def test_what_holds_allies_back_is_shown(roll: Roll, article: View, case: Case) -> None:
    """Germany's law and parliament, France's distance, Hungary's ties, Türkiye's two roles."""
    assert {"legal", "parliamentary"} <= {entry.statement.type for entry in roll.caveats["DEU"]}
    tensions = {(item.actor, item.type) for item in find_tensions(article, case, roll)}
    assert {("FRA", "dissent"), ("HUN", "adversary_ties"), ("TUR", "dual_role")} <= tensions


def test_silent_allies_stay_unreported(roll: Roll) -> None:
    """The article says nothing of Iceland, so nothing is known of it."""
    assert {cell.status for cell in roll.row("ISL")} == {"unreported"}


def test_every_quote_stands_in_the_article(article: View) -> None:
    """Verbatim, at its offsets."""
    entries = article.statements()

    assert len(entries) >= 12
    for entry in entries:
        entry.statement.check_quote(article.document(entry.document.id).text)


def test_ruttes_claim_is_found_and_checked(article: View, case: Case) -> None:
    """It is found in the article; on the article alone silence leaves it undetermined."""
    assert any(entry.statement.quantifier == "nearly_all" for entry in article.statements("claim"))
    assert check_claim(RUTTE, article, case).verdict == "undetermined"


def test_the_bundled_documents_contradict_it_with_names_and_quotes(bundled: Ledger, case: Case) -> None:
    """On 9 April 2026 more than three allies were known not to do all that was asked: nine tenths cannot be."""
    verdict = check_claim(RUTTE, bundled.view(case.claims[0].on), case)

    assert (verdict.verdict, verdict.n_population) == ("contradicted", 31)
    assert verdict.best_share < 0.9
    assert set(verdict.known_yes) | set(verdict.known_no) | set(verdict.unreported) == set(verdict.population)
    assert {"ESP", "POL"} <= {row.member for row in verdict.exceptions}
    assert all(row.entry is not None and row.entry.statement.quote for row in verdict.exceptions)


def test_what_the_sources_say_is_on_the_roll(bundled: Ledger, case: Case) -> None:
    """Cells that several sources of 2026 leave in no doubt; Hungary has said nothing and has refused nothing."""
    roll = build_roll(bundled.view(case.as_of), case)

    assert roll.cell("ESP", "basing").status == "refused"
    assert roll.cell("ROU", "basing").status == "authorised"
    assert roll.cell("TUR", "basing").status == "refused"
    assert roll.cell("POL", "escort").status == "refused"
    assert roll.cell("ITA", "mine_clearance").status == "deployed"
    assert roll.cell("DEU", "mine_clearance").status == "deployed"
    assert roll.cell("HUN", "basing").status == "unreported"


def test_the_roll_is_dated(bundled: Ledger, case: Case) -> None:
    """The United Kingdom refused its bases in February and opened them in March."""
    from datetime import date

    assert build_roll(bundled.view(date(2026, 2, 25)), case).cell("GBR", "basing").status == "refused"
    assert build_roll(bundled.view(date(2026, 3, 10)), case).cell("GBR", "basing").direction == "yes"


def test_at_least_ten_claims_of_2026_are_checked_then_and_now(bundled: Ledger, case: Case) -> None:
    """Each claim of the case has two verdicts; coalition sizes are counted by their unit."""
    checked = {row.id: row for row in check_claims(bundled.view, case, case.as_of)}

    assert sum(row.then is not None and row.now is not None for row in checked.values()) >= 10
    assert {name: checked[name].then.verdict for name in ("signed-6", "signed-22", "signed-35", "statement-40")} == {  # type: ignore[union-attr]
        "signed-6": "supported", "signed-22": "supported", "signed-35": "undetermined", "statement-40": "contradicted",
    }  # fmt: skip
    assert any(row.entry is not None for row in checked.values())
