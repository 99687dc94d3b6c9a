"""Compiled kernels that are older than the sources they were built from are dropped.

numba's on-disk cache looks at the file of a function, not at the files of the functions it calls: after an update that
changes one module, a caller's cached machine code would still hold the old callee. So whatever is older than the newest
source of a compiled module goes, before anything is loaded.
"""

import os
from pathlib import Path
from typing import Any

from numba import njit

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = ("passage", "passage/reference", "contribution")  # the folders with compiled functions


def inner(function: Any) -> Any:
    """Compile a function that only compiled functions call: without the wrapper that unpacks Python's arguments.

    The wrapper for a few hundred array fields takes longer to compile than most functions here. Without it, a call
    from Python crashes the interpreter: what tests or the twin call is compiled with numba's own `njit`.
    """
    return njit(nogil=True, cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)


def drop_stale_kernels(package: Path = _PACKAGE) -> int:
    """Remove the cache indexes that are older than the newest source beside them; return how many.

    Only `__pycache__` beside the sources is looked at: where that is not writable (a system-wide install) numba keeps
    its cache elsewhere, under a name made from the sources' own times.
    """
    n_dropped = 0
    shared = _newest_source(package / "passage")
    for folder in _FOLDERS:
        newest = max(shared, _newest_source(package / folder))
        for index in (package / folder / "__pycache__").glob("*.nbi"):
            try:
                if index.stat().st_mtime < newest and os.access(index.parent, os.W_OK):
                    index.unlink(missing_ok=True)
                    n_dropped += 1
            except OSError:  # another process was faster
                continue
    return n_dropped


def _newest_source(folder: Path) -> float:
    """Return when the newest module with compiled functions in a folder was written; 0 if there is none."""
    times = [
        path.stat().st_mtime
        for path in folder.glob("*.py")
        if b"import njit" in (text := path.read_bytes()) or b"import inner" in text
    ]
    return max(times, default=0.0)
