"""The docs cannot fall behind the code: what they promise to list, they list."""

import tomllib
from pathlib import Path

import pytest

from muster.base import scheme

ROOT = Path(__file__).resolve().parents[1]


def test_every_code_of_the_scheme_is_documented() -> None:
    """docs/scheme.md names each kind, field and code."""
    text = (ROOT / "docs" / "scheme.md").read_text(encoding="utf-8")
    codes = {
        *scheme.KINDS, *scheme.WHATS, *scheme.STATUSES, *scheme.CAVEAT_TYPES, *scheme.QUANTIFIERS, *scheme.POLARITIES,
        *scheme.TENSION_TYPES, *scheme.ACTIONS, *scheme.REALIS, *scheme.ORGANISATIONS, *scheme.GROUPS,
        *scheme.ALL_FIELDS, scheme.SHIPPING,
    }  # fmt: skip

    assert sorted(code for code in codes if f"`{code}`" not in text) == []


def test_every_dependency_has_its_reason() -> None:
    """docs/dependencies.md names each package of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    wanted = [*project["dependencies"]]
    for extra, names in project["optional-dependencies"].items():
        if extra not in {"test", "build"}:
            wanted += names
    missing = [name for item in wanted if (name := item.split(">=")[0].split("[")[0]) not in text]

    assert missing == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_links_between_docs_lead_somewhere(page: Path) -> None:
    """A relative link names a file that exists."""
    import re

    broken = [
        target
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []
