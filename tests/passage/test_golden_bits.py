"""The bits of a frozen scenario are those of the day on which they were written down, whatever was made faster since.

A change of the model or of its draws changes them: then say so in the news and write the new ones down.
"""

from pathlib import Path

import pytest

from muster.passage.scenario import load_scenario
from muster.passage.simulate import simulate_passages
from muster.passage.tidy import fingerprint

SCENARIO = Path(__file__).with_name("golden_scenario.toml")  # the founding case as of 23 November 2026
GOLDEN = {  # 300 runs of 90 days, seed 7, written down before lists of waiting ships replaced scans of all ships
    "demand:6:48h:2:8": "834fcb00fce4cd96364b3af6ba42c5723701d5b958e4ab8e0e71cf7a9f23b069",
    "none": "874c7835bff17e011f738647c751f3a0794571f6860f8b150080962d7356cbea",
    "convoy:12h:20:2": "cbe823f01fc807c4d18d95f5714c9293eff212d370a0a1abf857efae63d0211b",
    "corridor:8+clear": "a3f5924a8767762c8c64c5da1af5e84e66011815cbdc8427b9acb730b1878c2d",
    "accompany:1:2+reflag:0.3": "479111236ca128b5bb1b9599302c42a187b0b648c6cb1189ba547454c905478f",
}


@pytest.mark.parametrize("policy", GOLDEN)
def test_every_result_bit_is_the_one_written_down(policy):
    """Per-run columns, day series and histograms have the recorded hash."""
    outcomes = simulate_passages(load_scenario(SCENARIO), n_runs=300, seed=7, policy=policy, n_threads=2)
    assert fingerprint(outcomes) == GOLDEN[policy]
