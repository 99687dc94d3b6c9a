"""Rulings fold to one state; the queue, the terminal walk and the reports rest on them."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ledger.rows import START, make_document, make_statement
from muster.base.errors import InputError, NotFoundError
from muster.ledger.entry import Entry, Ruling
from muster.ledger.queue import build_queue
from muster.ledger.review import agreement_of_reviewers, fold_rulings, live_rulings, precision_by_rule, wilson_interval
from muster.ledger.store import Ledger, open_ledger
from muster.surfaces.cli.review import review

AS_OF = date(2026, 5, 1)
CODES = {"actor": "DEU", "what": "escort", "status": "refused"}


def _ruling(number: int, action: str, *, undoes: str = "", name: str = "", value: str = "", who: str = "ann") -> Ruling:
    reason = "wrong" if action == "reject" else ""
    return Ruling(f"r{number}", "s", action, reason, name, value, who, START, undoes)


def test_the_newest_ruling_decides() -> None:
    """Accept, then reject, is rejected; accepted again is accepted."""
    log = [_ruling(1, "accept"), _ruling(2, "reject")]
    assert fold_rulings(log, CODES).review == "rejected"
    assert fold_rulings([*log, _ruling(3, "accept")], CODES).review == "accepted"


def test_corrections_of_fields_hold_together() -> None:
    """Two fields corrected one after the other are both corrected, and an acceptance leaves them so."""
    log = [_ruling(1, "correct", name="status", value="pledged"), _ruling(2, "correct", name="what", value="basing")]
    state = fold_rulings([*log, _ruling(3, "accept")], CODES)
    assert (state.review, dict(state.corrections)) == ("corrected", {"status": "pledged", "what": "basing"})


def test_a_correction_back_is_an_acceptance() -> None:
    """A field set back to what the reader said is no correction any more."""
    log = [_ruling(1, "correct", name="status", value="pledged"), _ruling(2, "correct", name="status", value="refused")]
    assert fold_rulings(log, CODES).review == "accepted"


@given(st.lists(st.sampled_from(["accept", "reject", "correct", "undo"]), max_size=12))
def test_undoing_everything_leaves_nothing(actions: list[str]) -> None:
    """After as many undos as there are live rulings the statement is unreviewed again."""
    log: list[Ruling] = []
    for number, action in enumerate([*actions, *["undo"] * len(actions)]):
        if action == "undo":
            live = live_rulings(log)
            if live:
                log.append(_ruling(number, "undo", undoes=live[-1].id))
        else:
            log.append(_ruling(number, action, name="status" if action == "correct" else "", value="pledged"))
    assert live_rulings(log) == []
    assert fold_rulings(log, CODES).review == "unreviewed"


def _stored(ledger: Ledger, n: int = 1) -> list[str]:
    ids = []
    with ledger.writer() as writer:
        for number in range(n):
            document = make_document(f"Germany refuses {number}.", number=number)
            statement = make_statement(document, confidence=(number + 1) / (n + 1), rule=f"rule{number % 2}")
            writer.add_document(document)
            writer.add_statements(document.id, [statement])
            ids.append(statement.id_in(document.id))
    return ids


def _rule(ledger: Ledger, key: str, action: str, who: str = "ann", **more: str) -> str:
    with ledger.writer() as writer:
        return writer.add_ruling(key, action, reviewer=who, **more)


def _only(ledger: Ledger) -> Entry:
    (entry,) = ledger.view(AS_OF).statements(include_rejected=True)
    return entry


def test_a_correction_changes_the_field_and_keeps_quote_and_id(ledger: Ledger) -> None:
    """The corrected statement has the new code, the same id, quote, rule and reader."""
    (key,) = _stored(ledger)
    before = _only(ledger)
    _rule(ledger, key, "correct", field="status", value="pledged")
    after = _only(ledger)
    assert (after.id, after.review, after.statement.status) == (key, "corrected", "pledged")
    assert (after.statement.quote, after.statement.rule) == (before.statement.quote, before.statement.rule)
    assert ledger.view(AS_OF).statements("response", whats=["escort"])[0].statement.status == "pledged"


def test_an_undo_is_a_new_ruling(ledger: Ledger) -> None:
    """Undo takes back the newest ruling, stays in the log, and names what it undoes."""
    (key,) = _stored(ledger)
    first = _rule(ledger, key, "correct", field="status", value="pledged")
    second = _rule(ledger, key, "reject", reason="irony")
    _rule(ledger, key, "undo", who="bob")
    assert (_only(ledger).review, _only(ledger).statement.status) == ("corrected", "pledged")
    _rule(ledger, key, "undo")
    assert (_only(ledger).review, _only(ledger).statement.status) == ("unreviewed", "refused")
    log = ledger.view(AS_OF).rulings(key)
    assert [(ruling.action, ruling.undoes) for ruling in log] == [
        ("correct", ""), ("reject", ""), ("undo", second), ("undo", first)
    ]  # fmt: skip
    assert log[2].reviewer == "bob"
    with pytest.raises(InputError, match="no ruling to undo"):
        _rule(ledger, key, "undo")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"action": "correct", "field": "quote", "value": "x"}, "its quote is never corrected"),
        ({"action": "correct", "field": "status", "value": "maybe"}, "not in the scheme"),
        ({"action": "correct", "field": "actor", "value": "germany"}, "no actor code"),
        ({"action": "correct", "field": "target", "value": "USA"}, "cannot be corrected"),
        ({"action": "accept", "value": "x"}, "takes no field"),
        ({"action": "burn"}, "one of accept, reject, correct, undo"),
        ({"action": "accept", "who": " "}, "needs a reviewer"),
        ({"action": "reject", "reason": "  "}, "needs a reason"),
    ],
)
def test_rulings_keep_the_scheme(ledger: Ledger, given: dict[str, str], message: str) -> None:
    """A ruling outside the scheme is refused and nothing is stored."""
    (key,) = _stored(ledger)
    with pytest.raises(InputError, match=message):
        _rule(ledger, key, **given)
    assert ledger.view(AS_OF).rulings() == ()


def test_a_ruling_needs_a_statement(ledger: Ledger) -> None:
    """Unknown ids are refused."""
    with pytest.raises(NotFoundError, match="not in the ledger"):
        _rule(ledger, "0" * 32, "accept")


def test_a_copy_of_a_rejected_statement_does_not_bring_it_back(ledger: Ledger) -> None:
    """A reprint of rejected words becomes a witness of the rejected statement."""
    document, copy = make_document(number=1), make_document(number=2)
    with ledger.writer() as writer:
        writer.add_document(document, origin="story")
        writer.add_statements(document.id, [make_statement(document)])
        writer.add_ruling(make_statement(document).id_in(document.id), "reject", reviewer="ann", reason="no")
    with ledger.writer() as writer:
        writer.add_document(copy, origin="story")
        assert writer.add_statements(copy.id, [make_statement(copy)]) == 0
    assert ledger.view(AS_OF).statements() == ()
    assert len(ledger.view(AS_OF).witnesses(_only(ledger).id)) == 1


def test_a_witness_that_proves_independent_stands_alone(ledger: Ledger) -> None:
    """When a copy gets an origin of its own its words are a statement again, and count as a second origin."""
    document, copy = make_document(number=1), make_document(number=2)
    for item in (document, copy):
        with ledger.writer() as writer:
            writer.add_document(item, origin="story")
            writer.add_statements(item.id, [make_statement(item)])
    before = ledger.view(AS_OF)
    with ledger.writer() as writer:
        writer.add_document(copy, origin="its own")
    assert [entry.n_origins for entry in before.standing_entries()] == [1]
    assert [entry.n_origins for entry in ledger.view(AS_OF).standing_entries()] == [2, 2]
    assert ledger.verify() == []


def test_the_queue_begins_with_contradictions_then_the_least_confident(ledger: Ledger) -> None:
    """Yes against no comes first; ruled statements are not asked for again."""
    ids = _stored(ledger, 4)
    document = make_document("Germany agrees.", number=9)
    with ledger.writer() as writer:
        writer.add_document(document)
        writer.add_statements(document.id, [make_statement(document, what="basing", status="pledged", confidence=0.9)])
    assert [item.entry.id for item in build_queue(ledger.view(AS_OF))][:4] == ids
    _rule(ledger, ids[0], "accept")
    with ledger.writer() as writer:
        other = make_document("Germany will pledge ships.", number=10)
        writer.add_document(other)
        writer.add_statements(other.id, [make_statement(other, status="pledged", confidence=0.99)])
    queue = build_queue(ledger.view(AS_OF))
    assert ids[0] not in {item.entry.id for item in queue}
    assert queue[0].why.startswith("against pledged")
    assert [item.entry.statement.confidence for item in queue][-1] == 0.9
    assert len(build_queue(ledger.view(AS_OF), limit=2)) == 2


def test_precision_by_rule_counts_rulings(ledger: Ledger) -> None:
    """Accepted over ruled, with an interval; a corrected statement was wrong."""
    ids = _stored(ledger, 5)  # rule0: 0, 2, 4; rule1: 1, 3
    for key, action, more in (
        (ids[0], "accept", {}), (ids[2], "reject", {"reason": "no"}), (ids[1], "accept", {}),
        (ids[3], "correct", {"field": "status", "value": "pledged"}),
    ):  # fmt: skip
        _rule(ledger, key, action, **more)
    rows = {row.rule: row for row in precision_by_rule(ledger.view(AS_OF).reviewed())}
    assert (rows["rule0"].n_ruled, rows["rule0"].precision) == (2, 0.5)
    assert (rows["rule1"].n_accepted, rows["rule1"].n_corrected) == (1, 1)
    assert rows["rule0"].low < 0.5 < rows["rule0"].high


def test_wilson_interval_matches_a_published_value() -> None:
    """For 15 of 20 the 95 % score interval is 0.531 to 0.888 (computed from Wilson's formula by hand)."""
    assert wilson_interval(15, 20) == pytest.approx((0.531, 0.888), abs=0.001)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_agreement_of_two_reviewers_is_above_chance_or_not() -> None:
    """Kappa is 1 for equal verdicts and below for unequal ones."""
    given = {"ann": ["accept", "reject", "accept", "reject"], "bob": ["accept", "reject", "accept", "accept"]}
    log = [
        Ruling(f"{who}{n}", f"s{n}", action, "x", "", "", who, START)
        for who, actions in given.items()
        for n, action in enumerate(actions)
    ]
    (pair,) = agreement_of_reviewers(log)
    assert (pair.one, pair.other, pair.n_common, pair.share) == ("ann", "bob", 4, 0.75)
    assert pair.kappa == pytest.approx(0.5)


def _walk(path: Path, text: str, *more: str) -> str:
    result = CliRunner().invoke(review, ["--ledger", str(path), "--reviewer", "ann", *more], input=text)
    assert result.exception is None, result.output
    return result.output


def test_the_walk_takes_commands_from_a_pipe(tmp_path: Path) -> None:
    """Accept, reject with the reason on the next line, correct, skip; each is stored with the reviewer."""
    path = tmp_path / "ledger.sqlite"
    with open_ledger(str(path)) as ledger:
        ids = _stored(ledger, 5)
    output = _walk(path, "a\nr\nirony\nc status=pledged\nnonsense\ns\nq\n")
    assert "1 accept, 1 correct, 1 reject; 2 statements wait" in output
    assert ">>>Germany refuses 0.<<<" in output
    assert "rule rule0; reader rules/1" in output
    with open_ledger(str(path)) as ledger:
        view = ledger.view(AS_OF)
        assert [view.entry(key).review for key in ids[:4]] == ["accepted", "rejected", "corrected", "unreviewed"]
        assert {ruling.reviewer for ruling in view.rulings()} == {"ann"}
        assert view.rulings(ids[1])[0].reason == "irony"


def test_the_walk_says_what_is_wrong_and_asks_again(tmp_path: Path) -> None:
    """A code outside the scheme is refused in one line; the same statement waits for another command."""
    path = tmp_path / "ledger.sqlite"
    with open_ledger(str(path)) as ledger:
        (key,) = _stored(ledger, 1)
    output = _walk(path, "u\nc status=maybe\nc what\nr\n\nc status=pledged\n")
    assert output.count("muster: ") == 4
    with open_ledger(str(path)) as ledger:
        assert ledger.view(AS_OF).entry(key).statement.status == "pledged"


def test_undo_in_the_walk_takes_back_the_last_ruling(tmp_path: Path) -> None:
    """u undoes the ruling on the statement before."""
    path = tmp_path / "ledger.sqlite"
    with open_ledger(str(path)) as ledger:
        ids = _stored(ledger, 2)
    _walk(path, "a\nu\nq\n")
    with open_ledger(str(path)) as ledger:
        assert ledger.view(AS_OF).entry(ids[0]).review == "unreviewed"
        assert len(ledger.view(AS_OF).rulings()) == 2


def test_one_statement_and_the_reports_by_command(tmp_path: Path) -> None:
    """--statement opens one by the start of its id; --report prints rules and reviewers."""
    path = tmp_path / "ledger.sqlite"
    with open_ledger(str(path)) as ledger:
        ids = _stored(ledger, 3)
    assert "1 accept; 2 statements wait" in _walk(path, "a\n", "--statement", ids[2][:10])
    rules = json.loads(_walk(path, "", "--report", "rules", "--format", "json"))
    assert [(row["rule"], row["n_ruled"]) for row in rules] == [("rule0", 1)]
    assert json.loads(_walk(path, "", "--report", "reviewers", "--format", "json")) == []
