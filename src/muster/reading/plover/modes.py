"""The mode of an event: the way in which it was done, by words of the sentence."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def _modes() -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    table = tomllib.loads(files("muster.reading.plover.data").joinpath("modes.toml").read_text(encoding="utf-8"))
    return {
        event: tuple((mode, frozenset(words.split())) for mode, words in modes.items())
        for event, modes in table.items()
    }


def mode_of(event: str, words: Iterable[str]) -> str:
    """Return the mode of an event class shown by the words of a sentence (lower case, any form); empty if none."""
    present = set(words)
    return next((mode for mode, shown_by in _modes().get(event, ()) if present & shown_by), "")


def mode_names(event: str) -> tuple[str, ...]:
    """Return the modes that a class may take."""
    return tuple(mode for mode, _ in _modes().get(event, ()))
