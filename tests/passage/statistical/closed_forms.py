"""Closed forms that the tests compare with; written from the textbooks, not from the engine."""

import math


def md_c_wait(load_per_server, n_servers, service_h):
    """Return the mean wait of M/D/c in hours (Pollaczek 1930, Crommelin 1932), 0 < load per server < 1.

    W / D = sum over i >= 1 of exp(-i a) [sum_{j >= i c} (i a)^j / j!  -  (1 / rho) sum_{j > i c} (i a)^j / j!].
    """
    a = load_per_server * n_servers
    total = 0.0
    for i in range(1, 4000):
        mean = i * a
        term = math.exp(i * n_servers * math.log(mean) - mean - math.lgamma(i * n_servers + 1))  # j = i c
        tail, j = 0.0, i * n_servers
        part = term
        while part > 1e-18 * max(tail, 1e-300) and j < i * n_servers + 4000:
            tail += part
            j += 1
            part *= mean / j
        step = tail - (tail - term) / load_per_server
        total += step
        if step < 1e-14:
            break
    return total * service_h


def triangular_moments(low, mode, high):
    """Return mean and variance of the triangular law."""
    mean = (low + mode + high) / 3
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    return mean, variance


def renewals(t, mean, variance):
    """Return the expected number of renewals in (0, t], t large, increments with a density (Smith 1954)."""
    return t / mean + (variance / mean**2 - 1) / 2
