"""The strait as a picture and as an animation of one run; approximate, for reading, never for navigation."""

from muster.passage.chart.animation import animation_frames, player_source, player_style
from muster.passage.chart.movement import ActMark, Movement, RegimeSpell
from muster.passage.chart.page import chart_page
from muster.passage.chart.picture import draw_strait
from muster.passage.chart.theme import DARK, LIGHT, Theme

__all__ = [
    "DARK",
    "LIGHT",
    "ActMark",
    "Movement",
    "RegimeSpell",
    "Theme",
    "animation_frames",
    "chart_page",
    "draw_strait",
    "player_source",
    "player_style",
]
