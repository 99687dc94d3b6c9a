"""Which patterns may match: needed words are necessary, and leaving patterns out changes no statement."""

import json
from datetime import date
from pathlib import Path

import pytest

from muster.reading.assets import asset_words
from muster.reading.candidates import PatternSet, WordFilter, WordIndex, cuts_word
from muster.reading.gazetteer import find_mentions
from muster.reading.lexicon import Lexicon, languages, load_lexicon
from muster.reading.literals import needed_words
from muster.reading.rules import read_with
from muster.reading.sentences import find_sentences
from muster.reading.sketch import actor_patterns, draw_sketch

ROOT = Path(__file__).parents[2]
DAY = date(2026, 5, 1)


def bundled_texts() -> list[tuple[str, str]]:
    """Return (language, text) of the bundled cases and the tests' own documents."""
    files = sorted((*ROOT.glob("cases/*/documents/*.jsonl"), *(Path(__file__).parent / "data").glob("*.docs.jsonl")))
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    found = [((row.get("language") or "en")[:2], row["text"]) for row in rows]
    return [(language, text) for language, text in found if language in languages()]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\bsail(?:s|ed)?\b", ({" sail ", " sails ", " sailed "},)),
        (r"(?<![\w-])(?:aid)(?![\w])", ({" aid "},)),
        (r"◆ (?:will|would) (?:\w+ )*sail", ({"◆"}, {" will ", " would "}, {" sail"})),
        (r"\bwill (?:\w+)? ?sail", ({" will "}, {"sail"})),
        (r"[◆◇] mines", ({"◆", "◇"}, {" mines"})),
        (r"own \"", ({'own  " '},)),
        (r"[a-z]+ing home", ({"ing home"},)),
        (r"won't", ({"won t"},)),
        (r"(?i:Straße)\b", ({"straße "},)),
        (r"\d+ %", (set("0123456789"), {"  % "})),
    ],
)
def test_needed_words_are_read_off_the_pattern(pattern: str, words: tuple[set[str], ...]) -> None:
    """Spellings are written out, words bounded where the pattern bounds them; marks and wide classes say nothing."""
    assert needed_words(pattern) == (tuple(frozenset(clause) for clause in words),)


def test_branches_are_kept_apart() -> None:
    """A weak branch ("are ...ing") does not make the others weak."""
    found = {
        frozenset(word for clause in each for word in clause) for each in needed_words(r"(?:are \w+ing|has sailed)")
    }
    assert found == {frozenset(("are ", "ing")), frozenset(("has sailed",))}


@pytest.mark.parametrize("pattern", ["◆", r"\w+", r"(?:a|.)b*", r"(?:foo)?", r"x{0,3}", r"◆ ◇"])
def test_pattern_without_needed_words_is_always_a_candidate(pattern: str) -> None:
    """Where nothing is known, the pattern runs."""
    found = WordFilter([pattern])
    assert set(found.candidates(found.index.held("Nothing at all."))) == {0}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\bmines?\b", "MINES"), (r"mission", "mis\u017fion"), (r"\bkm\b", "12 \u212am"), (r"\bown\b", "“own”"),
        (r"won't go", "they Won't go"), (r"\$5", "US$5"), (r"é\b", "Café."), (r"a-b", "A–b, a-b"), (r"x\b.\by", "x y"),
        (r"says \"no\"", "says „no“"),
        (r"\d ships", "٣ ships"),
        (r"(?:ab|cd){2}", "abcd"), (r"(?<=a)b", "ab"), (r"^foo$", "foo"), (r"a|", ""),
    ],
)  # fmt: skip
def test_whatever_matches_is_a_candidate(pattern: str, text: str) -> None:
    """Case, long s, Kelvin sign, quotation marks, edges and anchors never hide a match."""
    assert [number for number, _ in PatternSet([pattern], WordIndex()).finditer(text)] == [
        number for number, _ in PatternSet([pattern], None).finditer(text)
    ]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"sail\w*|steams", "sails, sailing and steams"), (r"ing", "singing"), (r"will not", "will not will not not"),
        (r"◆ (?:came|went)", "◆ came ◆ went ◆ came"), (r"\w+ed\b(?: \w+ed\b)?", "helped aided sailed"),
    ],
)  # fmt: skip
def test_no_pattern_matches_more_often_than_told(pattern: str, text: str) -> None:
    """What bounds the matches of a pattern hides none, and is met where words stand once for each."""
    patterns = PatternSet([pattern], WordIndex())
    n_matches = sum(1 for _ in PatternSet([pattern], None).finditer(text))
    assert patterns.candidates(patterns.held(text))[0] >= n_matches > 0
    assert sum(1 for _ in patterns.finditer(text)) == n_matches


@pytest.mark.parametrize(("text", "places"), [("a cat's_x", [3, 4, 7, 8]), ("", []), ("é1", [1])])
def test_cut_inside_a_word_is_told(text: str, places: list[int]) -> None:
    """Letters, digits and the low line are of a word; the ends of a text cut none."""
    assert [place for place in range(-1, len(text) + 2) if cuts_word(text, place)] == places


def test_full_table_of_words_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many words a text brings, few are remembered, and what it holds stays right."""
    monkeypatch.setattr("muster.reading.candidates.MAX_WORDS", 5)
    index = WordIndex()
    single, several = index.needs(r"\bsails?\b")
    assert single
    assert not several
    text = " ".join(f"word{i} sails" for i in range(40))
    assert index.held(text).mask & single
    assert not index.held(text.replace("sails", "sailor")).mask & single
    assert len(index) <= 5


@pytest.mark.parametrize("language", languages())
def test_no_guard_bars_a_pattern_that_matches(language: str) -> None:
    """On sketches of the bundled documents every word class, veto and actor pattern that matches may match."""
    lexicon = load_lexicon(language)
    guards = [*lexicon.words.values(), *actor_patterns(language).values(), *(one for _, one in lexicon.conditions)]
    guards += [frame.unless for frame in lexicon.frames if frame.unless]
    guards += [*asset_words(language).guards(), lexicon.any_quantifier, *(one for _, one in lexicon.realis)]
    n_tried = n_matches = n_barred = 0
    for text in [text for known, text in bundled_texts() if known == language][::3]:
        mentions = find_mentions(text, DAY, language)
        for start, end in list(find_sentences(text))[:3]:
            inside = [one for one in mentions if start <= one.start and one.end <= end]
            held = lexicon.held(text[start:end])
            sketch = draw_sketch(text[start:end], start, inside, {}, language, held.mask)
            mask = -1 if sketch.is_cut else lexicon.drawn(held, sketch.text).mask
            for guard in guards:
                found = guard.slow.search(sketch.text)
                n_tried += 1
                n_matches += found is not None
                n_barred += not guard.may(mask)
                assert found is None or guard.may(mask), (guard.pattern[:80], sketch.text)
    if n_tried:
        assert n_matches > 5
        assert n_barred > n_tried / 2  # or the guards would be of no use


def _statements(lexicon: Lexicon, text: str) -> list[str]:
    return [repr(statement) for statement in read_with(lexicon, text, DAY)]


def test_filters_change_no_statement_of_the_bundled_documents() -> None:
    """The fast path reads what the plain path reads, on every case, language and own document."""
    texts = bundled_texts()
    n_statements = 0
    for language, text in texts:
        fast = _statements(load_lexicon(language), text)
        assert fast == _statements(load_lexicon(language, is_filtered=False), text)
        n_statements += len(fast)
    assert n_statements > 500


def test_a_filter_that_hides_a_cue_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison with the plain path can fail."""
    text = "Italy refused to send a frigate to the strait."
    plain_reading = _statements(load_lexicon(is_filtered=False), text)
    monkeypatch.setattr(PatternSet, "candidates", lambda *_: ())
    assert _statements(load_lexicon(), text) != plain_reading
