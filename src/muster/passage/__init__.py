"""Strait, traffic, routes, forces and policy become outcomes: a numba kernel and its plain reference."""
