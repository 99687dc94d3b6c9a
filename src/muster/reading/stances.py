"""The stances of one sentence: its asks, responses and caveats, read together because each leans on the others."""

from muster.reading.asks import read_ask
from muster.reading.assets import find_assets
from muster.reading.candidates import ANYTHING
from muster.reading.caveats import apply_conditions, bare_conditions, find_conditions, read_caveats
from muster.reading.hits import Hit
from muster.reading.lexicon import Lexicon
from muster.reading.parts import Grammar, quote_span
from muster.reading.positions import find_positions
from muster.reading.provision import MULTI
from muster.reading.scene import Scene
from muster.reading.sketch import Sketch


def read_stances(scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hits: list[Hit]) -> None:
    """Add the asks, responses and caveats of one sentence."""
    positions = find_positions(scene, lexicon, grammar, hits)
    conditions = find_conditions(lexicon, sketch, grammar, hits, scene.text)
    apply_conditions(positions, conditions, grammar)
    positions += bare_conditions(scene, grammar, positions, conditions)
    for hit in hits:
        if hit.frame.kind == "ask":
            read_ask(scene, sketch, grammar, hit, positions)
    mask = ANYTHING.mask if sketch.is_cut else grammar.held.mask
    for position in positions:
        span = quote_span(sketch, grammar, position.hit)
        has_assets = position.status in MULTI or position.status == "authorised"
        assets = find_assets(scene.text[span[0] : span[1]], lexicon.language, mask) if has_assets else ()
        for actor in position.actors:
            for what in position.whats:
                scene.add(
                    "response", span, position.hit.frame.name, assets, actor=actor, what=what, status=position.status
                )
    for position in positions:
        for actor in position.actors:
            scene.last_what[actor] = position.whats[0]
    scene.recent = positions[-1].actors if positions else ()
    if positions:
        scene.recent_held = positions[-1].actors
    read_caveats(scene, lexicon, sketch, grammar, hits, conditions, positions)
