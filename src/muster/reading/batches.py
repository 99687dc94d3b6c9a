"""Reading many documents on all cores: order kept, memory flat, one batch a task."""

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from typing import Final

from muster.base.document import Document
from muster.base.statement import Statement
from muster.reading.readers import DEFAULT_READER, open_reader

BATCH_CHARACTERS = 200_000  # a task's text: 0.1 to 5 s of work, so passing it on costs little beside it
BATCH_DOCUMENTS = 500
_PENDING_PER_WORKER = 3  # tasks waiting for each worker; bounds what is held in memory
# Reading makes many small objects and few cycles: collected ten times as seldom as Python would, they take 5 % less
# time, and memory stays as flat.
_COLLECT_EVERY: Final = (7_000, 20, 20)
# How many threads the libraries behind numpy begin; each worker has a core of its own.
_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

Reading = tuple[Document, tuple[Statement, ...]]
ReadBatch = Callable[[list[Document]], list[tuple[Statement, ...]]]


def batches_of(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield the documents in batches of about `BATCH_CHARACTERS`."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if size >= BATCH_CHARACTERS or len(batch) >= BATCH_DOCUMENTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def read_batch(documents: list[Document], reader_name: str = DEFAULT_READER) -> list[tuple[Statement, ...]]:
    """Return the statements of each document of a batch (runs in a worker)."""
    reader = open_reader(reader_name)
    return [reader.read(document) for document in documents]


def read_all(
    documents: Iterable[Document], *, n_workers: int = 0, reader_name: str = DEFAULT_READER
) -> Iterator[Reading]:
    """Yield each document with its statements, in the order given.

    Parameters
    ----------
    documents : iterable of Document
        Consumed as workers get free, never ahead of them by more than a few batches.
    n_workers : int
        Processes; 0 means all cores. One batch or one worker is read in this process.
    reader_name : str
        One of `readers.READERS`.
    """
    n_workers = n_workers or os.cpu_count() or 1
    batches = batches_of(documents)
    head = [batch for batch, _ in zip(batches, range(2), strict=False)]
    if n_workers == 1 or len(head) < 2:
        for batch in _chain(head, batches):
            yield from zip(batch, read_batch(batch, reader_name), strict=True)
        return
    with (
        _one_thread_each(),
        ProcessPoolExecutor(n_workers, mp_context=_context(reader_name), initializer=collect_seldom) as pool,
    ):
        waiting: deque[tuple[list[Document], Future[list[tuple[Statement, ...]]]]] = deque()
        for batch in _chain(head, batches):
            waiting.append((batch, pool.submit(read_batch, batch, reader_name)))
            if len(waiting) >= n_workers * _PENDING_PER_WORKER:
                done, future = waiting.popleft()
                yield from zip(done, future.result(), strict=True)
        for done, future in waiting:
            yield from zip(done, future.result(), strict=True)


def _chain(head: list[list[Document]], rest: Iterator[list[Document]]) -> Iterator[list[Document]]:
    yield from head
    yield from rest


def collect_seldom() -> None:
    """Let Python look for cycles less often: for a process that does little but read."""
    gc.set_threshold(*_COLLECT_EVERY)


def _context(reader_name: str) -> BaseContext:
    """Return how workers are begun: forked from a process that has the lexicon loaded, where the system can do that."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["__main__", f"muster.reading.preloaded.{reader_name}"])
    return context


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes begun meanwhile compute with one thread each, unless the user has said otherwise."""
    added = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
