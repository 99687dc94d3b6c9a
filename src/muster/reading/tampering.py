"""Forged quotes, for testing the verifier: every way of lying with a quote that we know, applied to a true one.

Each forgery says something else than the document, or is not what stands there letter for letter. Enumerated, without
chance, so that a failure can be repeated. The word lists here are written apart from those of `governing`, because a
lock that is tested with its own key proves nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

COUNTRIES: Final = (
    "France", "Germany", "Spain", "Italy", "Britain", "Japan", "Turkey", "Iran", "Hungary", "Poland", "Oman", "Canada",
    "Norway", "Greece", "Estonia", "Australia", "Denmark", "Belgium", "China", "India", "Pakistan", "Lithuania",
    "French", "German", "Spanish", "Italian", "British", "Japanese", "Turkish", "Iranian", "American", "European",
    "US", "UK", "NATO", "EU", "UN", "Trump", "Starmer", "Macron", "Merz", "Tehran", "London", "Paris", "Berlin",
    "Washington", "Madrid", "Rome", "Ankara", "Tokyo",
)  # fmt: skip

VERBS: Final = {
    "will": "may", "would": "could", "has": "had", "have": "had", "is": "was", "are": "were", "said": "denied",
    "refused": "agreed", "agreed": "refused", "declined": "offered", "sent": "promised", "sending": "weighing",
    "send": "withhold", "join": "leave", "joined": "left", "asked": "ordered", "urged": "forbade", "allowed": "barred",
    "pledged": "delivered", "offered": "denied", "ready": "unready", "accepted": "spurned", "signed": "rejected",
    "deployed": "recalled", "considering": "rejecting", "supports": "opposes", "attacked": "spared", "seized": "freed",
    "closed": "opened", "accused": "praised", "criticised": "praised", "demanded": "declined", "must": "might",
    "can": "must", "should": "need", "threatened": "promised", "called": "apologised", "requested": "rejected",
}  # fmt: skip

HEDGES: Final = (
    "nearly", "almost", "not", "never", "no", "hardly", "scarcely", "barely", "not even", "not yet", "more than",
    "fewer than", "only", "few", "some", "most", "neither", "none of the", "few of the", "most of the", "some of its",
    "refused to", "declined to", "failed to", "did not", "won't", "denied that", "far from", "nobody", "without",
    "rarely", "unless", "no plans to",
)  # fmt: skip
_ROUNDINGS: Final = ("about", "around", "up to", "at least", "over", "roughly", "as many as")  # before numbers
_AUXILIARIES: Final = (
    "will", "would", "has", "have", "is", "are", "was", "were", "can", "could", "must", "should", "had", "did",
)  # fmt: skip
_NEGATIONS: Final = re.compile(
    r"\b(?:not|never|no|without|nor|neither|none|nothing)\b ?|n['’]t\b|(?<=can)not\b", re.IGNORECASE
)
_NUMBER_WORDS: Final = ("one", "two", "three", "four", "five", "six", "ten", "twelve", "twenty", "thirty", "forty")
_LOOKALIKES: Final = {
    "a": "а",
    "e": "е",
    "o": "о",
    "i": "і",
    "c": "с",
    "p": "р",
    "x": "х",
    "A": "А",
    "E": "Е",
    "T": "Т",
}
_INVISIBLE: Final = ("\u200b", "\u200c", "\u200d", "\u2060", "\u00ad", "\ufeff", "\u202e", "\u0301", "\u034f", "\ufe0f")
_LIGATURES: Final = {"ffi": "ﬃ", "fi": "ﬁ", "fl": "ﬂ", "ff": "ﬀ", "st": "ﬆ"}


@dataclass(frozen=True, slots=True)
class Forgery:
    """A forged quote and how it was made."""

    kind: str
    quote: str


def _swap(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _full_width(match: re.Match[str]) -> str:
    return chr(ord(match.group()) + 0xFEE0)  # the full-width forms follow ASCII in order


def add_negations(quote: str) -> Iterator[str]:
    """Yield the quote with a negation put in."""
    for word in _AUXILIARIES:
        for match in re.finditer(rf"\b{word}\b", quote):
            yield _swap(quote, match, f"{word} not")
            yield _swap(quote, match, f"{word} never")
            yield _swap(quote, match, f"{word}n't")
    for match in re.finditer(r"\b(?:to|the|a|all|any)\b", quote):
        yield _swap(quote, match, f"not {match.group()}")
        yield _swap(quote, match, "no")
    yield f"not {quote}"
    yield f"{quote} not"
    yield f"Nearly {quote}"


def remove_negations(quote: str) -> Iterator[str]:
    """Yield the quote with a negation taken out, also at its edges."""
    for match in _NEGATIONS.finditer(quote):
        yield _swap(quote, match, "")
    for hedge in HEDGES:
        for match in re.finditer(rf"\b{re.escape(hedge)} ", quote, re.IGNORECASE):
            yield _swap(quote, match, "")


def swap_countries(quote: str) -> Iterator[str]:
    """Yield the quote with one country, capital or leader in place of another."""
    for country in COUNTRIES:
        for match in re.finditer(rf"\b{country}\b", quote):
            for place in range(1, len(COUNTRIES), 7):
                yield _swap(quote, match, COUNTRIES[(COUNTRIES.index(country) + place) % len(COUNTRIES)])


def change_numbers(quote: str) -> Iterator[str]:
    """Yield the quote with a number changed: other digits, a digit more or less, another number word."""
    for match in re.finditer(r"\d+", quote):
        digits = match.group()
        for new in (str(int(digits) + 1), digits + "0", digits[:-1] or "0", digits[::-1], f"{digits}.5", f"-{digits}"):
            yield _swap(quote, match, new)
        if len(digits) > 1:
            yield quote[match.start() + 1 :]
            yield quote[: match.end() - 1]
        yield _swap(quote, match, re.sub(r"[0-9]", _full_width, digits))
    for place, word in enumerate(_NUMBER_WORDS):
        for match in re.finditer(rf"\b{word}\b", quote):
            yield _swap(quote, match, _NUMBER_WORDS[(place + 1) % len(_NUMBER_WORDS)])


def replace_verbs(quote: str) -> Iterator[str]:
    """Yield the quote with a verb replaced."""
    for verb, other in VERBS.items():
        for match in re.finditer(rf"\b{verb}\b", quote):
            yield _swap(quote, match, other)


def splice(quote: str, others: Iterable[str]) -> Iterator[str]:
    """Yield halves of the quote joined with halves of others, and the quote with its middle taken out."""
    words = quote.split(" ")
    half = len(words) // 2
    for other in others:
        rest = other.split(" ")
        middle = len(rest) // 2
        for joint in (" ", " ... ", " … ", " [...] "):
            yield " ".join(words[:half]) + joint + " ".join(rest[middle:])
            yield " ".join(rest[:middle]) + joint + " ".join(words[half:])
    third = len(words) // 3
    if third:
        for joint in (" ", " ... ", "... ", " … ", " (...) ", " - ", "\n"):
            yield " ".join(words[:third]) + joint + " ".join(words[2 * third :])
    for place in range(1, len(words) - 1):
        yield " ".join(words[:place] + words[place + 1 :])
        yield " ".join([*words[: place - 1], words[place], words[place - 1], *words[place + 1 :]])
        yield " ".join([*words[:place], words[place], *words[place:]])


def change_case(quote: str) -> Iterator[str]:
    """Yield the quote with the case of letters changed."""
    yield quote.upper()
    yield quote.lower()
    yield quote.title()
    yield quote.swapcase()
    for match in re.finditer(r"\b[^\W\d_]", quote):
        yield _swap(quote, match, match.group().swapcase())


def cut_words(quote: str) -> Iterator[str]:
    """Yield the quote with the cut inside its first or last word."""
    first, last = len(quote.split(" ", maxsplit=1)[0]), len(quote.rsplit(" ", maxsplit=1)[-1])
    for n_characters in range(1, first):
        if quote[n_characters - 1].isalnum() and quote[n_characters].isalnum():
            yield quote[n_characters:]
    for n_characters in range(1, last):
        if quote[-n_characters].isalnum() and quote[-n_characters - 1].isalnum():
            yield quote[:-n_characters]


def disguise(quote: str) -> Iterator[str]:
    """Yield the quote with look-alike letters, invisible characters, ligatures, other ellipses and accents."""
    for letter, other in _LOOKALIKES.items():
        if letter in quote:
            yield quote.replace(letter, other, 1)
    middle = len(quote) // 2
    for sign in _INVISIBLE:
        yield quote[:middle] + sign + quote[middle:]
        yield sign + quote
    for plain, ligature in _LIGATURES.items():
        if plain in quote:
            yield quote.replace(plain, ligature, 1)
    yield unicodedata.normalize("NFD", quote)
    yield unicodedata.normalize("NFKD", quote)
    yield re.sub(r"[A-Za-z]", _full_width, quote, count=1)
    yield quote.replace("...", "…")
    yield quote.replace("…", "...")
    yield f"{quote}..."
    yield f"{quote} [sic]"


def change_punctuation(quote: str) -> Iterator[str]:
    """Yield the quote with marks put in or taken out, words run together or torn apart."""
    for mark in ",;:.":
        if mark in quote.rstrip(",;:."):
            yield quote.rstrip(",;:.").replace(mark, "", 1)
    words = quote.split(" ")
    for place in range(1, len(words), 3):
        yield " ".join([*words[:place], f'"{words[place]}"', *words[place + 1 :]])
        yield " ".join([*words[: place - 1], words[place - 1] + words[place], *words[place + 1 :]])
        yield " ".join([*words[:place], ",", *words[place:]])
    yield quote.rstrip(".") + "?"
    yield f"{quote}!?"
    for match in re.finditer(r"(?<=\w)-(?=\w)", quote):
        yield _swap(quote, match, "")
        yield _swap(quote, match, " ")
    longest = max(words, key=len)
    if len(longest) > 3:
        yield quote.replace(longest, f"{longest[:2]} {longest[2:]}", 1)


def cut_hedges(text: str) -> Iterator[str]:
    """Yield stretches of the text that start just after a hedge or negation, to the end of the sentence and shorter."""
    patterns = [rf"\b{re.escape(hedge)} +(?=\w)" for hedge in HEDGES]
    patterns += [rf"\b{re.escape(hedge)} +(?=\d|half|a fifth|(?:{'|'.join(_NUMBER_WORDS)})\b)" for hedge in _ROUNDINGS]
    patterns.append(r"\b(?:might|could|may) +(?=(?:be|have|send|join|help|take|offer|host|lead|follow|consider)\b)")
    for pattern in patterns:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            sentence = re.split(r"(?<=[.!?])\s", text[match.end() :], maxsplit=1)[0]
            words = sentence.split(" ")
            for n_words in {len(words), 3 * len(words) // 4, len(words) // 2}:
                if n_words >= 2:
                    yield " ".join(words[:n_words])


def forge(text: str, quote: str, others: Iterable[str] = ()) -> Iterator[Forgery]:
    """Yield every forgery of a true quote; forgeries that happen to stand in the text word for word are left out.

    Parameters
    ----------
    text : str
        The document.
    quote : str
        Stands in it.
    others : iterable of str
        Other true quotes of the same document, for splicing.

    Yields
    ------
    Forgery
        Cuts at the edges (`cut_words`, `change_numbers`, `remove_negations`) are by nature stretches of the text and
        stay in, unless the same stretch also stands elsewhere.
    """
    makers = {
        "negation added": add_negations(quote), "negation removed": remove_negations(quote),
        "country swapped": swap_countries(quote), "number changed": change_numbers(quote),
        "verb replaced": replace_verbs(quote), "spliced": splice(quote, list(others)),
        "case changed": change_case(quote), "word cut": cut_words(quote), "disguised": disguise(quote),
        "marks changed": change_punctuation(quote),
    }  # fmt: skip
    n_true = text.count(quote)
    for kind, forgeries in makers.items():
        for forged in forgeries:
            is_cut = forged in quote and kind in ("word cut", "number changed", "negation removed")
            n_found = text.count(forged)
            if len(forged) < 4 or forged.strip() == quote or (n_found and not is_cut) or (is_cut and n_found > n_true):
                continue
            yield Forgery(kind, forged)


def true_variants(quote: str) -> Iterator[str]:
    """Yield the quote with other forms of its quotation marks, dashes and white space: still true."""
    yield quote
    yield f"  {quote}\n"
    yield quote.replace(" ", "\u00a0")
    yield quote.replace(" ", "  ")
    yield quote.replace(" ", "\n", 1)
    yield quote.replace(" ", "\u2009\u202f")
    yield quote.replace("'", "’")
    yield quote.replace("’", "'")
    yield quote.replace('"', "“")
    yield quote.replace("“", '"').replace("”", '"')
    yield quote.replace("-", "–")
    yield quote.replace("-", "\u2011")
    yield quote.replace("—", "--").replace("–", "-")
