"""Words of a sentence with the base forms they may have; source and target stand for themselves."""

import re
from collections.abc import Container
from dataclasses import dataclass

from muster.reading.plover.marked import MarkedSentence

SOURCE, TARGET = "<s>", "<t>"
_WORD = re.compile(r"(?:[A-Za-z]\.){2,}(?:-\w+)?|[A-Za-zÀ-ÿ]+(?:[-'’][A-Za-zÀ-ÿ]+)*|\d[\d.,]*|[^\w\s]")
_IRREGULAR = {
    "was": "be", "were": "be", "been": "be", "is": "be", "are": "be", "am": "be", "being": "be",
    "has": "have", "had": "have", "having": "have", "gave": "give", "given": "give",
    "sent": "send", "held": "hold", "met": "meet", "made": "make", "took": "take", "taken": "take",
    "broke": "break", "broken": "break", "said": "say", "told": "tell", "paid": "pay",
    "flew": "fly", "flown": "fly", "went": "go", "gone": "go", "came": "come", "began": "begin",
    "begun": "begin", "spoke": "speak", "spoken": "speak", "shot": "shoot", "slew": "slay",
    "slain": "slay", "beaten": "beat", "fought": "fight", "threw": "throw",
    "thrown": "throw", "burnt": "burn", "sank": "sink", "sunk": "sink", "blew": "blow",
    "blown": "blow", "laid": "lay", "lain": "lie", "drove": "drive", "driven": "drive",
    "drew": "draw", "withdrew": "withdraw", "withdrawn": "withdraw", "withheld": "withhold",
    "froze": "freeze", "frozen": "freeze", "bought": "buy", "sold": "sell", "built": "build",
    "rebuilt": "rebuild", "lent": "lend", "fed": "feed", "sought": "seek", "brought": "bring",
    "besought": "beseech", "forgave": "forgive", "forgiven": "forgive", "swore": "swear",
    "sworn": "swear", "stood": "stand", "understood": "understand", "withstood": "withstand",
    "won": "win", "left": "leave", "lost": "lose", "rose": "rise", "risen": "rise",
    "chose": "choose", "stole": "steal", "hid": "hide", "found": "find", "led": "lead",
    "kept": "keep", "overran": "overrun", "overthrew": "overthrow", "overthrown": "overthrow",
    "retook": "retake", "retaken": "retake", "mistook": "mistake", "undertook": "undertake",
    "undertaken": "undertake", "dealt": "deal", "bent": "bend", "gotten": "get", "got": "get",
    "ran": "run", "sat": "sit", "fell": "fall", "fallen": "fall", "forbade": "forbid",
    "forbidden": "forbid", "bade": "bid", "bound": "bind", "wrote": "write", "written": "write",
    "rang": "ring", "tore": "tear", "torn": "tear", "wore": "wear", "men": "man", "women": "woman",
    "people": "people", "stuck": "stick", "swept": "sweep", "taught": "teach", "thought": "think",
    "showed": "show", "shown": "show", "spent": "spend", "hung": "hang", "ties": "tie",
    "police": "police", "died": "die", "dying": "die", "lying": "lie", "lied": "lie",
    "tied": "tie", "axed": "axe",
}  # fmt: skip
_OPENERS = frozenset(".:;\"“”'`?!(")  # after these a capital does not make a name


@dataclass(frozen=True, slots=True)
class Token:
    """A word: lower-case surface, the base forms that some list knows, its place in the text, and if it is a name."""

    surface: str
    forms: tuple[str, ...]
    start: int
    end: int
    is_name: bool = False


def base_forms(word: str, known: Container[str]) -> tuple[str, ...]:
    """Return the word itself and its possible base forms among `known`."""
    forms = {word, _IRREGULAR.get(word, word)}
    stems = []
    if word.endswith("ies"):
        stems += [word[:-3] + "y", word[:-1]]
    elif word.endswith("es"):
        stems += [word[:-2], word[:-1]]
    elif word.endswith("s") and not word.endswith("ss"):
        stems.append(word[:-1])
    for ending in ("ed", "ing", "er", "ers"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            if ending in ("ed", "ing"):
                stems += [stem, stem + "e"]
                if stem[-1] == stem[-2]:
                    stems.append(stem[:-1])
                if stem.endswith("i"):
                    stems.append(stem[:-1] + "y")
    forms.update(stem for stem in stems if stem in known)
    return tuple(sorted(forms))


def tokenise(sentence: MarkedSentence, known: Container[str]) -> list[Token]:
    """Return the tokens of a sentence; each marked span is one token, `<s>` or `<t>`."""
    spans = [(start, end, SOURCE) for start, end in sentence.sources]
    spans += [(start, end, TARGET) for start, end in sentence.targets]
    spans.sort()
    tokens: list[Token] = []
    place = 0
    for start, end, name in [*spans, (len(sentence.text), len(sentence.text), "")]:
        for match in _WORD.finditer(sentence.text, place, max(start, place)):
            surface = match.group().lower().replace("’", "'")
            for part in _split(surface):
                is_name = bool(tokens) and match.group()[0].isupper() and tokens[-1].surface not in _OPENERS
                tokens.append(Token(part, base_forms(part, known), match.start(), match.end(), is_name))
        if name and start >= place:
            tokens.append(Token(name, (name,), start, end))
            place = end
    return tokens


def _split(surface: str) -> tuple[str, ...]:
    """`didn't` is `did` `n't`, `it'll` is `it` `will`, `France's` is `france` `'s`."""
    if surface.endswith("n't"):
        return ("can" if surface == "can't" else "will" if surface == "won't" else surface[:-3], "not")
    if surface == "cannot":
        return ("can", "not")
    if surface.endswith("'ll"):
        return (surface[:-3], "will")
    if surface.endswith("'s"):
        return (surface[:-2], "'s")
    return (surface,)
