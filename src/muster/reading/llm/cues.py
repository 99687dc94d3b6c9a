"""Does the quote show what the statement says? Cue words for each status, quantifier and realis.

A quote can be verbatim and still not carry its code. Wide word lists, so that a miss is worth a reviewer's look.
"""

import re
from typing import Final

from muster.base.statement import Statement

_WHOLE: Final = frozenset({"no", "not", "if", "may", "can", "all", "few", "due", "nor", "never", "only", "clear"})


def _any_of(words: str) -> re.Pattern[str]:
    """Words of which the text must have one; each matches as the start of a word, those of `_WHOLE` as a whole one."""
    patterns = [word.replace("_", r"\s+") + (r"\b" if word in _WHOLE else "") for word in words.split()]
    return re.compile(r"\b(?:" + "|".join(patterns) + ")", re.IGNORECASE)


NO: Final = _any_of(
    "refus declin reject rul(?:ed|es|ing)_out rule_out will_not won['’]t would_not wouldn['’]t "
    "does_not did_not not no den(?:y|ied|ies) never cannot can['’]t unwilling oppos turn(?:ed|s)_down "
    "nothing neither nor stay(?:ed)?_out without dismiss snub rebuff unable against absent clos "
    "bar(?:red|s) block reluctan restrict withh[oe]ld off_the_table away clear shut ruled ruling"
)
_FIRM_NO: Final = _any_of(
    "refus declin reject rul(?:ed|es)_out will_not won['’]t would_not wouldn['’]t never_will "
    "has_no_plans no_plans will_never turn(?:ed|s)_down not_be not_send not_join not_sign not_take"
)
_CUES: Final[dict[tuple[str, str], re.Pattern[str]]] = {
    ("response", "refused"): NO,
    ("response", "considering"): _any_of(
        "consider study studie discuss weigh undecided open_to could may might examin explor mull whether "
        "talk assess review look evaluat debat possib studying yet deliberat think decid option plann "
        "propos willing would not ask judge reserv mind"
    ),
    ("response", "conditional"): _any_of(
        "if only after once unless provided condition subject until till when depend pending on_the would "
        "following as_long as_soon should not_before without requir need first ceasefire ready prepar "
        "presuppos"
    ),
    ("response", "pledged"): _any_of(
        "pledg will would ready join sign promis offer agree commit willing prepar announc plan volunteer "
        "said says back support vow intend is_to are_to to contribut put subscrib endors accept name list "
        "bear throw"
    ),
    ("response", "authorised"): _any_of(
        "approv authori allow permi mandate cabinet parliament grant accept green clear vote consent "
        "agree decid let launch back endors extend open sign support made"
    ),
    ("response", "deployed"): _any_of(
        "deploy sent send sail left mov arriv dispatch en_route way station position head reach transit "
        "ship depart leav place put pre-position preposition bound join moor bring brought go(?:es|ing)? "
        "came shift passage disposal with_the"
    ),
    ("response", "withdrawn"): _any_of(
        "withdr recall suspend stop halt pull end leav left return cancel quit ceas scrap bring brought "
        "home drop terminat back no_longer interrupt paus"
    ),
    ("claim", "all"): _any_of("all every each everyone everybody nobody without_exception whole entire both united"),
    ("claim", "nearly_all"): _any_of("nearly almost virtually practically all_but most with_few"),
    ("claim", "most"): _any_of("most majority more_than_half bulk large"),
    ("claim", "many"): _any_of("many numerous dozens lot much several scores great"),
    ("claim", "some"): _any_of("some several certain number part handful others many other multiple"),
    ("claim", "few"): _any_of("few hardly handful scarcely barely only little not_many"),
    ("claim", "none"): _any_of("no none nobody not_one zero never nothing not without neither"),
    ("act", "denied"): _any_of("den(?:y|ied|ies|ying) not never no reject dismiss false fabricat"),
    ("act", "threatened"): _any_of("threat warn will would could may vow if unless or consequences plan not ready"),
}
_ASK: Final = _any_of(
    "ask urg call demand request press want appeal seek sought expect should must need invit plea "
    "insist push lobb encourag told tell order pressur propos hop require prod challeng summon implor "
    "beg exhort due wish ultimatum coax"
)
_POSITIVE: Final = frozenset({"pledged", "authorised", "deployed", "delivered"})
_ORDERS: Final = re.compile(
    r"ignore (?:all |any |the |your )*(?:previous|prior|above|earlier)|system prompt|you are (?:an? |now )?(?:ai|"
    r"assistant|language model|chatbot)|as an ai\b|new instructions?|(?:output|respond|reply|answer|return) "
    r"(?:only |with |in )*(?:json|the following|exactly)|<\|im_|\[/?inst\]|</?(?:system|assistant|user)>|"
    r"###\s*(?:system|instruction)|"
    r"do not (?:read|report|mention)|(?:begin|end) of (?:the )?(?:document|text|prompt)|\"statements\"\s*:",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"[.!?\n]")


def disagreement(statement: Statement) -> str:
    """Return why a statement's code does not agree with the cue in its quote; empty if it does."""
    quote = statement.quote
    if statement.kind == "ask":
        return "" if _ASK.search(quote) else "no word of asking in the quote"
    code = {"response": statement.status, "claim": statement.quantifier, "act": statement.realis}.get(
        statement.kind, ""
    )
    cue = _CUES.get((statement.kind, code))
    if cue and not cue.search(quote):
        return f"no cue for {code} in the quote"
    if statement.kind == "response" and code in _POSITIVE and _FIRM_NO.search(quote):
        return f"{code}, but the quote says no"
    return ""


def orders_near(text: str, start: int, end: int) -> bool:
    """Return whether the sentences around a span give orders to a reading machine: then a person should look."""
    low = max((match.end() for match in _SENTENCE_END.finditer(text, max(0, start - 400), start)), default=0)
    after = _SENTENCE_END.search(text, end)
    high = after.end() if after else len(text)
    return bool(_ORDERS.search(text, max(0, low - 200), min(len(text), high + 200)))
