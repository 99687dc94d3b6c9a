"""Reading on a Ray cluster: shards spread over the nodes, the result the same as that of one process.

Ray Data gives each task a run of files, streams what it reads back in the order of the input, and holds the tasks
back when the consumer is slow, so memory stays flat on all nodes. Every node must see the files under the same paths (a
shared file system) and have muster installed. Optional: `pip install 'musterroll[ray]'`.
"""

import logging
import os
import pickle
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from muster.base.document import Document
from muster.base.errors import DocumentError, InputError, RemoteError
from muster.base.statement import Statement
from muster.documents import list_files, read_documents
from muster.reading.batches import Reading, batches_of, read_batch
from muster.reading.readers import DEFAULT_READER

TASK_BYTES = 16_000_000  # of input a task: some seconds of work, so that starting it (about 10 ms) does not count
TASK_FILES = 2_000
_CONNECT_S = 5.0

_Problem = tuple[str, str, str]
_Row = dict[str, list[Any]]


def read_on_ray(
    paths: Iterable[str | Path],
    *,
    on_problem: Callable[[DocumentError], None],
    address: str | None = None,
    reader_name: str = DEFAULT_READER,
) -> Iterator[Reading]:
    """Yield each document of files and directories with its statements, read on a Ray cluster.

    Documents, statements, problems and their order are those of `read_documents` and the reader in one process.

    Parameters
    ----------
    paths : iterable of str or Path
        As for `read_documents`. A file is read by one task, so one large file is better cut into shards.
    on_problem : callable
        Receives the problems of all tasks, in the order of the input.
    address : str, optional
        Of the cluster (`auto`, `host:6379`, `ray://host:10001`). Without it the environment's RAY_ADDRESS, else a
        cluster of this machine's cores that ends with the reading. A connection that is already there is used.
    reader_name : str
        One of `readers.READERS`.

    Raises
    ------
    InputError
        Ray is not installed.
    RemoteError
        The cluster cannot be reached, or a task failed in a way that is no document's fault.
    """
    files = list(list_files(paths, on_problem=on_problem))
    if not files:
        return
    ray = _ray()
    is_ours = not ray.is_initialized()
    if is_ours:
        _connect(ray, address)
    try:
        # Tasks run in another folder; links are not followed, because a document's id is its name as given.
        tasks = [{"files": [str(path.absolute()) for path in group]} for group in group_files(files)]
        given = {str(path.absolute()): str(path) for path in files}
        yield from _readings(ray, tasks, given, on_problem, reader_name)
    finally:
        if is_ours:
            ray.shutdown()


def group_files(files: Iterable[Path]) -> Iterator[list[Path]]:
    """Yield runs of files of about TASK_BYTES each, in order; a large file is a run of its own."""
    group: list[Path] = []
    n_bytes = 0
    for path in files:
        try:
            size = path.stat().st_size
        except OSError:
            size = 0  # gone since it was listed: the task will say so
        if group and (n_bytes + size > TASK_BYTES or len(group) >= TASK_FILES):
            yield group
            group, n_bytes = [], 0
        group.append(path)
        n_bytes += size
    if group:
        yield group


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # muster sends nothing anywhere unasked
    try:
        import ray
        import ray.data
    except ImportError:
        raise InputError("the Ray engine needs ray", next_step="Install it: pip install 'musterroll[ray]'") from None
    return ray


def _check_reachable(address: str) -> None:
    """Fail at once where nobody listens: Ray itself tries for a quarter of an hour."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon:
        return  # `auto` or `local`: Ray looks for itself
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_S).close()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise RemoteError(f"Ray cluster {address}: {reason}", next_step="Check --ray-address") from None


def _connect(ray: Any, address: str | None) -> None:
    target = address or os.environ.get("RAY_ADDRESS")
    if target:
        _check_reachable(target)
    try:
        ray.init(
            address=address, log_to_driver=False, logging_level=logging.ERROR,
            **({} if target else {"include_dashboard": False}),
        )  # fmt: skip
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        reason = str(error).split("\n", maxsplit=1)[0][:200]
        raise RemoteError(f"Ray cluster {address or 'here'}: {reason}", next_step="Check --ray-address") from None


def _readings(
    ray: Any,
    tasks: list[dict[str, list[str]]],
    given: dict[str, str],
    on_problem: Callable[[DocumentError], None],
    reader_name: str,
) -> Iterator[Reading]:
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    names = list(given.items())
    data = ray.data.from_items(tasks, override_num_blocks=len(tasks))
    data = data.map_batches(
        _read_files, batch_size=1, batch_format="numpy", num_cpus=1, fn_kwargs={"reader_name": reader_name}
    )
    try:
        for row in data.iter_rows():
            for kind, value in pickle.loads(row["payload"]):  # noqa: S301 - pickled by our own tasks
                if kind == "reading":
                    yield value
                else:
                    on_problem(_as_given(value, names))
    except ray.exceptions.RayError as error:
        root = _root(error)
        reason = (str(root).strip().split("\n", maxsplit=1)[0] or type(root).__name__)[:200]
        raise RemoteError(f"Ray: a task failed: {reason}", next_step="Read with --engine local to see why") from error


def _root(error: BaseException) -> BaseException:
    """The innermost error: Ray wraps what a task raised, once or twice."""
    inner = getattr(error, "cause", None) or error.__cause__
    return _root(inner) if isinstance(inner, BaseException) and inner is not error else error


def _read_files(batch: dict[str, Any], reader_name: str = DEFAULT_READER) -> Iterator[_Row]:
    """What a task does: read its files, in order, and hand the readings and problems over batch by batch."""
    for files in batch["files"]:
        entries: list[tuple[str, Any]] = []
        problems: list[_Problem] = []

        def report(error: DocumentError, problems: list[_Problem] = problems) -> None:
            problems.append((error.what, error.rule, error.next_step))

        for documents in batches_of(_noting(read_documents(map(str, files), on_problem=report), problems, entries)):
            statements = dict(zip(map(id, documents), read_batch(documents, reader_name), strict=True))
            yield {"payload": [pickle.dumps([_finished(entry, statements) for entry in entries])]}
            entries.clear()
        entries.extend(("problem", problem) for problem in problems)
        if entries:
            yield {"payload": [pickle.dumps(entries)]}


def _noting(
    documents: Iterator[Document], problems: list[_Problem], entries: list[tuple[str, Any]]
) -> Iterator[Document]:
    """Pass documents on and note them among the problems that came before them, so that the order is kept."""
    for document in documents:
        entries.extend(("problem", problem) for problem in problems)
        problems.clear()
        entries.append(("reading", document))
        yield document


def _finished(entry: tuple[str, Any], statements: dict[int, tuple[Statement, ...]]) -> tuple[str, Any]:
    kind, value = entry
    return (kind, (value, statements[id(value)])) if kind == "reading" else entry


def _as_given(problem: _Problem, names: list[tuple[str, str]]) -> DocumentError:
    """The problem with the path as the user typed it: tasks know files by their absolute paths."""
    what, rule, next_step = problem
    best = max((pair for pair in names if what.startswith(pair[0])), key=lambda pair: len(pair[0]), default=None)
    if best is not None:
        what = best[1] + what[len(best[0]) :]
    return DocumentError(what, rule=rule, next_step=next_step)
