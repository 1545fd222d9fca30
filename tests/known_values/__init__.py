"""Solutions that somebody else knows: one module each, its source at the top.

A module holds what is known and nothing of prenuc: equations, closed forms, published numbers. The
tests beside this folder (``test_known_*.py``) run the same problem through the engine.
"""
