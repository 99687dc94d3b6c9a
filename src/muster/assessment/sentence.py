"""A sentence about the whole, parsed: quantifier, population, predicate, date; or exactly what was not understood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from muster.assessment.claim_words import MONTH, MONTHS, SHARES, ClaimWords, Words, claim_words, number_of
from muster.assessment.quantity import Quantity, counted_quantity, named_quantity, thresholds_of
from muster.assessment.unread import (
    refuse_dates_without_day,
    refuse_one_country,
    refuse_what_turns_the_meaning,
    take_denial,
    words_not_read,
)
from muster.base.actors import actor_names
from muster.base.case import Case
from muster.base.errors import InputError

_ISO_DATE = re.compile(r"\b(?:(?:as of|on|by|until|in) )?(\d{4})-(\d{2})-(\d{2})\b")
_DAY_MONTH = re.compile(rf"\b(?:as of|on|by|until) (\d{{1,2}}) ({MONTH})(?:,? (\d{{4}}))?\b")
_MONTH_DAY = re.compile(rf"\b(?:as of|on|by|until) ({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?\b")
_NEGATION = re.compile(r"\b(?:not|never|cannot|fail(?:s|ed|ing)? to|(?:do|does|did|have|has|is|are|was|were|ca)n.t)\b")
_WILL_NOT = re.compile(r"\b(?:will|would) not\b|\bwon.t\b")
_SMALL_WORDS = re.compile(r"\b(?:the|a|an|have|has|had|is|are|was|were|been|be|yet|now|already)\b")


@dataclass(frozen=True, slots=True)
class Predicate:
    """What a sentence says that members do.

    Attributes
    ----------
    kind : str
        `standing` (their standing on asks), `promises` (what they promised themselves), `belonging` (a dated list).
    whats : tuple of str
        Matters of the scheme; `everything` (all asks addressed to them) or `anything` (at least one).
    test : str
        For standings: the least rung of the ladder, or `refusal`.
    group : str
        For belonging: the code of the list.
    is_negated : bool
        They do not do it.
    text : str
        The words that were read so.
    """

    kind: str
    whats: tuple[str, ...]
    test: str
    group: str = ""
    is_negated: bool = False
    text: str = ""

    def in_words(self) -> str:
        """Return the meaning in words."""
        if self.kind == "belonging":
            said = f"is on the dated list {self.group}"
        elif self.kind == "promises":
            said = f"every matter it promised stands at {self.test} or above"
        else:
            matters = {"everything": "every ask addressed to it", "anything": "at least one ask addressed to it"}
            matter = " or ".join(matters.get(what, what) for what in self.whats)
            verb = "stands refused or withdrawn" if self.test == "refusal" else f"stands at {self.test} or above"
            if self.whats == ("everything",) and self.test == "authorised":
                verb += " (joining and political support: pledged)"
            said = f"{verb} on {matter}"
        return f"not ({said})" if self.is_negated else said


@dataclass(frozen=True, slots=True)
class Claim:
    """A parsed sentence.

    Attributes
    ----------
    sentence : str
    quantifier : str
        Name of the quantifier, such as `nearly_all` or `exactly`.
    quantity : Quantity
    population : tuple of str
        Group codes that are intersected; `ROLL` for the rows of the roll; empty for an open list of countries.
    predicate : Predicate
    as_of : date or None
        A date in the sentence.
    n_stated : int or None
        The M of "N of M".
    parse : mapping of str to str
        Part -> the words that were read and their meaning; `not read` -> words that were passed over.
    """

    sentence: str
    quantifier: str
    quantity: Quantity
    population: tuple[str, ...]
    predicate: Predicate
    as_of: date | None
    n_stated: int | None
    parse: Mapping[str, str]


def parse_claim(sentence: str, case: Case) -> Claim:
    """Return the claim that a sentence makes in a case.

    Raises
    ------
    InputError
        No predicate, population or quantifier was found, or something turns their meaning (an exception, a condition,
        a second statement); names the part, the words left over and what is known.
    """
    is_denied, text = take_denial(_normal(sentence))
    askers = _names_of(case.lead)
    words = claim_words(askers)
    on, text = _take_date(text, case)
    phrase, predicate, masked = _take_phrase(text, words, case)
    refuse_dates_without_day(masked, sentence)
    population, population_words, masked = _take_population(masked, words, case)
    name, quantity, n_stated, quantifier_words, masked = _take_quantifier(masked, words, case, sentence)
    refuse_what_turns_the_meaning(masked, words.matters, words.verbs, sentence, is_phrase=predicate is not None)
    if is_denied:
        quantity = _denied(quantity, sentence)
    if predicate is None:
        predicate = _read_predicate(masked, words, sentence)
    elif _NEGATION.search(masked):
        predicate = _negate(predicate)
    if population is None:
        if predicate.kind != "belonging":
            refuse_one_country(sentence, text)
            known = ", ".join(sorted({"allies", "European allies", "countries", *_group_names(case)}))
            raise _unread(sentence, "of whom it speaks (no population)", f"populations are {known}")
        population = ()
    elif population == ("ROLL",) and predicate.kind == "belonging":
        population = ()
    parse = {
        "quantifier": f"{quantifier_words} -> {name} ({quantity.threshold})",
        "population": f"{population_words or 'countries'} -> {' and '.join(population) or 'any country'}",
        "predicate": f"{phrase or predicate.text} -> {predicate.in_words()}",
    }
    if on is not None:
        parse["date"] = on.isoformat()
    readable = (_WILL_NOT, _NEGATION, *(row.pattern for row in (*words.matters, *words.verbs)))
    passed_over = words_not_read(masked, readable, askers)
    if passed_over:
        parse["not read"] = passed_over
    return Claim(sentence, name, quantity, population, predicate, on, n_stated, parse)


def _normal(sentence: str) -> str:
    text = sentence.casefold().replace("\u2019", "'").replace("\u2018", "'")
    return re.sub(
        r"\s+", " ", re.sub(r"[\"\u201c\u201d\u00ab\u00bb,;:.!?()]+(?=\s|$)|[\"\u201c\u201d(]", " ", text)
    ).strip()


def _denied(quantity: Quantity, sentence: str) -> Quantity:
    """Return the denial of a quantity; InputError where it would have two sides (`not exactly five`)."""
    if quantity.name in {"exactly", "all_but", "only"}:
        raise _unread(sentence, f"the denial of {quantity.threshold!r}", "only a bound can be denied")
    return quantity.negated()


def _names_of(code: str) -> tuple[str, ...]:
    names = {name.text.casefold() for name in actor_names() if name.code == code}
    return tuple(sorted(names | {f"the {name}" for name in names}))


def _unread(sentence: str, part: str, rule: str) -> InputError:
    return InputError(f"claim {sentence!r}: could not read {part}", rule=rule, next_step="Say it in other words")


def _take_date(text: str, case: Case) -> tuple[date | None, str]:
    """Take an as-of date out of the text; a date without a year lies in the year of the case."""
    for pattern, order in ((_ISO_DATE, "ymd"), (_DAY_MONTH, "dmy"), (_MONTH_DAY, "mdy")):
        match = pattern.search(text)
        if match is None:
            continue
        parts = dict(zip(order, match.groups(), strict=True))
        month = parts["m"] if parts["m"].isdigit() else str(_month_number(parts["m"]))
        try:
            found = date(int(parts["y"] or case.as_of.year), int(month), int(parts["d"]))
        except ValueError:
            raise InputError(f"claim: {match.group().strip()!r} is no date", rule="a day of the calendar") from None
        return found, (text[: match.start()] + " " + text[match.end() :]).strip()
    return None, text


def _month_number(name: str) -> int:
    return next(index for index, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def _group_tables(case: Case) -> list[Mapping[str, Any]]:
    return [table for table in case.raw.get("group", []) if isinstance(table, dict)]


def _group_names(case: Case) -> list[str]:
    return [name.casefold() for table in _group_tables(case) for name in table.get("names", ())]


def _take_phrase(text: str, words: ClaimWords, case: Case) -> tuple[str, Predicate | None, str]:
    """Find a predicate that is a whole phrase: one of the case's lists, or one of the data file."""
    bare = _SMALL_WORDS.sub(" ", text)
    bare = re.sub(r"\s+", " ", bare)
    best: tuple[int, str, str] | None = None
    for table in _group_tables(case):
        for said in table.get("belonging", ()):
            wanted = re.sub(r"\s+", " ", _SMALL_WORDS.sub(" ", _normal(said))).strip()
            if wanted in bare and (best is None or len(wanted) > best[0]):
                best = len(wanted), said, str(table["code"])
    if best is not None:
        _, said, code = best
        loose = re.compile(r"\W+(?:(?:the|a|an|have|has|had|is|are|was|were|been|be|yet)\W+)*".join(
            re.escape(word) for word in _SMALL_WORDS.sub(" ", _normal(said)).split()
        ))  # fmt: skip
        match = loose.search(text)
        masked = _mask(text, match) if match else text
        return said, Predicate("belonging", (), "", code, text=said), masked
    for phrase in words.phrases:
        match = phrase.pattern.search(text)
        if match:
            found = match.group().strip()
            return found, Predicate(phrase.kind, phrase.whats, phrase.rung, text=found), _mask(text, match)
    return "", None, text


def _mask(text: str, match: "re.Match[str]") -> str:
    return text[: match.start()] + " \u2022 " + text[match.end() :]


def _take_population(text: str, words: ClaimWords, case: Case) -> tuple[tuple[str, ...] | None, str, str]:
    found: list[tuple[int, int, tuple[str, ...], re.Match[str]]] = []
    for table in _group_tables(case):
        for name in table.get("names", ()):
            match = re.search(rf"\b{re.escape(name.casefold())}\b", text)
            if match:
                found.append((len(match.group()), -match.start(), (str(table["code"]),), match))
    for population in words.populations:
        match = population.pattern.search(text)
        if match:
            found.append((len(match.group()), -match.start(), _resolve(population, case), match))
    if not found:
        return None, "", text
    _, _, groups, match = max(found, key=lambda item: (item[2] != ("ROLL",), item[0], item[1]))
    return groups, match.group(), _mask(text, match)


def _resolve(population: Words, case: Case) -> tuple[str, ...]:
    roll = case.raw.get("roll", {})
    meaning = {
        "ALLIES": str(roll.get("allies", case.roll_group)),
        "COALITION": str(roll.get("coalition", "COALITION")),
    }
    return tuple(dict.fromkeys(meaning.get(code, code) for code in population.groups))


def _take_quantifier(
    text: str, words: ClaimWords, case: Case, sentence: str
) -> tuple[str, Quantity, int | None, str, str]:
    """Take the earliest quantifier; of two that begin together, the one that stands first in the data file."""
    best: tuple[int, int, Words, re.Match[str]] | None = None
    for order, row in enumerate(words.quantifiers):
        match = row.pattern.search(text)
        if match and (best is None or (match.start(), order) < best[:2]):
            best = match.start(), order, row, match
    if best is None:
        refuse_one_country(sentence, text)
        known = (
            "all, nearly all, without exception, most, a majority, many, several, some, few, hardly any, none, numbers"
        )
        raise _unread(sentence, "how many (no quantifier)", f"quantifiers are {known}")
    row, match = best[2], best[3]
    parts = match.groupdict()
    name = row.name
    n_stated = number_of(parts["m"]) if parts.get("m") else None
    thresholds = thresholds_of(case.raw, place=f"case {case.name}")
    if parts.get("n") and n_stated is not None and number_of(parts["n"]) > n_stated:
        raise _unread(sentence, f"the count {match.group()!r}", "N of M has N up to M")
    if parts.get("n"):
        quantity = counted_quantity(name, number_of(parts["n"]))
    elif name == "percent" or name in SHARES:
        share = float(parts["share"]) / 100 if parts.get("share") else SHARES[name]
        if share > 1:
            raise _unread(sentence, f"the share {match.group()!r}", "a share is at most 100 percent")
        quantity = counted_quantity("percent", share)
    elif name.startswith("not_"):
        quantity = named_quantity(name.removeprefix("not_"), thresholds).negated()
    else:
        quantity = named_quantity(name, thresholds)
    return name, quantity, n_stated, match.group().strip(), _mask(text, match)


def _read_predicate(text: str, words: ClaimWords, sentence: str) -> Predicate:
    """Read verb and matter from what population and quantifier left over."""
    rest = text.replace("\u2022", " ").strip()
    matter = next((row for row in words.matters if row.pattern.search(rest)), None)
    verb = next((row for row in words.verbs if row.pattern.search(rest)), None)
    left = re.sub(r"\s+", " ", rest)
    if matter is None:
        known = (
            "bases, warships, minehunters, logistics, intelligence, political support, the mission, everything asked"
        )
        raise _unread(sentence, f"what is done ({left!r})", f"matters are {known}")
    if verb is None:
        known = "refuse, agree, promise, allow, share, send, deploy, take part, consider"
        raise _unread(sentence, f"what is done about it ({left!r})", f"verbs are {known}")
    test = verb.test
    if test == "refusal" and _WILL_NOT.search(rest):
        return Predicate("standing", matter.whats, "refusal", text=left)
    predicate = Predicate("standing", matter.whats, test, text=left)
    return _negate(predicate) if _NEGATION.search(rest) else predicate


def _negate(predicate: Predicate) -> Predicate:
    return Predicate(
        predicate.kind, predicate.whats, predicate.test, predicate.group, not predicate.is_negated, predicate.text
    )
