"""One publish job through acquire, prepare, commit and observe, with the ledger that survives a crash."""
