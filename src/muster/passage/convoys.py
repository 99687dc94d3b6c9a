# mypy: disable-error-code="no-untyped-def, assignment"
"""Who asks for escorts, which units come, whom they may take."""

import numpy as np

from muster.passage.kernel_cache import inner
from muster.passage.layout import NEVER, QUEUED, R_ARRIVAL, R_KIND, R_LEAVE, R_STATE, RELEASE, SLOT, TIMER
from muster.passage.philox import draw_unit, triangular
from muster.passage.streams import CONVOY
from muster.passage.traffic import leave

_NEVER_KEY = NEVER << 4


@inner
def waits_someone(t, direction, record, queues, queue, counts, queue_s, waiting, waited_s):
    """Return whether anyone waits for escorts; drops those at the head who are gone."""
    while queue[direction, 0] < queue[direction, 1]:
        s = queues[direction, queue[direction, 0]]
        if record[s, R_STATE] == QUEUED:
            if record[s, R_LEAVE] > t:
                return True
            leave(s, record, counts, queue_s, waiting, waited_s)
            queue[direction, 2] -= 1
        queue[direction, 0] += 1
    return False


@inner
def call_escorts(t, batch, longest_wait, record, queues, queue, requests, request, counts, queue_s, waiting, waited_s):
    """Ask for escorts where enough ships wait or one has waited long enough; return the key of the next timer."""
    timer = _NEVER_KEY
    for direction in range(2):
        if queue[direction, 3] == 1 or queue[direction, 4] == 1:
            continue
        if not waits_someone(t, direction, record, queues, queue, counts, queue_s, waiting, waited_s):
            continue
        n = 0
        if queue[direction, 2] >= batch:  # at most so many wait: count those that have not left, as far as it matters
            for k in range(queue[direction, 0], queue[direction, 1]):
                s = queues[direction, k]
                if record[s, R_STATE] == QUEUED:
                    if record[s, R_LEAVE] <= t:
                        leave(s, record, counts, queue_s, waiting, waited_s)
                        queue[direction, 2] -= 1
                    else:
                        n += 1
                        if n >= batch:
                            break
        due = record[queues[direction, queue[direction, 0]], R_ARRIVAL] + longest_wait
        if n >= batch or due <= t:
            requests[request[1] % requests.shape[0]] = direction
            request[1] += 1
            queue[direction, 3] = 1
        else:
            timer = min(timer, (due << 4) | TIMER)
    return timer


@inner
def dispatch(
    t, need, cap, record, queues, queue, requests, request, callable_now, on, busy_until, unit_flags,
    unit_classes, chosen, boarded, counts, queue_s, waiting, waited_s,
):  # fmt: skip
    """Serve requests for escorts until one gets a convoy together, or none can.

    Returns the number of ships in `boarded` and the direction; `chosen` holds the units. Units are called in their
    order; a request whose units may protect nobody who waits is dropped.
    """
    while request[0] < request[1]:
        direction = requests[request[0] % requests.shape[0]]
        n_chosen = 0
        for u in range(callable_now.shape[0]):
            if callable_now[u] == 1 and on[u] == 1 and busy_until[u] == NEVER:
                chosen[n_chosen] = u
                n_chosen += 1
                if n_chosen == need:
                    break
        if n_chosen < need:
            break
        request[0] += 1
        queue[direction, 3] = 0
        m = 0
        first_kept = -1
        for k in range(queue[direction, 0], queue[direction, 1]):
            s = queues[direction, k]
            if record[s, R_STATE] != QUEUED:
                continue
            if record[s, R_LEAVE] <= t:
                leave(s, record, counts, queue_s, waiting, waited_s)
                queue[direction, 2] -= 1
                continue
            is_taken = False
            if m < cap:
                kind = record[s, R_KIND]
                for x in range(n_chosen):
                    u = chosen[x]
                    if (unit_flags[u] >> (kind & 15)) & 1 == 1 and (unit_classes[u] >> ((kind >> 4) & 15)) & 1 == 1:
                        is_taken = True
            if is_taken:
                boarded[m] = s
                m += 1
            else:
                if first_kept < 0:
                    first_kept = k
                if m == cap:
                    break
        queue[direction, 0] = first_kept if first_kept >= 0 else queue[direction, 1]
        if m > 0:
            queue[direction, 2] -= m
            return m, direction
        queue[direction, 4] = 1 if first_kept >= 0 else 0
    return 0, 0


@inner
def send_convoy(
    t, seed, run, n_support, horizon, m, direction, number, low_s, mode_s, high_s, need, headway_s, support_factor,
    unit_answers, turnaround_s, chosen, busy_until, unit_next, lanes, scalars, used, rows,
):  # fmt: skip
    """Bind the chosen units and the lane; return protection, transit in seconds and the first release's key."""
    x = draw_unit(seed, run, CONVOY, (direction << 20) | number, 0)
    transit = np.int64(triangular(x, low_s, mode_s, high_s))
    factor = 1.0
    for _ in range(n_support):
        factor *= support_factor
    members = 0
    answers = 0
    first_release = _NEVER_KEY
    for y in range(need):
        u = chosen[y]
        answers |= unit_answers[u]
        busy = t + transit + max(1, np.int64(turnaround_s[u] * factor))
        busy_until[u] = busy
        first_release = min(first_release, (busy << 4) | RELEASE)
        scalars[34] += min(busy, horizon, unit_next[u]) - t  # what outlasts its stint is not time on station
        if u < 62:
            members |= 1 << u
    if used[1] < rows.shape[0]:
        row = rows[used[1]]
        row[0] = t
        row[1] = direction
        row[2] = number
        row[3] = transit
        row[4] = m
        row[5] = members
        used[1] += 1
    lane = lanes[direction * 3 + 2]
    lane[2] = max(lane[2], t) + headway_s
    if lane[0] < lane[1]:
        lane[3] = (lane[2] << 4) | SLOT
    return 1 if answers == 1 else 2, transit, first_release
