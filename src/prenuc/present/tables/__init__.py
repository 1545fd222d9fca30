"""Results as tables: for the terminal, for a page, for the documentation."""
