"""``prenuc analyze``, ``prenuc size`` and ``prenuc view``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import prenuc as pn
from prenuc.errors import InputError, counted
from prenuc.present.cli.completing import materials
from prenuc.present.cli.input import figure_options, files_argument, reading_options, report_option
from prenuc.present.cli.output import echo, echo_json, echo_lines, echo_table, json_option, progress
from prenuc.present.files.figures import save_all
from prenuc.present.files.input import every_series, name_of, read_input, spectra_or_saved
from prenuc.present.tables.plain import plain
from prenuc.present.tables.spectra import amount_table, exciton_table, size_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.observe.amounts import Amount
    from prenuc.observe.analysis import Analysis

material_option = click.option(
    "--material", metavar="FORMULA", help="Semiconductor: CdSe.", shell_complete=materials
)


@click.command()
@files_argument
@material_option
@reading_options
@report_option
@figure_options
@json_option
def analyze(
    files: tuple[Path, ...],
    material: str | None,
    report_to: Path | None,
    figures: Path | None,
    figure_format: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Find the first exciton in each spectrum of measured files, its cluster line, its diameter.

    A maximum is reported as a peak, a shoulder as a shoulder, and where no position can be given
    the answer is "unresolved". Diameters need --material. Several files with a spectrum each, or a
    folder of them, are one series.

    \b
    Examples:
      prenuc analyze run.csv
      prenuc analyze run.csv --window "400 650 nm" --times "0 10 min"
      prenuc analyze run-1.csv run-2.csv --material CdSe --report report.html --figures figures
    """
    found = [*analyses(files, material, **asked).values()]
    written = []
    if report_to is not None:
        written.append(pn.report(*found, to=report_to))
    if figures is not None:
        written += _figures(found, figures, figure_format)
    if as_json:
        echo_json([row for one in found for row in _rows(one)])
        return
    for one in found:
        _echo(one)
    echo_lines(written, "  wrote ")


def _rows(found: Analysis) -> list[dict[str, Any]]:
    """Return the rows of an analysis, the first with the results that a report is made of."""
    from prenuc.present.files.kept import keep

    rows = found.rows()
    return [{**rows[0], "results": keep([found])}, *rows[1:]] if rows else []


def analyses(
    files: Sequence[Path], material: str | None, **asked: Any
) -> dict[tuple[Path, ...], Analysis]:
    """Read every file, then analyse every spectrum, with progress on standard error.

    Args:
        files: Spectrum files.
        material: Semiconductor, or None.
        asked: The options on reading (:func:`~prenuc.present.files.input.every_series`).

    Returns:
        An analysis for each series, by the files that it came from.

    Raises:
        InputError: Everything that is wrong with any of the files.
    """
    from prenuc.facts.catalogue import get
    from prenuc.observe.analysis import check_absorbance, read_spectra

    if material is not None:
        get("materials", material)
    read = every_series(files, read=read_spectra, **asked)
    for together, series in read:  # a folder is read for what it holds
        check_absorbance(series, name_of(together))
    total = sum(len(series) for _, series in read)
    found: dict[tuple[Path, ...], Analysis] = {}
    with progress(counted(total, "spectrum")) as report_share:
        done = 0
        for together, series in read:

            def report_part(part: float, done: int = done, many: int = len(series)) -> None:
                report_share((done + part * many) / total)

            name = name_of(together)
            found[together] = pn.analyze(series, material, file=name, progress=report_part)
            done += len(series)
    return found


OF_AN_ANALYSIS = ("picks", "bands", "trend")  # kinds of figures


def _figures(found: list[Analysis], folder: Path, ending: str) -> list[Path]:
    """Write the three figures of each file."""
    from prenuc.present.figures.kinds import draw
    from prenuc.present.figures.page_size import Layout

    stems = Counter(Path(one.file).stem for one in found)
    written = []
    for number, one in enumerate(found, 1):
        stem = Path(one.file).stem
        name = stem if stems[stem] == 1 else f"{number}-{stem}"
        drawn = {kind: draw(kind, one, layout=Layout(title=stem)) for kind in OF_AN_ANALYSIS}
        written += save_all(drawn, folder, name, ending)
    return written


def _echo(one: Analysis) -> None:
    from prenuc.infer.modelfree.isosbestic import isosbestic_points

    table = exciton_table(one.rows(), narrow=True)
    echo_table(table, f"{one.file}, {table.caption}" if one.material else one.file)
    for line in one.warnings:
        echo(f"prenuc: warning: {one.file}: {line}", err=True)
    echo_lines(point.verdict for point in isosbestic_points(one.series))
    echo_lines(one.series.history)


@click.command()
@click.argument("material", shell_complete=materials)
@click.argument("wavelength", metavar="NM")
@click.option("--hwhm", metavar="NM", help="Half width at half maximum of the line, red side.")
@click.option("--force", is_flag=True, help="Size the line even if it may be that of an MSC.")
@click.option("--absorbance", type=float, help="At that wavelength: how many dots there are.")
@click.option("--path", "path_length", default="1 cm", show_default=True, help="Of the cuvette.")
@click.option("--dilution", type=float, default=1.0, show_default=True, help="Of the sample.")
@click.option("--volume", help='What the sample was taken from: "20 mL".')
@click.option("--metal", help='Metal in that volume, for the yield: "0.4 mmol".')
@json_option
def size(
    material: str, wavelength: str, hwhm: str | None, force: bool, as_json: bool, **sample: Any
) -> None:
    """Diameter and extinction from a first absorption, by every published curve in range.

    No curve is extrapolated. On the line of a magic-size cluster a curve for quantum dots cannot
    decide: say how wide the line is (--hwhm), or insist (--force). With --absorbance also the
    concentration of dots, with --volume their number, with --metal the yield.

    \b
    Examples:
      prenuc size CdSe 550
      prenuc size CdSe "2.25 eV"
      prenuc size CdSe 512 --hwhm 16
      prenuc size CdSe 550 --absorbance 0.42 --dilution 10 --volume "20 mL" --metal "0.4 mmol"
    """
    from prenuc.observe.amounts import amounts, nanometres

    nm = nanometres(wavelength)
    width = None if hwhm is None else nanometres(hwhm, "half width")
    found = pn.size(material, nm, hwhm_nm=width, force=force)
    there = amounts(material, found, **sample)
    if as_json:
        counted = {one.curve: {"amount": one} for one in there}
        echo_json([plain(one) | counted.get(one.curve, {}) for one in found])
        return
    if not found:
        echo(f"no sizing curve of {material} is published")
        return
    echo_table(size_table(found), f"{material}, first absorption at {nm:g} nm")
    _echo_amounts(there)
    echo_lines(f"{one.curve}: {one.reason or one.checked}" for one in found)
    at = {one.extinction_at_nm for one in found if one.extinction is not None} - {nm}
    echo_lines(f"the extinction is that at {one:g} nm, and so is --absorbance" for one in at)


def _echo_amounts(there: list[Amount]) -> None:
    if there:
        echo_table(amount_table(there))
    more = [one.curve for one in there if (one.chemical_yield or 0.0) > 1.0]
    echo_lines(f"{one}: more metal in dots than there is; check every number" for one in more)


@click.command()
@files_argument
@click.option("--at", metavar="WAVELENGTH", help='Trace for the first-order test: "311 nm".')
@click.option("--components", "count", type=int, help="Resolve so many, whatever was counted.")
@click.option("--closure", is_flag=True, help="Concentrations add up to 1 in every spectrum.")
@reading_options
@click.option("--between", hidden=True, help="Former name of --window.")
@figure_options
@json_option
def view(
    files: tuple[Path, ...],
    at: str | None,
    count: int | None,
    closure: bool,
    figures: Path | None,
    figure_format: str,
    as_json: bool,
    between: str | None,
    **asked: Any,
) -> None:
    """Look at a series of spectra before a mechanism is chosen.

    How many components stand above the noise, when they come and go, whether all spectra cross in
    one point, which concentrations and spectra are possible (a range, never one answer alone),
    whether the change is first order, and whether a band moves or gives way to another. Each answer
    may be "cannot tell". Several files with a spectrum each, or a folder of them, are one series.

    \b
    Examples:
      prenuc view spectra.csv
      prenuc view spectra.csv --window "350 480 nm" --figures figures --figure-format png
    """
    from prenuc.present.figures.kinds import draw
    from prenuc.present.figures.views import plotted_views

    if between is not None and asked["window"] is not None:
        what = "--between is the former name of --window, both are given"
        raise InputError(what, "Give --window alone")
    if between is not None:
        asked["window"] = between
    series = read_input(files, read=spectra_or_saved, **asked)
    with progress("looking for components"):
        found = pn.view(series, at=at, count=count, closure=closure)
    written = []
    if figures is not None:
        drawn = {which: draw("view", found, which=which) for which in plotted_views(found)}
        written = save_all(drawn, figures, files[0].stem, figure_format)
    if as_json:
        echo_json(found)
        return
    echo(found.report())
    echo_lines(found.series.history)
    echo_lines(written, "  wrote ")
