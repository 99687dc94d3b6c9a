"""A real PostgreSQL server for the pages' tests, the one that the ledger's tests start."""

from ledger.conftest import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]
