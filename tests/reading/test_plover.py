"""Event coding: marks, lexicon, learned layer, command."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from muster.base.document import Document
from muster.base.scheme import ACTIONS, KINDS, REALIS, STATUSES, TENSION_TYPES, WHATS
from muster.base.statement import Statement
from muster.reading.plover.coder import code_sentence, lexicon_class
from muster.reading.plover.corpus import patterns, sentences
from muster.reading.plover.features import apposition, features, read_sentence
from muster.reading.plover.lexicon import CLASSES, load_lexicon
from muster.reading.plover.mapping import plover_of, plover_record
from muster.reading.plover.marked import parse_marked
from muster.reading.plover.model import load_weights
from muster.reading.plover.modes import mode_names, mode_of
from muster.reading.plover.train import Example, fit, judged_sentences, macro_f1
from muster.reading.plover.vectors import condense, load_vectors, mean_vector
from muster.reading.plover.verbs import chain_start, verb_chain
from muster.surfaces.cli.code import code

HERE = Path(__file__).parent


def _judged(name: str) -> list[tuple[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [(label, sentence) for label, sentence in (line.split("\t") for line in lines)]


@pytest.mark.parametrize(
    ("line", "text", "sources", "targets"),
    [
        ("<s>France</s> met <t>Mali</t>.", "France met Mali.", ["France"], ["Mali"]),
        ('"He said ""no"" to <t>Mali</t>, <s>Paris</s> said"', 'He said "no" to Mali, Paris said', ["Paris"], ["Mali"]),
        ("&lt;s&gt;A&lt;/s&gt; &amp; <T>B</T>", "A & B", ["A"], ["B"]),
        ("<s>A</s> and <s>B</s> met.", "A and B met.", ["A", "B"], []),
        ("<s>France met Mali.", "France met Mali.", ["France"], []),
        ("France</s> met < t >Mali< / t >.", "France met Mali.", [], ["Mali"]),
        ('"Quoted" words by <s>A</s>', '"Quoted" words by A', ["A"], []),
        ("", "", [], []),
    ],
)
def test_marks_become_offsets(line: str, text: str, sources: list[str], targets: list[str]) -> None:
    """Marks are taken out and kept as offsets, whatever quoting or faults the cell has."""
    found = parse_marked(line)
    assert found.text == text
    assert [text[start:end] for start, end in found.sources] == sources
    assert [text[start:end] for start, end in found.targets] == targets


@given(st.text(alphabet="<>/stST &;\"ab\t'", max_size=60))
def test_any_line_is_coded_without_failing(line: str) -> None:
    """Broken marks and odd signs never stop the coder."""
    found = code_sentence(line)
    assert found.event in {None, *CLASSES}
    assert 0 <= found.confidence <= 1


def test_a_modal_verb_is_no_noun() -> None:
    """`would not` and `will` begin a phrase of their own, also after a name that no list knows."""
    assert code_sentence("<s>Mali</s> said it would not return to talks with <t>Niger</t>.").event == "REJECT"
    assert code_sentence("<s>Mali</s> said it will visit <t>Niger</t>.").event == "AGREE"


def test_what_the_source_says_of_the_target_counts() -> None:
    """A deed that the source only ascribes to the target is an accusation, not an assault."""
    assert code_sentence("<s>Mali</s> said <t>Niger</t> had killed civilians.").event == "ACCUSE"


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ("ACCUSE", "<s>Mali</s> accused <t>Niger</t> of attacking a village."),
        ("ASSAULT", "<s>Mali</s> attacked <t>Niger</t> after accusing it of lies."),
        ("ASSAULT", "<t>Niger</t> was attacked by <s>Mali</s> on Friday."),
        ("THREATEN", "<s>Mali</s> threatened to attack <t>Niger</t>."),
        ("THREATEN", "<s>Mali</s> said it would impose sanctions on <t>Niger</t> if talks failed."),
        ("SANCTION", "<s>Mali</s> imposed sanctions on <t>Niger</t>."),
        ("AGREE", "<s>Mali</s> agreed to give aid to <t>Niger</t>."),
        ("AID", "<s>Mali</s> gave aid to <t>Niger</t>."),
        ("REQUEST", "<s>Mali</s> asked <t>Niger</t> for aid."),
        ("REJECT", "<s>Mali</s> refused to give aid to <t>Niger</t>."),
        ("REQUEST", "<s>Mali</s> said <t>Niger</t> must release the hostages."),
        ("REQUEST", "<t>Niger</t> must release the hostages, <s>Mali</s> said."),
        ("YIELD", "<s>Mali</s> released three soldiers of <t>Niger</t>."),
        ("AGREE", "<s>Mali</s> will release three soldiers of <t>Niger</t>."),
        ("CONSULT", "<s>Mali</s> and <t>Niger</t> held talks on trade."),
        ("REJECT", "<s>Mali</s> ruled out talks with <t>Niger</t>."),
        ("SANCTION", "<s>Mali</s> broke off talks with <t>Niger</t>."),
        ("REJECT", "A request by <t>Niger</t> for troops was turned down by <s>Mali</s>."),
    ],
)
def test_the_outer_verb_wins(event: str, sentence: str) -> None:
    """What is said about a deed counts before the deed, a passive is turned, a refusal and a future are seen."""
    assert code_sentence(sentence).event == event


def test_the_coder_holds_its_level_on_unseen_sentences() -> None:
    """On own sentences that were neither trained on nor mended for it reaches what docs/plover.md reports."""
    judged = _judged("plover_unseen.tsv")
    gold = [label for label, _ in judged]
    learned = macro_f1(gold, [code_sentence(sentence).event for _, sentence in judged])
    by_lexicon = macro_f1(gold, [lexicon_class(parse_marked(sentence)) for _, sentence in judged])
    assert learned > 0.90
    assert learned > by_lexicon > 0.75
    assert macro_f1(gold, ["AGREE"] * len(gold)) < 0.05


def test_unseen_sentences_are_not_trained_on() -> None:
    """The sentences that measure the coder are none of those that made its weights."""
    trained = {sentence for rows in judged_sentences().values() for _, sentence in rows}
    assert len(trained) > 900
    assert not trained & {sentence for _, sentence in _judged("plover_unseen.tsv")}


def test_judged_sentences_cover_every_class() -> None:
    """Each round of agency style has every class alike, each sentence a source and a target."""
    for name, rows in judged_sentences().items():
        counts = Counter(label for label, _ in rows)
        assert set(counts) <= set(CLASSES)
        if name.startswith("agency"):
            assert len(set(counts.values())) == 1
            assert set(counts) == set(CLASSES)
        for _, sentence in rows:
            found = parse_marked(sentence)
            assert found.sources
            assert found.targets


@pytest.mark.parametrize(
    ("sentence", "verbs"),
    [
        ("<s>Mali</s> on Monday agreed to send troops to <t>Niger</t>.", ["agreed", "send"]),
        ("<s>Mali</s>, a member of the bloc that sent aid, refused to meet <t>Niger</t>.", ["refused", "meet"]),
        ("<s>Mali</s> said <t>Niger</t> had killed three men.", ["said", "killed"]),
        ("<t>Niger</t> was severely criticised by <s>Mali</s>, officials said.", ["criticised", "said"]),
        ("The <s>united front</s> of <t>Niger</t>", []),
    ],
)
def test_the_verbs_after_the_subject_are_found(sentence: str, verbs: list[str]) -> None:
    """Auxiliaries, adverbs, nouns and appositions are passed over."""
    reading = read_sentence(parse_marked(sentence))
    start = chain_start(reading.order, reading.first, reading.second, reading.tokens)
    chain = verb_chain(reading.tokens, start, apposition(reading))
    assert [reading.tokens[place].surface for place in chain] == verbs


def test_words_of_one_meaning_have_near_vectors() -> None:
    """A word that no list knows stands near words of its kind, and all vectors have unit length."""
    known = load_vectors()
    assert len(known) > 20_000
    assert float(known["detained"] @ known["arrested"]) > 0.7
    assert float(known["detained"] @ known["arrested"]) > float(known["detained"] @ known["praised"]) + 0.3
    assert max(abs(float(vector @ vector) - 1) for vector in known.values()) < 0.05
    assert mean_vector([("xyzzy",)]) is None


def test_vectors_are_made_from_lines_of_glove() -> None:
    """Numbers and signs are left out, the most frequent words kept, and each row has unit length."""
    rng = np.random.default_rng(1)
    lines = [f"w{chr(97 + place)} " + " ".join(map(str, rng.normal(size=60))) for place in range(26)]
    words, table = condense([*lines, "1999 " + " ".join(["0.1"] * 60)])
    assert words == [f"w{chr(97 + place)}" for place in range(26)]
    assert table.dtype == np.int8
    assert np.linalg.norm(table / 127, axis=1) == pytest.approx(1, abs=0.05)


def test_low_confidence_abstains() -> None:
    """Below the minimum the event is null and the confidence is still told."""
    vague = "<s>Mali</s> xyzzy <t>Niger</t>."
    sure = code_sentence(vague, min_confidence=0.9)
    assert sure.event is None
    assert sure.mode is None
    assert 0 < sure.confidence < 0.9
    assert code_sentence(vague).event in CLASSES


def test_negation_future_and_doubt_are_kept() -> None:
    """How the main phrase is meant stands beside the class."""
    assert code_sentence("<s>Mali</s> did not attack <t>Niger</t>.").is_negated
    assert code_sentence("<s>Mali</s> will visit <t>Niger</t>.").to_row()["future"] is True
    assert code_sentence("<s>Mali</s> may attack <t>Niger</t>.").is_hypothetical
    assert "future" not in code_sentence("<s>Mali</s> visited <t>Niger</t>.").to_row()


def test_modes_belong_to_their_class() -> None:
    """A mode is one of its class's, and shown by a word of the sentence."""
    assert code_sentence("<s>Mali</s> telephoned <t>Niger</t> about the crisis.").mode == "phone"
    assert code_sentence("<s>Rebels</s> killed <t>Niger</t> in a suicide bombing.").mode == "suicide-attack"
    assert mode_of("CONSULT", ["xyzzy"]) == ""
    assert all(mode_names(name) for name in CLASSES)


def test_own_sentences_are_many_marked_and_balanced() -> None:
    """Each class has at least fifteen patterns; every sentence has one source and one target, and no open slot."""
    assert set(patterns()) == set(CLASSES)
    assert min(len(lines) for lines in patterns().values()) >= 15
    drawn = list(sentences(5, seed=1))
    assert len(drawn) > 1500
    assert len({sentence for _, sentence in drawn}) > 0.97 * len(drawn)
    for _, sentence in drawn:
        found = parse_marked(sentence)
        assert len(found.sources) == 1
        assert len(found.targets) >= 1
        assert not set("[]{}|") & set(sentence)


def test_the_weights_fit_the_lexicon() -> None:
    """Weights of phrases name phrases that the lexicon has, so the two were made together."""
    by_first, _ = load_lexicon()
    names = {phrase.name for group in by_first.values() for phrase in group}
    weighted = {name.removeprefix("ph0:") for name in load_weights().rows if name.startswith("ph0:")}
    assert len(weighted) > 200
    assert weighted <= names


def test_training_learns_from_sentences() -> None:
    """A fit on two classes tells them apart on words it has seen, and writes finite weights."""
    rows: list[Example] = [
        (label, features(parse_marked(sentence)))
        for label, sentence in sentences(1, seed=3)
        if label in ("AID", "ASSAULT")
    ]
    weights = fit(rows * 3)
    shares = weights.probabilities(features(parse_marked("<s>Mali</s> bombed <t>Niger</t>.")))
    assert shares["ASSAULT"] > 0.5 > shares["AID"]
    assert sum(shares.values()) == pytest.approx(1)


def _statement(kind: str, **codes: str) -> Statement:
    return Statement(kind=kind, actor="GBR", quote="x", start=0, end=1, **codes)  # type: ignore[arg-type]


def test_every_statement_of_the_scheme_has_a_class() -> None:
    """Asks, responses, tensions and acts map to one of the fifteen classes; caveats and claims to none."""
    for what in WHATS:
        assert plover_of(_statement("ask", target="DEU", what=what))[0] == "REQUEST"
        for status in STATUSES:
            assert plover_of(_statement("response", what=what, status=status))[0] in CLASSES
    for kind_of_tension in TENSION_TYPES:
        assert plover_of(_statement("tension", target="DEU", type=kind_of_tension))[0] in CLASSES
    for action in ACTIONS:
        for realis in REALIS:
            assert plover_of(_statement("act", action=action, realis=realis))[0] in CLASSES
    assert plover_of(_statement("caveat", type="legal", what="escort")) == ("", "")
    assert {"ask", "response", "caveat", "claim", "tension", "act"} == set(KINDS)


def test_words_and_deeds_stay_apart() -> None:
    """A pledge is no aid, a threat no assault, a denial neither."""
    assert plover_of(_statement("response", what="escort", status="pledged")) == ("AGREE", "military")
    assert plover_of(_statement("response", what="logistics", status="delivered"))[0] == "AID"
    assert plover_of(_statement("act", action="attack", realis="threatened")) == ("THREATEN", "violence")
    assert plover_of(_statement("act", action="toll", realis="done")) == ("COERCE", "restrict")
    assert plover_of(_statement("act", action="attack", realis="denied"))[0] == "REJECT"


def test_a_record_says_who_did_what_to_whom() -> None:
    """A record carries codes, class, quote, offsets and how it is meant."""
    document = Document("a", "x asked", publisher="P")
    record = plover_record(document, _statement("act", action="attack", realis="threatened"))
    assert record["source"] == ["GBR"]
    assert record["target"] == ["SHIPPING"]
    assert record["event"] == "THREATEN"
    assert record["future"] is True
    assert document.text[record["start"] : record["end"]] == record["text"]  # type: ignore[misc]


def test_the_command_keeps_order_and_count(tmp_path: Path) -> None:
    """One line a sentence, in order, whatever the cells hold."""
    cells = [
        "<s>Mali</s> attacked <t>Niger</t>.",
        "",
        '"<s>Mali</s> rejected a ""last"" offer by <t>Niger</t>"',
        'a "b <s>Mali</s> praised <t>Niger</t>',
    ]
    table = tmp_path / "sentences.tsv"
    table.write_text("marked_sentence\r\n" + "\r\n".join(cells) + "\r\n", encoding="utf-8-sig", newline="")
    result = CliRunner().invoke(code, [str(table), "--format", "jsonl"])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["event"] for row in rows] == ["ASSAULT", None, "REJECT", "SUPPORT"]
    assert all({"event", "mode", "confidence"} <= set(row) for row in rows)
    strict = CliRunner().invoke(code, [str(table), "--min-confidence", "1.0"])
    assert [json.loads(line)["event"] for line in strict.stdout.splitlines()] == [None] * 4
    plain = CliRunner().invoke(code, [str(table), "--format", "csv"])
    assert plain.stdout.splitlines()[0] == "event,mode,confidence,negated,future,hypothetical"


def test_the_column_may_stand_among_others(tmp_path: Path) -> None:
    """A TSV with further columns is read by the header."""
    table = tmp_path / "sentences.tsv"
    table.write_text("id\tmarked_sentence\n7\t<s>Mali</s> bombed <t>Niger</t>.\n8\n", encoding="utf-8")
    rows = [json.loads(line) for line in CliRunner().invoke(code, [str(table)]).stdout.splitlines()]
    assert [row["event"] for row in rows] == ["ASSAULT", None]


def test_documents_give_records(tmp_path: Path) -> None:
    """A plain document gives one record for each statement that has an event, verbatim in the text."""
    text = "The United States asked Germany to send minehunters. Germany refused to send a frigate."
    path = tmp_path / "docs.jsonl"
    path.write_text(json.dumps({"id": "a", "text": text, "published": "2026-04-01"}), encoding="utf-8")
    result = CliRunner().invoke(code, [str(path)], catch_exceptions=False)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert "REQUEST" in {row["event"] for row in rows}
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows)
    assert {row["date"] for row in rows} == {"2026-04-01"}
