"""Files are written whole or not at all.

A file grows under a name that nobody can foresee, in the folder where it is going to stand, and
takes its place when it is on the disk. Nothing is written through a link.
"""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from prenuc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

READABLE = 0o666
LONGEST_PREFIX = 40  # characters of a name that stand in that of its temporary file


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Hand out a temporary file beside ``path``, which takes its place when all went well.

    Args:
        path: The file to be written; its folder is made.

    Raises:
        InputError: The folder cannot be made or the file cannot be written. Where another program
            holds the old file, the new one is kept beside it under a name that is said.
    """
    partial = None
    try:
        _refuse_folder(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name[:LONGEST_PREFIX]}.", suffix=".part"
        )
        os.close(handle)
        partial = Path(name)
        yield partial
        _make_lasting(partial)
        _replace(partial, path)
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise InputError(reason, "Choose another place", where=str(path)) from None
    finally:
        if partial is not None:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def _refuse_folder(path: Path) -> None:
    """Raise what moving a file onto a folder would raise, before anything is made."""
    if path.is_dir() and not path.is_symlink():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _make_lasting(partial: Path) -> None:
    """Bring a file to the disk, with the rights that a new file has."""
    mask = os.umask(0)
    os.umask(mask)
    partial.chmod(READABLE & ~mask)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())


def _replace(partial: Path, path: Path) -> None:
    """Put a file in its place, or beside it where another program holds that place."""
    try:
        partial.replace(path)
    except PermissionError:
        beside = next(
            other
            for number in range(1, 1000)
            if not (other := path.with_name(f"{path.stem} ({number}){path.suffix}")).exists()
        )
        partial.replace(beside)
        what = "another program holds this file, so it is as it was"
        raise InputError(
            what, f"What was to be written is in '{beside}'", where=str(path)
        ) from None


def write_text(path: Path, text: str) -> Path:
    r"""Write a text file, whole or not at all; what UTF-8 does not hold is written as \udcff.

    Raises:
        InputError: The folder cannot be made or the file cannot be written.
    """
    with whole(path) as partial:
        partial.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path
