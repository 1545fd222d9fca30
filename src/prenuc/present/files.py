"""Files are written whole or not at all."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from prenuc.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Hand out a temporary file beside ``path``, which takes its place when all went well.

    Args:
        path: The file to be written; its folder is made.

    Raises:
        InputError: The folder cannot be made or the file cannot be written.
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise InputError(Problem(reason, "Choose another place", where=str(path))) from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write a text file by way of a temporary one beside it.

    Raises:
        InputError: The folder cannot be made or the file cannot be written.
    """
    with whole(path) as partial:
        partial.write_text(text, encoding="utf-8")
    return path
