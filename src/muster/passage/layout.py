"""The arrays that the kernel and its twin share: named, with shapes; nothing is computed here.

F = flag groups, U = units, S = rate segments, B = runs of a block, D = days. A `row` is (route * 3 + protection) * F +
flag; a ship's `kind` is direction << 8 | class << 4 | flag.
"""

from typing import NamedTuple

import numpy as np

DAY_S = 86_400
NEVER = 1 << 58  # seconds; far beyond any horizon, and NEVER << 4 still fits 64 bits
BLOCK_RUNS = 256  # runs are drawn and reduced in blocks of this size, whatever the number of threads

# Types of events at one second, in the order in which they happen; ties by (time, type, entity).
LEAVE, REGIME, CONFRONTATION, UNIT, RELEASE, DAY, EPOCH, SLOT, ARRIVAL, TIMER = range(10)
# What a ship is doing.
FUTURE, HOLDING, QUEUED, IN_LANE, SAILED, LEFT = range(6)
# Kinds of policy.
P_NONE, P_CONVOY, P_DEMAND, P_CORRIDOR = range(4)

SCALARS = (
    "arrived", "sailed", "left", "waiting_end", "completed", "escorted", "convoys", "seen",
    "passages_free", "passages_permission", "passages_facilitated",
    "acts_hail", "acts_toll", "acts_inspection", "acts_boarding", "acts_attack", "acts_mine",
    "expected_hail", "expected_toll", "expected_inspection", "expected_boarding", "expected_attack", "expected_mine",
    "expected_escorted_harm", "escorted_harm", "confrontations", "expected_confrontations",
    "open_s", "tolled_s", "contested_s", "closed_s",
    "wait_s", "mean_queue", "oil_mbbl", "escort_busy_s", "escort_station_s",
    "cost_escort_usd", "cost_toll_usd", "cost_premium_usd", "cost_waiting_usd",
)  # fmt: skip
"""Per-run results of the kernel, one float64 column each."""

DAY_COUNTS = ("arrived", "left", "completed", "seen", "waiting_end", "escorted", "confrontations")
"""Integer series per day (besides passages by direction, route and class, and sampled acts)."""

WAIT_BINS = 2048  # hours; the last bin holds longer waits
PASSAGE_BINS = 1024  # passages or seen passages a day, exact up to 1022
QUEUE_BINS = 1024  # ships waiting at the day's end, in steps of `QUEUE_STEP`
QUEUE_STEP = 8
OIL_BINS = 1024
OIL_STEP_MBBL = 0.05


class Fixed(NamedTuple):
    """What does not differ between runs."""

    n_days: int
    n_flags: int
    segment_start_s: np.ndarray  # (S + 1,) int64
    segment_modulation: np.ndarray  # (S,) int64, which gamma multiplier holds
    n_modulations: int
    alias_bits: int
    alias_cut: np.ndarray  # (2**bits,) int64, of 2**(32 - bits)
    alias_first: np.ndarray  # (2**bits,) int64, kind below the cut
    alias_other: np.ndarray  # (2**bits,) int64
    start_cumulative: np.ndarray  # (4,)
    stands_alone: np.ndarray  # (3, 4) int64, does the lane operate in the regime whatever the coalition does
    escalates_to: np.ndarray  # (4,) int64
    risk_share: np.ndarray  # (K,) share of ships, risk_value (K,) tolerated risk
    risk_value: np.ndarray
    patience_s: np.ndarray  # (4096,) float64, quantiles of patience
    transit_s: np.ndarray  # (3, 4096) int64, quantiles of a lone ship's transit by lane
    convoy_low_s: float
    convoy_mode_s: float
    convoy_high_s: float
    lane_operates: np.ndarray  # (3, 4) int64
    choices: np.ndarray  # (F, 4) int64, -1 ends
    reflag_below: np.ndarray  # (F,) int64 of 2**16
    protecting_flag: int
    is_confrontation: np.ndarray  # (6,) int64
    confrontation_mask: int  # the same as bits
    cleared_route: int
    clear_below: float
    seen_below: np.ndarray  # (P, 4, 24) int64 of 2**16, by period, regime and lane * 8 + class
    seen_from_day: np.ndarray  # (P,) int64
    policy: int
    interval_s: int
    cap_ships: int
    need_escorts: int
    batch_ships: int
    longest_wait_s: int
    full_cover: float
    clear_first: int


class Drawn(NamedTuple):
    """What each run of a block draws from the priors, plus tables that follow from it."""

    segment_rate_s: np.ndarray  # (B, S) expected arrivals per second
    modulation_shape: np.ndarray  # (B,), 0 = no modulation
    n_initial: np.ndarray  # (B,) int64
    regime_rate_s: np.ndarray  # (B,) rate of the uniformised clock
    regime_cumulative: np.ndarray  # (B, 4, 4)
    p_escalates: np.ndarray  # (B, 4)
    p_act: np.ndarray  # (B, 4, 9 * F, 6) by regime and row; the mine column is per mine in the lane
    corridor_factor: np.ndarray  # (B, 6)
    mines: np.ndarray  # (B, 3)
    cleared_per_unit_s: np.ndarray  # (B,)
    risk_scale: np.ndarray  # (B, F) perceived over true risk, divided by the flag's tolerance factor
    patience_factor: np.ndarray  # (B,)
    permission_below: np.ndarray  # (B, F) int64 of 2**16
    headway_s: np.ndarray  # (B, 3) int64
    support_factor: np.ndarray  # (B,)
    premium_usd: np.ndarray  # (B, 4, 8) per passage by regime and class
    toll_usd: np.ndarray  # (B, 8)
    waiting_usd_s: np.ndarray  # (B, 8)
    unit_usd_s: np.ndarray  # (B, 4)
    oil_mbbl: np.ndarray  # (B, 2, 8) per ship by direction and class


class Units(NamedTuple):
    """The force pool; units stand in the order in which they are called."""

    arrival_s: np.ndarray  # (B, U) int64, first second on station, NEVER if not available in that run
    first_s: np.ndarray  # (B, U) int64, length of the first stint: what the phase leaves of on_s
    type: np.ndarray  # (U,) int64, index in UNIT_TYPES
    on_s: np.ndarray  # (U,) int64
    off_s: np.ndarray  # (U,) int64, 0 = stays
    until_s: np.ndarray  # (U,) int64
    turnaround_s: np.ndarray  # (U,) float64
    flags: np.ndarray  # (U,) int64 bit mask
    classes: np.ndarray  # (U,) int64 bit mask
    on_facilitated: np.ndarray  # (U,) int64, may it sail on the facilitated lane
    regimes: np.ndarray  # (U,) int64 bit mask
    answers: np.ndarray  # (U,) int64


# Columns of `Ships.record`, one cache line a ship.
R_ARRIVAL, R_KIND, R_STATE, R_LEAVE, R_SAIL, R_ROW, R_ACTS, R_CONVOY = range(8)


class Ships(NamedTuple):
    """The ships of one run: drawn once, the same under every policy; then what became of each.

    Record: arrival second; kind; state; second in which patience ends (NEVER unless it waits); second of sailing
    (NEVER unless it sailed); row; bit mask of acts; convoy (direction << 20 | number, -1 = alone).
    """

    word: np.ndarray  # (6, N) uint64: gap; kind and tolerances; permission, reflag, transit, seen; luck
    record: np.ndarray  # (N, 8) int64
    lanes: np.ndarray  # (6, N) int64, ships waiting for a slot by direction * 3 + route
    queues: np.ndarray  # (2, N) int64, ships waiting for escorts by direction
    alive: np.ndarray  # (N,) int64, ships that waited when all chose last


class Work(NamedTuple):
    """Small working arrays of one run."""

    p_now: np.ndarray  # (9 F, 6) probability now, by row
    cut_now: np.ndarray  # (9 F, 6) int64, the same of 2**32
    accept: np.ndarray  # (9 F,) int64 least tolerance (of 2**16) that accepts the row
    cells: np.ndarray  # (9 F, 8) int64 ships since the last booking, by row and class
    lane: np.ndarray  # (6, 4) int64: head, tail, free from, key of the next slot
    queue: np.ndarray  # (2, 5) int64: head, tail, at most so many wait, request pending, blocked
    offer: np.ndarray  # (8,) int64 bit mask of flags that escorts may protect, by class
    cover: np.ndarray  # (F,) share of full patrol cover
    mines: np.ndarray  # (3,)
    seen_now: np.ndarray  # (24,) int64 of 2**16, by lane * 8 + class
    waiting: np.ndarray  # (D + 1,) int64 change of the number waiting at the end of the day before
    waited_s: np.ndarray  # (8,) int64 ship-seconds of waiting by class
    on: np.ndarray  # (U,) int64 on station
    arrived: np.ndarray  # (U,) int64 on station or resting between stints
    unit_next: np.ndarray  # (U,) int64 second of the next change
    on_since: np.ndarray  # (U,) int64
    callable_now: np.ndarray  # (U,) int64, an escort whose caveats let it work in this regime on the lane
    busy_until: np.ndarray  # (U,) int64, NEVER = free
    boarded: np.ndarray  # (cap,) int64 ships of the convoy that leaves
    chosen: np.ndarray  # (need,) int64 units of the convoy that leaves


class Trace(NamedTuple):
    """What else happened in one run, for replay: rows of integers; `used` counts rows of each."""

    used: np.ndarray  # (3,) int64: regimes, convoys, units
    regimes: np.ndarray  # (., 3): time, regime, cause (0 start, 1 clock, 2 confrontation)
    convoys: np.ndarray  # (., 6): time, direction, number, duration, ships, bit mask of the first 62 units
    units: np.ndarray  # (., 3): time, unit, 1 = on station


class Series(NamedTuple):
    """Day-by-day results of one run (scratch) or their sums over runs (accumulators)."""

    passages: np.ndarray  # (D, 48) int64 by (direction * 3 + route) * 8 + class
    counts: np.ndarray  # (D, len(DAY_COUNTS)) int64
    acts: np.ndarray  # (D, 12) int64, sampled; escorted * 6 + act
    expected: np.ndarray  # (D, 2, 6) float64
    regime_s: np.ndarray  # (D, 4) int64
    queue_s: np.ndarray  # (D + 1,) int64 ship-seconds of waiting


class Histograms(NamedTuple):
    """Counts over runs (and ships), from which quantiles follow in memory that does not grow with runs."""

    passages: np.ndarray  # (D, PASSAGE_BINS) int64
    seen: np.ndarray  # (D, PASSAGE_BINS)
    queue: np.ndarray  # (D, QUEUE_BINS)
    oil: np.ndarray  # (D, OIL_BINS)
    wait_h: np.ndarray  # (WAIT_BINS,) over ships that sailed
