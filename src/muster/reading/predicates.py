"""Predicates: one table of verbs instead of one pattern for each wording.

A frame with `mode = "verb"` has the bare forms of verbs as its cues ("lend, lends, lent, lending"). What the
words before the verb make of it (tense, modality, negation, passive) is told here, the same way for every verb, so that
"lends", "has lent", "is to lend", "might lend", "would never lend" and "was lent by" each give their own status. The
frames with a wording of their own come first; a predicate is read where they found nothing.
"""

from dataclasses import dataclass

from muster.reading.hits import Hit
from muster.reading.lexicon import Lexicon
from muster.reading.parts import Grammar, clause_at
from muster.reading.sketch import ADJECTIVE

# How far behind a verb (or before its passive) what it gives must begin, in characters: four or five words.
NEAR_OBJECT = 55
_N_LEFT = 90


@dataclass(frozen=True, slots=True)
class Predicate:
    """What a verb says: whose position it is and of which status."""

    actors: tuple[str, ...]
    status: str
    is_passive: bool


def read_predicate(lexicon: Lexicon, grammar: Grammar, hit: Hit) -> Predicate | None:
    """Return the predicate of a bare verb; nothing where the sentence does not assert it of an actor."""
    if not grammar.objects and not _needs_no_object(hit):
        return None
    start = clause_at(grammar.clauses, hit.start)[0]
    left = max(start, hit.start - _N_LEFT)
    mode = _mode(grammar, left, hit)
    status = _status(hit, mode)
    if not status:
        return None
    is_passive = mode != "copula" and _is_passive(grammar, left, hit)
    if not _has_object(lexicon, grammar, hit, is_passive=is_passive, start=start):
        return None
    if is_passive:
        actors = _giver(lexicon, grammar, hit, start, mode)
    else:
        actors = _subject(lexicon, grammar, hit, grammar.text[left : hit.start], mode)
    return Predicate(actors, status, is_passive) if actors else None


def _mode(grammar: Grammar, start: int, hit: Hit) -> str:
    """Return how the words before a verb, from `start`, put it: unasserted, negated, possible, future, realised."""
    end = hit.start
    if grammar.find("realised_before", start, end):
        return "realised"
    if grammar.find("unasserted", start, end):
        return "unasserted"
    for mode in ("negated", "possible", "future"):
        if grammar.find(f"{mode}_before", start, end):
            return mode
    if grammar.find("no_subject", start, end):
        return "negated"
    if grammar.find("verb_wanted", start, end):  # a purpose ("to lend"), a noun ("of lending")
        return "unasserted"
    verb = hit.match.group()
    is_plain = grammar.words["plain_verb"].slow.fullmatch(verb) and not _is_past_form(grammar, verb)
    if is_plain and not grammar.find("plural_before", start, end):
        return "bare"
    return "realised"


def _is_past_form(grammar: Grammar, verb: str) -> bool:
    return bool(grammar.words["past_form"].slow.search(verb.split(maxsplit=1)[0]))


def _status(hit: Hit, mode: str) -> str:
    """Return the status for a mode: the frame's own key for it, else what most verbs of giving make of it."""
    frame = hit.frame
    mode = {"bare": "realised"}.get(mode, mode)
    usual = {"realised": frame.status, "future": "pledged", "possible": "considering", "negated": "refused"}
    return frame.option(mode, usual.get(mode, ""))


def _is_passive(grammar: Grammar, start: int, hit: Hit) -> bool:
    if not _is_past_form(grammar, hit.match.group()):
        return False
    if grammar.find("be_before", start, hit.start):
        return True
    behind = hit.match.string[hit.end : hit.end + 30]
    return behind.startswith(" by ") and not grammar.find("have_before", start, hit.start)


def _has_object(lexicon: Lexicon, grammar: Grammar, hit: Hit, *, is_passive: bool, start: int) -> bool:
    """Return whether what is given stands close by; a frame with a fixed `what` needs none."""
    if _needs_no_object(hit):
        return True
    if is_passive:
        found = grammar.objects_in(max(start, hit.start - 2 * NEAR_OBJECT), hit.start)
    else:
        end = min(clause_at(grammar.clauses, max(hit.start, hit.end - 1))[1], hit.end + NEAR_OBJECT)
        found = grammar.objects_in(hit.start, end)
    weak = lexicon.weak if hit.frame.option("object") != "weak" else frozenset()
    return any(one.code not in weak for one in found)


def _needs_no_object(hit: Hit) -> bool:
    return bool(hit.frame.what) or hit.frame.option("object") == "any"


def _giver(lexicon: Lexicon, grammar: Grammar, hit: Hit, start: int, mode: str) -> tuple[str, ...]:
    """Return who a passive's giver is: behind `by`, else the owner of the thing, else whom the document tells of."""
    end = min(len(grammar.text), hit.end + 60)
    by = lexicon.words["by_actor"].slow.search(grammar.text, hit.end, end)
    if by:
        return grammar.codes_at(by.end() - 1)
    owners = [(i, token) for i, token in grammar.tokens if start <= i < hit.start]
    for i, token in reversed(owners):
        if grammar.text[i] == ADJECTIVE or grammar.text[i + 1 : i + 3] == "'s":
            return grammar.codes(token, i)
    if owners and mode in {"negated", "future"}:  # "the Polish minister said the batteries would not be moved"
        said = grammar.find("attribution", start, hit.start)
        return grammar.codes_at(start + said.start() + said.group().index("◆")) if said else ()
    return () if owners else grammar.focus


def _subject(lexicon: Lexicon, grammar: Grammar, hit: Hit, left: str, mode: str) -> tuple[str, ...]:
    """Return whose verb it is; a bare present needs a subject of several ("Norway and Latvia lend")."""
    relative = grammar.find("relative", 0, hit.start)
    actors = grammar.codes_at(relative.start()) if relative else clause_subject(lexicon, grammar, hit)
    if mode == "bare":
        return actors if len(actors) > 1 and left.rstrip().endswith("◆") else ()
    return actors


def clause_subject(lexicon: Lexicon, grammar: Grammar, hit: Hit) -> tuple[str, ...]:
    """Return the grammatical subject of a cue; where no actor stands before it, who says so behind it.

    "No ship is on offer, the Chilean minister said" is Chile's position, whomever the document spoke of before.
    """
    if not any(i < hit.start for i, _ in grammar.tokens):
        late = lexicon.words["late_attribution"].slow.search(grammar.text, hit.end)
        if late:
            return grammar.codes_at(late.end("who" if late["who"] else "said") - 1)
    return grammar.subject(hit.start)
