"""What the constants of the package rest on, and how far they carry."""
