"""What a statement's rulings amount to: pure folding of the log, and the checks of a single ruling. No SQL.

The newest ruling that is not undone decides: accept, reject or correct. Corrections of different fields hold together;
an acceptance on top of a correction leaves it "corrected", so that the difference from the reader stays visible.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from muster.base.errors import InputError
from muster.base.scheme import FIELDS, allowed_codes
from muster.ledger.entry import Entry, Ruling

ACTIONS = ("accept", "reject", "correct", "undo")
_ACTOR_CODE = re.compile(r"[A-Z][A-Z0-9-]{1,19}")


@dataclass(frozen=True, slots=True)
class ReviewState:
    """Where a statement stands: its review word and the corrected codes by field."""

    review: str = "unreviewed"
    corrections: Mapping[str, str] = field(default_factory=dict)


def live_rulings(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Return the rulings that are neither undone nor an undo themselves, oldest first (the order given)."""
    kept = list(rulings)
    undone = {ruling.undoes for ruling in kept if ruling.action == "undo"}
    return [ruling for ruling in kept if ruling.action != "undo" and ruling.id not in undone]


def fold_rulings(rulings: Iterable[Ruling], codes: Mapping[str, str]) -> ReviewState:
    """Return the state after all rulings on one statement, oldest first.

    Parameters
    ----------
    codes : mapping
        The fields as the reader gave them; a correction back to them is no correction any more.
    """
    review = "unreviewed"
    corrections: dict[str, str] = {}
    for ruling in live_rulings(rulings):
        if ruling.action == "reject":
            review = "rejected"
            continue
        if ruling.action == "correct":
            corrections[ruling.field] = ruling.value
            corrections = {name: value for name, value in corrections.items() if codes[name] != value}
        review = "corrected" if corrections else "accepted"
    return ReviewState(review, corrections)


def check_ruling(kind: str, action: str, *, reviewer: str, reason: str, field_name: str, value: str) -> None:
    """Raise InputError unless the ruling keeps the rules: a reviewer, a reason to reject, a code of the scheme."""
    if action not in ACTIONS:
        raise InputError(f"ruling {action!r}", rule=f"one of {', '.join(ACTIONS)}")
    if not reviewer.strip():
        raise InputError("a ruling needs a reviewer", next_step="Say who decides")
    if action == "reject" and not reason.strip():
        raise InputError("a rejection needs a reason", next_step="Say why the statement is wrong")
    if action != "correct":
        if field_name or value:
            raise InputError(f"ruling {action!r} takes no field and value", rule="only a correction does")
        return
    if field_name not in FIELDS[kind]:
        rule = f"a {kind} has {', '.join(FIELDS[kind])}; its quote is never corrected"
        raise InputError(f"field {field_name!r} cannot be corrected", rule=rule)
    codes = allowed_codes(kind, field_name)
    if codes and value not in codes:
        raise InputError(f"{field_name} {value!r} is not in the scheme", rule=f"one of {', '.join(codes)}")
    if not codes and not _ACTOR_CODE.fullmatch(value):
        raise InputError(f"{field_name} {value!r} is no actor code", rule="such as GBR, NATO or COALITION")


@dataclass(frozen=True, slots=True)
class RulePrecision:
    """How often reviewers upheld what one rule of a reader produced.

    Attributes
    ----------
    reader, rule, kind : str
    n_ruled, n_accepted, n_corrected, n_rejected : int
        Statements by their live review state.
    precision : float
        n_accepted / n_ruled, 0..1: a corrected statement was wrong in a field.
    low, high : float
        Wilson interval at 95 % of `precision`.
    """

    reader: str
    rule: str
    kind: str
    n_ruled: int
    n_accepted: int
    n_corrected: int
    n_rejected: int
    precision: float
    low: float
    high: float


def wilson_interval(n_right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion (Wilson 1927); z = 1.96 is 95 %. (0, 1) for n = 0."""
    if n == 0:
        return 0.0, 1.0
    share = n_right / n
    middle = share + z * z / (2 * n)
    spread = z * ((share * (1 - share) + z * z / (4 * n)) / n) ** 0.5
    scale = 1 + z * z / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def precision_by_rule(entries: Iterable[Entry]) -> list[RulePrecision]:
    """Return the precision of each (reader, rule, kind) from reviewed entries, least precise first.

    Parameters
    ----------
    entries : iterable of Entry
        Rejected ones included; unreviewed ones are passed over.
    """
    tally: dict[tuple[str, str, str], dict[str, int]] = {}
    for entry in entries:
        if entry.review != "unreviewed":
            key = (entry.statement.reader, entry.statement.rule, entry.statement.kind)
            counts = tally.setdefault(key, {"accepted": 0, "corrected": 0, "rejected": 0})
            counts[entry.review] += 1
    rows = []
    for (reader, rule, kind), counts in tally.items():
        n = sum(counts.values())
        low, high = wilson_interval(counts["accepted"], n)
        rows.append(
            RulePrecision(
                reader, rule, kind, n, counts["accepted"], counts["corrected"], counts["rejected"],
                counts["accepted"] / n, low, high,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (row.precision, -row.n_ruled, row.rule))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two reviewers on the statements both ruled.

    Attributes
    ----------
    one, other : str
    n_common : int
    share : float
        Of common statements with the same verdict (upheld, corrected alike, rejected), 0..1.
    kappa : float or None
        Cohen's kappa (1960); None where chance alone would agree always.
    """

    one: str
    other: str
    n_common: int
    share: float
    kappa: float | None


def agreement_of_reviewers(rulings: Sequence[Ruling]) -> list[Agreement]:
    """Return the agreement of each pair of reviewers from their newest live verdicts, by names."""
    verdicts: dict[str, dict[str, str]] = {}
    for ruling in live_rulings(rulings):
        verdict = f"correct {ruling.field}={ruling.value}" if ruling.action == "correct" else ruling.action
        verdicts.setdefault(ruling.reviewer, {})[ruling.statement_id] = verdict
    names = sorted(verdicts)
    found = []
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            common = sorted(verdicts[one].keys() & verdicts[other].keys())
            if common:
                pairs = [(verdicts[one][key], verdicts[other][key]) for key in common]
                found.append(_agreement(one, other, pairs))
    return found


def _agreement(one: str, other: str, pairs: Sequence[tuple[str, str]]) -> Agreement:
    n = len(pairs)
    share = sum(first == second for first, second in pairs) / n
    words = {word for pair in pairs for word in pair}
    chance = sum(
        sum(first == word for first, _ in pairs) * sum(second == word for _, second in pairs) / (n * n)
        for word in words
    )
    return Agreement(one, other, n, share, (share - chance) / (1 - chance) if chance < 1 else None)
