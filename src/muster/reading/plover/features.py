"""What the event coder looks at: phrases of the lexicon by their place between source and target, and plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from muster.reading.plover.lexicon import Hit, find_hits, load_lexicon
from muster.reading.plover.marked import MarkedSentence
from muster.reading.plover.ties import EMPTY, lemma, vector_features, verb_features
from muster.reading.plover.verbs import chain_start, verb_chain
from muster.reading.plover.words import SOURCE, TARGET, Token, tokenise

WORD_VALUE = 0.4  # below 1: plain words must not outvote the lexicon
_N_AFTER = 10  # words after the second mark that still count as plain words


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as the coder sees it.

    Attributes
    ----------
    tokens : tuple of Token
    hits : tuple of Hit
    order : {"st", "ts", "s", "t", "-"}
        Which mark comes first, or which one there is.
    first, second : int
        Tokens of the first and second mark (-1 and the number of tokens where there is none).
    """

    tokens: tuple[Token, ...]
    hits: tuple[Hit, ...]
    order: str
    first: int
    second: int


def read_sentence(sentence: MarkedSentence) -> Reading:
    """Return tokens, hits and the order of the marks; of several marks of one kind the nearest pair counts."""
    _, known = load_lexicon()
    tokens = tokenise(sentence, known)
    sources = [place for place, token in enumerate(tokens) if token.surface == SOURCE]
    targets = [place for place, token in enumerate(tokens) if token.surface == TARGET]
    hits = tuple(find_hits(tokens))
    if sources and targets:
        source, target = min(((s, t) for s in sources[:2] for t in targets), key=lambda pair: abs(pair[0] - pair[1]))
        order = "st" if source < target else "ts"
        return Reading(tuple(tokens), hits, order, min(source, target), max(source, target))
    if sources or targets:
        return Reading(tuple(tokens), hits, "s" if sources else "t", (sources or targets)[0], len(tokens))
    return Reading(tuple(tokens), hits, "-", -1, len(tokens))


def zone(reading: Reading, place: int) -> str:
    """Return `pre`, `mid` or `post`: where a token stands relative to the two marks."""
    if place < reading.first:
        return "pre"
    return "mid" if place < reading.second else "post"


def main_hits(reading: Reading) -> list[Hit]:
    """Return the hits in the order in which they are likely to be the event of the source upon the target.

    Active sentences: what follows the source, verbs before nouns. Where the target comes first: a passive before the
    source, then what the source says after it. What stands before both marks comes last.
    """
    inset = apposition(reading)

    def weight(hit: Hit) -> tuple[int, int]:
        if hit.start in inset:
            return (6, hit.start)
        where = zone(reading, hit.start)
        distance = hit.start - reading.first
        if where == "pre":
            return (5, reading.first - hit.start)
        if reading.order == "ts":
            if where == "mid":
                return ((0 if hit.is_passive else 2 if not hit.is_nominal else 3), distance)
            return ((1 if hit.start - reading.second <= 3 and not hit.is_nominal else 4), hit.start - reading.second)
        if where == "mid":
            return ((0 if not hit.is_nominal or hit.start - reading.first <= 3 else 1), distance)
        return ((2 if not hit.is_nominal else 3), distance)

    return sorted(reading.hits, key=weight)


def apposition(reading: Reading) -> range:
    """Return the tokens of an apposition right after the first mark: `S, a key ally in the war, refused`."""
    start = reading.first + 1
    if reading.order not in ("st", "s") or start >= len(reading.tokens) or reading.tokens[start].surface != ",":
        return range(0)
    for place in range(start + 1, reading.second):
        if reading.tokens[place].surface == ",":
            return range(start, place)
    return range(0)


def features(sentence: MarkedSentence) -> dict[str, float]:
    """Return the features of a marked sentence by name."""
    return features_of(read_sentence(sentence), sentence)


def features_of(reading: Reading, sentence: MarkedSentence) -> dict[str, float]:
    """Return the features of a sentence by the hits that `reading` has."""
    found: dict[str, float] = {f"order:{reading.order}": 1.0}
    ranked = main_hits(reading)
    _add_turns(found, reading, ranked)
    told = is_told(reading)
    for rank, hit in enumerate(ranked[: 0 if told else 3]):
        share = 1.0 / len(hit.phrase.classes)
        flags = _flags(hit)
        for name in hit.phrase.classes:
            _add(found, f"r{rank}:{name}", share)
            _add(found, f"r{rank}:{reading.order}:{zone(reading, hit.start)}:{name}", share)
            if flags:
                _add(found, f"r{rank}:{flags}:{name}", share)
        if rank < 2:
            _add(found, f"ph{rank}:{hit.phrase.name}", 1.0)
    if len(ranked) > 1 and not told:
        for first in ranked[0].phrase.classes:
            for second in ranked[1].phrase.classes:
                _add(found, f"pair:{first}>{second}", 1.0)
    for hit in reading.hits:
        where = zone(reading, hit.start)
        for name in hit.phrase.classes:
            found[f"any:{where}:{name}"] = 0.5 if where == "mid" else 0.25
        _add(found, f"phrase:{hit.phrase.name}", 0.5)
    _add_words(found, reading)
    _add_parties(found, sentence)
    start = chain_start(reading.order, reading.first, reading.second, reading.tokens)
    chain = verb_chain(reading.tokens, start, apposition(reading))
    found.update(verb_features(reading.tokens, start, chain, reading.order))
    found.update(vector_features(sentence, reading.tokens, reading.first, reading.second, chain))
    return found


_HOSTILE = frozenset({"ASSAULT", "COERCE", "SANCTION", "PROTEST", "MOBILIZE", "THREATEN"})
_FRIENDLY = frozenset({"AID", "COOPERATE", "CONSULT", "SUPPORT", "YIELD", "AGREE"})
_SAY = frozenset(
    {"say", "insist", "declare", "announce", "stress", "conclude", "reiterate", "warn", "state", "tell", "claim", "add"}
)
_OUGHT = frozenset({"must", "should", "ought", "needs", "need"})


def is_told(reading: Reading) -> bool:
    """True for `S said T must ...` and `T must ..., S said`."""
    target = reading.second if reading.order == "st" else reading.first
    if reading.order == "st":
        said = {form for token in reading.tokens[reading.first : reading.second] for form in token.forms}
    elif reading.order == "ts":
        said = {form for token in reading.tokens[reading.second + 1 : reading.second + 4] for form in token.forms}
    else:
        return False
    after = {token.surface for token in reading.tokens[target + 1 : target + 9]}
    return bool(said & _SAY) and bool(after & _OUGHT)


def _said_of_target(reading: Reading) -> tuple[str, ...]:
    """Return what the source says that the target does: the classes of the first phrase after `S said (that) T`."""
    if reading.order != "st" or any(reading.first < hit.start < reading.second for hit in reading.hits):
        return ()
    between = {form for token in reading.tokens[reading.first : reading.second] for form in token.forms}
    if not between & _SAY:
        return ()
    after = [hit for hit in reading.hits if hit.start > reading.second]
    return after[0].phrase.classes if after else ("nothing",)


def turned_class(hit: Hit, name: str) -> str:
    """Return the class that a hit stands for once negation, future and doubt have turned it."""
    if name in _FRIENDLY and hit.is_negated:
        return "REJECT"
    if name in _FRIENDLY and hit.is_future:
        return "AGREE"
    if name in _HOSTILE and (hit.is_future or hit.is_hypothetical) and not hit.is_negated:
        return "THREATEN"
    return name


def _add_turns(found: dict[str, float], reading: Reading, ranked: Sequence[Hit]) -> None:
    if is_told(reading):
        found["told"] = 3.0
        return
    for name in _said_of_target(reading):
        found[f"said:{name}"] = 1.5
    for rank, hit in enumerate(ranked[:2]):
        for name in hit.phrase.classes:
            _add(found, f"turned{rank}:{turned_class(hit, name)}", 1.0 / len(hit.phrase.classes))


def _add(found: dict[str, float], name: str, value: float) -> None:
    found[name] = found.get(name, 0.0) + value


def _flags(hit: Hit) -> str:
    flags = {
        "n": hit.is_negated, "f": hit.is_future, "h": hit.is_hypothetical, "p": hit.is_passive, "o": hit.is_nominal,
    }  # fmt: skip
    return "".join(letter for letter, is_set in flags.items() if is_set)


def _add_words(found: dict[str, float], reading: Reading) -> None:
    """Add the plain words between the marks and shortly after them, single and in pairs."""
    zones: dict[str, Sequence[Token]] = {
        "mid": reading.tokens[reading.first + 1 : reading.second],
        "post": reading.tokens[reading.second + 1 : reading.second + 1 + _N_AFTER],
        "pre": reading.tokens[max(0, reading.first - 6) : max(0, reading.first)],
    }
    for name, tokens in zones.items():
        lemmas = [lemma(token) for token in tokens if token.surface not in (SOURCE, TARGET)]
        for word in lemmas:
            if word not in EMPTY:
                found[f"w:{name}:{word}"] = WORD_VALUE
                found[f"w:{word}"] = WORD_VALUE
        if name != "pre":
            for left, right in pairwise(lemmas):
                if left in EMPTY and right in EMPTY:
                    continue
                found[f"b:{left} {right}"] = 1.0


def _add_parties(found: dict[str, float], sentence: MarkedSentence) -> None:
    """Add the last words of source and target: police, students, court, troops say much about the event."""
    for mark, spans in (("s", sentence.sources), ("t", sentence.targets)):
        for start, end in spans:
            for word in sentence.text[start:end].lower().split():
                found[f"{mark}:{word.strip('.,')}"] = WORD_VALUE
