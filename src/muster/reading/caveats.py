"""Caveats and conditions: what limits an actor's own contribution."""

from muster.reading.candidates import cuts_word
from muster.reading.guarded import Guarded
from muster.reading.hits import Hit
from muster.reading.lexicon import Lexicon
from muster.reading.parts import Grammar, clause_at, quote_span
from muster.reading.positions import Position
from muster.reading.provision import FLEET
from muster.reading.scene import LEADS, Scene, is_state
from muster.reading.sketch import Sketch

_NO_FORCES = frozenset(("political_support", "diplomacy", "command", "funding", "sanctions"))
_HELD_BACK = frozenset(("refused", "considering", "conditional"))
_PLAIN_REASONS = ("parliamentary", "legal", "relational", "capability", "political")
Condition = tuple[Hit, tuple[str, ...]]


def _outranked(lexicon: Lexicon, types: tuple[str, ...], stretch: str) -> tuple[str, ...]:
    """Drop types that only shine through a firmer one: a mandate that parliament votes on is no legal bar."""
    kept = list(types)
    if len(kept) > 1:
        kept = [code for code in kept if code not in {"political", "capability"}] or kept
    if "parliamentary" in kept and "legal" in kept and not lexicon.words["firm_law"].search(stretch):
        kept.remove("legal")
    if "relational" in kept and "parliamentary" in kept:
        kept.remove("relational")  # it is the parliament that is to agree
    if "relational" in kept and "operational" in kept:
        kept.remove("operational")
    return tuple(kept)


def _contents(
    patterns: tuple[tuple[str, Guarded], ...], grammar: Grammar, start: int, end: int, stretch: str
) -> tuple[str, ...]:
    """Return what a stretch of a sentence, drawn and as written, is about."""
    is_cut = cuts_word(grammar.text, start) or cuts_word(grammar.text, end)
    mask = -1 if is_cut else grammar.held.mask
    return tuple([code for code, pattern in patterns if pattern.may(mask) and pattern.search(stretch)])


def find_conditions(lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hits: list[Hit], text: str) -> list[Condition]:
    """Return the condition cues with the caveat types of what follows them."""
    found = []
    for hit in hits:
        if hit.frame.mode != "condition":
            continue
        end = clause_at(grammar.strong, max(hit.start, hit.end - 1))[1]
        if grammar.text[hit.end : hit.end + 1] == ":":  # "under three conditions: a ceasefire, a mandate ..."
            end = clause_at(grammar.strong, min(hit.end + 2, len(grammar.text) - 1))[1]
        a, b = sketch.span(hit.start, end)
        stretch = f"{grammar.text[hit.start : end]} | {text[a:b]}"
        types = _contents(lexicon.conditions, grammar, hit.start, end, stretch)
        types = _outranked(lexicon, types, stretch)
        if not types and grammar.opens("bare_only", hit.start, hit.end):
            types = ("operational",)
        if types or grammar.opens("plain_if", hit.start, hit.end):
            found.append((hit, types))
    return found


def find_reasons(
    scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hits: list[Hit], positions: list[Position]
) -> list[Condition]:
    """Return the reasons given for holding back, with the caveat types of their content.

    A reason counts where its actor refuses, hesitates or sets conditions; what no word class knows is political where
    the frame says so. A typed restraint inside the reason tells more, so the reason yields to it.
    """
    found = []
    for hit in hits:
        if hit.frame.mode != "reason":
            continue
        start, end = hit.start, clause_at(grammar.strong, max(hit.start, hit.end - 1))[1]
        if any(start <= other.start < end and other.frame.kind == "caveat" and other is not hit for other in hits):
            continue
        if not _is_held_back(scene, grammar, hit, positions):
            continue
        a, b = sketch.span(hit.end, end) if hit.end < end else sketch.span(start, end)
        stretch = f"{grammar.text[hit.end : end]} | {scene.text[a:b]}"
        types = _contents(lexicon.reasons, grammar, hit.end, end, stretch)[:1]
        types = types or tuple(filter(None, (hit.frame.option("default"),)))
        if types:
            found.append((hit, types))
    return found


def _is_held_back(scene: Scene, grammar: Grammar, hit: Hit, positions: list[Position]) -> bool:
    """Return whether the actor that a reason belongs to refuses, hesitates or sets conditions."""
    if positions:
        before = [position for position in positions if position.hit.start <= hit.start]
        return (before[-1] if before else positions[0]).status in _HELD_BACK
    actors = grammar.subject(hit.start) or scene.focus
    return scene.topic_age <= 1 and any(scene.last_status.get(code) in _HELD_BACK for code in actors)


def apply_conditions(positions: list[Position], conditions: list[Condition], grammar: Grammar) -> None:
    """Turn the pledges of a sentence conditional where a condition stands in their clause or speaks of their actors."""
    for hit, types in conditions:
        if grammar.opens("no_conversion", hit.start, hit.end) or types == ("capability",):
            continue
        owners = set(grammar.subject(hit.start))
        for position in list(positions):
            near = clause_at(grammar.strong, position.hit.start) == clause_at(grammar.strong, hit.start)
            if near and owners and owners < set(position.actors) and position.hit.end < hit.start:
                # "Six said they were ready, though two of them, Italy and Germany, only after a ceasefire"
                rest = tuple(code for code in position.actors if code not in owners)
                positions.append(Position(position.hit, rest, position.whats, position.status))
                position.actors = tuple(code for code in position.actors if code in owners)
            is_open = position.status == "pledged" or grammar.opens("could", position.hit.start, position.hit.end)
            if is_open and (near or owners == set(position.actors)):
                position.status = "conditional"


def bare_conditions(
    scene: Scene, grammar: Grammar, positions: list[Position], conditions: list[Condition]
) -> list[Position]:
    """Return conditional positions that only a condition carries: "she goes on only after the war"."""
    if positions:
        return []
    for hit, types in conditions:
        if not grammar.find("only", hit.start, hit.end) or types in {("capability",), ("political",)}:
            continue
        actors = tuple(code for code in grammar.subject(hit.start) or scene.focus if code in scene.last_what)
        if actors:
            return [Position(hit, actors, (scene.last_what[actors[0]],), "conditional")]
    return []


def read_caveats(
    scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hits: list[Hit], conditions: list[Condition],
    positions: list[Position],
) -> None:  # fmt: skip
    """Add the caveats of a sentence: its conditions and its typed restraints, left to right."""
    typed = [(hit, (hit.frame.type,)) for hit in hits if hit.frame.kind == "caveat"]
    if not positions and any(hit.frame.type == "dissent" for hit in hits):
        typed = [
            (hit, types) for hit, types in typed if types != ("legal",)
        ]  # a judgement on others, no bar of one's own
    reasons = find_reasons(scene, lexicon, sketch, grammar, hits, positions)
    found = [*conditions, *reasons, *((hit, types) for hit, types in typed if types[0])]
    for hit, types in sorted(found, key=lambda pair: pair[0].start):
        _add_caveat(scene, lexicon, sketch, grammar, hit, types, positions)


def _add_caveat(
    scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hit: Hit, types: tuple[str, ...],
    positions: list[Position],
) -> None:  # fmt: skip
    text = scene.text[slice(*sketch.span(hit.start, hit.end))]
    if types == ("parliamentary",) and "◆" in hit.match.group() and not lexicon.words["parliament"].search(text):
        return
    actors, what = _caveat_actor(scene, grammar, hit, positions)
    clause = clause_at(grammar.clauses, hit.start)
    aliases = lexicon.aliases
    named = [aliases.get(found.code, found.code) for found in grammar.objects_in(*clause)]
    own = [code for code in named if code in FLEET | {"basing"}]
    if own and not any(clause[0] <= position.hit.start < clause[1] for position in positions):
        what = own[0]
    actors = tuple(code for code in actors if scene.can_respond(code))
    if not what and not own and not any(code in scene.last_what for code in actors):
        left = [aliases.get(found.code, found.code) for found in grammar.objects_in(0, hit.start)]
        what = next((code for code in reversed(left) if code in FLEET), "")
    if not actors or not _is_own_limit(scene, grammar, hit, types, actors, positions):
        return
    if len(actors) > 1 and _is_joint(lexicon, grammar, hit, positions):
        actors, what = ("COALITION",), "mission"
    topic = scene.topic if scene.topic_age <= 2 and scene.topic not in _NO_FORCES else ""
    span = quote_span(sketch, grammar, hit)
    for actor in actors:
        for kind in types:
            code = what or scene.last_what.get(actor, "") or topic or "mission"
            if code == "diplomacy" and kind == "relational":
                if actor not in scene.last_force:
                    continue  # whoever mediates has ties; without a contribution they limit nothing
                code = scene.last_force[actor]
            scene.add("caveat", span, hit.frame.name, actor=actor, type=kind, what=code)


def _is_own_limit(
    scene: Scene, grammar: Grammar, hit: Hit, types: tuple[str, ...], actors: tuple[str, ...], positions: list[Position]
) -> bool:
    """Return whether a restraint limits a contribution of the actor's own that the document speaks of."""
    if positions:
        # "outside international law, which we cannot approve" judges others
        before = [position for position in positions if position.hit.start <= hit.start]
        nearest = before[-1] if before else positions[0]
        return nearest.whats != ("political_support",) or types != ("legal",)
    if grammar.opens("not_our_war", hit.start, hit.end):  # said of no other matter
        return all(is_state(code) and code not in LEADS for code in actors)
    if hit.frame.needs == "matter":
        return _is_to_the_matter(scene, grammar, actors)
    if any(code in scene.last_what for code in actors):
        return True
    aliases = grammar.lexicon.aliases
    if hit.frame.mode == "condition":  # "wants a mandate before it joins the mission"
        is_wanted = grammar.opens("wanted", hit.start, hit.end)
        return bool(is_wanted) and any(aliases.get(f.code, f.code) in FLEET | {"mission"} for f in grammar.objects)
    if any(aliases.get(f.code, f.code) in FLEET | {"basing"} or scene.topic for f in grammar.objects):
        return True
    if grammar.find("ship_nouns"):
        return True
    return bool(scene.topic) and scene.topic_age <= 3 and any(is_state(code) for code in actors)


def _is_to_the_matter(scene: Scene, grammar: Grammar, actors: tuple[str, ...]) -> bool:
    """Return whether home politics bear on a contribution: one is named, or was refused or weighed just before."""
    if any(found.code not in {"everything", "political_support", "command", "diplomacy"} for found in grammar.objects):
        return True
    return scene.topic_age <= 1 and any(scene.last_status.get(code) in _HELD_BACK for code in actors)


def _is_joint(lexicon: Lexicon, grammar: Grammar, hit: Hit, positions: list[Position]) -> bool:
    """Return whether several states' caveat is that of their joint force."""
    if not positions and not any(i < hit.start for i, _ in grammar.tokens):
        return True
    around = grammar.text[hit.start : hit.end + 30]
    return bool(lexicon.words["defensive"].search(hit.match.group()) and lexicon.words["joint_force"].search(around))


def _caveat_actor(scene: Scene, grammar: Grammar, hit: Hit, positions: list[Position]) -> tuple[tuple[str, ...], str]:
    """Return whose caveat it is and on what: the nearest response of the sentence, else the subject."""
    if positions:
        before = [position for position in positions if position.hit.start <= hit.start]
        nearest = before[-1] if before else positions[0]
        own = () if before else _own_subject(scene, grammar, hit)
        if own and not set(own) & set(nearest.actors):
            return own, ""
        named = grammar.subject(hit.start) if before else ()
        for position in reversed(before):
            if named and set(named) == set(position.actors):
                return position.actors, position.whats[0]
        return nearest.actors, nearest.whats[0]
    cue = hit.match.group()
    inner = grammar.codes_at(hit.start + cue.find("◆")) if cue.startswith(("◆", "the ◆")) else ()
    actors = inner or grammar.subject(hit.start)
    if not any(scene.can_respond(code) for code in actors):
        actors = scene.focus or _first_named(scene, grammar)
    return actors, ""


def _own_subject(scene: Scene, grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    """Return the named subject of a restraint that stands before every response of its sentence."""
    named = [(i, token) for i, token in grammar.tokens if i < hit.start and i not in grammar.governed]
    if not named:
        return ()
    return tuple(code for code in grammar.codes(named[-1][1], named[-1][0]) if scene.can_respond(code))


def _first_named(scene: Scene, grammar: Grammar) -> tuple[str, ...]:
    """Return the first actor of a sentence without a subject: "public opinion runs against sending Danish ships"."""
    for i, token in grammar.tokens:
        codes = tuple(code for code in grammar.codes(token, i) if scene.can_respond(code))
        if codes:
            return codes
    return ()


def read_unmarked(scene: Scene, sketch: Sketch, grammar: Grammar, hits: list[Hit]) -> None:
    """Add the reasons that stand beside a refusal or hesitation without a word that marks them as such.

    "Canada will send no frigate. Two of its twelve are seaworthy.": a clause without a cue of its own, in the same
    sentence or the next, that speaks of nobody else and of what usually holds a contributor back.
    """
    actors = tuple(code for code in scene.recent_held if scene.last_status.get(code) in _HELD_BACK)
    if not actors or scene.topic_age > 1:
        return
    busy = [(a, b) for a, b in grammar.clauses if any(hit.start < b and a < hit.end for hit in hits)]
    for start, end in grammar.clauses:
        text = grammar.text[start:end]
        if (start, end) in busy or len(text.split()) < 4 or _speaks_of_others(grammar, start, end, actors):
            continue
        kind = next((code for code in _PLAIN_REASONS if grammar.find(f"plain_{code}", start, end)), "")
        if kind:
            span = sketch.span(start, start + len(text.rstrip(' ,;:"–')))
            for actor in actors:
                what = scene.last_force.get(actor) or scene.last_what[actor]
                scene.add("caveat", span, "reason.unmarked", actor=actor, type=kind, what=what)


def _speaks_of_others(grammar: Grammar, start: int, end: int, actors: tuple[str, ...]) -> bool:
    """Return whether a clause has a subject other than these actors."""
    free = [grammar.codes(t, i) for i, t in grammar.tokens if start <= i < end and i not in grammar.governed]
    return any(codes and not set(codes) & set(actors) for codes in free)
