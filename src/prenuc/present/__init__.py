"""Tell someone: figures, tables, files, the command line. Nothing scientific is computed here."""
