"""The rule reader: one document in, its statements out, each with a verbatim quote and the frame that read it."""

from collections.abc import Iterator
from datetime import date

from muster import __version__
from muster.base.document import Document
from muster.base.scheme import GROUPS
from muster.base.statement import Statement
from muster.reading.candidates import Held
from muster.reading.caveats import read_unmarked
from muster.reading.claims import read_claims
from muster.reading.conduct import read_acts, read_tensions
from muster.reading.gazetteer import Mention, find_mentions
from muster.reading.hits import Hit, find_hits
from muster.reading.lexicon import Lexicon, languages, load_lexicon
from muster.reading.parts import Grammar, clause_at
from muster.reading.scene import LEADS, Scene
from muster.reading.sentences import find_sentences
from muster.reading.sketch import Sketch, draw_sketch, names_nobody
from muster.reading.stances import read_stances
from muster.reading.views import SentenceView, view_sentence

NAME = f"rules/{__version__}"
# A longer text without words of the field (ships, troops, allies, blockade ...), a long one without two different ones,
# is not read at all: most news concerns no coalition. The longer of the development data have 3 or more.
UNGATED_CHARACTERS = 600
LONG_CHARACTERS = 1000


class RuleReader:
    """Reads by lexicon and frames; the language is a data folder, chosen by the document's language.

    A document in a language without a lexicon gives no statements; `can_read` tells.
    """

    name = NAME

    def can_read(self, document: Document) -> bool:
        """Return whether there is a lexicon for the document's language (an unknown language is read as English)."""
        return (document.language or "en")[:2].lower() in languages()

    def read(self, document: Document) -> tuple[Statement, ...]:
        """Return the statements of a document, in the order of their quotes; empty where `can_read` is false."""
        if not self.can_read(document):
            return ()
        lexicon = load_lexicon((document.language or "en")[:2].lower())
        return read_with(lexicon, document.text, document.published)


def read_document(document: Document) -> tuple[Statement, ...]:
    """Return the statements the rules read in a document."""
    return RuleReader().read(document)


def read_text(text: str, published: date | None = None, language: str = "en") -> tuple[Statement, ...]:
    """Return the statements the rules read in a text.

    Parameters
    ----------
    text : str
        Offsets of the statements count in its code points.
    published : date or None
        Decides offices (who spoke for whom) and what is history.
    language : str
        ISO 639-1; a folder of lexica must exist.

    Raises
    ------
    InputError
        There is no lexicon for the language.
    """
    return read_with(load_lexicon(language), text, published)


def read_with(
    lexicon: Lexicon, text: str, published: date | None, *, views: list[SentenceView] | None = None
) -> tuple[Statement, ...]:
    """Return the statements of a text under one lexicon; what was seen of each sentence is added to `views`."""
    if not concerns_coalition(lexicon, text):
        return ()
    scene = Scene(text, published, NAME)
    mentions = find_mentions(text, published, lexicon.language)
    if not mentions:
        return ()
    scene.meet(mentions)
    for start, end, inside in _sentences(text, mentions, lexicon):
        _read_sentence(scene, lexicon, start, end, inside, views)
    return tuple(sorted(scene.statements, key=lambda statement: (statement.start, statement.end)))


def concerns_coalition(lexicon: Lexicon, text: str) -> bool:
    """Return whether a text is worth reading: short, or with words of the field; sport and business seldom are."""
    if len(text) <= UNGATED_CHARACTERS:
        return True
    if "concern" not in lexicon.words:  # a language that lists its words of the field only
        return bool(lexicon.words["domain"].search(text))
    n_needed = 2 if len(text) > LONG_CHARACTERS else 1
    found: set[str] = set()
    for match in lexicon.words["concern"].finditer(text):
        found.add(match.group().lower())
        if len(found) >= n_needed:
            return True
    return False


def _sentences(text: str, mentions: list[Mention], lexicon: Lexicon) -> Iterator[tuple[int, int, list[Mention]]]:
    """Yield sentences with the mentions inside them; a mention never spans two."""
    i = 0
    for start, end in find_sentences(text, no_end=lexicon.words.get("no_end")):
        while i < len(mentions) and mentions[i].end <= start:
            i += 1
        j = i
        while j < len(mentions) and mentions[j].start < end:
            j += 1
        yield start, end, [m for m in mentions[i:j] if m.start >= start and m.end <= end]
        i = j


def _read_sentence(
    scene: Scene,
    lexicon: Lexicon,
    start: int,
    end: int,
    mentions: list[Mention],
    views: list[SentenceView] | None,
) -> None:
    text = scene.text[start:end]
    held = lexicon.held(text)
    if views is None and not mentions and not scene.is_past and _says_nothing(lexicon, held):
        return
    sketch = draw_sketch(text, start, mentions, scene.surnames, lexicon.language, held.mask)
    if sketch.is_cut:
        held = lexicon.held(f"{text} {sketch.text}")
    held = lexicon.drawn(held, sketch.text)
    scene.is_past = scene.is_past and _goes_on_in_past(scene, lexicon, sketch.text, start)
    hits = find_hits(sketch.text, lexicon, held)
    if not hits and not sketch.tokens and views is None:
        return
    grammar = Grammar(sketch, lexicon, scene.focus, scene.we or scene.speaker, held)
    if views is not None:
        views.append(view_sentence(scene, sketch, grammar, start, end))
        if not hits and not sketch.tokens:
            return
    may_say = hits or _may_claim(grammar)
    past = _past_clauses(grammar, lexicon, scene.published)
    is_of_its_time = _is_of_its_time(scene, grammar, lexicon, past)
    hits = [hit for hit in hits if not any(a <= hit.start < b for a, b in past)]
    if (may_say or scene.recent_held) and _asserts(grammar) and is_of_its_time:
        _read_hits(scene, lexicon, sketch, grammar, hits)
        read_unmarked(scene, sketch, grammar, hits)
    begins = past and not is_of_its_time and not grammar.find("lasting")
    scene.is_past = scene.is_past or bool(begins)
    _move_on(scene, grammar)


def _says_nothing(lexicon: Lexicon, held: Held) -> bool:
    """Return whether a sentence without names can have no actor and no cue, so that it need not be drawn."""
    return names_nobody(lexicon.language, held.mask) and not lexicon.cue_set.candidates(lexicon.drawn(held, ""))


def _read_hits(scene: Scene, lexicon: Lexicon, sketch: Sketch, grammar: Grammar, hits: list[Hit]) -> None:
    taken = read_claims(scene, lexicon, sketch, grammar)
    hits = [hit for hit in hits if not any(a <= hit.start < b for a, b in taken)]
    if not hits:
        return
    read_stances(scene, lexicon, sketch, grammar, hits)
    read_tensions(scene, sketch, grammar, hits)
    read_acts(scene, lexicon, sketch, grammar, hits)


def _may_claim(grammar: Grammar) -> bool:
    """Return whether a sentence may say of how many members of a group something holds."""
    quantifier = grammar.lexicon.any_quantifier
    return quantifier.may(grammar.held.mask) and quantifier.may_match(grammar.text)


def _asserts(grammar: Grammar) -> bool:
    """Return whether a sentence states something: no question, no guess, no denial of a report."""
    return not grammar.text.rstrip(' "').endswith("?") and not grammar.find("skip")


def _past_clauses(grammar: Grammar, lexicon: Lexicon, published: date | None) -> list[tuple[int, int]]:
    """Return the clauses about an earlier year than the document's own, where no year of its own is named."""
    if published is None:
        return []
    if not grammar.may("history"):
        return []
    found = [match for match in lexicon.words["history"].find_all(grammar.text) if not match.group().startswith("of ")]
    if not found or max(int(match.group(1)) for match in found) >= published.year:
        return []
    clauses = []
    for match in found:
        start, end = clause_at(grammar.clauses, match.start())
        comma = grammar.text.find(",", match.end(), end)
        clauses.append((start, comma if comma > 0 else end))
    return clauses


def _is_of_its_time(scene: Scene, grammar: Grammar, lexicon: Lexicon, past: list[tuple[int, int]]) -> bool:
    """Return whether a sentence speaks of the document's own time: beside a clause of an earlier year, in the present.

    "Spain, whose contingent left in 2009, will not return": what stands outside the earlier year's clause is read.
    """
    if not past:
        return not scene.is_past
    text = grammar.text
    rest = "".join(char if not any(a <= i < b for a, b in past) else " " for i, char in enumerate(text))
    return bool(lexicon.words["present"].search(rest))


def _goes_on_in_past(scene: Scene, lexicon: Lexicon, text: str, start: int) -> bool:
    """Return whether a sentence goes on with a history begun before it in the same paragraph."""
    if "present" not in lexicon.words or "\n" in scene.text[max(0, start - 3) : start]:
        return False
    return bool(lexicon.words["that_time"].search(text)) or not lexicon.words["present"].search(text)


def _move_on(scene: Scene, grammar: Grammar) -> None:
    """Let the next sentence know who was spoken of and who speaks."""
    scene.topic_age += 1
    partners = tuple(
        c for i, t in grammar.tokens for c in grammar.codes(t, i) if c not in LEADS and scene.is_partner(c)
    )
    if partners:
        scene.last_partners = partners
    for _, token in grammar.tokens:
        if len(token.codes) == 1 and token.codes[0] in GROUPS:
            scene.last_group = token.codes[0]
    main = grammar.main_subject()
    pronoun = grammar.opens("opening_pronoun", 0)
    if pronoun and scene.focus:
        main = scene.focus
    if not main and grammar.tokens and grammar.text.rstrip(' "').endswith("?"):
        main = grammar.tokens[-1][1].codes
    if grammar.text.startswith("We, ") and main:
        scene.we = main
    spoken = grammar.find("attribution")
    if scene.recent and not pronoun and not spoken:
        main = scene.recent  # whose position the sentence told is who the next one speaks of
    scene.recent = ()
    if main:
        scene.focus = main
    if spoken:
        at = spoken.start() + spoken.group().index("◆")
        for i, token in grammar.tokens:
            if i == at:
                scene.speaker = grammar.codes(token, i) or scene.speaker
