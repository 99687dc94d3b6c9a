# mypy: disable-error-code="no-untyped-def, assignment"
"""One run of the full model, event by event, on integer seconds.

Calendar events (regime, confrontation, unit, release, midnight, convoy epoch, lane slot, timer) each keep their next
instant as `second << 4 | type`; ships come from arrays in order of arrival, so the loop merges two sorted things and
needs no heap. Ships that lose patience leave lazily: their instant is known when they start to wait, and every reader
of a queue passes over those that are gone. `muster.passage.twin` says the same with processes; tests compare events.

numba's cache does not see changes of a callee in another file: remove `__pycache__` after editing pictures.py,
ships.py or philox.py.
"""

import numpy as np
from numba import njit

from muster.passage.layout import (
    ARRIVAL,
    CONFRONTATION,
    DAY,
    DAY_S,
    EPOCH,
    HOLDING,
    IN_LANE,
    LEFT,
    NEVER,
    P_CONVOY,
    P_CORRIDOR,
    P_DEMAND,
    QUEUED,
    REGIME,
    RELEASE,
    SAILED,
    SLOT,
    TIMER,
    UNIT,
    WAIT_BINS,
)  # fmt: skip
from muster.passage.philox import draw_block, draw_unit, exponential_from, triangular, unit
from muster.passage.pictures import book_expectations, interpolate, refresh_risks, refresh_units
from muster.passage.streams import CONVOY, ESCALATION, REGIME_CLOCK, REGIME_START

_NEVER_KEY = NEVER << 4
_LOW16 = np.uint64(0xFFFF)
_LOW32 = np.uint64(0xFFFFFFFF)
_S16 = np.uint64(16)
_S32 = np.uint64(32)
_S48 = np.uint64(48)
_TWO_16 = 65536.0


@njit(inline="always")
def _choose(w1, w2, flag, ship_class, fx, permission_below, accept, offer, expects):
    """Return what a ship does now: 0..2 sail on that lane, 3 wait for an escort, 4 hold."""
    tolerance = np.int64((w1 >> _S16) & _LOW16)
    found = 4
    for k in range(4):
        option = fx.choices[flag, k]
        if option < 0:
            break
        if option == 3:
            if (offer[ship_class] >> flag) & 1 == 1 and tolerance >= accept[(6 + expects) * fx.n_flags + flag]:
                found = 3
                break
        elif tolerance >= accept[option * 3 * fx.n_flags + flag] and (
            option != 1 or np.int64(w2 >> _S48) < permission_below[flag]
        ):
            found = option
            break
    return found


@njit(inline="always")
def _flag_of(kind, w2, fx):
    """Return the ship's flag group, after reflagging."""
    flag = kind & 15
    return fx.protecting_flag if np.int64((w2 >> _S32) & _LOW16) < fx.reflag_below[flag] else flag


@njit(inline="always")
def _start_waiting(i, t, day, state, ships, fx, patience_factor, counts_wait, queue_s):
    """Put ship i among the waiting; its patience runs from its arrival."""
    ships.state[i] = state
    share = np.float64(np.int64(ships.word[1, i] & _LOW16)) / _TWO_16
    patience = interpolate(share, fx.wait_share, fx.wait_value_s) * patience_factor
    ships.leave_s[i] = ships.arrival_s[i] + max(np.int64(1), np.int64(min(patience, 1e15)))
    queue_s[day] += (day + 1) * DAY_S - t
    counts_wait[day + 1] += 1


@njit(inline="always")
def _leave(i, ships, series, counts_wait, waited_class):
    """Ship i has lost patience at leave_s[i], which is past."""
    t = ships.leave_s[i]
    day = t // DAY_S
    ships.state[i] = LEFT
    series.counts[day, 1] += 1
    series.queue_s[day] -= (day + 1) * DAY_S - t
    counts_wait[day + 1] -= 1
    waited_class[(ships.kind[i] >> 4) & 15] += t - ships.arrival_s[i]


@njit(inline="always")
def _sail(i, t, day, route, protection, transit, w2, ships, fx, series, cells, cut_now, seen_now,
          counts_wait, waited_class, wait_h, horizon):  # fmt: skip
    """Ship i starts its passage; return the bit mask of what befalls it."""
    kind = ships.kind[i]
    flag = kind & 15
    ship_class = (kind >> 4) & 15
    row = (route * 3 + protection) * fx.n_flags + flag
    w3 = ships.word[3, i]
    w4 = ships.word[4, i]
    w5 = ships.word[5, i]
    acts = 0
    if np.int64(w3 >> _S32) < cut_now[row, 0]:
        acts |= 1
    if np.int64(w4 >> _S32) < cut_now[row, 1]:
        acts |= 2
    if np.int64(w4 & _LOW32) < cut_now[row, 2]:
        acts |= 4
    if np.int64(w5 >> _S32) < cut_now[row, 3]:
        acts |= 8
    if np.int64(w5 & _LOW32) < cut_now[row, 4]:
        acts |= 16
    if np.int64(w3 & _LOW32) < cut_now[row, 5]:
        acts |= 32
    wait = t - ships.arrival_s[i]
    if ships.state[i] != 0:
        series.queue_s[day] -= (day + 1) * DAY_S - t
        counts_wait[day + 1] -= 1
        waited_class[ship_class] += wait
        wait_h[min(wait // 3600, WAIT_BINS - 1)] += 1
    ships.state[i] = SAILED
    ships.sail_s[i] = t
    ships.row[i] = row
    ships.transit_s[i] = transit
    series.passages[day, kind >> 8, route, ship_class] += 1
    cells[row, ship_class] += 1
    if np.int64(w2 & _LOW16) < seen_now[ship_class]:
        series.counts[day, 3] += 1
    if acts != 0:
        ships.acts[i] = acts
        for act in range(6):
            if (acts >> act) & 1 == 1:
                series.acts[day, 1 if protection > 0 else 0, act] += 1
    end = t + transit
    if end < horizon and acts & 8 == 0:
        series.counts[end // DAY_S, 2] += 1
    return acts


@njit(nogil=True, cache=True)
def run_events(seed, run, j, n, fx, dr, un, ships, series, wait_h, scalars, trace):
    """Play run `run` (row j of its block) with its n ships; fill series, waits, scalars and trace."""
    n_flags = fx.n_flags
    n_units = un.type.shape[0]
    horizon = fx.n_days * DAY_S
    arrival = ships.arrival_s
    permission_below = dr.permission_below[j]
    patience_factor = dr.patience_factor[j]
    headway = dr.headway_s[j]
    seen_now = fx.seen_below[0].copy()
    counts_wait = np.zeros(fx.n_days + 1, np.int64)
    waited_class = np.zeros(8, np.int64)
    p_now = np.empty((9 * n_flags, 6))
    cut_now = np.empty((9 * n_flags, 6), np.int64)
    accept = np.empty(9 * n_flags, np.int64)
    cells = np.zeros((9 * n_flags, 8), np.int64)
    mines = dr.mines[j].copy()
    cover = np.zeros(n_flags)
    offer = np.zeros(8, np.int64)
    on = np.zeros(n_units, np.int64)
    arrived = np.zeros(n_units, np.int64)
    unit_next = un.arrival_s[j].copy()
    on_since = np.zeros(n_units, np.int64)
    busy_until = np.full(n_units, NEVER, np.int64)  # NEVER = free
    chosen = np.empty(fx.need_escorts, np.int64)
    queue = np.empty((2, n), np.int64)
    lane_ships = np.empty((6, n), np.int64)
    head = np.zeros(8, np.int64)  # lanes 0..5 (direction * 3 + route), escort queues 6, 7
    tail = np.zeros(8, np.int64)
    lane_free = np.zeros(6, np.int64)
    lane_key = np.full(6, _NEVER_KEY, np.int64)
    pending = np.zeros(2, np.int64)
    blocked = np.zeros(2, np.int64)
    timer_key = np.full(2, _NEVER_KEY, np.int64)
    waiting_n = np.zeros(2, np.int64)  # upper bound of ships in the escort queue
    max_requests = 4 + (2 * (horizon // fx.interval_s + 1) if fx.policy == P_CONVOY else 2)
    requests = np.empty(max_requests, np.int64)
    request_head = 0
    request_tail = 0
    convoys = np.zeros(2, np.int64)
    boarded = np.empty(fx.cap_ships, np.int64)
    conf_key = np.empty(64, np.int64)
    conf_ship = np.empty(64, np.int64)
    n_conf = 0
    trace.used[:] = 0

    u0 = draw_unit(seed, run, REGIME_START, 0, 0)
    regime = 0
    while regime < 3 and u0 >= fx.start_cumulative[regime]:
        regime += 1
    trace.regimes[0, 0] = 0
    trace.regimes[0, 1] = regime
    trace.regimes[0, 2] = 0
    trace.used[0] = 1
    tick = 0
    w, w_to = draw_block(seed, run, REGIME_CLOCK, 0, 0)
    k_regime = _NEVER_KEY
    if dr.regime_rate_s[j] > 0.0:
        gap = exponential_from(w, seed, run, REGIME_CLOCK, 0, 0) / dr.regime_rate_s[j]
        k_regime = ((1 + np.int64(min(gap, 1e15))) << 4) | REGIME
    k_conf = _NEVER_KEY
    k_unit = _NEVER_KEY
    if fx.policy != 0:
        for u in range(n_units):
            k_unit = min(k_unit, (unit_next[u] << 4) | UNIT)
    k_release = _NEVER_KEY
    k_day = (DAY_S << 4) | DAY
    k_epoch = (fx.interval_s << 4) | EPOCH if fx.policy == P_CONVOY else _NEVER_KEY
    k_slot = _NEVER_KEY
    k_timer = _NEVER_KEY
    n_mcm, n_support, expects, _ = refresh_units(regime, fx, un, on, arrived, offer, cover)
    refresh_risks(j, regime, fx, dr, mines, cover, p_now, cut_now, accept)
    day = 0
    seen_period = 0
    i = 0
    lowest = 0  # no ship before this one waits
    regime_since = 0
    mcm_since = 0
    mcm_s = 0
    t = 0
    while True:
        key = min(k_regime, k_conf, k_unit, k_release, k_day, k_epoch, k_slot, k_timer)
        to_dispatch = False
        to_decide = False
        # --- ships that arrive before the next calendar event
        while i < n:
            t = arrival[i]
            if ((t << 4) | ARRIVAL) > key:
                break
            w1 = ships.word[1, i]
            w2 = ships.word[2, i]
            kind = ships.kind[i]
            flag = _flag_of(kind, w2, fx)
            kind = (kind & ~15) | flag
            ships.kind[i] = kind
            ship_class = (kind >> 4) & 15
            direction = kind >> 8
            option = _choose(w1, w2, flag, ship_class, fx, permission_below, accept, offer, expects)
            if option < 3:
                lane = direction * 3 + option
                if head[lane] == tail[lane] and lane_free[lane] <= t:
                    transit = fx.transit_s[option, np.int64((w2 >> _S16) & _LOW16) >> 4]
                    _sail(i, t, day, option, 0, transit, w2, ships, fx, series, cells, cut_now, seen_now,
                          counts_wait, waited_class, wait_h, horizon)  # fmt: skip
                    lane_free[lane] = t + headway[option]
                    i += 1
                    continue
                lane_ships[lane, tail[lane]] = i
                tail[lane] += 1
                lane_key[lane] = (
                    (max(lane_free[lane], t) << 4) | SLOT if head[lane] + 1 == tail[lane] else lane_key[lane]
                )
                k_slot = min(k_slot, lane_key[lane])
                key = min(key, k_slot)
                _start_waiting(i, t, day, IN_LANE, ships, fx, patience_factor, counts_wait, series.queue_s)
                i += 1
            elif option == 3:
                queue[direction, tail[6 + direction]] = i
                tail[6 + direction] += 1
                waiting_n[direction] += 1
                blocked[direction] = 0
                _start_waiting(i, t, day, QUEUED, ships, fx, patience_factor, counts_wait, series.queue_s)
                i += 1
                if fx.policy == P_DEMAND:
                    to_dispatch = True
                    break
            else:
                _start_waiting(i, t, day, HOLDING, ships, fx, patience_factor, counts_wait, series.queue_s)
                i += 1
        # --- the next calendar event
        if not to_dispatch:
            t = key >> 4
            if t >= horizon:
                break
            event = key & 15
            if event == SLOT:
                lane = 0
                while lane_key[lane] != key:
                    lane += 1
                while head[lane] < tail[lane]:
                    s = lane_ships[lane, head[lane]]
                    head[lane] += 1
                    if ships.leave_s[s] <= t:
                        _leave(s, ships, series, counts_wait, waited_class)
                        continue
                    route = lane % 3
                    w2 = ships.word[2, s]
                    transit = fx.transit_s[route, np.int64((w2 >> _S16) & _LOW16) >> 4]
                    _sail(s, t, day, route, 0, transit, w2, ships, fx, series, cells, cut_now, seen_now,
                          counts_wait, waited_class, wait_h, horizon)  # fmt: skip
                    lane_free[lane] = t + headway[route]
                    break
                lane_key[lane] = (max(lane_free[lane], t) << 4) | SLOT if head[lane] < tail[lane] else _NEVER_KEY
                k_slot = lane_key.min()
                continue
            if event == DAY:
                book_expectations(j, day, regime, fx, dr, p_now, cells, series.expected, scalars)
                series.regime_s[day, regime] += t - regime_since
                regime_since = t
                mcm_s += n_mcm * (t - mcm_since)
                mcm_since = t
                day += 1
                while seen_period + 1 < fx.seen_from_day.shape[0] and fx.seen_from_day[seen_period + 1] <= day:
                    seen_period += 1
                    seen_now[:] = fx.seen_below[seen_period]
                k_day = ((t + DAY_S) << 4) | DAY
                if mcm_s > 0 and mines[fx.cleared_route] > 0.0:
                    mines[fx.cleared_route] = max(0.0, mines[fx.cleared_route] - dr.cleared_per_unit_s[j] * mcm_s)
                    refresh_risks(j, regime, fx, dr, mines, cover, p_now, cut_now, accept)
                    to_decide = True
                    to_dispatch = True
                mcm_s = 0
            elif event == EPOCH:
                for direction in range(2):
                    requests[request_tail % max_requests] = direction
                    request_tail += 1
                k_epoch = ((t + fx.interval_s) << 4) | EPOCH
                to_dispatch = True
            elif event == RELEASE:
                released = -1
                k_release = _NEVER_KEY
                for u in range(n_units):
                    if busy_until[u] == t and released < 0:
                        released = u
                        busy_until[u] = NEVER
                    else:
                        k_release = min(k_release, (busy_until[u] << 4) | RELEASE)
                blocked[:] = 0
                to_dispatch = True
            elif event == UNIT:
                changed_unit = -1
                for u in range(n_units):
                    if unit_next[u] == t:
                        changed_unit = u
                        break
                u = changed_unit
                mcm_s += n_mcm * (t - mcm_since)
                mcm_since = t
                if on[u] == 1:
                    on[u] = 0
                    if un.type[u] == 0:
                        scalars[35] += t - on_since[u]
                    scalars[36] += (t - on_since[u]) * dr.unit_usd_s[j, un.type[u]]
                    unit_next[u] = t + un.off_s[u] if t + un.off_s[u] < un.until_s[u] else NEVER
                    if unit_next[u] == NEVER:
                        arrived[u] = 0
                elif t >= un.until_s[u]:
                    unit_next[u] = NEVER
                else:
                    on[u] = 1
                    arrived[u] = 1
                    on_since[u] = t
                    stay = NEVER if un.off_s[u] == 0 else t + un.on_s[u]
                    unit_next[u] = min(stay, un.until_s[u])
                if trace.used[2] < trace.units.shape[0]:
                    trace.units[trace.used[2], 0] = t
                    trace.units[trace.used[2], 1] = u
                    trace.units[trace.used[2], 2] = on[u]
                    trace.used[2] += 1
                k_unit = _NEVER_KEY
                for v in range(n_units):
                    k_unit = min(k_unit, (unit_next[v] << 4) | UNIT)
                n_mcm, n_support, expects, changed = refresh_units(regime, fx, un, on, arrived, offer, cover)
                if changed == 1:
                    if fx.policy == P_CORRIDOR:
                        book_expectations(j, day, regime, fx, dr, p_now, cells, series.expected, scalars)
                        refresh_risks(j, regime, fx, dr, mines, cover, p_now, cut_now, accept)
                    to_decide = True
                blocked[:] = 0
                to_dispatch = True
            elif event == TIMER:
                to_dispatch = True
            else:
                cause = 1
                new = regime
                if event == REGIME:
                    x = unit(w_to)
                    new = 0
                    while new < 3 and x >= dr.regime_cumulative[j, regime, new]:
                        new += 1
                    tick += 1
                    w, w_to = draw_block(seed, run, REGIME_CLOCK, tick, 0)
                    gap = exponential_from(w, seed, run, REGIME_CLOCK, tick, 0) / dr.regime_rate_s[j]
                    k_regime = ((t + 1 + np.int64(min(gap, 1e15))) << 4) | REGIME
                else:
                    cause = 2
                    s = conf_ship[0]
                    for k in range(1, n_conf):
                        conf_key[k - 1] = conf_key[k]
                        conf_ship[k - 1] = conf_ship[k]
                    n_conf -= 1
                    k_conf = conf_key[0] if n_conf > 0 else _NEVER_KEY
                    if draw_unit(seed, run, ESCALATION, s, 0) < dr.p_escalates[j, regime]:
                        new = fx.escalates_to[regime]
                if new == regime:
                    continue
                book_expectations(j, day, regime, fx, dr, p_now, cells, series.expected, scalars)
                series.regime_s[day, regime] += t - regime_since
                regime_since = t
                mcm_s += n_mcm * (t - mcm_since)
                mcm_since = t
                regime = new
                if trace.used[0] < trace.regimes.shape[0]:
                    trace.regimes[trace.used[0], 0] = t
                    trace.regimes[trace.used[0], 1] = regime
                    trace.regimes[trace.used[0], 2] = cause
                    trace.used[0] += 1
                n_mcm, n_support, expects, _ = refresh_units(regime, fx, un, on, arrived, offer, cover)
                refresh_risks(j, regime, fx, dr, mines, cover, p_now, cut_now, accept)
                blocked[:] = 0
                to_decide = True
                to_dispatch = True
        # --- all waiting ships think again, in order of arrival
        if to_decide:
            head[:] = 0
            tail[:] = 0
            waiting_n[:] = 0
            lane_key[:] = _NEVER_KEY
            while lowest < i and ships.state[lowest] >= SAILED:
                lowest += 1
            for s in range(lowest, i):
                if ships.state[s] >= SAILED:
                    continue
                if ships.leave_s[s] <= t:
                    _leave(s, ships, series, counts_wait, waited_class)
                    continue
                kind = ships.kind[s]
                direction = kind >> 8
                option = _choose(ships.word[1, s], ships.word[2, s], kind & 15, (kind >> 4) & 15, fx,
                                 permission_below, accept, offer, expects)  # fmt: skip
                if option < 3:
                    lane = direction * 3 + option
                    lane_ships[lane, tail[lane]] = s
                    tail[lane] += 1
                    lane_key[lane] = (max(lane_free[lane], t) << 4) | SLOT
                    ships.state[s] = IN_LANE
                elif option == 3:
                    queue[direction, tail[6 + direction]] = s
                    tail[6 + direction] += 1
                    waiting_n[direction] += 1
                    ships.state[s] = QUEUED
                else:
                    ships.state[s] = HOLDING
            k_slot = lane_key.min()
        # --- escorts are called and convoys leave, until nothing more can
        while to_dispatch:
            if fx.policy == P_DEMAND:
                for direction in range(2):
                    timer_key[direction] = _NEVER_KEY
                    if pending[direction] == 1 or blocked[direction] == 1:
                        continue
                    q = 6 + direction
                    while head[q] < tail[q]:
                        s = queue[direction, head[q]]
                        if ships.state[s] == QUEUED and ships.leave_s[s] > t:
                            break
                        if ships.state[s] == QUEUED:
                            _leave(s, ships, series, counts_wait, waited_class)
                            waiting_n[direction] -= 1
                        head[q] += 1
                    if head[q] == tail[q]:
                        continue
                    if waiting_n[direction] >= fx.batch_ships:
                        waiting_n[direction] = 0
                        for k in range(head[q], tail[q]):
                            s = queue[direction, k]
                            if ships.state[s] == QUEUED:
                                if ships.leave_s[s] <= t:
                                    _leave(s, ships, series, counts_wait, waited_class)
                                else:
                                    waiting_n[direction] += 1
                    due = arrival[queue[direction, head[q]]] + fx.longest_wait_s
                    if waiting_n[direction] >= fx.batch_ships or due <= t:
                        requests[request_tail % max_requests] = direction
                        request_tail += 1
                        pending[direction] = 1
                    else:
                        timer_key[direction] = (due << 4) | TIMER
                k_timer = timer_key.min()
            to_dispatch = False
            while request_head < request_tail and accept[7 * n_flags] <= 65536:
                direction = requests[request_head % max_requests]
                q = 6 + direction
                n_chosen = 0
                answers = 0
                for u in range(n_units):
                    if (un.type[u] == 0 and on[u] == 1 and busy_until[u] == NEVER and un.on_facilitated[u] == 1
                            and (un.regimes[u] >> regime) & 1 == 1):  # fmt: skip
                        chosen[n_chosen] = u
                        answers |= un.answers[u]
                        n_chosen += 1
                        if n_chosen == fx.need_escorts:
                            break
                if n_chosen < fx.need_escorts:
                    break
                request_head += 1
                pending[direction] = 0
                m = 0
                first_kept = -1
                for k in range(head[q], tail[q]):
                    s = queue[direction, k]
                    if ships.state[s] != QUEUED:
                        continue
                    if ships.leave_s[s] <= t:
                        _leave(s, ships, series, counts_wait, waited_class)
                        waiting_n[direction] -= 1
                        continue
                    if m < fx.cap_ships:
                        kind = ships.kind[s]
                        protected = False
                        for x in range(n_chosen):
                            u = chosen[x]
                            if (un.flags[u] >> (kind & 15)) & 1 == 1 and (un.classes[u] >> ((kind >> 4) & 15)) & 1 == 1:
                                protected = True
                        if protected:
                            boarded[m] = s
                            m += 1
                            continue
                    if first_kept < 0:
                        first_kept = k
                    if m == fx.cap_ships:
                        break
                head[q] = first_kept if first_kept >= 0 else tail[q]
                if m == 0:
                    blocked[direction] = 1 if first_kept >= 0 else 0
                    continue
                number = convoys[direction]
                convoys[direction] += 1
                x = draw_unit(seed, run, CONVOY, direction * (1 << 20) + number, 0)
                transit = np.int64(triangular(x, fx.convoy_low_s, fx.convoy_mode_s, fx.convoy_high_s))
                factor = 1.0
                for _ in range(n_support):
                    factor *= dr.support_factor[j]
                members = 0
                for x in range(n_chosen):
                    u = chosen[x]
                    busy_until[u] = t + transit + max(np.int64(1), np.int64(un.turnaround_s[u] * factor))
                    k_release = min(k_release, (busy_until[u] << 4) | RELEASE)
                    scalars[34] += min(busy_until[u], horizon) - t
                    if u < 62:
                        members |= 1 << u
                if trace.used[1] < trace.convoys.shape[0]:
                    trace.convoys[trace.used[1], 0] = t
                    trace.convoys[trace.used[1], 1] = direction
                    trace.convoys[trace.used[1], 2] = transit
                    trace.convoys[trace.used[1], 3] = m
                    trace.convoys[trace.used[1], 4] = members
                    trace.used[1] += 1
                protection = 1 if answers == 1 else 2
                for k in range(m):
                    s = boarded[k]
                    acts = _sail(s, t, day, 2, protection, transit, ships.word[2, s], ships, fx, series, cells,
                                 cut_now, seen_now, counts_wait, waited_class, wait_h, horizon)  # fmt: skip
                    ships.convoy[s] = direction * (1 << 20) + number
                    series.counts[day, 5] += 1
                    is_confrontation = False
                    if acts != 0:
                        for act in range(6):
                            if (acts >> act) & 1 == 1 and fx.is_confrontation[act] == 1:
                                is_confrontation = True
                        if acts & 56 != 0:
                            scalars[24] += 1
                    if protection == 1 and is_confrontation:
                        series.counts[day, 6] += 1
                        instant = t + transit // 2
                        if instant < horizon:
                            if n_conf == conf_key.shape[0]:
                                more_key = np.empty(2 * n_conf, np.int64)
                                more_ship = np.empty(2 * n_conf, np.int64)
                                more_key[:n_conf] = conf_key
                                more_ship[:n_conf] = conf_ship
                                conf_key = more_key
                                conf_ship = more_ship
                            new_key = (instant << 4) | CONFRONTATION
                            p = n_conf
                            while p > 0 and (conf_key[p - 1] > new_key or (conf_key[p - 1] == new_key
                                                                           and conf_ship[p - 1] > s)):  # fmt: skip
                                conf_key[p] = conf_key[p - 1]
                                conf_ship[p] = conf_ship[p - 1]
                                p -= 1
                            conf_key[p] = new_key
                            conf_ship[p] = s
                            n_conf += 1
                            k_conf = conf_key[0]
                waiting_n[direction] -= m
                lane_free[direction * 3 + 2] = max(lane_free[direction * 3 + 2], t) + headway[2]
                lane = direction * 3 + 2
                if head[lane] < tail[lane]:
                    lane_key[lane] = (lane_free[lane] << 4) | SLOT
                    k_slot = lane_key.min()
                to_dispatch = fx.policy == P_DEMAND
    # --- the horizon
    book_expectations(j, day, regime, fx, dr, p_now, cells, series.expected, scalars)
    series.regime_s[day, regime] += horizon - regime_since
    for u in range(n_units):
        if on[u] == 1:
            if un.type[u] == 0:
                scalars[35] += horizon - on_since[u]
            scalars[36] += (horizon - on_since[u]) * dr.unit_usd_s[j, un.type[u]]
    n_waiting = 0
    for s in range(lowest, n):
        if ships.state[s] >= SAILED:
            continue
        if ships.leave_s[s] < horizon:
            _leave(s, ships, series, counts_wait, waited_class)
        else:
            n_waiting += 1
            waited_class[(ships.kind[s] >> 4) & 15] += horizon - arrival[s]
    _close_books(j, n, n_waiting, dr, ships, series, counts_wait, waited_class, wait_h, scalars, convoys)


@njit(nogil=True, cache=True)
def _close_books(j, n, n_waiting, dr, ships, series, counts_wait, waited_class, wait_h, scalars, convoys):
    """Sum the run up: columns of `scalars` that follow from series and ships."""
    n_days = series.counts.shape[0]
    for i in range(n):
        series.counts[ships.arrival_s[i] // DAY_S, 0] += 1
    waiting = 0
    queue_total = 0
    for day in range(n_days):
        series.queue_s[day] += waiting * DAY_S
        waiting += counts_wait[day + 1]
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
            scalars[11 + act] += series.acts[day, 0, act] + series.acts[day, 1, act]
        for direction in range(2):
            for route in range(3):
                for ship_class in range(8):
                    sailed = series.passages[day, direction, route, ship_class]
                    scalars[1] += sailed
                    scalars[8 + route] += sailed
                    scalars[33] += sailed * dr.oil_mbbl[j, direction, ship_class]
    scalars[0] = n
    scalars[3] = n_waiting
    scalars[6] = convoys[0] + convoys[1]
    scalars[32] = queue_total / (n_days * DAY_S)
    for ship_class in range(8):
        scalars[31] += waited_class[ship_class]
        scalars[39] += waited_class[ship_class] * dr.waiting_usd_s[j, ship_class]
    n_at_once = np.int64(scalars[1]) - wait_h.sum()
    wait_h[0] += n_at_once
