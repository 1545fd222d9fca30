"""What spectra say before a mechanism is chosen."""
