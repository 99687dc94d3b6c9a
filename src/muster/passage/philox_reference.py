"""`muster.passage.philox` in plain Python: the same addresses, the same words, the same bits, one number at a time.

The definition that the compiled form is tested against; it needs neither numba nor numpy.
"""

import math

from muster.passage.ziggurat import DENSITIES, EDGES

MAX_DRAW = 1 << 24

_LOW32 = 0xFFFFFFFF
_TWO_53 = 2.0**-53
_ATTEMPT = 1 << 24
_ACCEPT = tuple(int(EDGES[i + 1] / EDGES[i] * 2.0**53) for i in range(256))
_LN2_HIGH = 0.693147180369123816490
_LN2_LOW = 1.90821492927058770002e-10
_SQRT_HALF = 0.70710678118654752440
_EXP = tuple(1.0 / math.factorial(k) for k in range(14))


def draw_block(seed: int, run: int, stream: int, entity: int, draw: int) -> tuple[int, int]:
    """Return the two 64-bit words at an address."""
    k0, k1 = seed & _LOW32, (seed >> 32) & _LOW32
    x0, x1, x2, x3 = draw & _LOW32, entity & _LOW32, stream & _LOW32, run & _LOW32
    for _ in range(10):
        p0, p1 = 0xD2511F53 * x0, 0xCD9E8D57 * x2
        x0, x1, x2, x3 = (p1 >> 32) ^ x1 ^ k0, p1 & _LOW32, (p0 >> 32) ^ x3 ^ k1, p0 & _LOW32
        k0, k1 = (k0 + 0x9E3779B9) & _LOW32, (k1 + 0xBB67AE85) & _LOW32
    return (x0 << 32) | x1, (x2 << 32) | x3


def draw_word(seed: int, run: int, stream: int, entity: int, draw: int) -> int:
    """Return the first word at an address."""
    return draw_block(seed, run, stream, entity, draw)[0]


def unit(word: int) -> float:
    """Return the uniform in [0, 1) that a word stands for: its upper 53 bits."""
    return (word >> 11) * _TWO_53


def draw_unit(seed: int, run: int, stream: int, entity: int, draw: int) -> float:
    """Return the uniform in [0, 1) of the first word at an address."""
    return unit(draw_block(seed, run, stream, entity, draw)[0])


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Return the triangular quantile at u in [0, 1), low <= mode <= high and low < high."""
    span = high - low
    if u * span < mode - low:
        return low + math.sqrt(u * span * (mode - low))
    return high - math.sqrt((1.0 - u) * span * (high - mode))


def natural_log(x: float) -> float:
    """Return ln x for a finite x > 0, the same bits on every machine."""
    mantissa, exponent = math.frexp(x)
    if mantissa < _SQRT_HALF:
        mantissa *= 2.0
        exponent -= 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    q = s * s
    series = 1.0 / 21.0
    for odd in (19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0):
        series = series * q + 1.0 / odd
    return exponent * _LN2_HIGH + (2.0 * s + (2.0 * s * q * series + exponent * _LN2_LOW))


def natural_exp(x: float) -> float:
    """Return e**x for -700 <= x <= 700, the same bits on every machine."""
    n = math.floor(x / (_LN2_HIGH + _LN2_LOW) + 0.5)
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    q = r * r
    even = _EXP[0] + q * (_EXP[2] + q * (_EXP[4] + q * (_EXP[6] + q * (_EXP[8] + q * (_EXP[10] + q * _EXP[12])))))
    odd = _EXP[1] + q * (_EXP[3] + q * (_EXP[5] + q * (_EXP[7] + q * (_EXP[9] + q * (_EXP[11] + q * _EXP[13])))))
    return math.ldexp(even + r * odd, n)


def exponential_from(word: int, seed: int, run: int, stream: int, entity: int, draw: int) -> float:
    """Return the unit exponential whose first word is at hand; further words come from the address."""
    passed = 0.0
    attempt = 0
    while True:
        strip = word & 255
        mantissa = word >> 11
        z = mantissa * (EDGES[strip] * _TWO_53)
        if mantissa < _ACCEPT[strip]:
            return z + passed
        attempt += 1
        next_word, wedge = draw_block(seed, run, stream, entity, draw + attempt * _ATTEMPT)
        if strip == 0:
            passed += EDGES[1]
        else:
            low = DENSITIES[strip]
            if low + (DENSITIES[strip + 1] - low) * unit(wedge) < natural_exp(-z):
                return z + passed
        word = next_word


def exponential(seed: int, run: int, stream: int, entity: int, draw: int) -> float:
    """Return the unit exponential at an address; the address's second word stays free for another use."""
    return exponential_from(draw_word(seed, run, stream, entity, draw), seed, run, stream, entity, draw)


def normal(seed: int, run: int, stream: int, entity: int, draw: int) -> float:
    """Return the standard normal at an address (Marsaglia's polar method)."""
    attempt = 0
    while True:
        w0, w1 = draw_block(seed, run, stream, entity, draw + attempt * _ATTEMPT)
        a, b = 2.0 * unit(w0) - 1.0, 2.0 * unit(w1) - 1.0
        s = a * a + b * b
        if 0.0 < s < 1.0:
            return a * math.sqrt(-2.0 * natural_log(s) / s)
        attempt += 1


def gamma(seed: int, run: int, stream: int, entity: int, draw: int, shape: float) -> float:
    """Return the gamma variate of this shape (> 0) and scale 1 at an address; uses draws `draw` and `draw + 1`."""
    boosted = shape if shape >= 1.0 else shape + 1.0
    d = boosted - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    attempt = 0
    while True:
        w0, w1 = draw_block(seed, run, stream, entity, draw + attempt * _ATTEMPT)
        a, b = 2.0 * unit(w0) - 1.0, 2.0 * unit(w1) - 1.0
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
