"""Languages of one or two sentences."""

import pytest

from muster.documents import detect_language
from muster.documents.language import LANGUAGES

SENTENCES = {
    "en": (
        "Germany will send two minehunters if parliament agrees.",
        "Spain refused the use of its bases.",
        "Trump urged allies to send warships to the strait. Most declined.",
        "Canada offered surveillance aircraft but no ships.",
        "No ships, says Tokyo.",
        "Ankara is studying the request, its foreign minister told reporters.",
        "Rutte: nearly all allies are doing what was asked.",
    ),
    "de": (
        "Deutschland schickt zwei Minenjagdboote, wenn der Bundestag zustimmt.",
        "Spanien verweigert die Nutzung seiner Stützpunkte.",
        "Bundeskanzler Merz sieht keinen Anlass für einen Militäreinsatz in der Straße von Hormus.",
        "Die Türkei prüft, ob sie Schiffe entsendet. Eine Entscheidung steht noch aus.",
        "Italien sagt Nein.",
        "Der Minister lehnte eine Beteiligung ab.",
        "Rutte: Fast alle Verbündeten tun, was verlangt wurde.",
    ),
    "fr": (
        "La France enverra deux frégates si le Parlement donne son accord.",
        "L'Espagne refuse l'utilisation de ses bases.",
        "Macron a déclaré que les escortes ne commenceraient qu'après la phase la plus intense du conflit.",
        "Le Canada étudie la demande. Aucune décision n'a été prise.",
        "Berlin dit non à une mission militaire.",
        "Le ministre a exclu toute participation.",
        "Paris est prêt à participer à des escortes dans le détroit.",
    ),
    "es": (
        "España no permitirá el uso de las bases de Rota y Morón.",
        "El Gobierno rechazó la petición de Estados Unidos.",
        "Francia enviará dos fragatas cuando termine la fase más crítica del conflicto.",
        "El ministro dijo que su país estudia la solicitud. No hay decisión.",
        "Alemania dice que no.",
        "Los aliados se comprometieron a reabrir el estrecho.",
        "Macron: está en marcha una misión defensiva.",
    ),
    "it": (
        "L'Italia invierà due cacciamine se il Parlamento darà il via libera.",
        "La Spagna nega l'uso delle sue basi.",
        "Crosetto: le navi partiranno soltanto se l'Iran sarà d'accordo.",
        "Il governo sta valutando la richiesta. Nessuna decisione è stata presa.",
        "Berlino dice no alla missione militare.",
        "Il ministro ha escluso qualsiasi partecipazione.",
        "La Francia è pronta a partecipare alle scorte nello stretto.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "text"),
    [(code, text) for code, texts in SENTENCES.items() for text in texts],
    ids=lambda value: value[:30],
)
def test_one_or_two_sentences_are_enough(code, text):
    """English, German, French, Spanish and Italian, down to four words."""
    assert detect_language(text) == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("nl", "België neemt deel aan de missie in de Straat van Hormuz, zei de minister."),
        ("pl", "Premier powiedział we wtorek, że Polska nie wyśle wojsk do Iranu."),
        ("tr", "Türkiye iki taraf arasında mesaj taşıyor, bakan üslerin kullanılmasına izin vermedi."),
        ("ru", "Эстония готова обсуждать отправку сил в пролив, сказал министр."),
        ("uk", "Рютте заявив, що союзники обговорюють найкращу стратегію."),
        ("ar", "قال ماكرون إن فرنسا تعمل مع دول شريكة لتسهيل عبور السفن"),
        ("el", "Η Ελλάδα δεν θα στείλει πλοία, είπε ο υπουργός."),
        ("ja", "高市首相はオマーン国王と電話会談を行った。"),
        ("zh", "外交部发言人表示,各方应保持冷静。"),
        ("hu", "Magyarország nem küld hajókat, mondta a miniszter."),
        ("no", "22 land uttrykte sin beredskap til å sikre sundet, sa ministeren i Oslo."),
    ],
)
def test_other_languages_are_not_taken_for_the_five(code, text):
    """A language without a lexicon must be known as such."""
    assert detect_language(text) == code


@pytest.mark.parametrize("text", ["", "   \n", "12:30 -- 14.5 %", "—"])
def test_a_text_without_words_has_no_language(text):
    """Nothing is guessed from digits and signs."""
    assert detect_language(text) == ""


def test_every_listed_language_is_a_two_letter_code():
    """The codes are ISO 639-1 and listed once."""
    assert len(set(LANGUAGES)) == len(LANGUAGES)
    assert all(len(code) == 2 for code in LANGUAGES)
