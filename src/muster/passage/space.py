"""Working arrays: room for the ships of one run, its days, its trace; one set a thread."""

from dataclasses import dataclass

import numpy as np

from muster.passage.layout import (
    DAY_COUNTS,
    OIL_BINS,
    PASSAGE_BINS,
    QUEUE_BINS,
    WAIT_BINS,
    Histograms,
    Series,
    Ships,
    Trace,
)  # fmt: skip


@dataclass(slots=True)
class Space:
    """One thread's working arrays."""

    ships: Ships
    series: Series
    trace: Trace
    wait_h: np.ndarray
    multiplier: np.ndarray
    sums: Series
    histograms: Histograms


def empty_ships(capacity: int) -> Ships:
    """Return arrays for at most `capacity` ships."""
    return Ships(
        np.zeros((6, capacity), np.uint64), np.zeros((capacity, 8), np.int64), np.zeros((6, capacity), np.int64),
        np.zeros((2, capacity), np.int64), np.zeros(capacity, np.int64),
    )  # fmt: skip


def empty_series(n_days: int) -> Series:
    """Return day-by-day results of zero."""
    return Series(
        passages=np.zeros((n_days, 48), np.int64),
        counts=np.zeros((n_days, len(DAY_COUNTS)), np.int64),
        acts=np.zeros((n_days, 12), np.int64),
        expected=np.zeros((n_days, 2, 6)),
        regime_s=np.zeros((n_days, 4), np.int64),
        queue_s=np.zeros(n_days + 1, np.int64),
    )


def empty_histograms(n_days: int) -> Histograms:
    """Return empty histograms."""
    return Histograms(
        passages=np.zeros((n_days, PASSAGE_BINS), np.int64),
        seen=np.zeros((n_days, PASSAGE_BINS), np.int64),
        queue=np.zeros((n_days, QUEUE_BINS), np.int64),
        oil=np.zeros((n_days, OIL_BINS), np.int64),
        wait_h=np.zeros(WAIT_BINS, np.int64),
    )


def empty_trace(n_rows: int) -> Trace:
    """Return room for `n_rows` rows of each kind of trace (0 keeps none, but the start needs one)."""
    n = max(1, n_rows)
    return Trace(
        np.zeros(3, np.int64), *[np.zeros((n if k == 0 else n_rows, w), np.int64) for k, w in enumerate((3, 6, 3))]
    )
