"""``prenuc calibrate --mechanism FILE --data DIR``."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import prenuc as pn
from prenuc.errors import InputError, listed
from prenuc.present.cli.input import given_options
from prenuc.present.cli.output import echo, echo_kept, echo_lines, echo_table, progress
from prenuc.present.files.figures import save
from prenuc.present.files.input import read_input, spectra_or_saved
from prenuc.present.files.named import read_mechanism_named
from prenuc.present.tables.flasks import calibrated_table, needed_table
from prenuc.quantities import legible

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from prenuc.infer.selection.calibrated_spectra import Work
    from prenuc.infer.selection.spectra_verdict import SpectraCalibration
    from prenuc.observe.series import SpectrumSeries

HEARD_WITH_DATA = {"data", "mechanism", "only", "starts", "out", "figures", "report_to"}
LONG = 60.0  # s; what takes longer is said before it is begun


def refuse_without_data(reading: Collection[str]) -> None:
    """Refuse options that act on a folder of spectra alone.

    Args:
        reading: Names of the options that say how files are read.

    Raises:
        InputError: One of them was given; all at once.
    """
    given = given_options({"figures", "only", "report_to", *reading})
    if given:
        raise InputError(f"{listed(given)} needs --data", "Add --data DIR, or leave it out")


def calibrate_on_data(
    data: Path,
    mechanism: str | None,
    *,
    only: str | None,
    starts: int,
    workers: int,
    out: Path | None,
    figures: Path | None,
    report_to: Path | None,
    as_json: bool,
    **reading: Any,
) -> None:
    """Calibrate a mechanism on a folder of spectra, print the answer and leave with its status.

    Args:
        data: The folder.
        mechanism: A mechanism of the package, or a file.
        only: Names of constants that may move, with commas between them.
        starts: Searches.
        workers: Processes.
        out: Where the calibrated mechanism goes.
        figures: Folder for the figure.
        report_to: Page to write.
        as_json: Whether the answer is one JSON document.
        reading: What is known about the files of spectra.
    """
    from prenuc.infer.experiments.measured import read_flasks
    from prenuc.infer.selection.calibrated_spectra import calibrate_on_spectra
    from prenuc.present.files.parameters import changed_file
    from prenuc.writing import write_text

    if mechanism is None:
        mend = "Add --mechanism two-pathway/CdS, or a file"
        raise InputError("no mechanism is given to calibrate", mend)
    chosen = read_mechanism_named(mechanism)
    reader: partial[SpectrumSeries] = partial(read_input, read=spectra_or_saved, **reading)
    flasks = read_flasks(data, reader)
    with progress(f"calibrating {chosen.name}") as report:
        found = calibrate_on_spectra(
            chosen,
            flasks,
            only=[name.strip() for name in (only or "").split(",") if name.strip()],
            starts=starts,
            workers=workers,
            expected=_tell,
            progress=report,
        )
    if out is not None:
        write_text(out, changed_file(found, mechanism, out))
        echo(f"wrote {out}", err=True)
    if figures is not None:
        from prenuc.present.figures.kinds import draw

        made = draw("calibration", found)
        echo(f"wrote {save(made.figure, figures / 'flasks.svg', made.told)}", err=True)
    if report_to is not None:
        echo(f"wrote {pn.report(found, to=report_to)}", err=True)
    echo_kept(found, _echo, as_json)
    sys.exit(0 if found.describes else 1)


def _tell(ahead: Work) -> None:
    """Say how long it will take where that is long, and how it would be shorter."""
    if ahead.seconds > LONG:
        echo(
            f"{ahead.constants} constants move in {ahead.flasks} flasks: about "
            f"{ahead.seconds / 60.0:.0f} min; fewer with --only CONSTANT,...",
            err=True,
        )


def _echo(found: SpectraCalibration) -> None:
    echo_lines((*found.meanings, found.verdict), "")
    echo_table(calibrated_table(found))
    echo_table(needed_table(found))
    if len(found.seen) > 1:
        what = "each flask" if found.whole else "every fifth spectrum"
        echo(f"  {what} predicted from the others: {found.held_out:.3g} times the noise")
    echo(f"  χ² of the searches: {', '.join(map(legible, found.searches))}")
    echo_lines(f"note: {warning}" for warning in found.warnings)
