"""How far a long computation has come, on one line of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.quantities import percent

if TYPE_CHECKING:
    from collections.abc import Callable


def progress_of(what: str) -> Callable[[float], None]:
    """Return what prints the finished share, 0 to 1, of a computation.

    Args:
        what: Its name.
    """

    def said(share: float) -> None:
        print(f"{what}: {percent(share)}", end="\r")

    return said
