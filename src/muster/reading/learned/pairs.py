"""Pairs of a sentence and a code that may act in it, with all the network is told of them besides the words.

Every feature is present or absent; a pair holds the numbers of those present. Their names, in order, are `FEATURES`
(of the sentence and its document) and `RULE_FEATURES` (what the rules read there).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from muster.base.scheme import ACTIONS, CAVEAT_TYPES, GROUPS, ORGANISATIONS, REALIS, STATUSES, TENSION_TYPES, WHATS
from muster.base.statement import Statement
from muster.reading.scene import LEADS
from muster.reading.sketch import ADJECTIVE
from muster.reading.views import SentenceView

LEAD, ADVERSARY, ORGANISATION, GROUP, SHIPPING, STATE, UNRESOLVED, PRONOUN = range(1, 9)
N_ROLES = PRONOUN + 1  # 0: no actor
_ROLE_NAMES = ("lead", "adversary", "organisation", "group", "shipping", "state")
_WAYS = (
    "noun", "adjective", "governed", "generic", "ship", "person", "capital", "office", "list", "pronoun", "focus",
    "speaker", "before", "main_partner", "is_adversary",
)  # fmt: skip
_FORMS = frozenset(("ship", "person", "capital", "office"))
_VAGUE = frozenset(("mission", "everything", "political_support"))
_WHATS = tuple(WHATS)

FEATURES = (
    *(f"role.{name}" for name in _ROLE_NAMES),
    *(f"way.{name}" for name in _WAYS),
    "implicit",
    "first_sentence",
    *(
        f"{where}.{what}"
        for where in ("has", "after", "before", "topic", "previous", "so_far", "next")
        for what in _WHATS
    ),
)
RULE_FEATURES = (
    *(f"response.{status}" for status in STATUSES),
    *(f"response.{what}" for what in _WHATS),
    *(f"caveat.{one}" for one in CAVEAT_TYPES),
    *(f"caveat.{what}" for what in _WHATS),
    "ask",
    "asked",
    "opposed",
    "claim",
    *(f"ask.{what}" for what in _WHATS),
    *(f"act.{action}" for action in ACTIONS),
    *(f"act.{realis}" for realis in REALIS),
    *(f"tension.{one}" for one in TENSION_TYPES),
    *(f"other.{kind}" for kind in (*(f"response.{status}" for status in STATUSES), "caveat", "ask", "act", "tension")),
)
_NUMBER = {name: i for i, name in enumerate(FEATURES)}
_RULE_NUMBER = {name: i for i, name in enumerate(RULE_FEATURES)}


class Pair(NamedTuple):
    """A code that may have done something in a sentence.

    Attributes
    ----------
    sentence : int
        Number of the sentence in its document.
    code : str
    features, rule_features : tuple of int
        Numbers in `FEATURES` and `RULE_FEATURES`.
    offsets : tuple of int
        Sketch offsets of the actors and pronouns that mean the code; empty where it is only understood.
    """

    sentence: int
    code: str
    features: tuple[int, ...]
    rule_features: tuple[int, ...]
    offsets: tuple[int, ...]


def role_of(codes: Sequence[str], adversary: str) -> int:
    """Return the part an actor plays: the lead, the adversary, an organisation, a group, shipping, another state."""
    if not codes:
        return UNRESOLVED
    code = codes[0]
    if code in LEADS:
        return LEAD
    if code in {adversary, "IRN"}:
        return ADVERSARY
    if code in ORGANISATIONS:
        return ORGANISATION
    if code in GROUPS:
        return GROUP
    return SHIPPING if code == "SHIPPING" else STATE


def find_pairs(views: Sequence[SentenceView], statements: Sequence[Statement]) -> list[Pair]:
    """Return the pairs of a document, in the order of its sentences."""
    counts = Counter(code for view in views for actor in view.actors for code in actor.codes)
    main = next((c for c, _ in counts.most_common() if c not in LEADS and c not in _MEMBERS_NOT_STATES), "")
    ruled = frozenset(code for one in statements for code in (one.actor, one.target))
    pairs: list[Pair] = []
    so_far: Counter[str] = Counter()
    following = _following(views)
    for k, view in enumerate(views):
        ways = _ways(view, views[k - 1] if k else None, main, ruled)
        shared = _shared(views, k, so_far, following[k])
        for code, found in ways.items():
            offsets = tuple(
                [actor.offset for actor in view.actors if code in actor.codes]
                + [at for at, codes in view.pronouns if code in codes]
            )
            own = _own(view, code, found, offsets)
            pairs.append(Pair(k, code, (*own, *shared), (), offsets))
        so_far.update(code for _, code in view.objects if code not in _VAGUE)
    return _with_rules(views, pairs, statements)


# Where nothing more than this points to a code and the rules read nothing of it either, it is no candidate: such pairs
# were a tenth of those of the training texts (of general news a sixth) and held 0.4 % of their statements.
_TOO_WEAK = ({"is_adversary"}, {"speaker"})
_MEMBERS_NOT_STATES = frozenset((*ORGANISATIONS, *GROUPS))


def _ways(view: SentenceView, before: SentenceView | None, main: str, ruled: frozenset[str]) -> dict[str, set[str]]:
    """Return the codes that may act in a sentence, each with the ways it is meant there.

    `main` is the partner named most in the document, `ruled` are the codes of what the rules read in it.
    """
    ways: dict[str, set[str]] = {}
    for actor in view.actors:
        kind = "adjective" if view.text[actor.offset] == ADJECTIVE else "governed" if actor.is_governed else "noun"
        for code in actor.codes:
            found = ways.setdefault(code, set())
            found.add(kind)
            if not actor.is_explicit:
                found.add("generic")
            if actor.form in _FORMS:
                found.add(actor.form)
            if len(actor.codes) > 1:
                found.add("list")
    for way, codes in (
        ("pronoun", [code for _, meant in view.pronouns for code in meant]),
        ("focus", view.focus),
        ("speaker", view.speaker),
        ("before", [code for actor in before.actors for code in actor.codes] if before else []),
        ("main_partner", [main] if main else []),
        ("is_adversary", [view.adversary] if view.adversary else []),
    ):
        for code in codes:
            ways.setdefault(code, set()).add(way)
    ways = {code: found for code, found in ways.items() if code in ruled or found not in _TOO_WEAK}
    for code in LEADS:  # "allies were asked to" names no one who asked
        ways.setdefault(code, set())
    return ways


def _own(view: SentenceView, code: str, ways: set[str], offsets: Sequence[int]) -> list[int]:
    """Return the features of a code in a sentence."""
    role = role_of((code,), view.adversary)
    numbers = [_NUMBER[f"role.{_ROLE_NAMES[role - 1]}"], *(_NUMBER[f"way.{way}"] for way in sorted(ways))]
    if not offsets:
        numbers.append(_NUMBER["implicit"])
    first = min(offsets, default=-1)
    after = next((what for at, what in view.objects if at > first), "")
    before = next((what for at, what in reversed(view.objects) if at < first), "")
    numbers += [_NUMBER[name] for name in (f"after.{after}", f"before.{before}") if name in _NUMBER]
    return numbers


def _following(views: Sequence[SentenceView]) -> list[str]:
    """Return, for each sentence, what the next sentence that speaks of anything given speaks of first."""
    following, what = [], ""
    for view in reversed(views):
        following.append(what)
        what = view.objects[0][1] if view.objects else what
    return following[::-1]


def _shared(views: Sequence[SentenceView], k: int, so_far: Counter[str], following: str) -> list[int]:
    """Return the features that all pairs of a sentence share: what is spoken of in it, before it, after it."""
    view = views[k]
    names = [f"has.{what}" for what in dict.fromkeys(what for _, what in view.objects)]
    names.append(f"topic.{view.topic}")
    if k:
        names += [f"previous.{what}" for what in dict.fromkeys(what for _, what in views[k - 1].objects)]
    else:
        names.append("first_sentence")
    if so_far:
        names.append(f"so_far.{so_far.most_common(1)[0][0]}")
    names.append(f"next.{following}")
    return [_NUMBER[name] for name in names if name in _NUMBER]


class Places:
    """Where quotes belong: to which pair of a document."""

    def __init__(self, views: Sequence[SentenceView], pairs: Sequence[Pair]) -> None:
        """Note the pairs of each code."""
        self._of_code: dict[str, list[tuple[int, SentenceView, bool]]] = {}
        for number, pair in enumerate(pairs):
            entry = (number, views[pair.sentence], bool(pair.offsets))
            self._of_code.setdefault(pair.code, []).append(entry)

    def pair_of(self, code: str, start: int, end: int) -> int:
        """Return the number of the pair that a statement of `code` with a quote at [start, end) belongs to, or -1.

        A sentence that names the code goes before one that does not, then the one that holds most of the quote.
        """
        best, best_rank = -1, (False, 0)
        for number, view, is_named in self._of_code.get(code, ()):
            shared = min(view.end, end) - max(view.start, start)
            if shared > 0 and (best < 0 or (is_named, shared) > best_rank):
                best, best_rank = number, (is_named, shared)
        return best


def _with_rules(views: Sequence[SentenceView], pairs: list[Pair], statements: Iterable[Statement]) -> list[Pair]:
    """Return the pairs with what the rules read of each."""
    names: list[set[str]] = [set() for _ in pairs]
    places = Places(views, pairs)
    of_sentence: dict[int, list[int]] = {}
    for number, pair in enumerate(pairs):
        of_sentence.setdefault(pair.sentence, []).append(number)
    for one in statements:
        number = places.pair_of(one.actor, one.start, one.end)
        if number < 0:
            continue
        kind = one.kind
        told = {
            "response": (f"response.{one.status}", f"response.{one.what}"),
            "caveat": (f"caveat.{one.type}", f"caveat.{one.what}"),
            "ask": ("ask", f"ask.{one.what}"),
            "act": (f"act.{one.action}", f"act.{one.realis}"),
            "tension": (f"tension.{one.type}",),
            "claim": ("claim",),
        }[kind]
        names[number].update(told)
        other = f"other.{kind}.{one.status}" if kind == "response" else f"other.{kind}"
        for peer in of_sentence[pairs[number].sentence]:
            if peer != number:
                names[peer].add(other)
                if kind in {"ask", "tension"} and pairs[peer].code == one.target:
                    names[peer].update(("asked", f"ask.{one.what}") if kind == "ask" else ("opposed",))
    return [
        pair._replace(rule_features=tuple(sorted(_RULE_NUMBER[name] for name in told if name in _RULE_NUMBER)))
        for pair, told in zip(pairs, names, strict=True)
    ]
