"""What is provided: the codes of what a position gives or withholds, from the objects around its cue."""

from muster.reading.hits import Hit
from muster.reading.lexicon import Lexicon
from muster.reading.parts import Found, Grammar, clause_at
from muster.reading.scene import Scene

MULTI = frozenset(("pledged", "deployed", "delivered", "withdrawn", "conditional"))
FLEET = frozenset(("escort", "mine_clearance", "air_defence", "logistics", "intelligence", "personnel"))
_FIRM_ASSETS = FLEET | {"funding"}
_PERMISSION = frozenset(("refused", "authorised", "conditional", "considering"))
_ACTIVITIES = ("escort", "protect", "accompan", "guard", "patroll", "defend", "clear", "sweep", "remov")
_THINGS_ALL_THE_SAME = frozenset(("escort", "escorts", "escort ship", "sweeper", "sweepers"))


def find_whats(scene: Scene, lexicon: Lexicon, grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    """Return the codes of what is given or withheld; empty where the frame's need is not met."""
    fixed = hit.frame.what
    needs = hit.frame.needs
    clause = clause_at(grammar.clauses, hit.start)
    right = grammar.best_object(hit.start, clause[1])
    left = grammar.best_object(clause[0], hit.start)
    near = right if right and right not in lexicon.weak else (left if left in FLEET else "") or right or left
    sentence = near or grammar.best_object(hit.end, len(grammar.text)) or grammar.best_object(0, hit.start)
    if hit.frame.status in _PERMISSION and _is_access(grammar, hit, clause):
        return ("basing",)
    if fixed == "joined":
        return (_joined(scene, grammar, clause, hit),)
    if fixed == "authorised":
        bases = any(found.code == "basing" for found in grammar.objects_in(hit.start, clause[1]))
        bases = bases or bool(grammar.find("landing", hit.start, hit.end))
        is_firm = any(found.code not in lexicon.weak for found in grammar.objects)
        found = near or (sentence if is_firm else "") or scene.topic or sentence
        return ("basing",) if bases else (found,) if found else ()
    if fixed == "fleet" or needs == "fleet":
        return _moving_force(grammar, clause, hit)
    if fixed and fixed != "acts":
        return (fixed,) if needs != "domain" or sentence or scene.topic or grammar.find("domain") else ()
    if needs == "asset":
        return listed_forces(grammar, clause, hit)
    if needs == "firm":
        codes = listed_forces(grammar, clause, hit)
        if codes:
            return codes
        return (near,) if near and near not in {"everything", "mission"} else ()
    return _free_whats(scene, grammar, hit, clause, near, sentence)


def _free_whats(
    scene: Scene, grammar: Grammar, hit: Hit, clause: tuple[int, int], near: str, sentence: str
) -> tuple[str, ...]:
    """Return what a frame without a fixed code is about: its clause, its sentence, or what the document speaks of."""
    lexicon, needs = grammar.lexicon, hit.frame.needs
    if grammar.find("ends_in_no", hit.start, hit.end):  # "would send no ships to any coalition"
        first = next(grammar.objects_in(hit.end, hit.end + 25), None)
        if first and first.code in FLEET | {"escort_loose"}:
            return (lexicon.aliases.get(first.code, first.code),)
    if needs == "object" and not sentence:
        return (scene.topic,) if scene.topic and scene.topic_age <= 1 and hit.frame.option("fallback") else ()
    if "neither" in hit.match.group().lower():
        codes = tuple(
            dict.fromkeys(f.code for f in grammar.objects_in(hit.start, hit.end + 30) if f.code not in lexicon.weak)
        )
        if codes:
            return codes
    if hit.frame.status in MULTI:
        codes = listed_forces(grammar, clause, hit)
        if len(codes) > 1:
            return codes
    ends_here = grammar.text[hit.end : hit.end + 1] in {"", ",", ".", ";"}
    if (not near or ends_here) and grammar.find("taking_part", hit.start, hit.end):
        return ("mission",)
    if not near and grammar.find("signing", hit.start, hit.end):
        return ("political_support",)
    firm = sentence if sentence and sentence not in {"everything", "mission", "command", "political_support"} else ""
    topic = scene.asked if hit.frame.status == "refused" and scene.asked else scene.topic
    what = near or (sentence if needs == "object" else firm) or topic or sentence
    if not what and needs == "domain" and grammar.find("domain"):
        what = "mission"
    return (what,) if what else ()


def _is_access(grammar: Grammar, hit: Hit, clause: tuple[int, int]) -> bool:
    """Return whether the matter is letting others in: "refused to let American aircraft fly from its base"."""
    return bool(grammar.find("access", hit.start, clause[1])) and any(
        f.code == "basing" for f in grammar.objects_in(hit.start, clause[1])
    )


def _joined(scene: Scene, grammar: Grammar, clause: tuple[int, int], hit: Hit) -> str:
    for found in grammar.objects_in(hit.start, clause[1]):
        if found.code in {"political_support", "mission", "diplomacy"}:
            return "political_support" if found.code == "political_support" else "mission"
    return "political_support" if scene.topic == "political_support" and scene.topic_age <= 1 else "mission"


def _moving_force(grammar: Grammar, clause: tuple[int, int], hit: Hit) -> tuple[str, ...]:
    """Return what kind of force moves: an asset noun before or right behind the verb, a ship's name, or nothing."""
    for a, b in ((clause[0], hit.start), (0, hit.start), (hit.start, hit.end + 40)):
        codes = list(dict.fromkeys(found.code for found in grammar.objects_in(a, b) if found.code in FLEET))
        if codes:
            return (codes[-1] if len(codes) == 1 else codes[0],)
    left = grammar.text[max(0, hit.start - 60) : hit.start]
    if any(token.form == "ship" for i, token in grammar.tokens if i < hit.start) or "◆'s " in left[-40:]:
        return ("escort",)
    if grammar.lexicon.words["merchant"].search(left):
        return ()
    if " ship" in left.lower() or " vessel" in left.lower() or "squadron" in left.lower():
        return ("escort",)
    return ()


def listed_forces(grammar: Grammar, clause: tuple[int, int], hit: Hit) -> tuple[str, ...]:
    """Return the distinct kinds of forces that a clause lists."""
    end = clause[1]
    stop = grammar.find("stop", hit.end, end)
    if stop:
        end = hit.end + stop.start()
    listed = [
        found
        for found in grammar.objects_in(hit.start, end)
        if found.code in _FIRM_ASSETS | {"basing"} and is_thing(found)
    ]
    has_subject = any(clause[0] <= i < hit.start and i not in grammar.governed for i, _ in grammar.tokens)
    is_passive = bool(grammar.find("be_inside", max(0, hit.start - 8), hit.end))
    if not listed or (not has_subject and is_passive and hit.frame.status == "pledged"):
        left = [f for f in grammar.objects_in(clause[0], hit.start) if f.code in FLEET and is_thing(f)]
        listed = left + listed
    return tuple(dict.fromkeys(found.code for found in listed))


def is_thing(found: Found) -> bool:
    """Return whether an object word names forces or means, not an activity."""
    word = found.text.lower()
    return not word.startswith(_ACTIVITIES) or word in _THINGS_ALL_THE_SAME
