"""Documents become statements: gazetteer, cue lexicon, frames; PLOVER coding; quote verification; scoring.

The readers are imported when first used, so that the CLI starts at once.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muster.reading.learned.reader import LearnedReader
    from muster.reading.readers import open_reader
    from muster.reading.rules import RuleReader, read_document, read_text
    from muster.reading.verify import verify_quote

__all__ = ["LearnedReader", "RuleReader", "open_reader", "read_document", "read_text", "verify_quote"]

_HOMES = {
    "LearnedReader": "muster.reading.learned.reader",
    "RuleReader": "muster.reading.rules",
    "open_reader": "muster.reading.readers",
    "read_document": "muster.reading.rules",
    "read_text": "muster.reading.rules",
    "verify_quote": "muster.reading.verify",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
