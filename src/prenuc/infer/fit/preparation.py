"""What of a measurement is data for a fit.

Not what is missing or cut off, nor what stray light or want of light has falsified
(:mod:`prenuc.observe.readings`), nor what was read before time zero.

Every step is a line of the history.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from prenuc.errors import FitError, Problem, counted, unknown_name
from prenuc.observe.readings import judge_readings, judge_trace
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.arrays import Array
    from prenuc.infer.fit.data_set import DataSet
    from prenuc.infer.schemes.profiles import AbstractKinetics

Measured = TypeVar("Measured", SpectrumSeries, Trace)
LARGEST = 1e100  # beyond it squares overflow
MOST_MISSING = 0.5  # of a wavelength or a spectrum: beyond it the whole of it is left out


def prepared(data: SpectrumSeries | Trace) -> SpectrumSeries | Trace:
    """Return what a fit can use of a measurement.

    Args:
        data: A trace or spectra.

    Raises:
        FitError: Nothing is left.
    """
    if isinstance(data, Trace):
        return judge_trace(_without_negative_times(_without_holes(data))).trace
    return _without_empty(judge_readings(_without_negative_times(data)).series)


def prepared_sets(sets: Sequence[DataSet]) -> list[DataSet]:
    """Return data sets without what is missing; wavelengths that any of them lacks go from all."""
    found = [replace(one, data=prepared(one.data)) for one in sets]
    spectra = [one.data for one in found if isinstance(one.data, SpectrumSeries)]
    same = all(np.array_equal(one.wavelength, spectra[0].wavelength) for one in spectra)
    whole = [np.all(np.isfinite(one.absorbance), axis=0) for one in spectra]
    if not spectra or not same or all(np.all(one) for one in whole):
        return found
    kept = np.all(whole, axis=0)
    return [
        replace(one, data=one.data.at_wavelengths(kept, "readings of a data set are missing"))
        if isinstance(one.data, SpectrumSeries)
        else one
        for one in found
    ]


def _without_negative_times(data: Measured) -> Measured:
    """Return the part from time zero on, where times begin before it and go on after it."""
    before = data.time < 0
    if not np.any(before) or np.sum(~before) < 2 or np.any(np.isnan(data.time)):
        return data
    gone = counted(int(before.sum()), "point" if isinstance(data, Trace) else "spectrum")
    note = f"{gone} before time zero left out: no reaction yet"
    return replace(data.kept(~before), history=(*data.history, note))


def _without_holes(trace: Trace) -> Trace:
    """Return a trace without points that have no value."""
    missing = np.isnan(trace.value)
    if not np.any(missing):
        return trace
    if np.all(missing):
        raise FitError(Problem("no point of the trace has a value", "Check the file"))
    count = int(missing.sum())
    note = f"{count} {'point is' if count == 1 else 'points are'} masked: no value"
    return replace(trace.kept(~missing), history=(*trace.history, note))


def _without_empty(series: SpectrumSeries) -> SpectrumSeries:
    """Return spectra without wavelengths, then spectra, of which most readings are missing."""
    missing = np.isnan(series.absorbance)
    if not np.any(missing):
        return series
    columns: NDArray[np.bool_] = missing.mean(axis=0) <= MOST_MISSING
    if not np.all(columns) and np.any(columns):
        series = series.at_wavelengths(columns, "most of their readings are missing")
    rows = np.isnan(series.absorbance).mean(axis=1) <= MOST_MISSING
    if not np.any(columns) or not np.any(rows):
        raise FitError(Problem("most readings are missing", "Check the file"))
    if not np.all(rows):
        names = ", ".join(f"'{series.labels[i]}'" for i in np.flatnonzero(~rows))
        note = f"spectra of which most readings are missing are left out: {names}"
        series = replace(series.kept(rows), history=(*series.history, note))
    return series


def filled(time: Array, spectra: Array) -> Array:
    """Return spectra, shape (m, n), with readings that are missing interpolated in time."""
    seen = np.isfinite(spectra)
    if np.all(seen):
        return spectra
    found = spectra.copy()
    for j in np.flatnonzero(~np.all(seen, axis=0)):
        there = seen[:, j]
        found[:, j] = np.interp(time, time[there], spectra[there, j])
    return found


def labelled_sets(
    data: Sequence[DataSet], kinetics: AbstractKinetics, *, shared: bool
) -> tuple[DataSet, ...]:
    """Return data sets with a label each; refuse those that cannot be fitted, all problems at once.

    Args:
        data: The data sets.
        kinetics: The scheme.
        shared: Whether they share the spectra of their species.

    Raises:
        FitError: Says which, and how to mend it.
    """
    sets = tuple(replace(one, label=one.label or f"set {i + 1}") for i, one in enumerate(data))
    if not sets:
        raise FitError(Problem("there are no data sets", "Give DataSet(data=…)"))
    problems = [problem for one in sets for problem in _unusable(one, kinetics, len(sets) > 1)]
    problems += [problem for one in sets for problem in _unlike(one, sets[0], shared=shared)]
    if len({one.label for one in sets}) < len(sets):
        problems.append(Problem("two data sets have the same label", "Rename one of them"))
    if problems:
        raise FitError(problems)
    return sets


def _unlike(one: DataSet, first: DataSet, *, shared: bool) -> Iterator[Problem]:
    """Yield in what a data set differs from the first and may not."""
    series, other = one.series, first.series
    if series.time_unit != other.time_unit:
        what = f"times are in {series.time_unit}, those of '{first.label}' in {other.time_unit}"
        yield Problem(what, "Convert them", where=one.label)
    if shared and not np.array_equal(series.wavelength, other.wavelength):
        what = f"the wavelengths differ from those of '{first.label}'"
        mend = "Interpolate them, or fit with shared_spectra=False"
        yield Problem(what, mend, where=one.label)


def check_known(
    known: Mapping[str, Array], kinetics: AbstractKinetics, n: int, *, shared: bool
) -> None:
    """Refuse known spectra of other species or lengths, or of data sets that share none.

    Args:
        known: By species, shape (n,).
        kinetics: The scheme.
        n: Wavelengths of the data.
        shared: Whether data sets share the spectra of their species.

    Raises:
        FitError: Says which, and how to mend it.
    """
    if known and not shared:
        what = "known spectra need spectra that all data sets share"
        raise FitError(Problem(what, "Leave out shared_spectra=False"))
    for name, spectrum in known.items():
        if name not in kinetics.species:
            raise FitError(unknown_name("species", name, kinetics.species))
        if np.shape(spectrum) != (n,):
            what = f"the known spectrum of {name} has {np.size(spectrum)} values"
            raise FitError(Problem(what, f"Give {n}, as the data have"))


def _unusable(one: DataSet, kinetics: AbstractKinetics, several: bool) -> list[Problem]:
    """Return what is wrong with one data set."""
    series, trace = one.series, isinstance(one.data, Trace)
    what = "points" if trace else "spectra"
    labels = [f"point {i + 1}" if trace else f"the spectrum '{n}'" for i, n in
              enumerate(series.labels)]  # fmt: skip
    found = [*_unusable_times(series, labels, what), *_unusable_values(series, labels)]
    found += _unusable_sample(one)
    fewest = len(kinetics.names) + len(kinetics.species) + 1
    if series.absorbance.shape[1] < 1:
        found.append(Problem("the spectra have no wavelengths", "Choose a wider range"))
    elif len(series) < fewest:
        told = f"{len(series)} {what} are too few for '{kinetics.scheme}'"
        found.append(Problem(told, f"Give at least {fewest}"))
    elif trace and _is_constant(series):
        found.append(Problem("the signal never changes", "Read it at another wavelength"))
    return [replace(problem, where=one.label) for problem in found] if several else found


def _unusable_sample(one: DataSet) -> Iterator[Problem]:
    """Yield what no sample can be: nothing to start with, or diluted to nothing."""
    if not 0 < one.initial < math.inf:
        what = f"the starting concentration is {one.initial:g}"
        yield Problem(what, "Give a number above zero")
    for dilution in one.dilutions:
        if not 0 < dilution.factor < math.inf:
            what = f"a dilution by a factor of {dilution.factor:g}"
            yield Problem(what, "Give the volume after over the volume before")
    if one.lag is not None and not math.isfinite(one.lag):
        yield Problem(f"a lag of {one.lag:g}", "Give a time, or none to have it fitted")


def _unusable_times(series: SpectrumSeries, labels: Sequence[str], what: str) -> Iterator[Problem]:
    lost, behind = ~np.isfinite(series.time), np.diff(series.time) <= 0
    if np.any(lost):
        first = labels[int(np.flatnonzero(lost)[0])]
        yield Problem(f"{first} has no time", "Give it one, or leave it out")
    elif np.any(behind):
        told = f"the times do not ascend at {labels[int(np.flatnonzero(behind)[0]) + 1]}"
        yield Problem(told, f"Sort the {what} by time and merge those of equal time")


def _unusable_values(series: SpectrumSeries, labels: Sequence[str]) -> Iterator[Problem]:
    finite = np.isfinite(series.absorbance)
    values = series.absorbance if np.all(finite) else series.absorbance[finite]
    if not np.all(finite) and np.any(np.isinf(series.absorbance)):
        row = int(np.argwhere(np.isinf(series.absorbance))[0][0])
        yield Problem(f"{labels[row]} holds a value that is infinite", "Remove it")
    elif max(values.max(initial=0.0), -values.min(initial=0.0)) > LARGEST:
        yield Problem(f"the signal exceeds {LARGEST:g}", "Check its unit")


def _is_constant(series: SpectrumSeries) -> bool:
    values = series.absorbance[np.isfinite(series.absorbance)]
    return bool(values.size) and float(np.ptp(values)) == 0.0
