"""The hot loops: rates, exact Jacobian."""
