"""A view of the ledger becomes the roll, claim verdicts and tensions. Pure functions, no SQL."""
