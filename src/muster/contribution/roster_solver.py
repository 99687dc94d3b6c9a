"""HiGHS in a process of its own, with a hard time limit.

HiGHS checks its clock rarely inside long steps (measured: 217 s against a limit of 60 s on a dense model), so the limit
is kept from outside: each better roster and bound is sent out as it is found, and the process is ended when its time is
up. What was found by then is the answer, with the gap that was proven.
"""

import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.base.errors import MusterError
from muster.contribution.roster_network import Problem

GRACE_S = 2.0
"""How long HiGHS may overrun its own limit before its process is ended."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What the solver found: `status` optimal, feasible (time was up), infeasible, or unknown (nothing in time)."""

    status: str
    objective: float
    bound: float
    values: NDArray[np.float64] | None
    seconds: float
    was_killed: bool

    @property
    def gap(self) -> float:
        """Proven distance to the best possible objective, as a share of the objective; infinite without a solution."""
        if self.values is None:
            return float("inf")
        return abs(self.objective - self.bound) / max(1e-9, abs(self.objective))


def _pass_problem(highs: Any, problem: Problem, *, is_mixed: bool = True) -> None:
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(problem.cost), len(problem.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = problem.cost, problem.lower, problem.upper
    lp.row_lower_, lp.row_upper_ = problem.row_lower, problem.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = problem.starts, problem.columns, problem.values
    if not is_mixed:
        highs.passModel(lp)
        return
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(is_integer)] for is_integer in problem.is_integer]
    highs.passModel(lp)


def _serve(
    pipe: Connection, problem: Problem, options: dict[str, Any], start: NDArray[np.float64] | None, offset: float
) -> None:
    """Solve in this process; send ('better', objective, values), ('bound', bound), then ('end', status, ...)."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    for name, value in options.items():
        highs.setOptionValue(name, value)
    _pass_problem(highs, problem)
    highs.changeObjectiveOffset(offset)
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = list(start)
        highs.setSolution(given)

    def report_better(event: Any) -> None:
        values = np.array(event.data_out.mip_solution)
        pipe.send(("better", float(problem.cost @ values) + offset, values))

    def report_bound(event: Any) -> None:
        pipe.send(("bound", float(event.data_out.mip_dual_bound)))

    highs.cbMipImprovingSolution.subscribe(report_better)
    highs.cbMipLogging.subscribe(report_bound)
    highs.run()
    info = highs.getInfo()
    status = highs.modelStatusToString(highs.getModelStatus())
    values = np.array(highs.getSolution().col_value)
    has_values = bool(info.primal_solution_status == 2)  # 2: feasible (HiGHS SolutionStatus)
    is_mip = bool(problem.is_integer.any())
    bound = info.mip_dual_bound if is_mip else info.objective_function_value
    pipe.send(("end", status, float(info.objective_function_value), float(bound), values if has_values else None))
    pipe.close()


def solve_linear(problem: Problem, *, time_limit_s: float, offset: float = 0.0) -> Solution:
    """Return the optimum without regard to integrality, in this process: such programs take a second or two here."""
    import highspy

    began = time.perf_counter()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", float(time_limit_s))
    highs.setOptionValue("threads", 1)
    _pass_problem(highs, problem, is_mixed=False)
    highs.changeObjectiveOffset(offset)
    highs.run()
    seconds = time.perf_counter() - began
    status = highs.modelStatusToString(highs.getModelStatus())
    if status != "Optimal":
        word = "infeasible" if "nfeasible" in status else "unknown"
        return Solution(word, float("inf"), -float("inf"), None, seconds, was_killed=False)
    value = float(highs.getInfo().objective_function_value)
    return Solution("optimal", value, value, np.array(highs.getSolution().col_value), seconds, was_killed=False)


def solve_problem(
    problem: Problem,
    *,
    time_limit_s: float,
    n_threads: int = 2,
    gap: float = 1e-3,
    start: NDArray[np.float64] | None = None,
    seed: int = 0,
    offset: float = 0.0,
) -> Solution:
    """Return the best solution of a minimisation problem found within a hard time limit, with its proven bound.

    Parameters
    ----------
    problem : Problem
    time_limit_s : float
        Wall clock, seconds; the solver's process is ended `GRACE_S` after it at the latest.
    n_threads : int
    gap : float
        Stop when the proven relative gap is at most this.
    start : float64 array, shape (n_columns,), optional
        A solution to begin from.
    seed : int
    offset : float
        Constant added to the objective; the gap is relative to the sum.

    Raises
    ------
    MusterError
        The solver's process died without an answer.
    """
    began = time.perf_counter()
    options = {"time_limit": float(time_limit_s), "threads": n_threads, "mip_rel_gap": gap, "random_seed": seed}
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(there, problem, options, start, offset), daemon=True)
    process.start()
    there.close()
    best: NDArray[np.float64] | None = start
    objective = float(problem.cost @ start) + offset if start is not None else float("inf")
    bound = -float("inf")
    end: tuple[Any, ...] | None = None
    try:
        while end is None:
            left = time_limit_s + GRACE_S - (time.perf_counter() - began)
            if left <= 0 or not here.poll(max(0.0, left)):
                break
            message = here.recv()
            if message[0] == "better" and message[1] < objective:
                objective, best = message[1], message[2]
            elif message[0] == "bound":
                bound = max(bound, message[1])
            elif message[0] == "end":
                end = message
    except EOFError:
        process.join()
        raise MusterError(
            f"the roster solver stopped without an answer (exit code {process.exitcode})",
            rule="HiGHS runs in a process of its own",
            next_step="Try again with fewer units or a weekly grid; out of memory is the usual reason",
        ) from None
    finally:
        was_killed = process.is_alive() and end is None
        if was_killed:
            process.kill()
        process.join(GRACE_S)
        here.close()
    seconds = time.perf_counter() - began
    if end is not None:
        status, value, proven, values = end[1:]
        if values is not None:
            objective, best = value, values
        bound = max(bound, proven) if np.isfinite(proven) else bound
        if "nfeasible" in status:
            return Solution("infeasible", float("inf"), float("inf"), None, seconds, was_killed)
        if status == "Optimal":
            return Solution("optimal", objective, bound, best, seconds, was_killed)
    return Solution("feasible" if best is not None else "unknown", objective, bound, best, seconds, was_killed)
