"""Compiled kernels never outlive the sources they came from."""

import os

from muster.passage.kernel_cache import drop_stale_kernels


def test_only_kernels_older_than_their_sources_are_dropped(tmp_path):
    """A changed callee drops its callers' machine code; unchanged sources drop nothing."""
    cache = tmp_path / "passage" / "__pycache__"
    cache.mkdir(parents=True)
    source = tmp_path / "passage" / "kernel.py"
    source.write_text("from numba import njit\n")
    other = tmp_path / "passage" / "words.py"
    other.write_text("WORDS = ()\n")
    index = cache / "simulate.play_runs-1.py311.nbi"
    index.write_bytes(b"")
    os.utime(source, (100, 100))
    os.utime(index, (200, 200))
    os.utime(other, (300, 300))  # holds nothing compiled
    assert drop_stale_kernels(tmp_path) == 0
    os.utime(source, (250, 250))
    assert drop_stale_kernels(tmp_path) == 1
    assert not index.exists()
