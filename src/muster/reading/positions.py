"""Asks, responses and caveats: who takes which position on providing what."""

import re
from dataclasses import dataclass

from muster.reading.assets import find_assets
from muster.reading.hits import Hit
from muster.reading.lexicon import Lexicon
from muster.reading.parts import Found, Grammar, clause_at
from muster.reading.scene import Scene, is_group, is_state
from muster.reading.sketch import Sketch

_ADVANCED = {"authorised", "deployed", "delivered", "withdrawn", "refused"}
_MULTI = {"pledged", "deployed", "delivered", "withdrawn", "conditional"}
_FLEET = {"escort", "mine_clearance", "air_defence", "logistics", "intelligence", "personnel"}
_FIRM_ASSETS = _FLEET | {"funding"}
_RELATIVE = re.compile(r"◆,? (?:that|which|who) (?:has |have |had |also |still |already |now )*$")
_POSSESSOR = re.compile(r"[◆◇](?:'s?)?(?: \w+)? $")
_NO_FORCES = {"political_support", "diplomacy", "command", "funding", "sanctions"}
_FIRM_LAW = re.compile(
    r"constitution|international law|legal basis|resolution|United Nations|\bUN\b|international mandate", re.IGNORECASE
)
_PARLIAMENT = re.compile(
    r"parliament|Bundestag|Folketing|Storting|Riks|Sejm|Seim|Saeima|Assembly|Congress|Diet|Senate|Chamber|Cortes|Knesset|Rada|Duma|House|lawmak|deput|Commons",
    re.IGNORECASE,
)
_ACCESS = re.compile(
    r"\b(?:let|allow\w*|permit\w*|use of|to use|using|access|land|landing|fly from|overfl\w+|cross(?:ing)?|permission)\b"
)
_PERMISSION = {"refused", "authorised", "conditional", "considering"}
_ONLY = re.compile(r"only|depend|hing|presuppos|subject to|provid|condition", re.IGNORECASE)
_GAPPED = re.compile(
    r"(?:,|;|,? and) (?:the )?◆ (?:with )?(?:a |an |its |two |three |four |five |six |seven |eight |ten |twelve |\\d+ |some |more )?"
)
_STOP = (
    " including",
    " to protect",
    " to help",
    " to guard",
    " to clear",
    " to escort",
    " to defend",
    " against",
    " that ",
    " which ",
    " in return",
    " after ",
    " for the ",
    " because",
)


@dataclass(slots=True)
class Position:
    """A response found in a sentence, before it is added: a condition may still turn it conditional."""

    hit: Hit
    actors: tuple[str, ...]
    whats: tuple[str, ...]
    status: str


def read_positions(scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hits: list[Hit]) -> None:
    """Add the asks, responses and caveats of one sentence."""
    positions: list[Position] = []
    for hit in hits:
        if hit.frame.kind == "response":
            position = _position(scene, lexicon, grammar, hit, positions)
            if position:
                positions.append(position)
    positions = _drop_shadowed(positions)
    conditions = _conditions(lexicon, sketch, grammar, hits, scene.text)
    positions += _gapped(scene, lexicon, grammar, positions)
    _apply_conditions(positions, conditions, grammar)
    positions += _bare_conditions(scene, grammar, positions, conditions)
    for hit in hits:
        if hit.frame.kind == "ask":
            _read_ask(scene, lexicon, sketch, grammar, hit, positions)
    for position in positions:
        span = _quote_span(sketch, grammar, position.hit)
        assets = find_assets(scene.text[span[0] : span[1]]) if position.status in _MULTI | {"authorised"} else ()
        for actor in position.actors:
            for what in position.whats:
                scene.add(
                    "response", span, position.hit.frame.name, assets, actor=actor, what=what, status=position.status
                )
    for hit, codes in _caveats(lexicon, grammar, hits, conditions):
        _add_caveat(scene, sketch, grammar, hit, codes, positions)
    if positions:
        scene.recent = positions[-1].actors
    else:
        scene.recent = ()


# ------------------------------------------------------------------ responses
def _position(scene: Scene, lexicon: Lexicon, grammar: Grammar, hit: Hit, earlier: list[Position]) -> Position | None:
    frame = hit.frame
    actors = tuple(code for code in _actors(scene, grammar, hit) if scene.can_respond(code))
    if not actors:
        return None
    whats = _whats(scene, lexicon, grammar, hit)
    if frame.option("status") == "conditional" and whats and whats[0] in {"mission", "everything"}:
        whats = (scene.last_what.get(actors[0], whats[0]),)
    if not whats and earlier and frame.option("needs") == "domain":
        whats = earlier[-1].whats[:1]
    if not whats:
        return None
    return Position(hit, actors, whats, frame.option("status"))


def _actors(scene: Scene, grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    at = hit.group("S")
    if at >= 0:
        return _codes_at(grammar, at)
    if hit.frame.option("actor") == "mediator":
        return _mediators(grammar, hit)
    inner = [(i, token) for i, token in grammar.tokens if hit.start <= i < hit.end]
    text = hit.match.group()
    if inner and (
        text.startswith("◆") or text.lstrip().lower().startswith(("nor ", "no ◇", "no ◆", "as ◆", "as the ◆"))
    ):
        return grammar.codes(inner[0][1], inner[0][0])
    if inner and " by " in text and text.rstrip().endswith("◆"):
        return grammar.codes(inner[-1][1], inner[-1][0])
    if "sign" in text:
        partner = re.search(r" with (?:the )?◆", grammar.text[hit.end :])
        if partner:
            return grammar.subject(hit.start) + _codes_at(grammar, hit.end + partner.end() - 1)
    relative = _RELATIVE.search(grammar.text[: hit.start])
    if relative:
        return _codes_at(grammar, relative.start())
    possessor = _POSSESSOR.search(grammar.text[max(0, hit.start - 30) : hit.start])
    if possessor and frame_is_noun(hit):
        return _codes_at(grammar, max(0, hit.start - 30) + possessor.start())
    return grammar.subject(hit.start)


def frame_is_noun(hit: Hit) -> bool:
    """Return whether a cue is a noun ("closure of", "refusal to"), whose subject is its possessor."""
    return (
        hit.match.group()
        .lower()
        .startswith(("closure", "refusal", "reluctance", "readiness", "willingness", "offer", "pledge", "promise"))
    )


def _codes_at(grammar: Grammar, at: int) -> tuple[str, ...]:
    for i, token in grammar.tokens:
        if i == at:
            return grammar.codes(token, i)
    return ()


def _mediators(grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    """Return who mediates: behind `via`/`through`/`by` where so said, else the subject."""
    text = hit.match.group()
    words = text.split()
    if words and words[-1].lower() in {"via", "through", "by", "in", "under"}:
        for i, token in grammar.tokens:
            if i >= hit.end and i - hit.end <= 5:
                return grammar.codes(token, i)
    if "◆" in text and ("through ◆" in text or text.endswith("◆")):
        return _codes_at(grammar, hit.start + text.rindex("◆"))
    after = grammar.text[hit.end : hit.end + 60]
    if "through ◆" in after and "plan to" in text:
        return _codes_at(grammar, hit.end + after.index("through ◆") + len("through "))
    if "plan to ◆ through" in text:
        for i, token in grammar.tokens:
            if i >= hit.end:
                return grammar.codes(token, i)
    return grammar.subject(hit.start)


def _whats(scene: Scene, lexicon: Lexicon, grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    """Return the codes of what is given or withheld; empty where the frame's need is not met."""
    fixed = hit.frame.option("what")
    needs = hit.frame.option("needs")
    clause = clause_at(grammar.clauses, hit.start)
    right = grammar.best_object(hit.start, clause[1])
    left = grammar.best_object(clause[0], hit.start)
    near = right if right and right not in lexicon.weak else (left if left in _FLEET else "") or right or left
    sentence = near or grammar.best_object(hit.end, len(grammar.text)) or grammar.best_object(0, hit.start)
    if hit.frame.option("status") in _PERMISSION and _is_access(grammar, hit, clause):
        return ("basing",)
    if fixed == "joined":
        return (_joined(scene, grammar, clause, hit),)
    if fixed == "authorised":
        bases = any(found.code == "basing" for found in grammar.objects_in(hit.start, clause[1]))
        found = near or sentence or scene.topic
        return ("basing",) if bases else (found,) if found else ()
    if fixed == "fleet" or needs == "fleet":
        return _fleet(grammar, clause, hit)
    if fixed and fixed != "acts":
        return (
            (fixed,)
            if needs != "domain" or sentence or scene.topic or lexicon.words["domain"].search(grammar.text)
            else ()
        )
    if needs == "asset":
        codes = _listed(lexicon, grammar, clause, hit)
        return codes
    if needs == "firm":
        codes = _listed(lexicon, grammar, clause, hit)
        if codes:
            return codes
        return (near,) if near and near not in {"everything", "mission"} else ()
    if needs == "object" and not sentence:
        return (scene.topic,) if scene.topic and scene.topic_age <= 1 and hit.frame.option("fallback") else ()
    if "neither" in hit.match.group().lower():
        codes = tuple(
            dict.fromkeys(f.code for f in grammar.objects_in(hit.start, hit.end + 30) if f.code not in lexicon.weak)
        )
        if codes:
            return codes
    if hit.frame.option("status") in _MULTI:
        codes = _listed(lexicon, grammar, clause, hit)
        if len(codes) > 1:
            return codes
    firm = sentence if sentence and sentence not in {"everything", "mission", "command", "political_support"} else ""
    topic = scene.asked if hit.frame.option("status") == "refused" and scene.asked else scene.topic
    what = near or (sentence if needs == "object" else firm) or topic or sentence
    if not what and needs == "domain" and lexicon.words["domain"].search(grammar.text):
        what = "mission"
    return (what,) if what else ()


def _is_access(grammar: Grammar, hit: Hit, clause: tuple[int, int]) -> bool:
    """Return whether the matter is letting others in: "refused to let American aircraft fly from its base"."""
    text = grammar.text[hit.start : clause[1]]
    return bool(_ACCESS.search(text)) and any(f.code == "basing" for f in grammar.objects_in(hit.start, clause[1]))


def _joined(scene: Scene, grammar: Grammar, clause: tuple[int, int], hit: Hit) -> str:
    for found in grammar.objects_in(hit.start, clause[1]):
        if found.code in {"political_support", "mission", "diplomacy"}:
            return "political_support" if found.code == "political_support" else "mission"
    return "political_support" if scene.topic == "political_support" and scene.topic_age <= 1 else "mission"


def _fleet(grammar: Grammar, clause: tuple[int, int], hit: Hit) -> tuple[str, ...]:
    """Return what kind of force moves: an asset noun before or right behind the verb, a ship's name, or nothing."""
    for a, b in ((clause[0], hit.start), (0, hit.start), (hit.start, hit.end + 40)):
        codes = list(dict.fromkeys(found.code for found in grammar.objects_in(a, b) if found.code in _FLEET))
        if codes:
            return (codes[-1] if len(codes) == 1 else codes[0],)
    left = grammar.text[max(0, hit.start - 60) : hit.start]
    if any(token.form == "ship" for i, token in grammar.tokens if i < hit.start) or "◆'s " in left[-40:]:
        return ("escort",)
    if re.search(r"cargo|merchant|tanker|container|LPG|LNG", left):
        return ()
    if " ship" in left.lower() or " vessel" in left.lower() or "squadron" in left.lower():
        return ("escort",)
    return ()


def _listed(lexicon: Lexicon, grammar: Grammar, clause: tuple[int, int], hit: Hit) -> tuple[str, ...]:
    """Return the distinct kinds of forces that a clause lists."""
    text = grammar.text
    end = clause[1]
    for stop in _STOP:
        at = text.find(stop, hit.end, end)
        if at >= 0:
            end = min(end, at)
    listed = [
        found
        for found in grammar.objects_in(hit.start, end)
        if found.code in _FIRM_ASSETS | {"basing"} and _is_thing(found)
    ]
    has_subject = any(clause[0] <= i < hit.start and i not in grammar.governed for i, _ in grammar.tokens)
    if not listed or (not has_subject and hit.frame.option("status") == "pledged"):
        left = [f for f in grammar.objects_in(clause[0], hit.start) if f.code in _FLEET and _is_thing(f)]
        listed = left + listed
    return tuple(dict.fromkeys(found.code for found in listed))


def _is_thing(found: Found) -> bool:
    """Return whether an object word names forces or means, not an activity."""
    word = found.text.lower()
    return not word.startswith(("escort", "protect", "accompan", "guard", "patroll", "defend", "clear", "sweep", "remov")) or word in {
        "escort", "escorts", "escort ship", "sweepers", "sweeper",
    }  # fmt: skip


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


def _gapped(scene: Scene, lexicon: Lexicon, grammar: Grammar, positions: list[Position]) -> list[Position]:
    """Return the positions whose verb is understood: "Italy offered frigates and Germany minesweepers"."""
    found = []
    for position in positions:
        if position.status not in _MULTI | {"refused"}:
            continue
        end = clause_at(grammar.strong, position.hit.start)[1]
        for match in _GAPPED.finditer(grammar.text, position.hit.end, end):
            asset = next(grammar.objects_in(match.end() - 1, match.end() + 22), None)
            if asset and asset.code in _FLEET and _is_thing(asset):
                codes = tuple(
                    c for c in _codes_at(grammar, match.start() + match.group().index("◆")) if scene.can_respond(c)
                )
                found.append(Position(position.hit, codes, (asset.code,), position.status))
    for extra in found:
        for position in positions:
            if len(position.whats) > 1 and set(position.whats) & set(extra.whats) and position.hit is extra.hit:
                position.whats = tuple(code for code in position.whats if code not in extra.whats)
    return found


def _bare_conditions(
    scene: Scene, grammar: Grammar, positions: list[Position], conditions: list[tuple[Hit, tuple[str, ...]]]
) -> list[Position]:
    """Return conditional positions that only a condition carries: "she goes on only after the war"."""
    if positions:
        return []
    for hit, types in conditions:
        if not _ONLY.search(hit.match.group()) or types in {("capability",), ("political",)}:
            continue
        actors = tuple(code for code in grammar.subject(hit.start) or scene.focus if code in scene.last_what)
        if actors:
            return [Position(hit, actors, (scene.last_what[actors[0]],), "conditional")]
    return []


# ------------------------------------------------------------------ conditions and caveats
def _outranked(types: tuple[str, ...], stretch: str) -> tuple[str, ...]:
    """Drop types that only shine through a firmer one: "until the Bundestag has voted on the mandate" is no legal bar."""
    kept = list(types)
    if len(kept) > 1:
        kept = [code for code in kept if code not in {"political", "capability"}] or kept
    if "parliamentary" in kept and "legal" in kept and not _FIRM_LAW.search(stretch):
        kept.remove("legal")
    if "relational" in kept and "operational" in kept:
        kept.remove("operational")
    return tuple(kept)


def _conditions(
    lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hits: list[Hit], text: str
) -> list[tuple[Hit, tuple[str, ...]]]:
    """Return the condition cues with the caveat types of what follows them."""
    found = []
    for hit in hits:
        if hit.frame.option("mode") != "condition":
            continue
        end = clause_at(grammar.strong, max(hit.start, hit.end - 1))[1]
        a, b = sketch.span(hit.start, end)
        stretch = f"{grammar.text[hit.start : end]} | {text[a:b]}"
        types = tuple(code for code, pattern in lexicon.conditions if pattern.search(stretch))
        types = _outranked(types, stretch)
        if types:
            found.append((hit, types))
    return found


def _apply_conditions(
    positions: list[Position], conditions: list[tuple[Hit, tuple[str, ...]]], grammar: Grammar
) -> None:
    for hit, types in conditions:
        word = hit.match.group().lower()
        if word.startswith(("while", "during", "within", "in accordance", "in line", "once", "for ")) or types == (
            "capability",
        ):
            continue
        owners = set(grammar.subject(hit.start))
        for position in positions:
            near = clause_at(grammar.strong, position.hit.start) == clause_at(grammar.strong, hit.start)
            if position.status == "pledged" and (near or owners == set(position.actors)):
                position.status = "conditional"


def _caveats(
    lexicon: Lexicon, grammar: Grammar, hits: list[Hit], conditions: list[tuple[Hit, tuple[str, ...]]]
) -> list[tuple[Hit, tuple[str, ...]]]:
    typed = [
        (hit, (hit.frame.option("type"),)) for hit in hits if hit.frame.kind == "caveat" and hit.frame.option("type")
    ]
    return sorted([*conditions, *typed], key=lambda pair: pair[0].start)


def _add_caveat(
    scene: Scene, sketch: Sketch, grammar: Grammar, hit: Hit, types: tuple[str, ...], positions: list[Position]
) -> None:
    actors, what = _caveat_actor(scene, grammar, hit, positions)
    text = scene.text[slice(*sketch.span(hit.start, hit.end))]
    if types == ("parliamentary",) and "◆" in hit.match.group() and not _PARLIAMENT.search(text):
        return
    clause = clause_at(grammar.clauses, hit.start)
    own = [f.code for f in grammar.objects_in(clause[0], clause[1]) if f.code in _FLEET | {"basing"}]
    if own and not any(clause[0] <= p.hit.start < clause[1] for p in positions):
        what = own[0]
    actors = tuple(code for code in actors if scene.can_respond(code))
    if not actors:
        return
    if (
        hit.frame.option("mode") == "condition"
        and not positions
        and not any(code in scene.last_what for code in actors)
    ):
        return
    if hit.frame.option("needs") == "restraint" and not _has_restraint(scene, grammar, actors, positions):
        return
    if positions and positions[0].whats == ("political_support",) and types == ("legal",):
        return  # "outside international law, which we cannot approve" judges others; it limits no contribution of one's own
    own_words = any(i < hit.start for i, _ in grammar.tokens)
    if len(actors) > 1 and not own_words and not positions:
        actors, what = ("COALITION",), "mission"
    if (
        len(actors) > 1
        and "efensive" in hit.match.group()
        and re.search(r"mission|coalition|force", grammar.text[hit.start : hit.end + 30])
    ):
        actors, what = ("COALITION",), "mission"
    span = _quote_span(sketch, grammar, hit)
    for actor in actors:
        for kind in types:
            topic = scene.topic if scene.topic_age <= 2 and scene.topic not in _NO_FORCES else ""
            code = what or scene.last_what.get(actor, "") or topic or "mission"
            scene.add("caveat", span, hit.frame.name, actor=actor, type=kind, what=code)


def _caveat_actor(scene: Scene, grammar: Grammar, hit: Hit, positions: list[Position]) -> tuple[tuple[str, ...], str]:
    """Return whose caveat it is and on what: the nearest response of the sentence, else the subject."""
    if positions:
        before = [p for p in positions if p.hit.start <= hit.start]
        nearest = before[-1] if before else positions[0]
        return nearest.actors, nearest.whats[0]
    inner = (
        _codes_at(grammar, hit.start + hit.match.group().find("◆"))
        if hit.match.group().startswith(("◆", "the ◆"))
        else ()
    )
    actors = inner or grammar.subject(hit.start)
    if not actors or all(not scene.can_respond(code) for code in actors):
        actors = scene.focus
    return actors, ""


def _has_restraint(scene: Scene, grammar: Grammar, actors: tuple[str, ...], positions: list[Position]) -> bool:
    if positions:
        return True
    if any(code in scene.last_what for code in actors):
        return True
    return any(found.code in _FLEET | {"basing"} or scene.topic for found in grammar.objects)


# ------------------------------------------------------------------ asks
def _read_ask(
    scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hit: Hit, positions: list[Position]
) -> None:
    asker = _codes_at(grammar, hit.group("S")) if hit.group("S") >= 0 else grammar.subject(hit.start)
    if hit.frame.option("actor") == "focus":
        asker = scene.focus
    targets = _ask_targets(scene, grammar, hit, asker, positions)
    clause = clause_at(grammar.clauses, hit.start)
    what = grammar.best_object(hit.end, clause[1]) or grammar.best_object(hit.start, len(grammar.text))
    if not what and hit.frame.option("needs") == "object":
        what = grammar.best_object(clause[0], hit.start)
    if not what and positions:
        what = positions[0].whats[0]
    if not what:
        what = scene.topic if scene.topic and "request" in hit.match.group() else ""
    if not what or not asker or not targets:
        return
    whats = _listed_asks(lexicon, grammar, hit, clause) or (what,)
    span = _quote_span(sketch, grammar, hit)
    for actor in asker[:3]:
        for target in targets:
            if _is_ask_pair(scene, actor, target):
                for code in whats:
                    scene.add("ask", span, hit.frame.name, actor=actor, target=target, what=code)


def _listed_asks(lexicon: Lexicon, grammar: Grammar, hit: Hit, clause: tuple[int, int]) -> tuple[str, ...]:
    """Return the several things asked for where the verb lists them (`demands have included A, B, C and D`)."""
    text = grammar.text[hit.start : clause[1]]
    if "includ" not in text and ":" not in text:
        return ()
    loose = {"everything", "mission", "mission_loose", "escort_loose"}
    codes = [f.code for f in grammar.objects_in(hit.end, clause[1]) if f.code not in loose]
    return tuple(dict.fromkeys(codes)) if len(codes) > 1 else ()


def _is_ask_pair(scene: Scene, actor: str, target: str) -> bool:
    if actor == target or actor in {"IRN"} or target in {"IRN", "SHIPPING", scene.adversary}:
        return False
    return is_state(actor) or is_group(actor) or actor == "SHIPPING"


def _ask_targets(
    scene: Scene, grammar: Grammar, hit: Hit, asker: tuple[str, ...], positions: list[Position]
) -> tuple[str, ...]:
    at = hit.group("T")
    if at >= 0:
        return tuple(code for code in _codes_at(grammar, at))
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
    return ("OTHERS",) if set(asker) & {"USA"} else ()


def _quote_span(sketch: Sketch, grammar: Grammar, hit: Hit) -> tuple[int, int]:
    """Return the document span of the clause around a cue, begun at its subject where that stands just before."""
    start, end = clause_at(grammar.clauses, hit.start)
    end = max(end, clause_at(grammar.clauses, max(hit.end - 1, hit.start))[1])
    while end > start and grammar.text[end - 1] in " ,;:–":
        end -= 1
    return sketch.span(start, max(end, hit.end))
