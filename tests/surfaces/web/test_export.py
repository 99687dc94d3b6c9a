"""The export is complete in itself: every local link leads to a file, nothing points at a server."""

import re
from pathlib import Path

import pytest

from muster.base.case import load_case
from muster.base.errors import InputError
from muster.ledger import open_ledger
from muster.ledger.intake import load_documents
from muster.reading import RuleReader
from muster.surfaces.web.export import MARK, export_site, file_of
from muster.surfaces.web.site import Site

LINK = re.compile(r'\b(?:href|src|action)="([^"]*)"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bundled case exported."""
    case = load_case()
    place = tmp_path_factory.mktemp("export")
    with open_ledger(str(place / "l.sqlite")) as ledger:
        load_documents(ledger, case, case.document_paths(), RuleReader())
        export_site(Site(case, ledger), place / "site")
    return place / "site"


def test_every_local_link_leads_to_a_file(folder: Path) -> None:
    """Links are relative, stay in the folder, and their files are there; a mark within a page is on that page."""
    pages = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    broken = []
    for path, text in pages.items():
        for link in LINK.findall(text):
            if link.startswith(("https://", "http://")):
                continue
            place, _, mark = link.partition("#")
            target = (path.parent / place).resolve() if place else path
            is_there = target.is_file() and target.is_relative_to(folder.resolve())
            if not is_there or (mark and f'id="{mark}"' not in target.read_text(encoding="utf-8")):
                broken.append(f"{path.relative_to(folder)}: {link}")

    assert broken == []
    assert len(pages) > 150


def test_every_kind_of_page_is_there_and_nothing_that_needs_a_server(folder: Path) -> None:
    """The roll, cells, members, claims, documents, the passage and data files; no forms, no modules."""
    for name in ("index.html", "roll.html", "roll/ESP/basing.html", "members/ESP.html", "asks/basing.html",
                 "claims.html",
                 "claims/rutte-nearly-all.html", "documents.html", "documents-2.html", "tensions.html", "passage.html",
                 "method.html", "static/muster.css", "static/player.js", "api/roll.csv", MARK):  # fmt: skip
        assert (folder / name).stat().st_size > 0, name
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<form" not in text, path
        assert 'type="module"' not in text, path


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """Somebody's own folder is refused, and its file is untouched."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    case = load_case()
    with open_ledger(str(tmp_path / "l.sqlite")) as ledger, pytest.raises(InputError, match="not empty"):
        export_site(Site(case, ledger), tmp_path)


@pytest.mark.parametrize(
    ("link", "name"),
    [("/", "index.html"), ("/roll", "roll.html"), ("/roll/ESP/basing", "roll/ESP/basing.html"),
     ("/documents?page=3", "documents-3.html"), ("/documents?page=1", "documents.html"),
     ("/api/roll.csv", "api/roll.csv")],
)  # fmt: skip
def test_a_link_has_one_file(link: str, name: str) -> None:
    """The name of a page's file follows from its address."""
    assert file_of(link) == name
