"""The application: a page on this machine that asks the package and draws what it answers."""
