"""Which scheme, which mechanism, which experiment next."""
