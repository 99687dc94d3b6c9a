"""The readers by name: what a command opens when it is told `--reader NAME`."""

from muster.base.errors import InputError
from muster.reading.learned.reader import LearnedReader
from muster.reading.rules import RuleReader

# `learned` finds more than `rules` on text that neither has seen, about as much of it right, and takes longer.
OfflineReader = LearnedReader | RuleReader

READERS: dict[str, type[OfflineReader]] = {"learned": LearnedReader, "rules": RuleReader}
DEFAULT_READER = "learned"


def open_reader(name: str = DEFAULT_READER) -> OfflineReader:
    """Return a reader that needs no service.

    Raises
    ------
    InputError
        There is no reader of that name.
    """
    if name not in READERS:
        raise InputError(f"no reader {name!r}", rule=f"one of {', '.join(READERS)}")
    return READERS[name]()
