"""What ties source and target: the verbs between them as features, and the vectors of the words around them."""

from collections.abc import Iterator, Sequence

from muster.reading.plover.marked import MarkedSentence
from muster.reading.plover.vectors import Vector, mean_vector
from muster.reading.plover.words import SOURCE, TARGET, Token

VECTOR_VALUE = 6.0  # scale; round agency-1 left out of training scored 0.81, 0.83, 0.86 at 1, 3, 6
_VERB, _PAIR, _OBJECT, _MOOD = 1.0, 0.7, 0.7, 0.7
_N_OBJECT = 6  # words after the first verb that are looked at for its object
_N_AFTER, _N_BEFORE = 12, 8  # words after the second mark and before the first
_NEGATIVE = frozenset({"not", "never", "no"})
_FUTURE = frozenset({"will", "would", "shall"})
_DOUBTFUL = frozenset({"may", "might", "could"})
_STATE = frozenset({"was", "were", "been", "be", "is", "are", "being"})
_PRONOUNS = frozenset({"it", "he", "she", "they"})
EMPTY = frozenset({
    "the", "a", "an", "of", "in", "on", "to", "and", "its", "his", "their", ",", ".", "'", "'s", "for", "at",
    "is", "was", "be", "has", "have", "that", "it", "by", "with", "from", "as",
})  # fmt: skip


def lemma(token: Token) -> str:
    """Return the shortest known form of a word."""
    return min(token.forms, key=len)


def verb_features(tokens: Sequence[Token], start: int, chain: Sequence[int], order: str) -> dict[str, float]:
    """Return the verbs of a chain, how each hangs on the one before, its mood, and the object of the first."""
    found: dict[str, float] = {}
    lemmas = [lemma(tokens[place]) for place in chain]
    for rank, place in enumerate(chain):
        link = _link(tokens, chain[rank - 1], place) if rank else ""
        found[f"v{rank}{link}:{lemmas[rank]}"] = _VERB
        for mood in _moods(tokens, max(start + 1, place - 3), place):
            found[f"va{rank}:{mood}:{order}"] = _MOOD
    if len(chain) > 1:
        found[f"vv:{lemmas[0]}:{_link(tokens, chain[0], chain[1])}:{lemmas[1]}"] = _PAIR
    for word in _objects(tokens, chain):
        found[f"vo:{lemmas[0]}:{word}"] = _OBJECT
        found[f"o:{word}"] = _OBJECT
    return found


def _link(tokens: Sequence[Token], left: int, right: int) -> str:
    """Return how a verb hangs on the one before: the other party between (T), a pronoun (it), `to`, or else x."""
    between = [token.surface for token in tokens[left + 1 : right]]
    if SOURCE in between or TARGET in between:
        return "T"
    if _PRONOUNS & set(between):
        return "it"
    return "to" if "to" in between[-2:] else "x"


def _moods(tokens: Sequence[Token], start: int, place: int) -> Iterator[str]:
    near = {token.surface for token in tokens[start:place]}
    if near & _NEGATIVE:
        yield "n"
    if near & _FUTURE:
        yield "f"
    if near & _DOUBTFUL:
        yield "h"
    if near & _STATE and tokens[place].surface.endswith(("ed", "en")):
        yield "p"


def _objects(tokens: Sequence[Token], chain: Sequence[int]) -> list[str]:
    if not chain:
        return []
    after = tokens[chain[0] + 1 : chain[0] + _N_OBJECT]
    return [lemma(token) for token in after if _tells(token) and token.surface[0].isalpha()][:2]


def _tells(token: Token) -> bool:
    return token.surface not in (SOURCE, TARGET) and token.surface not in EMPTY


def vector_features(
    sentence: MarkedSentence, tokens: Sequence[Token], first: int, second: int, chain: Sequence[int]
) -> dict[str, float]:
    """Return the mean vectors of the verbs, of the words around the marks, and of source and target."""
    found: dict[str, float] = {}
    zones = {
        "mid": tokens[first + 1 : second],
        "post": tokens[second + 1 : second + 1 + _N_AFTER],
        "pre": tokens[max(0, first - _N_BEFORE) : max(0, first)],
    }
    if chain:
        zones["v0"] = tokens[chain[0] : chain[0] + 1]
        zones["ob"] = tokens[chain[0] + 1 : chain[0] + 1 + _N_OBJECT]
    if len(chain) > 1:
        name = "v1T" if _link(tokens, chain[0], chain[1]) == "T" else "v1"
        zones[name] = tokens[chain[1] : chain[1] + 1]
    for place in chain[:2]:
        for mood in _moods(tokens, max(first + 1, place - 3), place):
            zones[f"v{mood}"] = tokens[place : place + 1]
    for name, part in zones.items():
        _add(found, name, mean_vector((token.surface, *token.forms) for token in part if _tells(token)))
    for name, spans in (("src", sentence.sources), ("tgt", sentence.targets)):
        words = [word.strip(".,") for start, end in spans for word in sentence.text[start:end].lower().split()]
        _add(found, name, mean_vector((word,) for word in words if word not in EMPTY))
    return found


def _add(found: dict[str, float], name: str, vector: Vector | None) -> None:
    if vector is not None:
        found.update((f"d:{name}:{place}", value) for place, value in enumerate((VECTOR_VALUE * vector).tolist()))
