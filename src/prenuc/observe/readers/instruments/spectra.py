"""From arrays of an instrument's file to a SpectrumSeries, with the rules that text has too."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import counted
from prenuc.observe.readers.axes import converted_axis
from prenuc.observe.readers.data_file import DataFile, Options, printable
from prenuc.observe.readers.durations import TIME_UNITS
from prenuc.observe.readers.signals import Kind, as_signal
from prenuc.observe.readers.times import read_times
from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array


@dataclass(frozen=True)
class Spectra:
    """What a file holds, as it stands there.

    Args:
        axis: In ``unit``, shape (n,).
        values: Shape (m, n); NaN where there is no reading.
        kind: "absorbance", "photoluminescence" (any light or counts), "%T", "T"; "" where the file
            does not say.
        unit: Of the axis, as :data:`~prenuc.observe.readers.axes.TO_NM` has it.
        labels: Names of the spectra, m of them; that of the file where one is empty.
        time: When each was taken, in ``time_unit``, shape (m,); from the labels when None.
        time_unit: One of :data:`~prenuc.observe.readers.durations.TIME_UNITS`, or "1".
        metadata: Facts beside the numbers.
        notes: History lines.
    """

    axis: Array
    values: Array
    kind: str
    unit: str = "nm"
    labels: tuple[str, ...] = ()
    time: Array | None = None
    time_unit: str = "s"
    metadata: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def as_series(file: DataFile, options: Options, name: str, found: Spectra) -> SpectrumSeries:
    """Return spectra on ascending wavelengths in nm, as absorbance or intensity.

    Args:
        file: Where they are from.
        options: What the caller knows.
        name: Of the format.
        found: What the file holds.

    Raises:
        SpectrumError: The axis is none of wavelengths, or nothing names the signal.
    """
    if not found.values.size or np.isnan(found.values).all():
        raise file.problem(f"this {name} holds no readings", "Export the spectra again")
    nm, order, notes = converted_axis(file, found.axis, found.unit)
    lines = np.zeros(len(found.axis), dtype=int)
    values, signal, treated = as_signal(file, found.values.T, lines, _kind(found, options))
    labels = _labels(file, found)
    time, unit, timed = _times(found, labels, options)
    spectra = counted(len(labels), "spectrum")
    return SpectrumSeries(
        wavelength=nm,
        time=time,
        absorbance=np.ascontiguousarray(values.T[:, order]),
        labels=tuple(labels),
        time_unit=unit,
        signal=signal,
        metadata={
            **{printable(key, 60): printable(text, 200) for key, text in found.metadata.items()},
            "file": printable(file.path.name, 200),
            "sha256": hashlib.sha256(file.data).hexdigest(),
            "format": name,
        },
        history=(f"read as: {name}, {spectra}", *found.notes, *notes, *treated, *timed),
    )


def _kind(found: Spectra, options: Options) -> Kind:
    stated = options.signal or found.kind
    if not stated:
        return Kind("", "nothing names the signal, taken as absorbance")
    who = "the option signal" if options.signal else "the file"
    return Kind(stated, f"signal: {stated}, from {who}", certain=True)


def _labels(file: DataFile, found: Spectra) -> list[str]:
    many = len(found.values)
    stem = printable(file.path.stem, 200) if many == 1 else ""
    own = [printable(label, 200) for label in found.labels or ("",) * many]
    return [label or stem or f"spectrum {number}" for number, label in enumerate(own, 1)]


def _times(found: Spectra, labels: list[str], options: Options) -> tuple[Array, str, list[str]]:
    if found.time is None:
        times = read_times([], labels, ".", options)
        return times.time, times.unit, times.notes
    unit = options.time_unit or found.time_unit
    note = [f"times in {unit} from the file"]
    if unit == found.time_unit or "1" in {unit, found.time_unit}:
        return found.time, unit, note
    return found.time * (TIME_UNITS[found.time_unit] / TIME_UNITS[unit]), unit, note
