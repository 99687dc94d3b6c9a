"""Units of a mission share its fate in a stated share of runs; their own odds and dates stay."""

from dataclasses import replace

import numpy as np
import pytest

from muster.base.case import load_case
from muster.base.errors import ScenarioError
from muster.passage.forces import ForceUnit
from muster.passage.scenario import load_scenario
from muster.passage.tables import BLOCK_RUNS, unit_table

N_BLOCKS = 8000 // BLOCK_RUNS + 1


def comes(share: float) -> np.ndarray:
    """Which of two units with odds 0.3 and 0.5 come, shape (n_runs, 2)."""
    scenario = load_scenario(load_case("earnest-will-1987").folder)
    units = tuple(
        ForceUnit(name, "USA", p_available=p, mission="joint" if share else "", mission_share=share)
        for name, p in (("a", 0.3), ("b", 0.5))
    )
    rows = []
    for block in range(N_BLOCKS):
        table, ordered = unit_table(scenario, units, seed=5, first_run=block * BLOCK_RUNS)
        order = np.argsort([unit.id for unit in ordered])
        rows.append(table.arrival_s[:, order] == 0)
    return np.concatenate(rows)


@pytest.mark.parametrize(("share", "both"), [(0.0, 0.15), (0.5, 0.5 * 0.15 + 0.5 * 0.3), (1.0, 0.3)])
def test_odds_stay_and_coming_together_follows_the_share(share, both):
    """P(both) = share x min(p) + (1 - share) x product; tolerance 5 standard errors (false alarm below 1e-6)."""
    there = comes(share)
    n = len(there)
    for column, p in enumerate((0.3, 0.5)):
        assert abs(there[:, column].mean() - p) < 5 * np.sqrt(p * (1 - p) / n)
    assert abs(there.all(axis=1).mean() - both) < 5 * np.sqrt(both * (1 - both) / n)
    if share == 1.0:
        assert not (there[:, 0] & ~there[:, 1]).any()


def test_a_share_without_a_mission_is_refused():
    """The rule is named."""
    with pytest.raises(ScenarioError, match="goes with a mission"):
        ForceUnit("a", "USA", mission_share=0.5)
    with pytest.raises(ScenarioError, match="from 0 to 1"):
        replace(ForceUnit("a", "USA", mission="m"), mission_share=1.5)
