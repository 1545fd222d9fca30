"""How much what is printed speaks for a mechanism, row by row, in bits."""
