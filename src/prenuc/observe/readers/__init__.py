"""From a spectrometer's file to a SpectrumSeries: recognised by content, nothing guessed silently.

Each format is one module of this package that offers a ``FORMAT``
(:class:`~prenuc.observe.readers.data_file.Format`) and stands in ``FORMATS``. Delimited text has no
signature, so it stands last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from prenuc.errors import SpectrumError
from prenuc.observe.readers import delimited
from prenuc.observe.readers.data_file import Format, Options, Signal
from prenuc.observe.readers.durations import TIME_UNITS
from prenuc.observe.readers.instruments import (
    avantes,
    chemstation,
    jcamp,
    library,
    netcdf,
    procspec,
    visionlite,
)
from prenuc.observe.readers.workbooks import open_file

if TYPE_CHECKING:
    import os

    from prenuc.observe.series import SpectrumSeries

__all__ = ["FORMATS", "Format", "read"]


FORMATS: tuple[Format, ...] = (  # in the order in which they are tried
    jcamp.FORMAT,
    netcdf.FORMAT,
    procspec.FORMAT,
    chemstation.FORMAT,
    visionlite.FORMAT,
    avantes.FORMAT,
    library.FORMAT,
    delimited.FORMAT,
)


def format_of(data: bytes) -> Format:
    """Return the format of a file by its content."""
    return next(format_ for format_ in FORMATS if format_.sniff(data))


def read(
    path: str | os.PathLike[str],
    *,
    decimal: str | None = None,
    time_unit: str | None = None,
    signal: Signal | None = None,
    sheet: str | None = None,
) -> SpectrumSeries:
    """Read a spectrometer's file or a workbook; what was assumed stands in its ``history``.

    Args:
        path: The file, at most 50 MB.
        decimal: The decimal sign, "." or ",", where the file leaves it open.
        time_unit: The unit of times without one (``t=120``), and of the result: "s", "min",
            "h" or "day". Without it, the result is in the unit that the headers agree on,
            in s when they differ.
        signal: What the columns hold, where the file does not say or says it wrongly:
            "absorbance", "photoluminescence", "%T" (0 to 100) or "T" (0 to 1).
        sheet: Which sheet of a workbook, where several hold tables.

    Returns:
        The spectra (m spectra at n wavelengths in nm), as absorbance or intensity; a
        transmittance is converted.

    Raises:
        SpectrumError: The file cannot be read without guessing; one line says where, what
            and how to mend it.
    """
    _check_option("decimal", decimal, (".", ","))
    _check_option("time_unit", time_unit, tuple(TIME_UNITS))
    _check_option("signal", signal, get_args(Signal))
    file = open_file(path, sheet)
    try:
        return format_of(file.data).read(file, Options(decimal, time_unit, signal))
    except MemoryError as error:
        raise file.problem("the file needs more memory than there is", "Split it") from error


def _check_option(name: str, value: str | None, valid: tuple[str, ...]) -> None:
    if value is not None and value not in valid:
        mend = "Valid: " + ", ".join(f'"{one}"' for one in valid)
        raise SpectrumError(f"{name}={value!r} is not an option of read()", mend)
