"""From a scenario to the kernel's arrays: what is fixed once, and what each block of runs draws from the priors."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit

from muster.base.errors import ScenarioError
from muster.passage.forces import ForceUnit
from muster.passage.layout import (
    BLOCK_RUNS,
    DAY_S,
    NEVER,
    P_CONVOY,
    P_CORRIDOR,
    P_DEMAND,
    P_NONE,
    Drawn,
    Fixed,
    Units,
)  # fmt: skip
from muster.passage.philox import draw_block, draw_word, triangular, unit
from muster.passage.philox_reference import triangular as plain_triangular
from muster.passage.policy import Policy
from muster.passage.priors import Number, PriorDraws, entity_of
from muster.passage.scenario import Scenario
from muster.passage.streams import MISSION, UNIT
from muster.passage.words import ACTS, CLASSES, DIRECTIONS, OPTIONS, REGIMES, ROUTES, UNIT_TYPES

_POLICY_CODE = {"none": P_NONE, "convoy": P_CONVOY, "demand": P_DEMAND, "accompany": P_DEMAND, "corridor": P_CORRIDOR}
_QUANTILES = 4096
_TWO_16 = 65536
_S_PER_H = 3600
MAX_UNITS = 512


def fixed_table(scenario: Scenario, policy: Policy, n_days: int) -> Fixed:
    """Return what does not differ between runs."""
    segments, modulation = _segments(scenario, n_days)
    bits, cut, first, other = _alias(_kind_weights(scenario))
    choices = np.full((len(scenario.traffic.flags), 4), -1, np.int64)
    for f, flag in enumerate(scenario.traffic.flags):
        for k, option in enumerate(flag.choices):
            choices[f, k] = OPTIONS.index(option)
    risk = np.array(scenario.tolerance.risk)
    wait = np.array(scenario.tolerance.wait_h)
    periods = scenario.seen
    # by period, regime and lane * 8 + class
    seen = [
        [[factor * p for factor in factors for p in period.p_seen] for factors in period.lane_factor]
        for period in periods
    ]
    seen_days = [period.from_day for period in periods]
    if not seen_days or seen_days[0] > 0:
        seen.insert(0, [[1.0] * (len(ROUTES) * len(CLASSES))] * len(REGIMES))
        seen_days.insert(0, 0)
    low, mode, high = (float(x * _S_PER_H) for x in scenario.convoy_transit_h)
    return Fixed(
        n_days=n_days,
        n_flags=len(scenario.traffic.flags),
        segment_start_s=segments,
        segment_modulation=modulation,
        n_modulations=int(modulation.max()) + 1,
        alias_bits=bits,
        alias_cut=cut,
        alias_first=first,
        alias_other=other,
        start_cumulative=np.cumsum(scenario.regime.start),
        stands_alone=np.array(
            [[int(name in lane.regimes and not lane.needs_policy) for name in REGIMES] for lane in scenario.lanes],
            np.int64,
        ),
        escalates_to=np.array([REGIMES.index(name) for name in scenario.regime.escalates_to], np.int64),
        risk_share=risk[:, 0].copy(),
        risk_value=risk[:, 1].copy(),
        patience_s=np.interp((np.arange(_QUANTILES) + 0.5) / _QUANTILES, wait[:, 0], wait[:, 1] * _S_PER_H),
        transit_s=np.array([_transit_quantiles(lane.transit_h) for lane in scenario.lanes], np.int64),
        convoy_low_s=low,
        convoy_mode_s=mode,
        convoy_high_s=high,
        lane_operates=np.array(
            [
                [int(name in lane.regimes and (policy.uses_forces or not lane.needs_policy)) for name in REGIMES]
                for lane in scenario.lanes
            ],
            np.int64,
        ),
        choices=choices,
        reflag_below=np.array(
            [round(policy.reflag_share * _TWO_16) if flag.may_reflag else 0 for flag in scenario.traffic.flags],
            np.int64,
        ),
        protecting_flag=scenario.flag_names.index(scenario.traffic.protecting_flag),
        is_confrontation=np.array([int(act in scenario.acts.confrontations) for act in ACTS], np.int64),
        confrontation_mask=sum(1 << k for k, act in enumerate(ACTS) if act in scenario.acts.confrontations),
        cleared_route=ROUTES.index(scenario.mines.cleared_route),
        clear_below=scenario.mines.clear_below,
        seen_below=np.round(np.array(seen) * _TWO_16).astype(np.int64),
        seen_from_day=np.array(seen_days, np.int64),
        policy=_POLICY_CODE[policy.kind],
        interval_s=round(policy.interval_h * _S_PER_H),
        cap_ships=policy.cap_ships,
        need_escorts=policy.need_escorts,
        batch_ships=policy.batch_ships,
        longest_wait_s=round(policy.longest_wait_h * _S_PER_H),
        full_cover=float(policy.full_cover_units),
        clear_first=int(policy.clear_first),
    )


def _segments(scenario: Scenario, n_days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the starts (with the horizon last) of stretches of constant rate, and each one's modulation period."""
    horizon = n_days * DAY_S
    traffic = scenario.traffic
    period = round(traffic.modulation_h * _S_PER_H) if _is_modulated(scenario) else horizon
    cuts = {0, horizon} | set(range(0, horizon, period))
    cuts |= {round(item.from_day * DAY_S) for item in traffic.demand}
    if traffic.trace_per_day:
        cuts |= set(range(0, horizon, DAY_S))
    starts = np.array(sorted(cut for cut in cuts if cut <= horizon), np.int64)
    return starts, starts[:-1] // period


def _is_modulated(scenario: Scenario) -> bool:
    return scenario.traffic.process == "gamma" and scenario.traffic.dispersion > 1


def modulation_variance(dispersion: float, mean_per_day: float, modulation_h: float) -> float:
    """Return the variance of the gamma multiplier that gives daily totals this variance/mean ratio.

    The daily mean of a multiplier that is constant over blocks of P hours (random phase) has variance v (1 - T / 3P)
    for T = 24 h <= P and v (P/T - P**2 / 3T**2) above: the integral of the triangular autocorrelation.
    """
    ratio = modulation_h / 24.0
    smoothing = 1 - 1 / (3 * ratio) if ratio >= 1 else ratio - ratio**2 / 3
    return (dispersion - 1) / (mean_per_day * smoothing) if mean_per_day > 0 else 0.0


def _kind_weights(scenario: Scenario) -> dict[int, float]:
    weights = {}
    for d, share in enumerate((scenario.traffic.in_share, 1 - scenario.traffic.in_share)):
        for c, ship_class in enumerate(scenario.traffic.classes):
            for f, flag in enumerate(scenario.traffic.flags):
                weights[d << 8 | c << 4 | f] = share * ship_class.share * flag.share
    return weights


def _alias(weights: dict[int, float]) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """Return Walker's alias table over a power of two of slots: (bits, cut, kind below the cut, kind above)."""
    kinds = list(weights)
    bits = max(1, math.ceil(math.log2(len(kinds))))
    size = 1 << bits
    scale = 1 << (32 - bits)
    mass = [weights[kind] * size for kind in kinds] + [0.0] * (size - len(kinds))
    kinds += [kinds[0]] * (size - len(kinds))
    cut = np.full(size, scale, np.int64)
    first = np.array(kinds, np.int64)
    other = first.copy()
    small = [s for s in range(size) if mass[s] < 1]
    large = [s for s in range(size) if mass[s] >= 1]
    while small and large:
        s, big = small.pop(), large[-1]
        cut[s] = round(mass[s] * scale)
        other[s] = kinds[big]
        mass[big] -= 1 - mass[s]
        if mass[big] < 1:
            small.append(large.pop())
    return bits, cut, first, other


def _transit_quantiles(transit_h: tuple[float, float, float]) -> list[int]:
    low, mode, high = (x * _S_PER_H for x in transit_h)
    n = _QUANTILES
    return [int(plain_triangular((k + 0.5) / n, low, mode, high)) for k in range(n)]


@dataclass(frozen=True, slots=True)
class DrawnBlock:
    """The per-run arrays of the block that starts at `first_run`, with the draws they came from."""

    first_run: int
    draws: PriorDraws
    arrays: Drawn


def drawn_block(
    scenario: Scenario, fixed: Fixed, *, seed: int, first_run: int, values: dict[str, float] | None = None
) -> DrawnBlock:
    """Draw the uncertain numbers of `BLOCK_RUNS` runs and build the tables that follow from them."""
    draws = PriorDraws(scenario.numbers(), seed=seed, first_run=first_run, n_runs=BLOCK_RUNS, fixed=values)
    traffic, costs = scenario.traffic, scenario.costs
    rates = _segment_rates(scenario, fixed, draws)
    seeks = _columns(draws, [flag.p_seeks_permission for flag in traffic.flags])
    clock, cumulative = _regime_tables(scenario, draws)
    hull = _columns(draws, [item.hull_value_usd for item in traffic.classes])
    share = _columns(draws, list(costs.war_risk_share))
    tolerance = _columns(draws, [flag.tolerance_factor for flag in traffic.flags])
    oil = _columns(draws, [item.oil_bbl for item in traffic.classes]) / 1e6
    laden = np.array([[float(item.laden == name) for item in traffic.classes] for name in DIRECTIONS])
    shape = np.zeros(BLOCK_RUNS)
    if _is_modulated(scenario):
        variance = modulation_variance(traffic.dispersion, 1.0, traffic.modulation_h)
        mean = np.maximum(draws(traffic.arrivals_per_day), 1e-9)
        shape = mean / variance
    arrays = Drawn(
        segment_rate_s=rates,
        modulation_shape=shape,
        n_initial=np.round(draws(traffic.initial_ships)).astype(np.int64),
        regime_rate_s=clock,
        regime_cumulative=cumulative,
        p_escalates=_columns(draws, list(scenario.regime.p_escalates)),
        p_act=_act_table(scenario, draws),
        corridor_factor=_columns(draws, list(scenario.acts.corridor_factor)),
        mines=_columns(draws, list(scenario.mines.count)),
        cleared_per_unit_s=draws(scenario.mines.cleared_per_unit_day) / DAY_S,
        risk_scale=draws(scenario.tolerance.perception)[:, None] / tolerance,
        patience_factor=draws(scenario.tolerance.patience_factor),
        permission_below=np.round(seeks * _TWO_16).astype(np.int64),
        headway_s=np.round(_columns(draws, [lane.headway_min for lane in scenario.lanes]) * 60).astype(np.int64),
        support_factor=draws(scenario.support_turnaround_factor),
        premium_usd=share[:, :, None] * hull[:, None, :],
        toll_usd=_columns(draws, [item.toll_usd for item in traffic.classes]),
        waiting_usd_s=_columns(draws, [item.waiting_usd_per_day for item in traffic.classes]) / DAY_S,
        unit_usd_s=_columns(draws, list(costs.unit_day_usd)) / DAY_S,
        oil_mbbl=laden[None, :, :] * oil[:, None, :],
    )
    return DrawnBlock(first_run, draws, Drawn(*[np.ascontiguousarray(item) for item in arrays]))


def _columns(draws: PriorDraws, numbers: list[Number]) -> np.ndarray:
    return np.stack([draws(number) for number in numbers], axis=1)


def _segment_rates(scenario: Scenario, fixed: Fixed, draws: PriorDraws) -> np.ndarray:
    traffic = scenario.traffic
    base = draws(traffic.arrivals_per_day)
    starts = fixed.segment_start_s[:-1]
    rates = np.empty((BLOCK_RUNS, len(starts)))
    factors = [(item.from_day * DAY_S, draws(item.factor)) for item in traffic.demand]
    for s, start in enumerate(starts):
        if traffic.trace_per_day:
            day = int(start // DAY_S)
            rates[:, s] = traffic.trace_per_day[day] if day < len(traffic.trace_per_day) else 0.0
        else:
            rates[:, s] = base
        held = [factor for since, factor in factors if round(since) <= start]
        if held:
            rates[:, s] *= held[-1]
    return rates / DAY_S


def _regime_tables(scenario: Scenario, draws: PriorDraws) -> tuple[np.ndarray, np.ndarray]:
    """Return the rate per second of the uniformised clock and, per regime, the cumulative chances of the next one.

    One clock for all regimes, so that its ticks fall at the same instants whatever the policy did to the regime.
    """
    rates = np.zeros((BLOCK_RUNS, 4, 4))
    for a, row in enumerate(scenario.regime.rates_per_day):
        for b, number in enumerate(row):
            if number is not None and a != b:
                rates[:, a, b] = draws(number)
    clock = rates.sum(axis=2).max(axis=1)
    safe = np.where(clock > 0, clock, 1.0)
    chances = rates / safe[:, None, None]
    for a in range(4):
        chances[:, a, a] = 1 - chances[:, a, :].sum(axis=1)
    return clock / DAY_S, np.cumsum(chances, axis=2)


def _act_table(scenario: Scenario, draws: PriorDraws) -> np.ndarray:
    """Return p_act (B, 4, 9 F, 6): base times flag factor times escort factor, cut at 1 (the mine column is per mine).

    Escorts that may not answer a boarding leave the boarding as likely as without them.
    """
    acts = scenario.acts
    n_flags = len(acts.flag_factor)
    base = np.stack(
        [np.stack([_columns(draws, list(row)) for row in by_route], axis=1) for by_route in acts.base], axis=1
    )
    by_flag = np.stack([_columns(draws, list(row)) for row in acts.flag_factor], axis=1)
    escort = _columns(draws, list(acts.escort_factor))
    no_answer = escort.copy()
    no_answer[:, ACTS.index("boarding")] = 1.0
    protection = np.stack([np.ones_like(escort), escort, no_answer], axis=1)
    table = base[:, :, :, None, None, :] * protection[:, None, None, :, None, :] * by_flag[:, None, None, None, :, :]
    return np.minimum(table, 1.0).reshape(BLOCK_RUNS, 4, 9 * n_flags, 6)


def unit_table(
    scenario: Scenario, units: tuple[ForceUnit, ...], *, seed: int, first_run: int
) -> tuple[Units, tuple[ForceUnit, ...]]:
    """Return the force pool's arrays for a block of runs, and the units in the order in which they are called.

    Units with fewer caveats are called first; ties by id. A unit's availability, arrival and phase are keyed by its id.
    """
    if len(units) > MAX_UNITS:
        raise ScenarioError(f"{len(units)} force units", rule=f"a force pool has at most {MAX_UNITS} units")
    flags = scenario.flag_names
    ordered = sorted(units, key=lambda unit: (-_breadth(unit, len(flags)), unit.id))
    n = len(ordered)
    arrival = np.full((BLOCK_RUNS, n), NEVER, np.int64)
    first = np.empty((BLOCK_RUNS, n), np.int64)
    on = [max(1, round(item.on_station_days * DAY_S)) for item in ordered]
    off = [round(item.off_station_days * DAY_S) for item in ordered]
    for u, item in enumerate(ordered):
        phase = -1 if item.phase_days is None else round(item.phase_days * DAY_S)
        arrival[:, u], first[:, u] = _arrivals(
            item.id,
            _triple(item.p_available),
            _triple(item.arrival_day),
            (on[u], off[u], phase),
            (item.mission, float(item.mission_share)),
            seed,
            first_run,
        )
    return Units(
        arrival_s=arrival,
        first_s=first,
        type=np.array([UNIT_TYPES.index(item.type) for item in ordered], np.int64),
        on_s=np.array(on, np.int64),
        off_s=np.array(off, np.int64),
        until_s=np.array(
            [NEVER if item.until_day is None else round(item.until_day * DAY_S) for item in ordered], np.int64
        ),
        turnaround_s=np.array([item.turnaround_h * _S_PER_H for item in ordered], np.float64),
        flags=np.array([_mask(item.flags, flags) for item in ordered], np.int64),
        classes=np.array([_mask(item.classes, CLASSES) for item in ordered], np.int64),
        on_facilitated=np.array(
            [int(item.routes is None or "facilitated" in item.routes) for item in ordered], np.int64
        ),
        regimes=np.array([_mask(item.regimes, REGIMES) for item in ordered], np.int64),
        answers=np.array([int(item.may_answer_boarding) for item in ordered], np.int64),
    ), tuple(ordered)


def _mask(names: frozenset[str] | None, order: tuple[str, ...]) -> int:
    return sum(1 << k for k, name in enumerate(order) if names is None or name in names)


def _breadth(item: ForceUnit, n_flags: int) -> int:
    n_classes = len(CLASSES) if item.classes is None else len(item.classes)
    n_regimes = len(REGIMES) if item.regimes is None else len(item.regimes)
    return (n_flags if item.flags is None else len(item.flags)) * n_classes * n_regimes


@njit(nogil=True, cache=True)
def _draw_arrivals(seed, first_run, entity, p, day, cycle, mission, share, out, first):  # type: ignore[no-untyped-def]
    """Draw one unit's first second on station in each run, and how long that stint is.

    p and day are (low, mode, high); cycle is (on, off, phase or -1) in seconds. In a `share` of the runs, the same for
    all units of a mission, the mission's draw takes the place of the unit's own.
    """
    on, off, fixed_phase = cycle
    for k in range(out.shape[0]):
        word, arrival_word = draw_block(seed, first_run + k, UNIT, entity, 0)
        if share > 0.0 and unit(draw_word(seed, first_run + k, MISSION, mission, 0)) < share:
            word, arrival_word = draw_block(seed, first_run + k, MISSION, mission, 1)
        p_now = p[1]
        if p[0] < p[2]:
            p_now = triangular(unit(draw_word(seed, first_run + k, UNIT, entity, 1)), p[0], p[1], p[2])
        day_now = day[1]
        if day[0] < day[2]:
            day_now = triangular(unit(arrival_word), day[0], day[1], day[2])
        phase = fixed_phase
        if phase < 0:
            phase = np.int64(unit(draw_word(seed, first_run + k, UNIT, entity, 2)) * (on + off)) if off > 0 else 0
        rest = on + off - phase if off > 0 and phase >= on else 0
        first[k] = on if off == 0 or rest > 0 else on - phase
        out[k] = np.int64(day_now * DAY_S) + rest if unit(word) < p_now else NEVER


@lru_cache(maxsize=8192)
def _arrivals(
    unit_id: str, p: tuple[float, float, float], day: tuple[float, float, float], cycle: tuple[int, int, int],
    mission: tuple[str, float], seed: int, first_run: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return one unit's arrivals and first stints in a block of runs; kept, because Shapley values ask often."""
    out, first = np.empty(BLOCK_RUNS, np.int64), np.empty(BLOCK_RUNS, np.int64)
    _draw_arrivals(
        np.uint64(seed), first_run, entity_of(unit_id), p, day, cycle, entity_of(mission[0]), mission[1], out, first
    )
    return out, first


def _triple(value: float | tuple[float, float, float]) -> tuple[float, float, float]:
    return value if isinstance(value, tuple) else (float(value), float(value), float(value))
