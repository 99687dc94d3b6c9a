"""The container file keeps its promises as far as reading it can tell: what it copies is there, nobody runs as root."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
LAST = TEXT[TEXT.rindex("\nFROM ") :]


def test_what_is_copied_is_in_the_repository() -> None:
    """Every source of a COPY from the folder exists."""
    sources = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", TEXT, re.MULTILINE) for name in line.split()]

    assert len(sources) >= 4
    assert [name for name in sources if not (ROOT / name).exists()] == []


def test_the_server_is_not_root_and_is_watched() -> None:
    """The last stage names a user before it starts, asks /health, and ends by the signal that stops cleanly."""
    assert LAST.index("\nUSER muster\n") < LAST.index("\nENTRYPOINT")
    assert "/health" in LAST
    assert "STOPSIGNAL SIGTERM" in LAST
    assert "--require-hashes" in TEXT


def test_its_settings_are_settings_of_the_command() -> None:
    """Each MUSTER_ variable and each option of the start is one that `muster serve` knows."""
    from muster.surfaces.cli.serve import serve

    known = {parameter.envvar for parameter in serve.params if parameter.envvar}
    options = {option for parameter in serve.params for option in parameter.opts}

    assert set(re.findall(r"\b(MUSTER_\w+)=/", LAST)) <= known
    assert set(re.findall(r'"(--\w+)"', LAST[LAST.index("\nCMD") :])) <= options
