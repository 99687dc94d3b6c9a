"""Strait, traffic, routes, forces and policy become outcomes: a numba kernel and its plain twin.

Doors: `scenario.load_scenario`, `simulate.simulate_passages`, `simulate.compile_scenario`, `forces.ForceUnit`,
`experiments.compare_policies`, `story.replay_run`. docs/passage-model.md says what is modelled and what is not.
"""

from muster.passage.kernel_cache import drop_stale_kernels

drop_stale_kernels()
