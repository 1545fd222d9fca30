"""Whether the engine is compiled already, so that somebody who waits can be told why."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

INTEGRATOR = "rodas.integrate"  # the kernel that every run needs


def engine_cache() -> Path:
    """Return the folder in which the compiled kernels of this version lie."""
    from prenuc.simulation.kernels.compiled import cache_folder

    return cache_folder()


def kernels_are_compiled() -> bool:
    """Return whether the integrator lies on disk, compiled by this Python and this numba."""
    import numba

    tag = f"py{sys.version_info.major}{sys.version_info.minor}"
    for index in engine_cache().glob(f"*/{INTEGRATOR}-*.{tag}.nbi"):
        try:
            with index.open("rb") as file:  # our own cache; it begins with numba's version
                if pickle.load(file) == numba.__version__:  # noqa: S301
                    return True
        except (OSError, EOFError, pickle.UnpicklingError):
            continue
    return False
