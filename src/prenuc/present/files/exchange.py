"""Spectra as files for other programs: CSV, a workbook, netCDF, JCAMP-DX, Origin.

Every format carries labels, units and, where it has room, the whole history. A file is written
whole or not at all, and never over the file that the spectra came from.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prenuc.errors import InputError, SpectrumError
from prenuc.present.files.jcamp import write_jcamp
from prenuc.present.files.sheets import (
    POINT,
    Marks,
    clean,
    csv_text,
    missing,
    origin_text,
    write_xlsx,
)
from prenuc.present.tables.sheet import Column, Sheet, cell
from prenuc.writing import whole, write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.observe.series import SpectrumSeries

# Two suffixes for Origin, because .txt alone is what many spectrometers write.
SUFFIX = {
    "csv": ".csv",
    "xlsx": ".xlsx",
    "netcdf": ".nc",
    "jcamp": ".jdx",
    "origin": ".origin.txt",
}
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
        to: "csv", "xlsx", "netcdf", "jcamp" or "origin".
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
        "jcamp": partial(write_jcamp, about=_about(series)),
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
    """Write separated text that :func:`prenuc.read` reads back to equal spectra."""

    def text(sheet: Sheet, declared: str) -> str:
        axis, *spectra = sheet.columns
        plain = "" if series.signal == "absorbance" else f"Data type: {series.signal}"
        named = Sheet(sheet.name, (Column("wavelength (nm)", "", axis.cells), *spectra))
        return csv_text(named, marks, above=declared or plain)

    write_text(path, _readable(series, path, text))


def _origin(series: SpectrumSeries, path: Path, marks: Marks) -> None:
    """Write text for Origin, likewise; a fourth row holds times that no label tells."""

    def text(sheet: Sheet, declared: str) -> str:
        axis, *spectra = sheet.columns
        about = "; ".join(filter(None, [declared, _about(series)]))
        told = Column(axis.name, axis.unit, axis.cells, about)
        return origin_text(Sheet(sheet.name, (told, *spectra)), marks)

    write_text(path, _readable(series, path, text))


def _readable(series: SpectrumSeries, path: Path, text: Callable[[Sheet, str], str]) -> str:
    """Return text that is read back as the same spectra.

    Where names or readings would be taken for something else (a label "%T", times that no label
    tells), the text declares what it holds, and has a row of times.
    """
    from prenuc.observe.readers.columns import declaration
    from prenuc.observe.readers.data_file import DataFile, Options
    from prenuc.observe.readers.delimited import read_delimited

    plain = text(spectra_sheet(series), "")
    try:
        back = read_delimited(DataFile(path, plain.encode()), Options())
    except SpectrumError:
        back = None
    if back is not None and _is_same(series, back):
        return plain
    return text(_with_times(series), declaration(series.signal))


def _is_same(one: SpectrumSeries, other: SpectrumSeries) -> bool:
    """Whether two series hold the same spectra at the same times under the same labels."""
    import numpy as np

    alike = one.absorbance.shape == other.absorbance.shape and one.signal == other.signal
    timeless = np.isnan(one.time).all() and np.isnan(other.time).all()
    return bool(
        alike
        and one.labels == other.labels
        and (one.time_unit == other.time_unit or timeless)
        and np.array_equal(one.wavelength, other.wavelength)
        and np.array_equal(one.time, other.time, equal_nan=True)
        and np.array_equal(one.absorbance, other.absorbance, equal_nan=True)
    )


def _with_times(series: SpectrumSeries) -> Sheet:
    """Return the sheet of spectra with a row of times below the names, if any is known."""
    sheet = spectra_sheet(series)
    times = [cell(time) for time in series.time]
    if not any(time is not None for time in times):
        return sheet
    above = [series.time_label, *times]
    columns = [
        replace(column, cells=[first, *column.cells])
        for first, column in zip(above, sheet.columns, strict=True)
    ]
    return Sheet(sheet.name, tuple(columns))


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
