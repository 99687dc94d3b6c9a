"""Asks: who asks whom for what."""

from muster.reading.hits import Hit
from muster.reading.parts import Grammar, clause_at, quote_span
from muster.reading.positions import Position
from muster.reading.scene import Scene, is_group, is_state
from muster.reading.sketch import Sketch

_MEMBERS = {"EU": "EU-MEMBERS", "NATO": "NATO-MEMBERS"}
_STAND_INS = (" them", " it ", " one", " some ", " the same")
_NOTHING_ELSE = frozenset(("everything", "mission", "mission_loose", "escort_loose"))


def read_ask(scene: Scene, sketch: Sketch, grammar: Grammar, hit: Hit, positions: list[Position]) -> None:
    """Add the asks that a cue carries: each asker, each target, each thing asked for."""
    asker = grammar.codes_at(hit.group("S")) if hit.group("S") >= 0 else grammar.subject(hit.start)
    if hit.frame.option("actor") == "focus":
        asker = scene.focus
    targets = _ask_targets(scene, grammar, hit, asker, positions)
    clause = clause_at(grammar.clauses, hit.start)
    what = grammar.best_object(hit.end, clause[1]) or grammar.best_object(hit.start, len(grammar.text))
    if not what and hit.frame.needs == "object":
        what = grammar.best_object(clause[0], hit.start)
    if not what and positions:
        what = positions[0].whats[0]
    if not what and (hit.frame.needs == "domain" or "request" in hit.match.group()):
        what = scene.topic
    if not what and targets and grammar.text[hit.end :].startswith(_STAND_INS):  # "asked Warsaw for them"
        what = scene.last_what.get(targets[0], scene.topic)
    if not what or not asker or not targets:
        return
    whats = _listed_asks(grammar, hit, clause) or (what,)
    span = quote_span(sketch, grammar, hit)
    for actor in asker[:3]:
        for target in targets:
            if _is_ask_pair(scene, actor, target):
                for code in whats:
                    scene.add("ask", span, hit.frame.name, actor=actor, target=target, what=code)
    _read_gapped(scene, grammar, hit, asker, span)


def _read_gapped(scene: Scene, grammar: Grammar, hit: Hit, asker: tuple[str, ...], span: tuple[int, int]) -> None:
    """Add the asks whose verb is understood: "asked Germany for money and Turkey for its airfields"."""
    end = clause_at(grammar.strong, hit.start)[1]
    for match in grammar.lexicon.words["gapped_ask"].slow.finditer(grammar.text, hit.end, end):
        found = next(grammar.objects_in(match.end(), match.end() + 40), None)
        for target in grammar.codes_at(match.start() + match.group().index("◆")):
            for actor in asker[:3]:
                if found and _is_ask_pair(scene, actor, target):
                    code = grammar.lexicon.aliases.get(found.code, found.code)
                    scene.add("ask", span, hit.frame.name, actor=actor, target=target, what=code)


def _listed_asks(grammar: Grammar, hit: Hit, clause: tuple[int, int]) -> tuple[str, ...]:
    """Return the several things asked for where the verb lists them (`demands have included A, B, C and D`)."""
    text = grammar.text[hit.start : clause[1]]
    if "includ" not in text and ":" not in text:
        return ()
    codes = [f.code for f in grammar.objects_in(hit.end, clause[1]) if f.code not in _NOTHING_ELSE]
    aliases = grammar.lexicon.aliases
    return tuple(dict.fromkeys(aliases.get(code, code) for code in codes)) if len(codes) > 1 else ()


def _is_ask_pair(scene: Scene, actor: str, target: str) -> bool:
    if actor in {target, "IRN"} or target in {"IRN", "SHIPPING", scene.adversary}:
        return False
    return is_state(actor) or is_group(actor) or actor == "SHIPPING"


def _ask_targets(
    scene: Scene, grammar: Grammar, hit: Hit, asker: tuple[str, ...], positions: list[Position]
) -> tuple[str, ...]:
    at = hit.group("T")
    if at >= 0:
        return tuple(code for code in grammar.codes_at(at))
    unnamed = hit.match.groupdict().get("T")
    if unnamed:  # "called on governments": nobody by name
        return (_MEMBERS.get(asker[0], "OTHERS") if unnamed.startswith("member") else "OTHERS",) if asker else ()
    rule = hit.frame.option("target")
    if rule.startswith("right"):
        for i, token in grammar.tokens:
            inside = hit.start < i < hit.end and is_group((*token.codes, "")[0])
            if (
                i >= hit.start
                and (inside or i not in grammar.governed)
                and not set(grammar.codes(token, i)) & set(asker)
            ):
                return grammar.codes(token, i)
    if "GDP" in grammar.text:
        return ("NATO-MEMBERS",)
    if positions:
        others = [code for p in positions for code in p.actors if code not in asker]
        if others:
            return tuple(dict.fromkeys(others))[:6]
    main = tuple(code for code in grammar.main_subject() if code not in asker)
    if main:
        return main
    for i, token in grammar.tokens:
        codes = tuple(code for code in grammar.codes(token, i) if code not in asker and scene.can_respond(code))
        if codes and i > hit.start:
            return codes
    if scene.focus and not set(scene.focus) & set(asker):
        return scene.focus
    is_open_call = grammar.find("unnamed_states", hit.start)
    return ("OTHERS",) if set(asker) & {"USA"} or is_open_call else ()
