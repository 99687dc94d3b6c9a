"""The API keeps to its own description, under random requests too, and docs/api.md says what it really answers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from muster.base.case import load_case
from muster.ledger import open_ledger
from muster.ledger.intake import load_documents
from muster.reading import RuleReader
from muster.surfaces.web.accounts import Accounts
from muster.surfaces.web.app import create_app
from muster.surfaces.web.guard import RateLimit
from muster.surfaces.web.pages.api_routes import ROUTES
from muster.surfaces.web.site import Site

DOCS = Path(__file__).parents[3] / "docs" / "api.md"
EXAMPLE = re.compile(r"```http\nGET (\S+)\n```\n+(?:.*\n+?)??```(json|csv)\n(.*?)```", re.DOTALL)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
N_REQUESTS = 25
"""A route; bounded, so that all of them take about ten seconds."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return the application over the bundled case; a fuzzer asks faster than the rate limit lets a client."""
    case = load_case()
    folder = tmp_path_factory.mktemp("api")
    with open_ledger(str(folder / "l.sqlite")) as ledger, pytest.MonkeyPatch.context() as patched:
        patched.setattr(RateLimit, "allows", lambda *_: True)
        load_documents(ledger, case, case.document_paths(), RuleReader())
        yield create_app(Site(case, ledger), Accounts(folder / "accounts.json"))


@pytest.fixture(scope="module")
def client(app: Any) -> TestClient:
    """Return a client of the application."""
    return TestClient(app, base_url="http://muster.test")


def test_every_route_is_described(client: TestClient) -> None:
    """The description has every route, its parameters, a model of its answer, and no answer that never comes."""
    found = client.get("/api/openapi.json").json()

    assert set(found["paths"]) == set(ROUTES)
    for path, operation in found["paths"].items():
        names = {parameter["name"] for parameter in operation["get"]["parameters"]}
        assert {"as_of", "known_at"} <= names
        assert set(operation["get"]["responses"]) == {"200", "304", "400"}
        kind = "text/csv" if path.endswith(".csv") else "application/json"
        assert operation["get"]["responses"]["200"]["content"][kind]["schema"]


@pytest.mark.parametrize("path", sorted(ROUTES))
def test_a_route_keeps_to_its_description(path: str, app: Any) -> None:
    """Random requests, right and wrong ones: no server error, only described statuses, types and shapes."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    operation = schema[path]["GET"]
    right, wrong = (operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode)

    @settings(
        max_examples=N_REQUESTS, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck),
        derandomize=True, database=None,
    )  # fmt: skip
    @given(case=st.one_of(right, wrong))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()


def test_pages_of_rows_come_to_all_rows(client: TestClient) -> None:
    """Following `next` gives every statement once, in one order."""
    ids: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = client.get(f"/api/statements.json?limit=97&offset={offset}").json()
        ids += [row["id"] for row in page["statements"]]
        offset = page["next"]

    whole = client.get("/api/statements.json?limit=500").json()
    assert whole["next"] is None
    assert ids == [row["id"] for row in whole["statements"]]
    assert len(set(ids)) == len(ids)


def fits(said: Any, answered: Any) -> bool:
    """Return whether an answer has what the docs say; `"..."` stands for anything, lists may go on."""
    if said == "...":
        return True
    if isinstance(said, dict):
        return isinstance(answered, dict) and all(k in answered and fits(v, answered[k]) for k, v in said.items())
    if isinstance(said, list):
        return len(answered) >= len(said) and all(fits(a, b) for a, b in zip(said, answered, strict=False))
    return bool(said == answered)


def test_the_examples_of_the_docs_are_answered_so(client: TestClient) -> None:
    """Each GET of docs/api.md answers what stands below it."""
    examples = EXAMPLE.findall(DOCS.read_text(encoding="utf-8"))

    assert len(examples) >= len(ROUTES) - 1
    assert {path.split("?")[0] for path, _, _ in examples} <= set(ROUTES)
    for path, kind, said in examples:
        answer = client.get(path)
        assert answer.status_code == (400 if '"error"' in said else 200), path
        if kind == "csv":
            assert answer.text.startswith(said.rstrip("\n")), path
        else:
            assert fits(json.loads(said), answer.json()), (path, answer.text[:600])
