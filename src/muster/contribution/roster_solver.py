"""HiGHS in a process of its own, with a hard time limit, and linear programs in this one.

HiGHS checks its clock rarely inside long steps (measured: 217 s against a limit of 60 s on a dense model), so the limit
is kept from outside: each better roster and bound is sent out as it is found, and the process is ended when its time is
up. What was found by then is the answer, with the gap that was proven.
"""

import contextlib
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.base.errors import MusterError
from muster.contribution import roster_process
from muster.contribution.roster_network import Problem

GRACE_S = 1.0
"""How long HiGHS may overrun its own limit before its process is ended."""


LOOK_S = 0.2
"""How often it is asked whether the answer is still wanted."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What the solver found: `status` optimal, feasible (time was up), infeasible, or unknown (nothing in time).

    `prices` are the row duals of a linear program.
    """

    status: str
    objective: float
    bound: float
    values: NDArray[np.float64] | None
    seconds: float
    was_killed: bool
    prices: NDArray[np.float64] | None = None

    @property
    def gap(self) -> float:
        """Proven distance to the best possible objective, as a share of the objective; infinite without a solution."""
        if self.values is None:
            return float("inf")
        return abs(self.objective - self.bound) / max(1e-9, abs(self.objective))


def solve_linear(problem: Problem, *, time_limit_s: float, offset: float = 0.0) -> Solution:
    """Return the optimum without regard to integrality, in this process, by the interior point method.

    Without crossover: 0.2 to 3 s where the simplex method takes 3 to over 60 (40 units, 180 days, weekly and daily).
    Values and prices are then not those of a corner, and exact to the method's tolerance of 1e-8.
    """
    import highspy

    began = time.perf_counter()
    highs = highspy.Highs()
    options = {"output_flag": False, "solver": "ipm", "run_crossover": "off", "threads": 1}
    for name, value in {**options, "time_limit": float(time_limit_s)}.items():
        highs.setOptionValue(name, value)
    roster_process.pass_problem(highs, asdict(problem), is_mixed=False)
    highs.changeObjectiveOffset(offset)
    highs.run()
    seconds = time.perf_counter() - began
    status = highs.modelStatusToString(highs.getModelStatus())
    if status != "Optimal":
        word = "infeasible" if status == "Infeasible" else "unknown"
        return Solution(word, float("inf"), -float("inf"), None, seconds, was_killed=False)
    value, found = float(highs.getInfo().objective_function_value), highs.getSolution()
    values, prices = np.array(found.col_value), np.array(found.row_dual)
    return Solution("optimal", value, value, values, seconds, was_killed=False, prices=prices)


class _Child:
    """A HiGHS process and the messages it sends; None in the queue is its end."""

    def __init__(self, sent: tuple[Any, ...]) -> None:
        command = [sys.executable, str(Path(roster_process.__file__))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # our own file
        self.messages: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self.talk = threading.Thread(target=self._talk, args=(sent,), daemon=True)
        self.talk.start()

    def _talk(self, sent: tuple[Any, ...]) -> None:
        """Send the problem, then pass on what comes back until the pipe ends."""
        inlet, outlet = self.process.stdin, self.process.stdout
        if inlet is None or outlet is None:
            self.messages.put(None)
            return
        try:
            pickle.dump(sent, inlet)
            inlet.close()
            while True:
                self.messages.put(pickle.load(outlet))  # noqa: S301  # from our own child
        except (EOFError, OSError, pickle.UnpicklingError):
            self.messages.put(None)

    def end(self) -> bool:
        """End the process and close its pipes; return whether it had to be killed."""
        was_killed = False
        try:
            self.process.wait(0.2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            was_killed = True
        self.talk.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return was_killed


def solve_problem(
    problem: Problem,
    *,
    time_limit_s: float,
    n_threads: int = 2,
    gap: float = 1e-3,
    start: NDArray[np.float64] | None = None,
    seed: int = 0,
    offset: float = 0.0,
    heuristic_effort: float | None = None,
    is_degenerate: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
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
    heuristic_effort : float, optional
        Share of its effort that HiGHS puts into guessing solutions; its own default if not given.
    is_degenerate : bool
        Whether to solve the first linear relaxation by the interior point method and without presolve: for a problem
        with thousands of stints of equal worth simplex and probing took 52 s, this 0.5 s (daily fleet 2).
    is_stopped : callable
        Asked five times a second whether the answer is still wanted; if not, what is known is returned.

    Raises
    ------
    MusterError
        The solver's process died without an answer.
    """
    began = time.perf_counter()
    options: dict[str, Any] = {
        "time_limit": float(time_limit_s),
        "threads": n_threads,
        "mip_rel_gap": gap,
        "random_seed": seed,
    }
    if heuristic_effort is not None:
        options["mip_heuristic_effort"] = heuristic_effort
    if is_degenerate:
        options |= {"mip_lp_solver": "ipm", "presolve": "off"}
    child = _Child((asdict(problem), options, start, offset))
    best: NDArray[np.float64] | None = start
    objective = float(problem.cost @ start) + offset if start is not None else float("inf")
    bound = -float("inf")
    end: tuple[Any, ...] | None = None
    try:
        while end is None:
            left = time_limit_s + GRACE_S - (time.perf_counter() - began)
            if left <= 0 or is_stopped():
                break
            try:
                message = child.messages.get(timeout=min(LOOK_S, left))
            except queue.Empty:
                continue
            if message is None:
                raise MusterError(
                    f"the roster solver stopped without an answer (exit code {child.process.wait()})",
                    rule="HiGHS runs in a process of its own",
                    next_step="Try again with fewer units or a weekly grid; out of memory is the usual reason",
                )
            if message[0] == "better" and message[1] < objective:
                objective, best = message[1], message[2]
            elif message[0] == "bound":
                bound = max(bound, message[1])
            elif message[0] == "end":
                end = message
    finally:
        was_killed = child.end()
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
