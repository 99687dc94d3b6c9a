"""Where tasks run: in this thread, in threads, or on a Ray cluster. The results are the same bits everywhere.

A task carries everything it needs, its random draws are keyed by run and not by worker, and results come back in the
order of the tasks, so that sums are added up in one order.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from muster.base.errors import InputError

T = TypeVar("T")
R = TypeVar("R")

ENGINES = ("threads", "serial", "ray")


class Executor(Protocol):
    """Something that applies a function to tasks and gives the results back in the order of the tasks."""

    def map(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
        """Yield function(task) for each task, in order; an exception of a task is raised here."""

    def close(self) -> None:
        """Give workers back."""


class SerialExecutor:
    """One task after another in the calling thread."""

    def map(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
        """Yield function(task) for each task, in order."""
        return map(function, tasks)

    def close(self) -> None:
        """Do nothing."""


class ThreadsExecutor:
    """Threads of this process; the simulator's kernel lets go of the interpreter's lock.

    At most two tasks a thread wait, so that memory stays flat however many tasks there are.
    """

    def __init__(self, n_threads: int = 2) -> None:
        if n_threads < 1:
            raise InputError(f"{n_threads} threads", rule="at least one thread is needed")
        self._n_threads = n_threads
        self._pool = ThreadPoolExecutor(n_threads)

    def map(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
        """Yield function(task) for each task, in order."""
        ahead = 2 * self._n_threads
        waiting = [self._pool.submit(function, task) for task in tasks[:ahead]]
        for k in range(len(tasks)):
            yield waiting.pop(0).result()
            if k + ahead < len(tasks):
                waiting.append(self._pool.submit(function, tasks[k + ahead]))

    def close(self) -> None:
        """End the threads; tasks not yet begun are dropped."""
        self._pool.shutdown(cancel_futures=True)


def open_executor(
    engine: str = "threads", *, address: str | None = None, n_threads: int = 2, **options: Any
) -> Executor:
    """Return the executor with this name.

    Parameters
    ----------
    engine : {"threads", "serial", "ray"}
    address : str, optional
        Of a Ray cluster, such as `ray://head:10001` or `auto`; a local one is started if left out.
    n_threads : int
        Threads, or CPUs of a local Ray.

    Raises
    ------
    InputError
        No such engine, or the extra it needs is not installed.
    """
    if engine == "serial":
        return SerialExecutor()
    if engine == "threads":
        return ThreadsExecutor(n_threads)
    if engine == "ray":
        from muster.contribution.executor_ray import RayExecutor

        return RayExecutor(address, n_cpus=n_threads, **options)
    raise InputError(f"engine {engine!r} is not known", rule=f"engines are {', '.join(ENGINES)}")
