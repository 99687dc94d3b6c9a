"""Roll and passage meet: force pool, Shapley shares, next ask, roster."""

from muster.contribution.effects import MemberEffect, leave_one_out
from muster.contribution.pool import ForcePool, PoolUnit, build_force_pool

__all__ = ["ForcePool", "MemberEffect", "PoolUnit", "build_force_pool", "leave_one_out"]
