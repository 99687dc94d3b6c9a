"""Numbers that may be uncertain: a point, or a prior from which each run draws its own value.

In a scenario file a number is written as `0.3`, as a range `{ low = 0.1, mode = 0.3, high = 0.5 }` (triangular), as
`{ low = 0.1, high = 0.5 }` (uniform), as `{ low = 1e-4, high = 1e-2, scale = "log" }` (uniform in the logarithm) or as
`{ median = 2.0, sigma_log = 0.5 }` (lognormal). The draw is keyed by (seed; run, the key's name): adding one uncertain
number leaves the draws of all others as they were.
"""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from muster.passage.philox import draw_unit, natural_exp, natural_log, normal, triangular
from muster.passage.streams import PRIOR

SHAPES = ("point", "triangular", "uniform", "log_uniform", "lognormal")
_POINT, _TRIANGULAR, _UNIFORM, _LOG_UNIFORM, _LOGNORMAL = range(5)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a scenario with its key; `low == mode == high` for a point.

    For `lognormal`, `mode` holds the median and `high` the standard deviation of the logarithm.
    """

    key: str
    shape: str
    low: float
    mode: float
    high: float

    @classmethod
    def point(cls, key: str, value: float) -> "Number":
        """Return a number without uncertainty."""
        return cls(key, "point", value, value, value)

    @property
    def is_uncertain(self) -> bool:
        """Whether runs draw different values."""
        return self.shape != "point"

    @property
    def middle(self) -> float:
        """The point, mode or median; the geometric or plain middle of a uniform range."""
        if self.shape == "uniform":
            return (self.low + self.high) / 2
        if self.shape == "log_uniform":
            return math.sqrt(self.low * self.high)
        return self.mode

    def bounds(self) -> tuple[float, float]:
        """Return the least and greatest value a run may draw (lognormal: the 0.1 % and 99.9 % quantiles)."""
        if self.shape == "lognormal":
            spread = math.exp(3.0902 * self.high)  # normal quantile of 0.999
            return self.mode / spread, self.mode * spread
        return self.low, self.high


def entity_of(name: str) -> int:
    """Return the Philox entity of a name: 32 bits of its sha256, so that draws follow the name, not its position."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


@njit(nogil=True, cache=True)
def _draw_priors(seed, first_run, entities, shapes, low, mode, high, out):  # type: ignore[no-untyped-def]
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            run = first_run + j
            if shapes[i] == _LOGNORMAL:
                out[i, j] = mode[i] * natural_exp(high[i] * normal(seed, run, PRIOR, entities[i], 0))
                continue
            u = draw_unit(seed, run, PRIOR, entities[i], 0)
            if shapes[i] == _TRIANGULAR:
                out[i, j] = triangular(u, low[i], mode[i], high[i])
            elif shapes[i] == _UNIFORM:
                out[i, j] = low[i] + u * (high[i] - low[i])
            elif shapes[i] == _LOG_UNIFORM:
                ln_low = natural_log(low[i])
                out[i, j] = natural_exp(ln_low + u * (natural_log(high[i]) - ln_low))
            else:
                out[i, j] = mode[i]


class PriorDraws:
    """The values of a scenario's numbers in the runs `first_run .. first_run + n_runs - 1`.

    Parameters
    ----------
    numbers : iterable of Number
        All numbers that will be asked for; keys are unique.
    seed, first_run, n_runs : int
    fixed : mapping of key to value, optional
        Values that replace draws (sensitivity analysis).
    """

    def __init__(
        self,
        numbers: "tuple[Number, ...]",
        *,
        seed: int,
        first_run: int,
        n_runs: int,
        fixed: "dict[str, float] | None" = None,
    ) -> None:
        self.n_runs = n_runs
        self.fixed = fixed or {}
        uncertain = [number for number in numbers if number.is_uncertain]
        self._row = {number.key: i for i, number in enumerate(uncertain)}
        self._drawn = np.empty((len(uncertain), n_runs))
        if uncertain:
            _draw_priors(
                np.uint64(seed), first_run,
                np.array([entity_of(number.key) for number in uncertain], np.int64),
                np.array([SHAPES.index(number.shape) for number in uncertain], np.int64),
                np.array([number.low for number in uncertain]),
                np.array([number.mode for number in uncertain]),
                np.array([number.high for number in uncertain]),
                self._drawn,
            )  # fmt: skip

    def __call__(self, number: Number) -> np.ndarray:
        """Return the values of one number, float64, shape (n_runs,)."""
        if number.key in self.fixed:
            return np.full(self.n_runs, self.fixed[number.key])
        if number.is_uncertain:
            return self._drawn[self._row[number.key]]
        return np.full(self.n_runs, number.mode)
