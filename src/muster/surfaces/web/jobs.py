"""Long work in the background: progress, a page that survives a reload, cancelling, results kept for an hour."""

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from muster.base.errors import InputError, MusterError, NotFoundError

_LOG = logging.getLogger("uvicorn.error")
MOST_WAITING = 16
MOST_KEPT = 40
KEPT_S = 3600.0
N_WORKERS = 2


class CancelledError(Exception):
    """The job was cancelled by somebody; raised inside the work at its next step."""


@dataclass(slots=True)
class Job:
    """One piece of long work.

    Attributes
    ----------
    state : "waiting", "running", "done", "failed" or "cancelled"
    step : str
        What it is doing, or why it failed.
    results : mapping of file name to (media type, bytes)
    """

    id: str
    title: str
    onward: str = ""
    state: str = "waiting"
    step: str = "waiting for its turn"
    n_steps: int = 0
    results: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    ended_s: float = 0.0
    is_cancelled: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def tell(self, step: str) -> None:
        """Go on to a next step; raises CancelledError if somebody cancelled."""
        with self.changed:
            if self.is_cancelled:
                raise CancelledError
            self.step = step
            self.n_steps += 1
            self.changed.notify_all()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {"done", "failed", "cancelled"}

    def wait(self, n_steps: int, timeout_s: float) -> None:
        """Return when something happened after step `n_steps`, when it is over, or after `timeout_s`."""
        with self.changed:
            self.changed.wait_for(lambda: self.n_steps > n_steps or self.is_over, timeout=timeout_s)


Work = Callable[[Job], dict[str, tuple[str, bytes]]]


class Jobs:
    """Runs jobs on a few threads; stops cleanly."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(N_WORKERS, thread_name_prefix="muster-job")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, title: str, work: Work, onward: str = "") -> Job:
        """Queue work and return its job; `onward` is the page that shows what came of it.

        Raises
        ------
        InputError
            Too much is waiting already.
        """
        with self._lock:
            self._forget()
            if sum(job.state == "waiting" for job in self._jobs.values()) >= MOST_WAITING:
                raise InputError("too much work is waiting", next_step="Try again in a minute")
            job = Job(secrets.token_urlsafe(12), title, onward)
            self._jobs[job.id] = job
        self._pool.submit(self._run, job, work)
        return job

    def get(self, job_id: str) -> Job:
        """Return a job; NotFoundError if it is gone."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise NotFoundError("this job is gone", rule="results are kept for an hour", next_step="Start it again")
        return job

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop at its next step."""
        job = self.get(job_id)
        with job.changed:
            job.is_cancelled = True
            if job.state == "waiting":
                job.state, job.step, job.ended_s = "cancelled", "cancelled", time.monotonic()
            job.changed.notify_all()

    def close(self) -> None:
        """Cancel what runs and wait for it."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            if not job.is_over:
                self.cancel(job.id)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, work: Work) -> None:
        with job.changed:
            if job.is_over:
                return
            job.state = "running"
        state, step = "failed", "it failed by a fault of ours"
        try:
            job.results = work(job)
            state, step = "done", "done"
        except CancelledError:
            state, step = "cancelled", "cancelled"
        except MusterError as error:
            step = str(error)
        except Exception:  # noqa: BLE001 - nobody asks the pool for it: told in the log and on the job's page
            _LOG.exception("job %r failed", job.title)
            step = "it failed by a fault of ours; the server's log says where"
        finally:
            with job.changed:
                job.state, job.step, job.ended_s = state, step, time.monotonic()
                job.changed.notify_all()

    def _forget(self) -> None:
        old = [job.id for job in self._jobs.values() if job.is_over and time.monotonic() - job.ended_s > KEPT_S]
        over = [job.id for job in self._jobs.values() if job.is_over]
        for job_id in {*old, *over[: max(0, len(self._jobs) - MOST_KEPT)]}:
            del self._jobs[job_id]
