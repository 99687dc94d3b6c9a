"""Philox4x32-10 and its distributions: known answers, equal twins, right laws."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.passage import philox, philox_reference, ziggurat

# Random123 1.14, tests/kat_vectors, the three philox4x32 10 lines: counter, key, result (D. E. Shaw Research).
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
ADDRESS = (st.integers(0, 2**64 - 1), *[st.integers(0, 2**32 - 1)] * 3, st.integers(0, philox.MAX_DRAW - 2))


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_known_answers_of_random123(counter, key, expected):
    """The block at a counter and key is the one Random123 publishes, in both twins and in the bulk fills."""
    draw, entity, stream, run = counter
    seed = key[0] | key[1] << 32
    words = ((expected[0] << 32) | expected[1], (expected[2] << 32) | expected[3])
    assert philox_reference.draw_block(seed, run, stream, entity, draw) == words
    address = [np.uint64(x) for x in (seed, run, stream, entity, draw)]
    assert tuple(int(w) for w in philox.draw_block(*address)) == words
    first, second = np.empty(9, np.uint64), np.empty(9, np.uint64)
    for fill in (philox.fill_entities, philox.fill_draws):
        fill(*address, first, second)
        assert (int(first[0]), int(second[0])) == words


@settings(max_examples=60, deadline=None)
@given(*ADDRESS)
def test_twins_agree_bit_for_bit(seed, run, stream, entity, draw):
    """Words, uniforms, exponentials, normals and gammas of both twins are the same bits."""
    address = (seed, run, stream, entity, draw)
    words = [np.uint64(x) for x in address[:4]] + [draw]
    assert tuple(int(w) for w in philox.draw_block(*words)) == philox_reference.draw_block(*address)
    for name in ("draw_unit", "exponential", "normal"):
        assert getattr(philox, name)(*words) == getattr(philox_reference, name)(*address)
    for shape in (0.3, 1.0, 20.5):
        assert philox.gamma(*words, shape) == philox_reference.gamma(*address, shape)
    u = philox_reference.draw_unit(*address)
    assert philox.triangular(u, 9.0, 10.0, 13.0) == philox_reference.triangular(u, 9.0, 10.0, 13.0)


def test_twins_agree_on_many_rejected_draws():
    """Among 20,000 exponentials some 450 are rejected at first; each is the same bits in both twins."""
    compiled = [philox.exponential(7, 1, 2, entity, 0) for entity in range(20_000)]
    plain = [philox_reference.exponential(7, 1, 2, entity, 0) for entity in range(20_000)]
    assert compiled == plain
    first_words = [philox_reference.draw_word(7, 1, 2, entity, 0) for entity in range(20_000)]
    rejected = sum((w >> 11) >= int(philox.ZIG_ACCEPT[w & 255]) for w in first_words)
    assert 350 < rejected < 570


@pytest.mark.parametrize("fill", ["fill_entities", "fill_draws"])
def test_bulk_fill_equals_single_draws(fill):
    """A fill writes exactly what the addresses hold, also across the 32-bit wrap."""
    first, second = np.empty(300, np.uint64), np.empty(300, np.uint64)
    start = 2**32 - 100 if fill == "fill_entities" else 5
    address = [3, 4, 5, start, 6] if fill == "fill_entities" else [3, 4, 5, 6, start]
    getattr(philox, fill)(*address, first, second)
    for i in range(300):
        entity, draw = ((start + i) % 2**32, 6) if fill == "fill_entities" else (6, start + i)
        assert (int(first[i]), int(second[i])) == philox_reference.draw_block(3, 4, 5, entity, draw)


@given(st.floats(1e-300, 1e300))
@settings(deadline=None)
def test_natural_log_is_accurate(x):
    """ln is right to 4 units in the last place of the larger of the value and 1e-16."""
    assert philox_reference.natural_log(x) == pytest.approx(math.log(x), rel=1e-15, abs=2e-16)
    assert philox.natural_log(x) == philox_reference.natural_log(x)


@given(st.floats(-700, 700))
@settings(deadline=None)
def test_natural_exp_is_accurate(x):
    """e**x is right to 1e-15 relative, in both twins the same bits."""
    assert philox_reference.natural_exp(x) == pytest.approx(math.exp(x), rel=1e-15)
    assert philox.natural_exp(x) == philox_reference.natural_exp(x)


def test_ziggurat_tables_follow_their_recurrence():
    """The literal tables are what the published recurrence gives with 50 digits."""
    with localcontext() as context:
        context.prec = 50
        r = Decimal("7.69711747013104972")
        area = (r + 1) * (-r).exp()
        edges = [r + 1, r]
        for _ in range(2, 256):
            edges.append(-(area / edges[-1] + (-edges[-1]).exp()).ln())
        edges.append(Decimal(0))
        assert tuple(float(x) for x in edges) == ziggurat.EDGES
        assert tuple(float((-x).exp()) for x in edges) == ziggurat.DENSITIES


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("name", "law", "arguments"),
    [
        ("exponential", "expon", ()),
        ("normal", "norm", ()),
        ("gamma", "gamma", (20.5,)),
        ("gamma", "gamma", (0.4,)),
        ("draw_unit", "uniform", ()),
    ],
)
def test_draws_follow_their_law(name, law, arguments):
    """Kolmogorov-Smirnov, n = 100,000, false alarm 1e-6: D > 0.0085 fails, so a shift of 1 % of a CDF is seen."""
    from scipy import stats

    n = 100_000
    draws = np.array([getattr(philox, name)(11, 0, 3, entity, 0, *arguments) for entity in range(n)])
    limit = math.sqrt(math.log(2 / 1e-6) / (2 * n))
    assert stats.kstest(draws, getattr(stats, law)(*arguments).cdf).statistic < limit


@pytest.mark.statistical
def test_triangular_follows_its_law():
    """The triangular quantile keeps its order and ends; KS as above."""
    from scipy import stats

    draws = np.array([philox.triangular(philox.draw_unit(12, 0, 3, e, 0), 9.0, 10.0, 13.0) for e in range(100_000)])
    law = stats.triang(0.25, loc=9, scale=4)
    assert stats.kstest(draws, law.cdf).statistic < math.sqrt(math.log(2 / 1e-6) / 200_000)
