"""One fit of a scheme to a trace, to spectra, or to many data sets, and what it says."""
