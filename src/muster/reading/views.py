"""What the rules know of a sentence when they read it, kept for a second reader: its sketch, actors and context."""

from typing import NamedTuple

from muster.reading.parts import Grammar
from muster.reading.scene import Scene
from muster.reading.sketch import Sketch

_TOPIC_LASTS = 2  # sentences


class ActorView(NamedTuple):
    """An actor in a sketch: where it stands, whom it means, how it is said."""

    offset: int
    codes: tuple[str, ...]
    form: str
    is_governed: bool
    is_explicit: bool


class SentenceView(NamedTuple):
    """One sentence as the rules met it.

    Attributes
    ----------
    start, end : int
        Span in the document, in code points.
    text : str
        The sketch: each actor is one mark.
    marks : tuple of (int, int)
        Span of each mark in the document.
    actors : tuple of ActorView
        Left to right; an office without a state is resolved by what was said before.
    pronouns : tuple of (int, tuple of str)
        Sketch offsets with the codes they stand for.
    objects : tuple of (int, str)
        Sketch offsets with codes of what is given or asked.
    focus, speaker : tuple of str
        Who was spoken of and who spoke before this sentence.
    topic, adversary : str
        What the document speaks of, and against whom; may be empty.
    """

    start: int
    end: int
    text: str
    marks: tuple[tuple[int, int], ...]
    actors: tuple[ActorView, ...]
    pronouns: tuple[tuple[int, tuple[str, ...]], ...]
    objects: tuple[tuple[int, str], ...]
    focus: tuple[str, ...]
    speaker: tuple[str, ...]
    topic: str
    adversary: str


def view_sentence(scene: Scene, sketch: Sketch, grammar: Grammar, start: int, end: int) -> SentenceView:
    """Return the view of a sentence, before the rules read it."""
    governed = grammar.governed
    return SentenceView(
        start,
        end,
        sketch.text,
        tuple(sketch.spans),
        tuple(
            ActorView(i, grammar.codes(token, i), token.form, i in governed, bool(token.codes))
            for i, token in grammar.tokens
        ),
        tuple((at, grammar.pronoun_codes((at, word))) for at, word in grammar.pronouns),
        tuple((found.start, found.code) for found in grammar.objects),
        scene.focus,
        scene.speaker,
        scene.topic if scene.topic_age <= _TOPIC_LASTS else "",
        scene.adversary,
    )
