"""Tasks on a Ray cluster (extra `ray`): the same functions, the same bits, results in the order of the tasks.

A worker that dies loses only its running task, which Ray runs again elsewhere (`MAX_RETRIES`); the task's draws are
keyed by run, so the second try gives the same bits. An error of muster's own in a task is raised here as it is.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from muster.base.errors import InputError, MusterError, RemoteError

T = TypeVar("T")
R = TypeVar("R")

MAX_RETRIES = 3
"""How often Ray runs a task again whose worker died."""


class RayExecutor:
    """Ray tasks, one CPU each, with as many in flight as twice the cluster's CPUs.

    Parameters
    ----------
    address : str or None
        `ray://host:10001`, `host:6379` or `auto`; None starts a local Ray with `n_cpus`.
    n_cpus : int
        CPUs of a local Ray.

    Raises
    ------
    InputError
        The extra is not installed.
    RemoteError
        The cluster cannot be reached.
    """

    def __init__(self, address: str | None = None, *, n_cpus: int = 2) -> None:
        try:
            import ray
        except ImportError:
            raise InputError(
                "engine 'ray' is not installed", rule="Ray is an extra", next_step="pip install 'musterroll[ray]'"
            ) from None
        self._ray = ray
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        self._is_mine = not ray.is_initialized()
        if self._is_mine:
            options: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": False}
            if address is None:
                options |= {"num_cpus": n_cpus, "include_dashboard": False}
            try:
                ray.init(address=address, **options)
            except (ConnectionError, ValueError, RuntimeError) as error:
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                raise RemoteError(
                    f"Ray at {address or 'this machine'}: {reason}", next_step="Check the address and `ray status`"
                ) from None
        self._ahead = 2 * max(1, int(ray.cluster_resources().get("CPU", n_cpus)))

    def map(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
        """Yield function(task) for each task, in order."""
        ray = self._ray
        remote = ray.remote(num_cpus=1, max_retries=MAX_RETRIES)(function)
        waiting = [remote.remote(task) for task in tasks[: self._ahead]]
        for k in range(len(tasks)):
            try:
                result: R = ray.get(waiting.pop(0))
            except (ray.exceptions.WorkerCrashedError, ray.exceptions.NodeDiedError) as error:
                raise RemoteError(
                    f"task {k} of {len(tasks)} lost its worker {MAX_RETRIES + 1} times: {type(error).__name__}",
                    next_step="Look at the workers' memory and logs, then run the command again",
                ) from None
            except ray.exceptions.RayTaskError as error:
                if isinstance(error.cause, MusterError):
                    raise error.cause from None
                raise
            yield result
            if k + self._ahead < len(tasks):
                waiting.append(remote.remote(tasks[k + self._ahead]))

    def close(self) -> None:
        """Leave the cluster, and end it if it was started here."""
        if self._is_mine:
            self._ray.shutdown()
