"""Which language a text is in: ISO 639-1 by py3langid, restricted to the languages that news on coalitions comes in."""

import re
from functools import lru_cache
from typing import Any

LANGUAGES = (
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "is", "it",
    "ja", "ko", "lt", "lv", "mk", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "th", "tl",
    "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
"""The languages that `detect_language` may return: NATO's and the EU's members', the Gulf's, East and South Asia's."""

_SAMPLE_CHARACTERS = 800  # py3langid is sure long before this; it costs 0.1 ms
_HEAD_CHARACTERS = 300  # what is looked at for English words first
_MIN_ENGLISH_WORDS = 12
_MIN_LETTERS = 3

# Frequent English words that are no words of the other Latin-script languages above ("was", "of", "by", "has", "is"
# are: German, Dutch, Danish, Spanish). A text full of them needs no model.
_ENGLISH = re.compile(r"\b(?:the|and|that|with|were|would|which|from|this|said|their|its|been)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of the language that a text is mostly in; empty where it has no words.

    The first 800 characters decide. Texts that begin with one function word of English alone in eight words or fewer
    are English without asking the model; for all others py3langid (naive Bayes over byte n-grams) chooses among
    LANGUAGES. One or two sentences suffice; a headline of three words may be wrong.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        `en`, `de`, ...; Norwegian is `no` whichever of its written forms; empty for a text without letters.
    """
    head = text[:_HEAD_CHARACTERS]
    n_words = head.count(" ") + 1
    if n_words >= _MIN_ENGLISH_WORDS and 8 * len(_ENGLISH.findall(head)) >= n_words:
        return "en"
    sample = text[:_SAMPLE_CHARACTERS]
    if sum(map(len, _WORD.findall(sample))) < _MIN_LETTERS:
        return ""
    return str(_identifier().classify(sample)[0])


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
    identifier.set_languages(list(LANGUAGES))
    return identifier
