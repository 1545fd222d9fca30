"""prenuc: from prenucleation chemistry to magic-size clusters and quantum dots."""
