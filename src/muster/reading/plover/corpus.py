"""Our own sentences for training the event coder, made from the patterns in data/sentences.txt."""

import re
from collections.abc import Iterator
from importlib.resources import files

import numpy as np

P_TYPICAL = 0.5
_CHOICE = re.compile(r"\[([^\[\]]*)\]")

SOURCES = (
    "France", "the United States", "Iran", "Russia", "Turkey", "Israel", "the rebels",
    "the government", "Pakistan", "China", "the European Union", "opposition leaders",
    "the president", "Iraqi forces", "the foreign ministry", "North Korea", "Prime Minister Singh",
    "the army", "police", "Sudan", "the Security Council", "Egyptian President Sisi", "guerrillas",
    "Amnesty International", "the junta", "Japan", "British officials", "students", "workers",
    "militants", "Serbia", "Indonesian authorities", "the United Nations", "Colombia",
    "Palestinian leader Abbas", "the Taliban", "NATO", "Cuba", "a senior U.S. official",
    "villagers", "the Syrian regime", "the defence minister", "Greek farmers", "separatists",
)  # fmt: skip
TARGETS = (
    "Syria", "the United Nations", "Ukraine", "the rebels", "Iraq", "Washington", "the Palestinians", "Cyprus", "India",
    "the opposition", "Georgia", "Armenia", "Kurdish fighters", "the prime minister",
    "Bosnian Serbs", "Taiwan", "Vietnam", "President Assad", "Venezuela", "the Red Cross", "Hamas",
    "the guerrillas", "Britain", "demonstrators", "Lebanon", "Kosovo", "refugees", "journalists",
    "the Muslim Brotherhood", "Foreign Minister Lavrov", "Libya", "South Korea", "the Vatican",
    "Tamil separatists", "Ethiopia", "Mexico", "Israeli settlers", "the World Bank",
    "the authorities", "the state oil company", "Mali", "tribesmen", "the former president",
    "Australia", "Chechnya",
)  # fmt: skip
TYPICAL_SOURCES = {
    "PROTEST": (
        "students", "demonstrators", "protesters", "striking workers", "farmers", "opposition supporters", "teachers",
        "angry crowds", "miners", "prisoners", "truck drivers", "residents", "activists", "monks", "union members",
    ),
    "ASSAULT": (
        "rebels", "gunmen", "militants", "Israeli warplanes", "army troops", "insurgents", "a suicide bomber",
        "guerrillas", "Russian aircraft", "soldiers", "security forces", "militiamen", "Hezbollah fighters",
        "pirates", "settlers",
    ),
    "COERCE": (
        "police", "the authorities", "security forces", "the military government", "a court in Ankara",
        "Israeli soldiers", "the junta", "customs officers", "prosecutors", "intelligence agents", "border guards",
        "hackers", "the navy",
    ),
    "CONSULT": (
        "Prime Minister Singh", "Foreign Minister Lavrov", "President Chirac", "a senior envoy", "a trade delegation",
        "the U.N. mediator", "Secretary of State Powell", "the crown prince", "negotiators", "the pope",
    ),
    "MOBILIZE": ("the army", "the Pentagon", "riot police", "the navy", "Indian forces", "NATO", "North Korea"),
    "AID": ("the Red Cross", "doctors", "relief workers", "peacekeepers", "the World Bank", "Norway", "Japan"),
    "ACCUSE": ("Amnesty International", "prosecutors", "opposition leaders", "the foreign ministry", "a rights group"),
}  # fmt: skip
"""Who most often does such things: the source of half the sentences of a class."""

OTHERS = ("Kuwait", "the militia", "Jordan", "Tehran", "the coalition", "Morocco", "the regime", "Azerbaijan", "Zaire")
TAILS = (
    "", "", "", "", "", " on Monday", " on Thursday", " last week", ", officials said", ", a spokesman said on Tuesday",
    ", the state news agency reported", ", diplomatic sources said", " after weeks of fighting",
    " following a visit to {X}", ", days after talks in Geneva collapsed",
    " in response to an attack on {X}", " ahead of elections in {X}",
    ", which has accused it of backing rebels", " despite protests", " over the war in {X}",
    ", saying it would not yield", " as part of a peace deal", " to end a crisis with {X}",
    " after a meeting of the cabinet", " amid growing tension", ", Reuters reported",
    " for the first time in ten years", ", in a move condemned by {X}",
    " at a conference in Vienna", " since {X} cut aid", " to put pressure on {X}",
    ", witnesses said", ", a newspaper reported on Sunday",
)  # fmt: skip
HEADS = (
    "", "", "", "", "", "", "On Tuesday, ", "In a statement, ", "Officials said ",
    "According to reports, ", "In Geneva, ", "The news agency said ", "After talks with {X}, ",
    "Despite a ceasefire, ", "Following an attack in {X}, ", "A day later, ",
)  # fmt: skip


def patterns() -> dict[str, tuple[str, ...]]:
    """Return the sentence patterns by class."""
    found: dict[str, list[str]] = {}
    name = ""
    text = files("muster.reading.plover.data").joinpath("sentences.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("== "):
            name = line[3:].strip()
        elif line and not line.startswith("#"):
            found.setdefault(name, []).append(line)
    return {name: tuple(lines) for name, lines in found.items()}


def _fill(name: str, pattern: str, rng: np.random.Generator) -> str:
    def choose(match: re.Match[str]) -> str:
        options = match.group(1).split("|")
        return options[int(rng.integers(len(options)))]

    sentence = pattern
    while _CHOICE.search(sentence):
        sentence = _CHOICE.sub(choose, sentence)
    head, tail = HEADS[int(rng.integers(len(HEADS)))], TAILS[int(rng.integers(len(TAILS)))]
    if "{S} [said" in pattern or sentence.endswith("?"):
        tail = ""
    sentence = f"{head}{sentence}{tail}."
    sources = TYPICAL_SOURCES.get(name, SOURCES) if rng.random() < P_TYPICAL else SOURCES
    source = sources[int(rng.integers(len(sources)))]
    target = TARGETS[int(rng.integers(len(TARGETS)))]
    while "{X}" in sentence:
        sentence = sentence.replace("{X}", OTHERS[int(rng.integers(len(OTHERS)))], 1)
    sentence = sentence.replace("{S}", _marked(source, "s")).replace("{T}", _marked(target, "t"))
    sentence = re.sub(r" {2,}", " ", sentence)
    return re.sub(r"^(<[st]>)?([a-z])", lambda match: (match.group(1) or "") + match.group(2).upper(), sentence)


def _marked(name: str, mark: str) -> str:
    article, rest = ("the ", name[4:]) if name.startswith("the ") else ("", name)
    return f"{article}<{mark}>{rest}</{mark}>"


def sentences(n_each: int, *, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (class, marked sentence), `n_each` of every pattern, by a seeded generator."""
    rng = np.random.default_rng(seed)
    for name, lines in patterns().items():
        for line in lines:
            for _ in range(n_each):
                yield name, _fill(name, line, rng)
