"""docs/documents.md says the numbers that the code has."""

from pathlib import Path

import pytest

from muster.documents import decoding, feeds, fetching, files, grading, language, origins, page, robots

LINES = (Path(__file__).resolve().parents[2] / "docs" / "documents.md").read_text(encoding="utf-8").splitlines()
TEXT = " ".join(" ".join(LINES).split())


@pytest.mark.parametrize(
    "words",
    [
        f"bounded at {files.MAX_DOCUMENT_BYTES // 10**6} MB",
        f"an HTML page at {page.MAX_PAGE_BYTES // 10**6} MB",
        f"more than {page.MAX_TAGS:,} tags",
        f"at most {files.MAX_PROBLEMS_PER_FILE} bad lines",
        f"among {len(language.LANGUAGES)} languages",
        f"half of the shorter text's {origins.SHINGLE_WORDS}-word shingles" if origins.MIN_SHARED == 0.5 else "no",
        f"first {origins.LEAD_SHINGLES} shingles",
        f"fewer than {origins.MIN_SHINGLES} shingles",
        f"{100 * origins.MIN_TITLE_SHARED:.0f} % of the shorter one's",
        f"| redirects | {fetching.MAX_REDIRECTS},",
        f"| size | {fetching.MAX_BYTES // 10**6} MB",
        f"robots.txt {robots.MAX_ROBOTS_BYTES // 1000} kB",
        f"feeds {feeds.MAX_FEED_BYTES // 10**6} MB and {feeds.MAX_LINKS} links",
        f"| time | {fetching.TOTAL_S:.0f} s for a document",
        f"{fetching.STEP_S:.0f} s for a connection",
        f"{fetching.DELAY_S:.0f} s between requests",
        f"at most {feeds.GDELT_MAX_RECORDS} articles",
        " and ".join(str(port) for port in sorted(fetching.PORTS)),
    ],
)
def test_the_page_says_the_bounds(words):
    """A changed constant must change the page."""
    assert words in TEXT


@pytest.mark.parametrize("n_origins", range(4))
def test_the_page_has_the_table_of_digits(n_origins):
    """Each row of the table is the rule's."""
    name = "3 or more" if n_origins == 3 else str(n_origins)
    digit, _ = grading.information_digit(n_origins, contradicted=False)
    other, _ = grading.information_digit(n_origins, contradicted=True)
    row = next(line for line in LINES if line.startswith(f"| {name} |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1].startswith(str(digit))
    assert cells[2].startswith(str(other))
    assert grading.DIGIT_NAMES[digit] in cells[1]


def test_the_stored_text_is_as_described():
    """The three changes, and none else."""
    assert decoding.stored_text("a\r\nb\x07\ud800\u00e9\u0301 ") == "a\nb \ufffd\u00e9\u0301 "
