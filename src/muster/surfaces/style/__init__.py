"""One style for the brief and the web: a sheet, read from the package."""

from functools import cache
from importlib.resources import files


@cache
def style_sheet() -> str:
    """Return the CSS of all pages."""
    return files("muster.surfaces.style").joinpath("muster.css").read_text(encoding="utf-8")
