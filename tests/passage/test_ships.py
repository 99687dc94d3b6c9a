"""Arrivals are as over-dispersed and as correlated as the scenario says."""

from dataclasses import replace

import numpy as np
import pytest

from muster.passage.layout import BLOCK_RUNS, DAY_S, R_ARRIVAL, R_KIND
from muster.passage.pictures import share_below
from muster.passage.priors import Number
from muster.passage.ships import draw_ships
from muster.passage.simulate import compile_scenario, make_space
from muster.passage.story import replay_run
from passage.scenario_strategies import base_scenario

RATE = 75.2
DAYS = 90


def _daily(process: str) -> tuple[np.ndarray, np.ndarray]:
    """Return daily totals (runs, days) and the ships' kinds."""
    base = base_scenario()
    traffic = replace(
        base.traffic,
        process=process,
        demand=(),
        arrivals_per_day=Number.point("rate", RATE),
        initial_ships=Number.point("initial", 0.0),
    )
    compiled = compile_scenario(replace(base, traffic=traffic), seed=5, n_days=DAYS)
    space = make_space(compiled, capacity=20_000)
    drawn = compiled.block(0).arrays
    days, kinds = [], []
    for run in range(BLOCK_RUNS):
        n = draw_ships(np.uint64(5), run, run, compiled.fixed, drawn, space.ships, space.multiplier)
        days.append(np.bincount(space.ships.record[:n, R_ARRIVAL] // DAY_S, minlength=DAYS))
        kinds.append(space.ships.record[:n, R_KIND].copy())
    return np.array(days, float), np.concatenate(kinds)


@pytest.mark.statistical
@pytest.mark.parametrize(("process", "dispersion"), [("gamma", 4.6), ("poisson", 1.0)])
def test_daily_totals_have_the_scenario_s_mean_and_dispersion(process, dispersion):
    """Mean and variance/mean over 256 runs lie within 4.9 standard errors (false alarm 1e-6 each).

    The standard error comes from the runs' own spread; the detectable error of the dispersion is about 8 % (gamma).
    """
    days, _ = _daily(process)
    means = days.mean(axis=1)
    assert abs(means.mean() - RATE) < 4.9 * means.std(ddof=1) / np.sqrt(len(days))
    per_run = ((days - RATE) ** 2).mean(axis=1) / RATE
    assert abs(per_run.mean() - dispersion) < 4.9 * per_run.std(ddof=1) / np.sqrt(len(days))


@pytest.mark.statistical
def test_kinds_have_the_scenario_s_shares():
    """Direction, class and flag shares lie within 4.9 standard errors of the file's."""
    _, kinds = _daily("poisson")
    traffic = base_scenario().traffic
    n = len(kinds)
    wanted = [(kinds >> 8 == 0, traffic.in_share)]
    wanted += [(((kinds >> 4) & 15) == c, item.share) for c, item in enumerate(traffic.classes)]
    wanted += [((kinds & 15) == f, item.share) for f, item in enumerate(traffic.flags)]
    for found, share in wanted:
        assert abs(found.mean() - share) < 4.9 * np.sqrt(share * (1 - share) / n)


def _still(initial: float):
    """The bundled case with this many ships at the start, in a contested regime that lasts."""
    base = base_scenario()
    chain = replace(base.regime, start=(0.0, 0.0, 1.0, 0.0), rates_per_day=((None,) * 4,) * 4)
    traffic = replace(base.traffic, initial_ships=Number.point("initial", initial))
    return replace(base, traffic=traffic, regime=chain)


def test_stranded_ships_stay_while_nothing_changes():
    """No ship of the start sails while regime, mines and escorts are what they were."""
    story = replay_run(_still(400.0), seed=8, run=1, n_days=20, policy="none")
    sailed = {event.entity for event in story.events if event.kind == "sail"}
    assert min(sailed) >= 400
    gone = {event.entity for event in story.events if event.kind == "leave"}
    assert 0 < len([ship for ship in gone if ship < 400]) < 400


def test_stranded_ships_are_the_same_under_every_policy():
    """Neither a patrolled corridor nor a lane kept shut changes who waits at the start."""
    words = []
    for policy in ("none", "demand:6:48h:2:8", "corridor:3", "accompany+reflag:0.5+clear"):
        compiled = compile_scenario(_still(400.0), seed=8, n_days=5, policy=policy)
        space = make_space(compiled, capacity=8000)
        drawn = compiled.block(0).arrays
        n = draw_ships(np.uint64(8), 2, 2, compiled.fixed, drawn, space.ships, space.multiplier)
        words.append(space.ships.word[:, :n].copy())
    assert all(np.array_equal(words[0], other) for other in words[1:])


@pytest.mark.statistical
def test_stranded_ships_are_distributed_as_those_whom_the_rule_turns_away():
    """Permission seeking and tolerance of stranded ships are those of ships that refuse, found by rejection.

    Ships that arrive later are drawn without the condition; those that refuse give the wanted means. 4.9 standard
    errors of the difference over about 20,000 ships a side show a shift of 0.02 in a share.
    """
    compiled = compile_scenario(_still(20_000.0), seed=8, n_days=600)
    space = make_space(compiled, capacity=80_000)
    fx, drawn = compiled.fixed, compiled.block(0).arrays
    n = draw_ships(np.uint64(8), 0, 0, fx, drawn, space.ships, space.multiplier)
    flag = space.ships.record[:n, R_KIND] & 15
    tolerance = (space.ships.word[1, :n] >> np.uint64(16) & np.uint64(0xFFFF)).astype(np.int64)
    asks = (space.ships.word[2, :n] >> np.uint64(48)).astype(np.int64) < drawn.permission_below[0, flag]
    stays = np.ones(n, bool)
    for f in range(fx.n_flags):
        for route in [r for r in fx.choices[f] if 0 <= r < 3]:
            p = drawn.p_act[0, 2, route * 3 * fx.n_flags + f]
            risk = 1 - (1 - p[3]) * (1 - p[4]) * (1 - min(p[5] * drawn.mines[0, route], 1.0))
            goes = tolerance >= int(share_below(risk * drawn.risk_scale[0, f], fx) * 65536)
            stays &= ~((flag == f) & goes & (asks | (route != 1)))
    is_initial = np.arange(n) < 20_000
    assert stays[is_initial].all()
    compared = 0
    for f in range(fx.n_flags):
        for value in (asks, tolerance / 65536):
            mine, theirs = value[is_initial & (flag == f)], value[~is_initial & stays & (flag == f)]
            if min(len(mine), len(theirs)) > 100:
                error = np.sqrt(mine.var() / len(mine) + theirs.var() / len(theirs))
                assert abs(mine.mean() - theirs.mean()) <= 4.9 * error + 2**-16
                compared += 1
    assert compared >= 8
