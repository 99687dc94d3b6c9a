"""Incident lists of several layouts become one table; repeats are flagged; rates need their exposure."""

import json
import math
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import scipy.stats

from muster.base.errors import DocumentError, InputError
from muster.observed.incident_words import class_of, severity_of
from muster.observed.incidents import Incident, flag_repeats, rates_per_passage, read_incidents
from shared_data import shared_path


def write(path: Path, content: object) -> Path:
    """Write text as it is and anything else as JSON."""
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def incident(
    ident: str, day: int, *, vessel: str = "", lat: float = 26.0, file: str = "a", kind: str = "attack"
) -> Incident:
    """Return an incident of March 2026 off Fujairah."""
    return Incident(ident, date(2026, 3, day), kind, "", lat, 56.5, "high", vessel, "UKMTO", file)


LAYOUTS = {
    "ukmto.csv": "date,details,incident_id,event_type,address,longitude,latitude\n"
    "2026-05-26,A tanker reports an explosion,62,Attack,\"Muscat, Oman\",59.68,23.6\n",
    "imb.csv": "date,longitude,latitude,attack_type,location_description,vessel_name,data_source\n"
    "2026-05-26,59.68,23.6,Fired Upon,\"Muscat, Oman\",NA,imb\n",
    "asam.json": {"asam": [{"reference": "2026-62", "date": "2026-05-26", "latitude": 23.6, "longitude": 59.68,
                            "subreg": "Muscat, Oman", "hostility": "Missile attack", "victim": None}]},
    "list.json": [{"id": "62", "date": "2026-05-26", "type": "drone-strike", "zone": "Muscat, Oman", "lat": 23.6,
                   "lon": 59.68, "vessel": "", "source": {"name": "NGA", "url": "https://x"}}],
    "stamps.json": {"incidents": [{"timestamp": 1779753600000, "type": "vessel_attack", "lat": 23.6, "lon": 59.68,
                                   "data": {"location": "Muscat, Oman"}}]},
    "points.json": {"features": [{"properties": {"date": "2026-05-26", "type": "attack", "place": "Muscat, Oman"},
                                  "geometry": {"coordinates": [59.68, 23.6]}}]},
    "lines.jsonl": '{"date": "2026-05-26T10:00Z", "event_type": "attack", "place": "Muscat, Oman", '
    '"lat": 23.6, "lon": 59.68}\n'
    '{"date": "2026-05-26", "event_type": "advisory"}\n',
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_gives_the_same_row(tmp_path: Path, name: str) -> None:
    """Date, class, severity, place and position, whatever the columns are called."""
    (found,) = read_incidents([write(tmp_path / name, LAYOUTS[name])]).incidents

    assert (found.on, found.incident_class, found.severity) == (date(2026, 5, 26), "attack", "high")
    assert (found.place, found.lat_deg, found.lon_deg, found.vessel) == ("Muscat, Oman", 23.6, 59.68, "")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("Attack", "", "attack"), ("Suspicious Activitiy", "", "suspicious"), ("Hijacking", "", "hijack"),
        ("Boarded", "", "boarding"), ("Attempted", "", "attempt"), ("Attempted boarding", "", "attempt"),
        ("gps-jamming", "", "jamming"), ("Fired Upon", "", "attack"), ("Detained", "", "seizure"), ("mine", "", "mine"),
        ("TANKER", "The vessel was seized and brought to port", "seizure"), ("BULK CARRIER", "Crew fell ill", "other"),
    ],
)  # fmt: skip
def test_classes_follow_the_publishers_words(kind: str, text: str, expected: str) -> None:
    """The type decides; where it names a ship, the text does."""
    assert class_of(kind, text) == expected


def test_severity_is_the_sources_else_the_classes() -> None:
    """CRITICAL is high; an ungraded boarding is medium."""
    pairs = (("CRITICAL", "other"), ("MODERATE", "attack"), ("", "boarding"), ("", "other"))

    assert [severity_of(*pair) for pair in pairs] == ["high", "medium", "medium", ""]


def test_repeats_are_flagged_and_not_counted() -> None:
    """The same id, the same ship at the same place, or the same place from another list within a day."""
    rows = flag_repeats(
        [
            incident("1", 1), incident("1", 1), incident("2", 1, file="b", lat=26.2), incident("3", 1, lat=26.0),
            incident("4", 2, vessel="Belma"), incident("5", 2, vessel="BELMA", file="b", lat=26.9),
            incident("6", 3, vessel="Belma", lat=29.0), incident("7", 9), incident("8", 9, kind="boarding", file="b"),
        ]
    )  # fmt: skip

    assert [row.repeats for row in rows] == ["", "1", "1", "", "", "4", "", "", ""]
    assert rates_per_passage(rows, 1000)[0].n_incidents == 6


def test_rates_are_exact_and_need_their_exposure() -> None:
    """Garwood's interval over the passages; none without them."""
    rates = rates_per_passage([incident("1", 1), incident("2", 5), incident("3", 9, kind="mine")], 500)

    assert [(rate.incident_class, rate.n_incidents, rate.rate) for rate in rates] == [
        ("all", 3, 0.006), ("attack", 2, 0.004), ("mine", 1, 0.002),
    ]  # fmt: skip
    low, high = scipy.stats.chi2.ppf(0.025, 6) / 2 / 500, scipy.stats.chi2.ppf(0.975, 8) / 2 / 500
    assert rates[0].interval == pytest.approx((low, high), rel=1e-9)
    assert rates_per_passage([], 100)[0].interval == pytest.approx((0, -math.log(0.025) / 100))
    for none in (None, 0):
        with pytest.raises(InputError, match="a rate needs its exposure; incidents are divided by the passages"):
            rates_per_passage([], none)


def test_rows_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    """No date: left out; an impossible position: kept without one; simulated rows and summaries are no incidents."""
    text = "date,event_type,lat,lon,details\nsoon,Attack,1,2,\n2026-03-01,Attack,99,2,\n2026-03-02,Advisory,1,2,\n"
    found = read_incidents(
        [write(tmp_path / "a.csv", text), write(tmp_path / "b.json", [{"date": "2026-01-01", "simulated": True}])]
    )

    assert (len(found.incidents), found.n_malformed, found.n_no_incident) == (1, 1, 2)
    assert not found.incidents[0].has_position


@pytest.mark.parametrize(
    ("content", "message"),
    [("a,b\n1,2\n", "name no date"), ("{", "no JSON"), ("[]", "no list of incidents"), ('{"asam": [1]}', "no list")],
)
def test_files_that_are_no_lists_are_named(tmp_path: Path, content: str, message: str) -> None:
    """One sentence each."""
    with pytest.raises(DocumentError, match=message):
        read_incidents([write(tmp_path / "x.json", content)])
    with pytest.raises(DocumentError, match="No such file"):
        read_incidents([tmp_path / "none.csv"])


def test_ukmto_counts_are_ukmtos_own() -> None:
    """28 February to 2 June 2026: 29 attacks and 2 hijacks, as its summary says; 21 of its 22 suspicious reports."""
    found = read_incidents([shared_path("data/strait/c_incidents/danjones_UKMTO_raw.csv")])

    assert Counter(row.incident_class for row in found.incidents) == {"attack": 29, "suspicious": 21, "hijack": 2}
    assert found.n_no_incident == 3


def test_asam_and_imb_lists_are_read_whole() -> None:
    """677 and 7,511 rows, each with a position."""
    folder = shared_path("data/strait/c_incidents")
    for name, n in (("lephare_asam_2022_2024.json", 677), ("imb_pirate_attacks_1993_2020.csv", 7511)):
        found = read_incidents([folder / name])
        assert len(found.incidents) == n
        assert all(row.has_position for row in found.incidents)
