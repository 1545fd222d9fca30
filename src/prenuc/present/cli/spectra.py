"""What the commands on spectrum files share: their options, reading, analysing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prenuc.present.cli.output import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.errors import Problem
    from prenuc.observe.analysis import Analysis
    from prenuc.observe.series import SpectrumSeries

SIGNALS = ("absorbance", "photoluminescence", "%T", "T")

_OPTIONS = (
    click.option("--time-unit", type=click.Choice(["s", "min", "h", "day"]), help="Unit of times."),
    click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign of the file."),
    click.option("--signal", type=click.Choice(SIGNALS), help="What the columns hold."),
)
material_option = click.option(
    "--material", metavar="FORMULA", help="Semiconductor, such as CdSe; never guessed."
)
files_argument = click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what a user may know about a file that the file does not say."""
    for option in _OPTIONS:
        command = option(command)
    return command


def analyses(files: Sequence[Path], material: str | None, **known: Any) -> list[Analysis]:
    """Read every file, then analyse every spectrum, with progress on standard error.

    Args:
        files: Spectrum files.
        material: Semiconductor, or None.
        known: ``time_unit``, ``decimal`` and ``signal``, where the user says so.

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
            read.append(read_spectra(file, **known))
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
