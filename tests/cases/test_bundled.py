"""The bundled cases keep their own rules: dated groups, sources for everything, our own words."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from muster.assessment.belonging import sizes_of
from muster.assessment.quantity import thresholds_of
from muster.assessment.sentence import parse_claim
from muster.base.case import Case, case_folders, load_case
from muster.documents import read_documents, source_grade
from shared_data import shared_path

NAMES = sorted(case_folders())


@pytest.fixture(scope="module", params=NAMES)
def case(request: pytest.FixtureRequest) -> Case:
    """Each bundled case in turn."""
    return load_case(request.param)


def ignore(problem: Exception) -> None:
    """Read on."""


def source_ids(case: Case) -> set[str]:
    """Return the ids of a case's documents."""
    return {document.source_id for document in read_documents(case.document_paths(), on_problem=ignore)}


def test_three_cases_are_bundled() -> None:
    """The founding case, the Red Sea, and the precedent."""
    assert {"hormuz-2026", "red-sea-2023", "earnest-will-1987"} <= set(NAMES)


def test_every_document_reads_and_says_where_it_is_from(case: Case) -> None:
    """Digests in our own words, each with an id of its own, a URL, a publisher and a day."""
    problems: list[Exception] = []
    documents = list(read_documents(case.document_paths(), on_problem=problems.append))

    assert problems == []
    assert len({document.source_id for document in documents}) == len(documents) >= 12
    assert [document.source_id for document in documents if not document.is_digest] == []
    assert [
        document.source_id
        for document in documents
        if not (document.url.startswith("http") and document.publisher and document.published)
    ] == []


def test_every_publisher_is_graded_with_a_reason(case: Case) -> None:
    """No bundled source is left at F, and no letter stands without a reason."""
    documents = read_documents(case.document_paths(), on_problem=ignore)

    assert [d.publisher for d in documents if source_grade(case, d).letter == "F"] == []
    assert [grade.match for grade in case.grades if not grade.reason] == []


def test_every_fact_names_a_bundled_source_or_a_page(case: Case) -> None:
    """Asks, claims, sizes, groups and dated members cite a document of the case or a URL."""
    known = source_ids(case)
    cited = [source for ask in case.asks for source in ask.sources] + [claim.source for claim in case.claims]
    cited += [size.source for size in sizes_of(case)]
    for group in case.raw["group"]:
        cited += [group["source"], *(row["source"] for row in group["members"] if row.get("source"))]

    assert [source for source in cited if source not in known and not source.startswith("http")] == []
    assert all(ask.sources for ask in case.asks)


def test_every_claim_of_a_case_is_read(case: Case) -> None:
    """A claim that muster cannot parse does not belong in a bundled case."""
    for claim in case.claims:
        assert parse_claim(claim.text, case).parse
    assert thresholds_of(case.raw)


def test_the_roll_has_rows_on_its_last_day(case: Case) -> None:
    """The asker is not on the roll, and each ask was open by the last day."""
    members = case.members(case.as_of)

    assert case.lead not in members
    assert len(members) >= 15
    assert all(case.start <= ask.since <= case.as_of for ask in case.asks)


def test_membership_is_dated() -> None:
    """Finland joined NATO on 4 April 2023, Sweden on 7 March 2024; the UK left the EU on 31 January 2020."""
    groups = load_case("hormuz-2026").groups

    def count(code: str, day: str) -> int:
        return len(groups.members(code, date.fromisoformat(day)))

    assert [count("NATO-MEMBERS", day) for day in ("2023-04-03", "2023-04-04", "2024-03-07")] == [30, 31, 32]
    assert [count("EU-MEMBERS", day) for day in ("2020-01-31", "2020-02-01")] == [28, 27]
    assert len(load_case("earnest-will-1987").groups.members("NATO-MEMBERS", date(1987, 7, 22))) == 16


def test_the_coalition_grew_as_its_statements_say() -> None:
    """6 signatories on 19 March 2026, 20 on the 20th, 22 on the 21st; 16 of them are NATO members."""
    groups = load_case("hormuz-2026").groups
    sizes = [len(groups.members("SIGNATORIES", date(2026, 3, day))) for day in (18, 19, 20, 21)]
    nato = set(groups.members("NATO-MEMBERS", date(2026, 3, 21)))

    assert sizes == [0, 6, 20, 22]
    assert len(nato & set(groups.members("SIGNATORIES", date(2026, 3, 21)))) == 16


def test_no_sentence_of_the_founding_article_is_bundled() -> None:
    """Its text is a third party's: no run of ten words of it stands in a bundled document or case file."""
    article = json.loads(shared_path("gold/founding.docs.jsonl").read_text(encoding="utf-8").splitlines()[0])["text"]
    # What Rutte said is quoted in the case as the claim to be checked, and taken out of the comparison.
    claimed = {claim.text.casefold() for claim in load_case("hormuz-2026").claims}
    words = re.findall(r"\w+", article.casefold())
    runs = {" ".join(words[start : start + 10]) for start in range(len(words) - 9)}
    found = []
    for folder in case_folders().values():
        for path in [*Path(folder).glob("documents/*.jsonl"), folder / "case.toml"]:
            text = re.sub(r"https?://\S+", " ", path.read_text(encoding="utf-8")).casefold()
            for sentence in claimed:
                text = text.replace(sentence, " ")
            flat = re.findall(r"\w+", text)
            found += [run for start in range(len(flat) - 9) if (run := " ".join(flat[start : start + 10])) in runs]

    assert found == []
