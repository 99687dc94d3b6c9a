"""Responses: who takes which position on providing what, before conditions are weighed."""

from dataclasses import dataclass

from muster.reading.hits import Hit
from muster.reading.lexicon import Lexicon
from muster.reading.parts import Grammar, clause_at
from muster.reading.predicates import clause_subject, read_predicate
from muster.reading.provision import FLEET, MULTI, find_whats, is_thing
from muster.reading.scene import Scene
from muster.reading.sketch import ADJECTIVE

_VAGUE = frozenset(("mission", "everything"))
_READ_ORDER = {"verb": 1, "echo": 2}  # after the wordings of their own; an echo needs all others


@dataclass(slots=True)
class Position:
    """A response found in a sentence, before it is added: a condition may still turn it conditional."""

    hit: Hit
    actors: tuple[str, ...]
    whats: tuple[str, ...]
    status: str


def find_positions(scene: Scene, lexicon: Lexicon, grammar: Grammar, hits: list[Hit]) -> list[Position]:
    """Return the responses of a sentence, left to right, weaker readings of the same words dropped."""
    positions: list[Position] = []
    responses = [hit for hit in hits if hit.frame.kind == "response"]
    for hit in sorted(responses, key=lambda hit: _READ_ORDER.get(hit.frame.mode, 0)):
        movers = _movers(scene, grammar, hit)
        if movers:
            positions += movers
            continue
        position = _position(scene, lexicon, grammar, hit, positions)
        if position and not (_is_verb(hit) and _is_told(grammar, position, positions)):
            positions.append(position)
    positions.sort(key=lambda position: (position.hit.start, position.hit.end))
    positions = _drop_shadowed(positions)
    return positions + _gapped(scene, grammar, positions)


def _is_verb(hit: Hit) -> bool:
    """Return whether a hit is a bare verb, which is read only where no wording of its own is."""
    return hit.frame.mode == "verb"


def _movers(scene: Scene, grammar: Grammar, hit: Hit) -> list[Position]:
    """Return one position for each owner of the forces that a list says have moved.

    "A French and a British frigate, two Italian minehunters and the German tender have arrived" is four.
    """
    if hit.frame.what != "fleet" or hit.group("S") >= 0:
        return []
    start, found = clause_at(grammar.strong, hit.start)[0], []
    for thing in grammar.objects_in(start, hit.start):
        if thing.code not in FLEET or not is_thing(thing):
            continue
        owners = [
            code
            for i, token in grammar.tokens
            if start <= i < thing.start and grammar.text[i] == ADJECTIVE
            for code in token.codes
            if scene.can_respond(code)
        ]
        if owners:
            found.append(Position(hit, tuple(dict.fromkeys(owners)), (thing.code,), hit.frame.status))
        start = thing.end
    return found if len(found) > 1 else []


def _is_told(grammar: Grammar, verb: Position, positions: list[Position]) -> bool:
    """Return whether the positions found tell what a bare verb does; it may still say more exactly what of."""
    clause = clause_at(grammar.clauses, verb.hit.start)
    for other in positions:
        is_same_place = other.hit.start < verb.hit.end + 1 and verb.hit.start < other.hit.end + 1
        is_exact = set(other.whats) <= _VAGUE or bool(verb.hit.frame.what)
        if is_same_place and is_exact and other.status == verb.status:
            other.whats = verb.whats
        is_same_thing = bool(set(other.actors) & set(verb.actors)) and bool(set(other.whats) & set(verb.whats))
        if is_same_place or (clause[0] <= other.hit.start < clause[1] and is_same_thing):
            return True
    return False


def _position(scene: Scene, lexicon: Lexicon, grammar: Grammar, hit: Hit, earlier: list[Position]) -> Position | None:
    frame = hit.frame
    status = frame.status
    if _is_verb(hit):
        predicate = read_predicate(lexicon, grammar, hit)
        if predicate is None:
            return None
        named, status = predicate.actors, predicate.status
    else:
        named = _actors(lexicon, grammar, hit)
    actors = tuple(code for code in named if scene.can_respond(code))
    if not actors:
        return None
    if frame.mode == "echo":
        return _echo(scene, hit, actors, earlier)
    whats = find_whats(scene, lexicon, grammar, hit)
    if frame.status == "conditional" and whats and whats[0] in _VAGUE:
        before = [position.whats[0] for position in earlier if set(position.actors) & set(actors)]
        whats = (before[-1],) if before else (scene.last_what.get(actors[0], whats[0]),)
    if not whats and earlier and frame.needs == "domain":
        whats = earlier[-1].whats[:1]
    if not whats:
        return None
    if whats == ("basing",):  # to say yes to the use of one's bases is to allow it
        status = frame.option("basing", status)
    return Position(hit, actors, whats, status)


def _echo(scene: Scene, hit: Hit, actors: tuple[str, ...], earlier: list[Position]) -> Position | None:
    """Return the position told last, of other actors: "Austria had done so in March"."""
    before = [position for position in earlier if position.hit.start < hit.start]
    if before:
        last = max(before, key=lambda position: position.hit.start)
        return None if set(last.actors) & set(actors) else Position(hit, actors, last.whats, last.status)
    told = next((one for one in reversed(scene.statements) if one.kind == "response"), None)
    if told is None or scene.topic_age > 1 or told.actor in actors:
        return None
    return Position(hit, actors, (told.what,), told.status)


def _actors(lexicon: Lexicon, grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    at = hit.group("S")
    if at >= 0:
        return grammar.codes_at(at)
    if hit.frame.option("actor") == "mediator":
        return _mediators(grammar, hit)
    if hit.frame.option("actor") == "host":
        said = grammar.find("attribution")
        return grammar.codes_at(said.start() + said.group().index("◆")) if said else grammar.focus
    inner = [(i, token) for i, token in grammar.tokens if hit.start <= i < hit.end]
    text = hit.match.group()
    if inner and (
        text.startswith("◆") or text.lstrip().lower().startswith(("the ◆", "nor ", "no ◇", "no ◆", "as ◆", "as the ◆"))
    ):
        return grammar.codes(inner[0][1], inner[0][0])
    if inner and " by " in text and text.rstrip().endswith("◆"):
        return grammar.codes(inner[-1][1], inner[-1][0])
    if "sign" in text:
        partner = grammar.find("with_partner", hit.end)
        if partner:
            return grammar.subject(hit.start) + grammar.codes_at(hit.end + partner.end() - 1)
    relative = grammar.find("relative", 0, hit.start)
    if relative:
        return grammar.codes_at(relative.start())
    if grammar.find("its_noun", max(0, hit.start - 8), hit.end):
        before = [(i, token) for i, token in grammar.tokens if i < hit.start]
        if before:
            return grammar.codes(before[-1][1], before[-1][0])
    if grammar.opens("noun_cue", hit.start, hit.end):
        left = max(0, hit.start - 30)
        possessor = grammar.find("possessor", left, hit.start)
        if possessor:
            return grammar.codes_at(left + possessor.start())
    return clause_subject(lexicon, grammar, hit)


def _mediators(grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    """Return who mediates: behind `via`/`through`/`by` where so said, else the subject."""
    text = hit.match.group()
    words = text.split()
    if words and words[-1].lower() in {"via", "through", "by", "in", "under"}:
        for i, token in grammar.tokens:
            if i >= hit.end and i - hit.end <= 5:
                return grammar.codes(token, i)
    if "◆" in text and ("through ◆" in text or text.endswith("◆")):
        return grammar.codes_at(hit.start + text.rindex("◆"))
    after = grammar.text[hit.end : hit.end + 60]
    if "through ◆" in after and "plan to" in text:
        return grammar.codes_at(hit.end + after.index("through ◆") + len("through "))
    if "plan to ◆ through" in text:
        for i, token in grammar.tokens:
            if i >= hit.end:
                return grammar.codes(token, i)
    return grammar.subject(hit.start)


def _drop_shadowed(positions: list[Position]) -> list[Position]:
    """Drop a weaker reading of the same actor in the same place: "is ready to discuss" is no pledge."""
    rank = {"refused": 5, "conditional": 4, "considering": 3, "withdrawn": 3, "authorised": 3, "pledged": 1}
    kept: list[Position] = []
    for position in positions:
        clash = [
            other
            for other in positions
            if other is not position
            and other.status != position.status
            and set(other.actors) & set(position.actors)
            and other.hit.start < position.hit.end + 4
            and position.hit.start < other.hit.end + 4
            and rank.get(other.status, 2) > rank.get(position.status, 2)
        ]
        if not clash:
            kept.append(position)
    return kept


def _gapped(scene: Scene, grammar: Grammar, positions: list[Position]) -> list[Position]:
    """Return the positions whose verb is understood: "Italy offered frigates and Germany minesweepers"."""
    found = []
    for position in positions:
        if position.status not in MULTI | {"refused"}:
            continue
        end = clause_at(grammar.strong, position.hit.start)[1]
        for match in grammar.lexicon.words["gapped"].slow.finditer(grammar.text, position.hit.end, end):
            asset = next(grammar.objects_in(match.end() - 1, match.end() + 22), None)
            if asset and asset.code in FLEET and is_thing(asset):
                codes = tuple(
                    c for c in grammar.codes_at(match.start() + match.group().index("◆")) if scene.can_respond(c)
                )
                found.append(Position(position.hit, codes, (asset.code,), position.status))
        if not grammar.may("gapped_none", position.hit.end, end):
            continue
        for match in grammar.lexicon.words["gapped_none"].slow.finditer(grammar.text, position.hit.end, end):
            codes = grammar.codes_at(match.start() + match.group().index("◆"))
            found.append(
                Position(position.hit, tuple(c for c in codes if scene.can_respond(c)), ("mission",), "refused")
            )
    for extra in found:
        for position in positions:
            if len(position.whats) > 1 and set(position.whats) & set(extra.whats) and position.hit is extra.hit:
                position.whats = tuple(code for code in position.whats if code not in extra.whats)
    return found
