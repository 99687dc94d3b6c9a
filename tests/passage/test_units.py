"""Units stand anywhere in their cycles, each by its own draw."""

import numpy as np
import pytest

from muster.base.errors import ScenarioError
from muster.passage.forces import ForceUnit
from muster.passage.layout import BLOCK_RUNS, DAY_S
from muster.passage.tables import unit_table
from passage.scenario_strategies import base_scenario


def _unit(name: str, **fields) -> ForceUnit:
    return ForceUnit(id=name, nation="GBR", on_station_days=21, off_station_days=7, **fields)


def _table(*units: ForceUnit):
    return unit_table(base_scenario(), units, seed=4, first_run=0)[0]


def test_a_phase_is_uniform_over_the_cycle():
    """A quarter of the units rest at first; the first stint is what the phase leaves of it (4.9 standard errors)."""
    table = _table(*[_unit(f"u{k:02}") for k in range(20)])
    rests = table.arrival_s > 0
    n = rests.size
    assert abs(rests.mean() - 0.25) < 4.9 * np.sqrt(0.25 * 0.75 / n)
    assert (table.first_s[rests] == 21 * DAY_S).all()
    assert table.arrival_s.max() <= 7 * DAY_S
    left = table.first_s[~rests] / (21 * DAY_S)
    assert 0 < left.min() < left.max() <= 1
    assert abs(left.mean() - 0.5) < 4.9 * np.sqrt(1 / 12 / left.size)


def test_a_phase_is_the_unit_s_own():
    """Other units in the pool, and whether they set a phase, leave it as it was."""
    alone = _table(_unit("b"))
    among = _table(_unit("a", phase_days=3.0), _unit("b"), _unit("c"))
    assert np.array_equal(alone.first_s[:, 0], among.first_s[:, 1])
    assert np.array_equal(alone.arrival_s[:, 0], among.arrival_s[:, 1])
    assert len({tuple(column) for column in among.first_s.T}) == 3


@pytest.mark.parametrize(("phase", "first_day", "stint"), [(0.0, 5, 21), (6.0, 5, 15), (21.0, 12, 21), (24.0, 9, 21)])
def test_a_phase_that_is_given_holds(phase, first_day, stint):
    """Within the stint it shortens the first one; within the rest it puts the first one off."""
    table = _table(_unit("a", phase_days=phase, arrival_day=5.0))
    assert table.arrival_s[:, 0].tolist() == [first_day * DAY_S] * BLOCK_RUNS
    assert table.first_s[:, 0].tolist() == [stint * DAY_S] * BLOCK_RUNS


def test_a_unit_without_rest_has_no_phase():
    """Always on station: it is there on its arrival day."""
    table = _table(ForceUnit(id="a", nation="GBR", arrival_day=2.0))
    assert set(table.arrival_s[:, 0].tolist()) == {2 * DAY_S}


def test_a_phase_beyond_the_cycle_is_refused():
    """The unit, the field and the rule are named."""
    with pytest.raises(ScenarioError, match=r"'a': phase_days = 29"):
        _unit("a", phase_days=29)
