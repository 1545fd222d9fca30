"""Fits and errors once more, by other means."""
