"""The append-only bitemporal store: documents, statements, rulings, vintages; SQLite by default, PostgreSQL by URL.

Surfaces and tests open it with `from muster.ledger import open_ledger`. Assessment is pure and imports only
`muster.ledger.view` (the protocol `View`) and `muster.ledger.entry` (`Entry`, `DocumentInfo`, ...): no SQL there. All
SQL stands in `muster.ledger.store`, which is loaded when `open_ledger` is first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muster.ledger.store import Ledger, open_ledger

__all__ = ["Ledger", "open_ledger"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from muster.ledger import store

        return getattr(store, name)
    raise AttributeError(name)
