"""The append-only bitemporal store: documents, statements, rulings, vintages; SQLite by default, PostgreSQL by URL."""
