"""Spectra as files for other programs: CSV, a workbook, netCDF, Origin.

Every format carries labels, units and, where it has room, the whole history. A file is written
whole or not at all, and never over the file that the spectra came from.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, SpectrumError
from prenuc.writing import whole, write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.observe.series import SpectrumSeries

# Two suffixes for Origin, because .txt alone is what many spectrometers write.
SUFFIX = {"csv": ".csv", "xlsx": ".xlsx", "netcdf": ".nc", "origin": ".origin.txt"}
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of one sheet of a workbook
_FORMULA = re.compile(r"\s*(?:[=@]|[-+](?!\s*[\d.]))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def convert(
    series: SpectrumSeries, to: str, path: Path | str, *, source: Path | None = None
) -> Path:
    """Write spectra in one of the exchange formats.

    Args:
        series: The spectra.
        to: "csv", "xlsx", "netcdf" or "origin".
        path: The file to write.
        source: The file that the spectra came from, which is never overwritten.

    Returns:
        The path of the file.

    Raises:
        InputError: The format is unknown, its library is missing, the file is the source, the
            spectra do not fit into the format, or the file cannot be written.
    """
    path = Path(path)
    writers: Mapping[str, Callable[[SpectrumSeries, Path], None]] = {
        "csv": _csv,
        "xlsx": _xlsx,
        "netcdf": _netcdf,
        "origin": _origin,
    }
    if to not in writers:
        raise InputError(f"'{to}' is not an exchange format", "Use " + ", ".join(SUFFIX))
    if source is not None and path.exists() and path.samefile(source):
        what = "this is the input itself, which is not overwritten"
        raise InputError(what, "Name another file with --out", where=str(path))
    writers[to](series, path)
    return path


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _labels(series: SpectrumSeries) -> list[str]:
    return [_clean(label) for label in series.labels]


def _csv(series: SpectrumSeries, path: Path) -> None:
    """Write comma-separated text that :func:`prenuc.read` reads back to equal numbers."""
    write_text(path, _readable(series, path, _csv_text))


def _readable(
    series: SpectrumSeries, path: Path, written: Callable[[SpectrumSeries, bool], str]
) -> str:
    """Return text that is read back as the same spectra.

    Where names or readings would be taken for something else (a label "%T", times that no label
    tells), the text declares what it holds.
    """
    from prenuc.observe.readers.data_file import DataFile, Options
    from prenuc.observe.readers.delimited import read_delimited

    plain = written(series, False)
    try:
        back = read_delimited(DataFile(path, plain.encode()), Options())
    except SpectrumError:
        return written(series, True)
    return plain if _is_same(series, back) else written(series, True)


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


def _csv_text(series: SpectrumSeries, declared: bool) -> str:
    from prenuc.observe.readers.columns import declaration

    text = io.StringIO()
    if declared:
        text.write(f"{declaration(series.signal)}\n")
    elif series.signal != "absorbance":
        text.write(f"Data type: {series.signal}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["wavelength (nm)", *map(shown_text, series.labels)])
    if declared:
        writer.writerows(_times(series))
    writer.writerows(_rows(series))
    return text.getvalue()


def _times(series: SpectrumSeries) -> list[list[str]]:
    """Return the row of times, none where no time is known."""
    told = ["" if math.isnan(time) else repr(time) for time in series.time.tolist()]
    return [[series.time_label, *told]] if any(told) else []


def write_samples(series: SpectrumSeries, path: Path) -> None:
    """Write comma-separated text with a row for each spectrum: its times, its dilution.

    Args:
        series: The spectra.
        path: The file to write.

    Raises:
        InputError: The file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["spectrum", series.time_label, *series.beside])
    writer.writerows([shown_text(label), *numbers] for label, *numbers in _samples(series))
    write_text(path, text.getvalue())


def shown_text(text: str) -> str:
    """Return a text that a spreadsheet shows and does not compute, such as "'=A1"."""
    clean = _clean(text)
    return f"'{clean}" if _FORMULA.match(clean) else clean


def _rows(series: SpectrumSeries) -> list[list[float | None]]:
    """Return wavelength and readings row by row; None, an empty cell, for a masked one."""
    axis, columns = series.wavelength.tolist(), series.absorbance.T.tolist()
    return [
        [nm, *(None if math.isnan(value) else value for value in values)]
        for nm, values in zip(axis, columns, strict=True)
    ]


def _origin(series: SpectrumSeries, path: Path) -> None:
    """Write tab-delimited text with the header rows of an Origin worksheet.

    On import, choose Long Name for the first line, Units for the second, Comments for the third. A
    fourth holds the times where the labels do not tell them.
    """
    text = _readable(series, path, _origin_text)
    write_text(path, text.replace("\n", "\r\n"))


def _origin_text(series: SpectrumSeries, declared: bool) -> str:
    from prenuc.observe.readers.columns import declaration

    unit = "" if series.signal == "absorbance" else "a.u."
    about = [declaration(series.signal)] if declared else []
    comments = _labels(series) if declared else _comments(series)
    head = [
        ["wavelength", *([series.signal] * len(series))],
        ["nm", *([unit] * len(series))],
        ["; ".join([*about, _about(series)]), *comments],
        *(_times(series) if declared else []),
    ]
    rows = [["" if number is None else repr(number) for number in row] for row in _rows(series)]
    lines = ["\t".join(_clean(cell) for cell in row) for row in [*head, *rows]]
    return "\n".join(lines) + "\n"


def _comments(series: SpectrumSeries) -> list[str]:
    """Return the label of each spectrum, and what is known besides."""
    return [
        "; ".join([label, *(f"{name}: {n:.6g}" for name, n in told if n is not None)])
        for label, _, *numbers in _samples(series)
        for told in [zip(series.beside, numbers, strict=True)]
    ]


def _about(series: SpectrumSeries) -> str:
    return "; ".join([series.metadata.get("file", ""), *series.history]).strip("; ")


def _xlsx(series: SpectrumSeries, path: Path) -> None:
    """Write a workbook with the sheets "spectra", "about" and "samples"."""
    if len(series.wavelength) >= MOST_ROWS or len(series) >= MOST_COLUMNS:
        what = f"{len(series.wavelength)} × {len(series)} values do not fit into one sheet"
        raise InputError(what, "Use --to csv or --to netcdf", where=str(path))
    try:
        from openpyxl import Workbook
    except ImportError:
        raise _missing("openpyxl") from None
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet, about = book.create_sheet("spectra"), book.create_sheet("about")

    def text(words: str) -> Any:
        cell = WriteOnlyCell(sheet, value=_clean(words))
        cell.data_type = "s"  # a label that begins with "=" is no formula
        return cell

    def number(value: float) -> Any:
        cell = WriteOnlyCell(sheet, value=repr(value))
        cell.data_type = "n"  # with all its digits, where the library keeps 16
        return cell

    sheet.append([text("wavelength / nm"), *map(text, _labels(series))])
    for row in _rows(series):
        sheet.append([None if value is None else number(value) for value in row])
    samples = book.create_sheet("samples")
    samples.append([text("spectrum"), text(series.time_label), *map(text, series.beside)])
    for label, *numbers in _samples(series):
        samples.append([text(label), *(None if n is None else number(n) for n in numbers)])
    for name, words in _facts(series):
        about.append([text(name), text(words)])
    content = io.BytesIO()
    book.save(content)  # not to the disk, where a book that is half saved complains when it goes
    with whole(path) as partial:
        partial.write_bytes(content.getbuffer())


def _samples(series: SpectrumSeries) -> list[list[Any]]:
    """Return label, time and what stands beside it for each spectrum; None for no number."""
    columns = [series.time, *series.beside.values()]
    numbers = [[x if math.isfinite(x) else None for x in one.tolist()] for one in columns]
    return [[*row] for row in zip(_labels(series), *numbers, strict=True)]


def _facts(series: SpectrumSeries) -> list[tuple[str, str]]:
    """Return everything that is known about a series beside its numbers, as name and text."""
    known = [("signal", series.signal), ("time", series.time_name), ("time unit", series.time_unit)]
    return [*known, *series.metadata.items(), *(("history", line) for line in series.history)]


def _netcdf(series: SpectrumSeries, path: Path) -> None:
    """Write netCDF 3, which every netCDF library reads."""
    try:
        import xarray as xr
    except ImportError:
        raise _missing("xarray") from None

    array = series.to_xarray().assign_coords(label=("time", _labels(series)))
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


def _missing(library: str) -> InputError:
    return InputError(f"{library} is not installed", "pip install 'prenuc[data]'")
