"""Scoring as the scheme says."""

from muster.reading.scoring import score_documents


def _row(what: str = "escort", status: str = "pledged", start: int = 0, end: int = 10) -> dict[str, object]:
    return {"kind": "response", "actor": "GBR", "what": what, "status": status, "start": start, "end": end}


def test_strict_needs_all_fields_and_overlap() -> None:
    """Another field or a quote elsewhere is both a miss and a false alarm."""
    gold = [{"id": "a", "statements": [_row()]}]
    assert score_documents(gold, {"a": [_row()]}).total.f1 == 1
    assert score_documents(gold, {"a": [_row(what="basing")]}).total.f1 == 0
    assert score_documents(gold, {"a": [_row(start=10, end=20)]}).total.f1 == 0


def test_core_ignores_what_and_the_rung() -> None:
    """pledged and deployed are both yes; refused is no."""
    gold = [{"id": "a", "statements": [_row()]}]
    assert score_documents(gold, {"a": [_row("basing", "deployed")]}, core=True).total.f1 == 1
    assert score_documents(gold, {"a": [_row("basing", "refused")]}, core=True).total.f1 == 0


def test_each_gold_row_is_used_once() -> None:
    """A second equal prediction is a false alarm."""
    total = score_documents([{"id": "a", "statements": [_row()]}], {"a": [_row(), _row()]}).total
    assert (total.n_right, total.n_predicted, total.n_gold) == (1, 2, 1)


def test_optional_rows_are_neither_asked_for_nor_held_against() -> None:
    """A prediction that matches an optional row leaves the count."""
    gold = [{"id": "a", "statements": [_row()], "optional": [_row(status="refused")]}]
    total = score_documents(gold, {"a": [_row(), _row(status="refused")]}).total
    assert (total.n_right, total.n_predicted, total.n_gold) == (1, 1, 1)


def test_unread_document_counts_as_missed() -> None:
    """A document without predictions is read empty."""
    score = score_documents([{"id": "a", "statements": [_row()]}], {})
    assert score.total.recall == 0
    assert [miss.what for miss in score.misses] == ["missed"]


def test_matching_finds_the_best_pairing() -> None:
    """A greedy pairing would lose one of these two."""
    gold = [{"id": "a", "statements": [_row(start=0, end=10), _row(start=8, end=30)]}]
    predicted = {"a": [_row(start=5, end=12), _row(start=0, end=4)]}
    assert score_documents(gold, predicted).total.n_right == 2
