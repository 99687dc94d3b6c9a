"""Patterns for languages with letters beyond ASCII, and for the ways their letters are written on the wire."""

import unicodedata

_EDGE = r"(?:(?<=\w)(?!\w)|(?<!\w)(?=\w))"
_LETTERS = "À-ɏ\u0300-\u036f"  # with the marks that stand behind a letter where a text writes it in two characters


def beyond_ascii(pattern: str, spelling: dict[str, str]) -> str:
    r"""Return a pattern for a language with letters beyond ASCII, of which RE2's `\w` and `\b` know nothing.

    `spelling` maps a letter to a pattern of how it is written; that it may be written as a letter and a mark is known.
    In a character class a letter stands for itself: `[ö]` where another spelling would be another word.
    """
    kept: list[str] = []
    in_class = False
    i = 0
    while i < len(pattern):
        char = pattern[i]
        two = pattern[i : i + 2]
        if char == "\\":
            kept.append(
                {r"\b": two if in_class else _EDGE, r"\w": rf"\w{_LETTERS}" if in_class else rf"[\w{_LETTERS}]"}.get(
                    two, two
                )
            )
            i += 2
            continue
        in_class = char == "[" or (in_class and char != "]")
        kept.append(char if in_class or char.isascii() else _written(char, spelling))
        i += 1
    return "".join(kept)


def _written(char: str, spelling: dict[str, str]) -> str:
    """Return a pattern of how a letter is written: as it is, as its language has it, as a letter and a mark."""
    apart = unicodedata.normalize("NFD", char)
    ways = spelling.get(char, char)
    return ways if apart == char else f"(?:{ways}|{apart})"
