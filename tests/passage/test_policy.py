"""Policies are parsed from short texts and print the text that parses to them."""

import pytest
from hypothesis import given

from muster.base.errors import ScenarioError
from muster.passage.policy import parse_policy
from passage.scenario_strategies import policies


@given(policies())
def test_a_policy_survives_its_own_text(policy):
    """Text and back."""
    assert parse_policy(str(policy)) == policy


def test_short_forms_take_documented_defaults():
    """`convoy` is every 12 h, 20 ships, 2 escorts; `accompany` one escort with up to two ships."""
    assert str(parse_policy("convoy")) == "convoy:12h:20:2"
    assert str(parse_policy("accompany")) == "accompany:1:2"
    assert parse_policy("corridor+clear").clear_first


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hope", "'hope' is not a policy"),
        ("convoy:x", "'x'"),
        ("convoy:12h:20:2:9", "has 4 numbers"),
        ("convoy:nan", "number from"),
        ("none+reflag:2", "'2'; this part is a number from 0 to 1"),
        ("none+hope", "option 'hope' is not known"),
    ],
)
def test_a_wrong_policy_is_named(text, message):
    """The text, the part and the forms stand in the message."""
    with pytest.raises(ScenarioError, match=message):
        parse_policy(text)
