"""muster's reference kernel with xoshiro256++ in place of bulk Philox, only to price the counter-based generator."""

import types
from pathlib import Path

import numpy as np
from numba import njit

from muster.passage.reference import kernel

_U64 = np.uint64


@njit(nogil=True)
def fill_xoshiro(seed, run, stream, first_entity, draw, first, second):  # noqa: ARG001 (the signature it replaces)
    """Fill two arrays in call order; seeded from the address by splitmix64, once per call."""
    x = _U64(seed) ^ (_U64(run) << _U64(32)) ^ (_U64(stream) << _U64(24)) ^ _U64(first_entity)
    s0 = s1 = s2 = s3 = _U64(0)
    for k in range(4):
        x += _U64(0x9E3779B97F4A7C15)
        z = (x ^ (x >> _U64(30))) * _U64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> _U64(27))) * _U64(0x94D049BB133111EB)
        z ^= z >> _U64(31)
        s0, s1, s2, s3 = (z if k == 0 else s0), (z if k == 1 else s1), (z if k == 2 else s2), (z if k == 3 else s3)
    for i in range(first.shape[0] * 2):
        a = s0 + s3
        word = ((a << _U64(23)) | (a >> _U64(41))) + s0
        t = s1 << _U64(17)
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = (s3 << _U64(45)) | (s3 >> _U64(19))
        if i < first.shape[0]:
            first[i] = word
        else:
            second[i - first.shape[0]] = word


def load():
    """Return the kernel compiled from muster's own source with the other fill."""
    source = Path(kernel.__file__).read_text(encoding="utf-8")
    for old, new in (("    fill_entities,\n", ""), (", cache=True", "")):
        if source.count(old) != 1:
            raise ValueError(f"reference kernel has {source.count(old)} x {old!r}; one is expected")
        source = source.replace(old, new)
    module = types.ModuleType("xoshiro_reference_kernel")
    module.fill_entities = fill_xoshiro
    exec(compile(source, "xoshiro_reference_kernel", "exec"), module.__dict__)
    return module.reference_kernel
