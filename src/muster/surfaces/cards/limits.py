"""What a reader must know before using a page: method and limits, one sentence a line in `limits.txt`."""

from functools import cache
from importlib.resources import files


@cache
def method_limits() -> tuple[str, ...]:
    """Return the sentences on method and limits."""
    text = files("muster.surfaces.cards").joinpath("limits.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line)
