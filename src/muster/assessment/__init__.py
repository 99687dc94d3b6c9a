"""View -> roll, claim verdicts, asks with their answers, tensions: pure functions over `muster.ledger.view`, no SQL."""
