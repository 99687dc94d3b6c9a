"""The run record: from it a run can be repeated."""

import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from muster import __version__

_RECORDED_PACKAGES = ("numpy", "numba", "llvmlite", "sqlalchemy", "highspy")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What was run, with which inputs, seed and versions."""

    command: str
    inputs: Mapping[str, Any]
    seed: int | None
    muster: str
    python: str
    machine: str
    packages: Mapping[str, str]

    def to_json(self) -> str:
        """Return canonical JSON (sorted keys), so that equal records are equal bytes."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


def make_record(command: str, inputs: Mapping[str, Any], *, seed: int | None = None) -> RunRecord:
    """Return the record of a run on this machine with the versions installed here."""
    packages = {}
    for name in _RECORDED_PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    python = ".".join(str(part) for part in sys.version_info[:3])
    return RunRecord(command, dict(inputs), seed, __version__, python, platform.machine(), packages)
