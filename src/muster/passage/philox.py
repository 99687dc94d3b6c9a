"""Random numbers that belong to things, not to call order: Philox4x32-10 keyed by (seed; run, stream, entity, draw).

Every number is a pure function of its address, so the same ship has the same luck under every policy, force pool,
thread count and machine. The 128-bit counter is (draw, entity, stream, run), 32 bits each, low word first; the 64-bit
key is the seed. One address yields one block: two independent 64-bit words.

Addresses: 0 <= run, stream, entity < 2**32; 0 <= draw < 2**24, because a distribution that rejects takes its further
blocks at draw + attempt * 2**24. Stream numbers are registered in `muster.passage.streams`.

Nothing here calls libm: `natural_log` and `natural_exp` are plain IEEE arithmetic in a fixed order, the ziggurat's
tables are literals, and square roots are exact by IEEE 754. `muster.passage.philox_reference` is the same in plain
Python and equal bit for bit (tests/passage/test_philox.py). All functions here are compiled with numba; the scalar ones
are inlined into the calling kernel. numba's cache does not see changes of a callee in another file: remove
`__pycache__` after editing this one.

References
----------
J. Salmon, M. Moraes, R. Dror, D. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC'11, 2011 (Philox).
G. Marsaglia, W. W. Tsang, The ziggurat method for generating random variables, J. Stat. Software 5(8), 2000.
G. Marsaglia, W. W. Tsang, A simple method for generating gamma variables, ACM TOMS 26(3), 2000.
"""

import math

import numpy as np
from numba import njit

from muster.passage import ziggurat

MAX_DRAW = 1 << 24  # draws per (run, stream, entity); the upper 8 bits count a distribution's attempts

_U64 = np.uint64
_LOW32 = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_S11 = np.uint64(11)
_BYTE = np.uint64(255)
# Multipliers and Weyl increments of Philox4x32 (Salmon et al. 2011, section 3).
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_TWO_53 = 2.0**-53
_ATTEMPT = 1 << 24

ZIG_EDGE = np.array(ziggurat.EDGES)
ZIG_DENSITY = np.array(ziggurat.DENSITIES)
ZIG_WIDTH = ZIG_EDGE[:256] * _TWO_53
ZIG_ACCEPT = (ZIG_EDGE[1:] / ZIG_EDGE[:256] * 2.0**53).astype(np.int64)
_TAIL = ziggurat.EDGES[1]

_LN2_HIGH = (
    0.693147180369123816490  # ln 2 split in two parts so that n * high is exact for |n| < 2**20 (fdlibm's split)
)
_LN2_LOW = 1.90821492927058770002e-10
_SQRT_HALF = 0.70710678118654752440
_EXP = tuple(1.0 / math.factorial(k) for k in range(14))  # Taylor; |r| <= 0.35 leaves 4e-18


@njit(inline="always")
def draw_block(seed, run, stream, entity, draw):  # type: ignore[no-untyped-def]
    """Return the two 64-bit words at an address, as a pair of uint64."""
    k0 = _U64(seed) & _LOW32
    k1 = _U64(seed) >> _S32
    x0 = _U64(draw) & _LOW32
    x1 = _U64(entity) & _LOW32
    x2 = _U64(stream) & _LOW32
    x3 = _U64(run) & _LOW32
    for _ in range(10):
        p0 = _M0 * x0
        p1 = _M1 * x2
        x0 = (p1 >> _S32) ^ x1 ^ k0
        x1 = p1 & _LOW32
        x2 = (p0 >> _S32) ^ x3 ^ k1
        x3 = p0 & _LOW32
        k0 = (k0 + _W0) & _LOW32
        k1 = (k1 + _W1) & _LOW32
    return (x0 << _S32) | x1, (x2 << _S32) | x3


@njit(inline="always")
def draw_word(seed, run, stream, entity, draw):  # type: ignore[no-untyped-def]
    """Return the first word at an address."""
    return draw_block(seed, run, stream, entity, draw)[0]


@njit(inline="always")
def unit(word):  # type: ignore[no-untyped-def]
    """Return the uniform in [0, 1) that a word stands for: its upper 53 bits."""
    return np.float64(np.int64(_U64(word) >> _S11)) * _TWO_53


@njit(inline="always")
def draw_unit(seed, run, stream, entity, draw):  # type: ignore[no-untyped-def]
    """Return the uniform in [0, 1) of the first word at an address."""
    return unit(draw_block(seed, run, stream, entity, draw)[0])


@njit(nogil=True)
def fill_entities(seed, run, stream, first_entity, draw, first, second):  # type: ignore[no-untyped-def]
    """Write the words of entities first_entity, first_entity + 1, ... into two uint64 arrays of one length.

    `first[i], second[i] == draw_block(seed, run, stream, first_entity + i, draw)`. About 2 ns a word where the compiler
    has vectors; call it once per few hundred entities, not once per entity.
    """
    key0 = _U64(seed) & _LOW32
    key1 = _U64(seed) >> _S32
    base = _U64(first_entity)
    c0 = _U64(draw) & _LOW32
    c2 = _U64(stream) & _LOW32
    c3 = _U64(run) & _LOW32
    for i in range(first.shape[0]):
        x0 = c0
        x1 = (base + _U64(i)) & _LOW32
        x2 = c2
        x3 = c3
        k0 = key0
        k1 = key1
        for _ in range(10):
            p0 = _M0 * x0
            p1 = _M1 * x2
            x0 = (p1 >> _S32) ^ x1 ^ k0
            x1 = p1 & _LOW32
            x2 = (p0 >> _S32) ^ x3 ^ k1
            x3 = p0 & _LOW32
            k0 = (k0 + _W0) & _LOW32
            k1 = (k1 + _W1) & _LOW32
        first[i] = (x0 << _S32) | x1
        second[i] = (x2 << _S32) | x3


@njit(nogil=True)
def fill_draws(seed, run, stream, entity, first_draw, first, second):  # type: ignore[no-untyped-def]
    """Write the words of draws first_draw, first_draw + 1, ... of one entity into two uint64 arrays of one length."""
    key0 = _U64(seed) & _LOW32
    key1 = _U64(seed) >> _S32
    base = _U64(first_draw)
    c1 = _U64(entity) & _LOW32
    c2 = _U64(stream) & _LOW32
    c3 = _U64(run) & _LOW32
    for i in range(first.shape[0]):
        x0 = (base + _U64(i)) & _LOW32
        x1 = c1
        x2 = c2
        x3 = c3
        k0 = key0
        k1 = key1
        for _ in range(10):
            p0 = _M0 * x0
            p1 = _M1 * x2
            x0 = (p1 >> _S32) ^ x1 ^ k0
            x1 = p1 & _LOW32
            x2 = (p0 >> _S32) ^ x3 ^ k1
            x3 = p0 & _LOW32
            k0 = (k0 + _W0) & _LOW32
            k1 = (k1 + _W1) & _LOW32
        first[i] = (x0 << _S32) | x1
        second[i] = (x2 << _S32) | x3


@njit(inline="always")
def triangular(u, low, mode, high):  # type: ignore[no-untyped-def]
    """Return the triangular quantile at u in [0, 1), low <= mode <= high and low < high."""
    span = high - low
    if u * span < mode - low:
        return low + math.sqrt(u * span * (mode - low))
    return high - math.sqrt((1.0 - u) * span * (high - mode))


@njit
def natural_log(x):  # type: ignore[no-untyped-def]
    """Return ln x for a finite x > 0, to about 1 unit in the last place, the same bits on every machine."""
    mantissa, exponent = math.frexp(x)
    if mantissa < _SQRT_HALF:
        mantissa *= 2.0
        exponent -= 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    q = s * s
    series = 1.0 / 21.0
    series = series * q + 1.0 / 19.0
    series = series * q + 1.0 / 17.0
    series = series * q + 1.0 / 15.0
    series = series * q + 1.0 / 13.0
    series = series * q + 1.0 / 11.0
    series = series * q + 1.0 / 9.0
    series = series * q + 1.0 / 7.0
    series = series * q + 1.0 / 5.0
    series = series * q + 1.0 / 3.0
    return exponent * _LN2_HIGH + (2.0 * s + (2.0 * s * q * series + exponent * _LN2_LOW))


@njit
def natural_exp(x):  # type: ignore[no-untyped-def]
    """Return e**x for -700 <= x <= 700, to about 1 unit in the last place, the same bits on every machine."""
    n = math.floor(x / (_LN2_HIGH + _LN2_LOW) + 0.5)
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    q = r * r
    even = _EXP[0] + q * (_EXP[2] + q * (_EXP[4] + q * (_EXP[6] + q * (_EXP[8] + q * (_EXP[10] + q * _EXP[12])))))
    odd = _EXP[1] + q * (_EXP[3] + q * (_EXP[5] + q * (_EXP[7] + q * (_EXP[9] + q * (_EXP[11] + q * _EXP[13])))))
    power_of_two = np.int64((np.int64(n) + 1023) << 52)  # as the bits of a float64
    return (even + r * odd) * power_of_two.view(np.float64)


@njit
def exponential_retry(word, seed, run, stream, entity, draw):  # type: ignore[no-untyped-def]
    """Finish a ziggurat draw whose first word missed its strip's rectangle (2.3 % of draws)."""
    passed = 0.0
    attempt = 0
    while True:
        strip = np.int64(_U64(word) & _BYTE)
        mantissa = np.int64(_U64(word) >> _S11)
        z = np.float64(mantissa) * ZIG_WIDTH[strip]
        if mantissa < ZIG_ACCEPT[strip]:
            return z + passed
        attempt += 1
        next_word, wedge = draw_block(seed, run, stream, entity, draw + attempt * _ATTEMPT)
        if strip == 0:
            passed += _TAIL
        else:
            low = ZIG_DENSITY[strip]
            if low + (ZIG_DENSITY[strip + 1] - low) * unit(wedge) < natural_exp(-z):
                return z + passed
        word = next_word


@njit(inline="always")
def exponential_from(word, seed, run, stream, entity, draw):  # type: ignore[no-untyped-def]
    """Return the unit exponential whose first word is at hand (from a fill); further words come from the address."""
    strip = np.int64(_U64(word) & _BYTE)
    mantissa = np.int64(_U64(word) >> _S11)
    if mantissa < ZIG_ACCEPT[strip]:
        return np.float64(mantissa) * ZIG_WIDTH[strip]
    return exponential_retry(word, seed, run, stream, entity, draw)


@njit(inline="always")
def exponential(seed, run, stream, entity, draw):  # type: ignore[no-untyped-def]
    """Return the unit exponential at an address; the address's second word stays free for another use."""
    return exponential_from(draw_block(seed, run, stream, entity, draw)[0], seed, run, stream, entity, draw)


@njit
def normal(seed, run, stream, entity, draw):  # type: ignore[no-untyped-def]
    """Return the standard normal at an address (Marsaglia's polar method)."""
    attempt = 0
    while True:
        w0, w1 = draw_block(seed, run, stream, entity, draw + attempt * _ATTEMPT)
        a = 2.0 * unit(w0) - 1.0
        b = 2.0 * unit(w1) - 1.0
        s = a * a + b * b
        if 0.0 < s < 1.0:
            return a * math.sqrt(-2.0 * natural_log(s) / s)
        attempt += 1


@njit
def gamma(seed, run, stream, entity, draw, shape):  # type: ignore[no-untyped-def]
    """Return the gamma variate of this shape (> 0) and scale 1 at an address; uses draws `draw` and `draw + 1`.

    Marsaglia and Tsang's squeeze-free method; a shape under 1 is drawn at shape + 1 and multiplied by U**(1 / shape).
    """
    boosted = shape if shape >= 1.0 else shape + 1.0
    d = boosted - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    attempt = 0
    while True:
        w0, w1 = draw_block(seed, run, stream, entity, draw + attempt * _ATTEMPT)
        a = 2.0 * unit(w0) - 1.0
        b = 2.0 * unit(w1) - 1.0
        s = a * a + b * b
        if 0.0 < s < 1.0:
            x = a * math.sqrt(-2.0 * natural_log(s) / s)
            v = 1.0 + c * x
            if v > 0.0:
                v = v * v * v
                u0, u1 = draw_block(seed, run, stream, entity, draw + 1 + attempt * _ATTEMPT)
                if natural_log(1.0 - unit(u0)) < 0.5 * x * x + d - d * v + d * natural_log(v):
                    if shape >= 1.0:
                        return d * v
                    return d * v * natural_exp(natural_log(1.0 - unit(u1)) / shape)
        attempt += 1
