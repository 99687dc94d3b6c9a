"""Observed counts as keys of a passage scenario: what usually comes, how uneven the days are, what is seen now."""

import math
from datetime import timedelta

import numpy as np

from muster.observed.baseline import Openness
from muster.observed.series import DailySeries

DAYS_OF_YEAR = 365
# Regimes that have shown such a share in Hormuz: about 4 % from March to mid-June 2026 (closed, then contested), 24 %
# under the memorandum (tolled, near-open), 5 % from 9 July (contested); normal before. PortWatch, August 2026 vintage.
REGIMES = {
    "open": "open",
    "open, but reduced": "open or tolled",
    "partly open": "tolled or contested",
    "nearly closed": "contested or closed",
    "closed": "contested or closed",
}


def traffic_toml(series: DailySeries, openness: Openness) -> str:
    """Return TOML with `[strait] normal_per_day` and `[traffic]` keys that a scenario file takes.

    `arrivals_per_day` is the normal level of the window's season; its range adds the level's error (90 %). The seen
    share bounds the ships that still come from below, for those that passed did come: how many wait, no count tells,
    so `[[traffic.demand]]` is a comment for the author of the scenario to settle.
    """
    baseline = openness.baseline
    slack = 1.645 * math.sqrt(baseline.mean_dispersion / (openness.normal_per_day * baseline.n_days))
    low, high = openness.normal_per_day * math.exp(-slack), openness.normal_per_day * math.exp(slack)
    year = tuple(openness.window.last - timedelta(days=k) for k in range(DAYS_OF_YEAR))
    normal = float(np.mean(baseline.normal(year)))
    span = f"{baseline.reference.first} to {baseline.reference.last}"
    share = openness.share
    shares = f"{share:.3f} of normal ({openness.interval[0]:.3f} to {openness.interval[1]:.3f})"
    return f"""\
# From {series.label}, {openness.n_days} days to {openness.window.last}; normal from {span}.
# Source: {series.source}
[strait]
normal_per_day = {normal:.1f} # mean of the baseline over the year to {openness.window.last}

[traffic]
vintage = "{series.label}"
# Normal for these weekdays and this season, 90 % interval of the level.
arrivals_per_day = {{ low = {low:.1f}, mode = {openness.normal_per_day:.1f}, high = {high:.1f} }}
# Variance over mean of daily totals around the baseline; their lag-1 autocorrelation is {baseline.autocorrelation:.2f}.
dispersion = {baseline.dispersion:.2f}

# Seen now: {openness.seen_per_day:.1f} a day, {shares}: {openness.verdict}.
# Ships that passed did come, so demand is at least this share; how many wait, counts do not tell:
# [[traffic.demand]]
# from_day = 0
# factor = {{ low = {min(share, 1.0):.3f}, mode = ?, high = 1.0 }}

# [regime] start: {REGIMES[openness.verdict]}; a count cannot tell why ships stay away.
"""
