"""Which agency a document says its story is from: "AP via Manila Bulletin", "PARIS (Reuters) -", "(citing Reuters)"."""

import re

from muster.base.document import Document

_HEAD_CHARACTERS = 400  # a dateline and the first attribution stand here

# News agencies under the names they are cited by.
_AGENCIES: dict[str, tuple[str, ...]] = {
    "ap": ("AP", "Associated Press", "The Associated Press"),
    "reuters": ("Reuters", "Thomson Reuters"),
    "afp": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "dpa": ("dpa", "dpa-AFX", "Deutsche Presse-Agentur"),
    "efe": ("EFE", "Agencia EFE"),
    "ansa": ("ANSA",),
    "askanews": ("askanews",),
    "bloomberg": ("Bloomberg", "Bloomberg News"),
    "upi": ("UPI", "United Press International"),
    "pa media": ("PA Media", "Press Association"),
    "anadolu": ("Anadolu", "Anadolu Agency", "AA"),
    "xinhua": ("Xinhua",),
    "kyodo": ("Kyodo", "Kyodo News"),
    "jiji": ("Jiji", "Jiji Press"),
    "yonhap": ("Yonhap", "Yonhap News Agency"),
    "interfax": ("Interfax",),
    "tass": ("TASS",),
    "pap": ("PAP",),
    "mti": ("MTI",),
    "ntb": ("NTB",),
    "tt": ("TT",),
    "belga": ("Belga",),
    "anp": ("ANP",),
    "lusa": ("Lusa",),
    "irna": ("IRNA",),
    "pti": ("PTI", "Press Trust of India"),
    "canadian press": ("The Canadian Press", "Canadian Press"),
}
_KEY_OF = {name.casefold(): key for key, names in _AGENCIES.items() for name in names}
_ANY = "|".join(
    re.escape(name) for name in sorted((name for names in _AGENCIES.values() for name in names), key=len, reverse=True)
)

# Letter case counts in running text: "AP", "TT" and "AA" are also parts of words.
_DATELINE = re.compile(rf"\(\s*({_ANY})\s*\)|^\W{{0,3}}({_ANY})\s?[:\u2014\u2013-]\s")
_REPORTED = re.compile(
    rf"(?<!\w)({_ANY})(?: news agency)?,? (?:reported|reports|said in a report)(?!\w)"
    rf"|(?<!\w)(?:according to|citing|reported by|told) (?:the )?({_ANY})(?!\w)"
)
_PUBLISHER_SPLIT = re.compile(r"\s*(?:\bvia\b|\(|\)|/|,|;|\bciting\b|\bcopy of\b|\bcopy\b|\bfrom\b)\s*", re.IGNORECASE)


def agencies_of(document: Document) -> frozenset[str]:
    """Return the keys of the agencies that a document credits its story to; empty where it credits none.

    Looked at are the publisher ("AP via Manila Bulletin", "The Citizen (citing Reuters)") and the first 400 characters
    (a dateline "LONDON (AP)", "Reuters reported"). "Told Reuters" counts too: the story is that agency's.

    Parameters
    ----------
    document : Document

    Returns
    -------
    frozenset of str
        Lower-case keys such as `ap`, `reuters`.
    """
    pieces = _PUBLISHER_SPLIT.split(document.publisher)
    found = {_KEY_OF[piece.strip().casefold()] for piece in pieces if piece.strip().casefold() in _KEY_OF}
    head = document.text[:_HEAD_CHARACTERS]
    for pattern in (_DATELINE, _REPORTED):
        for match in pattern.finditer(head):
            found.add(_KEY_OF[next(name for name in match.groups() if name).casefold()])
    return frozenset(found)
