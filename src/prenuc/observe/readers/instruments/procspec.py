"""Ocean Optics SpectraSuite: a .ProcSpec file, a zip archive of XML with one processed spectrum."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.archives import Archive
from prenuc.observe.readers.data_file import DataFile, Format, Options
from prenuc.observe.readers.instruments.spectra import Spectra, as_series

if TYPE_CHECKING:
    from prenuc.observe.series import SpectrumSeries

NAME = "Ocean Optics ProcSpec"
_SIGNATURES = "OOISignatures.xml"
_MOST = 100_000  # numbers in a list
# What the name of the class of the ordinate's unit says.
_KINDS = {
    "absorb": "absorbance",
    "transmi": "%T",
    "counts": "photoluminescence",
    "irradian": "photoluminescence",
    "energy": "photoluminescence",
    "reflect": "reflectance",
}


def read_procspec(file: DataFile, options: Options) -> SpectrumSeries:
    """Read the processed spectrum of a .ProcSpec file.

    Args:
        file: The file.
        options: What the caller knows.

    Raises:
        SpectrumError: It is damaged, holds several spectra, or a reflectance.
    """
    archive = Archive(file)
    names = [name for name in archive.names if name.startswith("ps_") and name.endswith(".xml")]
    if len(names) != 1:
        raise file.problem(f"this {NAME} file holds {len(names)} spectra", "Save each by itself")
    reading = _Reading(file)
    archive.elements(names[0], reading.start, reading.end, encoding="iso-8859-1")
    pixels, axis = reading.lists.get("processedPixels"), reading.lists.get("channelWavelengths")
    pixels = pixels or reading.lists.get("pixelValues")
    if not pixels or not axis or len(pixels) != len(axis):
        raise file.problem(f"this {NAME} file is damaged", "Export the spectrum as text")
    unit = reading.ordinate.rpartition(".")[2]
    kind = next((kind for word, kind in _KINDS.items() if word in unit.lower()), "")
    if kind == "reflectance" and options.signal is None:
        mend = 'Pass signal="%T" to read it as log10(1/R)'
        raise file.problem("this is a reflectance", mend)
    return as_series(
        file,
        options,
        NAME,
        Spectra(
            np.array(axis),
            np.array([pixels]),
            kind,
            metadata=reading.facts,
            notes=(f"unit of the ordinate: {unit}",) if unit else (),
        ),
    )


class _Reading:
    """The state of one pass over a spectrum; of lists and facts that occur again the first or last.

    The processed pixels stand in the last certificate, what was measured in the first spectrum.
    """

    def __init__(self, file: DataFile) -> None:
        self._file = file
        self.lists: dict[str, list[float]] = {}
        self.facts: dict[str, str] = {}
        self.ordinate = ""
        self._path: list[str] = []
        self._numbers: list[float] = []

    def start(self, tag: str, given: dict[str, str]) -> None:
        """Begin an element."""
        self._path.append(tag)
        if len(self._path) > 100:
            raise self._file.problem(f"this {NAME} file is damaged", "Export it as text")
        if tag in {"pixelValues", "channelWavelengths", "processedPixels"}:
            self._numbers = []
        elif tag == "yUnits" and "class" in given:
            self.ordinate = given["class"]

    def end(self, tag: str, text: str) -> None:
        """End an element."""
        if not tag:
            return
        self._path.pop()
        if tag == "double":
            self._append(text)
        elif tag == "processedPixels" and self._numbers:
            self.lists[tag] = self._numbers
        elif tag in {"pixelValues", "channelWavelengths"}:
            self.lists.setdefault(tag, self._numbers)
        elif tag in {"integrationTime", "scansToAverage", "boxcarWidth"}:
            self.facts.setdefault(tag, text)
        elif tag == "milliTime" and text.isdecimal() and len(text) < 14:
            when = datetime.fromtimestamp(int(text) / 1000, UTC)
            self.facts.setdefault("measured", f"{when:%Y-%m-%d %H:%M:%S}")

    def _append(self, text: str) -> None:
        try:
            self._numbers.append(float(text))
        except ValueError:
            self._numbers.append(np.nan)
        if len(self._numbers) > _MOST:
            raise self._file.problem(f"a list has more than {_MOST} numbers", "Export it as text")


FORMAT = Format(
    NAME,
    sniff=lambda data: data.startswith(b"PK\x03\x04") and _SIGNATURES.encode() in data,
    read=read_procspec,
)
