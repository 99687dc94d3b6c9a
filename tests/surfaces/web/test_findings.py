"""Shares, next ask, frontier, roster: found in the background from a form of this site, then shown until outdated."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from muster.base.case import load_case
from muster.ledger import open_ledger
from muster.ledger.intake import load_documents
from muster.reading import RuleReader
from muster.surfaces.web import findings
from muster.surfaces.web.accounts import Accounts
from muster.surfaces.web.app import create_app
from muster.surfaces.web.site import Site

OWN = {"Origin": "http://muster.test"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client; findings take few runs here."""
    case = load_case()
    folder = tmp_path_factory.mktemp("findings")
    with open_ledger(str(folder / "l.sqlite")) as ledger, pytest.MonkeyPatch.context() as patched:
        patched.setattr(findings, "N_RUNS", 3)
        patched.setattr(findings, "ROSTER_DAYS", 28)
        load_documents(ledger, case, case.document_paths(), RuleReader())
        with TestClient(create_app(Site(case, ledger), Accounts(folder / "a.json")), base_url=OWN["Origin"]) as found:
            yield found


@pytest.mark.parametrize("name", sorted(findings.QUESTIONS))
def test_a_finding_is_found_once_and_kept(name: str, client: TestClient) -> None:
    """The page offers to find; the job ends; the page shows a table with as many cells a row as headings."""
    before = client.get(f"/{name}").text
    place = client.post(f"/{name}", headers=OWN, follow_redirects=False).headers["location"]
    steps = [json.loads(line[6:]) for line in client.get(f"{place}/events").text.splitlines() if line]
    after = client.get(f"/{name}").text

    assert "<table" not in before
    assert steps[-1]["state"] == "done", steps
    assert f'href="/{name}"' in client.get(place).text
    tables = after.split("<table>")[1:]
    assert tables
    for table in tables:
        head, body = table.split("</table>")[0].split("<tbody>")
        assert all(head.count('<th scope="col"') == row.count("</t") for row in body.split("</tr>")[:-1])
    assert "<svg" in after
    assert "Something was recorded since" not in after


@pytest.mark.parametrize("name", sorted(findings.QUESTIONS))
def test_work_is_not_started_from_elsewhere(name: str, client: TestClient) -> None:
    """A foreign form starts nothing; looking starts nothing."""
    assert client.post(f"/{name}", headers={"Origin": "http://evil.test"}).status_code == 403
    assert client.get(f"/{name}").status_code == 200
