"""Compile kernels once and keep them on disk, never stale.

numba keeps machine code beside the file of the *outermost* function and does not see that a callee
in another file was edited. So the folder of the cache carries a hash of everything in ``kernels/``:
an edited file is another folder. No compiler is needed; LLVM comes with numba's wheels.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
from numba.core import config

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
# Contraction to fused multiply-add and reordered sums; never "no NaN" or "no infinity".
FAST = {"contract", "reassoc", "arcp", "nsz"}
# Kernels allocate nothing, so no references are counted.
HOW = {"nogil": True, "error_model": "numpy", "fastmath": FAST, "_nrt": False}
# Kernels that only kernels call need no wrappers for Python or C.
INNER = HOW | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def source_hash(folder: Path = HERE) -> str:
    """Return a hash of every Python file in a folder, 16 hexadecimal digits."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


def cache_folder() -> Path:
    """Return where compiled kernels lie: ``PRENUC_CACHE``, or the user's cache folder."""
    stated = os.environ.get("PRENUC_CACHE")
    if stated:
        base = Path(stated)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "prenuc"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "prenuc"
    return base / f"kernels-{source_hash()}"


def usable(folder: Path) -> bool:
    """Return whether kernels can be kept in a folder; it is made where it can be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def entry(function: Callable[..., Any]) -> Any:
    """Compile a kernel that Python calls, and keep it on disk.

    Where the folder cannot be written to nothing is kept: numba would go on to ``__pycache__``,
    which carries no hash.
    """
    folder, before = cache_folder(), vars(config)["CACHE_DIR"]
    vars(config)["CACHE_DIR"] = str(folder)  # read while the decorator runs
    compiler = numba.njit(cache=usable(folder), **HOW)  # type: ignore[call-overload]
    try:
        return compiler(function)
    finally:
        vars(config)["CACHE_DIR"] = before


def part(function: Callable[..., Any]) -> Any:
    """Compile a kernel that other kernels call; it is kept inside them."""
    return numba.njit(forceinline=True, **INNER)(function)  # type: ignore[call-overload]


def woven(function: Callable[..., Any]) -> Any:
    """Put the text of a long kernel into its callers, where there are few.

    LLVM optimises a part for itself, then again with each caller above it; of what lies near the
    top that would be everything, several times over.
    """
    return numba.njit(inline="always", **INNER)(function)  # type: ignore[call-overload]


def called(function: Callable[..., Any]) -> Any:
    """Compile a kernel that others call, once for all of them: it takes few numbers."""
    return numba.njit(**INNER)(function)  # type: ignore[call-overload]
