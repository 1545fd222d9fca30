"""Mechanisms as arrays: what the engine in ``native/`` reads, and what is worked out from them."""
