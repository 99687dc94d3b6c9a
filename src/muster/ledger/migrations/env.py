"""Alembic's entry: runs the migrations on the connection that `open_ledger` hands over, in its transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="muster_version",
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
