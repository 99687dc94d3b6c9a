"""docs/assessment.md and docs/case-file.md say what the code does."""

import re
from pathlib import Path

import pytest

from muster.assessment import asks, standing, tension, weight
from muster.assessment.quantity import THRESHOLDS, named_quantity
from muster.base.case import case_folders

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "assessment.md").read_text(encoding="utf-8")
CASE_PAGE = (ROOT / "docs" / "case-file.md").read_text(encoding="utf-8")


def test_the_weights_are_the_published_ones() -> None:
    """Letters, half-life, shares."""
    assert ", ".join(f"{letter} {value}" for letter, value in weight.LETTER_WEIGHTS.items()) in PAGE
    for phrase in (
        f"halves every {weight.HALF_LIFE_DAYS:.0f} days", f"below confidence {weight.MIN_CONFIDENCE}",
        f"weighs {standing.COLLECTIVE_STRENGTH} of", f"more than {standing.SETTLING_DAYS} days later",
        f"at least {standing.COMPARABLE} of them", f"carries {standing.RUNG_SHARE} of",
        f"Below {standing.LEAST_SUPPORT} in all", f"not moved after {tension.PATIENCE_DAYS} days",
    ):  # fmt: skip
        assert phrase in PAGE
    assert asks.PER_CELL > 0


@pytest.mark.parametrize("name", sorted(THRESHOLDS))
def test_every_threshold_is_in_the_published_table(name: str) -> None:
    """The table gives the number that is applied."""
    assert f"share {named_quantity(name).threshold}" in PAGE
    assert f"`{name}`" in CASE_PAGE


def test_every_kind_of_tension_is_described() -> None:
    """One row each."""
    assert [kind for kind in tension.KINDS if f"| `{kind}` |" not in PAGE] == []


def test_every_key_of_the_bundled_cases_is_documented() -> None:
    """No key of a case.toml is left unexplained."""
    keys: set[str] = set()
    for folder in case_folders().values():
        text = (folder / "case.toml").read_text(encoding="utf-8")
        keys |= set(re.findall(r"^(\w+) = ", text, re.MULTILINE)) | set(re.findall(r"[{,] (\w+) = ", text))

    explained = {word for span in re.findall(r"`([^`]+)`", CASE_PAGE) for word in re.findall(r"\w+", span)}
    assert sorted(keys - explained) == []
