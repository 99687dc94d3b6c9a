"""What holds at the moment: probabilities, which risks ships accept, what the units can do. Rebuilt when it changes.

Called some hundred times a run, not once a ship. The plain twin calls the same functions: they hold rules of the
model, not of its clockwork.
"""

import numpy as np
from numba import njit

from muster.passage.kernel_cache import inner
from muster.passage.layout import P_CORRIDOR, P_NONE

_TWO_32 = 4294967296.0
_TWO_16 = 65536.0
CLOSED = 1 << 17  # an acceptance threshold that no ship reaches: the lane does not operate


@njit(nogil=True, cache=True)
def interpolate(x, xs, ys):  # type: ignore[no-untyped-def]
    """Return the piecewise linear value at x; constant outside the knots."""
    n = xs.shape[0]
    if x <= xs[0]:
        return ys[0]
    for k in range(1, n):
        if x < xs[k]:
            return ys[k - 1] + (ys[k] - ys[k - 1]) * ((x - xs[k - 1]) / (xs[k] - xs[k - 1]))
    return ys[n - 1]


@njit(nogil=True, cache=True)
def share_below(risk, fx):  # type: ignore[no-untyped-def]
    """Return the share of ships whose tolerated risk is below `risk`."""
    if risk > fx.risk_value[fx.risk_value.shape[0] - 1]:
        return 1.0
    if risk < fx.risk_value[0]:
        return 0.0
    return interpolate(risk, fx.risk_value, fx.risk_share)


@inner
def refresh_risks(j, regime, fx, dr, mines, cover, p_now, cut_now, accept):  # type: ignore[no-untyped-def]
    """Rebuild the probabilities per row, their 32-bit cuts, and the tolerance from which a ship accepts each row."""
    n_flags = fx.n_flags
    for route in range(3):
        operates = fx.lane_operates[route, regime] == 1
        if route == fx.cleared_route and fx.clear_first == 1 and mines[route] > fx.clear_below:
            operates = False
        for protection in range(3):
            for flag in range(n_flags):
                row = (route * 3 + protection) * n_flags + flag
                for act in range(6):
                    p = dr.p_act[j, regime, row, act]
                    if act == 5:
                        p *= mines[route]
                    if fx.policy == P_CORRIDOR and route == 2 and protection == 0:
                        p *= 1.0 - cover[flag] * (1.0 - dr.corridor_factor[j, act])
                    p = min(p, 1.0)
                    p_now[row, act] = p
                    cut_now[row, act] = np.int64(p * _TWO_32)
                risk = 1.0 - (1.0 - p_now[row, 3]) * (1.0 - p_now[row, 4]) * (1.0 - p_now[row, 5])
                share = share_below(risk * dr.risk_scale[j, flag], fx)
                accept[row] = np.int64(share * _TWO_16) if operates else CLOSED


@inner
def refresh_units(  # type: ignore[no-untyped-def]
    regime, policy, full_cover, unit_type, unit_regimes, on_lane, unit_flags, unit_classes, answers, on, arrived,
    callable_now, offer, cover,
):  # fmt: skip
    """Rebuild what the units offer; return (n_mcm, n_support, protection to expect, has it changed for ships).

    `offer[class]`: bit mask of flags that some arrived escort may protect in this regime. `cover[flag]`: share of full
    patrol cover of the facilitated lane. `callable_now[unit]`: an escort whose caveats let it work now.
    """
    n_mcm = 0
    n_support = 0
    expects = 2
    changed = 0
    new_offer = np.zeros(8, np.int64)
    new_cover = np.zeros(cover.shape[0])
    if policy != P_NONE:
        for u in range(unit_type.shape[0]):
            callable_now[u] = 0
            if (unit_regimes[u] >> regime) & 1 == 0:
                continue
            kind = unit_type[u]
            if kind == 0 and on_lane[u] == 1:
                callable_now[u] = 1
            if kind == 1:
                n_mcm += on[u]
            elif kind == 3:
                n_support += on[u]
            elif on_lane[u] == 1:
                if policy == P_CORRIDOR:
                    for flag in range(cover.shape[0]):
                        if on[u] == 1 and (unit_flags[u] >> flag) & 1 == 1:
                            new_cover[flag] += 1.0
                elif kind == 0 and arrived[u] == 1:
                    for ship_class in range(8):
                        if (unit_classes[u] >> ship_class) & 1 == 1:
                            new_offer[ship_class] |= unit_flags[u]
                    if answers[u] == 1:
                        expects = 1
    for ship_class in range(8):
        if new_offer[ship_class] != offer[ship_class]:
            changed = 1
        offer[ship_class] = new_offer[ship_class]
    for flag in range(cover.shape[0]):
        share = min(1.0, new_cover[flag] / full_cover)
        if share != cover[flag]:
            changed = 1
        cover[flag] = share
    return n_mcm, n_support, expects, changed


@inner
def book_expectations(day, n_flags, is_confrontation, toll_usd, premium_usd, p_now, cells, expected, scalars):  # type: ignore[no-untyped-def]
    """Turn the ships counted since the last change (by row and class) into expected acts, tolls and premiums.

    Columns of `scalars` as in `layout.SCALARS`: 17..22 expected acts, 23 harm under escort, 26 confrontations, 37
    tolls, 38 premiums.
    """
    for row in range(9 * n_flags):
        n = 0
        for ship_class in range(8):
            n += cells[row, ship_class]
        if n == 0:
            continue
        protection = (row // n_flags) % 3
        escorted = 1 if protection > 0 else 0
        for act in range(6):
            x = n * p_now[row, act]
            expected[day, escorted, act] += x
            scalars[17 + act] += x
        if escorted == 1:
            harm = 1.0 - (1.0 - p_now[row, 3]) * (1.0 - p_now[row, 4]) * (1.0 - p_now[row, 5])
            scalars[23] += n * harm
        if protection == 1:
            calm = 1.0
            for act in range(6):
                if is_confrontation[act] == 1:
                    calm *= 1.0 - p_now[row, act]
            scalars[26] += n * (1.0 - calm)
        for ship_class in range(8):
            n_class = cells[row, ship_class]
            if n_class > 0:
                scalars[37] += n_class * p_now[row, 1] * toll_usd[ship_class]
                scalars[38] += n_class * premium_usd[ship_class]
                cells[row, ship_class] = 0
