"""The brief: one self-contained page with the answer first; hostile text stays text."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from muster.base.case import load_case
from muster.base.document import Document
from muster.base.statement import Statement
from muster.ledger import open_ledger
from muster.surfaces.brief.compose import compose_brief
from muster.surfaces.brief.render import render_brief
from muster.surfaces.cards.quotes import web_url
from muster.surfaces.cli.main import root
from shared_data import shared_path

HOSTILE = '<script>alert(1)</script> Spain refused "the use" of its bases & airspace.'


class Tags(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def parse(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return all tags of a page."""
    parser = Tags()
    parser.feed(page)
    return parser.tags


SMALL = ["--runs", "20", "--days", "14"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose `l.sqlite` the tests of this module share: reading the case once is enough."""
    return tmp_path_factory.mktemp("brief")


def run_brief(folder: Path, name: str, *args: str) -> str:
    """Run `muster brief` on the shared ledger and return the page."""
    out = folder / name
    result = CliRunner().invoke(root, ["brief", *args, "--ledger", str(folder / "l.sqlite"), "--out", str(out), *SMALL])
    assert result.exit_code == 0, result.output
    return out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    """Return the brief that `muster brief` writes for the bundled case, with a small simulation."""
    return run_brief(folder, "b.html")


def test_the_page_asks_nothing_of_anyone(page: str) -> None:
    """No script, no style sheet, no image, no frame from elsewhere; links are for people to follow."""
    tags = parse(page)
    loaders = {"script", "link", "img", "iframe", "object", "embed", "audio", "video", "source", "base", "form"}

    assert [tag for tag, _ in tags if tag in loaders] == []
    assert not re.search(r"url\(\s*['\"]?(?!#)", page)
    assert "@import" not in page
    hrefs = [attrs.get("href") or "" for tag, attrs in tags if tag == "a"]
    assert all(href.startswith(("#", "https://", "http://")) for href in hrefs)


def test_the_answer_comes_first(page: str) -> None:
    """The headline names the claim and its verdict before anything else."""
    heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)

    assert heading is not None
    assert "Nearly without exception" in heading[1]
    assert re.search(r"is contradicted|is supported|cannot be decided", heading[1])


def test_every_cell_with_words_opens_on_its_quotes(page: str) -> None:
    """Each button of the matrix has its popover, and each popover a quote or a caveat."""
    tags = parse(page)
    targets = {attrs["popovertarget"] for tag, attrs in tags if tag == "button" and attrs.get("popovertarget")}
    popovers = {attrs["id"] for _, attrs in tags if "popover" in attrs}

    assert targets
    assert targets == popovers
    for name in popovers:
        part = page.split(f'<div popover id="{name}">')[1].split("</div>", maxsplit=1)[0]
        assert "<blockquote" in part, name


def test_every_section_of_the_design_is_there(page: str) -> None:
    """Roll, claims, tensions, acts, passage with a picture, method, sources."""
    for name in ("roll", "claims", "tensions", "acts", "passage", "method", "sources"):
        assert f'<section id="{name}">' in page, name
    assert page.count("<svg") >= 3
    assert "approximate" in page


def test_the_same_inputs_give_the_same_page(folder: Path, page: str) -> None:
    """Two runs on one ledger write the same bytes."""
    assert run_brief(folder, "again.html") == page


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    """Markup in a document, its title and its address is shown, never run."""
    case = load_case()
    document = Document(
        "x",
        HOSTILE,
        url="javascript:alert(1)",
        publisher="<b>x</b>",
        title="<img src=x onerror=1>",
        published=date(2026, 3, 2),
    )
    statement = Statement("response", "ESP", HOSTILE, 0, len(HOSTILE), what="basing", status="refused", rule="r")
    with open_ledger(str(tmp_path / "l.sqlite")) as ledger:
        with ledger.writer() as writer:
            writer.add_document(document, origin="o", letter="B")
            writer.add_statements(document.id, [statement])
        brief = compose_brief(case, ledger.view(as_of=case.as_of), articles=[(document, [statement])])
    page = render_brief(brief)
    tags = parse(page)

    assert {tag for tag, _ in tags} & {"script", "img", "u"} == set()
    assert not any((attrs.get("href") or "").startswith("javascript") for _, attrs in tags)
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "", "vbscript:x"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    """Anything but http and https is dropped."""
    assert web_url(url) == ""


def test_the_founding_article_shows_every_system_it_speaks_of(tmp_path: Path) -> None:
    """Four asks, six members with what they do or hold back, the claim, the coalition, tolls, the precedent."""
    article = shared_path("gold/founding.docs.jsonl")
    page = run_brief(tmp_path, "f.html", str(article))
    part = page.split('<section id="article">')[1].split("</section>")[0]

    for what in ("logistics", "basing", "intelligence", "political support"):
        assert f"asks NATO members for {what}" in part
    for name in ("United Kingdom", "Canada", "France", "Germany", "Hungary", "Turkey"):
        assert name in part
    for words in ("parliamentary caveat", "legal caveat", "ties to the adversary", "dual role", "toll", "nearly all"):
        assert words in part, words
    assert "Earnest Will" in page


def test_a_path_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """No traceback, a non-zero exit."""
    from muster.base.errors import InputError

    args = ["brief", str(tmp_path / "missing.txt"), "--ledger", str(tmp_path / "l.sqlite")]
    result = CliRunner().invoke(root, args)

    assert isinstance(result.exception, InputError)
    assert "nothing could be read" in str(result.exception)
