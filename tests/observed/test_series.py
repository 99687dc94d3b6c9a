"""Daily series of every known layout are read alike, differences between vintages are measured, faults are named."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from muster.base.errors import DocumentError, InputError
from muster.observed.comparison import Period, compare_series, default_periods, parse_period
from muster.observed.series import bundled_series, read_series
from shared_data import shared_path

PORTWATCH = "date,year,portid,portname,n_tanker,n_cargo,n_total,capacity\n{}"
ALL_STRAITS = "chokepoint,portwatchName,date,tanker,dryBulk,total,capTanker\n{}"


def write(path: Path, text: str) -> Path:
    """Write a file and return its path."""
    path.write_text(text, encoding="utf-8")
    return path


def test_portwatch_files_name_their_vintage(tmp_path: Path) -> None:
    """Counts by class; the date in the file's name is the vintage; order of rows does not matter."""
    rows = "2026-01-02,2026,chokepoint6,Strait of Hormuz,5,3,8,1\n2026-01-01,2026,chokepoint6,Strait of Hormuz,,,,\n"
    (series,) = read_series(write(tmp_path / "portwatch_hormuz_2026-05-14.csv", PORTWATCH.format(rows)))

    assert (series.name, series.vintage, series.label) == (
        "portwatch hormuz", "2026-05-14", "portwatch hormuz 2026-05-14",
    )  # fmt: skip
    assert series.days == (date(2026, 1, 1), date(2026, 1, 2))
    assert np.isnan(series.total[0])
    assert series.known()[0] == (date(2026, 1, 2),)
    assert {key: values[1] for key, values in series.columns.items()} == {"tanker": 5, "cargo": 3, "total": 8}


def test_one_strait_is_taken_of_many(tmp_path: Path) -> None:
    """By a part of its name; an unknown one is answered with those that there are."""
    rows = "suez,Suez Canal,2026-01-01,1,2,50,9\nhormuz_strait,Strait of Hormuz,2026-01-01,4,3,9,9\n"
    path = write(tmp_path / "all.csv", ALL_STRAITS.format(rows))

    assert read_series(path)[0].total.tolist() == [9]
    assert read_series(path, strait="suez")[0].columns["dry_bulk"].tolist() == [2]
    with pytest.raises(DocumentError, match="no strait named 'malacca'; it has hormuz_strait, suez"):
        read_series(path, strait="malacca")


def test_series_side_by_side_are_told_apart(tmp_path: Path) -> None:
    """`<source>_<vintage>_total` and `total_<vintage>`: one series each; days without a figure are left out."""
    wide = "date,portwatch_aug2026_total,portwatch_aug2026_tanker,windward_inbound,windward_total\n"
    found = read_series(write(tmp_path / "w.csv", wide + "2026-01-01,7,5,,\n2026-01-02,8,6,1,3\n"))

    assert [(s.label, len(s.days), sorted(s.columns)) for s in found] == [
        ("portwatch aug2026", 2, ["tanker", "total"]), ("windward", 1, ["inbound", "total"]),
    ]  # fmt: skip


def test_json_of_days_and_of_the_service(tmp_path: Path) -> None:
    """Windward-style days (vintage = fetched) and ArcGIS features (milliseconds) give the same figures."""
    day = {"date": "2026-04-02", "inbound": 1, "outbound": 8, "inboundDark": 0}
    days = {"fetchedAt": "2026-04-30T13:36:38Z", "days": {"2026-04-02": day}}
    features = {"features": [{"attributes": {"date": 1775088000000, "n_total": 9, "portname": "x"}}]}
    (windward,) = read_series(write(tmp_path / "w.json", json.dumps(days)))
    (service,) = read_series(write(tmp_path / "s.json", json.dumps(features)))

    assert windward.vintage == "2026-04-30"
    assert windward.days == service.days == (date(2026, 4, 2),)
    assert windward.total.tolist() == service.total.tolist() == [9]


def test_musters_own_daily_counts_are_a_series(tmp_path: Path) -> None:
    """Classes, directions and seen or inferred sum up; a class not seen on a day is a true zero."""
    rows = "2026-01-01,tanker,inbound,free,seen,2\n2026-01-01,cargo,outbound,,inferred,1\n"
    rows += "2026-01-02,cargo,inbound,,seen,4\n"
    (series,) = read_series(write(tmp_path / "own.csv", "date,class,direction,route,how,transits\n" + rows))

    assert series.total.tolist() == [3, 4]
    assert series.columns["tanker"].tolist() == [2, 0]
    assert series.columns["inferred"].tolist() == [1, 0]


def test_any_csv_is_read_by_a_mapping(tmp_path: Path) -> None:
    """Date and total are named; a wrong name is answered with the columns."""
    path = write(tmp_path / "own.csv", "day,ships\n2026-01-01,3\n")

    assert read_series(path, mapping={"date": "day", "total": "ships"})[0].total.tolist() == [3]
    with pytest.raises(DocumentError, match="mapping total='boats'; its columns are day, ships"):
        read_series(path, mapping={"date": "day", "total": "boats"})
    with pytest.raises(DocumentError, match="no daily series that muster knows"):
        read_series(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,total\n2026-01-01,many\n", "'many' is no count of ships"),
        ("date,total\n2026-01-01,-4\n", "'-4' is no count of ships"),
        ("date,total\n2026-01-01,nan\n", "'nan' is no count of ships"),
        ("date,total\nyesterday,4\n", "'yesterday' is not a date"),
        ("date,total\n2026-01-01,4\n2026-01-01,5\n", "two rows for 2026-01-01"),
        ("date,total\n", "no daily figures"),
        ("", "no daily series"),
        ("{", "no JSON"),
        ('{"features": [3]}', "no daily figures"),
        ('{"features": [{"attributes": {"n_total": 3}}]}', "a record without a date"),
        ('[{"date": "2026-01-01", "n_tanker": 3}]', "no total"),
        ('[{"date": 1e300, "n_total": 3}]', "dates are ISO texts or milliseconds"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    """The value and its rule."""
    with pytest.raises(DocumentError, match=message):
        read_series(write(tmp_path / "x.csv", text))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """An image renamed to .csv; a missing file."""
    (tmp_path / "x.csv").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(DocumentError, match="no UTF-8 text"):
        read_series(tmp_path / "x.csv")
    with pytest.raises(DocumentError, match="No such file"):
        read_series(tmp_path / "none.csv")


def test_differences_are_measured_on_common_days(tmp_path: Path) -> None:
    """Means, ratio, restated days and the largest difference, by period."""
    base = read_series(write(tmp_path / "a.csv", "date,total\n2026-01-01,10\n2026-01-02,20\n2026-01-03,30\n"))
    other = read_series(write(tmp_path / "b.csv", "date,total\n2026-01-02,20\n2026-01-03,10\n2026-02-01,1\n"))
    (row,) = compare_series([*base, *other])

    assert (row.n_days, row.base_mean, row.other_mean, row.ratio, row.n_restated) == (2, 25, 15, 0.6, 1)
    assert row.largest == (date(2026, 1, 3), 30, 10)
    assert str(row.period) == "2026-01-02..2026-01-03"
    with pytest.raises(InputError, match="needs two series"):
        compare_series(base)
    with pytest.raises(InputError, match="no column 'tanker'"):
        compare_series([*base, *other], column="tanker")


def test_periods_are_years_then_months() -> None:
    """The last year by months up to the last day."""
    periods = default_periods(bundled_series())

    assert [str(period) for period in (*periods[:3], periods[-1])] == [
        "2023-01-01..2023-12-31", "2024-01-01..2024-12-31", "2025-01-01..2025-12-31", "2026-08-01..2026-08-16",
    ]  # fmt: skip
    assert len(periods) == 3 + 8
    for text in ("2026", "2026-02-01..2026-01-01", "x..y"):
        with pytest.raises(InputError):
            parse_period(text)


def test_the_bundled_vintages_disagree_by_a_third() -> None:
    """January and February 2026: the April vintage counts a third more; nearly all days were restated."""
    period = Period(date(2026, 1, 1), date(2026, 2, 27))
    (row,) = compare_series(bundled_series(), [period])

    assert row.n_days == 58
    assert row.ratio == pytest.approx(1.34, abs=0.02)
    assert row.n_restated == 58


@pytest.mark.parametrize(
    ("period", "means"),
    [
        ("2019-01-01..2024-12-31", (88.2, 90.5, 75.3)),
        ("2025-01-01..2025-12-31", (93.7, 91.5, 75.2)),
        ("2026-01-01..2026-02-27", (84.1, 80.5, 63.0)),
        ("2026-03-01..2026-05-10", (5.8, 6.5, 3.7)),
    ],
)
def test_three_published_vintages_give_the_known_means(period: str, means: tuple[float, float, float]) -> None:
    """May, July and August 2026, as the notes to the development data state them."""
    folder = shared_path("data/strait/a_portwatch")
    names = (
        "hormuz_daily_vintage_2026-05-14",
        "all_chokepoints_vintage_2026-07-27",
        "hormuz_daily_2019-01-01_2026-08-16",
    )
    found = [series for name in names for series in read_series(folder / f"portwatch_{name}.csv")]
    july, august = compare_series(found, [parse_period(period)])

    assert [series.vintage for series in found] == ["2026-05-14", "2026-07-27", "2026-08-16"]
    assert (round(july.base_mean, 1), round(july.other_mean, 1), round(august.other_mean, 1)) == means


def test_windward_saw_more_than_portwatch() -> None:
    """April 2026: 372 crossings against 217 and 137 on the same days."""
    windward = read_series(shared_path("data/strait/b_ais/windward_daily_crossings_2026-04.json"))
    folder = shared_path("data/strait/a_portwatch")
    may = read_series(folder / "portwatch_hormuz_daily_vintage_2026-05-14.csv")
    august = read_series(folder / "portwatch_hormuz_daily_2019-01-01_2026-08-16.csv")
    rows = compare_series([*windward, *may, *august], [parse_period("2026-04-01..2026-04-30")])

    assert [round(row.other_mean * row.n_days) for row in rows] == [217, 137]
    assert round(rows[0].base_mean * rows[0].n_days) == 372
