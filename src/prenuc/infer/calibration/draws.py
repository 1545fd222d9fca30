"""Random numbers that belong to a name, so that a new name moves no other."""

from __future__ import annotations

import hashlib

import numpy as np


def generator_of(*words: object) -> np.random.Generator:
    """Return a generator of random numbers for whatever is named.

    Args:
        words: Such as the seed of a study, the number of a draw, and the name of a constant.
    """
    said = "|".join(map(str, words)).encode()
    return np.random.default_rng(int.from_bytes(hashlib.sha256(said).digest()[:8]))
