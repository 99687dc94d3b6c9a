"""Processes that play blocks of runs: the same bits as threads, where threads are not enough or not wanted.

A cluster comes through the same door: whatever has `map(function, tasks)` and gives results in order, such as the Ray
executor of `muster.contribution.executor`.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from muster.base.errors import InputError, RemoteError


class ProcessWorkers:
    """Fresh processes of this machine (`spawn`: nothing is inherited from threads that may be running).

    At most two tasks a process are in flight, so that memory stays flat however many tasks there are. Each process
    loads the compiled kernel, about a second.

    Raises
    ------
    InputError
        Fewer than one process is asked for.
    """

    def __init__(self, n_processes: int = 2) -> None:
        if n_processes < 1:
            raise InputError(f"{n_processes} processes", rule="at least one process is needed")
        self._ahead = 2 * n_processes
        self._pool = ProcessPoolExecutor(n_processes, mp_context=multiprocessing.get_context("spawn"))

    def map(self, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
        """Yield function(task) for each task, in order; an exception of a task is raised here.

        Raises
        ------
        RemoteError
            A process died.
        """
        try:
            waiting = [self._pool.submit(function, task) for task in tasks[: self._ahead]]
            for k in range(len(tasks)):
                yield waiting.pop(0).result()
                if k + self._ahead < len(tasks):
                    waiting.append(self._pool.submit(function, tasks[k + self._ahead]))
        except BrokenProcessPool:
            raise RemoteError(
                "a worker process died", next_step="Look at the memory, or run in threads (--engine threads)"
            ) from None

    def close(self) -> None:
        """End the processes; tasks not yet begun are dropped."""
        self._pool.shutdown(cancel_futures=True)
