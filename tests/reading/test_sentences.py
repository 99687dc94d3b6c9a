"""Sentences, sketches, guards and batches."""

import os
from datetime import date
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.base.document import Document
from muster.reading import batches
from muster.reading.assets import find_assets
from muster.reading.batches import batches_of, read_all
from muster.reading.gazetteer import find_mentions
from muster.reading.guarded import Guarded, without_lookaround
from muster.reading.readers import READERS, open_reader
from muster.reading.rules import read_text
from muster.reading.sentences import find_sentences
from muster.reading.sketch import draw_sketch

DAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("One. Two.", 2),
        ("The U.S. Navy sailed. It was late.", 2),
        ("Adm. Smith met Gen. Jones on Sept. 3 in the U.S. embassy.", 1),
        ("He said: “Go.” She went.", 2),
        ("Line one\nLine two", 2),
        ("Rome promised a second SAMP/T. Spain did not.", 2),
        ("", 0),
    ],
)
def test_sentences_end_where_people_end_them(text: str, n: int) -> None:
    """Abbreviations and initials end no sentence; line ends do."""
    assert len(list(find_sentences(text))) == n


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_sentences_keep_order_and_lose_nothing_but_space(text: str) -> None:
    """Sentences never overlap, and what lies between them is white space."""
    end = 0
    for start, stop in find_sentences(text):
        assert start >= end
        assert not text[end:start].strip()
        end = stop
    assert not text[end:].strip()


@given(st.text(alphabet="Italy Francend,.’“”—◆ \n", max_size=200))
@settings(max_examples=60, deadline=None)
def test_statements_of_any_text_have_verbatim_quotes(text: str) -> None:
    """Whatever the text, offsets and quotes agree."""
    for statement in read_text(text + " Italy refused to send a frigate.", DAY):
        assert (text + " Italy refused to send a frigate.")[statement.start : statement.end] == statement.quote


def _sketch(text: str) -> tuple[str, list[tuple[str, ...]]]:
    sketch = draw_sketch(text, 0, find_mentions(text, DAY), {})
    return sketch.text, [token.codes for token in sketch.tokens]


@pytest.mark.parametrize(
    ("text", "sketch", "codes"),
    [
        ("Dutch Prime Minister Rob Jetten said no", "◆ said no", [("NLD",)]),
        ("the Norwegian foreign minister Kari Nordmann left", "◆ left", [("NOR",)]),
        ("Italian minehunters and the French sailed", "◇ minehunters and the ◆ sailed", [("ITA",), ("FRA",)]),
        ("Kenya, Peru and Chile joined", "◆ joined", [("KEN", "PER", "CHL")]),
        ("Dutch and Belgian ships", "◇ ships", [("NLD", "BEL")]),
        ("A retired Danish admiral spoke", "◆ spoke", [()]),
    ],
)
def test_sketch_makes_one_mark_of_an_actor(text: str, sketch: str, codes: list[tuple[str, ...]]) -> None:
    """Titles, offices, names and enumerations melt into one mark with all their codes."""
    assert _sketch(text) == (sketch, codes)


@given(st.text(alphabet="abc ", max_size=12))
def test_guard_never_hides_a_match(text: str) -> None:
    """A guarded pattern finds what the pattern alone finds."""
    pattern = r"(?<!a)b(?=c)|a(?!b)\b"
    guarded = Guarded(pattern)
    assert [m.span() for m in guarded.finditer(text)] == [m.span() for m in guarded.slow.finditer(text)]


def test_lookaround_is_taken_out() -> None:
    """Nested and escaped parentheses are stepped over."""
    assert without_lookaround(r"(?<=a\))b(?!(c|d)[)])e") == "be"


@pytest.mark.parametrize(
    ("quote", "assets"),
    [
        ("two minehunters and a supply ship", ("2 minehunters", "1 supply ship")),
        ("HMS Dragon, a Type 45 destroyer", ("HMS Dragon", "Type 45")),
        ("its E-7A Wedgetail", ("E-7A Wedgetail",)),
        ("nothing at all", ()),
    ],
)
def test_assets_are_named_and_counted(quote: str, assets: tuple[str, ...]) -> None:
    """Names stay names, counts become digits."""
    assert find_assets(quote)[: len(assets)] == assets


def _documents(n: int) -> list[Document]:
    text = "Chile refused to send a frigate to the strait. " * 20
    return [Document(source_id=str(i), text=text, language="en", published=DAY) for i in range(n)]


def test_batches_keep_order_and_size() -> None:
    """No document is lost; a batch is closed by characters or by count."""
    batches = list(batches_of(_documents(1200)))
    assert [d.source_id for batch in batches for d in batch] == [str(i) for i in range(1200)]
    assert len(batches) > 1


def test_workers_give_what_one_process_gives() -> None:
    """Two processes read the same, in the same order."""
    documents = _documents(700)
    alone = [(d.source_id, s) for d, s in read_all(documents, n_workers=1)]
    assert [(d.source_id, s) for d, s in read_all(documents, n_workers=2)] == alone


def test_workers_compute_with_one_thread_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user has set stands; what was set for the workers is gone behind them."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with batches._one_thread_each():
        assert (os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"]) == ("3", "1")
    assert os.environ["OMP_NUM_THREADS"] == "3"
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_workers_are_spawned_where_the_system_cannot_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a server to fork from, each worker begins by itself."""
    monkeypatch.setattr(batches, "get_all_start_methods", lambda: ["spawn"])
    assert batches._context("rules").get_start_method() == "spawn"


@pytest.mark.parametrize("name", sorted(READERS))
def test_every_reader_can_be_opened_and_loaded_before_workers_are_forked(name: str) -> None:
    """The table of readers names what exists."""
    assert open_reader(name).name.startswith(f"{name}/")
    assert find_spec(f"muster.reading.preloaded.{name}")
