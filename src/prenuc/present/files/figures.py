"""Figures by one call, written with their numbers: whole or not at all, the same each time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.writing import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from prenuc.present.figures.drawing import Drawn

DESCRIPTION = {".svg": "Description", ".pdf": "Subject", ".png": "Description"}
FORMATS = tuple(DESCRIPTION)
DATE = {".svg": ["Date"], ".pdf": ["CreationDate"]}  # which would make no two files alike


def figure(
    kind: str,
    *answers: Any,
    to: Path | str | None = None,
    size: str | None = None,
    font: float = 8.0,
    title: str = "",
    **options: Any,
) -> Drawn:
    """Return a figure of a kind, with its numbers and an alternative text; write it if asked to.

    Args:
        kind: Such as "spectra", "course" or "fit"; ``prenuc plot --list`` lists them.
        answers: What it is of: spectra, courses, a fit, …; several are laid over each other.
        to: FILE.svg, .pdf or .png; the numbers go beside it, as FILE.csv.
        size: Width, or both: "8.4 cm", "17 x 12 cm"; one or two columns of a journal when None.
        font: Size of text in points.
        title: Above the figure.
        options: What the kind takes besides: ``names`` of several answers, ``at`` for the times of
            a distribution in min.

    Raises:
        InputError: There is no such kind, it is not of these answers, or the file cannot be
            written.
    """
    from prenuc.present.figures.kinds import draw
    from prenuc.present.figures.page_size import Layout

    layout = Layout.sized(size, font=font, title=title)
    made = draw(kind, *answers, layout=layout, **options)
    if to is not None:
        write(made, Path(to))
    return made


def write(made: Drawn, path: Path) -> tuple[Path, Path]:
    """Write a figure, and its numbers beside it as .csv; return both paths.

    Args:
        made: The figure.
        path: Of the figure; its ending says the format.

    Raises:
        InputError: The ending is none of .svg, .pdf, .png, or a file cannot be written.
    """
    from prenuc.present.files.sheets import write_csv

    numbers = path.with_suffix(".csv")
    save(made.figure, path, made.told)
    write_csv(made.numbers, numbers)
    return path, numbers


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


def save_all(figures: Mapping[str, Drawn], folder: Path, stem: str, ending: str) -> list[Path]:
    """Write figures as FOLDER/STEM-NAME.ENDING and return the paths.

    Without their numbers, since a folder of measured files is no place for tables that are none.

    Args:
        figures: By name.
        folder: Where they go; it is made.
        stem: Of what they show, such as the name of a file.
        ending: "svg", "pdf" or "png".
    """
    return [
        save(one.figure, folder / f"{stem}-{name}.{ending}", one.told)
        for name, one in figures.items()
    ]
