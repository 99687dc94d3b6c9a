"""Patterns behind a guard find exactly what `re` finds alone."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from muster.reading.gazetteer import find_mentions
from muster.reading.guarded import Guarded, encoded, part_of
from muster.reading.lexicon import load_lexicon
from muster.reading.sentences import find_sentences
from muster.reading.sketch import Sketch, actor_patterns, draw_sketch

DATA = Path(__file__).parent / "data"


def _texts() -> list[str]:
    rows = [
        json.loads(line) for file in sorted(DATA.glob("*.docs.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]
    lines = (DATA / "sentences.tsv").read_text("utf-8").splitlines()
    return [row["text"] for row in rows] + [line.split("\t")[0] for line in lines if line[0] != "#"]


@pytest.fixture(scope="module")
def sketches() -> list[Sketch]:
    """Return the sketches of every sentence of the test data, drawn as the reader draws them."""
    drawn = []
    for text in _texts():
        surnames: dict[str, tuple[str, ...]] = {}
        mentions = find_mentions(text)
        for start, end in find_sentences(text):
            inside = [mention for mention in mentions if start <= mention.start and mention.end <= end]
            drawn.append(draw_sketch(text[start:end], start, inside, surnames))
    return drawn


def _spans(matches: object) -> list[tuple[tuple[int, int], dict[str, str]]]:
    return [(match.span(), match.groupdict()) for match in matches]  # type: ignore[attr-defined]


def test_fast_search_equals_plain_re_on_all_test_sentences(sketches: list[Sketch]) -> None:
    """Every word class and actor pattern gives the matches of `re`, in the same places with the same groups."""
    texts = sorted({sketch.text for sketch in sketches}, key=lambda text: (-len(text), text))[:150]
    assert len(texts) == 150
    guards = [*load_lexicon().words.values(), *actor_patterns("en").values()]
    n_matches = 0
    for guard in guards:
        for text in texts:
            plain = _spans(guard.slow.finditer(text))
            assert _spans(guard.finditer(text)) == plain, (guard.pattern[:60], text)
            first = guard.search(text)
            assert (first.span() if first else None) == (plain[0][0] if plain else None)
            n_matches += len(plain)
    assert n_matches > 1000


def test_fast_cues_and_objects_equal_plain_re(sketches: list[Sketch]) -> None:
    """The sets of cues and objects give the matches that each pattern gives alone."""
    lexicon = load_lexicon()
    for patterns, n_texts in ((lexicon.objects, 60), (lexicon.cue_set, 25)):
        found = 0
        for sketch in sketches[:: max(1, len(sketches) // n_texts)]:
            plain = {
                (number, match.span()) for number, one in enumerate(patterns.patterns)
                for match in re.finditer(one, sketch.text, re.IGNORECASE)
            }  # fmt: skip
            assert {(number, match.span()) for number, match in patterns.finditer(sketch.text)} == plain
            found += len(plain)
        assert found > 10


@pytest.mark.parametrize(
    "text",
    ["", "a", "ab\n", "\x01a ◆a", "éa a é", "“a” — ‘a’…", "a\u00a0a", "a\x1ca", "◆◆a◆", "aaaaaa b",
     "\ud800a", "a\tb\r\na", "a\x7fa\u2003a \u0301a", "\u0663a ٣ s\u017f", "\u0130i\u0131 é_a", "É ÀÉa\x0b a"],
)  # fmt: skip
@pytest.mark.parametrize(
    "pattern",
    [r"\ba\b", r"a$", r"^a", r"[^◆]a", r"◆a", r"a(?!a)", r"(?<=◆)a", r"a*", r"(?P<x>“|—)\s?a?", r"\Wa",
     r"\w+", r"\s\S", r"[^a-z]+", r"[À-Þ]+", r"\d", r"_", r"[s-z]|i", r"\xe9", r"(?i:é)"],
)  # fmt: skip
def test_odd_texts_are_searched_as_re_searches_them(pattern: str, text: str) -> None:
    """Controls, accents, odd spaces, broken characters and empty matches change nothing."""
    guard = Guarded(pattern)
    plain = [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
    first = guard.search(text)
    assert (first.span() if first else None) == (plain[0] if plain else None)
    assert [match.span() for match in guard.finditer(text)] == plain


@pytest.mark.parametrize("pattern", [r"\bs\w+", r"a(?!b)", r"b", r"[À-Þ]"])
def test_matches_are_found_one_by_one_and_never_more_than_asked(pattern: str) -> None:
    """A bound on the number of matches keeps the first ones; looking for one after the other gives all."""
    guard = Guarded(pattern)
    for text in ("sea a sail b aa ÀÉ sib", "saſ b", "", "b\n"):
        plain = _spans(guard.slow.finditer(text))
        assert _spans(guard.finditer(text)) == plain
        for n_most in (1, 2):
            few = _spans(guard.find_in(text, encoded(text), n_most))
            assert few == plain[:n_most] or (few == plain and encoded(text)[2] < 2)


def test_sketch_leads_back_to_the_document(sketches: list[Sketch]) -> None:
    """Characters of a sketch keep their order in the document, and those that are no mark stand there as they are."""
    n_marks = 0
    for text in _texts():
        mentions = find_mentions(text)
        for start, end in find_sentences(text):
            inside = [mention for mention in mentions if start <= mention.start and mention.end <= end]
            sketch = draw_sketch(text[start:end], start, inside, {})
            spans = [(sketch.start_of(i), sketch.end_of(i)) for i in range(len(sketch.text))]
            assert spans[0][0] == start
            assert spans[-1][1] == end
            assert all(left[1] == right[0] for left, right in pairwise(spans))
            for char, (a, b) in zip(sketch.text, spans, strict=True):
                assert char in "◆◇\"'– •" or text[a:b] == char
            n_marks += len(sketch.tokens)
    assert n_marks > 100


@pytest.mark.parametrize("text", ["a ships ◆ sail", "ships\na", "Café ships", "Ca\u017fe ships", "ships", ""])
def test_stretch_of_an_encoded_text_is_searched_like_its_own(text: str) -> None:
    """A stretch found in the bytes of its text gives what it gives by itself, or is told to be encoded anew."""
    guard = Guarded(r"\bships?\b|a$|^s")
    for start in range(len(text) + 1):
        for end in range(start, len(text) + 1):
            stretch, view = text[start:end], part_of(encoded(text), start, end)
            found = guard.find_in(stretch, view) if view else guard.find_all(stretch)
            assert _spans(found) == _spans(guard.slow.finditer(stretch))
    assert (part_of(encoded(text), 0, 2) is None) == ("\u017f" in text)


def test_match_of_one_engine_has_what_a_match_has() -> None:
    """Where RE2 alone finds a match, it answers as `re.Match` does."""
    guard = Guarded(r"\bships?\b")
    found, plain = guard.search("two ships"), guard.slow.search("two ships")
    assert found
    assert plain
    assert type(found) is not type(plain)
    assert (found.start(), found.end(), found.span(), found.group(), found.groupdict(), found.string) == (
        plain.start(), plain.end(), plain.span(), plain.group(), plain.groupdict(), plain.string,
    )  # fmt: skip
    assert dict(found.re.groupindex) == {}
