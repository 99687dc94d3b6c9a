"""A case file is parsed strictly; what is wrong is named with file, key and rule."""

from datetime import date
from pathlib import Path

import pytest

from muster.base.case import load_case, load_case_file
from muster.base.errors import CaseError, NotFoundError

MINIMAL = """
[case]
name = "small"
title = "A small case"
summary = "Two members."
start = 2020-01-01
as_of = 2020-12-31
lead = "USA"
adversaries = ["IRN"]
coalition_lead = "GBR"

[roll]
group = "NATO-MEMBERS"
extra = ["JPN", "GBR"]

[[group]]
code = "NATO-MEMBERS"
[[group.members]]
code = "USA"
[[group.members]]
code = "GBR"
to = 2020-06-30

[[ask]]
id = "basing"
asker = "USA"
target = "NATO-MEMBERS"
what = "basing"
since = 2020-02-01
title = "Bases"
text = "Let us use your bases."
sources = ["1"]
"""


def write(folder: Path, text: str) -> Path:
    """Write a case file and return its path."""
    path = folder / "case.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_members_are_those_of_the_day_without_the_asker(tmp_path: Path) -> None:
    """Dated membership decides; extra states come after, once."""
    case = load_case_file(write(tmp_path, MINIMAL))

    assert case.members(date(2020, 3, 1)) == ("GBR", "JPN")
    assert case.members(date(2020, 12, 1)) == ("JPN", "GBR")
    assert case.groups.members("NATO-MEMBERS", date(2020, 7, 1)) == ("USA",)
    assert case.groups.expand("FRA", date(2020, 7, 1)) == ("FRA",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('what = "basing"', 'what = "cake"', "what = 'cake'; what must be one of escort"),
        ("start = 2020-01-01", 'start = "soon"', "start 'soon' is not a date"),
        ('lead = "USA"', "lead = 3", "lead = 3; lead must be a text"),
        ('extra = ["JPN", "GBR"]', 'extra = "JPN"', "extra must be a list of texts"),
        ("[case]", "[case", "is no|Expected"),
    ],
)
def test_a_broken_key_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The error names the file and the key."""
    from muster.base.errors import InputError

    with pytest.raises(InputError, match=message):
        load_case_file(write(tmp_path, MINIMAL.replace(old, new)))


def test_an_unknown_case_lists_the_known_ones() -> None:
    """The reader sees what there is."""
    with pytest.raises(NotFoundError, match=r"bundled cases: .*hormuz-2026"):
        load_case("atlantis-1999")


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    """No traceback for a path that is not there."""
    with pytest.raises(CaseError, match="No such file"):
        load_case_file(tmp_path / "case.toml")


def test_an_unknown_ask_lists_the_asks(tmp_path: Path) -> None:
    """The message is a menu."""
    with pytest.raises(NotFoundError, match="its asks are basing"):
        load_case_file(write(tmp_path, MINIMAL)).ask("bombing")
