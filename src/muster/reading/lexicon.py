"""The lexicon of a language: macros, objects, conditions and frames, read from its data folder and compiled once.

A language is a folder `data/<code>/` of TOML files; nothing in this module knows English.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from muster.base.errors import InputError
from muster.reading.assets import asset_words
from muster.reading.candidates import ANYTHING, Held, PatternSet, WordIndex
from muster.reading.guarded import Guarded
from muster.reading.needs import ranked_needs
from muster.reading.sketch import actor_patterns
from muster.reading.spelling import beyond_ascii

RESPONSE_FILE = "responses.toml"
_KIND_OF_FILE = {
    "responses.toml": "response", "predicates.toml": "response", "asks.toml": "ask", "caveats.toml": "caveat",
    "tensions.toml": "tension", "acts.toml": "act",
}  # fmt: skip
_NEVER = r"[^\s\S]"
_NO_CLAIMS: dict[str, Any] = {
    "quantifiers": {}, "population": {"nouns": _NEVER},
    "predicate": {"fulfil": _NEVER, "fail": _NEVER, "examples_yes": (), "examples_no": ()},
}  # fmt: skip
_MACRO = re.compile(r"\{([A-Za-z]\w*)\}")
_FLAGS = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Frame:
    """One way a statement is said: the cues that carry it and how its fields are filled.

    `options` are the remaining keys of the frame's table (status, type, action, what, needs, target, actor, mode).
    """

    name: str
    kind: str
    cues: tuple[str, ...]
    unless: Guarded | None
    verb: re.Pattern[str] | None
    options: dict[str, str]
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    mode: str = field(init=False)
    status: str = field(init=False)
    what: str = field(init=False)
    needs: str = field(init=False)
    type: str = field(init=False)
    lane: tuple[str, str] = field(init=False)
    rank: tuple[bool, bool] = field(init=False)

    def __post_init__(self) -> None:
        """Note among which cues the longest is kept (`lane`), and which of two of a length comes first (`rank`).

        The options asked for at every hit are attributes too.
        """
        for name in ("mode", "status", "what", "needs", "type"):
            object.__setattr__(self, name, self.option(name))
        lane = self.option("type") or self.option("mode") or self.option("action")
        object.__setattr__(self, "lane", (self.kind, lane))
        object.__setattr__(self, "rank", (not self.option("what"), self.option("needs") == "object"))

    def option(self, key: str, default: str = "") -> str:
        """Return one of the frame's options as text."""
        return self.options.get(key, default)


@dataclass(frozen=True, slots=True)
class Quantifier:
    """A quantifier's code and its pattern; earlier ones win."""

    code: str
    pattern: Guarded


class Words(dict[str, Guarded]):
    """Word classes by name; one that a language's folder leaves out never matches."""

    def __missing__(self, name: str) -> Guarded:
        """Return a pattern that never matches."""
        return self.setdefault(name, Guarded(_NEVER))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language's compiled lexicon."""

    language: str
    frames: tuple[Frame, ...]
    index: WordIndex | None
    cue_set: PatternSet
    cue_owner: tuple[int, ...]
    objects: PatternSet
    object_codes: tuple[str, ...]
    assets: frozenset[str]
    weak: frozenset[str]
    aliases: dict[str, str]
    conditions: tuple[tuple[str, Guarded], ...]
    reasons: tuple[tuple[str, Guarded], ...]
    quantifiers: tuple[Quantifier, ...]
    any_quantifier: Guarded
    population: re.Pattern[str]
    fulfil: re.Pattern[str]
    fail: re.Pattern[str]
    realis: tuple[tuple[str, Guarded], ...]
    words: Words
    claim_examples: tuple[tuple[str, ...], tuple[str, ...]] = field(default=((), ()))

    def held(self, text: str) -> Held:
        """Return which words that patterns need a text holds."""
        return ANYTHING if self.index is None else self.index.held(text)

    def drawn(self, held: Held, sketch: str) -> Held:
        """Return what a text holds, now that its sketch shows what marks it has."""
        return held if self.index is None else self.index.drawn(held, sketch)


def _table(language: str, name: str) -> dict[str, Any]:
    """Return one file of a language's folder; an empty table where the language has no such file."""
    path = resources.files("muster.reading").joinpath("data", language, name)
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _expander(macros: dict[str, str], spelling: dict[str, str]) -> Any:
    def expand(pattern: str) -> str:
        for _ in range(8):
            longer = _MACRO.sub(lambda found: macros.get(found.group(1), found.group()), pattern)
            if longer == pattern:
                return beyond_ascii(pattern, spelling) if spelling else pattern
            pattern = longer
        raise InputError(f"pattern {pattern[:60]!r} nests macros without end", rule="macros nest at most 8 deep")

    return expand


def _objects(table: dict[str, list[str]], expand: Any) -> tuple[list[str], tuple[str, ...]]:
    """Return the object patterns and the code of each; earlier patterns win where two begin together."""
    codes = tuple(code for code, patterns in table.items() for _ in patterns)
    return [rf"(?<![\w-])(?:{expand(pattern)})(?![\w])" for listed in table.values() for pattern in listed], codes


def _contents(table: dict[str, list[str]], expand: Any) -> tuple[tuple[str, Guarded], ...]:
    """Return the patterns that tell what a condition or a reason is about, by caveat type."""
    return tuple((code, Guarded("|".join(expand(pattern) for pattern in patterns))) for code, patterns in table.items())


def _frames(language: str, expand: Any) -> list[Frame]:
    frames = []
    for file_name, kind in _KIND_OF_FILE.items():
        for table in _table(language, file_name).get("frame", []):
            known = {"name", "cue", "unless", "verb", "yes", "no"}
            frames.append(
                Frame(
                    name=table["name"],
                    kind=kind,
                    cues=tuple(expand(cue) for cue in table["cue"]),
                    unless=Guarded(expand(table["unless"])) if "unless" in table else None,
                    verb=re.compile(expand(table["verb"]), _FLAGS) if "verb" in table else None,
                    options={key: str(value) for key, value in table.items() if key not in known},
                    yes=tuple(table.get("yes", ())),
                    no=tuple(table.get("no", ())),
                )
            )
    return frames


def _index(frames: list[Frame], guards: Sequence[Guarded], patterns: Sequence[str]) -> WordIndex:
    """Return the index of the words that patterns need; the guards learn what they need themselves."""
    samples = [sample for frame in frames for sample in (*frame.yes, *frame.no)]
    index = WordIndex(ranked_needs([*(guard.pattern for guard in guards), *patterns], samples))
    for guard in guards:  # before the cues and objects: they are asked most, and low bits compare fastest
        guard.learn(*index.needs(guard.pattern))
    return index


def load_lexicon(language: str = "en", *, is_filtered: bool = True) -> Lexicon:
    """Return a language's lexicon, compiled once for each process.

    Parameters
    ----------
    language : str
        ISO 639-1; a folder of lexica must exist.
    is_filtered : bool
        Whether a text's words decide which patterns run. Without, all run on all: the same result, slowly.

    Raises
    ------
    InputError
        No data folder for the language, or a macro nests without end.
    """
    return _load(language, is_filtered)


@cache
def _load(language: str, is_filtered: bool) -> Lexicon:
    if language not in languages():
        raise InputError(
            f"language {language!r} has no lexicon",
            rule=f"lexica: {', '.join(languages())}",
            next_step="Such documents are reported as unread",
        )
    base = _table(language, "lexicon.toml")
    expand = _expander(base["macros"], base.get("spelling", {}))
    frames = _frames(language, expand)
    claims = _table(language, "claims.toml") or _NO_CLAIMS
    acts = _table(language, "acts.toml")
    words = Words((name, Guarded(expand(pattern))) for name, pattern in base["words"].items())
    conditions, reasons = (_contents(base.get(name, {}), expand) for name in ("conditions", "reasons"))
    any_quantifier = Guarded("|".join(p for patterns in claims["quantifiers"].values() for p in patterns) or _NEVER)
    quantifiers = tuple(
        Quantifier(code, Guarded(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)"))
        for code, patterns in claims["quantifiers"].items()
    )
    realis = tuple((code, Guarded(expand(pattern))) for code, pattern in acts.get("realis", {}).items())
    contents = [pattern for _, pattern in (*conditions, *reasons, *realis)]
    contents += [quantifier.pattern for quantifier in quantifiers]
    vetoes = [frame.unless for frame in frames if frame.unless]
    forces = asset_words(language).guards()
    guards = (*words.values(), *actor_patterns(language).values(), *contents, *vetoes, any_quantifier, *forces)
    cues = [cue for frame in frames for cue in frame.cues]
    objects, codes = _objects(base["objects"], expand)
    index = _index(frames, guards, (*cues, *objects)) if is_filtered else None
    return Lexicon(
        language=language,
        frames=tuple(frames),
        index=index,
        cue_set=PatternSet(cues, index),
        cue_owner=tuple(i for i, frame in enumerate(frames) for _ in frame.cues),
        objects=PatternSet(objects, index),
        object_codes=codes,
        assets=frozenset(base["object_rules"]["assets"]),
        weak=frozenset(base["object_rules"]["weak"]),
        aliases=dict(base["object_rules"]["aliases"]),
        conditions=conditions,
        reasons=reasons,
        quantifiers=quantifiers,
        any_quantifier=any_quantifier,
        population=re.compile(expand(claims["population"]["nouns"]), _FLAGS),
        fulfil=re.compile(claims["predicate"]["fulfil"], _FLAGS),
        fail=re.compile(claims["predicate"]["fail"], _FLAGS),
        realis=realis,
        words=words,
        claim_examples=(tuple(claims["predicate"]["examples_yes"]), tuple(claims["predicate"]["examples_no"])),
    )


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a lexicon, sorted."""
    root = resources.files("muster.reading").joinpath("data")
    return tuple(sorted(folder.name for folder in root.iterdir() if folder.joinpath("lexicon.toml").is_file()))
