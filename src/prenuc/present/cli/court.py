"""``prenuc ablate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import prenuc as pn
from prenuc.errors import InputError, Problem
from prenuc.present.cli.completing import mechanisms_and_files, panels
from prenuc.present.cli.input import report_option, workers_option
from prenuc.present.cli.output import (
    echo,
    echo_answer,
    echo_lines,
    echo_table,
    json_option,
    progress,
)
from prenuc.present.files.figures import save
from prenuc.present.files.named import panels_named, read_mechanism_named
from prenuc.present.tables import studies
from prenuc.present.tables.plain import as_text
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.infer.selection.spectra_verdict import SpectraCalibration
    from prenuc.infer.studies.ablation import Ablations


_path = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("mechanism", default="two-pathway/CdS", shell_complete=mechanisms_and_files)
@click.option(
    "--on",
    multiple=True,
    metavar="PANEL|FOLDER",
    help="Only rows of this panel, repeatable; or your own spectra.",
    shell_complete=panels,
)
@click.option("--refit", is_flag=True, help="Fit the rest again now, step by step; minutes.")
@click.option("--ledger", type=_path, help="Remember finished refits here and go on from it.")
@workers_option
@click.option("--out", type=_path, help="Write the answer to FILE.json.")
@click.option("--figure", type=_path, help="Draw it to FILE.svg, .png or .pdf.")
@report_option
@json_option
def ablate(
    mechanism: str,
    on: tuple[str, ...],
    refit: bool,
    ledger: Path | None,
    workers: int,
    out: Path | None,
    figure: Path | None,
    report_to: Path | None,
    as_json: bool,
) -> None:
    """What is each step of a MECHANISM for? Take it out and weigh the published rows.

    A step is "required" when without it the rows score at least 3 bits less under both priors of
    the constants and a row is lost, "helpful" from 1 bit on, "harmful" when they score at least
    1 bit more, else "not tested". Constants are fitted again with and without each step: the
    refit that is shipped answers, unless it is of other constants, and then nothing is refitted.

    MECHANISM may be your own file, and --on a folder of your own spectra with its flasks.yaml, as
    for prenuc calibrate: then the steps are weighed on these, everything else refitted.

    \b
    Examples:
      prenuc ablate two-pathway/CdS
      prenuc ablate two-pathway/CdTe --json
      prenuc ablate two-pathway/CdS --on 3a --on 3b
      prenuc ablate faster.yaml
      prenuc ablate faster.yaml --on batches
      prenuc ablate two-pathway/CdS --refit --ledger build/ablate.sqlite
    """
    named = [name.strip() for one in on for name in one.split(",") if name.strip()]
    folders = [Path(one) for one in named if Path(one).is_dir() or Path(one).is_file()]
    if folders:
        _refuse_with_spectra(named, refit=refit, ledger=ledger, figure=figure)
        found: Ablations | SpectraCalibration = _on_spectra(mechanism, folders[0], workers)
    else:
        found = _on_rows(mechanism, named, refit, ledger, workers)
    if figure is not None:
        from prenuc.present.figures.kinds import draw

        made = draw("ablations", found)
        echo(f"wrote {save(made.figure, figure, made.told)}", err=True)
    if report_to is not None:
        echo(f"wrote {pn.report(found, to=report_to)}", err=True)
    if out is not None:
        write_text(out, f"{as_text(_rows(found))}\n")
        echo(f"wrote {out}", err=True)
    echo_answer(_rows(found) if as_json else found, _echo, as_json)


def _on_rows(
    mechanism: str, named: Sequence[str], refit: bool, ledger: Path | None, workers: int
) -> Ablations:
    """Return what the published rows say of each step."""
    if ledger is not None and not refit:
        raise InputError("--ledger remembers refits", "Give it together with --refit")
    with progress(f"taking {mechanism} apart") as report:
        return pn.ablate(
            mechanism,
            panels=panels_named(named),
            refit=refit,
            workers=workers,
            ledger=ledger,
            progress=report,
        )


def _refuse_with_spectra(named: Sequence[str], **given: Any) -> None:
    """Refuse what means nothing where steps are weighed on spectra.

    Raises:
        InputError: One of the options was given, or more than one folder; all at once.
    """
    problems = [
        Problem(f"--{name} goes with published rows", "Leave it out, or leave out --on FOLDER")
        for name, value in given.items()
        if value
    ]
    if len(named) > 1:
        problems.append(Problem("--on names a folder and more", "Give the folder alone"))
    if problems:
        raise InputError(problems)


def _on_spectra(mechanism: str, folder: Path, workers: int) -> SpectraCalibration:
    """Return a mechanism calibrated on a folder of spectra, with what each of its steps is for.

    A file is that which lists them, or one of them beside it.
    """
    from prenuc.infer.experiments.measured import read_flasks
    from prenuc.infer.selection.calibrated_spectra import calibrate_on_spectra

    there = folder if folder.is_dir() else folder.parent
    chosen = read_mechanism_named(mechanism)
    with progress(f"taking {mechanism} apart") as report:
        return calibrate_on_spectra(chosen, read_flasks(there), workers=workers, progress=report)


def _rows(found: Ablations | SpectraCalibration) -> list[dict[str, Any]]:
    """Return a row for each step; what is of all of them stands in the first."""
    from prenuc.present.files.kept import answer

    told = answer(found)
    steps, said = told.pop("steps"), told.pop("verdict", None)
    told |= {} if said is None else {"in_words": said}
    return [steps[0] | told, *steps[1:]] if steps else [told]


def _echo(found: Ablations | SpectraCalibration) -> None:
    from prenuc.infer.studies.ablation import Ablations
    from prenuc.present.tables.flasks import needed_table

    if isinstance(found, Ablations):
        echo(found.mechanism)
        echo_table(studies.ablations_table(found, narrow=True))
        echo_lines(studies.ablation_lines(found))
    else:
        echo_lines([found.verdict], "")
        echo_table(needed_table(found))
        echo_lines(f"note: {warning}" for warning in found.warnings)
