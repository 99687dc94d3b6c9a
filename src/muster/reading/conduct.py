"""Tensions between partners and acts on shipping."""

from muster.reading.hits import Hit
from muster.reading.lexicon import Lexicon
from muster.reading.parts import Grammar, clause_at, quote_span
from muster.reading.scene import LEADS, Scene, is_group, is_state
from muster.reading.sketch import ADJECTIVE, NOUN, Sketch


def read_tensions(scene: Scene, sketch: Sketch, grammar: Grammar, hits: list[Hit]) -> None:
    """Add the tensions of one sentence."""
    for hit in hits:
        if hit.frame.kind != "tension":
            continue
        if _is_home_quarrel(grammar, hit) or _is_about_adversary(scene, grammar, hit):
            continue
        actors = _tension_actors(scene, grammar, hit)
        if hit.frame.option("speaker") == "lead" and not set(actors) & set(LEADS):
            continue
        targets = _tension_targets(scene, grammar, hit, actors)
        span = quote_span(sketch, grammar, hit)
        kind = hit.frame.type
        for actor in actors[:4]:
            for target in targets[:6]:
                if _is_tense(scene, actor, target, kind):
                    scene.add("tension", span, hit.frame.name, actor=actor, target=target, type=kind)


def _is_home_quarrel(grammar: Grammar, hit: Hit) -> bool:
    """Return whether an opposition, a rival or a paper speaks right before the cue: no quarrel between partners."""
    left = grammar.text[clause_at(grammar.strong, hit.start)[0] : hit.start]
    named = max(left.rfind("◆"), left.rfind("◇"))
    return bool(grammar.may("home_voice") and grammar.words["home_voice"].search(left[named + 1 :]))


def _is_about_adversary(scene: Scene, grammar: Grammar, hit: Hit) -> bool:
    """Return whether what is disagreed with is the adversary's own doing: "condemned Iranian attacks"."""
    if hit.frame.type != "dissent" or not scene.adversary:
        return False
    owners = [
        token
        for i, token in grammar.tokens
        if hit.start < i < hit.end and (grammar.text[i] == ADJECTIVE or grammar.text[i + 1 : i + 3] == "'s")
    ]
    return bool(owners) and all(scene.adversary in token.codes for token in owners)


def _tension_actors(scene: Scene, grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    if hit.group("S") >= 0:
        return grammar.codes_at(hit.group("S"))
    target_at = hit.group("T")
    left = grammar.text[: hit.start].rstrip()
    if left.endswith((", and", ", but")) and target_at != hit.start:
        return grammar.main_subject(hit.start)  # ", and called it a terrible ally" goes on about who began
    if "critic" in hit.frame.option("target") or hit.frame.type == "dissent" or hit.frame.option("speaker"):
        return _speaker(scene, grammar, -1) or grammar.subject(hit.start)
    if grammar.text[: hit.start].count('"') % 2 == 1 or grammar.text[hit.start] == '"':
        return _speaker(scene, grammar, target_at)
    if grammar.opens("participle", hit.start, hit.end):
        before = [(i, token) for i, token in grammar.tokens if i < hit.start]
        if before:
            return grammar.codes(before[-1][1], before[-1][0])
    if grammar.text[: hit.start].rstrip().endswith(" that") and target_at >= 0:
        return _speaker(scene, grammar, target_at)
    if target_at == hit.start or (target_at >= 0 and not grammar.text[:target_at].strip(' "')):
        return _speaker(scene, grammar, target_at)
    found = grammar.subject(hit.start)
    if found and target_at >= 0 and set(found) == set(grammar.codes_at(target_at)):
        return _speaker(scene, grammar, target_at)
    return found or _speaker(scene, grammar, target_at)


def _speaker(scene: Scene, grammar: Grammar, other_than: int) -> tuple[str, ...]:
    match = grammar.find("attribution")
    if match:
        at = match.start() + match.group().index("◆")
        if at != other_than:
            return grammar.codes_at(at)
    said = grammar.find("he_said")
    if said:
        main = grammar.main_subject(said.start())
        return main if main and main != grammar.codes_at(other_than) else scene.focus
    for i, token in grammar.tokens:
        if i != other_than and i not in grammar.governed:
            return grammar.codes(token, i)
    return scene.speaker or scene.focus


def _tension_targets(scene: Scene, grammar: Grammar, hit: Hit, actors: tuple[str, ...]) -> tuple[str, ...]:
    rule = hit.frame.option("target")
    if rule == "adversary":
        return (scene.adversary,) if scene.adversary else ()
    for name in ("T", "Q"):
        at = hit.group(name)
        if at >= 0:
            return grammar.codes_at(at)
    if rule == "T":
        return ()
    if rule == "S":  # two that quarrel, each with the other
        return actors
    if rule == "critic":
        return _critic(scene, grammar, actors)
    if hit.frame.type == "dissent":
        return ("USA",) if "USA" not in actors and ("USA" in scene.named or scene.adversary == "IRN") else ()
    tokens = grammar.tokens
    if hit.frame.type == "threat":  # "how many soldiers he keeps in Germany": who is threatened is named last
        tokens = [pair for pair in tokens if pair[0] >= hit.start] + [pair for pair in tokens if pair[0] < hit.start]
    for i, token in tokens:
        codes = tuple(code for code in grammar.codes(token, i) if code not in actors and scene.is_partner(code))
        if codes:
            return codes
    before = tuple(code for code in scene.last_partners if code not in actors and scene.is_partner(code))
    return before[:3]


def _critic(scene: Scene, grammar: Grammar, actors: tuple[str, ...]) -> tuple[str, ...]:
    """Return whom a retort answers: a partner in the sentence, else who last spoke against the actor, else the lead."""
    for i, token in grammar.tokens:
        codes = tuple(code for code in grammar.codes(token, i) if code not in actors and scene.is_partner(code))
        if codes:
            return codes
    for statement in reversed(scene.statements):
        if statement.kind == "tension" and statement.target in actors:
            return (statement.actor,)
    return tuple(code for code in LEADS if code in scene.named and code not in actors)


def _is_tense(scene: Scene, actor: str, target: str, kind: str) -> bool:
    if actor == target or not scene.is_partner(actor):
        return False
    if kind in {"dual_role", "adversary_ties"}:
        return target in {scene.adversary, "IRN", "RUS"} and actor not in {"USA", target, "ISR"}
    if target in {"IRN", "OTHERS", "ISR", "PAK", "CHN", "RUS"} or actor in {"CHN", "RUS"}:
        return False
    return scene.is_partner(target) and (is_state(target) or is_group(target))


# ------------------------------------------------------------------ acts
def read_acts(scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hits: list[Hit]) -> None:
    """Add the acts on shipping or the strait of one sentence."""
    for hit in hits:
        if hit.frame.kind != "act":
            continue
        if not _needs_met(grammar, hit):
            continue
        clause = clause_at(grammar.clauses, hit.start)
        realis = _realis(lexicon, grammar.text[clause[0] : clause[1]], grammar, hit)
        span = quote_span(sketch, grammar, hit)
        for actor in _act_actors(scene, grammar, hit)[:3]:
            if is_state(actor):
                scene.add("act", span, hit.frame.name, actor=actor, action=hit.frame.option("action"), realis=realis)


def _needs_met(grammar: Grammar, hit: Hit) -> bool:
    needs = hit.frame.needs
    if needs in {"shipping", "shipping-context"}:
        return bool(grammar.find("shipping"))
    if needs == "act-verb" and hit.frame.verb:
        clause = clause_at(grammar.strong, hit.start)
        return bool(hit.frame.verb.search(grammar.text, clause[0], clause[1]))
    return True


def _act_actors(scene: Scene, grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    rule = hit.frame.option("actor")
    by, end = None, hit.end + 60
    if grammar.may("by_actor", hit.start, end):
        by = grammar.words["by_actor"].slow.search(grammar.text, hit.start, min(len(grammar.text), end))
    found = grammar.codes_at(by.end() - 1) if by else _free_subject(grammar, hit)
    found = tuple(code for code in found if is_state(code))
    if scene.adversary and scene.adversary not in found and _points_at_adversary(scene, grammar, hit):
        found = (scene.adversary,)
    if hit.frame.option("action") in {"attack", "mining"} and not found:
        inner = [(i, t) for i, t in grammar.tokens if hit.start <= i < hit.end and grammar.text[i] == "◇"]
        found = tuple(code for i, t in inner[:1] for code in t.codes)
    if rule == "adversary-only":
        return tuple(code for code in found if code == scene.adversary)
    if rule == "adversary-default":
        known = tuple(code for code in found if code in {scene.adversary, "OMN", "USA"})
        return known or ((scene.adversary,) if scene.adversary else ())
    if rule == "blockader":
        owners = [code for i, t in grammar.tokens if i >= hit.start - 30 and i < hit.start for code in t.codes]
        if not owners and grammar.find("spoken_of", 0, hit.start):
            return ()  # "not consulted about the blockade" tells of no blockader
        if scene.adversary in found or not found or not grammar.tokens:
            found = tuple(code for code in owners if code != scene.adversary) or (
                ("USA",) if scene.adversary == "IRN" else ()
            )
        return tuple(code for code in found if code != scene.adversary)
    called_on = grammar.find("called_on")
    if called_on and hit.start > called_on.start():
        return grammar.codes_at(called_on.start() + called_on.group().index("◆"))
    return found or ((scene.adversary,) if scene.adversary == "IRN" and hit.frame.option("action") == "closure" else ())


def _points_at_adversary(scene: Scene, grammar: Grammar, hit: Hit) -> bool:
    """Return whether others speak of what the adversary did: "Britain accused Iran of closing the strait"."""
    if hit.frame.option("action") == "blockade":
        return False
    start = clause_at(grammar.strong, hit.start)[0]
    if grammar.find("condemns", start, hit.start):
        return True
    if hit.frame.option("action") == "attack":
        return False
    nouns = [i for i, token in grammar.tokens if start <= i < hit.start and scene.adversary in token.codes]
    return any(grammar.text[i] == NOUN for i in nouns)


def _free_subject(grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    inner = [i for i, _ in grammar.tokens if hit.start <= i < hit.end]
    if grammar.text[hit.start : hit.start + 1] in "◆◇" and inner:
        return grammar.codes_at(inner[0])
    return grammar.subject(hit.start)


def _realis(lexicon: Lexicon, clause: str, grammar: Grammar, hit: Hit) -> str:
    begin = max(0, hit.start - 70)
    near = grammar.text[begin : hit.end]
    has_own_past = grammar.find("joined", begin, hit.start) and grammar.find("act_past", hit.start, hit.end)
    for code, pattern in lexicon.realis:
        if has_own_past and code != "denied":
            continue  # "threatened to close the strait and seized a tanker": no part of the threat
        if pattern.search(near if code != "denied" else clause):
            return code
    return "done"
