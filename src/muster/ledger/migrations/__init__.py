"""Alembic migrations of a ledger, packaged, so that `open_ledger` can bring an older ledger up to date."""
