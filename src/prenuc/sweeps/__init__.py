"""Many experiments from one description: designs, tasks, a ledger, and workers anywhere."""
