# mypy: disable-error-code="no-untyped-def, assignment"
"""The hot loop: ships that arrive, take their lane's slots or leave in a convoy, until something else happens.

One flat function with plain arrays and one copy of the sailing code, because numba pays about 60 ns for every call that
passes arrays and about 100 ns for one that passes tuples of them.
"""

import numpy as np

from muster.passage.kernel_cache import inner
from muster.passage.layout import (
    ARRIVAL,
    DAY_S,
    HOLDING,
    IN_LANE,
    LEFT,
    NEVER,
    QUEUED,
    R_ACTS,
    R_ARRIVAL,
    R_CONVOY,
    R_KIND,
    R_LEAVE,
    R_ROW,
    R_SAIL,
    R_STATE,
    SAILED,
    SLOT,
    WAIT_BINS,
)

_NEVER_KEY = NEVER << 4
_LOW16 = np.uint64(0xFFFF)
_LOW32 = np.uint64(0xFFFFFFFF)
_S4 = np.uint64(4)
_S16 = np.uint64(16)
_S32 = np.uint64(32)
_S48 = np.uint64(48)


@inner
def play_traffic(
    key,
    i,
    now,
    day,
    horizon,
    n_boarded,
    protection_now,
    transit_now,
    convoy_now,
    stops_when_queued,
    batch,
    expects,
    n_flags,
    protecting_flag,
    patience_factor,
    word,
    record,
    lanes,
    queues,
    boarded,
    choices,
    accept,
    offer,
    permission_below,
    reflag_below,
    patience_s,
    transit_s,
    headway,
    cut_now,
    seen_now,
    cells,
    lane,
    queue,
    passages,
    counts,
    acts_by_day,
    queue_s,
    waiting,
    waited_s,
    wait_h,
):
    """Play ships until calendar key `key`, or sail the `n_boarded` ships of a convoy now.

    Returns the number of ships that have arrived, and whether one has just joined an escort queue in a way that may
    call for escorts (only if `stops_when_queued`).
    """
    day_end = (day + 1) * DAY_S
    boarding = n_boarded > 0
    b = 0
    k_slot = _NEVER_KEY
    if not boarding:
        for x in range(6):
            k_slot = min(k_slot, lane[x, 3])
    while True:
        if boarding:
            if b == n_boarded:
                break
            s = boarded[b]
            b += 1
            t = now
            route = 2
            protection = protection_now
            transit = transit_now
            kind = record[s, R_KIND]
            record[s, R_CONVOY] = convoy_now
            w2 = word[2, s]
            counts[day, 5] += 1
        else:
            t = record[i, R_ARRIVAL]
            k_arrival = (t << 4) | ARRIVAL
            protection = 0
            if k_arrival < k_slot:
                if k_arrival > key:
                    break
                s = i
                i += 1
                w1 = word[1, s]
                w2 = word[2, s]
                kind = record[s, R_KIND]
                flag = kind & 15
                if np.int64((w2 >> _S32) & _LOW16) < reflag_below[flag]:
                    flag = protecting_flag
                    kind = (kind & ~15) | flag
                    record[s, R_KIND] = kind
                ship_class = (kind >> 4) & 15
                direction = kind >> 8
                tolerance = np.int64((w1 >> _S16) & _LOW16)
                route = 4
                for k in range(4):
                    option = choices[flag, k]
                    if option < 0:
                        break
                    if option == 3:
                        if (offer[ship_class] >> flag) & 1 == 1 and tolerance >= accept[(6 + expects) * n_flags + flag]:
                            route = 3
                            break
                    elif tolerance >= accept[option * 3 * n_flags + flag] and (
                        option != 1 or np.int64(w2 >> _S48) < permission_below[flag]
                    ):
                        route = option
                        break
                x = direction * 3 + route
                if route >= 3 or lane[x, 0] < lane[x, 1] or lane[x, 2] > t:
                    # It waits: for a slot, for an escort, or for better times. Patience runs from its arrival.
                    record[s, R_LEAVE] = t + max(1, np.int64(patience_s[(w1 & _LOW16) >> _S4] * patience_factor))
                    queue_s[day] += day_end - t
                    waiting[day + 1] += 1
                    if route < 3:
                        record[s, R_STATE] = IN_LANE
                        lanes[x, lane[x, 1]] = s
                        lane[x, 1] += 1
                        lane[x, 3] = (max(lane[x, 2], t) << 4) | SLOT if lane[x, 3] == _NEVER_KEY else lane[x, 3]
                        k_slot = min(k_slot, lane[x, 3])
                    elif route == 3:
                        record[s, R_STATE] = QUEUED
                        queues[direction, queue[direction, 1]] = s
                        queue[direction, 1] += 1
                        queue[direction, 2] += 1
                        # Does this ship call for escorts, or start the clock of the longest wait?
                        is_first = queue[direction, 0] + 1 == queue[direction, 1]
                        if (
                            stops_when_queued
                            and queue[direction, 3] == 0
                            and (is_first or queue[direction, 4] == 1 or queue[direction, 2] >= batch)
                        ):
                            queue[direction, 4] = 0
                            return i, True
                        queue[direction, 4] = 0
                    else:
                        record[s, R_STATE] = HOLDING
                    continue
                lane[x, 2] = t + headway[route]
            else:
                if k_slot > key:
                    break
                t = k_slot >> 4
                x = 0
                while lane[x, 3] != k_slot:
                    x += 1
                s = -1
                while lane[x, 0] < lane[x, 1]:
                    s = lanes[x, lane[x, 0]]
                    lane[x, 0] += 1
                    if record[s, R_LEAVE] > t:
                        break
                    leave(s, record, counts, queue_s, waiting, waited_s)
                    s = -1
                if s >= 0:
                    lane[x, 2] = t + headway[x % 3]
                lane[x, 3] = (max(lane[x, 2], t) << 4) | SLOT if lane[x, 0] < lane[x, 1] else _NEVER_KEY
                k_slot = _NEVER_KEY
                for y in range(6):
                    k_slot = min(k_slot, lane[y, 3])
                if s < 0:
                    continue
                kind = record[s, R_KIND]
                route = x % 3
                w2 = word[2, s]
            transit = transit_s[route, ((w2 >> _S16) & _LOW16) >> _S4]
        # --- ship s sails at t on `route`
        ship_class = (kind >> 4) & 15
        row = (route * 3 + protection) * n_flags + (kind & 15)
        w3 = word[3, s]
        w4 = word[4, s]
        w5 = word[5, s]
        hail = np.int64(w3 >> _S32) < cut_now[row, 0]
        toll = np.int64(w4 >> _S32) < cut_now[row, 1]
        inspection = np.int64(w4 & _LOW32) < cut_now[row, 2]
        seizure = np.int64(w5 >> _S32) < cut_now[row, 3]
        attack = np.int64(w5 & _LOW32) < cut_now[row, 4]
        mine = np.int64(w3 & _LOW32) < cut_now[row, 5]
        if record[s, R_STATE] != 0:
            wait = t - record[s, R_ARRIVAL]
            queue_s[day] -= day_end - t
            waiting[day + 1] -= 1
            waited_s[ship_class] += wait
            wait_h[min(wait // 3600, WAIT_BINS - 1)] += 1
        record[s, R_STATE] = SAILED
        record[s, R_SAIL] = t
        record[s, R_ROW] = row
        passages[day, ((kind >> 8) * 3 + route) * 8 + ship_class] += 1
        cells[row, ship_class] += 1
        counts[day, 3] += np.int64(np.int64(w2 & _LOW16) < seen_now[route * 8 + ship_class])
        if hail | toll | inspection | seizure | attack | mine:
            acts = np.int64(hail) | np.int64(toll) << 1 | np.int64(inspection) << 2
            acts |= np.int64(seizure) << 3 | np.int64(attack) << 4 | np.int64(mine) << 5
            record[s, R_ACTS] = acts
            first = 6 if protection > 0 else 0
            acts_by_day[day, first] += np.int64(hail)
            acts_by_day[day, first + 1] += np.int64(toll)
            acts_by_day[day, first + 2] += np.int64(inspection)
            acts_by_day[day, first + 3] += np.int64(seizure)
            acts_by_day[day, first + 4] += np.int64(attack)
            acts_by_day[day, first + 5] += np.int64(mine)
        end = t + transit
        if end < horizon and not seizure:
            counts[day if end < day_end else end // DAY_S, 2] += 1
    return i, False


@inner
def leave(s, record, counts, queue_s, waiting, waited_s):
    """Book that ship s lost patience at a second that is past."""
    t = record[s, R_LEAVE]
    day = t // DAY_S
    record[s, R_STATE] = LEFT
    counts[day, 1] += 1
    queue_s[day] -= (day + 1) * DAY_S - t
    waiting[day + 1] -= 1
    waited_s[(record[s, R_KIND] >> 4) & 15] += t - record[s, R_ARRIVAL]


@inner
def decide_again(
    t, i, n_alive, checked, alive, expects, n_flags, word, record, lanes, queues, choices, accept, offer,
    permission_below, lane, queue, counts, queue_s, waiting, waited_s,
):  # fmt: skip
    """Let all waiting ships choose again, in order of arrival; return how many `alive` lists that still wait.

    Only ships that waited at the last choice (`alive`) or arrived since (`checked` on) can wait now.
    """
    n_kept = 0
    for x in range(6):
        lane[x, 0] = 0
        lane[x, 1] = 0
        lane[x, 3] = _NEVER_KEY
    for direction in range(2):
        for column in range(3):
            queue[direction, column] = 0
    for k in range(n_alive + i - checked):
        s = alive[k] if k < n_alive else checked + k - n_alive
        if record[s, R_STATE] >= SAILED:
            continue
        if record[s, R_LEAVE] <= t:
            leave(s, record, counts, queue_s, waiting, waited_s)
            continue
        alive[n_kept] = s
        n_kept += 1
        kind = record[s, R_KIND]
        flag = kind & 15
        ship_class = (kind >> 4) & 15
        direction = kind >> 8
        tolerance = np.int64((word[1, s] >> _S16) & _LOW16)
        route = 4
        for choice in range(4):
            option = choices[flag, choice]
            if option < 0:
                break
            if option == 3:
                if (offer[ship_class] >> flag) & 1 == 1 and tolerance >= accept[(6 + expects) * n_flags + flag]:
                    route = 3
                    break
            elif tolerance >= accept[option * 3 * n_flags + flag] and (
                option != 1 or np.int64(word[2, s] >> _S48) < permission_below[flag]
            ):
                route = option
                break
        if route < 3:
            x = direction * 3 + route
            lanes[x, lane[x, 1]] = s
            lane[x, 1] += 1
            lane[x, 3] = (max(lane[x, 2], t) << 4) | SLOT
            record[s, R_STATE] = IN_LANE
        elif route == 3:
            queues[direction, queue[direction, 1]] = s
            queue[direction, 1] += 1
            queue[direction, 2] += 1
            record[s, R_STATE] = QUEUED
        else:
            record[s, R_STATE] = HOLDING
    return n_kept
