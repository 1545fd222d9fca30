"""Files are written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path


def write_text(path: Path, text: str) -> Path:
    """Write a text file by way of a temporary one beside it.

    Raises:
        InputError: The folder cannot be made or the file cannot be written.
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        reason = (error.strerror or "cannot be written").lower()
        raise InputError(Problem(reason, "Choose another place", where=str(path))) from None
    return path
