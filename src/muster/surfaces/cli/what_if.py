"""`muster what-if`: suppose that members answer or lift caveats, and compare in the same runs."""

import json
from pathlib import Path
from typing import Any

import click

from muster.assessment.roll import build_roll
from muster.base.errors import InputError
from muster.contribution.paired import OUTCOME_UNITS, OUTCOMES
from muster.contribution.pool import Change, build_force_pool
from muster.contribution.shapley import MeanShare
from muster.contribution.what_if import Comparison, compare_pools, parse_answer, parse_lift
from muster.surfaces.cli.case_ledger import as_of_option, known_at_option, open_case_ledger, open_view
from muster.surfaces.cli.options import case_option, format_option, ledger_option, print_rows
from muster.surfaces.cli.passage_run import open_strait, run_options, start_option


@click.command(name="what-if")
@click.option("--set", "answers", multiple=True, metavar="MEMBER.MATTER=STATUS[@DAY]",
              help="Suppose an answer, such as DEU.mine_clearance=deployed@2026-06-01; may be repeated.")  # fmt: skip
@click.option("--lift", "lifts", multiple=True, metavar="MEMBER.TYPE",
              help="Suppose that caveats of a type are gone, such as FRA.operational; may be repeated.")  # fmt: skip
@click.option("--out", "out_path", type=click.Path(path_type=Path), metavar="FILE", help="One page (.html).")
@case_option
@ledger_option
@as_of_option
@known_at_option
@run_options(400)
@start_option
@click.option("--threads", "n_threads", type=click.IntRange(1, 256), default=2, show_default=True)
@format_option
def what_if(
    answers: tuple[str, ...], lifts: tuple[str, ...], out_path: Path | None, case_name: str, ledger_url: str,
    as_of: str | None, known_at: str | None, n_runs: int, n_days: int, seed: int, policy: str | None,
    start_regime: str | None,
    n_threads: int,
    output_format: str,
) -> None:  # fmt: skip
    """Compare the roll with what members might do, run by run with the same ships and the same luck.

    \b
    Examples:
      muster what-if --set DEU.escort=deployed@2026-06-01 --lift DEU.operational --as-of 2026-05-12
      muster what-if --lift ITA.operational --format json
      muster what-if --set GBR.escort=withdrawn --out out/what-if.html
    """
    if not answers and not lifts:
        raise InputError("nothing is supposed", rule="give --set or --lift at least once", next_step="See --help")
    case, ledger = open_case_ledger(case_name, ledger_url)
    with ledger:
        view = open_view(case, ledger, as_of, known_at)
        scenario = open_strait(case, view.as_of, start_regime)
        roll = build_roll(view, case)
        changes: list[Change] = [parse_answer(text, members=roll.members, as_of=view.as_of) for text in answers]
        changes += [parse_lift(text, members=roll.members) for text in lifts]
        base = build_force_pool(roll, view, case, scenario=scenario)
        changed = build_force_pool(roll, view, case, scenario=scenario, changes=changes)
    found = compare_pools(
        base, changed, scenario, changes=changes, n_runs=n_runs, n_days=n_days, seed=seed, policy=policy,
        n_threads=n_threads,
    )  # fmt: skip
    for sentence in found.unmoved():
        click.echo(f"muster: {sentence}", err=True)
    if out_path is not None:
        from muster.surfaces.cli.what_if_page import write_what_if_page

        write_what_if_page(found, case, out_path)
        click.echo(f"muster: wrote {out_path}", err=True)
    if output_format == "json":
        click.echo(json.dumps(_as_object(found), ensure_ascii=False, indent=1))
        return
    title = "What if " + ", ".join(str(change) for change in changes)
    print_rows([_row(found, word) for word in OUTCOMES], output_format, title=title)


def _row(found: Comparison, word: str) -> dict[str, Any]:
    difference = found.difference[word]
    return {
        "outcome": word, "unit": OUTCOME_UNITS[word], "base": found.base[word].mean,
        "changed": found.changed[word].mean, "difference": difference.mean, "ci_low": difference.ci_low,
        "ci_high": difference.ci_high,
    }  # fmt: skip


def _interval(value: MeanShare) -> dict[str, float]:
    return {"mean": value.mean, "ci_low": value.ci_low, "ci_high": value.ci_high}


def _as_object(found: Comparison) -> dict[str, Any]:
    before = {unit.force.id: unit.force for unit in found.base_pool.units}
    after = {unit.force.id: unit.force for unit in found.changed_pool.units}
    return {
        "changes": [str(change) for change in found.changes], "n_runs": found.n_runs, "n_days": found.n_days,
        "seed": found.seed, "unmoved": list(found.unmoved()),
        "units_added": sorted(set(after) - set(before)), "units_gone": sorted(set(before) - set(after)),
        "units_changed": sorted(name for name in set(after) & set(before) if after[name] != before[name]),
        "outcomes": {
            word: {
                "unit": OUTCOME_UNITS[word], "base": _interval(found.base[word]),
                "changed": _interval(found.changed[word]), "difference": _interval(found.difference[word]),
            }
            for word in OUTCOMES
        },
        "curves": {name: {"base": c[0].tolist(), "changed": c[1].tolist()} for name, c in found.curves.items()},
    }  # fmt: skip
