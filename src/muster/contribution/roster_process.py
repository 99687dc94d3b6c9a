"""HiGHS as a programme of its own: a problem comes in on stdin, better rosters and bounds go out on stdout as found.

Run as a file, so that it starts in a quarter of a second: it imports nothing of `muster`. Both ways go pickled Python
objects of numbers only, between a process and the child it has just started. What it sends, in this order: ("better",
objective, values) and ("bound", bound) as often as there is news, then ("end", status, objective, bound, values).
"""

import pickle
import sys
from typing import Any, BinaryIO

import highspy
import numpy as np

FEASIBLE = 2
"""Primal solution status in HiGHS (SolutionStatus.kSolutionStatusFeasible)."""


def pass_problem(highs: Any, arrays: dict[str, Any], *, is_mixed: bool) -> None:
    """Give HiGHS a problem in rows; without regard to integrality unless `is_mixed`."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(arrays["cost"]), len(arrays["row_lower"])
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = arrays["cost"], arrays["lower"], arrays["upper"]
    lp.row_lower_, lp.row_upper_ = arrays["row_lower"], arrays["row_upper"]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
        arrays["starts"],
        arrays["columns"],
        arrays["values"],
    )
    if is_mixed:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(is_integer)] for is_integer in arrays["is_integer"]]
    highs.passModel(lp)


def serve(inlet: BinaryIO, outlet: BinaryIO) -> None:
    """Read one problem, solve it, tell what is found."""
    arrays, options, start, offset = pickle.load(inlet)  # noqa: S301  # from the process that started this one

    def send(*message: Any) -> None:
        pickle.dump(message, outlet)
        outlet.flush()

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    for name, value in options.items():
        highs.setOptionValue(name, value)
    pass_problem(highs, arrays, is_mixed=True)
    highs.changeObjectiveOffset(offset)
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = list(start)
        highs.setSolution(given)

    def report_better(event: Any) -> None:
        values = np.array(event.data_out.mip_solution)
        send("better", float(arrays["cost"] @ values) + offset, values)

    def report_bound(event: Any) -> None:
        send("bound", float(event.data_out.mip_dual_bound))

    highs.cbMipImprovingSolution.subscribe(report_better)
    highs.cbMipLogging.subscribe(report_bound)
    highs.run()
    info = highs.getInfo()
    found = np.array(highs.getSolution().col_value) if info.primal_solution_status == FEASIBLE else None
    bound = info.mip_dual_bound if arrays["is_integer"].any() else info.objective_function_value
    status = highs.modelStatusToString(highs.getModelStatus())
    send("end", status, float(info.objective_function_value), float(bound), found)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
