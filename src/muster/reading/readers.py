"""The readers by name: what a command opens when it is told `--reader NAME`."""

from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from muster.base.errors import InputError

if TYPE_CHECKING:
    from muster.reading.learned.reader import LearnedReader
    from muster.reading.rules import RuleReader

    OfflineReader: TypeAlias = LearnedReader | RuleReader

# Where each is; imported when opened, as the network needs numpy, which takes a quarter of a second to import.
# `learned` finds more than `rules` on text that neither has seen, more of it right, and takes five times as long.
READERS: dict[str, tuple[str, str]] = {
    "learned": ("muster.reading.learned.reader", "LearnedReader"),
    "rules": ("muster.reading.rules", "RuleReader"),
}
DEFAULT_READER = "learned"


def open_reader(name: str = DEFAULT_READER) -> "OfflineReader":
    """Return a reader that needs no service.

    Raises
    ------
    InputError
        There is no reader of that name.
    """
    if name not in READERS:
        raise InputError(f"no reader {name!r}", rule=f"one of {', '.join(READERS)}")
    module, kind = READERS[name]
    reader: OfflineReader = getattr(import_module(module), kind)()
    return reader
