"""The commands of the contribution room on the bundled case, as a user types them."""

import json

import pytest
from click.testing import CliRunner

from muster.base.errors import InputError, NotFoundError
from muster.contribution.pool_tables import load_tables
from muster.surfaces.cli.main import root

FEW = ("--runs", "2", "--days", "10", "--threads", "1")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """A ledger file that the first command fills with the bundled documents."""
    return str(tmp_path_factory.mktemp("ledger") / "case.sqlite")


def run(*arguments: str) -> str:
    """Standard output of a command that must succeed."""
    result = CliRunner().invoke(root, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_unit_of_the_bundled_case_links_to_statements_or_says_it_rests_on_membership(ledger):
    """forces: each unit has quotes with ids, a probability range, a type and its masks."""
    found = json.loads(run("forces", "--ledger", ledger, "--as-of", "2026-05-12", "--format", "json"))
    assert len(found["units"]) > 10
    for unit in found["units"]:
        assert bool(unit["statements"]) == (unit["basis"] == "statement")
        assert all(statement["id"] and statement["quote"] for statement in unit["statements"])
        assert 0 <= unit["p_available"][0] <= unit["p_available"][2] <= 1
    assert any(unit["asset"] == "HMS Dragon" and unit["nation"] == "GBR" for unit in found["units"])


def test_the_pool_before_the_first_pledge_is_smaller(ledger):
    """Nothing that was said later is in the pool of a day."""
    early = json.loads(run("forces", "--ledger", ledger, "--as-of", "2026-03-01", "--format", "json"))
    late = json.loads(run("forces", "--ledger", ledger, "--as-of", "2026-07-10", "--format", "json"))
    assert len(early["units"]) < len(late["units"])


def test_shares_print_as_json_and_csv(ledger):
    """The parts add up to the whole and burden sources are named."""
    text = run("shares", "--ledger", ledger, "--format", "json", *FEW)
    found = json.loads(text)
    assert sum(m["share"]["mean"] for m in found["members"]) == pytest.approx(found["whole"]["mean"])
    assert found["burden_sources"]["gdp"]["source"]
    assert text == run("shares", "--ledger", ledger, "--format", "json", *FEW)
    assert run("shares", "--ledger", ledger, "--format", "csv", *FEW).startswith("member,units,share")


def test_a_pool_of_another_day_says_which_strait_it_sails(ledger):
    """--as-of moves the units only, and says so on standard error; --start sets the coastal state."""
    ask = ["frontier", "--ledger", ledger, "--as-of", "2026-05-12", "--policy", "none", "--format", "csv"]
    few = ["--runs", "2", "--days", "10", "--threads", "1"]
    found = CliRunner().invoke(root, [*ask, *few], catch_exceptions=False)
    assert "units as of 2026-05-12; the strait (traffic, acts, mines) is that of 2026-08-18" in found.stderr
    opened = CliRunner().invoke(root, [*ask, *few, "--start", "open"], catch_exceptions=False)
    closed = CliRunner().invoke(root, [*ask, *few, "--start", "closed"], catch_exceptions=False)
    assert "it begins open" in opened.stderr

    def passages(text: str) -> float:
        head, first = text.splitlines()[:2]
        return float(first.split(",")[head.split(",").index("passages")])

    assert passages(opened.stdout) > passages(closed.stdout)


def test_next_names_reasons_and_ranks(ledger):
    """next: rows fall by the outcome they are ranked by."""
    rows = json.loads(run("next", "--ledger", ledger, "--format", "json", *FEW))
    means = [row["effects"]["passages"]["mean"] for row in rows]
    assert means == sorted(means, reverse=True)
    assert {row["kind"] for row in rows} == {"ask", "pledge", "caveat"}
    assert all(row["reasons"] for row in rows)
    assert "any of" in run("next", "--ledger", ledger, *FEW)


def test_what_if_writes_one_page_that_asks_nothing_of_the_network(ledger, tmp_path):
    """what-if: table on standard output, the page self-contained."""
    path = tmp_path / "page.html"
    run("what-if", "--lift", "FRA.operational", "--ledger", ledger, "--out", str(path), *FEW)
    page = path.read_text(encoding="utf-8")
    assert "France lifts its operational caveats" in page
    assert page.count("<svg") == 4
    for word in ("<script", "src=", "<link", "@import", "url(http"):
        assert word not in page


def test_a_what_if_page_says_why_a_supposition_moves_nothing(ledger, tmp_path):
    """Lifting a caveat that Albania, a bare signature, does not have: the reason stands on the page."""
    path = tmp_path / "page.html"
    run("what-if", "--lift", "ALB.relational", "--ledger", ledger, "--out", str(path), *FEW)
    page = path.read_text(encoding="utf-8")
    assert "ALB.relational changes no unit:" in page
    assert "Nothing changes" in page


def test_what_if_needs_a_supposition_and_known_members(ledger):
    """Nothing supposed, or an unknown member, is one clear sentence."""
    with pytest.raises(InputError, match="--set or --lift"):
        run("what-if", "--ledger", ledger)
    with pytest.raises(NotFoundError, match="not on the roll"):
        run("what-if", "--lift", "XYZ.operational", "--ledger", ledger)


def test_a_roster_from_a_file_needs_no_ledger(tmp_path):
    """roster: stints as CSV and a picture; a bad need is refused."""
    (tmp_path / "u.toml").write_text(
        '[[unit]]\nid = "a"\nnation = "GBR"\ntype = "escort"\nroles = ["escort"]\ntransit_days = 7\nready_day = -7\n'
    )
    units, picture = str(tmp_path / "u.toml"), tmp_path / "g.svg"
    options = ("--units", units, "--days", "60", "--time-limit", "5")
    text = run("roster", *options, "--need", "escort=1", "--gantt", str(picture), "--format", "csv")
    assert text.splitlines()[0].startswith("unit,nation,type,task")
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(InputError, match="a need reads"):
        run("roster", *options, "--need", "escort")


def test_the_docs_give_the_table_that_is_used():
    """docs/contribution.md and data/force_pool.toml agree on every status."""
    from pathlib import Path

    text = Path(__file__).parents[2].joinpath("docs/contribution.md").read_text(encoding="utf-8")
    for name, row in load_tables().statuses.items():
        p, days = (", ".join(f"{value:g}" for value in values) for values in (row.p_available, row.delay_days))
        line = next(line for line in text.splitlines() if line.startswith(f"| {name}"))
        assert p.replace("1.0", "1") in line.replace("1.0", "1")
        assert days in line
