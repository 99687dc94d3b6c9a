"""The verbs that tie source and target: the chain that follows a mark, such as *said, would, send*."""

from collections.abc import Sequence

from muster.reading.plover.words import SOURCE, Token

AUXILIARIES = frozenset({
    "be", "is", "are", "was", "were", "been", "being", "am", "has", "have", "had", "having", "do", "does", "did",
    "will", "would", "shall", "should", "could", "can", "may", "might", "must",
})  # fmt: skip
_DETERMINERS = frozenset({
    "the", "a", "an", "its", "his", "her", "their", "this", "that", "these", "those", "of", "by", "on", "in",
    "at", "for", "with", "from", "against", "over", "about", "'s", "more", "no", "some", "any", "all", "two",
    "three", "four", "five", "several", "many", "hundreds", "thousands",
})  # fmt: skip
_SUBJECTS = frozenset({"it", "he", "she", "they", "we", "i", "who", "which", "that", "today", "also", "again", "not"})
_NOT_VERBS = frozenset({
    "united", "armed", "alleged", "so-called", "wounded", "injured", "red", "indeed", "hundred", "need", "speed",
    "seed", "feed", "bed", "wing", "morning", "evening", "during", "following", "including",
    "according", "nothing", "something", "anything", "everything", "king", "thing", "spring", "string", "beijing",
    "building", "being", "meeting",
})  # fmt: skip
_PAST = frozenset({
    "gave", "sent", "held", "met", "made", "took", "broke", "said", "told", "paid", "flew", "went", "came",
    "began", "spoke", "shot", "beat", "fought", "threw", "burnt", "sank", "blew", "laid", "drove", "drew",
    "withdrew", "withheld", "froze", "bought", "sold", "built", "lent", "fed", "sought", "brought", "forgave",
    "swore", "stood", "won", "left", "lost", "rose", "chose", "stole", "hid", "found", "led", "kept", "overran",
    "overthrew", "retook", "dealt", "got", "ran", "sat", "fell", "forbade", "bade", "wrote", "rang", "tore",
    "swept", "thought", "hit", "cut", "put", "let", "set", "shut", "quit", "urged",
})  # fmt: skip
_N_CHAIN = 3  # verbs that are looked at
_N_REACH = 24  # words after the mark in which the first verb is looked for
_N_GAP = 9  # words between one verb of the chain and the next


def is_verb(tokens: Sequence[Token], place: int) -> bool:
    """True if the token is likely a full verb, by its ending and the word before it; auxiliaries are not."""
    token = tokens[place]
    word = token.surface
    if word in AUXILIARIES or word in _NOT_VERBS or word in _DETERMINERS or word in _SUBJECTS:
        return False
    if not word[0].isalpha() or token.is_name:
        return False
    before = tokens[place - 1].surface if place else ""
    if word in _PAST or (word.endswith("ed") and len(word) > 3):
        return before not in _DETERMINERS
    if before == "to" or before in AUXILIARIES:
        return not word.endswith("ly")
    if word.endswith("ing") and len(word) > 4:
        return before in (",", "by", "and", SOURCE) or (place > 1 and tokens[place - 2].surface in AUXILIARIES)
    if before in ("not", "also", "again", "yet") and place > 1 and tokens[place - 2].surface in AUXILIARIES:
        return True
    if before.endswith("ly") and place > 1 and tokens[place - 2].surface in (*AUXILIARIES, "to"):
        return True
    return word.endswith("s") and not word.endswith("ss") and before in _SUBJECTS


def verb_chain(tokens: Sequence[Token], start: int, skipped: range = range(0)) -> tuple[int, ...]:
    """Return the places of up to three full verbs that follow the token `start`, leaving out the range `skipped`."""
    found: list[int] = []
    place = start + 1
    limit = min(len(tokens), start + _N_REACH)
    while place < limit and len(found) < _N_CHAIN:
        if place in skipped:
            place = skipped.stop
            continue
        if is_verb(tokens, place):
            found.append(place)
            limit = min(len(tokens), place + _N_GAP)
        place += 1
    return tuple(found)


def chain_start(order: str, first: int, second: int, tokens: Sequence[Token]) -> int:
    """Return the mark whose verbs matter: the source's; the target's, where it is the subject of a passive."""
    if order in ("st", "s", "t", "-"):
        return first
    has_agent = any(token.surface == "by" for token in tokens[max(first, second - 4) : second])
    return first if has_agent or second + 1 >= len(tokens) else second
