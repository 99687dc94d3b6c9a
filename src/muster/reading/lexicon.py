"""The lexicon of a language: macros, objects, conditions and frames, read from its data folder and compiled once.

A language is a folder `data/<code>/` of TOML files; nothing in this module knows English.
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import re2

from muster.base.errors import InputError

RESPONSE_FILE = "responses.toml"
_KIND_OF_FILE = {
    "responses.toml": "response", "asks.toml": "ask", "caveats.toml": "caveat", "tensions.toml": "tension",
    "acts.toml": "act",
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
    cues: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    verb: re.Pattern[str] | None
    options: dict[str, Any]
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def option(self, key: str, default: str = "") -> str:
        """Return one of the frame's options as text."""
        return str(self.options.get(key, default))


@dataclass(frozen=True, slots=True)
class Quantifier:
    """A quantifier's code and its pattern; earlier ones win."""

    code: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language's compiled lexicon."""

    language: str
    frames: tuple[Frame, ...]
    cue_set: Any
    cue_owner: tuple[tuple[int, int], ...]
    objects: re.Pattern[str]
    object_codes: tuple[str, ...]
    assets: frozenset[str]
    weak: frozenset[str]
    aliases: dict[str, str]
    conditions: tuple[tuple[str, re.Pattern[str]], ...]
    quantifiers: tuple[Quantifier, ...]
    population: re.Pattern[str]
    fulfil: re.Pattern[str]
    fail: re.Pattern[str]
    realis: tuple[tuple[str, re.Pattern[str]], ...]
    words: dict[str, re.Pattern[str]]
    claim_examples: tuple[tuple[str, ...], tuple[str, ...]] = field(default=((), ()))


def _table(language: str, name: str) -> dict[str, Any]:
    text = resources.files("muster.reading").joinpath("data", language, name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _expander(macros: dict[str, str]) -> Any:
    def expand(pattern: str) -> str:
        for _ in range(8):
            longer = _MACRO.sub(lambda found: macros.get(found.group(1), found.group()), pattern)
            if longer == pattern:
                return pattern
            pattern = longer
        raise InputError(f"pattern {pattern[:60]!r} nests macros without end", rule="macros nest at most 8 deep")

    return expand


def _compile_objects(table: dict[str, list[str]], expand: Any) -> tuple[re.Pattern[str], tuple[str, ...]]:
    codes = tuple(table)
    groups = [f"(?P<o{i}>{'|'.join(expand(pattern) for pattern in table[code])})" for i, code in enumerate(codes)]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(groups)})(?![\w])", _FLAGS), codes


def _frames(language: str, expand: Any) -> list[Frame]:
    frames = []
    for file_name, kind in _KIND_OF_FILE.items():
        for table in _table(language, file_name).get("frame", []):
            known = {"name", "cue", "unless", "verb", "yes", "no"}
            frames.append(
                Frame(
                    name=table["name"],
                    kind=kind,
                    cues=tuple(re.compile(expand(cue), _FLAGS) for cue in table["cue"]),
                    unless=re.compile(expand(table["unless"]), _FLAGS) if "unless" in table else None,
                    verb=re.compile(expand(table["verb"]), _FLAGS) if "verb" in table else None,
                    options={key: value for key, value in table.items() if key not in known},
                    yes=tuple(table.get("yes", ())),
                    no=tuple(table.get("no", ())),
                )
            )
    return frames


def _cue_set(frames: list[Frame]) -> tuple[Any, tuple[tuple[int, int], ...]]:
    """Return an RE2 set over all cues (one pass says which can match) and which frame and cue each number is."""
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = 1 << 28  # bytes; the set's automaton is built lazily and must not run out on long sentences
    options.log_errors = False
    cue_set = re2.Set.SearchSet(options)
    owner = []
    for frame_i, frame in enumerate(frames):
        for cue_i, cue in enumerate(frame.cues):
            cue_set.Add(cue.pattern)
            owner.append((frame_i, cue_i))
    cue_set.Compile()
    return cue_set, tuple(owner)


@cache
def load_lexicon(language: str = "en") -> Lexicon:
    """Return a language's lexicon, compiled once for each process.

    Raises
    ------
    InputError
        No data folder for the language, or a macro nests without end.
    """
    if language not in languages():
        raise InputError(
            f"language {language!r} has no lexicon",
            rule=f"lexica: {', '.join(languages())}",
            next_step="Such documents are reported as unread",
        )
    base = _table(language, "lexicon.toml")
    expand = _expander(base["macros"])
    frames = _frames(language, expand)
    cue_set, owner = _cue_set(frames)
    objects, codes = _compile_objects(base["objects"], expand)
    claims = _table(language, "claims.toml")
    acts = _table(language, "acts.toml")
    return Lexicon(
        language=language,
        frames=tuple(frames),
        cue_set=cue_set,
        cue_owner=owner,
        objects=objects,
        object_codes=codes,
        assets=frozenset(base["object_rules"]["assets"]),
        weak=frozenset(base["object_rules"]["weak"]),
        aliases=dict(base["object_rules"]["aliases"]),
        conditions=tuple(
            (code, re.compile("|".join(expand(p) for p in patterns), _FLAGS))
            for code, patterns in base["conditions"].items()
        ),
        quantifiers=tuple(
            Quantifier(code, re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", _FLAGS))
            for code, patterns in claims["quantifiers"].items()
        ),
        population=re.compile(expand(claims["population"]["nouns"]), _FLAGS),
        fulfil=re.compile(claims["predicate"]["fulfil"], _FLAGS),
        fail=re.compile(claims["predicate"]["fail"], _FLAGS),
        realis=tuple((code, re.compile(expand(pattern), _FLAGS)) for code, pattern in acts["realis"].items()),
        words={name: re.compile(expand(pattern), _FLAGS) for name, pattern in base["words"].items()},
        claim_examples=(tuple(claims["predicate"]["examples_yes"]), tuple(claims["predicate"]["examples_no"])),
    )


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a lexicon, sorted."""
    root = resources.files("muster.reading").joinpath("data")
    return tuple(sorted(folder.name for folder in root.iterdir() if folder.joinpath("lexicon.toml").is_file()))
