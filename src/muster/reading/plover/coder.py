"""The event coder: lexicon and learned layer give the class, words the mode, and the main phrase how it is meant."""

from dataclasses import dataclass
from typing import Any

from muster.reading.plover.features import features, is_told, main_hits, read_sentence, turned_class
from muster.reading.plover.marked import MarkedSentence, parse_marked
from muster.reading.plover.model import load_weights
from muster.reading.plover.modes import mode_of


@dataclass(frozen=True, slots=True)
class Coding:
    """The event that a sentence reports between its source and its target.

    Attributes
    ----------
    event : str or None
        One of the fifteen classes; None where the coder abstains.
    mode : str or None
    confidence : float
        Probability of the class by the learned layer, 0..1; of the best class, where it abstains.
    is_negated, is_future, is_hypothetical : bool
        How the main phrase is meant: `did not`, `will`, `may` or `if`.
    """

    event: str | None
    mode: str | None
    confidence: float
    is_negated: bool = False
    is_future: bool = False
    is_hypothetical: bool = False

    def to_row(self) -> dict[str, Any]:
        """Return the JSON form; `negated`, `future`, `hypothetical` stand only where true."""
        row: dict[str, Any] = {"event": self.event, "mode": self.mode, "confidence": round(self.confidence, 4)}
        flags = {"negated": self.is_negated, "future": self.is_future, "hypothetical": self.is_hypothetical}
        return row | {name: True for name, is_set in flags.items() if is_set}


def lexicon_class(sentence: MarkedSentence) -> str | None:
    """Return the class by the lexicon alone: that of the main phrase, turned by negation, future and doubt."""
    reading = read_sentence(sentence)
    ranked = main_hits(reading)
    if is_told(reading):
        return "REQUEST"
    return turned_class(ranked[0], ranked[0].phrase.classes[0]) if ranked else None


def code_sentence(line: str, *, min_confidence: float = 0.0) -> Coding:
    """Return the event that a marked sentence reports.

    Parameters
    ----------
    line : str
        A sentence with `<s>..</s>` around the source and `<t>..</t>` around the target; either may be missing, then
        the guess is poorer. An empty line has no event.
    min_confidence : float, 0..1
        Below it the coder abstains.
    """
    sentence = parse_marked(line)
    if not any(character.isalpha() for character in sentence.text):
        return Coding(None, None, 0.0)
    shares = load_weights().probabilities(features(sentence))
    event = max(shares, key=lambda name: shares[name])
    if shares[event] < min_confidence:
        return Coding(None, None, shares[event])
    reading = read_sentence(sentence)
    mode = mode_of(event, (form for token in reading.tokens for form in (token.surface, *token.forms)))
    ranked = main_hits(reading)
    if not ranked:
        return Coding(event, mode or None, shares[event])
    main = ranked[0]
    return Coding(event, mode or None, shares[event], main.is_negated, main.is_future, main.is_hypothetical)
