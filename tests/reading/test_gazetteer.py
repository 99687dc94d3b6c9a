"""Names of actors: boundaries, dates, ambiguity, ships, and the codes of the PLOVER codebook."""

import json
from datetime import date

import pytest

from muster.base.actors import actor_names, display_name, resolve_actor, state_codes
from muster.reading.gazetteer import find_mentions
from shared_data import shared_path

DAY = date(2026, 5, 1)


def _codes(text: str, day: date | None = DAY) -> list[str]:
    return [code for mention in find_mentions(text, day) for code in mention.codes]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Georgia and Turkey sent troops.", ["GEO", "TUR"]),
        ("A jury in Atlanta, Georgia, met the governor.", []),
        ("They ate cold Turkey sandwich rolls.", []),
        ("Jordan closed its airspace.", ["JOR"]),
        ("Michael Jordan spoke.", []),
        ("Jordan Hale spoke.", []),
        ("Chad asked for help.", ["TCD"]),
        ("Mr Chad Brown left.", []),
        ("He lives in New Jersey.", []),
        ("ships in the Gulf of Oman", []),
        ("the Washington Post wrote", []),
        ("Romania, not Oman", ["ROU", "OMN"]),
        ("South Korea and North Korea", ["KOR", "PRK"]),
    ],
)
def test_ambiguous_names_are_read_in_context(text: str, codes: list[str]) -> None:
    """A name that is also a person, a bird, a state of the union or a sea counts only as a state where it is one."""
    assert _codes(text) == codes


def test_warship_belongs_to_its_flag_state() -> None:
    """HMS, USS, HMAS and their like name the flag."""
    assert _codes("HMS Dragon met USS Porter and HMAS Perth.") == ["GBR", "USA", "AUS"]


def test_office_ends() -> None:
    """A person out of office no longer stands for the state."""
    assert _codes("Blair spoke.", date(2003, 3, 1)) == ["GBR"]
    assert _codes("Blair spoke.", date(2026, 3, 1)) == []


def test_hyphenated_names_are_adjectives() -> None:
    """`US-led` says whose the force is; it is not the subject."""
    (mention,) = find_mentions("a US-led force", DAY)
    assert (mention.form, mention.codes) == ("adjective", ("USA",))


def test_all_states_have_a_display_name() -> None:
    """Every code of the tables can be shown to people; an unknown code is its own name."""
    assert {display_name(code) for code in state_codes()}.isdisjoint({""})
    assert all(display_name(name.code) for name in actor_names())
    assert display_name("GBR") == "United Kingdom"
    assert display_name("ZZZ") == "ZZZ"


def test_no_name_stands_for_two_states_at_once() -> None:
    """On one day a name has one code; a double in the tables would be resolved by chance."""
    held: dict[str, set[str]] = {}
    for name in actor_names():
        if name.form != "person":
            held.setdefault(name.text, set()).add(name.code)
    assert {text: codes for text, codes in held.items() if len(codes) > 1} == {}


def test_actor_codes_of_the_plover_codebook() -> None:
    """At least 95 % of the codebook's actor texts resolve to its codes (three non-ISO codes in it read as ISO)."""
    path = shared_path("gold/plover/PLOVER_GSR_CAMEO.txt")
    iso = {"JAP": "JPN", "ITL": "ITA", "VTN": "VNM"}
    right = total = 0
    for record in json.loads(path.read_text("utf-8")):
        for side in ("source", "target"):
            listed = record.get(side)
            for actor in listed if isinstance(listed, list) else ():
                if actor.get("actorText"):
                    total += 1
                    right += resolve_actor(actor["actorText"]) == iso.get(actor["code"], actor["code"])
    assert total > 600
    assert right / total >= 0.95


def test_a_longer_word_does_not_hide_the_name_it_begins_with() -> None:
    """`Iran war` is nobody, but Iran is still Iran in "Iran warned"."""
    assert [mention.name for mention in find_mentions("Iran warned Chile.")] == ["Iran", "Chile"]
    assert [mention.name for mention in find_mentions("The Iran war hurt Chile.")] == ["Chile"]


def test_an_office_outranks_the_person_who_holds_it() -> None:
    """A name that two people bear is read by the nationality before its title; without one, by the tables."""
    assert resolve_actor("Jordanian King Abdullah") == "JOR"
    assert resolve_actor("King Abdullah") == "SAU"
    assert resolve_actor("Soviet Foreign Minister Eduard Shevardnadze") == "SUN"
    assert resolve_actor("Georgian President Eduard Shevardnadze") == "GEO"
    assert resolve_actor("pro-Iranian Hezbollah") == "LBN"
    assert resolve_actor("the Iranian president's envoy to Hezbollah") == "LBN"
