"""Claims: somebody says how many members of a group do, or do not do, what is asked."""

from muster.base.scheme import GROUPS
from muster.reading.lexicon import Lexicon
from muster.reading.parts import Grammar, clause_at
from muster.reading.scene import Scene
from muster.reading.sketch import Sketch

_MEMBERS = {"NATO": "NATO-MEMBERS", "EU": "EU-MEMBERS", "GCC": "GULF-STATES"}
_GAP = 4  # words that may stand between a quantifier and its group


def read_claims(scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar) -> list[tuple[int, int]]:
    """Add the claims of one sentence; return the sketch ranges they took, where no response is read again."""
    taken: list[tuple[int, int]] = []
    if not (lexicon.any_quantifier.may(grammar.held.mask) and lexicon.any_quantifier.may_match(sketch.text)):
        return taken
    for quantifier in lexicon.quantifiers:
        if not quantifier.pattern.may(grammar.held.mask):
            continue
        for match in quantifier.pattern.find_all(grammar.text):
            if any(a <= match.start() < b for a, b in taken):
                continue
            found = _read_claim(scene, lexicon, sketch, grammar, quantifier.code, match.start(), match.end())
            if found:
                taken.append(found)
    for i, token in grammar.tokens:
        if token.codes == ("OTHERS",) and not any(a <= i < b for a, b in taken):
            named = next((q.code for q in lexicon.quantifiers if q.pattern.match(token.name)), "")
            found = _read_claim(scene, lexicon, sketch, grammar, named, i, i) if named else None
            if found:
                taken.append(found)
    return taken


def _read_claim(
    scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar, code: str, start: int, end: int
) -> tuple[int, int] | None:
    text = grammar.text
    strong = clause_at(grammar.strong, start)
    noun = lexicon.population.search(text, end, min(len(text), end + 60))
    gap = text[end : noun.start()].strip(" ,") if noun else text[end : end + 1]
    alone = lexicon.words["verb_alone"].slow.match(text, end)
    if alone and scene.last_group:  # "few have": of the group spoken of last
        noun, population = alone, scene.last_group
    elif noun is None or len(gap.split()) > _GAP:
        return None
    else:
        population = _population(scene, grammar, noun.start())
    if not population:
        return None
    speaker = _speaker(scene, grammar, noun.start(), start)
    if population == "OTHERS" and lexicon.words["own_members"].match(text, noun.start()):
        population = _MEMBERS.get(speaker, population)  # "member states" of whoever speaks
    if not speaker or speaker == population:
        return None
    tail = text[noun.start() if noun is alone else noun.end() : strong[1]]
    other = lexicon.words["other_part"].search(tail)
    if other:  # "most allies have helped and a few have done nothing": the rest is another claim
        tail = tail[: other.start()]
        strong = (strong[0], noun.end() + other.start())
    if not lexicon.words["claim_verb"].search(tail[:80]):
        return None
    polarity = _polarity(lexicon, tail[:110])
    if not polarity:
        return None
    begin = clause_at(grammar.clauses, start)[0]
    finish = max(strong[1], noun.end())
    span = sketch.span(begin, len(text[:finish].rstrip(' ,;:"')))
    scene.add("claim", span, f"claim.{code}", actor=speaker, quantifier=code, population=population, polarity=polarity)
    return begin, finish


def _polarity(lexicon: Lexicon, tail: str) -> str:
    """Return what a predicate says of the group; "help but do not want to be named" is still help."""
    fail, fulfil = lexicon.fail.search(tail), lexicon.fulfil.search(tail)
    if fail and fulfil and " but " in tail[fulfil.end() : fail.start()]:
        return "fulfil"
    return "fail" if fail else "fulfil" if fulfil else ""


def _population(scene: Scene, grammar: Grammar, at: int) -> str:
    for i, token in grammar.tokens:
        if i == at:
            codes = grammar.codes(token, i)
            if len(codes) == 1 and codes[0] in GROUPS:
                return codes[0]
            return _MEMBERS.get(codes[0], "") if codes else ""
    text = grammar.text[at : at + 50].lower()
    if text.startswith(
        ("those round", "those around", "of the flags", "flags", "participants", "contributors", "signatories")
    ):
        return "COALITION"
    if text.startswith(("allies", "ally")):
        return "NATO-MEMBERS"
    if text.startswith(("of them", "of those", "them")):
        before = [
            token.codes[0]
            for i, token in grammar.tokens
            if i < at and len(token.codes) == 1 and token.codes[0] in GROUPS
        ]
        return before[-1] if before else (scene.last_group or "OTHERS")
    return "OTHERS"


def _speaker(scene: Scene, grammar: Grammar, population_at: int, start: int) -> str:
    """Return who makes the claim: the attribution in the sentence, else the running speaker inside quotation marks."""
    if grammar.find("we_note", 0, start):
        return (scene.we or ("COALITION",))[0]
    match = grammar.find("attribution")
    if match:
        at = match.start() + match.group().index("◆")
        if at != population_at:
            codes = grammar.codes_at(at)
            if codes:
                return codes[0]
    for i, token in grammar.tokens:
        if i < start and i != population_at and i not in grammar.governed and token.codes:
            said = grammar.text[i : i + 40]
            if " say" in said or " said" in said or " insist" in said or " told" in said:
                return token.codes[0]
    if grammar.find("he_said") and scene.focus:
        return scene.focus[0]
    if '"' in grammar.text and scene.speaker:
        return scene.speaker[0]
    return ""
