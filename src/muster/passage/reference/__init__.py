"""The published reference model: two directions, convoys at fixed hours, a pool of escorts; docs/reference-model.md.

Small enough to be written in any simulator within an hour and to have exact answers, so that muster's speed and
correctness can be checked by others. The product's own model is `muster.passage` itself.
"""

from muster.passage.reference.engine import ReferenceOutcomes, simulate_reference
from muster.passage.reference.parameters import CASES, ReferenceParameters
from muster.passage.reference.windows import WindowOutcomes, WindowProof, prove_window_level, screen_reference

__all__ = [
    "CASES",
    "ReferenceOutcomes",
    "ReferenceParameters",
    "WindowOutcomes",
    "WindowProof",
    "prove_window_level",
    "screen_reference",
    "simulate_reference",
]
