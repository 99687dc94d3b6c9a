"""How long a roll, a claim check and a cell's reasons take, and how they grow with the ledger.

    python benchmarks/assessment.py --sizes 10000 100000 1000000

The ledgers are the synthetic ones of benchmarks/ledger.py, the case is hormuz-2026 moved to their year. Each is the
median of several calls, wall and CPU; the machine may be shared, so compare sizes within one run. Output is JSON.
"""

import argparse
import json
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ledger import time_import
from muster.assessment import build_roll, check_claim, find_tensions, link_asks
from muster.base.case import load_case
from muster.ledger import open_ledger

SENTENCE = "Nearly without exception, allies are doing everything the United States has asked"


def timed(call: Callable[[], object], n_calls: int) -> dict[str, float]:
    """Return the first call and the medians of the next ones, in seconds."""
    start = time.perf_counter()
    call()
    first_s = time.perf_counter() - start
    wall, cpu = [], []
    for _ in range(n_calls):
        start, start_cpu = time.perf_counter(), time.process_time()
        call()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
    return {"first_s": first_s, "median_s": statistics.median(wall), "median_cpu_s": statistics.median(cpu)}


def measure(n_statements: int, n_calls: int) -> dict[str, Any]:
    """Fill a ledger and time the roll, a claim, one member's row, the links of asks and the tensions."""
    case = replace(load_case("hormuz-2026"), start=date(2026, 1, 1))
    day = date(2026, 12, 31)
    with tempfile.TemporaryDirectory() as folder, open_ledger(f"sqlite:///{Path(folder) / 'b.sqlite'}") as ledger:
        time_import(ledger, n_statements, seed=7)
        view = ledger.view(day)
        roll = build_roll(view, case)
        n_known = sum(cell.status != "unreported" for member in roll.members for cell in roll.row(member))
        return {
            "n_statements": n_statements,
            "n_cells": len(roll.members) * len(roll.asks),
            "n_cells_known": n_known,
            "roll": timed(lambda: build_roll(view, case), n_calls),
            "claim_with_its_roll": timed(lambda: check_claim(SENTENCE, view, case), n_calls),
            "one_row": timed(lambda: build_roll(view, case, members=["GBR"]), n_calls),
            "asks": timed(lambda: link_asks(view, case), n_calls),
            "tensions": timed(lambda: find_tensions(view, case, roll), n_calls),
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def main() -> None:
    """Print the figures of each size as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--calls", type=int, default=5)
    arguments = parser.parse_args()
    found = {
        "python": platform.python_version(),
        "sqlalchemy": version("sqlalchemy"),
        "machine": platform.machine(),
        "sizes": [measure(size, arguments.calls) for size in arguments.sizes],
    }
    json.dump(found, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
