"""The netCDF files that ``prenuc convert`` writes, with all that was known of the spectra."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import SpectrumError
from prenuc.observe.readers.data_file import DataFile, Format, Options, printable
from prenuc.observe.readers.durations import TIME_UNITS
from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from prenuc.arrays import Array

NAME = "netCDF"
_SIGNALS = ("absorbance", "photoluminescence")
_STARTS = (b"CDF\x01", b"CDF\x02")


def read_netcdf(file: DataFile, options: Options) -> SpectrumSeries:
    """Read spectra that ``prenuc convert`` wrote.

    Args:
        file: The file.
        options: What the caller knows; a netCDF file leaves nothing open.

    Raises:
        SpectrumError: It is damaged, or holds something else.
    """
    if options.signal is not None or options.decimal is not None:
        raise file.problem("a netCDF file says itself what it holds", "Leave the option out")
    try:
        return _read(file)
    except SpectrumError:
        raise
    except Exception as error:  # the library has no exception of its own for a damaged file
        what = "this netCDF file is damaged, or holds no spectra of prenuc"
        raise file.problem(what, "Write it again with prenuc convert") from error


def _read(file: DataFile) -> SpectrumSeries:
    from scipy.io import netcdf_file

    with netcdf_file(io.BytesIO(file.data), mmap=False) as data:
        signal = next(name for name in _SIGNALS if name in data.variables)
        found = {name: _array(one) for name, one in data.variables.items()}
        time = data.variables["time"]
        unit = _text(getattr(time, "units", b"s"))
        if unit not in {*TIME_UNITS, "1"}:
            raise file.problem(f"'{printable(unit, 20)}' is not a unit of time", "Write it again")
        beside = {
            name.replace("_", " ") + _unit(one): found[name].astype(float)
            for name, one in data.variables.items()
            if one.dimensions == ("time",) and name not in {"time", "label"}
        }
        history = tuple(_text(getattr(data, "history", b"")).split("\n"))
        return SpectrumSeries(
            wavelength=found["wavelength"].astype(float),
            time=found["time"].astype(float),
            absorbance=found[signal].astype(float),
            labels=tuple(_text(b"".join(row)) for row in found["label"]),
            time_unit=unit,
            signal=signal,
            variance=found["variance"].astype(float) if "variance" in found else None,
            metadata=json.loads(_text(getattr(data, "metadata", b"{}"))),
            history=history,
            time_name=_text(getattr(time, "long_name", b"time")),
            beside=beside,
        )


def _array(variable: Any) -> Array:
    return np.array(variable[:])


def _unit(variable: Any) -> str:
    unit = _text(getattr(variable, "units", b"1"))
    return "" if unit == "1" else f" / {unit}"


def _text(data: bytes) -> str:
    return bytes(data).rstrip(b"\0").decode("utf-8")


FORMAT = Format(NAME, sniff=lambda data: data.startswith(_STARTS), read=read_netcdf)
