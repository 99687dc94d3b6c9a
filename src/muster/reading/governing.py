"""Words that may not be cut off the edge of a quote, because they turn round or weaken what follows them.

A quote is a stretch of a text, so a liar's cheapest tool is the pair of scissors: "all allies help" is verbatim in
"not all allies help". Here stand the words that govern what comes next (negations, approximations, limits, modal
verbs, quantifiers), and `governing_word` finds the one that a quote's start would drop. English, with the plainest
words of German, French, Spanish and Italian.

The lists are as wide as they can be with every quote of two human annotators still accepted (472 of 472 in the
development data); words that annotators do leave outside a quote, such as "reportedly" or "refused" before the name
of the request refused, are not in them.
"""

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATIONS: Final = _words(
    "not no never neither nor none nobody nothing nowhere cannot without hardly scarcely barely rarely seldom unless "
    "except non nicht kein keine keinen keiner keinem keines nie niemals ohne kaum weder "
    "sans aucun aucune jamais ni nunca sin ningún ninguna ningun tampoco senza nessun nessuno nessuna"
)
"""Refused before any quote. A word that ends in n't counts as one."""

APPROXIMATIONS: Final = _words(
    "nearly almost virtually practically mostly largely roughly approximately supposedly allegedly perhaps possibly "
    "maybe just fast beinahe nahezu annähernd presque casi quasi"
)
"""Refused before a quote whose first word is a quantity, a number or one of `ABSOLUTES`."""

ROUNDINGS: Final = _words("about around some over under circa rund etwa environ aproximadamente")
"""Also prepositions: refused before a number or `half` only ("about | 40 ships")."""

LIMITS: Final = _words("nearly almost virtually practically merely mostly partly perhaps possibly maybe")
"""Refused before a quote that starts with a lower-case content word ("only | send ships")."""

PHRASES: Final = (
    "at least", "at most", "up to", "as many as", "as few as", "close to", "short of", "mehr als",
    "weniger als", "bis zu", "plus de", "moins de", "au moins", "más de", "menos de", "più di", "meno di",
)  # fmt: skip
"""Approximations of several words: refused as `APPROXIMATIONS` are."""

COMPARISONS: Final = (
    "more than", "less than", "fewer than", "far from", "anything but", "all but", "other than", "apart from",
    "rather than", "instead of",
)  # fmt: skip
"""Refused before any quote."""

MODALS: Final = _words("may might could")
"""Refused before a quote that starts with a lower-case word: "might | send ships"."""

NUMBER_WORDS: Final = _words(
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen "
    "dozens hundreds thousands"
)
COUNTS: Final = NUMBER_WORDS | _words("few several many most some half fewer every handful")
"""Refused before a noun or a name: "few | allies have answered", "most | European allies"."""

ABSOLUTES: Final = NUMBER_WORDS | _words(
    "all every each everyone everybody everything always everywhere without no none nobody nothing never any anyone "
    "anybody anything entirely fully completely totally wholly unanimously universally both half most many one "
    "half two-thirds exception alle jeder jede jedes ausnahmslos sämtliche tous toutes chaque tout todos todas cada "
    "tutti tutte ogni"
)
"""Words that say how much: an approximation before them may not be cut off."""

FUNCTION_WORDS: Final = _words(
    "the a an its his her their our my your this that these those it he she they we i you who which what when where "
    "while because although and or but to of in on at for with by from as if after before is are was were be been has "
    "have had will would shall should can do does did so than there here"
)

REFUSALS: Final = _words(
    "refuse refuses refused refusing decline declines declined declining fail fails failed failing unwilling reluctant "
    "unable hesitant unlikely loath neglects neglected unprepared"
)
"""Govern a following `to` and bare verb: "declined to | send ships"."""

EXCLUSIONS: Final = _words("oppose opposes opposed avoid avoids avoided exclude excludes excluded against")
"""Govern a following verb in -ing: "opposes | sending ships"; as does `ruled out`, `refrain from`."""

DENIALS: Final = _words("deny denies denied denying doubt doubts doubted false untrue unlikely")
"""Govern a following `that`: "denied that | it had mined the strait"."""

FADED: Final = _words("yet even quite really entirely fully necessarily actually exactly simply just all so")
"""Adverbs that may stand between a negation and what it governs."""

TWIN_NAMES: Final = {
    "north": ("korea", "macedonia", "yemen", "vietnam", "cyprus"), "south": ("korea", "sudan", "africa", "yemen"),
    "northern": ("ireland", "cyprus"), "new": ("zealand", "guinea"), "equatorial": ("guinea",), "east": ("timor",),
    "west": ("bank",),
}  # fmt: skip
"""First halves of names whose second half alone names somebody else."""

N_WORDS_BACK: Final = 5
N_CHARS_BACK: Final = 120
_WORD = re.compile(r"[^\W_]+(?:['’\-‐‑][^\W_]+)*")
_OPENING = re.compile(r"[\s\"'“”„‟«»‘’‚‹›(\[]*")
_FRACTION = re.compile(r"an? (?:half|third|quarter|fifth|sixth|tenth|dozen|hundred|thousand|handful)\b", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,3}|\d{5,}")  # four digits are most often a year


def words_before(text: str, start: int) -> list[str]:
    """Return up to five words that lead straight into `start`, nearest first, lower case.

    Only white space and opening marks may stand between them; a comma or the end of a sentence ends the list.
    """
    words: list[str] = []
    place = start
    matches = list(_WORD.finditer(text, max(0, start - N_CHARS_BACK), start))
    for match in reversed(matches[-N_WORDS_BACK:]):
        if not _OPENING.fullmatch(text, match.end(), place):
            break
        words.append(match.group().lower().replace("’", "'"))
        place = match.start()
    return words


def _is_negation(word: str) -> bool:
    return word in NEGATIONS or word.endswith("n't")


def _is_count(word: str) -> bool:
    return word in COUNTS or bool(_COUNT.fullmatch(word))


def _negation_before(before: list[str]) -> str:
    """Return the negation that leads into the quote, over faded adverbs ("not even | allies")."""
    for place, word in enumerate(before[:3]):
        if _is_negation(word):
            return "" if before[place + 1 : place + 2] == ["or"] else word
        if word not in FADED:
            break
    return ""


def _is_quantity(text: str, first: str) -> bool:
    return first in ABSOLUTES or first[:1].isdigit() or bool(_FRACTION.match(text))


def _quantity_before(before: list[str], first: str, rest: str) -> str:
    """Return the approximation, limit or quantifier that leads into the quote; `rest` is the text from its start."""
    nearest, two, three = before[0], " ".join(reversed(before[:2])), " ".join(reversed(before[:3]))
    low = first.lower()
    if nearest in ("nearly", "almost") or two in COMPARISONS or (nearest == "only" and before[1:2] != ["not"]):
        return nearest
    if _is_quantity(rest, low) and (nearest in APPROXIMATIONS or two in PHRASES or three in PHRASES):
        return nearest
    is_number = low in NUMBER_WORDS or low == "half" or first[:1].isdigit() or bool(_FRACTION.match(rest))
    if is_number and nearest in ROUNDINGS:
        return nearest
    is_content = low not in FUNCTION_WORDS
    if first.islower() and (nearest in MODALS and (is_content or low in ("be", "have", "do"))):
        return nearest
    if first.islower() and is_content and (nearest in LIMITS or _COUNT.fullmatch(nearest)):
        return nearest
    if nearest in COUNTS and (is_content or low == "of"):
        return nearest
    inside = before[1:] if nearest in FUNCTION_WORDS and nearest != "of" else before
    if len(inside) > 1 and inside[0] == "of" and (_is_count(inside[1]) or _is_negation(inside[1])):
        return inside[1]
    return ""


def _verb_before(before: list[str], first: str) -> str:
    """Return the refusing, excluding or denying word that governs the verb or clause which the quote starts with."""
    nearest = before[0]
    near = before[1:3]
    if nearest == "to" and first.islower() and first not in FUNCTION_WORDS:
        for word in near:
            if word in REFUSALS or _is_negation(word) or (word == "plans" and "no" in before):
                return word
    if first.islower() and first.endswith("ing"):
        phrase = " ".join(reversed(before[:2]))
        if nearest in EXCLUSIONS or phrase in ("ruled out", "rules out", "rule out", "ruling out", "refrain from"):
            return nearest
    if nearest == "that" and before[1:2] and before[1] in DENIALS:
        return before[1]
    if nearest in DENIALS and first.islower() and first.endswith("ing"):
        return nearest
    return ""


def governing_word(text: str, start: int) -> str:
    """Return the word before `start` that a quote starting there would drop and that governs it; empty if none.

    Parameters
    ----------
    text : str
        The stored text.
    start : int
        Where the quote starts.

    Returns
    -------
    str
        Lower case, such as `nearly`; the empty string where the quote may start here.
    """
    before = words_before(text, start)
    match = _WORD.search(text, start)
    if not before or match is None:
        return ""
    first = match.group()
    if before[0] in TWIN_NAMES and first.lower() in TWIN_NAMES[before[0]]:
        return before[0]
    return (
        _negation_before(before)
        or _quantity_before(before, first, text[match.start() : match.start() + 20])
        or _verb_before(before, first)
    )


_AFTER = re.compile(r"[\s\"'“”»’)\]]*([^\W_]+(?:['’][^\W_]+)*)(?:\s+([^\W_]+))?(?:\s+([^\W_]+))?")
_REVERSALS = _words("not never neither no none nothing nobody nowhere hardly")
_UNIVERSAL = _words("all every everyone everybody everything each none no nobody any always")
_EXCEPTIONS = ("except", "excepting", "excluding", "bar", "barring", "save", "apart from", "other than", "aside from",
               "with the exception", "but not", "but for", "but one", "but two")  # fmt: skip
N_WORDS_OF_UNIVERSAL = 4


def overturning_word(text: str, start: int, end: int) -> str:
    """Return the word after `end` that turns round a quote [start, end) which stops before it; empty if none.

    A negation that follows without a comma ("Germany will | not join"), or an exception to a universal among the last
    four words of the quote ("answered by all allies | except Spain").
    """
    match = _AFTER.match(text, end)
    if match is None:
        return ""
    words = [word.lower().replace("’", "'") for word in match.groups() if word]
    if words[0] in _REVERSALS:
        return words[0]
    last = [word.lower() for word in _WORD.findall(text, start, end)[-N_WORDS_OF_UNIVERSAL:]]
    if not _UNIVERSAL.isdisjoint(last):
        for exception in _EXCEPTIONS:
            if " ".join(words[: exception.count(" ") + 1]) == exception:
                return exception
    return ""
