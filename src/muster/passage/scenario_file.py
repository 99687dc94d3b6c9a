"""From the text of a scenario file to a `Scenario`, table by table."""

import tomllib
from itertools import pairwise
from pathlib import Path

from muster.base.errors import ScenarioError
from muster.passage.forces import ForceUnit
from muster.passage.policy import parse_policy
from muster.passage.priors import Number
from muster.passage.scenario import (
    Acts,
    Anchorage,
    Costs,
    Demand,
    FlagGroup,
    Lane,
    Mines,
    RegimeChain,
    Scenario,
    SeenPeriod,
    ShipClass,
    Tolerance,
    Traffic,
)  # fmt: skip
from muster.passage.scenario_table import TomlTable
from muster.passage.words import ACTS, CLASSES, DIRECTIONS, OPTIONS, REGIMES, ROUTES, UNIT_TYPES

MAX_FLAG_GROUPS = 16
MAX_DAYS = 3660  # ten years; seconds stay far inside 64 bits and day counters inside 32
_SHARE_TOLERANCE = 1e-6
# Escort and corridor change these acts only where the file says so; 1 = no effect.
_NO_EFFECT = 1.0


def parse_scenario(text: str, *, path: Path | None = None) -> Scenario:
    """Return the scenario that a TOML text describes.

    Raises
    ------
    ScenarioError
        The text is no TOML or a key breaks its rule; names key, value and rule.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"scenario {path or 'text'}: {error}", rule="a scenario is UTF-8 TOML") from None
    root = TomlTable(raw, "")
    head = root.sub("scenario")
    convoy = root.sub("convoy", optional=True)
    strait = root.sub("strait")
    lanes = _lanes(strait)
    traffic = _traffic(root.sub("traffic"))
    scenario = Scenario(
        name=head.text("name"),
        title=head.text("title"),
        start=head.day("start"),
        days=head.whole("days", 1, MAX_DAYS),
        sea=strait.text("sea"),
        normal_per_day=strait.fixed("normal_per_day", 0.01, 1e5),
        lanes=lanes,
        anchorages=_anchorages(strait),
        traffic=traffic,
        tolerance=_tolerance(root.sub("tolerance")),
        regime=_regime(root.sub("regime")),
        acts=_acts(root.sub("acts"), tuple(flag.name for flag in traffic.flags)),
        mines=_mines(root.sub("mines", optional=True)),
        convoy_transit_h=_triple(convoy, "transit_h", lanes[ROUTES.index("facilitated")].transit_h),
        support_turnaround_factor=convoy.number("support_turnaround_factor", 0.1, 1.0, 1.0),
        policy=parse_policy(head.text("policy", "none")),
        units=tuple(_unit(row) for row in root.sub("forces", optional=True).rows("unit")),
        costs=_costs(root.sub("costs")),
        seen=_seen(root.sub("observation", optional=True)),
        path=path,
        text=text,
    )
    for table in (head, convoy, strait, root):
        table.done()
    return scenario


def _triple(
    table: TomlTable, name: str, default: tuple[float, float, float] | None = None
) -> tuple[float, float, float]:
    value = table.sub(name) if table.has(name) or default is None else None
    if value is None:
        return default or (0.0, 0.0, 0.0)
    low, mode, high = (value.fixed(part, 1 / 60, 2400) for part in ("low", "mode", "high"))
    value.done()
    if not low <= mode <= high or low == high:
        raise table.fail(name, "each ship draws from a triangle: low <= mode <= high and low < high, in hours")
    return low, mode, high


def _points(table: TomlTable) -> tuple[tuple[float, float], ...]:
    value = table.table.get("points", [])
    table._read.add("points")
    is_pair = isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and -180 <= pair[0] <= 180 and -90 <= pair[1] <= 90 for pair in value
    )
    if not is_pair:
        raise table.fail("points", "points is a list of [longitude, latitude] in degrees")
    return tuple((float(lon), float(lat)) for lon, lat in value)


def _lanes(strait: TomlTable) -> tuple[Lane, ...]:
    found = {}
    for row in strait.rows("lane"):
        route = row.text("route", among=ROUTES)
        found[route] = Lane(
            route=route,
            headway_min=row.number("headway_min", 0, 14400),
            transit_h=_triple(row, "transit_h"),
            regimes=frozenset(row.texts("regimes", among=REGIMES, default=REGIMES)),
            needs_policy=row.flag("needs_policy", default=False),
            length_nm=row.fixed("length_nm", 1, 20000),
            points=_points(row),
            source=row.text("source", ""),
        )
        row.done()
    if set(found) != set(ROUTES):
        raise strait.fail("lane", f"there is one [[strait.lane]] for each of {', '.join(ROUTES)}")
    return tuple(found[route] for route in ROUTES)


def _anchorages(strait: TomlTable) -> tuple[Anchorage, ...]:
    rows = []
    for row in strait.rows("anchorage"):
        rows.append(
            Anchorage(
                name=row.text("name"),
                lon=row.fixed("lon", -180, 180),
                lat=row.fixed("lat", -90, 90),
                radius_nm=row.fixed("radius_nm", 0.1, 100),
                side=row.text("side", among=DIRECTIONS),
                source=row.text("source", ""),
            )
        )
        row.done()
    return tuple(rows)


def _traffic(table: TomlTable) -> Traffic:
    process = table.text("process", "gamma", among=("gamma", "poisson", "trace"))
    trace = table.table.get("trace_per_day", [])
    table._read.add("trace_per_day")
    if not isinstance(trace, list) or not all(isinstance(x, (int, float)) and 0 <= x <= 1e5 for x in trace):
        raise table.fail("trace_per_day", "trace_per_day is a list of expected arrivals, one a day, each >= 0")
    if (process == "trace") != bool(trace):
        raise table.fail("trace_per_day", "trace_per_day is given if and only if process = 'trace'")
    classes = _classes(table.sub("class"))
    flags = _flags(table.sub("flag"))
    demand = []
    for row in table.rows("demand"):
        demand.append(Demand(row.fixed("from_day", 0, MAX_DAYS), row.number("factor", 0, 100)))
        row.done()
    if [item.from_day for item in demand] != sorted({item.from_day for item in demand}):
        raise table.fail("demand", "[[traffic.demand]] rows have rising from_day")
    found = Traffic(
        process=process,
        arrivals_per_day=table.number("arrivals_per_day", 0, 1e5, 0.0 if trace else None),
        vintage=table.text("vintage"),
        in_share=table.fixed("in_share", 0, 1, 0.5),
        dispersion=table.fixed("dispersion", 1, 1000, 1.0),
        modulation_h=table.fixed("modulation_h", 1, 2400, 24.0),
        demand=tuple(demand),
        trace_per_day=tuple(float(x) for x in trace),
        initial_ships=table.number("initial_ships", 0, 1e5, 0.0),
        classes=classes,
        flags=flags,
        protecting_flag=table.text("protecting_flag", flags[0].name, among=[flag.name for flag in flags]),
    )
    table.done()
    return found


def _classes(table: TomlTable) -> tuple[ShipClass, ...]:
    found = []
    for name in CLASSES:
        row = table.sub(name)
        found.append(
            ShipClass(
                name=name,
                share=row.fixed("share", 0, 1),
                oil_bbl=row.number("oil_bbl", 0, 5e6, 0.0),
                laden=row.text("laden", "out", among=DIRECTIONS),
                hull_value_usd=row.number("hull_value_usd", 0, 1e10),
                waiting_usd_per_day=row.number("waiting_usd_per_day", 0, 1e7),
                toll_usd=row.number("toll_usd", 0, 1e9, 0.0),
            )
        )
        row.done()
    table.done()
    _check_shares(table, [item.share for item in found])
    return tuple(found)


def _flags(table: TomlTable) -> tuple[FlagGroup, ...]:
    found = []
    for name in table.table:
        row = table.sub(name)
        choices = row.texts("choices", among=OPTIONS)
        if not choices or len(set(choices)) != len(choices):
            raise row.fail("choices", f"choices names each of {', '.join(OPTIONS)} at most once, at least one")
        found.append(
            FlagGroup(
                name=name,
                share=row.fixed("share", 0, 1),
                codes=row.texts("codes"),
                choices=choices,
                tolerance_factor=row.number("tolerance_factor", 1e-3, 1e3, 1.0),
                p_seeks_permission=row.number("p_seeks_permission", 0, 1, 0.0),
                may_reflag=row.flag("may_reflag", default=False),
            )
        )
        row.done()
    if not 1 <= len(found) <= MAX_FLAG_GROUPS:
        raise ScenarioError(f"scenario: {len(found)} flag groups", rule=f"there are 1 to {MAX_FLAG_GROUPS} flag groups")
    _check_shares(table, [item.share for item in found])
    return tuple(found)


def _check_shares(table: TomlTable, shares: list[float]) -> None:
    if abs(sum(shares) - 1) > _SHARE_TOLERANCE:
        raise ScenarioError(
            f"scenario: shares of [{table.place}] sum to {sum(shares):.6g}", rule="shares sum to 1",
            next_step="Correct the scenario file",
        )  # fmt: skip


def _tolerance(table: TomlTable) -> Tolerance:
    found = Tolerance(
        risk=_knots(table, "risk", 1.0),
        wait_h=_knots(table, "wait_h", 24.0 * MAX_DAYS),
        perception=table.number("perception", 1e-3, 1e3, 1.0),
        patience_factor=table.number("patience_factor", 1e-3, 1e3, 1.0),
    )
    table.done()
    return found


def _knots(table: TomlTable, name: str, top: float) -> tuple[tuple[float, float], ...]:
    rule = f"{name} is a list of [share of ships, value], shares rising from 0 to 1, values rising within 0 to {top:g}"
    value = table.table.get(name)
    table._read.add(name)
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(p, list) and len(p) == 2 for p in value):
        raise table.fail(name, rule)
    shares = [float(pair[0]) for pair in value]
    values = [float(pair[1]) for pair in value]
    rises = all(a < b for a, b in pairwise(shares)) and all(a < b for a, b in pairwise(values))
    if not rises or shares[0] != 0 or shares[-1] != 1 or values[0] < 0 or values[-1] > top:
        raise table.fail(name, rule)
    return tuple(zip(shares, values, strict=True))


def _regime(table: TomlTable) -> RegimeChain:
    start = table.table.get("start")
    table._read.add("start")
    if isinstance(start, str) and start in REGIMES:
        shares = tuple(1.0 if name == start else 0.0 for name in REGIMES)
    elif isinstance(start, dict):
        given = table.sub("start")
        shares = tuple(given.fixed(name, 0, 1, 0.0) for name in REGIMES)
        given.done()
        _check_shares(given, list(shares))
    else:
        raise table.fail("start", f"start is one of {', '.join(REGIMES)}, or a table of shares")
    rates_table = table.sub("rates_per_day", optional=True)
    rates = tuple(
        tuple(
            rates_table.number(f"{a}_{b}", 0, 100) if rates_table.has(f"{a}_{b}") else None for b in REGIMES
        )
        for a in REGIMES
    )  # fmt: skip
    rates_table.done()
    escalation = table.sub("escalation", optional=True)
    targets, probabilities = [], []
    for name in REGIMES:
        row = escalation.sub(name, optional=True)
        targets.append(row.text("to", name, among=REGIMES))
        probabilities.append(row.number("p", 0, 1, 0.0))
        row.done()
    escalation.done()
    table.done()
    return RegimeChain(shares, rates, tuple(probabilities), tuple(targets))


def _factors(table: TomlTable, name: str) -> tuple[Number, ...]:
    row = table.sub(name, optional=True)
    found = tuple(row.number(act, 0, 1000, _NO_EFFECT) for act in ACTS)
    row.done()
    return found


def _acts(table: TomlTable, flags: tuple[str, ...]) -> Acts:
    base = []
    for regime in REGIMES:
        regime_table = table.sub(regime, optional=True)
        by_route = []
        for route in ROUTES:
            row = regime_table.sub(route, optional=True)
            by_route.append(tuple(row.number(act, 0, 1, 0.0) for act in ACTS))
            row.done()
        regime_table.done()
        base.append(tuple(by_route))
    flag_table = table.sub("flag_factor", optional=True)
    for name in flag_table.table:
        if name not in flags:
            raise flag_table.fail(name, f"flag groups of this scenario are {', '.join(flags)}")
    found = Acts(
        base=tuple(base),
        flag_factor=tuple(_factors(flag_table, name) for name in flags),
        escort_factor=_factors(table, "escort_factor"),
        corridor_factor=_factors(table, "corridor_factor"),
        confrontations=frozenset(
            table.texts("confrontations", among=ACTS, default=("inspection", "boarding", "attack"))
        ),
    )
    table.done()
    return found


def _mines(table: TomlTable) -> Mines:
    count = table.sub("count", optional=True)
    found = Mines(
        count=tuple(count.number(route, 0, 1e5, 0.0) for route in ROUTES),
        cleared_per_unit_day=table.number("cleared_per_unit_day", 0, 1000, 0.0),
        cleared_route=table.text("cleared_route", "facilitated", among=ROUTES),
        clear_below=table.fixed("clear_below", 0, 1e5, 0.5),
    )
    count.done()
    table.done()
    return found


def _unit(row: TomlTable) -> ForceUnit:
    def mask(name: str) -> frozenset[str] | None:
        return frozenset(row.texts(name)) if row.has(name) else None

    def ranged(name: str, high: float, default: float) -> float | tuple[float, float, float]:
        number = row.number(name, 0, high, default)
        if number.shape == "point":
            return number.mode
        if number.shape != "triangular":
            raise row.fail(name, f"{name} is a number or {{ low, mode, high }}")
        return number.low, number.mode, number.high

    unit = ForceUnit(
        id=row.text("id"),
        nation=row.text("nation"),
        type=row.text("type", "escort", among=UNIT_TYPES),
        p_available=ranged("p_available", 1.0, 1.0),
        arrival_day=ranged("arrival_day", 36500.0, 0.0),
        on_station_days=row.fixed("on_station_days", 0.01, 36500, 30.0),
        off_station_days=row.fixed("off_station_days", 0, 36500, 0.0),
        phase_days=row.fixed("phase_days", 0, 36500) if row.has("phase_days") else None,
        turnaround_h=row.fixed("turnaround_h", 0, 8760, 6.0),
        until_day=row.fixed("until_day", 0, 36500) if row.has("until_day") else None,
        flags=mask("flags"),
        classes=mask("classes"),
        routes=mask("routes"),
        regimes=mask("regimes"),
        may_answer_boarding=row.flag("may_answer_boarding", default=True),
        mission=row.text("mission", ""),
        mission_share=row.fixed("mission_share", 0, 1, 0.0),
    )
    row.done()
    return unit


def _costs(table: TomlTable) -> Costs:
    units = table.sub("unit_day_usd", optional=True)
    risk = table.sub("war_risk_share", optional=True)
    found = Costs(
        unit_day_usd=tuple(units.number(name, 0, 1e9, 0.0) for name in UNIT_TYPES),
        war_risk_share=tuple(risk.number(name, 0, 1, 0.0) for name in REGIMES),
    )
    for part in (units, risk, table):
        part.done()
    return found


def _lane_factor(table: TomlTable, p_seen: float) -> tuple[tuple[float, ...], ...]:
    """Return the factor on `p_seen` by regime and lane; the product is a probability."""
    rows = []
    for regime in REGIMES:
        lanes = table.sub(regime, optional=True)
        rows.append(tuple(lanes.fixed(route, 0, 1 / p_seen if p_seen > 0 else 1e6, 1.0) for route in ROUTES))
        lanes.done()
    table.done()
    return tuple(rows)


def _seen(table: TomlTable) -> tuple[SeenPeriod, ...]:
    rows = []
    for row in table.rows("period"):
        by_class = row.sub("p_seen_by_class", optional=True)
        overall = row.fixed("p_seen", 0, 1, 1.0)
        p_seen = tuple(by_class.fixed(name, 0, 1, overall) for name in CLASSES)
        rows.append(
            SeenPeriod(
                from_day=row.whole("from_day", 0, MAX_DAYS),
                p_seen=p_seen,
                source=row.text("source", ""),
                lane_factor=_lane_factor(row.sub("lane_factor", optional=True), max(p_seen)),
            )
        )
        by_class.done()
        row.done()
    table.done()
    days = [row.from_day for row in rows]
    if days != sorted(set(days)):
        raise table.fail("period", "[[observation.period]] rows have rising from_day")
    return tuple(rows)
