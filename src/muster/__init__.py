"""muster: who was asked for what, who answered how, and whether ships get through.

Two halves that meet in `muster.contribution` alone: the roll (documents -> statements -> ledger -> assessment) and the
passage (strait, traffic, forces -> outcomes). See docs/architecture.md for the rooms and the direction of imports.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
