"""What the commands that analyse spectrum files share: their arguments, analysing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prenuc.present.cli.output import progress
from prenuc.present.cli.reading import read_series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.errors import Problem
    from prenuc.observe.analysis import Analysis
    from prenuc.observe.series import SpectrumSeries

material_option = click.option(
    "--material", metavar="FORMULA", help="Semiconductor, such as CdSe; never guessed."
)
files_argument = click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)


def analyses(files: Sequence[Path], material: str | None, **asked: Any) -> list[Analysis]:
    """Read every file, then analyse every spectrum, with progress on standard error.

    Args:
        files: Spectrum files.
        material: Semiconductor, or None.
        asked: The options on reading (:func:`prenuc.present.cli.reading.read_series`).

    Raises:
        InputError: Everything that is wrong with any of the files.
    """
    from prenuc.errors import InputError
    from prenuc.facts.catalogue import get
    from prenuc.observe.analysis import analyze, read_spectra

    if material is not None:
        get("materials", material)
    problems: list[Problem] = []
    read: list[SpectrumSeries] = []
    for file in files:
        try:
            read.append(read_series(file, read=read_spectra, **asked))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    total = sum(len(series) for series in read)
    found: list[Analysis] = []
    with progress(f"{total} spectra") as report_share:

        def report_part(part: float) -> None:
            done = sum(len(one.series) for one in found)
            report_share((done + part * len(read[len(found)])) / total)

        for file, series in zip(files, read, strict=True):
            found.append(analyze(series, material, file=str(file), progress=report_part))
    return found
