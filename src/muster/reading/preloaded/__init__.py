"""Modules that load what every worker needs, imported once by the process that workers are forked from."""
