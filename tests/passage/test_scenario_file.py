"""Scenario files are read strictly: every error names key, value and rule."""

from pathlib import Path

import pytest

from muster.base.errors import ScenarioError
from muster.passage.forces import ForceUnit
from muster.passage.scenario import force_units, load_scenario
from muster.passage.scenario_file import parse_scenario
from muster.passage.words import REGIMES

CASES = Path(__file__).parents[2] / "cases"
TEXT = (CASES / "hormuz-2026" / "scenario.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["hormuz-2026", "red-sea-2023", "earnest-will-1987"])
def test_bundled_scenarios_are_valid_and_say_what_is_uncertain(name):
    """Each bundled case has a scenario whose numbers carry priors and whose keys are unique."""
    scenario = load_scenario(CASES / name)
    keys = [number.key for number in scenario.numbers()]
    assert len(keys) == len(set(keys))
    assert len(scenario.uncertain()) > 20
    assert scenario.units


@pytest.mark.parametrize("name", ["hormuz-2026", "red-sea-2023", "earnest-will-1987"])
def test_bundled_numbers_have_a_source_or_say_assumption(name):
    """Every line with a prior has a comment beside it: where it comes from, or that it is an assumption."""
    lines = (CASES / name / "scenario.toml").read_text(encoding="utf-8").splitlines()
    ranged = [line for line in lines if "low =" in line and not line.startswith("#")]
    bare = [line for line in ranged if "#" not in line]
    assert ranged
    assert not bare


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("days = 90", "days = 0", r"scenario\.days = 0; days is a whole number from 1 to"),
        ("days = 90", "dayz = 90", r"scenario\.days = missing"),
        ('sea = "Persian Gulf"', 'sea = "Persian Gulf"\ndepth_m = 60', r"strait\.depth_m = 60; depth_m is not a key"),
        ("in_share = 0.5", "in_share = 1.5", r"traffic\.in_share = 1\.5; in_share is a plain number from 0 to 1"),
        ("share = 0.200", "share = 0.300", r"shares of \[traffic\.class\] sum to 1\.1; shares sum to 1"),
        ("{ low = 70, mode = 75.2, high = 94 }", "{ low = 80, mode = 75.2, high = 94 }", "low <= mode <= high"),
        ("{ low = 70, mode = 75.2, high = 94 }", '{ low = 0, high = 94, scale = "log" }', "low > 0"),
        ("{ low = 70, mode = 75.2, high = 94 }", "{ median = -1, sigma_log = 0.2 }", "median > 0"),
        ("{ low = 70, mode = 75.2, high = 94 }", '"many"', r"arrivals_per_day = 'many'"),
        ('start = "contested"', 'start = "angry"', r"regime\.start = 'angry'"),
        ('policy = "demand:6:48h:2:8"', 'policy = "hope"', "'hope' is not a policy"),
        ('type = "mcm"', 'type = "submarine"', r"type = 'submarine'; type is one of escort, mcm, patrol, support"),
        ('choices = ["free", "escort", "facilitated"]', "choices = []", "choices names each of"),
        ("risk = [[0.0, 0.0005]", "risk = [[0.1, 0.0005]", "shares rising from 0 to 1"),
        ('[acts.flag_factor.us]', "[acts.flag_factor.martian]", "flag groups of this scenario are"),
        ('route = "permission"', 'route = "free"', "one .*lane.* for each of"),
    ],
)  # fmt: skip
def test_a_broken_key_is_named(old, new, message):
    """Key, value and rule stand in the message."""
    assert old in TEXT
    with pytest.raises(ScenarioError, match=message):
        parse_scenario(TEXT.replace(old, new, 1))


def test_a_file_that_is_none_is_named(tmp_path):
    """Missing files, other encodings and no TOML each give one clear line."""
    with pytest.raises(ScenarioError, match="No such file"):
        load_scenario(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b"title = '\xe9'")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        load_scenario(tmp_path / "latin.toml")
    with pytest.raises(ScenarioError, match="line 1"):
        parse_scenario("this is no TOML")


def test_force_units_check_their_fields():
    """A unit names itself, the field, the value and the rule."""
    with pytest.raises(ScenarioError, match=r"'x': p_available = 1\.5"):
        ForceUnit(id="x", nation="GBR", p_available=1.5)
    with pytest.raises(ScenarioError, match=r"arrival_day = \(3, 2, 5\)"):
        ForceUnit(id="x", nation="GBR", arrival_day=(3, 2, 5))
    with pytest.raises(ScenarioError, match="regimes"):
        ForceUnit(id="x", nation="GBR", regimes=frozenset({"calm"}))


def test_pools_refuse_twins_and_unknown_flags():
    """Ids are unique and flag masks name the scenario's groups."""
    scenario = parse_scenario(TEXT)
    unit = ForceUnit(id="x", nation="GBR")
    with pytest.raises(ScenarioError, match="'x' occurs twice"):
        force_units(scenario, [unit, unit])
    with pytest.raises(ScenarioError, match="flag group 'pirate'"):
        force_units(scenario, [ForceUnit(id="x", nation="GBR", flags=frozenset({"pirate"}))])


def test_what_is_seen_may_depend_on_regime_and_lane():
    """A factor of a lane in a regime multiplies the chance of being seen there and nowhere else."""
    text = TEXT.replace("p_seen = 0.46", "p_seen = 0.5")
    period = parse_scenario(text).seen[0]
    assert period.lane_factor[REGIMES.index("contested")] == (0.14, 1.0, 0.14)
    assert period.lane_factor[REGIMES.index("open")] == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("free = 3.0", r"lane_factor\.contested\.free = 3\.0.*plain number from 0 to 2\.17"),
        ("canal = 1.0", r"canal is not a key"),
    ],
)
def test_a_lane_factor_keeps_seeing_a_probability(change, message):
    """The product of share and factor is at most 1, and lanes are known."""
    with pytest.raises(ScenarioError, match=message):
        parse_scenario(TEXT.replace("contested = { free = 0.14", "contested = { " + change, 1))
