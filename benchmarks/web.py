"""Many readers at once: latency, errors and memory of the web pages over a synthetic ledger.

    python benchmarks/web.py                 # 100,000 statements, 200 readers
    python benchmarks/web.py --large         # 1,000,000
    python benchmarks/web.py --ledger FILE   # a ledger made before (--keep FILE makes one)

The server runs as `muster serve` does: one process that serves and one that renders; the readers run in this one. Each
asks for pages at random, one in ten times for a document or search that nobody asked for before, with a pause to look
at each (`people`), while a writer adds a document a second (`people_recording`), or without any pause (`flood`: a
server that is never idle; its times are mostly waiting in line). All share the machine's cores. First every page is
asked once (`cold_ms`: rendered), then from what is kept. Readers share one address, so the rate limit is lifted.
Output is one JSON object.
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


WORDS = ("item", "escort", "refused", "pledged", "basing", "FRA refused", "mission", "paper", "conv*", "ESP logistics")
RARE = 0.1
"""Share of the requests that are for a document or a search of one's own."""
MOST_DOCUMENTS = 2000
"""Addresses of documents that readers choose from."""


def serve(path: str) -> None:
    """Serve the bundled case from a ledger on a free port; print the port."""
    import uvicorn

    from muster.base.case import load_case
    from muster.ledger import open_ledger
    from muster.surfaces.web.accounts import Accounts
    from muster.surfaces.web.app import create_app, is_own
    from muster.surfaces.web.guard import RateLimit
    from muster.surfaces.web.renderer import ProcessRenderer
    from muster.surfaces.web.site import Site

    RateLimit.allows = lambda *_: True  # type: ignore[method-assign]
    case = load_case()
    app = create_app(
        Site(case, open_ledger(path)), Accounts(Path(path + ".accounts")), keeps_front=True,
        make_renderer=lambda threads: ProcessRenderer(threads, case.name, path, "", is_own=is_own),
    )  # fmt: skip
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


def children_of(process_id: int) -> list[int]:
    """Return the processes that a process started."""
    text = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="utf-8")
    return [int(part) for part in text.split()]


def total_rss_mib(process_id: int) -> dict[str, float]:
    """Return the resident memory of the server and of the process that renders for it."""
    others = [rss_mib(child) for child in children_of(process_id)]
    return {"server": rss_mib(process_id), "renderer": round(sum(others), 1)}


def some_documents(path: str, seed: int) -> list[str]:
    """Return addresses of documents, spread over the ledger."""
    from muster.ledger import open_ledger

    with open_ledger(path) as ledger:
        infos = ledger.view().documents()
        return [f"/documents/{info.id}" for info in random.Random(seed).sample(infos, min(MOST_DOCUMENTS, len(infos)))]


async def record(path: str, until_s: float) -> int:
    """Add a document a second, as another process would; return how many."""
    from datetime import date

    from muster.base.document import Document
    from muster.base.statement import Statement
    from muster.ledger import open_ledger

    def add(ledger: object, number: int) -> None:
        text = f"Spain refuses its bases, note {number}."
        note = Document(f"note-{time.time_ns()}", text, publisher="Wire", published=date(2026, 7, 20), language="en")
        said = Statement("response", "ESP", "Spain refuses its bases", 0, 23, what="basing", status="refused",
                         rule="r", reader="synthetic/1", confidence=0.8)  # fmt: skip
        with ledger.writer() as writer:  # type: ignore[attr-defined]
            writer.add_document(note, letter="C")
            writer.add_statements(note.id, [said])

    n = 0
    with open_ledger(path) as ledger:
        while time.perf_counter() < until_s:
            await asyncio.to_thread(add, ledger, n)
            n += 1
            await asyncio.sleep(1)
    return n


async def read_cold(client: httpx.AsyncClient) -> dict[str, float]:
    """Ask for every page once, alone; milliseconds."""
    found = {}
    for path in PATHS:
        begin = time.perf_counter()
        answer = await client.get(path)
        answer.raise_for_status()
        found[path] = round((time.perf_counter() - begin) * 1e3, 1)
    return found


class Reader:
    """A reader's one connection; a client this small leaves the cores to the server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> int:
        """Ask for a page, compressed, and return the status; the whole body is read."""
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        if b"connection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """Hang up."""
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def read_warm(
    port: int, n_readers: int, seconds: float, pause_s: float, seed: int, documents: list[str]
) -> dict[str, object]:
    """Let readers ask for pages at random until the time is up."""
    times: list[float] = []
    rare: list[float] = []
    errors: dict[str, int] = {}
    until = time.perf_counter() + seconds

    async def read(number: int) -> None:
        choose, reader = random.Random(seed * 1000 + number), Reader(port)
        await asyncio.sleep(choose.uniform(0, pause_s))
        while time.perf_counter() < until:
            place, is_rare = choose.choice(PATHS), choose.random() < RARE
            if is_rare and choose.random() < 0.5:
                place = choose.choice(documents)
            elif is_rare:
                place = f"/documents?q={choose.choice(WORDS).replace(' ', '+')}+{choose.randrange(10**6)}"
            begin = time.perf_counter()
            try:
                status = await asyncio.wait_for(reader.get(place), 120)
                word = "" if status == 200 else str(status)
            except (OSError, EOFError, TimeoutError, ValueError) as error:
                word = type(error).__name__
                reader.close()
            times.append((time.perf_counter() - begin) * 1e3)
            if is_rare:
                rare.append(times[-1])
            if word:
                errors[word] = errors.get(word, 0) + 1
            await asyncio.sleep(choose.uniform(0.5, 1.5) * pause_s)
        reader.close()

    begin, begin_s = time.perf_counter(), time.process_time()
    await asyncio.gather(*(read(number) for number in range(n_readers)))
    spent = time.perf_counter() - begin
    cuts = statistics.quantiles(times, n=100)
    return {
        "n_requests": len(times), "requests_per_s": round(len(times) / spent), "errors": errors,
        "p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1), "max_ms": round(max(times), 1),
        "not_asked_before": {"n": len(rare), "p99_ms": round(statistics.quantiles(rare, n=100)[98], 1)},
        "readers_cpu_ms_a_request": round(1e3 * (time.process_time() - begin_s) / len(times), 2),
    }  # fmt: skip


async def measure(port: int, process_id: int, given: argparse.Namespace, path: str) -> dict[str, object]:
    """Measure a running server: one reader, then all of them, with and without recording, and again for the memory."""
    documents = some_documents(path, given.seed)
    found: dict[str, object] = {"rss_start_mib": total_rss_mib(process_id)}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=600) as client:
        found["cold_ms"] = await read_cold(client)
    found["rss_after_cold_mib"] = total_rss_mib(process_id)
    n = given.readers
    rounds = (
        ("one", 1, 0.0), ("people", n, given.pause), ("people_recording", n, given.pause), ("flood", n, 0.0),
        ("people_again", n, given.pause),
    )  # fmt: skip
    for seed, (name, n_readers, pause_s) in enumerate(rounds, given.seed):
        writing = record(path, time.perf_counter() + given.seconds if name == "people_recording" else 0.0)
        processes = [process_id, *children_of(process_id)]
        before_s = [cpu_s(one) for one in processes]
        load = round(os.getloadavg()[0], 1)
        answered, n_recorded = await asyncio.gather(
            read_warm(port, n_readers, given.seconds, pause_s, seed, documents), writing
        )
        spent_ms = [1e3 * (cpu_s(one) - before) for one, before in zip(processes, before_s, strict=True)]
        n_asked = int(str(answered["n_requests"]))
        answered["cpu_ms_a_request"] = {
            "server": round(spent_ms[0] / n_asked, 2), "renderer": round(sum(spent_ms[1:]) / n_asked, 2),
        }  # fmt: skip
        found[name] = answered | {
            "n_recorded": n_recorded, "load_1min_before": load, "rss_after_mib": total_rss_mib(process_id),
        }  # fmt: skip
    return found


def main() -> None:
    """Parse, fill a ledger, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="1,000,000 statements instead of 100,000")
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds that a person looks at a page, on average")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--ledger", metavar="FILE", help="measure this ledger; it gets a few notes more")
    parser.add_argument("--keep", metavar="FILE", help="make the ledger here and leave it there")
    parser.add_argument("--serve", metavar="LEDGER", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = given.ledger or given.keep or f"{folder}/ledger.sqlite"
        if not given.ledger:
            _fill(path, 1_000_000 if given.large else 100_000, given.seed)
        process = subprocess.Popen([sys.executable, __file__, "--serve", path], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            found = asyncio.run(measure(int(process.stdout.readline()), process.pid, given, path))
        finally:
            process.terminate()
            process.wait(60)
        n_statements = _count(path)
    head = {
        "python": platform.python_version(), "cores": os.cpu_count(), "load_1min": round(os.getloadavg()[0], 1),
        "n_statements": n_statements, "n_readers": given.readers,
    }  # fmt: skip
    print(json.dumps(head | found, indent=1))


def _fill(path: str, n_statements: int, seed: int) -> None:
    from ledger import time_import
    from muster.ledger.store import open_ledger

    with open_ledger(path) as ledger:
        time_import(ledger, n_statements, seed)


def _count(path: str) -> int:
    from muster.ledger.store import open_ledger

    with open_ledger(path) as ledger:
        return sum(ledger.view().review_counts().values())


if __name__ == "__main__":
    main()
