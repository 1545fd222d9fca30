"""Figures of matplotlib: results drawn, nothing computed or written."""
