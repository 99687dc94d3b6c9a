"""Errors, content ids, clocks, the statement scheme, actors and dated groups, the case file, the run record.

Imports nothing from the rest of muster.
"""
