"""Colours and strokes of the chart: told apart by hue, by lightness and by dash, so that no reader needs the hue.

References
----------
M. Okabe, K. Ito, Color universal design, 2008: the three lane hues, lightened for the dark theme.
"""

from dataclasses import dataclass
from typing import Final

from muster.base.errors import InputError


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by role; `lanes` by route; `dashes` in units of the drawing."""

    name: str
    sea: str
    land: str
    coast: str
    ink: str
    faint: str
    halo: str
    anchorage: str
    act: str
    escort: str
    lanes: tuple[tuple[str, str], ...]

    def lane(self, route: str) -> str:
        """Return the colour of a route; other routes share the ink."""
        return dict(self.lanes).get(route, self.ink)


DASHES: Final = {"free": "", "permission": "14 8", "facilitated": "3 8"}
"""Dash pattern by route; round caps turn the last into dots."""

LANE_NAMES: Final = {"free": "free lane", "permission": "permission lane", "facilitated": "facilitated lane"}

LIGHT: Final = Theme(
    name="light",
    sea="#e6eff4",
    land="#f6f2e9",
    coast="#a89f8d",
    ink="#1c2a35",
    faint="#55636d",
    halo="#f3f7f9",
    anchorage="#7a6a9b",
    act="#b3261e",
    escort="#1c2a35",
    lanes=(("free", "#0067a5"), ("permission", "#b84a00"), ("facilitated", "#00735c")),
)
DARK: Final = Theme(
    name="dark",
    sea="#0f1d27",
    land="#25313a",
    coast="#5d6d78",
    ink="#eef3f6",
    faint="#a9b8c2",
    halo="#0f1d27",
    anchorage="#b9a8de",
    act="#ff8a80",
    escort="#ffffff",
    lanes=(("free", "#6db9ea"), ("permission", "#f2a35e"), ("facilitated", "#5fd0b0")),
)


def theme_named(name: "str | Theme") -> Theme:
    """Return `LIGHT` or `DARK` by name; a Theme is returned as it is."""
    if isinstance(name, Theme):
        return name
    for theme in (LIGHT, DARK):
        if theme.name == name:
            return theme
    raise InputError(f"chart theme {name!r} is not known", rule="themes are light and dark")
