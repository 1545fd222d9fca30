"""Files of instruments that are no tables of text, one module for each format."""
