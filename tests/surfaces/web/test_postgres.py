"""On a real PostgreSQL every page answers, and reading, searching, adding and ruling work from end to end."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from muster.base.case import load_case
from muster.ledger import open_ledger
from muster.ledger.intake import load_documents
from muster.reading import RuleReader
from muster.surfaces.web.accounts import Accounts
from muster.surfaces.web.app import all_pages, create_app
from muster.surfaces.web.site import Site

pytestmark = pytest.mark.postgres

TOKEN = {"Authorization": "Bearer a-token-for-tests"}


@pytest.fixture
def site(postgres_url: str) -> Iterator[Site]:
    """Return the bundled case in a fresh database."""
    case = load_case()
    with open_ledger(postgres_url) as ledger:
        load_documents(ledger, case, case.document_paths(), RuleReader())
        yield Site(case, ledger)


def test_a_team_works_on_postgresql(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page, then a document found, previewed, stored, searched and ruled on; the pages show it."""
    monkeypatch.setenv("MUSTER_TOKEN", "a-token-for-tests")
    entry = site.ledger.view(as_of=site.case.as_of).statements()[0]
    known = {"member": "ESP", "ask": "basing", "claim": "rutte-nearly-all", "document_id": entry.document.id}
    with TestClient(create_app(site, Accounts(tmp_path / "a.json")), base_url="http://muster.test") as client:
        for path in sorted(all_pages()):
            query = "?sentence=Most+allies+have+refused+to+send+warships" if "check" in path else ""
            answer = client.get(path.format(**known) + query)
            assert answer.status_code == 200, (path, answer.text[:300])
        assert client.get(f"/statements/{entry.id}").status_code == 200

        text = "Spain has again refused to let the United States use its bases, said minister Ñuflo Zzyzx."
        form = {"text": text, "title": "Madrid says no", "published": "2026-04-02"}
        page = client.post("/add/preview", data=form, headers=TOKEN).text
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert key is not None
        stored = client.post("/add/confirm", data={"key": key[1]}, headers=TOKEN, follow_redirects=False)
        assert stored.status_code == 303
        assert "Madrid says no" in client.get("/documents?q=nuflo+zzyzx").text
        document_id = stored.headers["location"].rpartition("/")[2]
        statement = site.ledger.view(as_of=site.case.as_of).statements(document_id=document_id)[0]
        ruled = client.post(f"/statements/{statement.id}/ruling", data={"action": "accept"}, headers=TOKEN)
        assert ruled.status_code == 200
        assert "accept" in client.get(f"/statements/{statement.id}").text
    assert site.ledger.view(as_of=site.case.as_of).entry(statement.id).review == "accepted"
