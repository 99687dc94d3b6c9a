"""The strict verifier: all true quotes, no forged one."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.reading.tampering import cut_hedges, forge, true_variants
from muster.reading.verify import Span, check_quote, fold, verify_quote
from quote_texts import CUTS, TEXTS
from shared_data import shared_path

TRUE = [(name, quote) for name, (_, quotes) in TEXTS.items() for quote in quotes]


@pytest.mark.parametrize(("name", "quote"), TRUE)
def test_a_true_quote_is_found_where_it_stands(name: str, quote: str) -> None:
    """A verbatim quote has the offsets of its characters."""
    text = TEXTS[name][0]
    start = text.index(quote)
    assert verify_quote(text, quote) == Span(start, start + len(quote))


@pytest.mark.parametrize(("name", "quote"), TRUE)
def test_other_marks_dashes_and_spaces_map_back_into_the_stored_text(name: str, quote: str) -> None:
    """The span of a folded quote covers the stored words, whatever forms the quote used."""
    text = TEXTS[name][0]
    start = text.index(quote)
    for variant in true_variants(quote):
        assert verify_quote(text, variant) == Span(start, start + len(quote)), variant


@pytest.mark.parametrize(("name", "quote"), CUTS)
def test_a_quote_may_not_cut_off_what_governs_it(name: str, quote: str) -> None:
    """A verbatim stretch that drops a negation, hedge, quantifier or part of a word is refused with a reason."""
    text = TEXTS[name][0]
    assert quote in text
    check = check_quote(text, quote)
    assert check.span is None
    assert check.reason


def test_no_forgery_of_own_texts_is_accepted() -> None:
    """Thousands of forgeries of every kind are refused."""
    counts: Counter[str] = Counter()
    accepted = []
    for text, quotes in TEXTS.values():
        for quote in quotes:
            for forgery in forge(text, quote, [other for other in quotes if other != quote]):
                counts[forgery.kind] += 1
                if verify_quote(text, forgery.quote):
                    accepted.append(forgery)
        for quote in cut_hedges(text):
            counts["hedge cut"] += 1
            if verify_quote(text, quote):
                accepted.append(quote)
    assert accepted == []
    assert sum(counts.values()) > 3500
    assert set(counts) == {
        "negation added", "negation removed", "country swapped", "number changed", "verb replaced", "spliced",
        "case changed", "word cut", "disguised", "marks changed", "hedge cut",
    }  # fmt: skip


def test_the_forger_works() -> None:
    """Each maker really changes the quote: a verifier that ignored case, or looked for words only, would be caught."""
    text, quotes = TEXTS["summit"]
    forgeries = list(forge(text, quotes[1], quotes[2:]))
    assert any(forgery.quote.casefold() in text.casefold() for forgery in forgeries if forgery.kind == "case changed")
    words = set(text.replace(",", "").split())
    assert any(set(forgery.quote.split()) <= words for forgery in forgeries if forgery.kind == "spliced")
    assert any("not" in forgery.quote for forgery in forgeries)
    assert not any(forgery.quote.strip() == quotes[1] for forgery in forgeries)


def test_a_quote_of_another_document_is_refused() -> None:
    """A quote counts for the text in which it stands, no other."""
    for name, quote in TRUE:
        for other, (text, _) in TEXTS.items():
            assert (verify_quote(text, quote) is not None) == (name == other)


def test_a_later_whole_occurrence_counts_where_the_first_is_cut() -> None:
    """Words that are governed in one place may be quoted from another."""
    text = "Not all allies agreed, they said. Yet on Sunday all allies agreed."
    assert verify_quote(text, "all allies agreed") == Span(48, 65)


def test_several_occurrences_prefer_the_first_or_the_nearest() -> None:
    """Without a hint the first place wins, with one the nearest."""
    text = "Spain agreed. Italy waited. Spain agreed. Spain agreed."
    assert verify_quote(text, "Spain agreed") == Span(0, 12)
    assert verify_quote(text, "Spain agreed", near=30) == Span(28, 40)
    assert verify_quote(text, "Spain agreed", near=50) == Span(42, 54)


@pytest.mark.parametrize("quote", ["", "   ", "...", "“”", "-"])
def test_a_quote_without_a_word_is_refused(quote: str) -> None:
    """Marks alone are no quote."""
    assert check_quote("Spain... agreed - “at last”.", quote).reason == "holds no word"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The so-called allies of l’Iran met.", "Iran met"),
        ("Either way, whether or not Iran agrees, ships sail.", "Iran agrees, ships sail"),
        ("They came not only from Spain. Italy sent ships.", "Italy sent ships"),
        ("It asked for help. No. Germany will pay.", "Germany will pay"),
        ("On 9 April the cabinet agreed.", "the cabinet agreed"),
        ("The fleet, which has reportedly left port, returns.", "left port, returns"),
        ("Madrid refused a US request for bases.", "a US request for bases"),
        ("Die Zusage gilt.\u00a0Fast schon morgen fährt sie.", "Fast schon morgen fährt sie"),
        ("soft\u00adhyphens stay as they stand", "soft\u00adhyphens stay"),
        ("ships -- and crews -- sail", "ships — and crews — sail"),
    ],
)
def test_quotes_that_only_look_cut_are_accepted(text: str, quote: str) -> None:
    """Starts after a full stop, an elided article, 'or not', a date or a reported request cut off nothing."""
    assert check_quote(text, quote).reason == ""


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("soft\u00adhyphens stay as they stand", "softhyphens stay"),
        ("A cafe\u0301 in Paris", "A cafe"),
        ("Sales rose 20% in May", "Sales rose 20"),
        ("Losses were -5 ships", "5 ships"),
        ("They met in 2023-25 often", "They met in 2023"),
        ("the ratio was 1/3 of ships", "3 of ships"),
        ("the E-7A flew", "the E--7A flew"),
        ("Fast alle Staaten helfen", "alle Staaten helfen"),
        ("Presque tous les alliés aident", "tous les alliés aident"),
        ("Kein Staat hilft", "Staat hilft"),
        ("Everyone helped except Spain", "Everyone helped"),
        ("Belgium talks instead of sending ships", "sending ships"),
        ("It did not, France said", "It did"),
    ],
)
def test_further_cuts_are_refused(text: str, quote: str) -> None:
    """Numbers, signs, compounds, accents and the plainest hedges of other languages hold too."""
    assert verify_quote(text, quote) is None


@given(st.text(alphabet="ab'\"“”—- \n\u00a0.5n", max_size=40))
def test_folding_maps_every_character_back(text: str) -> None:
    """The stored stretches of the folded characters follow one another without gap and cover the text."""
    folded, starts, ends = fold(text)
    assert len(folded) == len(starts) == len(ends)
    assert (0, *ends)[: len(starts)] == starts
    assert "".join(text[start:end] for start, end in zip(starts, ends, strict=True)) == text


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=20))
def test_what_is_accepted_stands_there(text: str, quote: str) -> None:
    """Whatever the input, an accepted span reads as the quote once both are folded."""
    span = verify_quote(text, quote)
    if span is not None:
        assert fold(text[span.start : span.end])[0] == fold(quote.strip())[0]


def _gold() -> list[tuple[str, list[dict[str, object]]]]:
    rows = []
    for name in ("dev", "dev-long", "founding"):
        docs = shared_path(f"gold/{name}.docs.jsonl").read_text(encoding="utf-8").splitlines()
        texts = {row["id"]: row["text"] for row in map(json.loads, docs)}
        for line in shared_path(f"gold/{name}.gold.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows.append((texts[row["id"]], row["statements"] + row.get("optional", [])))
    return rows


def test_every_quote_of_the_annotators_is_accepted_and_no_forgery_of_one() -> None:
    """All quotes of the development data keep their offsets; tens of thousands of forgeries are refused."""
    n_true = n_forged = 0
    accepted = []
    for text, statements in _gold():
        quotes = sorted({str(row["quote"]) for row in statements})
        for row in statements:
            n_true += 1
            assert verify_quote(text, str(row["quote"]), near=row["start"]) == Span(row["start"], row["end"])  # type: ignore[arg-type]
        for place, quote in enumerate(quotes):
            for forgery in forge(text, quote, quotes[place + 1 : place + 3]):
                n_forged += 1
                if verify_quote(text, forgery.quote):
                    accepted.append(forgery)
        for cut in cut_hedges(text):
            if text.count(cut) == 1:
                n_forged += 1
                if verify_quote(text, cut):
                    accepted.append(cut)
    assert accepted == []
    assert n_true > 400
    assert n_forged > 30_000


def _run(docs: list[dict[str, object]], statements: str, folder: Path, *options: str) -> tuple[int, str, str]:
    from click.testing import CliRunner

    from muster.surfaces.cli.verify import verify

    documents, rows = folder / "docs.jsonl", folder / "statements.jsonl"
    documents.write_text("".join(json.dumps(row) + "\n" for row in docs), encoding="utf-8")
    rows.write_text(statements, encoding="utf-8")
    result = CliRunner().invoke(verify, [str(documents), str(rows), *options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command_returns_each_statement_with_its_verdict(tmp_path: Path) -> None:
    """True quotes gain offsets, false ones a reason; order, other keys and `optional` stay."""
    docs: list[dict[str, object]] = [{"id": name, "text": text} for name, (text, _) in TEXTS.items()]
    row = {
        "id": "summit",
        "statements": [
            {"kind": "response", "actor": "ESP", "quote": "Spain refused to send a frigate"},
            {"kind": "response", "actor": "ESP", "quote": "Spain agreed to send a frigate"},
            {"kind": "claim", "actor": "USA", "quote": "without exception, allies are doing everything asked"},
            {"kind": "caveat", "quote": '"We\'re ready to lead - but only after a ceasefire,"'},
            {"kind": "caveat"},
            7,
        ],
        "optional": [{"quote": "Norway's navy has deployed"}],
    }
    code, out, err = _run(
        docs, json.dumps(row) + "\n\n" + '{"id": "nowhere", "statements": [{"quote": "x"}]}\n', tmp_path
    )
    first, second = (json.loads(line) for line in out.splitlines())
    verdicts = [item["verified"] for item in first["statements"]]
    assert (code, verdicts) == (0, [True, False, False, True, False, False])
    text = TEXTS["summit"][0]
    found = first["statements"][0]
    assert text[found["start"] : found["end"]] == found["quote"]
    folded = first["statements"][3]
    assert text[folded["start"] : folded["end"]] == folded["stored"]
    assert "nearly" in first["statements"][2]["reason"]
    assert "start" not in first["statements"][1]
    assert first["optional"][0]["verified"] is False
    assert "no document has the id" in second["statements"][0]["reason"]
    assert "2 quotes verified, 6 refused" in err


@pytest.mark.parametrize("line", ["{", "[]", '{"statements": []}', '{"id": "summit", "statements": {}}', "[" * 90_000])
def test_a_line_that_is_no_row_names_its_place(tmp_path: Path, line: str) -> None:
    """A malformed line stops the command with file, line and rule."""
    from muster.base.errors import InputError

    with pytest.raises(InputError, match=r"statements\.jsonl:1: .*each line is"):
        _run([{"id": "summit", "text": "Spain agreed."}], line + "\n", tmp_path)


def test_the_table_lists_only_what_is_refused(tmp_path: Path) -> None:
    """`--format table` prints document, reason and quote of refused statements."""
    row = {"id": "a", "statements": [{"quote": "Spain agreed"}, {"quote": "Spain refused"}]}
    _, out, _ = _run([{"id": "a", "text": "Spain agreed."}], json.dumps(row), tmp_path, "--format", "table")
    assert out == "a\tdoes not stand in the document\tSpain refused\n"
