"""What a sentence says beyond quantifier, population, predicate and day: refused, or named as not read.

Invariant: nothing that would turn the meaning round (an exception, a condition, a second statement, a day without its
number) is passed over in silence.
"""

import re
from collections.abc import Iterable

from muster.assessment.claim_words import MONTH, Words
from muster.base.actors import actor_names, display_name, state_codes
from muster.base.errors import InputError

_DENIAL = re.compile(r"^it(?:'s| is| was) (?:false|untrue|wrong|not (?:true|the case|so))(?: to (?:say|claim))? that ")
_NO_DAY = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTH})\b(?: \d{{4}}\b)?|\b(?:{MONTH}) \d{{1,4}}\b"
    rf"|(?:(?<=\bin )|(?<=\bby )|(?<=since )|(?<=during )|(?<=until ))(?:{MONTH})\b|\b(?:19|20)\d\d(?:-\d\d)*\b"
)
_EXCEPTION = re.compile(
    r"\b(?:but|except(?:ing)?|excluding|without|apart from|other than|aside from|save for|with the exception of)\b"
)
_CONDITION = re.compile(r"\b(?:if|unless|provided|as long as|in case|once)\b")
_JOINT = re.compile(r"\b(?:and|or|nor)\b")
_FILLERS = frozenset((
    "the", "a", "an", "have", "has", "had", "is", "are", "was", "were", "been", "be", "yet", "now", "already",
    "to", "of", "in", "on", "for", "with", "as", "at", "by", "from", "that", "their", "its", "them", "they",
    "it", "this", "any", "do", "does", "did", "not", "never", "cannot", "will", "so", "far", "themselves",
))  # fmt: skip


def take_denial(text: str) -> tuple[bool, str]:
    """Return whether the whole sentence is denied (`it is false that ...`), and the sentence without that."""
    match = _DENIAL.match(text)
    return (True, text[match.end() :]) if match else (False, text)


def refuse_dates_without_day(text: str, sentence: str) -> None:
    """Raise InputError for `by 2026`, `in April`, `since 9 April`: a claim is checked on a day; 2026 is no count.

    `text` is the sentence without the date that was read.
    """
    match = _NO_DAY.search(text)
    if match:
        raise InputError(
            f"claim {sentence!r}: could not read the day {match.group()!r}",
            rule="a claim is checked on one day",
            next_step="Name it, such as 'on 9 April 2026', or give --as-of",
        )


def refuse_one_country(sentence: str, text: str) -> None:
    """Raise InputError where the subject is one state (`France has refused bases`): that is a cell, not a claim.

    `text` is the sentence in lower case.
    """
    subject = re.split(r"\b(?:ha[sd]|have|is|are|was|were|will|would|did|does|do|refuse|let|allow|send|sent)", text)[0]
    states = set(state_codes())
    for name in actor_names():
        if name.form != "name" or name.code not in states:
            continue
        if re.match(rf"(?:the )?{re.escape(name.text.casefold())}(?!\w)", subject):
            raise InputError(
                f"claim {sentence!r}: speaks of one state, {display_name(name.code)}",
                rule="a claim is about a whole population",
                next_step=f"See its cell: muster why {name.code} basing (or another ask; `muster asks` lists them)",
            )


def refuse_what_turns_the_meaning(
    left: str, matters: Iterable[Words], verbs: Iterable[Words], sentence: str, *, is_phrase: bool
) -> None:
    """Raise InputError for an exception, a condition or a second statement in what the parts left over.

    Parameters
    ----------
    left : str
        The sentence with quantifier, population and a whole phrase masked.
    is_phrase : bool
        A whole phrase was read already, so that any further matter or verb is a second statement.
    """
    for pattern, part in ((_EXCEPTION, "an exception"), (_CONDITION, "a condition")):
        match = pattern.search(left)
        if match:
            raise InputError(
                f"claim {sentence!r}: could not read {part} ({left[match.start() :].strip()!r})",
                rule="a claim is about a whole population, as things stand",
                next_step="Leave it out, or count: 'all but two allies'",
            )
    parts = _JOINT.split(left)
    matters, verbs = tuple(matters), tuple(verbs)
    said = [next((row.whats for row in matters if row.pattern.search(part)), ()) for part in parts]
    done = [any(row.pattern.search(part) for row in verbs) for part in parts]
    n_told = sum(done) + is_phrase
    if len(parts) > 1 and (len({whats for whats in said if whats}) + is_phrase > 1 or n_told > 1):
        raise InputError(
            f"claim {sentence!r}: could not read two statements at once ({' '.join(left.split())!r})",
            rule="a claim has one verb and one matter",
            next_step="Check them one by one",
        )


def words_not_read(left: str, read: Iterable[re.Pattern[str]], askers: Iterable[str]) -> str:
    """Return the words of what the parts left over that no pattern reads, in their order; empty if there are none."""
    for pattern in read:
        left = pattern.sub(" \u2022 ", left)
    for name in sorted(askers, key=len, reverse=True):
        left = left.replace(name, " \u2022 ")
    return " ".join(word for word in re.findall(r"[^\W_][\w'-]*", left) if word not in _FILLERS)
