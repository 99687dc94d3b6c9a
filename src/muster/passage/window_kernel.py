# mypy: disable-error-code="no-untyped-def, assignment"
"""One run at window level: how many ships come between two departures, never which.

Given a run's rates, regime and risks, the ships of one direction that choose one route are a Poisson process of their
own (a thinning), so counts per window are enough; what happens to each is taken as an expectation given the counts.
Only `muster.passage.windows` may call this, after its proof.
"""

import numpy as np
from numba import njit

from muster.passage.layout import DAY_S, P_CONVOY
from muster.passage.philox import draw_unit, gamma, natural_exp, natural_log
from muster.passage.pictures import refresh_risks, refresh_units
from muster.passage.streams import MODULATION, REGIME_START, WINDOW, WINDOW_ALONE

_TWO_16 = 65536.0
_LN_2PI = 1.8378770664093453
_QUEUE = 3  # column of the escort queue among the options; 4 = stays and waits


@njit(nogil=True, cache=True)
def poisson_count(u, mean):
    """Return the Poisson count that a uniform in [0, 1) stands for, searching outward from the mode.

    The mode's probability comes from its product below 16 and from Stirling's series (to 1 / m**5) above.
    """
    if mean <= 0.0:
        return 0
    mode = np.int64(mean)
    if mode < 16:
        p = natural_exp(-mean)
        for k in range(1, mode + 1):
            p *= mean / k
    else:
        m = np.float64(mode)
        q = 1.0 / (m * m)
        series = (1.0 / 12.0 - q * (1.0 / 360.0 - q / 1260.0)) / m
        p = natural_exp(m * natural_log(mean / m) + (m - mean) - 0.5 * (_LN_2PI + natural_log(m)) - series)
    u -= p
    up, down = p, p
    n_up, n_down = mode, mode
    while u >= 0.0 and (up > 1e-300 or down > 1e-300):
        n_up += 1
        up *= mean / n_up
        u -= up
        if u < 0.0:
            return n_up
        down *= n_down / mean  # becomes 0 when n_down is 0
        n_down -= 1
        u -= down
        if u < 0.0:
            return n_down
    return mode


@njit(nogil=True, cache=True)
def choose_shares(fx, dr, j, accept, offers_escort, expects, chosen):
    """Write the share of each flag's ships that choose free, permission, facilitated, escort queue, waiting (F, 5).

    Tolerance and permission rank are independent and uniform on 16 bits: of those who would ask, and of those who
    would not, each option takes the tolerances from its own threshold up to what earlier options left.
    """
    for flag in range(fx.n_flags):
        for k in range(5):
            chosen[flag, k] = 0.0
        asking = dr.permission_below[j, flag] / _TWO_16
        for asks in range(2):
            weight = asking if asks == 1 else 1.0 - asking
            left = 65536
            for k in range(4):
                option = fx.choices[flag, k]
                if option < 0:
                    break
                if (option == 1 and asks == 0) or (option == _QUEUE and not offers_escort):
                    continue
                row = (6 + expects) * fx.n_flags + flag if option == _QUEUE else option * 3 * fx.n_flags + flag
                if accept[row] < left:
                    chosen[flag, option] += weight * (left - accept[row]) / _TWO_16
                    left = accept[row]
            chosen[flag, 4] += weight * left / _TWO_16


@njit(nogil=True, cache=True)
def patience_integrals(x, factor, tables):
    """Return E[(x - P)+] and its integral from 0, for patience P = factor * quantile, x in seconds."""
    y = x / factor
    n = tables.patience_s.shape[0]
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if tables.patience_s[middle] <= y:
            low = middle + 1
        else:
            high = middle
    first, second = tables.patience_sum[low], tables.patience_square_sum[low]
    over = factor * (low * y - first) / n
    area = factor * factor * (low * y * y - 2.0 * y * first + second) / (2.0 * n)
    return over, area


@njit(nogil=True, cache=True)
def stay_of_holders(rate, factor, fx, tables):
    """Return (share of ships that give up before the end, mean seconds waited) of ships that wait and may give up."""
    horizon = np.float64(fx.n_days * DAY_S)
    total, left, waited = 0.0, 0.0, 0.0
    longest = horizon - fx.segment_start_s[0]
    over_long, area_long = patience_integrals(longest, factor, tables)
    for s in range(rate.shape[0]):
        shortest = horizon - fx.segment_start_s[s + 1]
        over_short, area_short = patience_integrals(shortest, factor, tables)
        total += rate[s] * (longest - shortest)
        left += rate[s] * (over_long - over_short)
        waited += rate[s] * ((longest * longest - shortest * shortest) / 2.0 - (area_long - area_short))
        longest, over_long, area_long = shortest, over_short, area_short
    if total <= 0.0:
        return 0.0, 0.0
    return left / total, waited / total


@njit(nogil=True, cache=True)
def book_row(n, row, flag_share, j, direction, ship_class, regime, fx, dr, p_now, seen, scalars):
    """Book the expected fate of `n` ships of a direction and route: the part of one flag and class in one row."""
    x = n * flag_share
    harm = 1.0 - (1.0 - p_now[row, 3]) * (1.0 - p_now[row, 4]) * (1.0 - p_now[row, 5])
    protection = (row // fx.n_flags) % 3
    for act in range(6):
        scalars[17 + act] += x * p_now[row, act]
    if protection > 0:
        scalars[23] += x * harm
    if protection == 1:
        calm = 1.0
        for act in range(6):
            if fx.is_confrontation[act] == 1:
                calm *= 1.0 - p_now[row, act]
        scalars[26] += x * (1.0 - calm)
    scalars[7] += x * seen
    scalars[33] += x * dr.oil_mbbl[j, direction, ship_class]
    scalars[37] += x * p_now[row, 1] * dr.toll_usd[j, ship_class]
    scalars[38] += x * dr.premium_usd[j, regime, ship_class]


@njit(nogil=True, cache=True)
def play_queue(seed, run, direction, share, mean, remaining, fx, tables, scalars, seen_n):
    """Play the escort queue of one direction window by window; return (sailed, still waiting, ship-seconds waited).

    `seen_n` (P,) receives the ships that sail in each period of observation.
    """
    waiting, sailed, waited = 0, 0, 0.0
    n_windows = mean.shape[0]
    for k in range(n_windows):
        n = 0
        if mean[k] > 0.0 and share > 0.0:
            n = poisson_count(draw_unit(seed, run, WINDOW, (direction << 20) | k, 0), mean[k] * share)
            waited += n * (remaining[k] / mean[k])
        waited += waiting * tables.window_s[k]
        waiting += n
        scalars[0] += n
        if k == n_windows - 1:
            break  # the horizon, not a departure
        m = min(fx.cap_ships, waiting)
        if m > 0:
            waiting -= m
            sailed += m
            scalars[6] += 1
            scalars[34] += tables.busy_s[k]
            seen_n[tables.window_period[k]] += m
    return sailed, waiting, waited


@njit(nogil=True, cache=True)
def play_windows(seed, first_run, first_j, fx, dr, un, tables, scalars):
    """Play runs one after another into rows of `scalars`, columns as in `layout.SCALARS`."""
    n_flags, n_units = fx.n_flags, un.type.shape[0]
    n_segments, n_periods = fx.segment_modulation.shape[0], fx.seen_from_day.shape[0]
    horizon = np.float64(fx.n_days * DAY_S)
    p_now, cut_now = np.empty((9 * n_flags, 6)), np.empty((9 * n_flags, 6), np.int64)
    accept, chosen = np.empty(9 * n_flags, np.int64), np.empty((n_flags, 5))
    rate, multiplier = np.empty(n_segments), np.empty(fx.n_modulations)
    n_windows = tables.window_s.shape[0]
    mean, remaining = np.empty(n_windows), np.empty(n_windows)
    period_share, seen_n, route_share = np.empty(n_periods), np.empty(n_periods), np.empty(5)
    present, callable_now = np.ones(n_units, np.int64), np.zeros(n_units, np.int64)
    for i in range(scalars.shape[0]):
        run, j, out = first_run + i, first_j + i, scalars[i]
        out[:] = 0.0
        u0 = draw_unit(seed, run, REGIME_START, 0, 0)
        regime = 0
        while regime < 3 and u0 >= fx.start_cumulative[regime]:
            regime += 1
        out[27 + regime] = horizon
        offer, cover = np.zeros(8, np.int64), np.zeros(n_flags)
        _, _, expects, _ = refresh_units(
            regime, fx.policy, fx.full_cover, un.type, un.regimes, un.on_facilitated, un.flags, un.classes, un.answers,
            present, present, callable_now, offer, cover,
        )  # fmt: skip
        refresh_risks(j, regime, fx, dr, dr.mines[j], cover, p_now, cut_now, accept)
        choose_shares(fx, dr, j, accept, fx.policy == P_CONVOY and offer[0] != 0, expects, chosen)
        for m in range(fx.n_modulations):
            shape = dr.modulation_shape[j]
            multiplier[m] = gamma(seed, run, MODULATION, m, 0, shape) / shape if shape > 0.0 else 1.0
        for s in range(n_segments):
            rate[s] = dr.segment_rate_s[j, s] * multiplier[fx.segment_modulation[s]]
        # --- expected arrivals by window and by period of observation
        mean[:] = 0.0
        remaining[:] = 0.0
        period_share[:] = 0.0
        total = 0.0
        for p in range(tables.piece_segment.shape[0]):
            expected = rate[tables.piece_segment[p]] * tables.piece_s[p]
            total += expected
            mean[tables.piece_window[p]] += expected
            remaining[tables.piece_window[p]] += expected * tables.piece_remaining_s[p]
            period_share[tables.piece_period[p]] += expected
        gives_up, held_s = stay_of_holders(rate, dr.patience_factor[j], fx, tables)
        for direction in range(2):
            route_share[:] = 0.0
            for ship_class in range(8):
                for flag in range(n_flags):
                    for k in range(5):
                        route_share[k] += tables.mass[direction, ship_class, flag] * chosen[flag, k]
            for k in range(5):
                if route_share[k] <= 0.0:
                    continue
                waited, seen_n[:] = 0.0, 0.0
                if k == _QUEUE:
                    n, waiting, waited = play_queue(
                        seed, run, direction, route_share[k], mean, remaining, fx, tables, out, seen_n
                    )
                    out[5] += n
                    out[3] += waiting
                    out[10] += n
                else:
                    u = draw_unit(seed, run, WINDOW_ALONE, direction * 8 + k, 0)
                    n = poisson_count(u, total * route_share[k])
                    out[0] += n
                    for period in range(n_periods):
                        seen_n[period] = n * period_share[period] / total
                    if k == 4:
                        out[2] += n * gives_up
                        out[3] += n * (1.0 - gives_up)
                        waited = n * held_s
                    else:
                        out[8 + k] += n
                out[31] += waited
                if k < 4:
                    out[1] += n
                for ship_class in range(8):
                    seen = 0.0
                    for period in range(n_periods):
                        seen += seen_n[period] * fx.seen_below[period, regime, min(k, 2) * 8 + ship_class] / _TWO_16
                    class_share = 0.0
                    for flag in range(n_flags):
                        share = tables.mass[direction, ship_class, flag] * chosen[flag, k] / route_share[k]
                        class_share += share
                        if k < 4 and n > 0 and share > 0.0:
                            row = (6 + expects) * n_flags + flag if k == _QUEUE else k * 3 * n_flags + flag
                            book_row(n, row, share, j, direction, ship_class, regime, fx, dr, p_now, seen / n, out)
                    out[39] += waited * class_share * dr.waiting_usd_s[j, ship_class]
        out[32] = out[31] / horizon
        for u in range(n_units):
            if fx.policy != 0:
                out[36] += horizon * dr.unit_usd_s[j, un.type[u]]
                if un.type[u] == 0:
                    out[35] += horizon
