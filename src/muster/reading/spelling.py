"""Patterns for languages with letters beyond ASCII, and for the ways their letters are written on the wire."""

_EDGE = r"(?:(?<=\w)(?!\w)|(?<!\w)(?=\w))"
_LETTERS = "À-ɏ"


def beyond_ascii(pattern: str, spelling: dict[str, str]) -> str:
    r"""Return a pattern for a language with letters beyond ASCII, of which RE2's `\w` and `\b` know nothing.

    `spelling` maps a letter to a pattern of how it is written; it must not stand inside a character class.
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
        kept.append(char if in_class else spelling.get(char, char))
        i += 1
    return "".join(kept)
