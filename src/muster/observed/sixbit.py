"""Fields of an AIS message in its six-bit groups (ITU-R M.1371-5, annex 8): the compiled path for the hot fields.

Every function takes the groups of one message (`six`, values 0..63, from index `first`) and reads bits counted from the
message's first bit. All are inlined: a call with array arguments in the hot loop costs about 60 ns (counting).
"""

import numpy as np
from numba import njit

SHIFT_48 = 48
SHIFT_56 = 56
LAST_ARMOUR = 119
GAP_FROM = 88
GAP_TO = 96


@njit(inline="always")
def armour_value(char: int) -> int:
    """Return the six-bit value of a payload character, or -1 outside the armour alphabet."""
    if char < SHIFT_48 or char > LAST_ARMOUR or (GAP_FROM <= char < GAP_TO):
        return -1
    value = char - SHIFT_48
    return value - 8 if value > 40 else value


@njit(inline="always")
def read_unsigned(six: np.ndarray, start_bit: int, n_bits: int) -> int:
    """Return `n_bits` (at most 30) from `start_bit` as an unsigned number."""
    value = 0
    group = start_bit // 6
    have = 6 - start_bit % 6
    value = six[group] & ((1 << have) - 1)
    while have < n_bits:
        group += 1
        value = (value << 6) | six[group]
        have += 6
    return value >> (have - n_bits)


@njit(inline="always")
def read_signed(six: np.ndarray, start_bit: int, n_bits: int) -> int:
    """Return `n_bits` from `start_bit` as a two's complement number."""
    value = read_unsigned(six, start_bit, n_bits)
    return value - (1 << n_bits) if value >> (n_bits - 1) else value
