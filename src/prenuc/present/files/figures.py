"""Figures are written whole or not at all, the same each time, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import InputError
from prenuc.writing import whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

DESCRIPTION = {".svg": "Description", ".pdf": "Subject", ".png": "Description"}
FORMATS = tuple(DESCRIPTION)
DATE = {".svg": ["Date"], ".pdf": ["CreationDate"]}  # which would make no two files alike


def save(figure: Figure, path: Path, told: str = "") -> Path:
    """Write a figure; the format follows from the file's ending.

    Args:
        figure: The figure.
        path: The file to write.
        told: What it shows, for whoever does not see it.

    Raises:
        InputError: The ending is none of .svg, .pdf, .png, or the file cannot be written.
    """
    from prenuc.present.figures.style import style

    if path.suffix not in FORMATS:
        what = f"'{path.suffix}' is not a figure format"
        raise InputError(what, "Use " + ", ".join(FORMATS), where=str(path))
    metadata: dict[str, str | None] = {DESCRIPTION[path.suffix]: told} if told else {}
    metadata |= dict.fromkeys(DATE.get(path.suffix, ()))
    with style(), whole(path) as partial:
        figure.savefig(partial, format=path.suffix[1:], dpi=160, metadata=metadata)
    return path


def save_all(figures: Mapping[str, Figure], folder: Path, stem: str, ending: str) -> list[Path]:
    """Write figures as FOLDER/STEM-NAME.ENDING and return the paths.

    Args:
        figures: By name.
        folder: Where they go; it is made.
        stem: Of what they show, such as the name of a file.
        ending: "svg", "pdf" or "png".
    """
    return [save(one, folder / f"{stem}-{name}.{ending}") for name, one in figures.items()]
