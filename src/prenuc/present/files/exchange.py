"""Spectra as files for other programs: CSV, a workbook, netCDF, Origin.

Every format carries labels, units and, where it has room, the whole history. A file is written
whole or not at all, and never over the file that the spectra came from.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prenuc.errors import InputError
from prenuc.present.files.sheets import (
    POINT,
    Marks,
    clean,
    missing,
    write_csv,
    write_origin,
    write_xlsx,
)
from prenuc.present.tables.sheet import Column, Sheet
from prenuc.writing import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.observe.series import SpectrumSeries

# Two suffixes for Origin, because .txt alone is what many spectrometers write.
SUFFIX = {"csv": ".csv", "xlsx": ".xlsx", "netcdf": ".nc", "origin": ".origin.txt"}
TEXT = {"csv", "origin"}
FEW = 12  # spectra of which each number is named in a comment


def convert(
    series: SpectrumSeries,
    to: str,
    path: Path | str,
    *,
    source: Path | None = None,
    marks: Marks = POINT,
) -> Path:
    """Write spectra in one of the exchange formats.

    Args:
        series: The spectra.
        to: "csv", "xlsx", "netcdf" or "origin".
        path: The file to write.
        source: The file that the spectra came from, which is never overwritten.
        marks: Decimal sign and separator of text.

    Returns:
        The path of the file.

    Raises:
        InputError: The format is unknown, its library is missing, the file is the source, the
            spectra do not fit into the format, or the file cannot be written.
    """
    path = Path(path)
    writers: Mapping[str, Callable[[SpectrumSeries, Path], None]] = {
        "csv": partial(_csv, marks=marks),
        "xlsx": _xlsx,
        "netcdf": _netcdf,
        "origin": partial(_origin, marks=marks),
    }
    if to not in writers:
        raise InputError(f"'{to}' is not an exchange format", "Use " + ", ".join(SUFFIX))
    refuse_marks(to, marks)
    refuse_source(path, source)
    writers[to](series, path)
    return path


def refuse_marks(to: str, marks: Marks) -> None:
    """Refuse a decimal sign or a separator of a format that has none.

    Args:
        to: The format.
        marks: What was asked for.

    Raises:
        InputError: It is no text.
    """
    if to not in TEXT and marks != POINT:
        what = f"{to} keeps numbers as numbers, without a decimal sign or a separator"
        raise InputError(what, "Leave --decimal and --separator out")


def refuse_source(path: Path, source: Path | None) -> None:
    """Refuse to write over the file that something came from.

    Args:
        path: The file to write.
        source: Where the data came from, if from a file.

    Raises:
        InputError: Both are one file.
    """
    if source is not None and path.exists() and source.exists() and path.samefile(source):
        what = "this is the input itself, which is not overwritten"
        raise InputError(what, "Name another file with --out", where=str(path))


def spectra_sheet(series: SpectrumSeries, name: str = "spectra") -> Sheet:
    """Return wavelengths and a column for each spectrum, under its label.

    Args:
        series: The spectra.
        name: Of the sheet.
    """
    unit = "" if series.signal == "absorbance" else "a.u."
    axis = Column("wavelength", "nm", series.wavelength.tolist())
    columns = [
        Column.of(series.signal, row)
        for row in series.absorbance  # a masked reading is an empty cell
    ]
    labelled = [
        Column(one.name, unit, one.cells, clean(label))
        for one, label in zip(columns, series.labels, strict=True)
    ]
    return Sheet(name, (axis, *labelled))


def samples_sheet(series: SpectrumSeries) -> Sheet:
    """Return a row for each spectrum: its times, its dilution.

    Args:
        series: The spectra.
    """
    known = {series.time_label: series.time, **series.beside}
    return Sheet.of("samples", {"spectrum": map(clean, series.labels), **known})


def _csv(series: SpectrumSeries, path: Path, marks: Marks) -> None:
    """Write separated text that :func:`prenuc.read` reads back to equal numbers."""
    above = "" if series.signal == "absorbance" else f"Data type: {series.signal}"
    axis, *spectra = spectra_sheet(series).columns
    named = Sheet("spectra", (Column("wavelength (nm)", "", axis.cells), *spectra))
    write_csv(named, path, marks, above=above)


def _origin(series: SpectrumSeries, path: Path, marks: Marks) -> None:
    axis, *spectra = spectra_sheet(series).columns
    told = Column(axis.name, axis.unit, axis.cells, _about(series))
    write_origin(Sheet("spectra", (told, *spectra)), path, marks)


def _about(series: SpectrumSeries) -> str:
    """Return what is known of the spectra in one line: of the file, of each of them, of all."""
    beside = []
    for name, numbers in series.beside.items():
        each = dict.fromkeys(f"{number:.6g}" for number in numbers)
        told = each if len(each) == 1 else [f"{number:.6g}" for number in numbers[:FEW]]
        beside.append(f"{name}: {', '.join(told)}{', …' if len(told) < len(each) else ''}")
    return "; ".join([series.metadata.get("file", ""), *beside, *series.history]).strip("; ")


def _xlsx(series: SpectrumSeries, path: Path) -> None:
    """Write a workbook with the sheets "spectra", "samples" and "about"."""
    write_xlsx([spectra_sheet(series), samples_sheet(series)], path, about=facts(series))


def facts(series: SpectrumSeries) -> list[tuple[str, str]]:
    """Return everything that is known about a series beside its numbers, as name and text.

    Args:
        series: The spectra.
    """
    known = [("signal", series.signal), ("time", series.time_name), ("time unit", series.time_unit)]
    return [*known, *series.metadata.items(), *(("history", line) for line in series.history)]


def _netcdf(series: SpectrumSeries, path: Path) -> None:
    """Write netCDF 3, which every netCDF library reads."""
    try:
        import xarray as xr
    except ImportError:
        raise missing("xarray") from None

    array = series.to_xarray().assign_coords(label=("time", [*map(clean, series.labels)]))
    array.attrs = {"long_name": series.signal, "units": "1"}
    array["wavelength"].attrs["long_name"] = "wavelength"
    variables = {series.signal: array}
    if series.variance is not None:
        variables["variance"] = xr.DataArray(series.variance, dims=("time", "wavelength"))
    data = xr.Dataset(variables)
    # Names from a file's header need not be names in netCDF, so they travel as JSON.
    data.attrs = {
        "history": "\n".join(series.history),
        "metadata": json.dumps(dict(series.metadata), ensure_ascii=False),
    }
    with whole(path) as partial:
        data.to_netcdf(partial, engine="scipy", format="NETCDF3_64BIT")
