"""One run as a page of its own: a file that plays in any browser, without a server, a library or a request."""

import json
from html import escape
from typing import TYPE_CHECKING

from muster.passage.chart.animation import animation_frames, player_source, player_style
from muster.passage.chart.picture import draw_strait

if TYPE_CHECKING:
    from muster.passage.story import RunStory

_STYLE = "body { font-family: system-ui, sans-serif; max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem; }"


def chart_page(story: "RunStory") -> str:
    """Return a self-contained HTML page on which a run can be played, paused and stepped.

    Parameters
    ----------
    story : RunStory
        From `muster.passage.story.replay_run`.
    """
    scenario = story.scenario
    frames = animation_frames(
        scenario, story.movements(), acts=story.act_marks(), regimes=story.regime_spells(), hours=24 * story.n_days
    )
    data = json.dumps(frames, ensure_ascii=False).replace("<", "\\u003c")
    # The head comment of the player shows how to embed it; its `</script>` would end the block here.
    player = "\n".join(line for line in player_source().splitlines() if not line.startswith("//"))
    title = escape(f"{scenario.title}: run {story.run}, seed {story.seed}, {story.policy}")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{_STYLE}\n{player_style()}\n</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"<figure data-strait-player>\n{draw_strait(scenario, theme='light', has_player=True)}\n"
        f'<script type="application/json" data-strait-run>{data}</script>\n</figure>\n'
        f'<script type="module">\n{player}\n</script>\n</body>\n</html>\n'
    )
