"""Shimadzu UVProbe and Galactic .spc files, by the library openreadout in a process of its own.

The library is young: its values are checked against vendors' exports (docs/reference/formats.md),
and a file on which it hangs or dies ends as one line (decision 36).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.observe.readers.axes import unit_of
from prenuc.observe.readers.columns import kind_of
from prenuc.observe.readers.data_file import DataFile, Format, Options, printable
from prenuc.observe.readers.instruments import library_process
from prenuc.observe.readers.instruments.spectra import Spectra, as_series

if TYPE_CHECKING:
    from prenuc.observe.series import SpectrumSeries

NAME = "vendor's .spc"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK = "Workbook".encode("utf-16-le")
_SECOND = "Y Data.2".encode("utf-16-le")  # name of a stream
_GALACTIC = b"KLM"  # second byte: versions of the format
_HEAD = 512  # bytes of a Galactic header, nearly always with some that are 0
READ = {"shimadzu-uvprobe", "galactic-spc"}


def sniff(data: bytes) -> bool:
    """Whether a file is a compound file, or begins as a Galactic one."""
    galactic = len(data) > _HEAD and data[1] in _GALACTIC and data[:_HEAD].count(0) > _HEAD // 8
    return data.startswith(_OLE) or galactic


def read_with_library(file: DataFile, options: Options) -> SpectrumSeries:
    """Read the spectra of a .spc file.

    Args:
        file: The file.
        options: What the caller knows.

    Raises:
        SpectrumError: The library is missing, cannot read the file, or finds no spectra of light on
            one axis.
    """
    if _WORKBOOK in file.data and file.data.startswith(_OLE):
        raise file.problem("this is an old Excel workbook (.xls)", "Save it as .xlsx", 1)
    if _SECOND in file.data:
        what = "a data set of this file holds several spectra, of which openreadout reads one"
        raise file.problem(what, "Save each spectrum as a file, or export them as text")
    told = _asked(file)
    if told["id"] not in READ:
        what = f"this is a file of another kind ({printable(told['format'], 60)})"
        raise file.problem(what, "Export the spectra as text (CSV)")
    spectra = told["spectra"]
    axes = {tuple(one["axis"]) for one in spectra}
    signals = {one["signal"] for one in spectra}
    if len(axes) != 1 or len(signals) != 1:
        what = f"there are {len(spectra)} spectra on {len(axes)} axes here"
        raise file.problem(what, "Save each spectrum as a file")
    unit = unit_of(spectra[0]["unit"])
    if not unit or spectra[0]["quantity"] not in {"wavelength", "wavenumber", "energy"}:
        what = f"the axis is in '{printable(spectra[0]['unit'], 20)}', no wavelength"
        raise file.problem(what, "Export the spectra as text (CSV)")
    return as_series(
        file,
        options,
        told["format"],
        Spectra(
            axis=np.array(spectra[0]["axis"]),
            values=np.array([one["values"] for one in spectra], dtype=float),
            kind=_kind(file, spectra[0]["signal"], options),
            unit=unit,
            labels=tuple(one["name"] if len(spectra) > 1 else "" for one in spectra),
            metadata={"measured": str(told["measured"]).replace("T", " ")},
            notes=("read with the library openreadout",),
        ),
    )


def _kind(file: DataFile, signal: str, options: Options) -> str:
    """Return the kind of signal that the library names; the unnamed is unnamed."""
    kind = kind_of(re.sub(r"[_-]", " ", signal))
    if kind == "reflectance" and options.signal is None:
        raise file.problem("this is a reflectance", 'Pass --signal "%T" to read log10(1/R)')
    return kind


def _asked(file: DataFile) -> dict[str, Any]:
    """Return the answer of the library, which has a few seconds for it."""
    script = library_process.__file__
    try:
        done = subprocess.run(  # noqa: S603 - our own script; the file is an argument
            [sys.executable, "-I", script, str(Path(file.path).resolve())],
            capture_output=True,
            timeout=3 * library_process.SECONDS,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, OSError, ValueError) as error:
        mend = "Export the spectra as text (CSV)"
        raise file.problem("openreadout gave up on this binary file", mend) from error
    if "missing" in answer:
        what = "this binary file needs the library openreadout"
        raise file.problem(what, "pip install 'prenuc[files]', or export the spectra as text", 1)
    if "wrong" in answer:
        what = f"openreadout cannot read this binary file ({printable(answer['wrong'], 200)})"
        raise file.problem(what, "Export the spectra as text (CSV)", 1)
    return answer


FORMAT = Format(NAME, sniff=sniff, read=read_with_library)
