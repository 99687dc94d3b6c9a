"""Scoring of readings against gold rows, as the scheme says: strict, core and by kind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from muster.base.scheme import DIRECTION_OF_STATUS, FIELDS, KINDS


@dataclass(slots=True)
class Tally:
    """Counts of right, predicted (without optional rows) and gold statements."""

    n_right: int = 0
    n_predicted: int = 0
    n_gold: int = 0

    @property
    def precision(self) -> float:
        """Share of predictions that are right, 0..1; 0 where nothing was predicted."""
        return self.n_right / self.n_predicted if self.n_predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of gold statements found, 0..1."""
        return self.n_right / self.n_gold if self.n_gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where there was nothing to find and nothing was said."""
        total = self.n_predicted + self.n_gold
        return 2 * self.n_right / total if total else 1.0


@dataclass(slots=True)
class Miss:
    """One error: a gold statement not found, or a false alarm."""

    document: str
    what: str
    row: Mapping[str, Any]


@dataclass(slots=True)
class Score:
    """A reading's score over documents: in all and by kind, strict or core."""

    total: Tally = field(default_factory=Tally)
    by_kind: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in KINDS})
    misses: list[Miss] = field(default_factory=list)


def strict_key(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what must be equal for a strict hit: the kind and all its fields."""
    return (row["kind"], *[str(row.get(name, "")) for name in FIELDS[row["kind"]]])


def core_key(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what must be equal for a core hit: kind, actor and direction."""
    kind = row["kind"]
    if kind == "response":
        return kind, row["actor"], DIRECTION_OF_STATUS[row["status"]]
    if kind == "ask":
        return kind, row["actor"], row["target"]
    if kind == "claim":
        return kind, row["actor"], row["polarity"]
    if kind == "act":
        return kind, row["actor"], row["action"]
    if kind == "tension":
        return kind, row["actor"], row["type"]
    return kind, row["actor"], row["type"]


def _overlap(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    return bool(a["start"] < b["end"] and b["start"] < a["end"])


def _match(
    predicted: Sequence[Mapping[str, Any]], gold: Sequence[Mapping[str, Any]], key: Any
) -> tuple[dict[int, int], list[int]]:
    """Return predicted index -> gold index (each used once, by augmenting paths), and unmatched predictions."""
    edges = {i: [j for j, g in enumerate(gold) if key(p) == key(g) and _overlap(p, g)] for i, p in enumerate(predicted)}
    owner: dict[int, int] = {}

    def assign(i: int, tried: set[int]) -> bool:
        for j in edges[i]:
            if j not in tried:
                tried.add(j)
                if j not in owner or assign(owner[j], tried):
                    owner[j] = i
                    return True
        return False

    for i in edges:
        assign(i, set())
    matched = {i: j for j, i in owner.items()}
    return matched, [i for i in edges if i not in matched]


def score_documents(
    gold: Iterable[Mapping[str, Any]], predicted: Mapping[str, Sequence[Mapping[str, Any]]], *, core: bool = False
) -> Score:
    """Return the micro-averaged score of predictions against gold documents.

    A prediction that matches no gold statement but an `optional` one is left out of the count. Under `core`, repeated
    core keys are compared as they stand, each gold statement used once.

    Parameters
    ----------
    gold : iterable of rows
        {"id", "statements", "optional"}, statements with `start` and `end`.
    predicted : mapping
        Document id to its predicted statements; documents without an entry count as read empty.
    core : bool
        Core instead of strict keys.
    """
    key = core_key if core else strict_key
    score = Score()
    for document in gold:
        rows = list(predicted.get(document["id"], ()))
        matched, free = _match(rows, document["statements"], key)
        optional = document.get("optional", [])
        spared, _ = _match([rows[i] for i in free], optional, key)
        excused = {free[i] for i in spared}
        for i, row in enumerate(rows):
            if i not in excused:
                _count(score, row["kind"], predicted=1, right=1 if i in matched else 0)
            if i not in matched and i not in excused:
                score.misses.append(Miss(document["id"], "false alarm", row))
        found = set(matched.values())
        for j, row in enumerate(document["statements"]):
            _count(score, row["kind"], gold=1)
            if j not in found:
                score.misses.append(Miss(document["id"], "missed", row))
    return score


def _count(score: Score, kind: str, *, predicted: int = 0, right: int = 0, gold: int = 0) -> None:
    for tally in (score.total, score.by_kind[kind]):
        tally.n_predicted += predicted
        tally.n_right += right
        tally.n_gold += gold
