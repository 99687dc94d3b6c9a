"""German, French, Spanish and Italian: folders of data, read by the same engine as English."""

import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from muster.base.actors import actor_names, not_actors, state_codes
from muster.base.document import Document
from muster.base.scheme import GROUPS, ORGANISATIONS
from muster.documents import detect_language
from muster.reading.gazetteer import find_mentions
from muster.reading.lexicon import languages, load_lexicon
from muster.reading.rules import RuleReader, read_text
from muster.reading.sentences import find_sentences
from muster.reading.sketch import actor_patterns
from muster.reading.spelling import beyond_ascii

DAY = date(2026, 5, 1)
FOREIGN = tuple(language for language in languages() if language != "en")
STATUSES = {
    "refused", "considering", "conditional", "pledged", "authorised", "deployed", "delivered", "withdrawn",
}  # fmt: skip
CAVEATS = {"legal", "parliamentary", "political", "operational", "relational", "capability"}


def _codes(text: str, language: str) -> list[str]:
    return [
        " ".join([*(() if s.kind == "response" else (s.kind,)), *s.fields().values()])
        for s in read_text(text, DAY, language)
    ]


def test_the_four_languages_have_folders() -> None:
    """German, French, Spanish and Italian stand beside English."""
    assert set(languages()) >= {"en", "de", "fr", "es", "it"}


@pytest.mark.parametrize("language", FOREIGN)
def test_a_folder_covers_statuses_asks_and_caveats(language: str) -> None:
    """The example sentences of a language show every status, asks in active and passive, and all types of caveat."""
    frames = load_lexicon(language).frames
    assert {frame.option("status") for frame in frames if frame.kind == "response"} >= STATUSES
    assert {frame.name for frame in frames if frame.kind == "ask"} >= {"ask.verb", "ask.passive"}
    told = [example.rpartition(" => ")[2].split() for frame in frames for example in frame.yes]
    assert {words[2] for words in told if words[0] == "caveat"} >= CAVEATS
    whats = {words[1] for words in told if len(words) == 3}
    assert whats >= {"escort", "mine_clearance", "basing", "logistics", "air_defence", "mission", "political_support"}


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("de", "Bundeskanzler Merz sieht keinen Anlass fuer einen Militaereinsatz.", "DEU mission refused"),
        ("fr", "L'Italie est prete a participer a une escorte navale.", "ITA escort pledged"),
        ("es", "Espana rechazo la peticion de Washington de usar la base aerea.", "ESP basing refused"),
        ("it", "La Norvegia invieraʼ una fregata.".replace("ʼ", "'"), "NOR escort pledged"),
        ("it", "La Norvegia inviera una fregata.", "NOR escort pledged"),
    ],
)
def test_wire_spelling_without_accents_is_read(language: str, text: str, wanted: str) -> None:
    """Agencies write ae for ä and leave accents out; the statement and its quote are the same."""
    assert wanted in _codes(text, language)
    for statement in read_text(text, DAY, language):
        statement.check_quote(text)


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("de", "Heute lehnte Frankreichs Präsident Macron den Einsatz einer Fregatte ab.", "FRA escort refused"),
        ("fr", "Le ministre espagnol de la Défense a refusé l'envoi d'une frégate.", "ESP escort refused"),
        ("es", "El ministro italiano de Defensa, Guido Crosetto, rechazó enviar una fragata.", "ITA escort refused"),
        ("it", "Il ministro tedesco della Difesa ha promesso due cacciamine.", "DEU mine_clearance pledged"),
    ],
)
def test_a_minister_speaks_for_the_state(language: str, text: str, wanted: str) -> None:
    """Titles go before or behind the nationality, as the language has it."""
    assert wanted in _codes(text, language)


def test_assets_are_counted_in_the_language() -> None:
    """Number words are data of the language."""
    (statement,) = read_text("Norwegen hat zwei Minenjagdboote entsandt.", DAY, "de")
    assert statement.assets == ("2 minenjagdboote",)


def test_a_german_date_ends_no_sentence() -> None:
    """The full stop of an ordinal before a month stands inside the sentence."""
    text = "Norwegen hat am 3. Mai eine Fregatte entsandt. Polen nicht."
    assert len(list(find_sentences(text, no_end=load_lexicon("de").words["no_end"]))) == 2
    assert "NOR escort deployed" in _codes(text, "de")


@pytest.mark.parametrize("language", FOREIGN)
def test_name_tables_hold_known_codes(language: str) -> None:
    """Every row names a state, group or organisation of the scheme; no state of 1991-2026 is left out."""
    codes = {name.code for name in actor_names(language)}
    assert codes <= set(state_codes()) | set(GROUPS) | set(ORGANISATIONS) | {"SHIPPING", "OTHERS", "COALITION"}
    own = {name.code for name in actor_names(language) if name not in set(actor_names())}
    assert len(own) > 100


def test_shielded_names_are_nobody() -> None:
    """The Gulf of Oman is not Oman, in any language."""
    assert "golfe d'Oman" in not_actors("fr")
    for language, text in (("de", "im Golf von Oman"), ("fr", "le golfe d'Oman"), ("es", "el golfo de Omán")):
        assert find_mentions(text, DAY, language) == []


def test_names_of_a_language_stay_in_it() -> None:
    """German nationalities are not looked for in English text."""
    assert find_mentions("norwegische", DAY) == []
    assert [mention.codes for mention in find_mentions("norwegische", DAY, "de")] == [("NOR",)]


def test_patterns_know_letters_beyond_ascii() -> None:
    r"""`\b` and `\w` reach over ü and é in RE2 as in `re`; spelling leaves character classes alone."""
    assert beyond_ascii(r"\bü", {"ü": "(?:ü|ue)"}).endswith("(?:(?:ü|ue)|u\u0308)")
    assert beyond_ascii(r"[ü\w]", {"ü": "(?:ü|ue)"}) == "[ü\\wÀ-ɏ\u0300-\u036f]"


OWN = Path(__file__).parent / "data" / "other_languages.tsv"
TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def _own_sentences() -> list[tuple[str, str, set[str]]]:
    rows = [line.split("\t") for line in OWN.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(row[0], row[1], {code.strip() for code in "".join(row[2:]).split(";")} - {""}) for row in rows]


@pytest.mark.parametrize(("language", "text", "wanted"), _own_sentences())
def test_own_sentences_are_read_exactly(language: str, text: str, wanted: set[str]) -> None:
    """What a sentence states is read, whatever it does not state is not: half of what is false is a near miss."""
    assert set(_codes(text, language)) == wanted


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("spelling", ["two characters", "transcribed"])
def test_spelling_hides_nothing(language: str, spelling: str) -> None:
    """A letter and its mark as two characters, and umlauts as two letters, give the same statements."""
    for own_language, text, wanted in _own_sentences():
        if own_language == language:
            written = (
                unicodedata.normalize("NFD", text) if spelling == "two characters" else text.translate(TRANSCRIBED)
            )
            assert set(_codes(written, language)) == wanted, written


@pytest.mark.parametrize("language", FOREIGN)
def test_every_pattern_compiles(language: str) -> None:
    """Patterns are compiled when first needed; a folder with a faulty one would fail on some text only."""
    lexicon = load_lexicon(language)
    guards = [*lexicon.words.values(), *(frame.unless for frame in lexicon.frames if frame.unless)]
    guards += [pattern for _, pattern in (*lexicon.conditions, *lexicon.reasons, *lexicon.realis)]
    guards += actor_patterns(language).values()
    for pattern in (*lexicon.cue_set.patterns, *lexicon.objects.patterns, *(guard.pattern for guard in guards)):
        re.compile(pattern)


def test_words_that_differ_by_an_accent_are_told_apart() -> None:
    """Where a word without its accent is another one, the accent must stand."""
    assert _codes("Chile konnte eine Fregatte schicken.", "de") == []
    assert _codes("La consegna e l'invio di una fregata costerebbero alla Norvegia due milioni.", "it") == []
    assert _codes("Perú califica el envio de sus fragatas de error.", "es") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Deutschland wird keine Fregatte in die Meerenge schicken, sagte der Kanzler in Berlin."),
        ("fr", "Le gouvernement français a refusé d'envoyer une frégate dans le détroit, selon le ministre."),
        ("es", "El Gobierno español rechazó enviar una fragata al estrecho, según dijo la ministra."),
        ("it", "Il governo italiano ha rifiutato di inviare una fregata nello stretto, secondo il ministro."),
    ],
)
def test_the_language_is_detected_and_read(language: str, text: str) -> None:
    """A document without a language of its own is read by the lexicon of the language it is in."""
    assert detect_language(text) == language
    document = Document(source_id="x", text=text, language=detect_language(text), published=DAY)
    assert [s for s in RuleReader().read(document) if s.kind == "response"]
