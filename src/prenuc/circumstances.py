"""What every computed answer hangs on besides its inputs: versions, facts, code, and last bits.

Facts are those of the package, and the reagents of a user's own in the file that the environment
names, so that all processes of one piece of work know the same.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable


OWN_REAGENTS = "PRENUC_REAGENTS"  # of the environment


def own_reagents() -> Path | None:
    """Return the file of a user's own reagents; None where there is none."""
    named = os.environ.get(OWN_REAGENTS)
    return Path(named) if named else None


def differing(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Return what differs between the circumstances of two places, in words; empty for nothing.

    Args:
        there: What answers hung on at one place.
        here: At the other.
    """
    return "; ".join(
        f"{name} {there.get(name, 'none')} there, {here.get(name, 'none')} here"
        for name in dict.fromkeys([*there, *here])
        if there.get(name) != here.get(name)
    )


@cache
def circumstances() -> Mapping[str, str]:
    """Return what every answer hangs on: versions, and marks of facts, code and arithmetic."""
    versions = {name: metadata.version(name) for name in ("prenuc", "numpy")}
    mine = own_reagents()
    beside = {} if mine is None else {"own reagents": _digest(mine)}
    return versions | {"facts and code": _mark(), "arithmetic": _arithmetic()} | beside


def _digest(path: Path) -> str:
    """Return a mark of a file; that of nothing where it cannot be read, which facts then say."""
    content = path.read_bytes() if path.is_file() else b""
    return hashlib.sha256(content).hexdigest()[:16]


def _arithmetic() -> str:
    """Return a mark of the last bits of functions and products: kernels of libraries differ."""
    import numpy as np  # not where a command only says what it can do

    from prenuc.arrays import product

    numbers = np.linspace(0.1, 9.7, 64 * 64).reshape(64, 64)
    seen = np.exp(-numbers), np.log(numbers), np.cbrt(numbers), np.tanh(numbers), numbers**1.7
    made = b"".join(one.tobytes() for one in (*seen, product(numbers, seen[0])))
    return hashlib.sha256(made).hexdigest()[:8]


def _mark() -> str:
    """Return a mark of the package's files, but for those that only show results."""
    digest = hashlib.sha256()

    def walk(folder: Traversable) -> None:
        for item in sorted(folder.iterdir(), key=lambda path: path.name):
            if item.is_dir() and item.name != "present":
                walk(item)
            elif item.name.endswith((".py", ".yaml", ".cpp", ".hpp")):
                digest.update(item.name.encode() + item.read_bytes())

    walk(resources.files("prenuc"))
    return digest.hexdigest()[:16]
