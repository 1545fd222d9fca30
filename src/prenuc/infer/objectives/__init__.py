"""What a fit minimises, with the spectra eliminated."""
