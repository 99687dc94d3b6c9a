# mypy: disable-error-code="no-untyped-def, assignment"
"""One run of the full model, event by event, on integer seconds.

Calendar events (regime, confrontation, unit, release, midnight, convoy epoch, timer) each keep their next instant as
`second << 4 | type`; ships come from arrays in order of arrival and lanes know their next free slot, so the loop merges
sorted things and needs no heap. Ships that lose patience leave lazily: their instant is known when they start to wait,
and every reader of a queue passes over those that are gone. `muster.passage.twin` says the same with processes; tests
compare events.

numba's cache does not see changes of a callee in another file: remove `__pycache__` after editing traffic.py,
convoys.py, pictures.py, ships.py or philox.py.
"""

import numpy as np

from muster.passage.convoys import call_escorts, dispatch, send_convoy, waits_someone
from muster.passage.kernel_cache import inner
from muster.passage.layout import (
    CONFRONTATION,
    DAY,
    DAY_S,
    EPOCH,
    NEVER,
    P_CONVOY,
    P_CORRIDOR,
    P_DEMAND,
    R_ACTS,
    R_ARRIVAL,
    R_KIND,
    R_LEAVE,
    R_STATE,
    REGIME,
    RELEASE,
    SAILED,
    TIMER,
    UNIT,
    Work,
)  # fmt: skip
from muster.passage.philox import draw_block, draw_unit, exponential_from, unit
from muster.passage.pictures import CLOSED, book_expectations, refresh_risks, refresh_units
from muster.passage.streams import ESCALATION, REGIME_CLOCK, REGIME_START
from muster.passage.traffic import decide_again, leave, play_traffic

_NEVER_KEY = NEVER << 4
_END = 0  # at the horizon: before anything else of that second


@inner
def least(values):
    """Return the least element; a loop compiles in a tenth of the time of numba's `min`."""
    found = NEVER
    for k in range(values.shape[0]):
        found = min(found, values[k])
    return found


@inner
def is_later(key, ship, other_key, other_ship):
    """Whether one confrontation comes after another."""
    return key > other_key or (key == other_key and ship > other_ship)


@inner
def doubled(values):
    """Return a longer copy."""
    longer = np.empty(2 * values.shape[0], np.int64)
    for k in range(values.shape[0]):
        longer[k] = values[k]
    return longer


@inner
def new_work(j, fx, dr, un):
    """Return the working arrays of a run at its start."""
    n_flags = fx.n_flags
    n_units = un.type.shape[0]
    lane = np.zeros((6, 4), np.int64)
    for x in range(6):
        lane[x, 3] = _NEVER_KEY
    return Work(
        np.empty((9 * n_flags, 6)), np.empty((9 * n_flags, 6), np.int64), np.empty(9 * n_flags, np.int64),
        np.zeros((9 * n_flags, 8), np.int64), lane, np.zeros((2, 5), np.int64), np.zeros(8, np.int64),
        np.zeros(n_flags), dr.mines[j].copy(), fx.seen_below[0, 0].copy(), np.zeros(fx.n_days + 1, np.int64),
        np.zeros(8, np.int64), np.zeros(n_units, np.int64), np.zeros(n_units, np.int64), un.arrival_s[j].copy(),
        np.zeros(n_units, np.int64), np.zeros(n_units, np.int64), np.full(n_units, NEVER, np.int64),
        np.empty(fx.cap_ships, np.int64),
        np.empty(fx.need_escorts, np.int64),
    )  # fmt: skip


@inner
def change_unit(t, j, dr, un, work, scalars, trace):
    """The first unit whose instant has come arrives on station or leaves it; return the next unit's key."""
    u = 0
    while work.unit_next[u] != t:
        u += 1
    if work.on[u] == 1:
        work.on[u] = 0
        stayed = t - work.on_since[u]
        if un.type[u] == 0:
            scalars[35] += stayed
        scalars[36] += stayed * dr.unit_usd_s[j, un.type[u]]
        back = t + un.off_s[u]
        work.unit_next[u] = back if back < un.until_s[u] else NEVER
        if work.unit_next[u] == NEVER:
            work.arrived[u] = 0
    elif t >= un.until_s[u]:
        work.unit_next[u] = NEVER
    else:
        stint = un.on_s[u] if work.arrived[u] == 1 else un.first_s[j, u]
        work.on[u] = 1
        work.arrived[u] = 1
        work.on_since[u] = t
        work.unit_next[u] = min(NEVER if un.off_s[u] == 0 else t + stint, un.until_s[u])
    if trace.used[2] < trace.units.shape[0]:
        trace.units[trace.used[2], 0] = t
        trace.units[trace.used[2], 1] = u
        trace.units[trace.used[2], 2] = work.on[u]
        trace.used[2] += 1
    return (least(work.unit_next) << 4) | UNIT


@inner
def release_unit(t, work):
    """Free the first unit whose task is over; return the next release's key."""
    u = 0
    while work.busy_until[u] != t:
        u += 1
    work.busy_until[u] = NEVER
    return (least(work.busy_until) << 4) | RELEASE


@inner
def note_regime(t, regime, cause, trace):
    """Keep a change of regime for replay."""
    if trace.used[0] < trace.regimes.shape[0]:
        trace.regimes[trace.used[0], 0] = t
        trace.regimes[trace.used[0], 1] = regime
        trace.regimes[trace.used[0], 2] = cause
        trace.used[0] += 1


@inner
def look(seen_now, seen):
    """Take over what observers see from now on, by lane and class."""
    for k in range(seen.shape[0]):
        seen_now[k] = seen[k]


@inner
def run_events(seed, run, j, n, fx, dr, un, ships, series, wait_h, scalars, trace):
    """Play run `run` (row j of its block) with its n ships; fill series, waits, scalars and trace."""
    # numba compiles a function anew for every literal argument: constants of one type give one version
    zero = np.int64(0)
    alone = np.int64(-1)
    runs_on = fx.n_days < 0
    n_flags = fx.n_flags
    horizon = fx.n_days * DAY_S
    word, record, lanes, queues, alive = ships.word, ships.record, ships.lanes, ships.queues, ships.alive
    passages, counts, acts_by_day, queue_s = series.passages, series.counts, series.acts, series.queue_s
    choices, reflag_below, patience_s, transit_s = fx.choices, fx.reflag_below, fx.patience_s, fx.transit_s
    permission_below = dr.permission_below[j]
    headway = dr.headway_s[j]
    toll_usd = dr.toll_usd[j]
    premium_usd = dr.premium_usd[j]
    expected = series.expected
    patience_factor = dr.patience_factor[j]
    work = new_work(j, fx, dr, un)
    accept, offer, cut_now, cells = work.accept, work.offer, work.cut_now, work.cells
    lane, queue, boarded, chosen = work.lane, work.queue, work.boarded, work.chosen
    callable_now, on, busy_until = work.callable_now, work.on, work.busy_until
    unit_flags, unit_classes, unit_type, unit_regimes = un.flags, un.classes, un.type, un.regimes
    on_lane, answers, turnaround_s, unit_next = un.on_facilitated, un.answers, un.turnaround_s, work.unit_next
    arrived, cover, mines, p_now = work.arrived, work.cover, work.mines, work.p_now
    seen_now, waiting, waited_s = work.seen_now, work.waiting, work.waited_s
    # requests for escorts, first come first served: an epoch makes two, a call at most one a direction
    requests = np.empty(4 + (2 * (horizon // fx.interval_s + 1) if fx.policy == P_CONVOY else 2), np.int64)
    request = np.zeros(2, np.int64)  # next to serve, next to write
    convoys = np.zeros(2, np.int64)
    conf_key = np.empty(16, np.int64)
    conf_ship = np.empty(16, np.int64)
    n_conf = np.int64(0)
    for k in range(3):
        trace.used[k] = 0

    u0 = draw_unit(seed, run, REGIME_START, 0, 0)
    regime = np.int64(0)
    while regime < 3 and u0 >= fx.start_cumulative[regime]:
        regime += 1
    look(seen_now, fx.seen_below[0, regime])
    note_regime(zero, regime, zero, trace)
    tick = np.int64(0)
    w, w_to = draw_block(seed, run, REGIME_CLOCK, 0, 0)
    k_regime = _NEVER_KEY
    if dr.regime_rate_s[j] > 0.0:
        gap = exponential_from(w, seed, run, REGIME_CLOCK, 0, 0) / dr.regime_rate_s[j]
        k_regime = ((1 + np.int64(min(gap, 1e15))) << 4) | REGIME
    k_conf = _NEVER_KEY
    k_unit = _NEVER_KEY
    if fx.policy != 0 and work.unit_next.shape[0] > 0:
        k_unit = (least(work.unit_next) << 4) | UNIT
    k_release = _NEVER_KEY
    k_day = (DAY_S << 4) | (DAY if horizon > DAY_S else _END)
    k_epoch = (fx.interval_s << 4) | EPOCH if fx.policy == P_CONVOY else _NEVER_KEY
    k_timer = _NEVER_KEY
    n_mcm, n_support, expects, _ = refresh_units(
        regime, fx.policy, fx.full_cover, unit_type, unit_regimes, on_lane, unit_flags, unit_classes, answers, on,
        arrived, callable_now, offer, cover,
    )  # fmt: skip
    refresh_risks(j, regime, fx, dr, mines, cover, p_now, cut_now, accept)
    day = np.int64(0)
    seen_period = np.int64(0)
    i = np.int64(0)
    arrived_before = np.int64(0)
    n_alive = np.int64(0)  # so many ships in `alive` may still wait, of those that arrived before `checked`
    checked = np.int64(0)
    regime_since = np.int64(0)
    mcm_since = np.int64(0)
    mcm_s = np.int64(0)
    t = np.int64(0)
    while True:
        key = min(k_regime, k_conf)
        key = min(key, k_unit)
        key = min(key, k_release)
        key = min(key, k_day)
        key = min(key, k_epoch)
        key = min(key, k_timer)
        to_decide = False
        is_new_regime = False
        i, to_dispatch = play_traffic(
            key, i, zero, day, horizon, zero, zero, zero, alone, fx.policy == P_DEMAND, fx.batch_ships, expects,
            n_flags, fx.protecting_flag, patience_factor, word, record, lanes, queues, boarded, choices, accept, offer,
            permission_below, reflag_below, patience_s, transit_s, headway, cut_now, seen_now, cells, lane, queue,
            passages, counts, acts_by_day, queue_s, waiting, waited_s, wait_h,
        )  # fmt: skip
        if to_dispatch:
            t = record[i - 1, R_ARRIVAL]
        else:
            t = key >> 4
            event = key & 15
            if event in (DAY, _END):
                book_expectations(
                    day, n_flags, fx.is_confrontation, toll_usd, premium_usd[regime], p_now, cells, expected, scalars
                )  # fmt: skip
                series.regime_s[day, regime] += t - regime_since
                regime_since = t
                counts[day, 0] = i - arrived_before
                arrived_before = i
                if event == _END:
                    break
                mcm_s += n_mcm * (t - mcm_since)
                mcm_since = t
                day += 1
                while seen_period + 1 < fx.seen_from_day.shape[0] and fx.seen_from_day[seen_period + 1] <= day:
                    seen_period += 1
                    look(seen_now, fx.seen_below[seen_period, regime])
                k_day = ((t + DAY_S) << 4) | (DAY if t + DAY_S < horizon else _END)
                if mcm_s > 0 and mines[fx.cleared_route] > 0.0:
                    left = mines[fx.cleared_route] - dr.cleared_per_unit_s[j] * mcm_s
                    mines[fx.cleared_route] = max(0.0, left)
                    refresh_risks(j, regime, fx, dr, mines, cover, p_now, cut_now, accept)
                    to_decide = True
                    to_dispatch = True
                mcm_s = 0
            elif event == EPOCH:
                for direction in range(2):
                    if waits_someone(t, direction, record, queues, queue, counts, queue_s, waiting, waited_s):
                        requests[request[1] % requests.shape[0]] = direction
                        request[1] += 1
                k_epoch = ((t + fx.interval_s) << 4) | EPOCH
                to_dispatch = True
            elif event == RELEASE:
                k_release = release_unit(t, work)
                queue[0, 4] = 0
                queue[1, 4] = 0
                to_dispatch = True
            elif event == UNIT:
                k_unit = change_unit(t, j, dr, un, work, scalars, trace)
                mcm_s += n_mcm * (t - mcm_since)
                mcm_since = t
                n_mcm, n_support, expects, changed = refresh_units(
                    regime, fx.policy, fx.full_cover, unit_type, unit_regimes, on_lane, unit_flags, unit_classes,
                    answers, on, arrived, callable_now, offer, cover,
                )  # fmt: skip
                if changed == 1:
                    if fx.policy == P_CORRIDOR:
                        book_expectations(
                    day, n_flags, fx.is_confrontation, toll_usd, premium_usd[regime], p_now, cells, expected, scalars
                )  # fmt: skip
                        refresh_risks(j, regime, fx, dr, mines, cover, p_now, cut_now, accept)
                    to_decide = True
                queue[0, 4] = 0
                queue[1, 4] = 0
                to_dispatch = True
            elif event == TIMER:
                to_dispatch = True
            elif event == REGIME:
                x = unit(w_to)
                new = 0
                while new < 3 and x >= dr.regime_cumulative[j, regime, new]:
                    new += 1
                tick += 1
                w, w_to = draw_block(seed, run, REGIME_CLOCK, tick, 0)
                gap = exponential_from(w, seed, run, REGIME_CLOCK, tick, 0) / dr.regime_rate_s[j]
                k_regime = ((t + 1 + np.int64(min(gap, 1e15))) << 4) | REGIME
                is_new_regime = new != regime
                cause = np.int64(1)
            else:
                s = conf_ship[0]
                for k in range(1, n_conf):
                    conf_key[k - 1] = conf_key[k]
                    conf_ship[k - 1] = conf_ship[k]
                n_conf -= 1
                k_conf = conf_key[0] if n_conf > 0 else _NEVER_KEY
                new = regime
                if draw_unit(seed, run, ESCALATION, s, 0) < dr.p_escalates[j, regime]:
                    new = fx.escalates_to[regime]
                is_new_regime = new != regime
                cause = np.int64(2)
            if is_new_regime:
                book_expectations(
                    day, n_flags, fx.is_confrontation, toll_usd, premium_usd[regime], p_now, cells, expected, scalars
                )  # fmt: skip
                series.regime_s[day, regime] += t - regime_since
                regime_since = t
                mcm_s += n_mcm * (t - mcm_since)
                mcm_since = t
                regime = new
                note_regime(t, regime, cause, trace)
                look(seen_now, fx.seen_below[seen_period, regime])
                n_mcm, n_support, expects, _ = refresh_units(
                    regime, fx.policy, fx.full_cover, unit_type, unit_regimes, on_lane, unit_flags, unit_classes,
                    answers, on, arrived, callable_now, offer, cover,
                )  # fmt: skip
                refresh_risks(j, regime, fx, dr, mines, cover, p_now, cut_now, accept)
                queue[0, 4] = 0
                queue[1, 4] = 0
                to_decide = True
                to_dispatch = True
        if to_decide:
            n_alive = decide_again(
                t, i, n_alive, checked, alive, expects, n_flags, word, record, lanes, queues, choices, accept, offer,
                permission_below,
                lane, queue, counts, queue_s, waiting, waited_s,
            )  # fmt: skip
            checked = i
        # --- escorts are called and convoys leave, until nothing more can
        while to_dispatch:
            to_dispatch = False
            if fx.policy == P_DEMAND:
                k_timer = call_escorts(
                    t, fx.batch_ships, fx.longest_wait_s, record, queues, queue, requests, request, counts, queue_s,
                    waiting, waited_s,
                )  # fmt: skip
            while request[0] < request[1] and accept[7 * n_flags] < CLOSED:
                n_ready = 0
                for u in range(busy_until.shape[0]):
                    if callable_now[u] == 1 and on[u] == 1 and busy_until[u] == NEVER:
                        n_ready += 1
                if n_ready < fx.need_escorts:
                    break
                m, direction = dispatch(
                    t, fx.need_escorts, fx.cap_ships, record, queues, queue, requests, request, callable_now, on,
                    busy_until, unit_flags, unit_classes, chosen, boarded, counts, queue_s, waiting, waited_s,
                )  # fmt: skip
                if m == 0:
                    break
                protection, transit, busy_key = send_convoy(
                    t, seed, run, n_support, horizon, m, direction, convoys[direction], fx.convoy_low_s,
                    fx.convoy_mode_s, fx.convoy_high_s, fx.need_escorts, headway[2], dr.support_factor[j], answers,
                    turnaround_s, chosen, busy_until, unit_next, lane, scalars, trace.used, trace.convoys,
                )  # fmt: skip
                k_release = min(k_release, busy_key)
                number = (direction << 20) | convoys[direction]
                convoys[direction] += 1
                play_traffic(
                    key, i, t, day, horizon, m, protection, transit, number, runs_on, zero, expects, n_flags,
                    fx.protecting_flag, patience_factor, word, record, lanes, queues, boarded, choices, accept, offer,
                    permission_below, reflag_below, patience_s, transit_s, headway, cut_now, seen_now, cells, lane,
                    queue, passages, counts, acts_by_day, queue_s, waiting, waited_s, wait_h,
                )  # fmt: skip
                instant = t + transit // 2
                for k in range(m):
                    s = boarded[k]
                    kind_of_acts = record[s, R_ACTS]
                    if kind_of_acts & 56 != 0:
                        scalars[24] += 1
                    if protection != 1 or kind_of_acts & fx.confrontation_mask == 0:
                        continue
                    counts[day, 6] += 1
                    if instant >= horizon:
                        continue
                    if n_conf == conf_key.shape[0]:
                        conf_key = doubled(conf_key)
                        conf_ship = doubled(conf_ship)
                    new_key = (instant << 4) | CONFRONTATION
                    p = n_conf
                    while p > 0 and is_later(conf_key[p - 1], conf_ship[p - 1], new_key, s):
                        conf_key[p] = conf_key[p - 1]
                        conf_ship[p] = conf_ship[p - 1]
                        p -= 1
                    conf_key[p] = new_key
                    conf_ship[p] = s
                    n_conf += 1
                    k_conf = conf_key[0]
                to_dispatch = fx.policy == P_DEMAND
    n_waiting = np.int64(0)
    for k in range(n_alive + n - checked):
        s = alive[k] if k < n_alive else checked + k - n_alive
        if record[s, R_STATE] < SAILED:
            if record[s, R_LEAVE] < horizon:
                leave(s, record, counts, queue_s, waiting, waited_s)
            else:
                n_waiting += 1
                waited_s[(record[s, R_KIND] >> 4) & 15] += horizon - record[s, R_ARRIVAL]
    close_books(j, n, n_waiting, horizon, dr, un, work, series, wait_h, scalars, convoys)


@inner
def close_books(j, n, n_waiting, horizon, dr, un, work, series, wait_h, scalars, convoys):
    """Sum the run up: columns of `layout.SCALARS` that follow from series, units and waits."""
    for u in range(un.type.shape[0]):
        if work.on[u] == 1:
            stayed = horizon - work.on_since[u]
            if un.type[u] == 0:
                scalars[35] += stayed
            scalars[36] += stayed * dr.unit_usd_s[j, un.type[u]]
    n_days = series.counts.shape[0]
    waiting = 0
    queue_total = 0
    for day in range(n_days):
        series.queue_s[day] += waiting * DAY_S
        waiting += work.waiting[day + 1]
        series.counts[day, 4] = waiting
        queue_total += series.queue_s[day]
        for column in range(4):
            scalars[27 + column] += series.regime_s[day, column]
        scalars[2] += series.counts[day, 1]
        scalars[4] += series.counts[day, 2]
        scalars[5] += series.counts[day, 5]
        scalars[7] += series.counts[day, 3]
        scalars[25] += series.counts[day, 6]
        for act in range(6):
            scalars[11 + act] += series.acts[day, act] + series.acts[day, 6 + act]
        for lane in range(6):
            for ship_class in range(8):
                sailed = series.passages[day, lane * 8 + ship_class]
                scalars[1] += sailed
                scalars[8 + lane % 3] += sailed
                scalars[33] += sailed * dr.oil_mbbl[j, lane // 3, ship_class]
    scalars[0] = n
    scalars[3] = n_waiting
    scalars[6] = convoys[0] + convoys[1]
    scalars[32] = queue_total / (n_days * DAY_S)
    for ship_class in range(8):
        scalars[31] += work.waited_s[ship_class]
        scalars[39] += work.waited_s[ship_class] * dr.waiting_usd_s[j, ship_class]
    waited = 0
    for k in range(wait_h.shape[0]):
        waited += wait_h[k]
    wait_h[0] += np.int64(scalars[1]) - waited
