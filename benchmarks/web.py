"""Many readers at once: latency, errors and memory of the web pages over a synthetic ledger.

    python benchmarks/web.py                 # 100,000 statements, 200 readers
    python benchmarks/web.py --large         # 1,000,000

The server runs in a process of its own, the readers in this one: each asks for pages at random, with a pause to
look at each (`people`) or without any (`flood`: a server that is never idle; its times are mostly waiting in line).
Both share the machine's cores. First every page is asked once (`cold_ms`: rendered), then from the cache.
Readers share one address, so the rate limit is lifted. Output is one JSON object.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent))

PATHS = (
    "/", "/roll", "/claims", "/tensions", "/documents", "/members/ESP", "/roll/ESP/basing", "/asks/basing", "/review",
    "/api/roll.json", "/api/statements.json?limit=100", "/changes.atom",
)  # fmt: skip


def serve(path: str) -> None:
    """Serve the bundled case from a ledger on a free port; print the port."""
    import uvicorn

    from muster.base.case import load_case
    from muster.ledger import open_ledger
    from muster.surfaces.web.accounts import Accounts
    from muster.surfaces.web.app import create_app
    from muster.surfaces.web.guard import RateLimit
    from muster.surfaces.web.site import Site

    RateLimit.allows = lambda *_: True  # type: ignore[method-assign]
    app = create_app(Site(load_case(), open_ledger(path)), Accounts(Path(path + ".accounts")))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none"))

    async def run() -> None:
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.02)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)
        await task

    asyncio.run(run())


def rss_mib(process_id: int) -> float:
    """Return a process's resident memory."""
    text = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


def cpu_s(process_id: int) -> float:
    """Return a process's CPU time so far, its threads included."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def read_cold(client: httpx.AsyncClient) -> dict[str, float]:
    """Ask for every page once, alone; milliseconds."""
    found = {}
    for path in PATHS:
        begin = time.perf_counter()
        answer = await client.get(path)
        answer.raise_for_status()
        found[path] = round((time.perf_counter() - begin) * 1e3, 1)
    return found


async def read_warm(
    client: httpx.AsyncClient, n_readers: int, seconds: float, pause_s: float, seed: int
) -> dict[str, object]:
    """Let readers ask for pages at random until the time is up."""
    times: list[float] = []
    errors: dict[str, int] = {}
    until = time.perf_counter() + seconds

    async def reader(number: int) -> None:
        choose = random.Random(seed * 1000 + number)
        await asyncio.sleep(choose.uniform(0, pause_s))
        while time.perf_counter() < until:
            begin = time.perf_counter()
            try:
                answer = await client.get(choose.choice(PATHS))
                word = "" if answer.status_code == 200 else str(answer.status_code)
            except httpx.HTTPError as error:
                word = type(error).__name__
            times.append((time.perf_counter() - begin) * 1e3)
            if word:
                errors[word] = errors.get(word, 0) + 1
            await asyncio.sleep(choose.uniform(0.5, 1.5) * pause_s)

    begin = time.perf_counter()
    await asyncio.gather(*(reader(number) for number in range(n_readers)))
    spent = time.perf_counter() - begin
    cuts = statistics.quantiles(times, n=100)
    return {
        "n_requests": len(times), "requests_per_s": round(len(times) / spent), "errors": errors,
        "p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1), "max_ms": round(max(times), 1),
    }  # fmt: skip


async def measure(port: int, process_id: int, given: argparse.Namespace) -> dict[str, object]:
    """Measure a running server: one reader, then all of them, twice, for the growth of memory."""
    limits = httpx.Limits(max_connections=given.readers, max_keepalive_connections=given.readers)

    def open_client() -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120, limits=limits)

    found: dict[str, object] = {"rss_start_mib": rss_mib(process_id)}
    async with open_client() as client:
        found["cold_ms"] = await read_cold(client)
    found["rss_after_cold_mib"] = rss_mib(process_id)
    n = given.readers
    rounds = (("one", 1, 0.0), ("people", n, given.pause), ("flood", n, 0.0), ("people_again", n, given.pause))
    for name, n_readers, pause_s in rounds:
        async with open_client() as client:
            before_s = cpu_s(process_id)
            answered = await read_warm(client, n_readers, given.seconds, pause_s, given.seed)
            spent_ms = 1e3 * (cpu_s(process_id) - before_s)
        answered["server_cpu_ms_a_request"] = round(spent_ms / int(str(answered["n_requests"])), 2)
        found[name] = answered | {"rss_after_mib": rss_mib(process_id)}
    return found


def main() -> None:
    """Parse, fill a ledger, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="1,000,000 statements instead of 100,000")
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds that a person looks at a page, on average")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--serve", metavar="LEDGER", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve)
        return
    from ledger import time_import
    from muster.ledger.store import open_ledger

    n_statements = 1_000_000 if given.large else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/ledger.sqlite"
        with open_ledger(path) as ledger:
            imported = time_import(ledger, n_statements, given.seed)
        process = subprocess.Popen([sys.executable, __file__, "--serve", path], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            found = asyncio.run(measure(int(process.stdout.readline()), process.pid, given))
        finally:
            process.terminate()
            process.wait(30)
    head = {
        "python": platform.python_version(), "cores": os.cpu_count(), "load_1min": round(os.getloadavg()[0], 1),
        "n_statements": imported["n_added"], "n_readers": given.readers,
    }  # fmt: skip
    print(json.dumps(head | found, indent=1))


if __name__ == "__main__":
    main()
